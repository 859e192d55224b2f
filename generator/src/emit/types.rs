//! The types of the document, one file for each.

use std::collections::BTreeSet;

use proc_macro2::{Ident as Token, TokenStream};
use quote::quote;

use super::union::union_item;
use super::{SourceFile, Sources, docs, feature, form, imports, name as static_name, token, ty};
use crate::analyze::Facts;
use crate::ir::{Enum, Field, Object, Shape, StringFormat, Tagging, Type, TypeDef, WireName};
use crate::limits::Steps;
use crate::name::{Ident, Named};

/// `src/types/…`
pub(super) fn files(api: &Named<'_>, facts: &Facts, steps: &Steps) -> Sources {
    let mut files = Sources::new();
    for def in &api.types {
        let path = format!("src/types/{}.rs", api.names.module(def.number));
        let file = SourceFile::Tokens(file(api, facts, def));
        if !steps.take_each(file.steps()) {
            break;
        }
        files.insert(path, file);
    }
    files.insert("src/types/mod.rs".to_owned(), SourceFile::Tokens(index(api, facts)));
    files
}

fn index(api: &Named<'_>, facts: &Facts) -> TokenStream {
    let mut sorted: Vec<&TypeDef> = api.types.iter().collect();
    sorted.sort_by_key(|def| api.names.module(def.number));
    let feature = |def: &TypeDef| feature(facts.features.of_type(def.number));
    let modules = sorted.iter().map(|def| {
        let (feature, module) = (feature(def), token(api.names.module(def.number)));
        quote!(#feature mod #module;)
    });
    let exports = sorted.iter().map(|def| {
        let (feature, module) = (feature(def), token(api.names.module(def.number)));
        let name = token(api.names.ty(def.number));
        quote!(#feature pub use #module::#name;)
    });
    let docs = docs::inner(&["What the API speaks of.".to_owned()]);
    quote! {
        #docs
        #(#modules)*
        #(#exports)*
    }
}

fn file(api: &Named<'_>, facts: &Facts, def: &TypeDef) -> TokenStream {
    let file_docs = docs::inner(&[format!("The schema {}.", docs::code(&def.hint.join(".")))]);
    let item = match &def.shape {
        Shape::Object(object) => object_item(api, facts, def, object),
        Shape::Enum(list) => enum_item(api, def, list),
        Shape::Union(union) => union_item(api, facts, def, union),
        Shape::Form(parts) => form::item(api, def, parts),
        Shape::Alias(of) => alias_item(api, def, of),
    };
    let uses = uses(api, facts, def);
    quote! {
        #file_docs
        #uses
        #item
    }
}

/// What the file imports: its neighbours, and parts of the runtime.
fn uses(api: &Named<'_>, facts: &Facts, def: &TypeDef) -> TokenStream {
    let mut runtime = BTreeSet::new();
    let mut neighbours = BTreeSet::new();
    let mut note = |ty: &Type| {
        imports(ty, &mut runtime);
        neighbours.extend(ty.named());
    };
    match &def.shape {
        Shape::Object(object) => {
            for field in &object.fields {
                note(&field.ty);
                if facts.built_by_users.contains(&def.number) && is_set_by_users(facts, field) {
                    // Arguments spell out lists that have a name.
                    note(&spelled_out(api, field));
                }
            }
            note(&Type::Map(Box::new(object.additional.clone())));
            runtime.insert("model");
            if object.fields.iter().any(is_wrapped) {
                runtime.insert("Nullable");
            }
        }
        Shape::Enum(_) => drop(runtime.insert("open_enum")),
        Shape::Union(union) => {
            union.variants.iter().for_each(|variant| note(&variant.ty));
            match &union.tagging {
                Tagging::Adjacent { other, .. } => drop(neighbours.insert(*other)),
                Tagging::Value | Tagging::Base => drop(runtime.insert("Value")),
            }
            runtime.insert("union");
        }
        Shape::Form(parts) => form::imports(api, parts, &mut runtime, &mut neighbours),
        Shape::Alias(of) => note(of),
    }
    let neighbours: BTreeSet<Token> = neighbours
        .into_iter()
        .filter(|other| *other != def.number)
        .map(|id| token(api.names.ty(id)))
        .collect();
    let runtime = use_list(&quote!(crate::runtime), runtime.into_iter().map(static_name));
    let neighbours = use_list(&quote!(super), neighbours);
    quote!(#neighbours #runtime)
}

fn use_list(path: &TokenStream, names: impl IntoIterator<Item = Token>) -> Option<TokenStream> {
    let names: Vec<Token> = names.into_iter().collect();
    match names.as_slice() {
        [] => None,
        [name] => Some(quote!(use #path::#name;)),
        names => Some(quote!(use #path::{#(#names),*};)),
    }
}

pub(super) fn doc(def: &TypeDef) -> TokenStream {
    docs::outer(&docs::lines(&def.docs, &format!("{}.", docs::code(&def.hint.join(".")))))
}

pub(super) fn deprecated(deprecated: bool) -> Option<TokenStream> {
    deprecated.then(|| docs::outer(&[String::new(), "**Deprecated** in the document.".to_owned()]))
}

fn alias_item(api: &Named<'_>, def: &TypeDef, of: &Type) -> TokenStream {
    let (doc, name, of) = (doc(def), token(api.names.ty(def.number)), ty(api, of, true));
    let deprecated = deprecated(def.deprecated);
    quote! {
        #doc
        #deprecated
        pub type #name = #of;
    }
}

fn enum_item(api: &Named<'_>, def: &TypeDef, list: &Enum) -> TokenStream {
    let (doc, name) = (doc(def), token(api.names.ty(def.number)));
    let deprecated = deprecated(def.deprecated);
    let variants = list.variants.iter().map(|variant| {
        let fallback = docs::code(&variant.wire.0);
        let mut lines = Vec::new();
        docs::paragraph(&mut lines, variant.description.as_deref());
        let doc =
            docs::outer(if lines.is_empty() { std::slice::from_ref(&fallback) } else { &lines });
        let (rust, wire) = (
            token(api.names.member(variant.number)),
            wire(api.names.member(variant.number), &variant.wire),
        );
        quote!(#doc #wire #rust)
    });
    quote! {
        open_enum! {
            #doc
            #deprecated
            #[derive(Debug, Clone, PartialEq, Eq, Hash)]
            #[non_exhaustive]
            pub enum #name {
                #(#variants,)*
                #[other]
                Unknown(String),
            }
        }
    }
}

fn object_item(api: &Named<'_>, facts: &Facts, def: &TypeDef, object: &Object) -> TokenStream {
    let (doc, name) = (doc(def), token(api.names.ty(def.number)));
    let deprecated_type = deprecated(def.deprecated);
    let additional = ty(api, &Type::Map(Box::new(object.additional.clone())), true);
    let default = is_default(facts, object).then(|| quote!(, Default));
    let fields = object.fields.iter().map(|field| {
        let fallback = docs::code(&field.wire.0);
        let mut lines = docs::lines(&referenced_docs(api, field), &fallback);
        if field.deprecated {
            docs::paragraph(&mut lines, Some("**Deprecated** in the document."));
        }
        let doc = docs::outer(&lines);
        let (rust, wire) = (
            token(api.names.member(field.number)),
            wire(api.names.member(field.number), &field.wire),
        );
        let of = field_type(api, facts, field);
        quote!(#doc #wire pub #rust: #of)
    });
    let is_built = facts.built_by_users.contains(&def.number);
    let constructors = is_built.then(|| constructors(api, facts, def, object));
    quote! {
        model! {
            #doc
            #deprecated_type
            #[derive(Debug, Clone, PartialEq #default)]
            #[non_exhaustive]
            pub struct #name {
                #(#fields,)*
                #[flatten]
                pub additional_properties: #additional,
            }
        }
        #constructors
    }
}

/// The attribute that gives a field or a variant its name on the wire, unless that is its own. The
/// compiler normalizes other identifiers than those of ASCII, so that theirs can be another one.
fn wire(rust: &Ident, wire: &WireName) -> Option<TokenStream> {
    let name = &wire.0;
    (rust.plain() != name || !name.is_ascii()).then(|| quote!(#[wire = #name]))
}

/// What is said of a property, or else in short what is said of its type.
fn referenced_docs(api: &Named<'_>, field: &Field) -> crate::ir::Docs {
    let mut docs = field.docs.clone();
    if let (None, None, Type::Named(id)) = (&docs.summary, &docs.description, &field.ty) {
        let of_type = &api.type_def(*id).docs;
        let text =
            of_type.summary.as_deref().or(of_type.description.as_deref()).unwrap_or_default();
        let first: Vec<&str> =
            text.trim().lines().take_while(|line| !line.trim().is_empty()).collect();
        docs.summary = Some(first.join("\n")).filter(|text| !text.is_empty());
    }
    docs
}

/// Whether an object can be without any property.
pub(super) fn is_default(facts: &Facts, object: &Object) -> bool {
    object.fields.iter().all(|field| is_wrapped(field) || !is_required(facts, field))
}

/// Whether the constructor has arguments.
fn has_required(facts: &Facts, object: &Object) -> bool {
    object.fields.iter().any(|field| is_argument(facts, field))
}

/// Whether the constructor asks for a property: those that build the object have what only requests
/// have.
pub(super) fn is_argument(facts: &Facts, field: &Field) -> bool {
    is_required(facts, field) || field.required && field.write_only
}

/// What only responses have is set by nobody but those who give the responses of a mock.
fn is_set_by_users(facts: &Facts, field: &Field) -> bool {
    facts.responses_are_built || !field.read_only
}

/// Whether a property must be there in both directions.
fn is_required(facts: &Facts, field: &Field) -> bool {
    field.required && !facts.one_way.contains(&field.number)
}

pub(super) fn field_type(api: &Named<'_>, facts: &Facts, field: &Field) -> TokenStream {
    let inner = ty(api, &field.ty, true);
    let inner = if facts.boxed.contains(&field.number) { quote!(Box<#inner>) } else { inner };
    match (is_wrapped(field), is_required(facts, field)) {
        (true, _) => quote!(Nullable<#inner>),
        (false, true) => inner,
        (false, false) => quote!(Option<#inner>),
    }
}

/// Whether a property's type says that it may be null. Whatever can be null can be `Value::Null`,
/// which a required property needs nothing more for.
pub(super) fn is_wrapped(field: &Field) -> bool {
    field.nullable && !(field.required && field.ty == Type::Any)
}

fn constructors(api: &Named<'_>, facts: &Facts, def: &TypeDef, object: &Object) -> TokenStream {
    let name = token(api.names.ty(def.number));
    let new = match has_required(facts, object) {
        true => new_with_required(api, facts, object),
        false => quote! {
            /// An object without any property.
            pub fn new() -> Self {
                Self::default()
            }
        },
    };
    let fields = object.fields.iter();
    let optional =
        fields.filter(|field| !is_argument(facts, field) && is_set_by_users(facts, field));
    let setters = optional.map(|field| {
        let rust = token(api.names.member(field.number));
        let setter = token(api.names.setter(field.number));
        let doc = docs::outer(&[format!(
            "Sets [`{0}`](Self::{0}).",
            api.names.member(field.number).plain()
        )]);
        let (of, value) = argument(api, field, facts.boxed.contains(&field.number));
        let value = if field.nullable { value } else { quote!(Some(#value)) };
        quote! {
            #doc
            pub fn #setter(mut self, #rust: #of) -> Self {
                self.#rust = #value;
                self
            }
        }
    });
    quote! {
        impl #name {
            #new
            #(#setters)*
        }
    }
}

fn new_with_required(api: &Named<'_>, facts: &Facts, object: &Object) -> TokenStream {
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    for field in &object.fields {
        let rust = token(api.names.member(field.number));
        if is_argument(facts, field) {
            let (of, value) = argument(api, field, facts.boxed.contains(&field.number));
            let is_optional = !is_wrapped(field) && !is_required(facts, field);
            let value = if is_optional { quote!(Some(#value)) } else { value };
            arguments.push(quote!(#rust: #of));
            let plain = rust == value.to_string();
            values.push(if plain { quote!(#rust) } else { quote!(#rust: #value) });
        } else if is_wrapped(field) {
            values.push(quote!(#rust: Nullable::Absent));
        } else {
            values.push(quote!(#rust: None));
        }
    }
    quote! {
        /// An object with the properties that are required.
        pub fn new(#(#arguments),*) -> Self {
            Self {
                #(#values,)*
                additional_properties: Properties::new(),
            }
        }
    }
}

/// The type of an argument that sets a property, and how the property is made of it.
pub(super) fn argument(api: &Named<'_>, field: &Field, boxed: bool) -> (TokenStream, TokenStream) {
    let rust = token(api.names.member(field.number));
    let of = ty(api, &field.ty, true);
    let wraps = is_wrapped(field);
    if wraps && field.ty != Type::Any {
        let of = if boxed { quote!(Box<#of>) } else { of };
        return (quote!(impl Into<Nullable<#of>>), quote!(#rust.into()));
    }
    let (of, value) = taken(api, &field.ty, &rust);
    let value = if boxed { quote!(Box::new(#value)) } else { value };
    if wraps { (of, quote!(Nullable::Value(#value))) } else { (of, value) }
}

/// The type of a property as the argument that sets it has it.
fn spelled_out(api: &Named<'_>, field: &Field) -> Type {
    match resolved(api, &field.ty) {
        list @ Type::Array(_) if !is_wrapped(field) => list,
        _ => field.ty.clone(),
    }
}

/// The most convenient type that a value of a type can be made of, and how.
pub(super) fn taken(api: &Named<'_>, of: &Type, rust: &Token) -> (TokenStream, TokenStream) {
    let owned = ty(api, of, true);
    match resolved(api, of) {
        Type::Array(item) if converts(api, &item) => {
            let item = ty(api, &item, true);
            (
                quote!(impl IntoIterator<Item = impl Into<#item>>),
                quote!(#rust.into_iter().map(Into::into).collect()),
            )
        }
        Type::Array(item) => {
            let item = ty(api, &item, true);
            (quote!(impl IntoIterator<Item = #item>), quote!(#rust.into_iter().collect()))
        }
        other if converts(api, &other) => (quote!(impl Into<#owned>), quote!(#rust.into())),
        _ => (owned, quote!(#rust)),
    }
}

/// A type behind its other names.
pub(super) fn resolved(api: &Named<'_>, ty: &Type) -> Type {
    match ty {
        Type::Named(id) => match &api.type_def(*id).shape {
            Shape::Alias(of) if of != ty => resolved(api, of),
            Shape::Alias(_)
            | Shape::Object(_)
            | Shape::Enum(_)
            | Shape::Union(_)
            | Shape::Form(_) => ty.clone(),
        },
        other => other.clone(),
    }
}

/// Whether a type is usually made of another one, as texts are.
fn converts(api: &Named<'_>, ty: &Type) -> bool {
    match resolved(api, ty) {
        Type::String(StringFormat::Decimal) => false,
        Type::String(_) | Type::Any => true,
        Type::Named(id) => matches!(api.type_def(id).shape, Shape::Enum(_)),
        Type::Boolean
        | Type::Integer(_)
        | Type::Number(_)
        | Type::Array(_)
        | Type::Tuple(_)
        | Type::Map(_)
        | Type::Nullable(_) => false,
    }
}
