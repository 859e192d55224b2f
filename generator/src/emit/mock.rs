//! The server for the tests of those who use the crate: for each operation a method that expects it,
//! what can be expected of it, and how it is answered. All that is the same for two operations is in
//! the runtime.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{
    SourceFile, Sources, body, docs, example, feature, imports, name as static_name, parameter,
    readme, token, ty, types,
};
use crate::analyze::Facts;
use crate::config::Config;
use crate::ir::{
    Answer, AnswerCase, Api, Body, BodyKind, ContentKind, Ident, Operation, Parameter, Statuses,
    StringFormat, Type,
};
use crate::name::mock::{self, OfErrors, OfOperation};

/// `src/mock/…`
pub(super) fn files(api: &Api, facts: &Facts, config: &Config) -> Sources {
    let (operations, errors) = (mock::operations(api), mock::errors(api));
    let named = || api.operations.iter().zip(&operations);
    let mut files = Sources::new();
    for (number, group) in api.groups.iter().enumerate() {
        let of_group: Vec<(&Operation, &OfOperation)> =
            named().filter(|(operation, _)| operation.group == number).collect();
        let file = file(api, &group.module, &of_group, &errors);
        files.insert(format!("src/mock/{}.rs", group.module), SourceFile::Tokens(file));
    }
    let example = example(api, facts, config, named());
    let index = index(api, facts, &errors, &example);
    files.insert("src/mock/mod.rs".to_owned(), SourceFile::Tokens(index));
    files
}

