//! The lists of reserved names against the sources that they follow from: those of the runtime, and what
//! emitters import.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::{Expr, File, ImplItem, Item, TraitItem, Type, UseTree, Visibility};

use super::*;
use clientgen_runtime::source::FILES;

/// Returns the files of the runtime, without their tests.
fn runtime() -> Vec<File> {
    let rust = FILES.iter().filter(|(path, _)| !path.starts_with("cli/"));
    rust.map(|(path, text)| syn::parse_file(text).unwrap_or_else(|e| panic!("{path}: {e}")))
        .collect()
}

/// Returns the functions in the `impl` blocks of a type, inherent or of traits.
fn functions(of: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for item in runtime().into_iter().flat_map(|file| file.items) {
        let Item::Impl(block) = item else { continue };
        let Type::Path(path) = &*block.self_ty else { continue };
        if path.path.segments.last().is_none_or(|last| last.ident != of) {
            continue;
        }
        for item in block.items {
            if let ImplItem::Fn(function) = item {
                found.insert(function.sig.ident.to_string());
            }
        }
    }
    found
}

/// Returns the functions of a trait.
fn functions_of_trait(name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for item in runtime().into_iter().flat_map(|file| file.items) {
        let Item::Trait(declared) = item else { continue };
        if declared.ident != name {
            continue;
        }
        for item in declared.items {
            if let TraitItem::Fn(function) = item {
                found.insert(function.sig.ident.to_string());
            }
        }
    }
    found
}

/// Returns the functions that a macro of the runtime declares, except those whose names are its input.
fn functions_of_macro(name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for item in runtime().into_iter().flat_map(|file| file.items) {
        let Item::Macro(declared) = item else { continue };
        if declared.ident.as_ref().is_some_and(|ident| ident == name) {
            functions_in(declared.mac.tokens, &mut found);
        }
    }
    assert!(!found.is_empty(), "there is no such macro: {name}");
    found
}

fn functions_in(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let mut after_fn = false;
    for token in tokens {
        match token {
            TokenTree::Ident(word) if after_fn => drop(found.insert(word.to_string())),
            TokenTree::Ident(word) => {
                after_fn = word == "fn";
                continue;
            }
            TokenTree::Group(group) => functions_in(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        after_fn = false;
    }
}

/// Returns the exports of the runtime.
fn exports() -> BTreeSet<String> {
    let (_, text) = FILES.iter().find(|(path, _)| *path == "mod.rs").unwrap();
    let mut found = BTreeSet::new();
    for item in syn::parse_file(text).unwrap().items {
        if let Item::Use(item) = item
            && !matches!(item.vis, Visibility::Inherited)
        {
            leaves(&item.tree, &mut found);
        }
    }
    found
}

fn leaves(tree: &UseTree, found: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => leaves(&path.tree, found),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, found)),
        UseTree::Name(name) => drop(found.insert(name.ident.to_string())),
        UseTree::Rename(rename) => drop(found.insert(rename.rename.to_string())),
        UseTree::Glob(_) => {}
    }
}

/// Returns the runtime's exports that emitters name in strings.
fn imported(emitters: &[&str]) -> BTreeSet<String> {
    let mut literals = BTreeSet::new();
    for text in emitters {
        strings(syn::parse_str::<File>(text).unwrap(), &mut literals);
    }
    exports().intersection(&literals).filter(|name| is_type(name)).cloned().collect()
}

fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

fn strings(file: File, found: &mut BTreeSet<String>) {
    use quote::ToTokens;
    fn of(tokens: TokenStream, found: &mut BTreeSet<String>) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => of(group.stream(), found),
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    if let Ok(Expr::Lit(_)) = syn::parse_str(&text) {
                        found.insert(text.trim_matches('"').to_owned());
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }
    of(file.into_token_stream(), found);
}

fn compare(list: &[&str], derived: BTreeSet<String>) {
    let list: BTreeSet<String> = list.iter().map(|name| (*name).to_owned()).collect();
    let missing: Vec<&String> = derived.difference(&list).collect();
    let stale: Vec<&String> = list.difference(&derived).collect();
    assert!(missing.is_empty() && stale.is_empty(), "missing: {missing:?}, stale: {stale:?}");
}

fn with(mut names: BTreeSet<String>, more: &[&str]) -> BTreeSet<String> {
    names.extend(more.iter().map(|name| (*name).to_owned()));
    names
}

/// The functions of traits that every type implements, which `x.f()` and `X::f()` can mean.
const OF_ALL: &[&str] =
    &["borrow", "borrow_mut", "from", "into", "try_from", "try_into", "type_id"];

/// Those of types that can be cloned.
const OF_CLONE: &[&str] = &["clone", "clone_from", "clone_into", "to_owned"];

#[test]
fn the_functions_of_builders_are_reserved() {
    compare(BUILDER, with(functions("ClientBuilder"), &["clone"]));
}

#[test]
fn the_functions_of_clients_are_reserved() {
    let emitted = ["builder", "from_env"];
    let all = with(with(functions("Client"), &emitted), OF_ALL);
    compare(METHODS, with(all, OF_CLONE));
}

#[test]
fn the_functions_of_requests_are_reserved() {
    let of_macro = functions_of_macro("request");
    let of_traits = functions_of_trait("Wait");
    let all: BTreeSet<String> = of_macro.union(&of_traits).cloned().collect();
    compare(SETTERS, with(all, &["export", "poll"]));
}

#[test]
fn the_functions_of_mocks_are_reserved() {
    compare(MOCK, with(functions("MockServer"), &["start"]));
    let mut all = functions("Expectation");
    // Only expectations have it whose operation has one kind of response.
    assert!(all.remove("respond_ok"));
    compare(EXPECTATION, with(all, &["expect", "to"]));
}

#[test]
fn what_files_of_types_import_is_reserved() {
    let emitters = [
        include_str!("../../emit/form.rs"),
        include_str!("../../emit/mod.rs"),
        include_str!("../../emit/types.rs"),
        include_str!("../../emit/union.rs"),
    ];
    compare(TYPES, with(imported(&emitters), &["ErrorBody", "Json", "Test"]));
}

#[test]
fn what_files_of_operations_import_is_reserved() {
    let emitters = [
        include_str!("../../emit/response.rs"),
        include_str!("../../emit/body.rs"),
        include_str!("../../emit/long_running.rs"),
        include_str!("../../emit/mod.rs"),
        include_str!("../../emit/operation.rs"),
        include_str!("../../emit/parameter.rs"),
    ];
    compare(REQUEST_TYPES, with(imported(&emitters), &["ErrorBody", "ErrorCase", "Response"]));
}
