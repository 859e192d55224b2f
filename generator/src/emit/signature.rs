//! The types of the generated API as Rust source, for [`changes`](crate::changes).
//!
//! Takes a part of the IR, and returns the type of its argument, field or response, from the functions that
//! declare it. Two APIs are therefore compared as the compiler sees them. Aliases are resolved, because
//! they are the same type to a compiler.

use proc_macro2::TokenStream;

use super::{body, form, long_running, parameter, response, ty, types};
use crate::analyze::Facts;
use crate::ir::{
    Body, BodyKind, ContentKind, Field, LongRunning, Object, Operation, Part, ResponseCase,
    ResultFile, SuccessResponse, Type, TypeDef, UnionVariant,
};
use crate::name::Named;

/// Returns a type.
pub(crate) fn of_type(api: &Named<'_>, of: &Type) -> String {
    text(ty(api, &spelled_out(api, of), true))
}

/// Returns the type of a field.
pub(crate) fn field(api: &Named<'_>, facts: &Facts, of: &Field) -> String {
    text(types::field_type(api, facts, &field_spelled_out(api, of)))
}

/// Returns the type of the content of a union variant.
pub(crate) fn variant(api: &Named<'_>, facts: &Facts, of: &UnionVariant) -> String {
    let inner = of_type(api, &of.ty);
    if facts.boxed.contains(&of.number) { format!("Box<{inner}>") } else { inner }
}

/// Returns the type of the argument for a property in the constructor or the setter.
pub(crate) fn property(api: &Named<'_>, facts: &Facts, of: &Field) -> String {
    text(types::argument(api, facts, &field_spelled_out(api, of)).of)
}

/// Returns whether an object implements `Default`.
pub(crate) fn has_default(facts: &Facts, def: &TypeDef, object: &Object) -> bool {
    types::has_default(facts, def, object)
}

/// Returns the type of the argument for a part of a form.
pub(crate) fn part(api: &Named<'_>, of: &Part) -> String {
    let of = Part { field: field_spelled_out(api, &of.field), kind: of.kind.clone() };
    text(form::argument_type(api, &of))
}

/// Returns the type of the argument for a parameter.
pub(crate) fn argument(api: &Named<'_>, of: &Type) -> String {
    text(parameter::argument_type(api, &spelled_out(api, of), false))
}

/// Returns the type of the argument for a body, and the types that it can be created from.
pub(crate) fn body(api: &Named<'_>, of: &Body) -> (String, Option<String>) {
    match (of.only(), of.contents.first()) {
        (Some(only), _) => {
            (text(body::argument_type(api, &kind_spelled_out(api, &only.kind))), None)
        }
        (None, first) => {
            let first = first.map(|first| content(api, &first.kind).replace("'a ", ""));
            (format!("impl Into<{}<'a>>", api.names.body_type(of.operation)), first)
        }
    }
}

/// Returns the variant for a content of a body with several contents.
pub(crate) fn content(api: &Named<'_>, kind: &BodyKind) -> String {
    text(body::variant_type(api, &kind_spelled_out(api, kind)))
}

/// Returns the type of the successful response of an operation.
pub(crate) fn response(api: &Named<'_>, of: &Operation) -> String {
    match &of.response {
        SuccessResponse::One(content) => returned(api, &content.kind),
        SuccessResponse::ByCase(_) => api.names.response(of.number).to_string(),
    }
}

/// Returns the type of the body of one of its responses.
pub(crate) fn returned(api: &Named<'_>, kind: &ContentKind) -> String {
    let spelled_out = match kind {
        ContentKind::Json(of) => ContentKind::Json(spelled_out(api, of)),
        ContentKind::Events(of) => ContentKind::Events(spelled_out(api, of)),
        ContentKind::JsonLines(of) => ContentKind::JsonLines(spelled_out(api, of)),
        ContentKind::Empty | ContentKind::Text | ContentKind::File => kind.clone(),
    };
    text(response::output(api, &spelled_out))
}

/// Returns whether the responses of an operation can be cloned and compared.
pub(crate) fn is_value(cases: &[ResponseCase]) -> bool {
    !response::is_read_once(cases)
}

/// Returns the type of the states of a long-running operation.
pub(crate) fn state(api: &Named<'_>, plan: &LongRunning) -> Option<String> {
    Some(of_type(api, long_running::state(api, plan)?))
}

/// Returns the type of the argument of `export`, if there is one.
pub(crate) fn export(api: &Named<'_>, plan: &LongRunning) -> Option<Option<String>> {
    let ResultFile { download, each, .. } = plan.file.as_ref().filter(|file| file.in_one_call)?;
    let file = api.operation(download.operation);
    let each = each.and_then(|number| file.parameter(number));
    Some(each.map(|each| format!("impl IntoIterator<Item = {}>", argument(api, &each.ty))))
}

/// Resolves aliases in a type.
fn spelled_out(api: &Named<'_>, of: &Type) -> Type {
    api.spelled_out(of)
}

fn field_spelled_out(api: &Named<'_>, of: &Field) -> Field {
    Field { ty: spelled_out(api, &of.ty), ..of.clone() }
}

fn kind_spelled_out(api: &Named<'_>, kind: &BodyKind) -> BodyKind {
    match kind {
        BodyKind::Json(of) => BodyKind::Json(spelled_out(api, of)),
        BodyKind::Form(of, styles) => BodyKind::Form(spelled_out(api, of), styles.clone()),
        BodyKind::Multipart(_) | BodyKind::Text | BodyKind::Bytes => kind.clone(),
    }
}

/// Formats tokens with the usual spacing.
fn text(tokens: TokenStream) -> String {
    const CLOSER: [(&str, &str); 7] = [
        (" :: ", "::"),
        (" < ", "<"),
        (" > ", ">"),
        (" >", ">"),
        (" , ", ", "),
        (" ,", ","),
        ("& ", "&"),
    ];
    let text = tokens.to_string();
    CLOSER.iter().fold(text, |text, (from, to)| text.replace(from, to))
}
