//! The lists of reserved names against a crate: what it declares besides what its document names.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Fields, File, Item, ItemEnum, ItemStruct, UseTree};

use super::*;
use crate::config::Extra;
use crate::{Config, FileTree, generate};
use clientgen_runtime::source::FILES;

/// A document that has something of each kind, all of whose names begin with `Doc`.
const DOCUMENT: &str = r##"
openapi: 3.0.3
info: {title: T, version: '1'}
paths:
  /doc:
    post:
      operationId: docSend
      parameters:
        - name: docParameter
          in: query
          schema: {type: string}
          x-accept: {json: application/json}
      requestBody:
        content:
          application/json: {schema: {$ref: '#/components/schemas/Docs'}}
          text/plain: {schema: {type: string}}
      responses:
        '200':
          description: d
          content: {application/json: {schema: {$ref: '#/components/schemas/DocObject'}}}
        '404':
          description: d
          content: {application/json: {schema: {$ref: '#/components/schemas/DocObject'}}}
    put:
      operationId: docReplace
      requestBody:
        content:
          application/octet-stream: {schema: {type: string, format: binary}}
          multipart/form-data: {schema: {type: object, properties: {docPart: {type: string}}}}
      responses: {'204': {description: d}}
  /doc/jobs:
    post:
      operationId: docStart
      x-long-running:
        poll: docState
        download: docFile
        status: /docStatus
        succeeded: [docDone]
      responses:
        '200':
          description: d
          content: {application/json: {schema: {$ref: '#/components/schemas/DocState'}}}
          links:
            docState: {operationId: docState, parameters: {docId: '$response.body#/docId'}}
            docFile: {operationId: docFile, parameters: {docId: '$response.body#/docId'}}
  /doc/jobs/{docId}:
    parameters:
      - {name: docId, in: path, required: true, schema: {type: string}}
    get:
      operationId: docState
      responses:
        '200':
          description: d
          content: {application/json: {schema: {$ref: '#/components/schemas/DocState'}}}
  /doc/jobs/{docId}/file:
    parameters:
      - {name: docId, in: path, required: true, schema: {type: string}}
      - {name: docFormat, in: query, required: true, schema: {$ref: '#/components/schemas/DocEnum'}}
    get:
      operationId: docFile
      responses:
        '200':
          description: d
          content: {text/csv: {schema: {type: string, format: binary}}}
components:
  schemas:
    DocState: {type: object, properties: {docId: {type: string}, docStatus: {type: string}}}
    DocObject:
      type: object
      properties:
        docField: {$ref: '#/components/schemas/DocEnum'}
    DocEnum: {type: string, enum: [docA, docB]}
    Docs:
      oneOf:
        - $ref: '#/components/schemas/DocObject'
        - {type: array, items: {$ref: '#/components/schemas/DocObject'}}
"##;

fn generated() -> FileTree {
    let source = BTreeMap::from([("api.yaml".to_owned(), DOCUMENT.to_owned())]);
    let mut config = Config::new("api.yaml", "example");
    config.extras = Extra::ALL.into_iter().collect();
    let outcome = generate(&source, &config);
    assert!(outcome.diagnostics.is_empty(), "{:?}", outcome.diagnostics);
    outcome.files.unwrap()
}

fn items(crate_files: &FileTree, path: &str) -> Vec<Item> {
    let text =
        crate_files.get(path).unwrap_or_else(|| panic!("{path} of {:?}", crate_files.keys()));
    let file: File = syn::parse_str(text).unwrap();
    file.items
}

/// Returns the fields or variants of a declaration that the document does not name. The input of a macro of
/// the runtime is a declaration, too.
fn added(items: &[Item], of: &str) -> BTreeSet<String> {
    let mut members = Vec::new();
    for item in items {
        let tokens = match item {
            Item::Macro(call) => call.mac.tokens.clone(),
            other => other.to_token_stream(),
        };
        match (syn::parse2::<ItemEnum>(tokens.clone()), syn::parse2::<ItemStruct>(tokens)) {
            (Ok(found), _) if found.ident == of => {
                members.extend(found.variants.into_iter().map(|variant| variant.ident));
            }
            (_, Ok(ItemStruct { ident, fields: Fields::Named(fields), .. })) if ident == of => {
                members.extend(fields.named.into_iter().filter_map(|field| field.ident));
            }
            _ => {}
        }
    }
    assert!(!members.is_empty(), "{of} is not declared");
    let names = members.into_iter().map(|member| member.to_string());
    names.filter(|name| !name.to_lowercase().starts_with("doc")).collect()
}

