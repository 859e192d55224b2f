//! The responders for an answer that depends on the status or the media type.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::super::{docs, token, ty};
use crate::ir::{AnswerCase, ContentKind, Operation, Statuses, Type};
use crate::name::Named;

/// A responder for each case of an answer that depends on the status or the media type.
pub(super) fn responders(
    api: &Named<'_>,
    operation: &Operation,
    cases: &[AnswerCase],
    answers: &TokenStream,
) -> TokenStream {
    let request = token(api.names.request(operation.number));
    let responders = cases.iter().map(|case| {
        let name = token(api.names.case_responder(case.number));
        let (argument, answer) = answer(api, case, status(case.statuses, cases));
        let doc = docs::outer(&[format!(
            "Answers with the case {}.",
            docs::code(api.names.case(case.number).plain())
        )]);
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
fn answer(api: &Named<'_>, case: &AnswerCase, status: u16) -> (Option<TokenStream>, TokenStream) {
    let status = Literal::u16_unsuffixed(status);
    let of = case.content.kind.ty().map(|of| ty(api, of, false));
    let media_type = case.media_types.first();
    // A range is none that a response can have.
    let concrete = case.media_types.iter().find(|media_type| !media_type.contains('*'));
    let said = concrete.map(|media_type| quote!(.media_type(#media_type)));
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
