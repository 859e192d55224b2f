//! The documented error bodies, and the table that selects one by status.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{SourceFile, docs, imports, name, token, ty};
use crate::ir::{ErrorBody, ErrorSet, Statuses};
use crate::name::Named;

/// `src/error_body.rs`
pub(super) fn file(api: &Named<'_>) -> SourceFile {
    let variants = api.error_bodies.iter().map(|body| variant(api, body));
    let sets = api.error_sets.iter().map(|set| set_constant(api, set));
    let uses = uses(api);
    SourceFile::Tokens(quote! {
        //! What errors hold.
        #uses

        /// The body of an error, with the type that the document describes for its status.
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum ErrorBody {
            #(#variants,)*
            /// A body that the document does not describe, or that does not match it.
            Undocumented,
        }

        #(#sets)*
    })
}

fn uses(api: &Named<'_>) -> TokenStream {
    let mut names = std::collections::BTreeSet::new();
    api.error_bodies.iter().for_each(|body| imports(&body.ty, &mut names));
    let names = names.into_iter().map(name);
    let values = quote!(#(use crate::runtime::#names;)*);
    let cases = (!api.error_sets.is_empty()).then(|| {
        quote!(
            use crate::runtime::{ErrorCase, Statuses};
        )
    });
    let has_named = api.error_bodies.iter().any(|body| !body.ty.named().is_empty());
    let types = has_named.then(|| {
        quote!(
            use crate::types;
        )
    });
    quote!(#values #cases #types)
}

fn variant(api: &Named<'_>, body: &ErrorBody) -> TokenStream {
    let statuses: Vec<String> =
        body.statuses.iter().map(|statuses| format!("`{statuses}`")).collect();
    let doc = docs::outer(&[format!("Returned with {}.", statuses.join(", "))]);
    let (rust, of) = (token(api.names.error_body(body.number)), ty(api, &body.ty, false));
    quote!(#doc #rust(#of))
}

fn set_constant(api: &Named<'_>, set: &ErrorSet) -> TokenStream {
    let name = token(api.names.error_set(set.number));
    let cases = set.cases.iter().map(|(of, number)| {
        let statuses = statuses(*of);
        let variant = token(api.names.error_body(*number));
        quote! {
            ErrorCase { statuses: #statuses, decode: |response| response.json().map(ErrorBody::#variant) }
        }
    });
    quote! {
        pub(crate) static #name: &[ErrorCase] = &[#(#cases),*];
    }
}

/// Returns statuses as constants of the runtime.
pub(super) fn statuses(statuses: Statuses) -> TokenStream {
    match statuses {
        Statuses::Code(code) => {
            let code = Literal::u16_unsuffixed(code);
            quote!(Statuses::Code(#code))
        }
        Statuses::Class(class) => {
            let class = Literal::u16_unsuffixed(class);
            quote!(Statuses::Class(#class))
        }
        Statuses::Default => quote!(Statuses::Default),
    }
}
