//! Parameters: the arguments that callers give, and how requests take them.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::resolved;
use super::{name, token, ty};
use crate::ir::{Location, NumberFormat, Parameter, Shape, StringFormat, Style, Type};
use crate::name::{Ident, Named};

/// The argument of a method, of a name: with its type.
pub(super) fn argument(api: &Named<'_>, parameter: &Parameter, name: &Ident) -> TokenStream {
    let (rust, of) = (token(name), argument_type(api, &parameter.ty, false));
    quote!(#rust: #of)
}

/// How an argument of a type is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passing {
    /// As `&str`.
    Text,
    /// As a slice.
    Slice,
    /// By reference.
    Borrowed,
    /// As it is, because it is small.
    Owned,
}

/// Texts and lists are borrowed, and whatever is large; the rest is small.
pub(super) fn passing(api: &Named<'_>, of: &Type) -> Passing {
    match resolved(api, of) {
        Type::String(StringFormat::Base64 | StringFormat::Password) => Passing::Borrowed,
        Type::String(_) => Passing::Text,
        Type::Array(_) => Passing::Slice,
        Type::Any | Type::Map(_) | Type::Tuple(_) | Type::Number(NumberFormat::Decimal) => {
            Passing::Borrowed
        }
        Type::Boolean
        | Type::Integer(_)
        | Type::Number(NumberFormat::Double)
        | Type::Nullable(_) => Passing::Owned,
        Type::Named(id) => match api.type_def(id).shape {
            Shape::Enum(_) => Passing::Owned,
            Shape::Object(_) | Shape::Union(_) | Shape::Form(_) | Shape::Alias(_) => {
                Passing::Borrowed
            }
        },
    }
}

/// The type of an argument that is a value of a type, in a file of types or elsewhere.
pub(super) fn argument_type(api: &Named<'_>, of: &Type, in_types: bool) -> TokenStream {
    match (passing(api, of), resolved(api, of)) {
        (Passing::Text, _) => quote!(&str),
        (Passing::Slice, Type::Array(item)) => {
            let item = ty(api, &item, in_types);
            quote!(&[#item])
        }
        (Passing::Borrowed, _) => {
            let of = ty(api, of, in_types);
            quote!(&#of)
        }
        (Passing::Owned | Passing::Slice, _) => ty(api, of, in_types),
    }
}

/// How a parameter is put into a request.
#[derive(Debug, Clone, Copy)]
enum Call {
    /// By the method for its location, in the location's usual style.
    Usual(&'static str),
    /// With a description of how it is written.
    Described,
    /// As JSON.
    Json,
}

fn call(parameter: &Parameter) -> Call {
    let Parameter { location, style, explode, allow_reserved, .. } = parameter;
    match (location, style, explode, allow_reserved) {
        (_, Style::Json, ..) => Call::Json,
        (Location::Path, Style::Simple, false, false) => Call::Usual("path"),
        (Location::Query, Style::Form, true, false) => Call::Usual("query"),
        (Location::Header, Style::Simple, false, false) => Call::Usual("header"),
        (Location::Cookie, Style::Form, true, false) => Call::Usual("cookie"),
        _ => Call::Described,
    }
}

/// The call that puts a parameter into a request, from the argument of a name.
pub(super) fn set(api: &Named<'_>, parameter: &Parameter, argument: &Ident) -> TokenStream {
    let (wire, rust) = (&parameter.wire.0, token(argument));
    let value = match passing(api, &parameter.ty) {
        Passing::Owned => quote!(&#rust),
        Passing::Text | Passing::Slice | Passing::Borrowed => quote!(#rust),
    };
    let (location, style) = (location(parameter.location), style(parameter.style));
    match call(parameter) {
        Call::Usual(method) => {
            let method = name(method);
            quote!(.#method(#wire, #value))
        }
        Call::Json => quote!(.json_parameter(#location, #wire, #value)),
        Call::Described => {
            let explode = parameter.explode;
            let reserved = parameter.allow_reserved.then(|| quote!(.reserved()));
            quote! {
                .parameter(&Parameter::new(#wire, #location, #style, #explode) #reserved, #value)
            }
        }
    }
}

/// The names from the runtime that [`set`] uses.
pub(super) fn imports(parameter: &Parameter) -> &'static [&'static str] {
    match call(parameter) {
        Call::Described => &["Location", "Parameter", "Style"],
        Call::Json => &["Location"],
        Call::Usual(_) => &[],
    }
}

/// A location as the runtime has it.
pub(super) fn location(location: Location) -> TokenStream {
    match location {
        Location::Path => quote!(Location::Path),
        Location::Query => quote!(Location::Query),
        Location::Header => quote!(Location::Header),
        Location::Cookie => quote!(Location::Cookie),
    }
}

/// A style as the runtime has it. JSON is none.
pub(super) fn style(style: Style) -> Option<TokenStream> {
    match style {
        Style::Simple => Some(quote!(Style::Simple)),
        Style::Label => Some(quote!(Style::Label)),
        Style::Matrix => Some(quote!(Style::Matrix)),
        Style::Form => Some(quote!(Style::Form)),
        Style::SpaceDelimited => Some(quote!(Style::SpaceDelimited)),
        Style::PipeDelimited => Some(quote!(Style::PipeDelimited)),
        Style::DeepObject => Some(quote!(Style::DeepObject)),
        Style::Json => None,
    }
}
