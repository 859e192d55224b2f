//! The public items of a file and their signatures, a line for each.
//!
//! Read from the source. The runtime's macros are read as what they declare.

use quote::ToTokens;
use syn::{Fields, ImplItem, Item, Meta, Type, Visibility};

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

/// Lists an item, if it is public, and what is public in it.
pub(crate) fn list(item: &Item, lines: &mut Vec<String>) {
    match item {
        Item::Struct(item) if is_public(&item.vis) => {
            lines.push(format!("struct {}", item.ident));
            let additional = item.attrs.iter().filter_map(|attribute| match &attribute.meta {
                Meta::List(list) if list.path.is_ident("additional_properties") => {
                    Some(format!("  additional_properties: Properties<{}>", tokens(&list.tokens)))
                }
                _ => None,
            });
            lines.extend(additional);
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
        Item::Const(item) if is_public(&item.vis) => {
            lines.push(format!("const {}: {}", item.ident, tokens(&item.ty)))
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
