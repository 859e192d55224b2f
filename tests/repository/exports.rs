//! The types that public signatures name are exported: a user can name what a method takes and returns
//! without the hidden module `runtime`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{
    Attribute, Fields, ImplItem, Item, ItemImpl, Meta, TraitItem, Type, UseTree, Visibility,
};

/// Returns the items of the committed crate.
fn items() -> Vec<Item> {
    let mut items = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated-client/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let text = fs::read_to_string(&path).unwrap();
                    items.extend(syn::parse_file(&text).unwrap().items);
                }
            }
        }
    }
    items
}

/// Returns the names that the root and the mock server export.
fn exported() -> BTreeSet<String> {
    fn leaves(tree: &UseTree, found: &mut BTreeSet<String>) {
        match tree {
            UseTree::Path(path) => leaves(&path.tree, found),
            UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, found)),
            UseTree::Name(name) => drop(found.insert(name.ident.to_string())),
            UseTree::Rename(name) => drop(found.insert(name.rename.to_string())),
            UseTree::Glob(_) => {}
        }
    }
    let mut found = BTreeSet::new();
    for file in ["src/lib.rs", "src/mock/mod.rs"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated-client").join(file);
        for item in syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap().items {
            if let Item::Use(item) = item
                && is_public(&item.vis)
            {
                leaves(&item.tree, &mut found);
            }
        }
    }
    found
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("doc") && list.tokens.to_string() == "hidden",
        Meta::Path(_) | Meta::NameValue(_) => false,
    })
}

/// The names of types that are declared, and those that a signature uses.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl<'a> Visit<'a> for Names {
    fn visit_path(&mut self, path: &'a syn::Path) {
        self.0.extend(path.segments.last().map(|last| last.ident.to_string()));
        visit::visit_path(self, path);
    }
}

/// Returns the name of the type of an `impl` block.
fn implemented(item: &ItemImpl) -> Option<String> {
    match item.self_ty.as_ref() {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

/// Returns the names of the types in the public parts of an item.
fn used(item: &Item, exported: &BTreeSet<String>) -> BTreeSet<String> {
    let mut names = Names::default();
    match item {
        Item::Impl(item) if implemented(item).is_some_and(|name| exported.contains(&name)) => {
            for member in &item.items {
                match member {
                    ImplItem::Fn(method) if is_public(&method.vis) && !is_hidden(&method.attrs) => {
                        names.visit_signature(&method.sig);
                    }
                    ImplItem::Type(of) => names.visit_type(&of.ty),
                    _ => {}
                }
            }
        }
        Item::Struct(item) if exported.contains(&item.ident.to_string()) => {
            let public = |field: &&syn::Field| is_public(&field.vis) && !is_hidden(&field.attrs);
            item.fields.iter().filter(public).for_each(|field| names.visit_type(&field.ty));
        }
        Item::Enum(item) if exported.contains(&item.ident.to_string()) => {
            for variant in &item.variants {
                if let Fields::Named(_) | Fields::Unnamed(_) = &variant.fields {
                    names.visit_fields(&variant.fields);
                }
            }
        }
        Item::Trait(item) if exported.contains(&item.ident.to_string()) => {
            for member in &item.items {
                if let TraitItem::Fn(method) = member {
                    names.visit_signature(&method.sig);
                }
            }
        }
        Item::Type(item) if exported.contains(&item.ident.to_string()) => {
            names.visit_type(&item.ty);
        }
        _ => {}
    }
    names.0
}

#[test]
fn the_types_of_public_signatures_are_exported() {
    let (items, exported) = (items(), exported());
    assert!(exported.contains("Poller") && exported.contains("MockServer"), "{exported:?}");
    let declared: BTreeSet<String> = items
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) => Some(item.ident.to_string()),
            Item::Enum(item) => Some(item.ident.to_string()),
            Item::Trait(item) => Some(item.ident.to_string()),
            Item::Type(item) => Some(item.ident.to_string()),
            _ => None,
        })
        .collect();
    let mut hidden = BTreeSet::new();
    for item in &items {
        hidden.extend(used(item, &exported).intersection(&declared).cloned());
    }
    let hidden = &hidden - &exported;
    assert!(hidden.is_empty(), "public signatures name types that are not exported: {hidden:?}");
}
