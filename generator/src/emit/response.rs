//! Successful responses: their type, and how they are read.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::error_body::statuses;
use super::{docs, token, ty};
use crate::ir::{ContentKind, Operation, ResponseCase, SuccessResponse, Type};
use crate::name::Named;

/// Returns the type of a response, and the keyword of the macro that reads it.
pub(super) fn output_and_read(
    api: &Named<'_>,
    operation: &Operation,
) -> (TokenStream, TokenStream) {
    match &operation.response {
        SuccessResponse::One(content) => (output(api, &content.kind), read(&content.kind)),
        SuccessResponse::ByCase(_) => {
            let rust = token(api.names.response(operation.number));
            (quote!(#rust), quote!(by_case))
        }
    }
}

pub(super) fn output(api: &Named<'_>, kind: &ContentKind) -> TokenStream {
    match kind {
        ContentKind::Empty => quote!(()),
        ContentKind::Json(of) => ty(api, of, false),
        ContentKind::Text => quote!(String),
        ContentKind::File => quote!(Download),
        ContentKind::Events(of) => {
            let of = ty(api, of, false);
            quote!(EventStream<#of>)
        }
        ContentKind::JsonLines(of) => {
            let of = ty(api, of, false);
            quote!(JsonLines<#of>)
        }
    }
}

fn read(kind: &ContentKind) -> TokenStream {
    match kind {
        ContentKind::Empty => quote!(empty),
        ContentKind::Json(_) => quote!(json),
        ContentKind::Text => quote!(text),
        ContentKind::File => quote!(file),
        ContentKind::Events(Type::TEXT) => quote!(events_text),
        ContentKind::Events(_) => quote!(events),
        ContentKind::JsonLines(_) => quote!(lines),
    }
}

/// Returns the imports from the runtime for a response.
pub(super) fn imports(
    response: &SuccessResponse,
    names: &mut std::collections::BTreeSet<&'static str>,
) {
    for content in response.contents() {
        match &content.kind {
            ContentKind::File => drop(names.insert("Download")),
            ContentKind::Events(_) => drop(names.insert("EventStream")),
            ContentKind::JsonLines(_) => drop(names.insert("JsonLines")),
            ContentKind::Empty | ContentKind::Json(_) | ContentKind::Text => {}
        }
        if let Some(ty) = content.kind.ty() {
            super::imports(ty, names);
        }
    }
    if let SuccessResponse::ByCase(_) = response {
        names.extend(["ResponseCase", "Error", "StreamingResponse", "Statuses"]);
    }
}

/// Returns the type of a response that depends on the status or the media type, and how it is read.
pub(super) fn item(api: &Named<'_>, operation: &Operation, cases: &[ResponseCase]) -> TokenStream {
    let name = token(api.names.response(operation.number));
    let doc = docs::outer(&[format!("The response of {}.", docs::method_link(api, operation))]);
    let variants = cases.iter().map(|case| variant(api, case));
    let mut listed: Vec<TokenStream> = Vec::new();
    let reads: Vec<TokenStream> = cases
        .iter()
        .map(|case| {
            let first = listed.len();
            listed.extend(entries(case));
            let numbers = (first..listed.len()).map(Literal::usize_unsuffixed);
            let read = read_case(api, case);
            quote!(#(Some(#numbers))|* => #read)
        })
        .collect();
    let derives = derives(cases);
    quote! {
        #doc
        #derives
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
        }

        impl #name {
            async fn read(incoming: StreamingResponse) -> Result<Self, Error> {
                let cases = [#(#listed),*];
                match incoming.case(&cases) {
                    #(#reads,)*
                    _ => Err(incoming.undocumented().await),
                }
            }
        }
    }
}

/// Returns the derives: a body that is read once can be neither cloned nor compared.
fn derives(cases: &[ResponseCase]) -> TokenStream {
    if is_read_once(cases) {
        quote!(#[derive(Debug)])
    } else {
        quote!(#[derive(Debug, Clone, PartialEq)])
    }
}

/// Returns whether one of the bodies can be read only once.
pub(super) fn is_read_once(cases: &[ResponseCase]) -> bool {
    cases.iter().any(|case| match &case.content.kind {
        ContentKind::File | ContentKind::Events(_) | ContentKind::JsonLines(_) => true,
        ContentKind::Empty | ContentKind::Json(_) | ContentKind::Text => false,
    })
}

fn variant(api: &Named<'_>, case: &ResponseCase) -> TokenStream {
    let mut when = format!("`{}`", case.statuses);
    if !case.media_types.is_empty() {
        let types: Vec<String> = case.media_types.iter().map(|one| docs::code(one)).collect();
        when.push_str(&format!(" {}", types.join(", ")));
    }
    let description = docs::inline(&case.content.description);
    let line = if description.is_empty() { when } else { format!("{when}: {description}") };
    let (doc, variant) = (docs::outer(&[line]), token(api.names.case(case.number)));
    match &case.content.kind {
        ContentKind::Empty => quote!(#doc #variant),
        kind => {
            let output = output(api, kind);
            quote!(#doc #variant(#output))
        }
    }
}

/// Returns the entries of a case in the table from which the runtime selects.
fn entries(case: &ResponseCase) -> Vec<TokenStream> {
    let statuses = statuses(case.statuses);
    let entry = |media_type: Option<&String>| {
        let media_type = match media_type {
            Some(media_type) => quote!(Some(#media_type)),
            None => quote!(None),
        };
        quote!(ResponseCase { statuses: #statuses, media_type: #media_type })
    };
    match case.media_types.as_slice() {
        [] => vec![entry(None)],
        media_types => media_types.iter().map(|media_type| entry(Some(media_type))).collect(),
    }
}

fn read_case(api: &Named<'_>, case: &ResponseCase) -> TokenStream {
    let variant = token(api.names.case(case.number));
    match &case.content.kind {
        ContentKind::Empty => quote!(incoming.ignore().await.map(|()| Self::#variant)),
        ContentKind::Json(_) => quote!(incoming.json().await.map(Self::#variant)),
        ContentKind::Text => quote!(incoming.text().await.map(Self::#variant)),
        ContentKind::File => quote!(Ok(Self::#variant(incoming.download()))),
        ContentKind::Events(Type::TEXT) => quote!(Ok(Self::#variant(incoming.events_text()))),
        ContentKind::Events(_) => quote!(Ok(Self::#variant(incoming.events()))),
        ContentKind::JsonLines(_) => quote!(Ok(Self::#variant(incoming.json_lines()))),
    }
}
