//! The expectations for the operations of a group: methods for their parameters and bodies, and marker types
//! for their responses.

use std::collections::BTreeSet;

use proc_macro2::{Ident as Token, TokenStream};
use quote::quote;

use super::super::operation::group_path;
use super::super::{body, docs, imports, name, parameter, token, ty, types};
use super::{case, uses};
use crate::ir::{
    Body, BodyKind, ContentKind, Group, Operation, StringFormat, SuccessResponse, Type,
};
use crate::name::Named;

/// `src/mock/<group>.rs`
pub(super) fn file(api: &Named<'_>, group: &Group, operations: &[&Operation]) -> TokenStream {
    let module = api.names.group(group.number);
    let docs = docs::inner(&[format!(
        "Expectations for the operations of [`{0}`](crate::operations::{0}).",
        module.plain()
    )]);
    let mut names = BTreeSet::from(["mock"]);
    let mut names_types = false;
    for operation in operations {
        let mut note = |of: &Type| {
            imports(of, &mut names);
            names_types |= !of.named().is_empty();
        };
        note_types(api, operation, &mut note);
        let parameters = operation.parameters.iter();
        names.extend(parameters.flat_map(parameter::imports));
        if let Some(body) = operation.body.as_ref().filter(|body| body.only().is_some()) {
            body::imports(body, &mut names);
        }
    }
    let uses = uses(&names, names_types);
    let module = token(module);
    let declaration = api.names.accessor(group.number).map(|_| declaration(api, group));
    let items = operations.iter().map(|operation| items(api, operation));
    quote! {
        #docs
        use crate::operations::#module as operations;
        use crate::runtime::mock::expectation;
        #uses

        #declaration

        #(#items)*
    }
}

/// Returns the type with the expectations of a group, and the method of the mock server that creates it.
fn declaration(api: &Named<'_>, group: &Group) -> TokenStream {
    let accessor = token(api.names.mock_accessor(group.number));
    let rust = token(api.names.group_type(group.number));
    let name = docs::code(group.name.as_deref().unwrap_or_default());
    let of_accessor =
        docs::outer(&[format!("Returns the expectations of the operations of {name}.")]);
    let of_type = docs::outer(&[format!("The expectations of the operations of {name}.")]);
    quote! {
        impl mock::MockServer {
            #of_accessor
            pub fn #accessor(&self) -> #rust<'_> {
                #rust(self)
            }
        }

        #of_type
        #[derive(Debug, Clone, Copy)]
        pub struct #rust<'a>(&'a mock::MockServer);
    }
}

/// Returns the types that the expectations of an operation name.
fn note_types(api: &Named<'_>, operation: &Operation, note: &mut impl FnMut(&Type)) {
    // Texts of all formats are handed over as texts, and lists as slices of their items.
    let mut note_argument = |of: &Type, is_text: bool| match types::resolved(api, of) {
        Type::String(_) if is_text => {}
        Type::Array(item) => note(&item),
        _ => note(of),
    };
    for parameter in &operation.parameters {
        let passing = parameter::passing(api, &parameter.ty);
        note_argument(&parameter.ty, passing == parameter::Passing::Text);
    }
    match operation.body.as_ref().and_then(|body| body.only()).map(|content| &content.kind) {
        Some(BodyKind::Json(of) | BodyKind::Form(of, _)) => {
            let is_text = types::resolved(api, of) == Type::String(StringFormat::Plain);
            note_argument(of, is_text);
        }
        Some(BodyKind::Multipart(form)) => note(&Type::Named(*form)),
        Some(BodyKind::Text | BodyKind::Bytes) | None => {}
    }
    operation.response.contents().iter().filter_map(|content| content.kind.ty()).for_each(note);
}

/// Returns the items of the mock server for an operation.
fn items(api: &Named<'_>, operation: &Operation) -> TokenStream {
    let method = token(api.names.expectation(operation.number));
    let request = token(api.names.request(operation.number));
    let constant = token(api.names.constant(operation.number));
    let responses = responses(api, operation);
    let errors = match operation.error_set {
        Some(set) => {
            let set = token(api.names.error_marker(set));
            quote!(super::#set)
        }
        None => quote!(()),
    };
    let matchers = matchers(api, operation);
    let cases = match &operation.response {
        SuccessResponse::ByCase(cases) => Some(case::responders(api, operation, cases, &responses)),
        SuccessResponse::One(_) => None,
    };
    let group = group_path(api, operation.group);
    quote! {
        expectation!(#group #method, operations::#request => #responses, #errors, operations::#constant);
        #matchers
        #cases
    }
}

/// Returns the marker type for the successful responses of an operation.
fn responses(api: &Named<'_>, operation: &Operation) -> TokenStream {
    match &operation.response {
        SuccessResponse::One(content) => kind(api, &content.kind),
        SuccessResponse::ByCase(_) => {
            let rust = token(api.names.response(operation.number));
            quote!(operations::#rust)
        }
    }
}

fn kind(api: &Named<'_>, kind: &ContentKind) -> TokenStream {
    let of = kind.ty().map(|of| ty(api, of, false));
    match kind {
        ContentKind::Empty => quote!(mock::Empty),
        ContentKind::Json(_) => quote!(mock::Json<#of>),
        ContentKind::Text => quote!(mock::Text),
        ContentKind::File => quote!(mock::File),
        ContentKind::Events(Type::TEXT) => quote!(mock::TextEvents),
        ContentKind::Events(_) => quote!(mock::Events<#of>),
        ContentKind::JsonLines(_) => quote!(mock::Lines<#of>),
    }
}

/// Returns the methods that expect values of the parameters and of the body.
fn matchers(api: &Named<'_>, operation: &Operation) -> Option<TokenStream> {
    let request = token(api.names.request(operation.number));
    let parameters = operation.parameters.iter();
    let mut matchers: Vec<TokenStream> = parameters
        .map(|parameter| {
            let name = api.names.matcher(parameter.number);
            let argument = parameter::argument(api, parameter, name);
            let set = parameter::set(api, parameter, name);
            matcher(&token(name), &argument, &quote!(to #set))
        })
        .collect();
    matchers.extend(operation.body.as_ref().map(|body| body_matcher(api, body)));
    (!matchers.is_empty()).then(|| {
        quote! {
            impl<Success, Errors> mock::Expectation<operations::#request, Success, Errors> {
                #(#matchers)*
            }
        }
    })
}

/// Returns a method that adds a value to the expected request.
fn matcher(name: &Token, argument: &TokenStream, set: &TokenStream) -> TokenStream {
    quote! {
        /// Expects this value, in the encoding of the client.
        pub fn #name(self, #argument) -> Self {
            self.given(|to| #set)
        }
    }
}

fn body_matcher(api: &Named<'_>, body: &Body) -> TokenStream {
    if let Some(only) = body.only() {
        let of = body::argument_type(api, &only.kind);
        let set = body::set(body, api.names.expected_body(), &quote!(to));
        let argument = token(api.names.expected_body());
        return matcher(&name("expect"), &quote!(#argument: #of), &set);
    }
    let of = token(api.names.body_type(body.operation));
    quote! {
        /// Expects this body, in the encoding of the client.
        pub fn expect<'a>(self, body: impl Into<operations::#of<'a>>) -> Self {
            self.given(|to| body.into().write(to))
        }
    }
}
