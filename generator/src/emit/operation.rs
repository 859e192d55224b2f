//! Operations: a method of the client, a request type, and a description for the runtime.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    SourceFile, Sources, body, docs, feature, imports, long_running, name, operation_docs,
    parameter, plain, response, token, types,
};
use crate::analyze::Facts;
use crate::config::Config;
use crate::ir::{AcceptBy, BodyKind, Group, GroupId, Operation, Parameter, SuccessResponse, Type};
use crate::limits::Steps;
use crate::metamodel::METHODS;
use crate::name::{Ident, Named};

/// `src/operations/…`
pub(super) fn files(api: &Named<'_>, facts: &Facts, config: &Config, steps: &Steps) -> Sources {
    let mut files = Sources::new();
    let mut by_group: BTreeMap<GroupId, Vec<&Operation>> = BTreeMap::new();
    for operation in &api.operations {
        by_group.entry(operation.group).or_default().push(operation);
    }
    for group in &api.groups {
        let operations = by_group.remove(&group.number).unwrap_or_default();
        let path = format!("src/operations/{}.rs", api.names.group(group.number));
        let file = SourceFile::Tokens(file(api, facts, config, group, &operations));
        if !steps.take_each(file.steps()) {
            break;
        }
        files.insert(path, file);
    }
    files.insert("src/operations/mod.rs".to_owned(), SourceFile::Tokens(index(api)));
    files
}

fn index(api: &Named<'_>) -> TokenStream {
    let mut groups: Vec<&Group> = api.groups.iter().collect();
    groups.sort_by_key(|group| api.names.group(group.number));
    let modules = groups.into_iter().map(|group| {
        let feature = feature(api.names.feature(group.number));
        let module = token(api.names.group(group.number));
        quote!(#feature pub mod #module;)
    });
    let docs = docs::inner(&[
        "The operations of the API.".to_owned(),
        String::new(),
        match api.groups.iter().any(|group| api.names.accessor(group.number).is_some()) {
            true => "The methods of [`Client`](crate::Client), and of the groups that it returns, return \
                     the request types of this module.",
            false => "The methods of [`Client`](crate::Client) return the request types of this module.",
        }
        .to_owned(),
    ]);
    quote! {
        #docs
        #(#modules)*
    }
}

fn file(
    api: &Named<'_>,
    facts: &Facts,
    config: &Config,
    group: &Group,
    operations: &[&Operation],
) -> TokenStream {
    let docs = docs::inner(&operation_docs::group(group));
    let uses = uses(api, operations);
    let methods = operations.iter().map(|operation| method(api, facts, operation));
    let methods_of = methods_of(api, group.number);
    let declaration = api.names.accessor(group.number).map(|name| declaration(api, group, name));
    let items = operations.iter().map(|operation| items(api, config, operation));
    quote! {
        #docs
        #uses

        #declaration

        impl #methods_of {
            #(#methods)*
        }

        #(#items)*
    }
}

