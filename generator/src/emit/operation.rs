//! Operations: a method of the client, a request type, and a description for the runtime.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    SourceFile, Sources, body, docs, feature, imports, long_running, name, operation_docs,
    parameter, response, token, types,
};
use crate::analyze::Facts;
use crate::config::Config;
use crate::ir::{
    AcceptBy, Api, BodyKind, Group, Operation, Parameter, Shape, StringFormat, SuccessResponse,
    Type,
};
use crate::limits::Steps;

/// `src/operations/…`
pub(super) fn files(api: &Api, facts: &Facts, config: &Config, steps: &Steps) -> Sources {
    let mut files = Sources::new();
    let mut by_group: BTreeMap<usize, Vec<&Operation>> = BTreeMap::new();
    for operation in &api.operations {
        by_group.entry(operation.group).or_default().push(operation);
    }
    for (number, group) in api.groups.iter().enumerate() {
        let operations = by_group.remove(&number).unwrap_or_default();
        let path = format!("src/operations/{}.rs", group.module);
        let file = SourceFile::Tokens(file(api, facts, config, group, &operations));
        if !steps.take_each(file.steps()) {
            break;
        }
        files.insert(path, file);
    }
    files.insert("src/operations/mod.rs".to_owned(), SourceFile::Tokens(index(api, facts)));
    files
}

