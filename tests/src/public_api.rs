//! The public items of a crate and their signatures, read from its source.
//!
//! Invocations of the runtime's macros are listed as the items that they declare.

use clientgen::FileTree;
use quote::ToTokens;
use syn::{Attribute, Fields, ImplItem, Item, Meta, Type, Visibility};

/// Lists the public items of a crate's source files, file by file.
///
/// # Errors
///
/// A file is not valid Rust.
pub fn list(files: &FileTree) -> syn::Result<String> {
    let mut text = String::new();
    // Sorting by path segments puts a folder before the file of the same name.
    let mut files: Vec<(&String, &String)> = files.iter().collect();
    files.sort_by_key(|(path, _)| path.split('/').collect::<Vec<_>>());
    for (path, source) in files {
        let Some(name) = path.strip_prefix("src/").filter(|name| name.ends_with(".rs")) else {
            continue;
        };
        let file = syn::parse_file(source)?;
        let mut lines = Vec::new();
        // The definitions of the runtime's macros are not part of the API, but their invocations
        // are.
        let in_runtime = name.starts_with("runtime/");
        let items = file.items.iter();
        let items = items.filter(|item| !(in_runtime && matches!(item, Item::Macro(_))));
        items.for_each(|item| add(item, &mut lines));
        if !lines.is_empty() {
            text.push_str(&format!("// {name}\n{}\n\n", lines.join("\n")));
        }
    }
    Ok(text)
}

/// Lists an item and its public members, if it is public.
pub fn add(item: &Item, lines: &mut Vec<String>) {
    match item {
        Item::Struct(item) if is_public(&item.vis) => {
            lines.push(format!("struct {}", item.ident));
            if let Fields::Named(fields) = &item.fields {
                let public = fields.named.iter().filter(|field| is_public(&field.vis));
                lines.extend(
                    public
                        .map(|field| format!("  {}: {}", tokens(&field.ident), tokens(&field.ty))),
                );
            }
        }
        Item::Enum(item) if is_public(&item.vis) => {
            lines.push(format!("enum {}", item.ident));
            lines.extend(item.variants.iter().map(|variant| {
                let fields = tokens(&variant.fields);
                let wire = variant.attrs.iter().find_map(wire);
                format!("  {}{fields}{}", variant.ident, wire.unwrap_or_default())
            }));
        }
        Item::Impl(item) if item.trait_.is_none() => {
            let Type::Path(self_type) = item.self_ty.as_ref() else { return };
            for item in &item.items {
                if let ImplItem::Fn(method) = item
                    && is_public(&method.vis)
                {
                    let signature = tokens(&method.sig);
                    let signature = signature.trim_start_matches("fn ");
                    lines.push(format!("{}::{signature}", tokens(self_type)));
                }
            }
        }
        Item::Type(item) if is_public(&item.vis) => {
            lines.push(format!("type {} = {}", item.ident, tokens(&item.ty)))
        }
        Item::Const(item) if is_public(&item.vis) => {
            lines.push(format!("const {}: {}", item.ident, tokens(&item.ty)))
        }
        Item::Use(item) if is_public(&item.vis) => {
            lines.push(format!("use {}", tokens(&item.tree)))
        }
        Item::Mod(item) if is_public(&item.vis) => lines.push(format!("mod {}", item.ident)),
        Item::Macro(item) => match syn::parse2::<syn::File>(item.mac.tokens.clone()) {
            Ok(inner) => inner.items.iter().for_each(|item| add(item, lines)),
            Err(_) => {
                lines.push(format!("{}({})", tokens(&item.mac.path), tokens(&item.mac.tokens)))
            }
        },
        _ => {}
    }
}

/// Returns the wire name of a variant.
fn wire(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(name) if name.path.is_ident("wire") => {
            Some(format!(" = {}", tokens(&name.value)))
        }
        Meta::List(list) if list.path.is_ident("wire") => {
            Some(format!(" = {}", tokens(&list.tokens)))
        }
        _ => None,
    }
}

fn tokens(node: &impl ToTokens) -> String {
    let text = node.to_token_stream().to_string();
    [
        (" :: ", "::"),
        (" < ", "<"),
        (" > ", ">"),
        (" >", ">"),
        (" , ", ", "),
        (" ,", ","),
        ("& ", "&"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" :", ":"),
        (" ;", ";"),
        ("->", " ->"),
    ]
    .iter()
    .fold(text, |text, (from, to)| text.replace(from, to))
    .replace("  ", " ")
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}