/// Returns the type that has the methods of a group.
pub(super) fn methods_of(api: &Named<'_>, group: GroupId) -> TokenStream {
    match api.names.accessor(group) {
        Some(_) => {
            let group = token(api.names.group_type(group));
            quote!(#group<'_>)
        }
        None => quote!(Client),
    }
}

/// Returns the path from the module of a group to its methods. `None` if they are methods of the client.
pub(super) fn group_path(api: &Named<'_>, group: GroupId) -> Option<TokenStream> {
    api.names.accessor(group).map(|_| {
        let group = token(api.names.group_type(group));
        quote!(#group::)
    })
}

/// Returns the client in the methods of a group.
pub(super) fn client_of(api: &Named<'_>, group: GroupId) -> TokenStream {
    if api.names.accessor(group).is_some() { quote!(self.0) } else { quote!(self) }
}

/// Returns the type with the methods of a group, and the method of the client that creates it.
fn declaration(api: &Named<'_>, group: &Group, accessor: &Ident) -> TokenStream {
    let (accessor, rust) = (token(accessor), token(api.names.group_type(group.number)));
    let name = docs::code(group.name.as_deref().unwrap_or_default());
    let of_accessor = docs::outer(&[format!("Returns the methods of the operations of {name}.")]);
    let of_type = docs::outer(&[format!("The methods of the operations of {name}.")]);
    quote! {
        impl Client {
            #of_accessor
            pub fn #accessor(&self) -> #rust<'_> {
                #rust(self)
            }
        }

        #of_type
        #[derive(Debug, Clone, Copy)]
        pub struct #rust<'a>(&'a Client);
    }
}

fn uses(api: &Named<'_>, operations: &[&Operation]) -> TokenStream {
    let mut names = BTreeSet::from(["Client", "Method", "Operation", "Request", "request"]);
    for operation in operations {
        for parameter in &operation.parameters {
            // Texts of all formats are handed over as texts, unless they are in a list.
            if parameter::passing(api, &parameter.ty) != parameter::Passing::Text {
                imports(&parameter.ty, &mut names);
            }
            names.extend(parameter::imports(parameter));
        }
        for content in operation.body.iter().flat_map(|body| &body.contents) {
            if let BodyKind::Json(ty) | BodyKind::Form(ty, _) = &content.kind {
                imports(ty, &mut names);
            }
        }
        operation.body.iter().for_each(|one| body::imports(one, &mut names));
        response::imports(&operation.response, &mut names);
        names.extend(long_running::imports(operation, api));
    }
    let names = names.into_iter().map(name);
    let uses_types = operations.iter().any(|operation| names_types(operation));
    let types = uses_types.then(|| {
        quote!(
            use crate::types;
        )
    });
    let uses_errors = operations.iter().any(|operation| operation.error_set.is_some());
    let errors = uses_errors.then(|| {
        quote!(
            use crate::error_body;
        )
    });
    quote! {
        #errors
        use crate::runtime::{#(#names),*};
        #types
    }
}

/// Returns whether an operation uses declared types.
fn names_types(operation: &Operation) -> bool {
    let is_named = |ty: &Type| !ty.named().is_empty();
    let of_bodies = operation.body.iter().flat_map(|body| &body.contents);
    let mut of_bodies = of_bodies.map(|content| match &content.kind {
        BodyKind::Json(ty) | BodyKind::Form(ty, _) => is_named(ty),
        BodyKind::Multipart(_) => true,
        BodyKind::Text | BodyKind::Bytes => false,
    });
    // An alias of a text is handed over as a text.
    operation.parameters.iter().any(|parameter| is_named(&parameter.ty))
        || of_bodies.any(|named| named)
        || operation.response.contents().iter().any(|one| one.kind.ty().is_some_and(is_named))
}

/// Returns the method of the client.
fn method(api: &Named<'_>, facts: &Facts, operation: &Operation) -> TokenStream {
    let doc = docs::outer(&operation_docs::method(api, facts, operation));
    let (name, request_type) =
        (token(api.names.method(operation.number)), token(api.names.request(operation.number)));
    let required = || operation.parameters.iter().filter(|parameter| parameter.required);
    let mut arguments: Vec<TokenStream> = required().map(|one| argument(api, one)).collect();
    let body = operation.body.as_ref().filter(|body| body.required);
    arguments.extend(body.map(|body| body::argument(api, body)));
    let sets = required().map(|one| set(api, one));
    let is_required = |by: &&AcceptBy| {
        operation.parameter(by.parameter).is_some_and(|parameter| parameter.required)
    };
    let by = operation.accept_by.as_ref().filter(is_required);
    let accept = by.and_then(|by| accept(api, operation, by));
    let accept_call = accept.is_some().then(|| quote!(.accept(accept)));
    let constant = token(api.names.constant(operation.number));
    let client = client_of(api, operation.group);
    let request = quote!(Request::new(#client, &#constant) #(#sets)* #accept_call);
    let request = match body {
        Some(body) => body::set(body, api.names.body(body.operation), &request),
        None => request,
    };
    let generics = body.and_then(body::generics);
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated]));
    quote! {
        #doc
        #deprecated
        pub fn #name #generics(&self, #(#arguments),*) -> #request_type {
            #accept
            #request_type(#request)
        }
    }
}

/// Returns the argument for a parameter.
fn argument(api: &Named<'_>, parameter: &Parameter) -> TokenStream {
    parameter::argument(api, parameter, api.names.parameter(parameter.number))
}

/// Returns the call that adds that argument to a request.
fn set(api: &Named<'_>, parameter: &Parameter) -> TokenStream {
    parameter::set(api, parameter, api.names.parameter(parameter.number))
}