fn index(api: &Api, facts: &Facts) -> TokenStream {
    let mut groups: Vec<(usize, &Group)> = api.groups.iter().enumerate().collect();
    groups.sort_by_key(|(_, group)| &group.module);
    let modules = groups.into_iter().map(|(number, group)| {
        let (feature, module) = (feature(facts.features.of_group(number)), token(&group.module));
        quote!(#feature pub mod #module;)
    });
    let docs = docs::inner(&[
        "The operations of the API.".to_owned(),
        String::new(),
        "The methods of [`Client`](crate::Client) return the request types of this module."
            .to_owned(),
    ]);
    quote! {
        #docs
        #(#modules)*
    }
}

fn file(
    api: &Api,
    facts: &Facts,
    config: &Config,
    group: &Group,
    operations: &[&Operation],
) -> TokenStream {
    let docs = docs::inner(&operation_docs::group(group));
    let uses = uses(api, operations);
    let methods = operations.iter().map(|operation| method(api, facts, config, operation));
    let items = operations.iter().map(|operation| items(api, config, operation));
    quote! {
        #docs
        #uses

        impl Client {
            #(#methods)*
        }

        #(#items)*
    }
}

fn uses(api: &Api, operations: &[&Operation]) -> TokenStream {
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

/// Whether an operation has to do with declared types.
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

/// The method of the client.
fn method(api: &Api, facts: &Facts, config: &Config, operation: &Operation) -> TokenStream {
    let doc = docs::outer(&operation_docs::method(api, facts, config, operation));
    let (name, request_type) = (token(&operation.method_name), token(&operation.request_type));
    let required = || operation.parameters.iter().filter(|parameter| parameter.required);
    let mut arguments: Vec<TokenStream> =
        required().map(|one| parameter::argument(api, one)).collect();
    let body = operation.body.as_ref().filter(|body| body.required);
    arguments.extend(body.map(|body| body::argument(api, body)));
    let sets = required().map(|one| parameter::set(api, one));
    let is_required = |by: &&AcceptBy| {
        operation.parameters.get(by.parameter).is_some_and(|parameter| parameter.required)
    };
    let by = operation.accept_by.as_ref().filter(is_required);
    let accept = by.and_then(|by| accept(api, operation, by));
    let accept_call = accept.is_some().then(|| quote!(.accept(accept)));
    let constant = token(&operation.constant);
    let request = quote!(Request::new(self, &#constant) #(#sets)* #accept_call);
    let request = match body {
        Some(body) => body::set(body, &request),
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

/// What stands beside the method.
fn items(api: &Api, config: &Config, operation: &Operation) -> TokenStream {
    let visibility = visibility(config);
    let description = description(api, operation, visibility.as_ref());
    // The declaration only links to the method.
    let method = name(operation.method_name.plain());
    let name = token(&operation.request_type);
    let (output, read) = response::output_and_read(api, &operation.response);
    let setters = setters(api, operation);
    let body = body::item(api, operation, visibility.as_ref());
    let wait = long_running::item(api, operation, visibility.as_ref());
    let response = match &operation.response {
        SuccessResponse::ByCase { rust, cases } => {
            Some(response::item(api, operation, rust, cases))
        }
        SuccessResponse::One(_) => None,
    };
    quote! {
        #description
        request!(#method, #name => #output, #read);
        #setters
        #body
        #response
        #wait
    }
}

/// The visibility of what the modules of extras use.
fn visibility(config: &Config) -> Option<TokenStream> {
    (!config.extras.is_empty()).then(|| quote!(pub(crate)))
}

/// The description of an operation for the runtime.
fn description(api: &Api, operation: &Operation, visibility: Option<&TokenStream>) -> TokenStream {
    let constant = token(&operation.constant);
    let (id, path, accept) = (&operation.id.0, &operation.path, &operation.accept);
    let method = name(operation.method);
    let errors = match operation.error_set.and_then(|number| api.error_sets.get(number)) {
        Some(set) => {
            let set = token(&set.constant);
            quote!(error_body::#set)
        }
        None => quote!(&[]),
    };
    let ways = operation.security.iter().map(|way| {
        let schemes = way.iter().map(|number| proc_macro2::Literal::usize_unsuffixed(*number));
        quote!(&[#(#schemes),*])
    });
    quote! {
        #visibility static #constant: Operation = Operation {
            id: #id,
            method: Method::#method,
            path: #path,
            accept: #accept,
            security: &[#(#ways),*],
            errors: #errors,
        };
    }
}

fn setters(api: &Api, operation: &Operation) -> Option<TokenStream> {
    let name = token(&operation.request_type);
    let optional = operation.parameters.iter().filter(|parameter| !parameter.required);
    let mut setters: Vec<TokenStream> =
        optional.map(|parameter| setter(api, operation, parameter)).collect();
    setters.extend(operation.body.as_ref().filter(|body| !body.required).map(|body| {
        let (rust, argument) = (token(&body.rust), body::argument(api, body));
        let (generics, set) = (body::generics(body), body::set(body, &quote!(self.0)));
        quote! {
            /// Sets the body.
            pub fn #rust #generics(self, #argument) -> Self {
                Self(#set)
            }
        }
    }));
    (!setters.is_empty()).then(|| quote!(impl #name { #(#setters)* }))
}

fn setter(api: &Api, operation: &Operation, parameter: &Parameter) -> TokenStream {
    let fallback = format!("Sets the parameter {}.", docs::code(&parameter.wire.0));
    let doc = docs::outer(&docs::lines(&parameter.docs, &fallback));
    let (rust, argument) = (token(&parameter.rust), parameter::argument(api, parameter));
    let set = parameter::set(api, parameter);
    let by_this = |by: &&AcceptBy| {
        operation.parameters.get(by.parameter).is_some_and(|by| by.wire == parameter.wire)
    };
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

/// The media type that the response must have, by the value of a parameter.
fn accept(api: &Api, operation: &Operation, by: &AcceptBy) -> Option<TokenStream> {
    let parameter = operation.parameters.get(by.parameter)?;
    let rust = token(&parameter.rust);
    let otherwise = &operation.accept;
    let cases = by.media_types.iter().map(|(value, media_type)| quote!(#value => #media_type));
    let text = match types::resolved(api, &parameter.ty) {
        Type::Named(id) if matches!(api.type_def(id).shape, Shape::Enum(_)) => {
            quote!(#rust.as_str())
        }
        Type::String(StringFormat::Plain) => quote!(#rust),
        // Nothing else can be compared with the values of the extension.
        _ => return None,
    };
    Some(quote! {
        let accept = match #text {
            #(#cases,)*
            _ => #otherwise,
        };
    })
}
