//! The types of the document, one file for each. Leaves the modules that export them to `type_modules`.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident as Token, Literal, TokenStream};
use quote::quote;
use serde_json::Value;

use super::type_modules::{self, folder};
use super::union::union_item;
use super::{SourceFile, Sources, docs, form, imports, name as static_name, rust_path, token, ty};
use crate::analyze::{Facts, FieldFacts, Presence, SetBy};
use crate::custom::parsed_attributes;
use crate::ir::{
    Enum, Field, GroupId, Object, Shape, StringFormat, Tagging, Type, TypeDef, WireName,
};
use crate::layout;
use crate::limits::Steps;
use crate::name::{Ident, Named};

/// `src/types/…`
pub(super) fn files(api: &Named<'_>, facts: &Facts, steps: &Steps) -> Sources {
    let mut files = Sources::new();
    let mut folders: BTreeMap<Option<GroupId>, Vec<&TypeDef>> =
        BTreeMap::from([(None, Vec::new())]);
    for def in &api.types {
        let group = facts.type_groups.get(&def.number).copied();
        let path = format!("{}/{}.rs", folder(api, group), api.names.module(def.number));
        let file = SourceFile::Tokens(file(api, facts, def));
        if !steps.take_each(file.steps()) {
            break;
        }
        files.insert(path, file);
        folders.entry(group).or_default().push(def);
    }
    files.extend(type_modules::files(api, folders));
    files
}

fn file(api: &Named<'_>, facts: &Facts, def: &TypeDef) -> TokenStream {
    let file_docs = docs::inner(&[format!("The schema {}.", docs::code(&def.hint.join(".")))]);
    let item = match &def.shape {
        Shape::Object(object) => object_item(api, facts, def, object),
        Shape::Enum(list) => enum_item(api, facts, def, list),
        Shape::Union(union) => union_item(api, facts, def, union),
        Shape::Form(parts) => form::item(api, facts, def, parts),
        Shape::Alias(of) => alias_item(api, def, of),
    };
    let uses = uses(api, facts, def);
    quote! {
        #file_docs
        #uses
        #item
    }
}

