//! Unions: enums whose variants are selected by a test.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::types::{deprecated, doc};
use super::{docs, token, ty, types};
use crate::analyze::{Conversion, Facts};
use crate::ir::{JsonType, Tagging, Test, Type, TypeDef, Union, WireName};
use crate::name::Named;

/// Returns the declaration of a union.
pub(super) fn union_item(
    api: &Named<'_>,
    facts: &Facts,
    def: &TypeDef,
    union: &Union,
) -> TokenStream {
    let (doc, name) = (doc(def), token(api.names.ty(def.number)));
    let deprecated = deprecated(def.deprecated);
    let derived = types::derived(facts, def);
    let internal = internal_tag(union);
    let (tagging, other) = match (&union.tagging, internal) {
        (Tagging::Adjacent { tag, content, other }, _) => {
            let (tag, content) = (&tag.0, &content.0);
            (Some(quote!(#[wire(tag = #tag, content = #content)])), Type::Named(*other))
        }
        (Tagging::Value, Some(tag)) => (Some(quote!(#[wire(tag = #tag)])), Type::Any),
        (Tagging::Value, None) => (None, Type::Any),
        (Tagging::Base, _) => (Some(quote!(#[wire(or_other)])), Type::Any),
    };
    let other = ty(api, &other, true);
    // The macro distinguishes attributes of the wire format from others.
    let attributes = types::attributes(facts, def).map(|added| match &tagging {
        Some(_) => quote!(#[attributes(#added)]),
        None => added,
    });
    let tags_alone = internal.is_some() || matches!(union.tagging, Tagging::Adjacent { .. });
    let variants = union.variants.iter().map(|variant| {
        let fallback = recognized_by(&variant.test);
        let lines = match &variant.ty {
            Type::Named(id) => docs::first_part(&api.type_def(*id).docs, &fallback),
            _ => vec![fallback],
        };
        let doc = docs::outer(&lines);
        let (rust, inner) = (token(api.names.member(variant.number)), ty(api, &variant.ty, true));
        let inner = if facts.boxed.contains(&variant.number) { quote!(Box<#inner>) } else { inner };
        let test = test(&variant.test, tags_alone);
        let from = facts.conversions.get(&variant.number).map(|all| from(api, all));
        quote!(#doc #from #[wire #test] #rust(#inner))
    });
    quote! {
        union! {
            #doc
            #deprecated
            #[derive(Debug, Clone, PartialEq #derived)]
            #attributes
            #[non_exhaustive]
            #tagging
            pub enum #name {
                #(#variants,)*
                #[other]
                Other(#other),
            }
        }
    }
}

/// Returns the attribute that lists the `From` implementations of a variant.
fn from(api: &Named<'_>, conversions: &[Conversion]) -> TokenStream {
    let types = conversions.iter().map(|conversion| match conversion {
        Conversion::From(of) => ty(api, of, true),
        Conversion::FromStr => quote!(&str),
    });
    quote!(#[from(#(#types),*)])
}

/// Returns the property that decides the union, if one alone does.
fn internal_tag(union: &Union) -> Option<&str> {
    let tags = union.variants.iter().map(|variant| match &variant.test {
        Test::Tag(property, _) if union.tagging == Tagging::Value => Some(property.0.as_str()),
        Test::Tag(..) | Test::Number(..) | Test::Key(_) | Test::Json(_) => None,
    });
    let tags: Option<BTreeSet<&str>> = tags.collect();
    tags.filter(|tags| tags.len() == 1)?.into_iter().next()
}

/// Returns the test of a variant as the argument of the attribute `wire`.
fn test(test: &Test, tags_alone: bool) -> TokenStream {
    match test {
        Test::Tag(_, tags) if tags_alone => quote!(= #(#tags)|*),
        Test::Tag(property, tags) => {
            let property = &property.0;
            quote!((tag = #property, values = [#(#tags),*]))
        }
        Test::Number(property, numbers) => {
            let property = &property.0;
            let numbers = numbers.iter().map(|number| Literal::i64_unsuffixed(*number));
            quote!((tag = #property, numbers = [#(#numbers),*]))
        }
        Test::Key(property) => {
            let property = &property.0;
            quote!((property = #property))
        }
        Test::Json(ty) => {
            let ty = match ty {
                JsonType::Boolean => "boolean",
                JsonType::Integer => "integer",
                JsonType::Number => "number",
                JsonType::String => "string",
                JsonType::Array => "array",
                JsonType::Object => "object",
            };
            quote!((type = #ty))
        }
    }
}

/// Describes the test of a variant.
fn recognized_by(test: &Test) -> String {
    let one_of = |property: &WireName, values: Vec<String>| {
        format!("An object whose {} is {}.", docs::code(&property.0), values.join(" or "))
    };
    match test {
        Test::Tag(property, tags) => {
            one_of(property, tags.iter().map(|tag| docs::code(tag)).collect())
        }
        Test::Number(property, numbers) => {
            one_of(property, numbers.iter().map(|number| format!("`{number}`")).collect())
        }
        Test::Key(property) => format!("An object with {}.", docs::code(&property.0)),
        Test::Json(JsonType::Boolean) => "A boolean.".to_owned(),
        Test::Json(JsonType::Integer) => "An integer.".to_owned(),
        Test::Json(JsonType::Number) => "A number.".to_owned(),
        Test::Json(JsonType::String) => "A string.".to_owned(),
        Test::Json(JsonType::Array) => "An array.".to_owned(),
        Test::Json(JsonType::Object) => "An object.".to_owned(),
    }
}
