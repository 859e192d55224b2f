//! Multipart forms: a type with a setter for each part.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::types::{deprecated, doc, resolved};
use super::{docs, parameter, token, types};
use crate::analyze::Facts;
use crate::ir::{Form, Part, PartKind, Type, TypeDef, TypeId};
use crate::name::Named;

/// Returns a form: `new` has an argument for each required part, and each other part has a setter.
pub(super) fn item(api: &Named<'_>, facts: &Facts, def: &TypeDef, form: &Form) -> TokenStream {
    let attributes = types::attributes(facts, def);
    let (doc, name) = (doc(def), token(api.names.ty(def.number)));
    let required = || form.parts.iter().filter(|part| part.is_argument());
    let arguments = required().map(|part| argument(api, part));
    let adds = form.parts.iter().filter(|part| part.field.required);
    let adds = adds.map(|part| match &part.field.constant {
        Some(constant) => add_constant(&part.field.wire.0, constant),
        None => add(api, part),
    });
    let nothing = required().next().is_none().then(
        || quote!(#[allow(clippy::new_without_default, reason = "a form is built, not defaulted")]),
    );
    let setters = form.parts.iter().filter(|part| !part.field.required).map(|part| {
        let (setter, argument) = (token(api.names.setter(part.field.number)), argument(api, part));
        let fallback = format!("Adds the part {}.", docs::code(&part.field.wire.0));
        let doc = docs::outer(&docs::lines(&part.field.docs, &fallback));
        let deprecated = deprecated(part.field.deprecated);
        let add = add(api, part);
        quote! {
            #doc
            #deprecated
            pub fn #setter(self, #argument) -> Self {
                Self(self.0 #add)
            }
        }
    });
    quote! {
        #doc
        ///
        /// To add other parts, convert it to a [`Form`].
        #[derive(Debug)]
        #attributes
        pub struct #name(pub Form);

        impl #name {
            /// Creates a form with its required parts.
            #nothing
            pub fn new(#(#arguments),*) -> Self {
                Self(Form::new() #(#adds)*)
            }

            #(#setters)*
        }
    }
}

fn argument(api: &Named<'_>, part: &Part) -> TokenStream {
    let (rust, of) = (token(api.names.member(part.field.number)), argument_type(api, part));
    quote!(#rust: #of)
}

/// Returns the type of an argument for a part.
pub(super) fn argument_type(api: &Named<'_>, part: &Part) -> TokenStream {
    match (&part.kind, is_list(api, part)) {
        (PartKind::File(_), true) => quote!(impl IntoIterator<Item = impl Into<Upload>>),
        (PartKind::File(_), false) => quote!(impl Into<Upload>),
        (PartKind::Text(_) | PartKind::Json(_), _) => {
            parameter::argument_type(api, &part.field.ty, true)
        }
    }
}

/// Returns the call that adds a part with a constant value to a form.
fn add_constant(wire: &str, constant: &Value) -> TokenStream {
    match constant {
        Value::String(text) => quote!(.text(#wire, #text)),
        other => {
            let text = other.to_string();
            quote!(.text(#wire, #text))
        }
    }
}

/// Returns the call that adds a part to a form.
fn add(api: &Named<'_>, part: &Part) -> TokenStream {
    let (rust, wire) = (token(api.names.member(part.field.number)), &part.field.wire.0);
    let value = match parameter::passing(api, &part.field.ty) {
        parameter::Passing::Owned => quote!(&#rust),
        parameter::Passing::Text | parameter::Passing::Slice | parameter::Passing::Borrowed => {
            quote!(#rust)
        }
    };
    match (&part.kind, is_list(api, part)) {
        (PartKind::File(None), true) => quote!(.files(#wire, #rust)),
        (PartKind::File(None), false) => quote!(.file(#wire, #rust)),
        (PartKind::File(Some(media_type)), true) => quote!(.files_as(#wire, #media_type, #rust)),
        (PartKind::File(Some(media_type)), false) => quote!(.file_as(#wire, #media_type, #rust)),
        (PartKind::Text(None), _) => quote!(.text(#wire, #value)),
        (PartKind::Json(media_type), _) if media_type == "application/json" => {
            quote!(.json(#wire, #value))
        }
        (PartKind::Text(Some(media_type)) | PartKind::Json(media_type), _) => {
            quote!(.typed(#wire, #media_type, #value))
        }
    }
}

fn is_list(api: &Named<'_>, part: &Part) -> bool {
    matches!(resolved(api, &part.field.ty), Type::Array(_))
}

/// Collects the imports of a form: from the runtime, and other types.
pub(super) fn imports(
    api: &Named<'_>,
    form: &Form,
    runtime: &mut BTreeSet<&'static str>,
    neighbours: &mut BTreeSet<TypeId>,
) {
    runtime.insert("Form");
    for part in &form.parts {
        let is_text = parameter::passing(api, &part.field.ty) == parameter::Passing::Text;
        match part.kind {
            PartKind::File(_) => drop(runtime.insert("Upload")),
            PartKind::Text(_) | PartKind::Json(_) if is_text => {}
            PartKind::Text(_) | PartKind::Json(_) => {
                super::imports(&part.field.ty, runtime);
                neighbours.extend(part.field.ty.named());
            }
        }
    }
}
