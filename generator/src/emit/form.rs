//! Forms of several parts: a type that collects them.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::types::{doc, resolved};
use super::{docs, joined, parameter, token};
use crate::ir::{Api, Form, Part, PartKind, Type, TypeDef, TypeId};

/// A form, with an argument of `new` for each part that is required, and a setter for each other.
pub(super) fn item(api: &Api, def: &TypeDef, form: &Form) -> TokenStream {
    let (doc, name) = (doc(def), token(&def.rust));
    let required = || form.parts.iter().filter(|part| part.field.required);
    let arguments = required().map(|part| argument(api, part));
    let adds = required().map(|part| add(api, part, &quote!(form)));
    let setters = form.parts.iter().filter(|part| !part.field.required).map(|part| {
        let (setter, argument) = (joined("with", &part.field.rust), argument(api, part));
        let fallback = format!("Adds the part `{}`.", part.field.wire);
        let doc = docs::outer(&docs::lines(&part.field.docs, &fallback));
        let add = add(api, part, &quote!(form));
        quote! {
            #doc
            pub fn #setter(self, #argument) -> Self {
                let form = self.0;
                #add
                Self(form)
            }
        }
    });
    quote! {
        #doc
        ///
        /// Parts that the document does not name can be added to the [`Form`] that it is made of.
        #[derive(Debug)]
        pub struct #name(pub Form);

        impl #name {
            /// A form with the parts that are required.
            #[allow(clippy::new_without_default, reason = "a form is built, not defaulted")]
            pub fn new(#(#arguments),*) -> Self {
                let form = Form::new();
                #(#adds)*
                Self(form)
            }

            #(#setters)*
        }
    }
}

fn argument(api: &Api, part: &Part) -> TokenStream {
    let rust = token(&part.field.rust);
    match (&part.kind, is_list(api, part)) {
        (PartKind::File, true) => quote!(#rust: impl IntoIterator<Item = impl Into<Upload>>),
        (PartKind::File, false) => quote!(#rust: impl Into<Upload>),
        (PartKind::Text | PartKind::Json(_), _) => {
            parameter::argument_as(api, &part.field.rust, &part.field.ty, true)
        }
    }
}

fn add(api: &Api, part: &Part, form: &TokenStream) -> TokenStream {
    let (rust, wire) = (token(&part.field.rust), &part.field.wire.0);
    let value = match parameter::passing(api, &part.field.ty) {
        parameter::Passing::Owned => quote!(&#rust),
        parameter::Passing::Text | parameter::Passing::Slice | parameter::Passing::Borrowed => {
            quote!(#rust)
        }
    };
    match (&part.kind, is_list(api, part)) {
        (PartKind::File, true) => quote! {
            let form = #rust.into_iter().fold(#form, |form, file| form.file(#wire, file));
        },
        (PartKind::File, false) => quote!(let form = #form.file(#wire, #rust);),
        (PartKind::Text, _) => quote!(let form = #form.text(#wire, #value);),
        (PartKind::Json(media_type), _) if media_type == "application/json" => {
            quote!(let form = #form.json(#wire, #value);)
        }
        (PartKind::Json(media_type), _) => {
            quote!(let form = #form.typed(#wire, #media_type, #value);)
        }
    }
}

fn is_list(api: &Api, part: &Part) -> bool {
    matches!(resolved(api, &part.field.ty), Type::Array(_))
}

/// What a form needs from the runtime, and which other types.
pub(super) fn imports(
    api: &Api,
    form: &Form,
    runtime: &mut BTreeSet<&'static str>,
    neighbours: &mut BTreeSet<TypeId>,
) {
    runtime.insert("Form");
    for part in &form.parts {
        let is_text = parameter::passing(api, &part.field.ty) == parameter::Passing::Text;
        match part.kind {
            PartKind::File => drop(runtime.insert("Upload")),
            PartKind::Text | PartKind::Json(_) if is_text => {}
            PartKind::Text | PartKind::Json(_) => {
                super::imports(&part.field.ty, runtime);
                neighbours.extend(part.field.ty.named());
            }
        }
    }
}
