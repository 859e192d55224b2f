//! The headers of responses.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::{SourceFile, Sources, docs, imports, name, token, ty};
use crate::ir::ResponseHeader;
use crate::name::Named;

/// `src/headers.rs`, if the document names any.
pub(super) fn file(api: &Named<'_>) -> Sources {
    if api.headers.is_empty() {
        return Sources::new();
    }
    let docs = docs::inner(&[
        "The documented response headers.".to_owned(),
        String::new(),
        "[`Response::header`](crate::Response::header) reads them.".to_owned(),
    ]);
    let mut names = BTreeSet::from(["ResponseHeader"]);
    api.headers.iter().for_each(|header| imports(&header.ty, &mut names));
    let names = names.into_iter().map(name);
    let types = api.headers.iter().any(|header| !header.ty.named().is_empty());
    let types = types.then(|| {
        quote!(
            use crate::types;
        )
    });
    let mut sorted: Vec<&ResponseHeader> = api.headers.iter().collect();
    sorted.sort_by_key(|header| api.names.header(header.number));
    let constants = sorted.into_iter().map(|header| constant(api, header));
    let file = quote! {
        #docs
        use crate::runtime::{#(#names),*};
        #types

        #(#constants)*
    };
    Sources::from([("src/headers.rs".to_owned(), SourceFile::Tokens(file))])
}

fn constant(api: &Named<'_>, header: &ResponseHeader) -> TokenStream {
    let doc = docs::outer(&docs::lines(&header.docs, &format!("{}.", docs::code(&header.wire.0))));
    let (constant, of) = (token(api.names.header(header.number)), ty(api, &header.ty, false));
    let wire = header.wire.0.to_ascii_lowercase();
    quote! {
        #doc
        pub const #constant: ResponseHeader<#of> = ResponseHeader::new(#wire);
    }
}