/// Returns the imports of a file: other types, and items of the runtime.
fn uses(api: &Named<'_>, facts: &Facts, def: &TypeDef) -> TokenStream {
    let mut runtime = BTreeSet::new();
    let mut neighbours = BTreeSet::new();
    let mut is_nullable = false;
    let mut note = |ty: &Type| {
        imports(ty, &mut runtime);
        neighbours.extend(ty.named());
    };
    match &def.shape {
        Shape::Object(object) => {
            for field in &object.fields {
                let FieldFacts { presence, set_by } = facts.field(field.number);
                note(&field.ty);
                if facts.built_by_users.contains(&def.number) && set_by != SetBy::Nobody {
                    // Arguments spell out lists that have a name.
                    note(&spelled_out(api, field, presence));
                }
                is_nullable |= presence == Presence::Nullable;
            }
            note(&Type::Map(Box::new(object.additional.clone())));
            runtime.insert("model");
        }
        Shape::Enum(_) => drop(runtime.insert("open_enum")),
        Shape::Union(union) => {
            for variant in &union.variants {
                note(&variant.ty);
                if facts.conversions.contains_key(&variant.number) {
                    // What a variant is made of has no other name.
                    note(&api.spelled_out(&variant.ty));
                }
            }
            match &union.tagging {
                Tagging::Adjacent { other, .. } => drop(neighbours.insert(*other)),
                Tagging::Value | Tagging::Base => drop(runtime.insert("Value")),
            }
            runtime.insert("union");
        }
        Shape::Form(parts) => form::imports(api, parts, &mut runtime, &mut neighbours),
        Shape::Alias(of) => note(of),
    }
    runtime.extend(is_nullable.then_some("Nullable"));
    let neighbours: BTreeSet<Token> = neighbours
        .into_iter()
        .filter(|other| *other != def.number)
        .map(|id| token(api.names.ty(id)))
        .collect();
    let runtime = use_list(&quote!(crate::runtime), runtime.into_iter().map(static_name));
    let types = match facts.type_groups.contains_key(&def.number) {
        true => quote!(crate::types),
        false => quote!(super),
    };
    let neighbours = use_list(&types, neighbours);
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

/// Returns the traits that the configuration derives for a type, after those that each type has.
pub(super) fn derived(facts: &Facts, def: &TypeDef) -> TokenStream {
    let added =
        facts.added(def.number).map(|added| added.derive.iter().map(|path| rust_path(path)));
    let paths = added.into_iter().flatten();
    quote!(#(, #paths)*)
}

/// Returns the attributes that the configuration adds to a type.
pub(super) fn attributes(facts: &Facts, def: &TypeDef) -> Option<TokenStream> {
    let added = facts.added(def.number)?;
    let parsed = added.attributes.iter().filter_map(|text| parsed_attributes(text)).flatten();
    let parsed: Vec<_> = parsed.collect();
    (!parsed.is_empty()).then(|| layout::as_written(quote!(#(#parsed)*)))
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

fn enum_item(api: &Named<'_>, facts: &Facts, def: &TypeDef, list: &Enum) -> TokenStream {
    let (derived, attributes) = (derived(facts, def), attributes(facts, def));
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
            #[derive(Debug, Clone, PartialEq, Eq, Hash #derived)]
            #attributes
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
    let (derived, attributes) = (derived(facts, def), attributes(facts, def));
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
            #[derive(Debug, Clone, PartialEq #default #derived)]
            #attributes
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

/// Returns the attribute with the wire name of a field or variant, unless the Rust name is the same. The
/// compiler normalizes identifiers that are not ASCII, so they always have it.
fn wire(rust: &Ident, wire: &WireName) -> Option<TokenStream> {
    let name = &wire.0;
    (rust.plain() != name || !name.is_ascii()).then(|| quote!(#[wire = #name]))
}

/// Returns the documentation of a property, or the summary of its type.
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

/// Returns whether an object may be empty.
pub(super) fn is_default(facts: &Facts, object: &Object) -> bool {
    let mut fields = object.fields.iter().map(|field| facts.field(field.number));
    fields.all(|one| one.presence != Presence::Always && one.set_by != SetBy::Constant)
}

pub(super) fn field_type(api: &Named<'_>, facts: &Facts, field: &Field) -> TokenStream {
    let inner = ty(api, &field.ty, true);
    let inner = if facts.boxed.contains(&field.number) { quote!(Box<#inner>) } else { inner };
    match facts.field(field.number).presence {
        Presence::Nullable => quote!(Nullable<#inner>),
        Presence::Always => inner,
        Presence::Optional => quote!(Option<#inner>),
    }
}

fn constructors(api: &Named<'_>, facts: &Facts, def: &TypeDef, object: &Object) -> TokenStream {
    let name = token(api.names.ty(def.number));
    let new = match is_default(facts, object) && !has_arguments(facts, object) {
        false => new_with_required(api, facts, object),
        true => quote! {
            /// Creates an object without properties.
            pub fn new() -> Self {
                Self::default()
            }
        },
    };
    let fields = object.fields.iter();
    let optional = fields.filter(|field| facts.field(field.number).set_by == SetBy::Setter);
    let setters = optional.map(|field| {
        let name = api.names.member(field.number);
        let (rust, setter) = (token(name), token(api.names.setter(field.number)));
        let doc = docs::outer(&[format!("Sets [`{0}`](Self::{0}).", name.plain())]);
        let Argument { of, value } = argument(api, facts, field);
        let value = value.unwrap_or_else(|| quote!(#rust));
        quote! {
            #doc
            pub fn #setter(mut self, #rust: #of) -> Self {
                self.#rust = #value;
                self
            }
        }
    });
    let default = is_made_of_constants(facts, object).then(|| {
        quote! {
            impl Default for #name {
                fn default() -> Self {
                    Self::new()
                }
            }
        }
    });
    quote! {
        impl #name {
            #new
            #(#setters)*
        }
        #default
    }
}

/// Returns whether an object requires only constants, so that its constructor has no arguments.
fn is_made_of_constants(facts: &Facts, object: &Object) -> bool {
    !has_arguments(facts, object) && !is_default(facts, object)
}

/// Returns whether the constructor of an object has arguments.
fn has_arguments(facts: &Facts, object: &Object) -> bool {
    object.fields.iter().any(|field| facts.is_argument(field.number))
}

/// Returns whether an object implements `Default`, by a derive or by its constructor.
pub(super) fn has_default(facts: &Facts, def: &TypeDef, object: &Object) -> bool {
    let is_built = facts.built_by_users.contains(&def.number);
    is_default(facts, object) || is_built && is_made_of_constants(facts, object)
}

fn new_with_required(api: &Named<'_>, facts: &Facts, object: &Object) -> TokenStream {
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    for field in &object.fields {
        let rust = token(api.names.member(field.number));
        let FieldFacts { presence, set_by } = facts.field(field.number);
        match (set_by, presence) {
            (SetBy::Argument, _) => {
                let Argument { of, value } = argument(api, facts, field);
                arguments.push(quote!(#rust: #of));
                values.push(match value {
                    Some(value) => quote!(#rust: #value),
                    None => quote!(#rust),
                });
            }
            (SetBy::Constant, _) => {
                let value = constant(api, field);
                let value = match presence {
                    Presence::Optional => quote!(Some(#value)),
                    Presence::Always | Presence::Nullable => value,
                };
                values.push(quote!(#rust: #value));
            }
            (_, Presence::Nullable) => values.push(quote!(#rust: Nullable::Absent)),
            (_, Presence::Optional | Presence::Always) => values.push(quote!(#rust: None)),
        }
    }
    let doc = match arguments.is_empty() {
        true => "Creates an object with its constant properties.",
        false => "Creates an object with its required properties.",
    };
    let doc = docs::outer(&[doc.to_owned()]);
    quote! {
        #doc
        pub fn new(#(#arguments),*) -> Self {
            Self {
                #(#values,)*
                additional_properties: Properties::new(),
            }
        }
    }
}

/// Returns the constant of a property as an expression.
fn constant(api: &Named<'_>, field: &Field) -> TokenStream {
    let is_text = resolved(api, &field.ty) == Type::TEXT;
    match field.constant.as_ref() {
        Some(Value::String(text)) if is_text => quote!(#text.to_owned()),
        // The type of a component, which is made of its values.
        Some(Value::String(text)) => quote!(#text.into()),
        Some(Value::Bool(value)) => quote!(#value),
        Some(Value::Number(number)) => {
            let number = Literal::i64_unsuffixed(number.as_i64().unwrap_or_default());
            quote!(#number)
        }
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => {
            unreachable!("a constant is a string, an integer or a boolean: {}", field.wire)
        }
    }
}

/// An argument that sets a property.
pub(super) struct Argument {
    /// The type.
    pub(super) of: TokenStream,
    /// The conversion to the field, if the argument is not the value itself.
    value: Option<TokenStream>,
}

/// Returns the argument that sets a property.
pub(super) fn argument(api: &Named<'_>, facts: &Facts, field: &Field) -> Argument {
    let rust = token(api.names.member(field.number));
    let boxed = facts.boxed.contains(&field.number);
    let presence = facts.field(field.number).presence;
    if presence == Presence::Nullable && field.ty != Type::Any {
        let of = ty(api, &field.ty, true);
        let of = if boxed { quote!(Box<#of>) } else { of };
        return Argument {
            of: quote!(impl Into<Nullable<#of>>),
            value: Some(quote!(#rust.into())),
        };
    }
    let Argument { of, value } = taken(api, facts, &field.ty, &rust);
    let wrap = |value: Option<TokenStream>, wrapper: TokenStream| {
        let value = value.unwrap_or_else(|| quote!(#rust));
        Some(quote!(#wrapper(#value)))
    };
    let value = if boxed { wrap(value, quote!(Box::new)) } else { value };
    let value = match presence {
        Presence::Nullable => wrap(value, quote!(Nullable::Value)),
        Presence::Optional => wrap(value, quote!(Some)),
        Presence::Always => value,
    };
    Argument { of, value }
}

/// Returns the type of the argument that sets a property.
fn spelled_out(api: &Named<'_>, field: &Field, presence: Presence) -> Type {
    match resolved(api, &field.ty) {
        list @ Type::Array(_) if presence != Presence::Nullable => list,
        _ => field.ty.clone(),
    }
}

/// Returns the most convenient type of an argument for a type, and the conversion.
pub(super) fn taken(api: &Named<'_>, facts: &Facts, of: &Type, rust: &Token) -> Argument {
    let owned = ty(api, of, true);
    let (of, value) = match resolved(api, of) {
        Type::Array(item) if converts(api, facts, &item) => {
            let item = ty(api, &item, true);
            (
                quote!(impl IntoIterator<Item = impl Into<#item>>),
                Some(quote!(#rust.into_iter().map(Into::into).collect())),
            )
        }
        Type::Array(item) => {
            let item = ty(api, &item, true);
            (quote!(impl IntoIterator<Item = #item>), Some(quote!(#rust.into_iter().collect())))
        }
        other if converts(api, facts, &other) => {
            (quote!(impl Into<#owned>), Some(quote!(#rust.into())))
        }
        _ => (owned, None),
    };
    Argument { of, value }
}

/// Resolves the aliases of a type.
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

/// Returns whether a type is usually converted from another one, such as strings, and unions with `From`.
pub(super) fn converts(api: &Named<'_>, facts: &Facts, ty: &Type) -> bool {
    match resolved(api, ty) {
        Type::String(StringFormat::Decimal) => false,
        Type::String(_) | Type::Any => true,
        Type::Named(id) => match &api.type_def(id).shape {
            Shape::Enum(_) => true,
            Shape::Union(union) => facts.is_made_of_others(union),
            Shape::Object(_) | Shape::Form(_) | Shape::Alias(_) => false,
        },
        Type::Boolean
        | Type::Integer(_)
        | Type::Number(_)
        | Type::Array(_)
        | Type::Tuple(_)
        | Type::Map(_)
        | Type::Nullable(_)
        | Type::Extern(_) => false,
    }
}
