//! Request bodies: the argument of the method, and the call that adds it to the request.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::resolved;
use super::{docs, parameter, token, ty};
use crate::ir::{Body, BodyContent, BodyKind, Operation, StringFormat, Type};
use crate::name::{Ident, Named};

/// The argument of a method for a body.
pub(super) fn argument(api: &Named<'_>, body: &Body) -> TokenStream {
    let rust = token(api.names.body(body.operation));
    let of = match body.only() {
        Some(content) => argument_type(api, &content.kind),
        None => {
            let name = token(api.names.body_type(body.operation));
            quote!(impl Into<#name<'a>>)
        }
    };
    quote!(#rust: #of)
}

/// Returns the lifetime parameter that the argument needs.
pub(super) fn generics(body: &Body) -> Option<TokenStream> {
    body.only().is_none().then(|| quote!(<'a>))
}

/// Returns the type of an argument for a single content.
pub(super) fn argument_type(api: &Named<'_>, kind: &BodyKind) -> TokenStream {
    match kind {
        BodyKind::Json(of) | BodyKind::Form(of, _) => match resolved(api, of) {
            Type::String(StringFormat::Plain) => quote!(&str),
            Type::Array(item) => {
                let item = ty(api, &item, false);
                quote!(&[#item])
            }
            _ => {
                let of = ty(api, of, false);
                quote!(&#of)
            }
        },
        BodyKind::Multipart(form) => {
            let form = token(api.names.ty(*form));
            quote!(types::#form)
        }
        BodyKind::Text => quote!(&str),
        BodyKind::Bytes => quote!(impl Into<Upload>),
    }
}

/// Returns the call that adds the body, given as the named argument, to a request.
pub(super) fn set(body: &Body, name: &Ident, request: &TokenStream) -> TokenStream {
    let rust = token(name);
    match body.only() {
        Some(content) => {
            let call = call(content, &quote!(#rust));
            quote!(#request #call)
        }
        None => quote!(#rust.into().write(#request)),
    }
}

fn call(content: &BodyContent, value: &TokenStream) -> TokenStream {
    let media_type = &content.media_type;
    match &content.kind {
        BodyKind::Json(_) if media_type == "application/json" => quote!(.json(#value)),
        BodyKind::Json(_) => quote!(.json_as(#media_type, #value)),
        BodyKind::Form(_, styles) if styles.is_empty() => quote!(.form(#value)),
        BodyKind::Form(_, styles) => {
            let styles = styles.iter().filter_map(|(name, style, explode)| {
                let (name, style) = (&name.0, parameter::style(*style)?);
                Some(quote!((#name, #style, #explode)))
            });
            quote!(.form_with(#value, &[#(#styles),*]))
        }
        BodyKind::Multipart(_) => quote!(.multipart(#value.0)),
        BodyKind::Text => quote!(.text(#media_type, #value)),
        BodyKind::Bytes => quote!(.upload(#media_type, #value)),
    }
}

/// Returns the type of a body with several contents.
pub(super) fn item(
    api: &Named<'_>,
    operation: &Operation,
    visibility: Option<&TokenStream>,
) -> Option<TokenStream> {
    let body = operation.body.as_ref().filter(|body| body.only().is_none())?;
    let name = token(api.names.body_type(body.operation));
    let doc = docs::outer(&[format!("The request body of {}.", docs::method_link(api, operation))]);
    let variants = body.contents.iter().map(|content| {
        let doc = docs::outer(&[docs::code(&content.media_type)]);
        let (rust, of) =
            (token(api.names.content(content.number)), variant_type(api, &content.kind));
        quote!(#doc #rust(#of))
    });
    let writes = body.contents.iter().map(|content| {
        let rust = token(api.names.content(content.number));
        let call = call(content, &quote!(content));
        quote!(Self::#rust(content) => request #call)
    });
    let from = body.contents.first().map(|first| from(api, body, first));
    // A body that borrows nothing has the parameter all the same.
    let borrows = |content: &BodyContent| match &content.kind {
        BodyKind::Json(_) | BodyKind::Form(..) | BodyKind::Text => true,
        BodyKind::Multipart(_) | BodyKind::Bytes => false,
    };
    let marker = (!body.contents.iter().any(borrows)).then(|| {
        quote!(
            #[doc(hidden)]
            Never(std::convert::Infallible, std::marker::PhantomData<&'a ()>),
        )
    });
    let never = marker.is_some().then(|| quote!(Self::Never(never, _) => match never {},));
    Some(quote! {
        #doc
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum #name<'a> {
            #(#variants,)*
            #marker
        }

        impl #name<'_> {
            #visibility fn write(self, request: Request) -> Request {
                match self {
                    #(#writes,)*
                    #never
                }
            }
        }

        #from
    })
}

pub(super) fn variant_type(api: &Named<'_>, kind: &BodyKind) -> TokenStream {
    match kind {
        BodyKind::Json(of) | BodyKind::Form(of, _) => {
            let of = ty(api, of, false);
            quote!(&'a #of)
        }
        BodyKind::Multipart(form) => {
            let form = token(api.names.ty(*form));
            quote!(types::#form)
        }
        BodyKind::Text => quote!(&'a str),
        BodyKind::Bytes => quote!(Upload),
    }
}

/// Returns the conversion from the first content, which most callers send.
fn from(api: &Named<'_>, body: &Body, first: &BodyContent) -> TokenStream {
    let name = token(api.names.body_type(body.operation));
    let variant = token(api.names.content(first.number));
    let of = variant_type(api, &first.kind);
    quote! {
        impl<'a> From<#of> for #name<'a> {
            fn from(content: #of) -> Self {
                Self::#variant(content)
            }
        }
    }
}

/// Returns the imports from the runtime for a body.
pub(super) fn imports(body: &Body, names: &mut std::collections::BTreeSet<&'static str>) {
    for content in &body.contents {
        match &content.kind {
            BodyKind::Form(_, styles) if !styles.is_empty() => drop(names.insert("Style")),
            BodyKind::Bytes => drop(names.insert("Upload")),
            BodyKind::Json(_) | BodyKind::Form(..) | BodyKind::Multipart(_) | BodyKind::Text => {}
        }
    }
}
