//! Representation to tokens, file by file.
//!
//! Each function writes one item: what is decided is decided above its `quote!`, and an absent part
//! is an `Option<TokenStream>`. Identifiers and facts come from the stages before.

mod client;
mod docs;
mod error_body;
mod example;
mod manifest;
mod operation;
mod operation_docs;
mod readme;
mod runtime;
mod types;

use std::collections::BTreeMap;

use proc_macro2::{Ident as Token, Span, TokenStream};
use quote::quote;

use crate::analyze::Facts;
use crate::config::Config;
use crate::ir::{Api, Ident, IntegerFormat, NumberFormat, Type};

/// The files of a crate before they are formatted, by their paths.
pub type Sources = BTreeMap<String, SourceFile>;

/// A file before it is formatted.
#[derive(Debug, Clone)]
pub enum SourceFile {
    /// Rust that was made.
    Tokens(TokenStream),
    /// Rust that is copied as it stands.
    Rust(String),
    /// Another text, with the beginning and the end of its comments.
    Text(String, (&'static str, &'static str)),
}

/// Writes all files of the crate.
pub fn emit(api: &Api, facts: &Facts, config: &Config) -> Sources {
    let mut sources = Sources::new();
    sources.extend(manifest::files(config));
    sources.insert("README.md".to_owned(), readme::file(api, facts, config));
    sources.extend(runtime::files());
    sources.insert("src/lib.rs".to_owned(), client::lib());
    sources.insert("src/client.rs".to_owned(), client::client(api));
    sources.insert("src/error_body.rs".to_owned(), error_body::file(api));
    sources.extend(types::files(api, facts));
    sources.extend(operation::files(api, facts, config));
    sources
}

/// An identifier as a token.
fn token(ident: &Ident) -> Token {
    match ident.0.strip_prefix("r#") {
        Some(raw) => Token::new_raw(raw, Span::call_site()),
        None => Token::new(&ident.0, Span::call_site()),
    }
}

/// An identifier made of two, as a setter's is of `with` and the property's name.
fn joined(prefix: &str, ident: &Ident) -> Token {
    let plain = ident.0.strip_prefix("r#").unwrap_or(&ident.0);
    Token::new(&format!("{prefix}_{plain}"), Span::call_site())
}

/// A type. Named ones are looked up in the module `types`, if the file is not in it.
fn ty(api: &Api, ty_: &Type, in_types: bool) -> TokenStream {
    match ty_ {
        Type::Any => quote!(Value),
        Type::Boolean => quote!(bool),
        Type::Integer(IntegerFormat::Int32) => quote!(i32),
        Type::Integer(IntegerFormat::Int64) => quote!(i64),
        Type::Number(NumberFormat::Float) => quote!(f32),
        Type::Number(NumberFormat::Double) => quote!(f64),
        Type::String => quote!(String),
        Type::DateTime => quote!(DateTime),
        Type::Array(item) => {
            let item = ty(api, item, in_types);
            quote!(Vec<#item>)
        }
        Type::Map(item) if **item == Type::Any => quote!(Properties),
        Type::Map(item) => {
            let item = ty(api, item, in_types);
            quote!(Properties<#item>)
        }
        Type::Nullable(item) => {
            let item = ty(api, item, in_types);
            quote!(Option<#item>)
        }
        Type::Named(id) => {
            let name = token(&api.type_def(*id).rust);
            if in_types { quote!(#name) } else { quote!(types::#name) }
        }
    }
}

/// The names that a type needs from the runtime.
fn imports(ty: &Type, names: &mut std::collections::BTreeSet<&'static str>) {
    match ty {
        Type::Any => drop(names.insert("Value")),
        Type::DateTime => drop(names.insert("DateTime")),
        Type::Map(item) => {
            names.insert("Properties");
            if **item != Type::Any {
                imports(item, names);
            }
        }
        Type::Array(item) | Type::Nullable(item) => imports(item, names),
        Type::Boolean | Type::Integer(_) | Type::Number(_) | Type::String | Type::Named(_) => {}
    }
}
