//! The responders for a response that depends on the status or the media type.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::super::{docs, token, ty};
use crate::ir::{ContentKind, Operation, ResponseCase, Statuses, Type};
use crate::name::Named;

/// Returns a responder for each case of a response that depends on the status or the media type.
pub(super) fn responders(
    api: &Named<'_>,
    operation: &Operation,
    cases: &[ResponseCase],
    responses: &TokenStream,
) -> TokenStream {
    let request = token(api.names.request(operation.number));
    let responders = cases.iter().map(|case| {
        let name = token(api.names.case_responder(case.number));
        let (argument, response) = response(api, case, status(case.statuses, cases));
        let doc = docs::outer(&[format!(
            "Responds with the case {}.",
            docs::code(api.names.case(case.number).plain())
        )]);
        quote! {
            #doc
            #[track_caller]
            pub fn #name(self, #argument) {
                self.respond(#response);
            }
        }
    });
    quote! {
        impl<E> mock::Expectation<operations::#request, #responses, E> {
            #(#responders)*
        }
    }
}

/// Returns the argument of the responder of a case, and the response that it creates.
fn response(
    api: &Named<'_>,
    case: &ResponseCase,
    status: u16,
) -> (Option<TokenStream>, TokenStream) {
    let status = Literal::u16_unsuffixed(status);
    let of = case.content.kind.ty().map(|of| ty(api, of, false));
    let media_type = case.media_types.first();
    // A range is none that a response can have.
    let concrete = case.media_types.iter().find(|media_type| !media_type.contains('*'));
    let said = concrete.map(|media_type| quote!(.media_type(#media_type)));
    match &case.content.kind {
        ContentKind::Empty => (None, quote!(mock::ResponseTemplate::status(#status))),
        ContentKind::Json(_) => (
            Some(quote!(body: impl std::borrow::Borrow<#of>)),
            quote!(mock::ResponseTemplate::json::<#of>(#status, body.borrow()) #said),
        ),
        ContentKind::Text => {
            let media_type = media_type.map_or("text/plain", String::as_str);
            (
                Some(quote!(text: impl Into<String>)),
                quote!(mock::ResponseTemplate::body(#status, #media_type, text.into())),
            )
        }
        // What the file says of itself comes first: the media type of a case can be a range.
        ContentKind::File => {
            let said = media_type.map(|media_type| quote!(.default_media_type(#media_type)));
            (
                Some(quote!(file: impl Into<mock::File>)),
                quote!(mock::ResponseTemplate::file(#status, file) #said),
            )
        }
        ContentKind::Events(Type::TEXT) => (
            Some(quote!(events: impl IntoIterator<Item = impl Into<String>>)),
            quote!(mock::ResponseTemplate::text_events(#status, events) #said),
        ),
        ContentKind::Events(_) => (
            Some(quote!(events: impl IntoIterator<Item = impl std::borrow::Borrow<#of>>)),
            quote!(mock::ResponseTemplate::events::<#of>(#status, events) #said),
        ),
        ContentKind::JsonLines(_) => (
            Some(quote!(values: impl IntoIterator<Item = impl std::borrow::Borrow<#of>>)),
            quote!(mock::ResponseTemplate::lines::<#of>(#status, values) #said),
        ),
    }
}

/// Returns a status that selects a case: the first successful one that no other case matches more exactly.
fn status(of: Statuses, cases: &[ResponseCase]) -> u16 {
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