fn index(api: &Api, facts: &Facts, errors: &[OfErrors], example: &[String]) -> TokenStream {
    let docs = docs::inner(example);
    let modules = api.groups.iter().enumerate().map(|(number, group)| {
        let (feature, module) = (feature(facts.features.of_group(number)), token(&group.module));
        quote!(#feature mod #module;)
    });
    let errors: Vec<TokenStream> =
        api.error_sets.iter().zip(errors).map(|(set, names)| error_set(api, set, names)).collect();
    let uses = (!errors.is_empty()).then(|| {
        let (macros, mut names) = (BTreeSet::from(["errors"]), BTreeSet::new());
        api.error_bodies.iter().for_each(|body| imports(&body.ty, &mut names));
        let names_types = api.error_bodies.iter().any(|body| !body.ty.named().is_empty());
        uses(&macros, &names, names_types)
    });
    quote! {
        #docs

        #(#modules)*

        use crate::Client;
        #uses
        pub use crate::runtime::mock::{
            Answer, Empty, Events, Expectation, File, Json, Lines, Mock, Text, TextEvents, file,
        };

        impl Mock {
            /// Starts a server, and makes a client for it.
            ///
            /// # Panics
            ///
            /// There is no port left.
            pub async fn start() -> Self {
                Self::of(Client::builder()).await
            }
        }

        #(#errors)*
    }
}

/// Imports of macros of the mock, of other names of the runtime, and of the types.
fn uses(
    macros: &BTreeSet<&'static str>,
    names: &BTreeSet<&'static str>,
    names_types: bool,
) -> TokenStream {
    let macros = macros.iter().map(|name| static_name(name));
    let names: Vec<_> = names.iter().map(|name| static_name(name)).collect();
    let names = (!names.is_empty()).then(|| quote!(use crate::runtime::{#(#names),*};));
    let types = names_types.then(|| {
        quote!(
            use crate::types;
        )
    });
    quote! {
        #names
        use crate::runtime::mock::{#(#macros),*};
        #types
    }
}

/// A set of errors: what stands for it, and a responder for each.
fn error_set(api: &Api, set: &crate::ir::ErrorSet, names: &OfErrors) -> TokenStream {
    let rust = token(&names.rust);
    let listed: Vec<String> =
        set.cases.iter().map(|(statuses, _)| format!("`{statuses}`")).collect();
    let doc = docs::outer(&[format!("The errors {}.", listed.join(", "))]);
    let responders = set.cases.iter().zip(&names.responders).filter_map(|(case, name)| {
        let (statuses, number) = case;
        let (name, of) = (token(name), ty(api, &api.error_bodies.get(*number)?.ty, false));
        let status = match statuses {
            Statuses::Code(code) => {
                let code = Literal::u16_unsuffixed(*code);
                quote!(#code)
            }
            Statuses::Class(_) | Statuses::Default => quote!(_),
        };
        Some(quote!(pub #name: #of = #status))
    });
    quote! {
        errors! {
            #doc
            pub struct #rust {
                #(#responders,)*
            }
        }
    }
}

fn file(
    api: &Api,
    module: &Ident,
    operations: &[(&Operation, &OfOperation)],
    errors: &[OfErrors],
) -> TokenStream {
    let docs = docs::inner(&[format!(
        "Expectations for the operations of [`{0}`](crate::operations::{0}).",
        module.plain()
    )]);
    let mut macros = BTreeSet::from(["expectation"]);
    let has_matchers = |operation: &Operation| {
        let body = operation.body.as_ref().and_then(Body::only);
        !operation.parameters.is_empty() || body.is_some()
    };
    macros.extend(operations.iter().any(|(one, _)| has_matchers(one)).then_some("matchers"));
    let mut names = BTreeSet::from(["mock"]);
    let mut names_types = false;
    for (operation, _) in operations {
        let mut note = |of: &Type| {
            imports(of, &mut names);
            names_types |= !of.named().is_empty();
        };
        note_types(api, operation, &mut note);
        let parameters = operation.parameters.iter();
        names.extend(parameters.flat_map(|one| parameter::imports(api, one)));
        if let Some(body) = operation.body.as_ref().filter(|body| body.only().is_some()) {
            body::imports(body, &mut names);
        }
    }
    let uses = uses(&macros, &names, names_types);
    let module = token(module);
    let items = operations.iter().map(|(operation, names)| items(api, operation, names, errors));
    quote! {
        #docs
        use crate::operations::#module as operations;
        #uses

        #(#items)*
    }
}

/// The types that the expectations of an operation name.
fn note_types(api: &Api, operation: &Operation, note: &mut impl FnMut(&Type)) {
    // Texts of all formats are handed over as texts, and lists as slices of their items.
    let mut note_argument = |of: &Type, is_text: bool| match types::resolved(api, of) {
        Type::String(_) if is_text => {}
        Type::Array(item) => note(&item),
        _ => note(of),
    };
    for parameter in &operation.parameters {
        let passing = parameter::passing(api, &parameter.ty);
        note_argument(&parameter.ty, passing == parameter::Passing::Text);
    }
    match operation.body.as_ref().and_then(|body| body.only()).map(|content| &content.kind) {
        Some(BodyKind::Json(of) | BodyKind::Form(of, _)) => {
            let is_text = types::resolved(api, of) == Type::String(StringFormat::Plain);
            note_argument(of, is_text);
        }
        Some(BodyKind::Multipart(form)) => note(&Type::Named(*form)),
        Some(BodyKind::Text | BodyKind::Bytes) | None => {}
    }
    operation.answer.contents().iter().filter_map(|content| content.kind.ty()).for_each(note);
}

/// What a mock has for an operation.
fn items(
    api: &Api,
    operation: &Operation,
    names: &OfOperation,
    errors: &[OfErrors],
) -> TokenStream {
    let (method, request) = (token(&names.method), token(&operation.request_type));
    let constant = token(&operation.constant);
    let answers = answers(api, operation);
    let errors = match operation.error_set.and_then(|number| errors.get(number)) {
        Some(set) => {
            let set = token(&set.rust);
            quote!(super::#set)
        }
        None => quote!(()),
    };
    let matchers = matchers(api, operation, names);
    let several = several_bodies(operation);
    let cases = match &operation.answer {
        Answer::ByCase { cases, .. } => Some(responders(api, operation, cases, names)),
        Answer::One(_) => None,
    };
    quote! {
        expectation!(#method, operations::#request => #answers, #errors, operations::#constant);
        #matchers
        #several
        #cases
    }
}

/// What stands for the good answers of an operation.
fn answers(api: &Api, operation: &Operation) -> TokenStream {
    match &operation.answer {
        Answer::One(content) => kind(api, &content.kind),
        Answer::ByCase { rust, .. } => {
            let rust = token(rust);
            quote!(operations::#rust)
        }
    }
}

fn kind(api: &Api, kind: &ContentKind) -> TokenStream {
    let of = kind.ty().map(|of| ty(api, of, false));
    match kind {
        ContentKind::Empty => quote!(mock::Empty),
        ContentKind::Json(_) => quote!(mock::Json<#of>),
        ContentKind::Text => quote!(mock::Text),
        ContentKind::File => quote!(mock::File),
        ContentKind::Events(Type::TEXT) => quote!(mock::TextEvents),
        ContentKind::Events(_) => quote!(mock::Events<#of>),
        ContentKind::JsonLines(_) => quote!(mock::Lines<#of>),
    }
}

/// What can be expected of the parameters and of the body.
fn matchers(api: &Api, operation: &Operation, names: &OfOperation) -> Option<TokenStream> {
    let request = token(&operation.request_type);
    let mut matchers: Vec<TokenStream> = operation
        .parameters
        .iter()
        .zip(&names.matchers)
        .map(|(parameter, rust)| {
            let renamed = Parameter { rust: rust.clone(), ..parameter.clone() };
            let (argument, set) =
                (parameter::argument(api, &renamed), parameter::set(api, &renamed));
            quote!(pub #argument = |to| to #set)
        })
        .collect();
    matchers.extend(operation.body.as_ref().and_then(|body| body_matcher(api, body)));
    (!matchers.is_empty()).then(|| {
        quote! {
            matchers! {
                pub struct #request {
                    #(#matchers,)*
                }
            }
        }
    })
}

fn body_matcher(api: &Api, body: &Body) -> Option<TokenStream> {
    let of = body::argument_type(api, &body.only()?.kind);
    let renamed = Body { rust: Ident("expect".to_owned()), ..body.clone() };
    let set = body::set(&renamed, &quote!(to));
    Some(quote!(pub expect: #of = |to| #set))
}

/// What can be expected of a body that is one of several things. Its lifetime has no place among the
/// other matchers.
fn several_bodies(operation: &Operation) -> Option<TokenStream> {
    let body = operation.body.as_ref().filter(|body| body.only().is_none())?;
    let (request, name) = (token(&operation.request_type), token(&body.enum_name));
    Some(quote! {
        impl<A, E> mock::Expectation<operations::#request, A, E> {
            /// Expects this body, as the client writes it.
            pub fn expect<'a>(self, body: impl Into<operations::#name<'a>>) -> Self {
                self.given(|to| body.into().write(to))
            }
        }
    })
}

/// A responder for each case of an answer that depends on the status or the media type.
fn responders(
    api: &Api,
    operation: &Operation,
    cases: &[AnswerCase],
    names: &OfOperation,
) -> TokenStream {
    let (request, answers) = (token(&operation.request_type), answers(api, operation));
    let responders = cases.iter().zip(&names.responders).map(|(case, name)| {
        let name = token(name);
        let answer = answer(api, case, status(case.statuses, cases));
        let (argument, answer) = answer;
        let doc =
            docs::outer(&[format!("Answers with the case {}.", docs::code(case.rust.plain()))]);
        quote! {
            #doc
            #[track_caller]
            pub fn #name(self, #argument) {
                self.respond(#answer);
            }
        }
    });
    quote! {
        impl<E> mock::Expectation<operations::#request, #answers, E> {
            #(#responders)*
        }
    }
}

/// What the responder of a case takes, and the answer that it makes of it.
fn answer(api: &Api, case: &AnswerCase, status: u16) -> (Option<TokenStream>, TokenStream) {
    let status = Literal::u16_unsuffixed(status);
    let of = case.content.kind.ty().map(|of| ty(api, of, false));
    let media_type = case.media_types.first();
    let said = media_type.map(|media_type| quote!(.media_type(#media_type)));
    match &case.content.kind {
        ContentKind::Empty => (None, quote!(mock::Answer::status(#status))),
        ContentKind::Json(_) => (
            Some(quote!(body: impl std::borrow::Borrow<#of>)),
            quote!(mock::Answer::json::<#of>(#status, body.borrow()) #said),
        ),
        ContentKind::Text => {
            let media_type = media_type.map_or("text/plain", String::as_str);
            (
                Some(quote!(text: impl Into<String>)),
                quote!(mock::Answer::body(#status, #media_type, text.into())),
            )
        }
        // What the file says of itself comes first: the media type of a case can be a range.
        ContentKind::File => {
            let said = media_type.map(|media_type| quote!(.or_media_type(#media_type)));
            (
                Some(quote!(file: impl Into<mock::File>)),
                quote!(mock::Answer::file(#status, file) #said),
            )
        }
        ContentKind::Events(Type::TEXT) => (
            Some(quote!(events: impl IntoIterator<Item = impl Into<String>>)),
            quote!(mock::Answer::text_events(#status, events) #said),
        ),
        ContentKind::Events(_) => (
            Some(quote!(events: impl IntoIterator<Item = impl std::borrow::Borrow<#of>>)),
            quote!(mock::Answer::events::<#of>(#status, events) #said),
        ),
        ContentKind::JsonLines(_) => (
            Some(quote!(values: impl IntoIterator<Item = impl std::borrow::Borrow<#of>>)),
            quote!(mock::Answer::lines::<#of>(#status, values) #said),
        ),
    }
}

/// A status by which the client takes an answer for a case: the first good one that nothing names
/// more precisely.
fn status(of: Statuses, cases: &[AnswerCase]) -> u16 {
    let names = |wanted: Statuses| cases.iter().any(|case| case.statuses == wanted);
    let first = |class: u16| {
        let mut codes = class * 100..class * 100 + 100;
        codes.find(|code| !names(Statuses::Code(*code))).unwrap_or(class * 100)
    };
    match of {
        Statuses::Code(code) => code,
        Statuses::Class(class) => first(class),
        Statuses::Default => first(2),
    }
}

/// The documentation of the module, with an example that compiles.
fn example<'a>(
    api: &Api,
    facts: &Facts,
    config: &Config,
    operations: impl Iterator<Item = (&'a Operation, &'a OfOperation)>,
) -> Vec<String> {
    let mut lines: Vec<String> = [
        "A server for tests, which answers as it is told.",
        "",
        "A [`Mock`] has a method for each operation, which begins an [`Expectation`]. What is known of",
        "the request is added to it, by the names that the client has for the parameters, and `expect`",
        "for the body. What is answered ends it: `respond_ok` and the documented errors have the types of",
        "the document, `respond` takes anything.",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut candidates: Vec<_> = operations.collect();
    candidates.sort_by_key(|(operation, _)| readme::rank(operation));
    let call = candidates.into_iter().find_map(|(operation, names)| {
        example::mocked(api, facts, config, operation, &names.method)
    });
    if let Some(call) = call {
        let library = config.crate_name.replace('-', "_");
        lines.extend([
            String::new(),
            "```no_run".to_owned(),
            format!("use {library}::mock::Mock;"),
        ]);
        let (uses, body): (Vec<String>, Vec<String>) =
            call.into_iter().partition(|line| line.starts_with("use "));
        lines.extend(uses);
        lines.extend([
            String::new(),
            format!("# async fn example() -> Result<(), {library}::Error> {{"),
            "let mock = Mock::start().await;".to_owned(),
        ]);
        lines.extend(body);
        lines.extend(["# Ok(())", "# }", "```"].map(str::to_owned));
    }
    lines
}
