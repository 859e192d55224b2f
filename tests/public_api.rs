//! The public items of the committed crate and their signatures, so that a change of the API is
//! seen for what it is.
//!
//! Read from the source. The runtime's macros are read as what they declare.

use std::fs;
use std::path::Path;

use quote::ToTokens;
use syn::{Fields, ImplItem, Item, Type, Visibility};

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

fn list(item: &Item, lines: &mut Vec<String>) {
    match item {
        Item::Struct(item) if is_public(&item.vis) => {
            lines.push(format!("struct {}", item.ident));
            if let Fields::Named(fields) = &item.fields {
                let public = fields.named.iter().filter(|field| is_public(&field.vis));
                lines.extend(public.map(|field| {
                    format!(
                        "  {}: {}",
                        field.ident.as_ref().expect("it has a name"),
                        tokens(&field.ty)
                    )
                }));
            }
        }
        Item::Enum(item) if is_public(&item.vis) => {
            lines.push(format!("enum {}", item.ident));
            lines.extend(item.variants.iter().map(|variant| {
                let fields = tokens(&variant.fields);
                let value =
                    variant.discriminant.as_ref().map(|(_, value)| format!(" = {}", tokens(value)));
                format!("  {}{fields}{}", variant.ident, value.unwrap_or_default())
            }));
        }
        Item::Impl(item) if item.trait_.is_none() => {
            let Type::Path(of) = item.self_ty.as_ref() else { return };
            for member in &item.items {
                if let ImplItem::Fn(member) = member
                    && is_public(&member.vis)
                {
                    lines.push(format!(
                        "{}::{}",
                        tokens(of),
                        tokens(&member.sig).trim_start_matches("fn ")
                    ));
                }
            }
        }
        Item::Type(item) if is_public(&item.vis) => {
            lines.push(format!("type {} = {}", item.ident, tokens(&item.ty)))
        }
        Item::Use(item) if is_public(&item.vis) => {
            lines.push(format!("use {}", tokens(&item.tree)))
        }
        Item::Mod(item) if is_public(&item.vis) => lines.push(format!("mod {}", item.ident)),
        Item::Macro(item) => match syn::parse2::<syn::File>(item.mac.tokens.clone()) {
            Ok(inner) => inner.items.iter().for_each(|item| list(item, lines)),
            Err(_) => {
                lines.push(format!("{}({})", tokens(&item.mac.path), tokens(&item.mac.tokens)))
            }
        },
        _ => {}
    }
}

#[test]
fn the_public_api_is_as_before() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated-client/src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let mut text = String::new();
    for path in files {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
        let mut lines = Vec::new();
        // The macros of the runtime are no API, but what the rest declares with them is.
        let in_runtime = name.starts_with("runtime/");
        let items = file.items.iter();
        let items = items.filter(|item| !(in_runtime && matches!(item, Item::Macro(_))));
        items.for_each(|item| list(item, &mut lines));
        if !lines.is_empty() {
            text.push_str(&format!("// {name}\n{}\n\n", lines.join("\n")));
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("cases");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("public_api", text));
}
