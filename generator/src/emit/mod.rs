//! The IR to tokens, file by file.
//!
//! Takes the IR with its names ([`Named`]) and facts ([`Facts`]), and returns the files of the crate before
//! they are formatted. Each function writes one item: decisions are made above its `quote!`, and an absent
//! part is an `Option<TokenStream>`. Layout is left to [`format`](crate::format). Names are looked up: only
//! `token`, `plain` and `name` in this module make tokens of them.

mod body;
mod cli;
mod client;
mod docs;
mod error_body;
mod example;
mod form;
mod guide;
mod headers;
mod long_running;
mod manifest;
mod mock;
pub(crate) mod notes;
mod operation;
mod operation_docs;
mod parameter;
mod response;
pub(crate) mod runtime;
pub(crate) mod signature;
mod type_modules;
mod types;
mod union;

pub use manifest::dependencies;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident as Token, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::analyze::Facts;
use crate::config::{Config, Extra};
use crate::ir::{IntegerFormat, NumberFormat, StringFormat, Type};
use crate::layout;
use crate::limits::Steps;
use crate::name::{Ident, Named};

/// The files of a crate before they are formatted, by their paths.
pub type Sources = BTreeMap<String, SourceFile>;

/// A file before it is formatted.
#[derive(Debug, Clone)]
pub enum SourceFile {
    /// Generated Rust.
    Tokens(TokenStream),
    /// Rust that is copied unchanged.
    Rust(String),
    /// Another format, with the start and the end of its comments.
    Text(String, (&'static str, &'static str)),
    /// A text that is written unchanged, without a header.
    Verbatim(String),
}

/// Writes all files of the crate.
///
/// If the step limit is exceeded, files are missing.
pub fn emit(api: &Named<'_>, facts: &Facts, config: &Config, steps: &Steps) -> Sources {
    let mut sources = Sources::new();
    sources.extend(manifest::files(api, config));
    sources.insert("README.md".to_owned(), guide::readme(api, facts, config));
    sources.extend(runtime::files(config));
    sources.insert("src/lib.rs".to_owned(), client::lib(api, facts, config));
    sources.extend(headers::file(api));
    sources.insert("src/client.rs".to_owned(), client::client(api));
    sources.insert("src/error_body.rs".to_owned(), error_body::file(api));
    sources.extend(types::files(api, facts, steps));
    sources.extend(operation::files(api, facts, config, steps));
    if config.extras.contains(&Extra::Cli) {
        sources.extend(cli::files(api, config));
    }
    if config.extras.contains(&Extra::Mock) {
        sources.extend(mock::files(api, facts));
    }
    sources
}

impl SourceFile {
    /// Returns the steps for writing and formatting the file: its tokens. A long literal counts as several.
    pub(crate) fn steps(&self) -> usize {
        match self {
            Self::Tokens(tokens) => tokens_in(tokens.clone()),
            Self::Rust(_) => 1,
            Self::Text(text, _) | Self::Verbatim(text) => 1 + text.len() / BYTES_OF_A_STEP,
        }
    }
}

/// The number of bytes of a literal that count as one token.
const BYTES_OF_A_STEP: usize = 16;

fn tokens_in(tokens: TokenStream) -> usize {
    let count = |token| match token {
        TokenTree::Group(group) => 1 + tokens_in(group.stream()),
        TokenTree::Literal(literal) => 1 + literal.to_string().len() / BYTES_OF_A_STEP,
        TokenTree::Ident(_) | TokenTree::Punct(_) => 1,
    };
    tokens.into_iter().map(count).sum()
}

