//! The types of the document, one file for each.

use std::collections::BTreeSet;

use proc_macro2::{Ident as Token, Span, TokenStream};
use quote::quote;

use super::{SourceFile, Sources, docs, imports, joined, token, ty};
use crate::analyze::Facts;
use crate::ir::{Api, Enum, Field, Object, Shape, Tagging, Type, TypeDef, TypeId, Union};

/// `src/types/…`
pub(super) fn files(api: &Api, facts: &Facts) -> Sources {
    let mut files = Sources::new();
    for (index, def) in api.types.iter().enumerate() {
        let path = format!("src/types/{}.rs", def.module);
        files.insert(path, SourceFile::Tokens(file(api, facts, TypeId(index), def)));
    }
    files.insert("src/types/mod.rs".to_owned(), SourceFile::Tokens(index(api)));
    files
}

fn index(api: &Api) -> TokenStream {
    let mut sorted: Vec<&TypeDef> = api.types.iter().collect();
    sorted.sort_by_key(|def| &def.module);
    let modules = sorted.iter().map(|def| token(&def.module));
    let exports = sorted.iter().map(|def| {
        let (module, name) = (token(&def.module), token(&def.rust));
        quote!(pub use #module::#name;)
    });
    let docs = docs::inner(&["What the API speaks of.".to_owned()]);
    quote! {
        #docs
        #(mod #modules;)*
        #(#exports)*
    }
}

fn file(api: &Api, facts: &Facts, id: TypeId, def: &TypeDef) -> TokenStream {
    let file_docs = docs::inner(&[format!("The schema `{}`.", def.hint.join("."))]);
    let item = match &def.shape {
        Shape::Object(object) => object_item(api, facts, id, def, object),
        Shape::Enum(list) => enum_item(def, list),
        Shape::Union(union) => union_item(api, facts, id, def, union),
        Shape::Alias(of) => alias_item(api, def, of),
    };
    let uses = uses(api, facts, id, def);
    quote! {
        #file_docs
        #uses
        #item
    }
}

/// What the file imports: its neighbours, and parts of the runtime.
fn uses(api: &Api, facts: &Facts, id: TypeId, def: &TypeDef) -> TokenStream {
    let mut runtime = BTreeSet::new();
    let mut neighbours = BTreeSet::new();
    let mut note = |ty: &Type| {
        imports(ty, &mut runtime);
        named(ty, &mut neighbours);
    };
    match &def.shape {
        Shape::Object(object) => {
            object.fields.iter().for_each(|field| note(&field.ty));
            if object.additional != Type::Any {
                note(&object.additional);
            }
            runtime.insert("model");
            if object.fields.iter().any(is_wrapped) {
                runtime.insert("Nullable");
            }
            if facts.built_by_users.contains(&id)
                && object.fields.iter().any(|field| field.required)
            {
                runtime.insert("Properties");
            }
        }
        Shape::Enum(_) => drop(runtime.insert("open_enum")),
        Shape::Union(union) => {
            union.variants.iter().for_each(|variant| note(&variant.ty));
            if let Tagging::Adjacent { other, .. } = &union.tagging {
                neighbours.insert(*other);
            }
            runtime.insert("tagged_union");
        }
        Shape::Alias(of) => note(of),
    }
    let neighbours: BTreeSet<Token> = neighbours
        .into_iter()
        .filter(|other| *other != id)
        .map(|id| token(&api.type_def(id).rust))
        .collect();
    let runtime = use_list(
        &quote!(crate::runtime),
        runtime.into_iter().map(|name| Token::new(name, Span::call_site())),
    );
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

fn named(ty: &Type, names: &mut BTreeSet<TypeId>) {
    match ty {
        Type::Named(id) => drop(names.insert(*id)),
        Type::Array(item) | Type::Map(item) | Type::Nullable(item) => named(item, names),
        Type::Any
        | Type::Boolean
        | Type::Integer(_)
        | Type::Number(_)
        | Type::String
        | Type::DateTime => {}
    }
}

fn doc(def: &TypeDef) -> TokenStream {
    docs::outer(&docs::lines(&def.docs, &format!("`{}`.", def.hint.join("."))))
}

fn deprecated(deprecated: bool) -> Option<TokenStream> {
    deprecated.then(|| docs::outer(&[String::new(), "**Deprecated** in the document.".to_owned()]))
}

fn alias_item(api: &Api, def: &TypeDef, of: &Type) -> TokenStream {
    let (doc, name, of) = (doc(def), token(&def.rust), ty(api, of, true));
    let deprecated = deprecated(def.deprecated);
    quote! {
        #doc
        #deprecated
        pub type #name = #of;
    }
}

fn enum_item(def: &TypeDef, list: &Enum) -> TokenStream {
    let (doc, name) = (doc(def), token(&def.rust));
    let deprecated = deprecated(def.deprecated);
    let variants = list.variants.iter().map(|variant| {
        let fallback = format!("`{}`", variant.wire);
        let mut lines = Vec::new();
        docs::paragraph(&mut lines, variant.description.as_deref());
        let doc =
            docs::outer(if lines.is_empty() { std::slice::from_ref(&fallback) } else { &lines });
        let (rust, wire) = (token(&variant.rust), &variant.wire.0);
        quote!(#doc #rust = #wire)
    });
    quote! {
        open_enum! {
            #doc
            #deprecated
            pub enum #name {
                #(#variants,)*
            }
        }
    }
}

fn union_item(api: &Api, facts: &Facts, id: TypeId, def: &TypeDef, union: &Union) -> TokenStream {
    let (doc, name) = (doc(def), token(&def.rust));
    let deprecated = deprecated(def.deprecated);
    let tagging = match &union.tagging {
        Tagging::Adjacent { tag, content, other } => {
            let (tag, content, other) = (&tag.0, &content.0, token(&api.type_def(*other).rust));
            quote!(#[adjacent(tag = #tag, content = #content, other = #other)])
        }
        Tagging::Internal { tag } => {
            let tag = &tag.0;
            quote!(#[internal(tag = #tag)])
        }
    };
    let variants = union.variants.iter().enumerate().map(|(number, variant)| {
        let lines = match &variant.ty {
            Type::Named(id) => first_paragraph(docs::lines(
                &api.type_def(*id).docs,
                &format!("`{}`", variant.rust),
            )),
            _ => vec![format!("`{}`", variant.rust)],
        };
        let doc = docs::outer(&lines);
        let (rust, inner) = (token(&variant.rust), ty(api, &variant.ty, true));
        let inner = if facts.boxed.contains(&(id, number)) { quote!(Box<#inner>) } else { inner };
        let tags = &variant.tags;
        quote!(#doc #rust(#inner) = #(#tags)|*)
    });
    quote! {
        tagged_union! {
            #tagging
            #doc
            #deprecated
            pub enum #name {
                #(#variants,)*
            }
        }
    }
}

fn first_paragraph(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().take_while(|line| !line.is_empty()).collect()
}

fn object_item(
    api: &Api,
    facts: &Facts,
    id: TypeId,
    def: &TypeDef,
    object: &Object,
) -> TokenStream {
    let (doc, name) = (doc(def), token(&def.rust));
    let deprecated_type = deprecated(def.deprecated);
    let additional = match &object.additional {
        Type::Any => None,
        of => {
            let of = ty(api, of, true);
            Some(quote!(#[additional_properties(#of)]))
        }
    };
    let derive = object
        .fields
        .iter()
        .all(|field| !field.required || field.nullable)
        .then(|| quote!(#[derive(Default)]));
    let fields = object.fields.iter().enumerate().map(|(number, field)| {
        let fallback = format!("`{}`", field.wire);
        let mut lines = docs::lines(&referenced_docs(api, field), &fallback);
        if field.deprecated {
            docs::paragraph(&mut lines, Some("**Deprecated** in the document."));
        }
        let doc = docs::outer(&lines);
        let (rust, wire) = (token(&field.rust), &field.wire.0);
        let of = field_type(api, field, facts.boxed.contains(&(id, number)));
        quote!(#doc pub #rust: #of = #wire)
    });
    let constructors =
        facts.built_by_users.contains(&id).then(|| constructors(api, facts, id, def, object));
    quote! {
        model! {
            #additional
            #doc
            #deprecated_type
            #derive
            pub struct #name {
                #(#fields,)*
            }
        }
        #constructors
    }
}

/// What is said of a property, or else in short what is said of its type.
fn referenced_docs(api: &Api, field: &Field) -> crate::ir::Docs {
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

fn field_type(api: &Api, field: &Field, boxed: bool) -> TokenStream {
    let inner = ty(api, &field.ty, true);
    let inner = if boxed { quote!(Box<#inner>) } else { inner };
    match (is_wrapped(field), field.required) {
        (true, _) => quote!(Nullable<#inner>),
        (false, true) => inner,
        (false, false) => quote!(Option<#inner>),
    }
}

/// Whether a property's type says that it may be null. Whatever can be null can be `Value::Null`,
/// which a required property needs nothing more for.
fn is_wrapped(field: &Field) -> bool {
    field.nullable && !(field.required && field.ty == Type::Any)
}

fn constructors(
    api: &Api,
    facts: &Facts,
    id: TypeId,
    def: &TypeDef,
    object: &Object,
) -> TokenStream {
    let name = token(&def.rust);
    let is_boxed = |number: usize| facts.boxed.contains(&(id, number));
    let fields = || object.fields.iter().enumerate();
    let new = match fields().any(|(_, field)| field.required) {
        true => new_with_required(api, object, &is_boxed),
        false => quote! {
            /// An object without any property.
            pub fn new() -> Self {
                Self::default()
            }
        },
    };
    let setters = fields().filter(|(_, field)| !field.required).map(|(number, field)| {
        let rust = token(&field.rust);
        let setter = joined("with", &field.rust);
        let doc = docs::outer(&[format!("Sets [`{0}`](Self::{0}).", field.rust)]);
        let (of, value) = argument(api, field, is_boxed(number));
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

fn new_with_required(api: &Api, object: &Object, is_boxed: &dyn Fn(usize) -> bool) -> TokenStream {
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    for (number, field) in object.fields.iter().enumerate() {
        let rust = token(&field.rust);
        if field.required {
            let (of, value) = argument(api, field, is_boxed(number));
            arguments.push(quote!(#rust: #of));
            let plain = rust == value.to_string();
            values.push(if plain { quote!(#rust) } else { quote!(#rust: #value) });
        } else if field.nullable {
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
fn argument(api: &Api, field: &Field, boxed: bool) -> (TokenStream, TokenStream) {
    let rust = token(&field.rust);
    let of = ty(api, &field.ty, true);
    let wraps = is_wrapped(field);
    if wraps && field.ty != Type::Any {
        let of = if boxed { quote!(Box<#of>) } else { of };
        return (quote!(impl Into<Nullable<#of>>), quote!(#rust.into()));
    }
    let (of, value) = match resolved(api, &field.ty) {
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
        other if converts(api, &other) => (quote!(impl Into<#of>), quote!(#rust.into())),
        _ => (of, quote!(#rust)),
    };
    let value = if boxed { quote!(Box::new(#value)) } else { value };
    if wraps { (of, quote!(Nullable::Value(#value))) } else { (of, value) }
}

/// A type behind its other names.
pub(super) fn resolved(api: &Api, ty: &Type) -> Type {
    match ty {
        Type::Named(id) => match &api.type_def(*id).shape {
            Shape::Alias(of) if of != ty => resolved(api, of),
            Shape::Alias(_) | Shape::Object(_) | Shape::Enum(_) | Shape::Union(_) => ty.clone(),
        },
        other => other.clone(),
    }
}

/// Whether a type is usually made of another one, as texts are.
fn converts(api: &Api, ty: &Type) -> bool {
    match resolved(api, ty) {
        Type::String | Type::DateTime | Type::Any => true,
        Type::Named(id) => matches!(api.type_def(id).shape, Shape::Enum(_)),
        Type::Boolean
        | Type::Integer(_)
        | Type::Number(_)
        | Type::Array(_)
        | Type::Map(_)
        | Type::Nullable(_) => false,
    }
}