fn set(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_members_that_all_types_have_are_reserved() {
    let files = generated();
    let of_file = |path: &str, of: &str| added(&items(&files, path), of);
    assert_eq!(of_file("src/types/doc_object.rs", "DocObject"), set(FIELDS));
    assert_eq!(of_file("src/types/doc_enum.rs", "DocEnum"), set(VALUES));
    // The variant of an array is named by its JSON type.
    let variants = of_file("src/types/docs.rs", "Docs");
    assert_eq!(variants, &set(VARIANTS) | &set(&["Array"]));
    assert_eq!(of_file("src/error_body.rs", "ErrorBody"), set(ERROR_BODIES));
    // Contents are named by their kind. One that takes no reference needs another variant for a lifetime.
    let contents = of_file("src/operations/untagged.rs", "DocSendBody");
    assert_eq!(contents, set(&["Json", "Text"]));
    let contents = of_file("src/operations/untagged.rs", "DocReplaceBody");
    assert_eq!(contents, &set(BODIES) | &set(&["Bytes", "Multipart"]));
}

#[test]
fn the_features_of_manifests_are_reserved() {
    let manifest: toml::Table = toml::from_str(&generated()["Cargo.toml"]).unwrap();
    let features: BTreeSet<String> =
        manifest["features"].as_table().unwrap().keys().cloned().collect();
    assert_eq!(features, set(FEATURES));
}

/// Returns the names that `use` brings into a file.
fn imported(items: &[Item]) -> BTreeSet<String> {
    fn leaves(tree: &UseTree, parent: &str, found: &mut BTreeSet<String>) {
        match tree {
            UseTree::Path(path) => leaves(&path.tree, &path.ident.to_string(), found),
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| leaves(tree, parent, found));
            }
            UseTree::Name(name) if name.ident == "self" => drop(found.insert(parent.to_owned())),
            UseTree::Name(name) => drop(found.insert(name.ident.to_string())),
            UseTree::Rename(rename) => drop(found.insert(rename.rename.to_string())),
            UseTree::Glob(_) => {}
        }
    }
    let mut found = BTreeSet::new();
    for item in items {
        if let Item::Use(item) = item {
            leaves(&item.tree, "", &mut found);
        }
    }
    found
}

/// Returns the functions of the runtime, which can have the name of a module.
fn functions() -> BTreeSet<String> {
    let rust = FILES.iter().map(|(path, text)| {
        syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"))
    });
    let functions = rust.flat_map(|file| file.items).filter_map(|item| match item {
        Item::Fn(function) => Some(function.sig.ident.to_string()),
        _ => None,
    });
    functions.collect()
}

#[test]
fn what_is_imported_beside_the_modules_of_tags_is_reserved() {
    let files = generated();
    let beside = ["src/operations/mod.rs", "src/mock/mod.rs", "src/cli/mod.rs"];
    let mut names: BTreeSet<String> =
        beside.iter().flat_map(|path| imported(&items(&files, path))).collect();
    names.retain(|name| name.starts_with(char::is_lowercase));
    let names = &names - &functions();
    assert!(names.contains("types") && names.is_subset(&set(GROUPS)), "{names:?}");
}

#[test]
fn what_the_mock_imports_is_reserved() {
    let names = imported(&items(&generated(), "src/mock/mod.rs"));
    let types: BTreeSet<String> =
        names.into_iter().filter(|name| name.starts_with(char::is_uppercase)).collect();
    assert_eq!(types, set(MOCK_TYPES));
}

/// Collects the variables that `let` binds.
fn bound(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let mut is_bound = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => bound(group.stream(), found),
            TokenTree::Ident(word) if is_bound && word == "mut" => continue,
            TokenTree::Ident(word) if is_bound => drop(found.insert(word.to_string())),
            TokenTree::Ident(word) => {
                is_bound = word == "let";
                continue;
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        is_bound = false;
    }
}

#[test]
fn the_variables_of_methods_are_reserved() {
    let mut variables = BTreeSet::new();
    for item in items(&generated(), "src/operations/untagged.rs") {
        if matches!(item, Item::Impl(_)) {
            bound(item.into_token_stream(), &mut variables);
        }
    }
    assert_eq!(variables, set(VARIABLES));
}
