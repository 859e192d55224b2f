//! The module `types`, and a module for each group of operations with types that only it needs.
//!
//! Takes the types by folder, and returns the files `mod.rs`. The module `types` exports all types, so that a
//! type moves between folders without a change for users.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::{SourceFile, Sources, docs, feature, rust_path, token};
use crate::ir::{Group, GroupId, Shape, Type, TypeDef};
use crate::name::{Ident, Named};

/// `src/types/mod.rs`, `src/types/<group>/mod.rs`
pub(super) fn files(
    api: &Named<'_>,
    mut folders: BTreeMap<Option<GroupId>, Vec<&TypeDef>>,
) -> Sources {
    let mut files = Sources::new();
    let groups: Vec<&Group> =
        api.groups.iter().filter(|group| folders.contains_key(&Some(group.number))).collect();
    for (group, types) in &mut folders {
        types.sort_by_key(|def| api.names.module(def.number));
        let index = match group.and_then(|group| api.groups.get(group.0)) {
            Some(group) => index_of_group(api, group, types),
            None => index(api, types, &groups),
        };
        files.insert(format!("{}/mod.rs", folder(api, *group)), SourceFile::Tokens(index));
    }
    files
}

/// Returns the folder of the types that only a group needs, or of all other types.
pub(super) fn folder(api: &Named<'_>, group: Option<GroupId>) -> String {
    match group {
        Some(group) => format!("src/types/{}", api.names.type_folder(group)),
        None => "src/types".to_owned(),
    }
}

/// Returns the module `types`: the types in no folder, and the folders.
fn index(api: &Named<'_>, types: &[&TypeDef], groups: &[&Group]) -> TokenStream {
    let mut docs = vec!["The types of the document.".to_owned()];
    if !groups.is_empty() {
        docs.push(String::new());
        docs.push(
            "A type that only one group of operations uses is in the folder of the group."
                .to_owned(),
        );
    }
    docs.extend(payloads(api));
    let docs = docs::inner(&docs);
    let mut modules: Vec<Module<'_>> = types.iter().map(|def| module(api, def)).collect();
    modules.extend(groups.iter().map(|group| {
        let name = api.names.type_folder(group.number);
        let (feature, module) = (feature(api.names.feature(group.number)), token(name));
        Module {
            name,
            declaration: quote!(#feature mod #module;),
            export: quote!(#feature pub use #module::*;),
        }
    }));
    modules.sort_by_key(|module| module.name);
    let module = declared(&docs, &modules);
    let properties = properties(api);
    quote!(#module #properties)
}

/// Types of other crates that the runtime declares as types of properties itself.
const OF_RUNTIME: [&str; 13] =
    ["String", "Value", "bool", "f32", "f64", "i16", "i32", "i64", "i8", "u16", "u32", "u64", "u8"];

/// Generic types that it declares for all arguments.
const GENERIC: [&str; 3] = ["Box", "Option", "Vec"];

/// Returns whether the runtime declares a type as one of properties.
fn is_of_runtime(path: &str) -> bool {
    let Ok(parsed) = syn::parse_str::<syn::TypePath>(path) else { return true };
    let segments = &parsed.path.segments;
    let of_library = segments.len() == 1
        || segments.first().is_some_and(|crate_name| {
            ["alloc", "serde_json", "std"].iter().any(|name| crate_name.ident == name)
        });
    let last = segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    of_library && (OF_RUNTIME.contains(&last.as_str()) || GENERIC.contains(&last.as_str()))
}

/// Declares that the types of the configuration can be those of required properties.
fn properties(api: &Named<'_>) -> TokenStream {
    let mut paths = BTreeSet::new();
    for def in &api.types {
        let Shape::Object(object) = &def.shape else { continue };
        for field in &object.fields {
            if let Type::Extern(of) = api.spelled_out(&field.ty)
                && !is_of_runtime(&of.path)
            {
                paths.insert(of.path);
            }
        }
    }
    let implementations = paths.iter().map(|path| {
        let path = rust_path(path);
        quote!(impl crate::runtime::Field for #path {})
    });
    quote!(#(#implementations)*)
}

/// Returns the module of the types that only a group uses.
fn index_of_group(api: &Named<'_>, group: &Group, types: &[&TypeDef]) -> TokenStream {
    let name = docs::code(group.name.as_deref().unwrap_or_default());
    let docs = docs::inner(&[format!("The types that only the operations of {name} use.")]);
    let modules: Vec<Module<'_>> = types.iter().map(|def| module(api, def)).collect();
    declared(&docs, &modules)
}

/// A module in an index.
struct Module<'a> {
    name: &'a Ident,
    declaration: TokenStream,
    export: TokenStream,
}

/// Returns the module of a type.
fn module<'a>(api: &'a Named<'_>, def: &TypeDef) -> Module<'a> {
    let name = api.names.module(def.number);
    let (module, ty) = (token(name), token(api.names.ty(def.number)));
    Module { name, declaration: quote!(mod #module;), export: quote!(pub use #module::#ty;) }
}

/// Returns a file that declares modules and exports their types.
fn declared(docs: &TokenStream, modules: &[Module<'_>]) -> TokenStream {
    let declarations = modules.iter().map(|module| &module.declaration);
    let exports = modules.iter().map(|module| &module.export);
    quote! {
        #docs
        #(#declarations)*
        #(#exports)*
    }
}

/// Describes which types the server sends in its own requests.
fn payloads(api: &Named<'_>) -> Vec<String> {
    if api.payloads.is_empty() {
        return Vec::new();
    }
    let rows = api.payloads.iter().map(|payload| {
        let name = docs::code_cell(&payload.name);
        let name = match &payload.method {
            Some(method) => format!("{name}, {}", docs::code_cell(method)),
            None => name,
        };
        let source = match payload.operation {
            Some(operation) => {
                format!("callback {name} of {}", docs::call_link(api, api.operation(operation)))
            }
            None => format!("webhook {name}"),
        };
        format!("| {source} | {} |", docs::type_link(api, &payload.ty, true))
    });
    let head = [
        "",
        "# Payloads",
        "",
        "The server sends these types in its own requests. No code is \
        generated for receiving them; they can be decoded with `serde_json`.",
        "",
        "| request | type |",
        "|---|---|",
    ];
    head.iter().map(|line| (*line).to_owned()).chain(rows).collect()
}
