//! The types of the generated API, as texts that a reader of Rust knows: in comes a part of the
//! representation, out goes what its argument, field or response is declared as.
//!
//! They are made by the functions that declare them, so that whoever compares two APIs
//! ([`changes`](crate::changes)) compares what compilers see. Another name for a type is the same
//! type to them: it is written out here.

use proc_macro2::TokenStream;

use super::{body, form, long_running, parameter, response, ty, types};
use crate::analyze::Facts;
use crate::ir::{
    Body, BodyKind, ContentKind, Field, LongRunning, Object, Operation, Part, ResponseCase,
    ResultFile, SuccessResponse, Type, TypeDef, UnionVariant,
};
use crate::name::Named;

/// A type by itself.
pub(crate) fn of_type(api: &Named<'_>, of: &Type) -> String {
    text(ty(api, &spelled_out(api, of), true))
}

/// The field of a struct.
pub(crate) fn field(api: &Named<'_>, facts: &Facts, of: &Field) -> String {
    text(types::field_type(api, facts, &field_spelled_out(api, of)))
}

/// The content of a union's variant.
pub(crate) fn variant(api: &Named<'_>, facts: &Facts, of: &UnionVariant) -> String {
    let inner = of_type(api, &of.ty);
    if facts.boxed.contains(&of.number) { format!("Box<{inner}>") } else { inner }
}

/// What the constructor of an object takes for a property, or its setter.
pub(crate) fn property(api: &Named<'_>, facts: &Facts, of: &Field) -> String {
    text(types::argument(api, facts, &field_spelled_out(api, of)).of)
}

/// Whether an object has a default.
pub(crate) fn has_default(facts: &Facts, def: &TypeDef, object: &Object) -> bool {
    types::has_default(facts, def, object)
}

/// What a form takes for a part.
pub(crate) fn part(api: &Named<'_>, of: &Part) -> String {
    let of = Part { field: field_spelled_out(api, &of.field), kind: of.kind.clone() };
    text(form::argument_type(api, &of))
}

/// What a request takes for a parameter.
pub(crate) fn argument(api: &Named<'_>, of: &Type) -> String {
    text(parameter::argument_type(api, &spelled_out(api, of), false))
}

/// What a request takes for its body, and what else can be given for it.
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

/// The variant of a body that can have several contents.
pub(crate) fn content(api: &Named<'_>, kind: &BodyKind) -> String {
    text(body::variant_type(api, &kind_spelled_out(api, kind)))
}

/// The type of an operation's successful response.
pub(crate) fn response(api: &Named<'_>, of: &Operation) -> String {
    match &of.response {
        SuccessResponse::One(content) => returned(api, &content.kind),
        SuccessResponse::ByCase(_) => api.names.response(of.number).to_string(),
    }
}

/// The body of one of its responses.
pub(crate) fn returned(api: &Named<'_>, kind: &ContentKind) -> String {
    let spelled_out = match kind {
        ContentKind::Json(of) => ContentKind::Json(spelled_out(api, of)),
        ContentKind::Events(of) => ContentKind::Events(spelled_out(api, of)),
        ContentKind::JsonLines(of) => ContentKind::JsonLines(spelled_out(api, of)),
        ContentKind::Empty | ContentKind::Text | ContentKind::File => kind.clone(),
    };
    text(response::output(api, &spelled_out))
}

/// Whether the responses of an operation can be copied and compared.
pub(crate) fn is_value(cases: &[ResponseCase]) -> bool {
    !response::is_read_once(cases)
}

/// The states that waiting for an operation gives.
pub(crate) fn state(api: &Named<'_>, plan: &LongRunning) -> Option<String> {
    Some(of_type(api, long_running::state(api, plan)?))
}

/// What the method takes that waits and saves the file, if there is one.
pub(crate) fn export(api: &Named<'_>, plan: &LongRunning) -> Option<Option<String>> {
    let ResultFile { download, each, .. } = plan.file.as_ref().filter(|file| file.in_one_call)?;
    let file = api.operation(download.operation);
    let each = each.and_then(|number| file.parameter(number));
    Some(each.map(|each| format!("impl IntoIterator<Item = {}>", argument(api, &each.ty))))
}

/// A type without other names.
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

/// Tokens as people write them.
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