/// Returns the attribute of items behind a Cargo feature.
fn feature(feature: Option<&str>) -> Option<TokenStream> {
    feature.map(|feature| quote!(#[cfg(feature = #feature)]))
}

/// Returns an identifier as a token.
fn token(ident: &Ident) -> Token {
    match ident.as_str().strip_prefix("r#") {
        Some(raw) => Token::new_raw(raw, Span::call_site()),
        None => Token::new(ident.as_str(), Span::call_site()),
    }
}

/// Returns an identifier without the prefix `r#`, for macros that only document it.
fn plain(ident: &Ident) -> Token {
    Token::new(ident.plain(), Span::call_site())
}

/// Returns a type. Declared types have the path of the module `types`, unless the file is in it.
fn ty(api: &Named<'_>, ty_: &Type, in_types: bool) -> TokenStream {
    match ty_ {
        Type::Any => quote!(Value),
        Type::Boolean => quote!(bool),
        Type::Integer(format) => {
            let name = name(integer(*format));
            quote!(#name)
        }
        Type::Number(NumberFormat::Double) => quote!(f64),
        Type::Number(NumberFormat::Decimal) => quote!(Decimal),
        Type::String(format) => {
            let name = name(string(*format));
            quote!(#name)
        }
        Type::Array(item) => {
            let item = ty(api, item, in_types);
            quote!(Vec<#item>)
        }
        Type::Tuple(items) => {
            let items = items.iter().map(|item| ty(api, item, in_types));
            quote!((#(#items,)*))
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
            let name = token(api.names.ty(*id));
            if in_types { quote!(#name) } else { quote!(types::#name) }
        }
        Type::Extern(of) => rust_path(&of.path),
    }
}

/// Returns the path of a type or a trait that the configuration names. One that is not valid was reported.
fn rust_path(path: &str) -> TokenStream {
    let parsed = syn::parse_str::<syn::Type>(path).map(ToTokens::into_token_stream);
    layout::as_written(parsed.unwrap_or_else(|_| quote!(())))
}

/// Returns a fixed name as a token.
fn name(name: &'static str) -> Token {
    Token::new(name, Span::call_site())
}

fn integer(format: IntegerFormat) -> &'static str {
    match format {
        IntegerFormat::Int8 => "i8",
        IntegerFormat::Int16 => "i16",
        IntegerFormat::Int32 => "i32",
        IntegerFormat::Int64 => "i64",
        IntegerFormat::Uint8 => "u8",
        IntegerFormat::Uint16 => "u16",
        IntegerFormat::Uint32 => "u32",
        IntegerFormat::Uint64 => "u64",
    }
}

fn string(format: StringFormat) -> &'static str {
    match format {
        StringFormat::Plain => "String",
        StringFormat::DateTime => "DateTime",
        StringFormat::Date => "Date",
        StringFormat::Time => "Time",
        StringFormat::Duration => "Span",
        StringFormat::Base64 => "Base64",
        StringFormat::Password => "Secret",
        StringFormat::Decimal => "Decimal",
    }
}

/// Collects the imports of a type from the runtime.
fn imports(ty: &Type, names: &mut BTreeSet<&'static str>) {
    match ty {
        Type::Any => drop(names.insert("Value")),
        Type::Map(item) => {
            names.insert("Properties");
            // A map of anything is what `Properties` is by default.
            if **item != Type::Any {
                imports(item, names);
            }
        }
        Type::Number(NumberFormat::Decimal) => drop(names.insert("Decimal")),
        Type::String(StringFormat::Plain) => {}
        Type::String(format) => drop(names.insert(string(*format))),
        Type::Array(item) | Type::Nullable(item) => imports(item, names),
        Type::Tuple(items) => items.iter().for_each(|item| imports(item, names)),
        Type::Boolean
        | Type::Integer(_)
        | Type::Number(NumberFormat::Double)
        | Type::Named(_)
        | Type::Extern(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    /// What makes an identifier, or a part of one, out of a string. Each token needs a span.
    const MAKERS: [&str; 13] = [
        "Span::",
        ".span()",
        "format_ident",
        "parse_quote",
        "TokenStream::from_str",
        "::<TokenStream>",
        "Ident::new",
        "heck::",
        "_case()",
        "_{",
        "}_",
        "'_'",
        "\"_\"",
    ];

    fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                rust_files(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }

    #[test]
    fn only_the_names_stage_makes_names() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        for stage in ["analyze", "changes", "emit"] {
            rust_files(&sources.join(stage), &mut files);
        }
        assert!(files.len() > 30, "{files:?}");
        for path in files.iter().filter(|path| !path.ends_with("emit/mod.rs")) {
            let text = fs::read_to_string(path).unwrap();
            for maker in MAKERS {
                assert!(!text.contains(maker), "{} has `{maker}`", path.display());
            }
        }
    }

    #[test]
    fn three_functions_make_tokens() {
        let text = include_str!("mod.rs");
        let (code, _) = text.split_once("#[cfg(test)]").unwrap();
        let functions = code.split("\nfn ").filter(|function| function.contains("Span::"));
        let names: Vec<&str> =
            functions.filter_map(|function| Some(function.split_once('(')?.0)).collect();
        assert_eq!(names, ["token", "plain", "name"]);
    }
}
