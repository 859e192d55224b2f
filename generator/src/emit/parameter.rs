//! Parameters: the arguments of methods, and the calls that add them to requests.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::resolved;
use super::{name, token, ty};
use crate::ir::{Location, NumberFormat, Parameter, Shape, StringFormat, Style, Type};
use crate::name::{Ident, Named};

/// Returns a named argument of a method, with its type.
pub(super) fn argument(api: &Named<'_>, parameter: &Parameter, name: &Ident) -> TokenStream {
    let (rust, of) = (token(name), argument_type(api, &parameter.ty, false));
    quote!(#rust: #of)
}

/// How an argument is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passing {
    /// As `&str`.
    Text,
    /// As a slice.
    Slice,
    /// By reference.
    Borrowed,
    /// By value, because it is small.
    Owned,
}

/// Returns how an argument of a type is passed: strings, arrays and large types are borrowed.
pub(super) fn passing(api: &Named<'_>, of: &Type) -> Passing {
    match resolved(api, of) {
        Type::String(StringFormat::Base64 | StringFormat::Password) => Passing::Borrowed,
        Type::String(_) => Passing::Text,
        Type::Array(_) => Passing::Slice,
        Type::Any
        | Type::Map(_)
        | Type::Tuple(_)
        | Type::Number(NumberFormat::Decimal)
        | Type::Extern(_) => Passing::Borrowed,
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

/// Returns the type of an argument, in a file of types or elsewhere.
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

/// How a parameter is added to a request.
#[derive(Debug, Clone, Copy)]
enum Call {
    /// By the method for its location, in the default style of the location.
    Usual(&'static str),
    /// With a description of its style.
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

/// Returns the call that adds a parameter, given as the named argument, to a request.
pub(super) fn set(api: &Named<'_>, parameter: &Parameter, argument: &Ident) -> TokenStream {
    let rust = token(argument);
    set_value(
        parameter,
        &match passing(api, &parameter.ty) {
            Passing::Owned => quote!(&#rust),
            Passing::Text | Passing::Slice | Passing::Borrowed => quote!(#rust),
        },
    )
}

/// Returns the call that adds a parameter, given as a reference, to a request.
pub(super) fn set_value(parameter: &Parameter, value: &TokenStream) -> TokenStream {
    let wire = &parameter.wire.0;
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

/// Returns the imports from the runtime for [`set`].
pub(super) fn imports(parameter: &Parameter) -> &'static [&'static str] {
    match call(parameter) {
        Call::Described => &["Location", "Parameter", "Style"],
        Call::Json => &["Location"],
        Call::Usual(_) => &[],
    }
}

/// Returns a location as a constant of the runtime.
pub(super) fn location(location: Location) -> TokenStream {
    match location {
        Location::Path => quote!(Location::Path),
        Location::Query => quote!(Location::Query),
        Location::Header => quote!(Location::Header),
        Location::Cookie => quote!(Location::Cookie),
    }
}

/// Returns a style as a constant of the runtime. JSON is not a style.
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