/// Returns the items beside the method: request type, description, responses.
fn items(api: &Named<'_>, config: &Config, operation: &Operation) -> TokenStream {
    let visibility = visibility(config);
    let description = description(api, operation, visibility.as_ref());
    // The declaration only links to the method.
    let method = plain(api.names.method(operation.number));
    let group = group_path(api, operation.group);
    let name = token(api.names.request(operation.number));
    let (output, read) = response::output_and_read(api, operation);
    let setters = setters(api, operation);
    let body = body::item(api, operation, visibility.as_ref());
    let wait = long_running::item(api, operation, visibility.as_ref());
    let response = match &operation.response {
        SuccessResponse::ByCase(cases) => Some(response::item(api, operation, cases)),
        SuccessResponse::One(_) => None,
    };
    quote! {
        #description
        request!(#group #method, #name => #output, #read);
        #setters
        #body
        #response
        #wait
    }
}

/// Returns the visibility of items that the modules of extras use.
fn visibility(config: &Config) -> Option<TokenStream> {
    (!config.extras.is_empty()).then(|| quote!(pub(crate)))
}

/// Returns the description of an operation for the runtime.
fn description(
    api: &Named<'_>,
    operation: &Operation,
    visibility: Option<&TokenStream>,
) -> TokenStream {
    let constant = token(api.names.constant(operation.number));
    let (id, path, accept) = (&operation.id.0, &operation.path, &operation.accept);
    let method = method_constant(&operation.method);
    let errors = match operation.error_set.and_then(|number| api.error_sets.get(number.0)) {
        Some(set) => {
            let set = token(api.names.error_set(set.number));
            quote!(error_body::#set)
        }
        None => quote!(&[]),
    };
    let ways = operation.security.iter().map(|way| {
        let schemes = way.iter().map(|number| proc_macro2::Literal::usize_unsuffixed(number.0));
        quote!(&[#(#schemes),*])
    });
    quote! {
        #visibility static #constant: Operation = Operation {
            id: #id,
            method: #method,
            path: #path,
            accept: #accept,
            security: &[#(#ways),*],
            errors: #errors,
        };
    }
}

/// Returns the HTTP method as a constant of the runtime.
fn method_constant(method: &str) -> TokenStream {
    match METHODS.iter().find(|(_, known)| *known == method) {
        Some((_, known)) => {
            let known = name(known);
            quote!(Method::#known)
        }
        None => quote!(Method::custom(#method)),
    }
}

fn setters(api: &Named<'_>, operation: &Operation) -> Option<TokenStream> {
    let name = token(api.names.request(operation.number));
    let optional = operation.parameters.iter().filter(|parameter| !parameter.required);
    let mut setters: Vec<TokenStream> =
        optional.map(|parameter| setter(api, operation, parameter)).collect();
    setters.extend(operation.body.as_ref().filter(|body| !body.required).map(|body| {
        let name = api.names.body(body.operation);
        let (rust, argument) = (token(name), body::argument(api, body));
        let (generics, set) = (body::generics(body), body::set(body, name, &quote!(self.0)));
        quote! {
            /// Sets the body.
            pub fn #rust #generics(self, #argument) -> Self {
                Self(#set)
            }
        }
    }));
    (!setters.is_empty()).then(|| quote!(impl #name { #(#setters)* }))
}

fn setter(api: &Named<'_>, operation: &Operation, parameter: &Parameter) -> TokenStream {
    let fallback = format!("Sets the parameter {}.", docs::code(&parameter.wire.0));
    let doc = docs::outer(&docs::lines(&parameter.docs, &fallback));
    let rust = token(api.names.parameter(parameter.number));
    let (argument, set) = (argument(api, parameter), set(api, parameter));
    let by_this = |by: &&AcceptBy| by.parameter == parameter.number;
    let accept =
        operation.accept_by.as_ref().filter(by_this).and_then(|by| accept(api, operation, by));
    let accept_call = accept.is_some().then(|| quote!(.accept(accept)));
    quote! {
        #doc
        pub fn #rust(self, #argument) -> Self {
            #accept
            Self(self.0 #set #accept_call)
        }
    }
}

/// Returns the expected media type of the response, selected by the value of a parameter.
fn accept(api: &Named<'_>, operation: &Operation, by: &AcceptBy) -> Option<TokenStream> {
    let parameter = operation.parameter(by.parameter)?;
    let rust = token(api.names.parameter(parameter.number));
    let otherwise = &operation.accept;
    let cases = by.media_types.iter().map(|(value, media_type)| quote!(#value => #media_type));
    // It is an enum or a string.
    let text = match types::resolved(api, &parameter.ty) {
        Type::Named(_) => quote!(#rust.as_str()),
        _ => quote!(#rust),
    };
    Some(quote! {
        let accept = match #text {
            #(#cases,)*
            _ => #otherwise,
        };
    })
}
