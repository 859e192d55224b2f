//! Operations: a method of the client, a request type, and a description for the runtime.

use std::collections::BTreeSet;

use proc_macro2::{Ident as Token, Span, TokenStream};
use quote::quote;

use super::error_body::statuses;
use super::{SourceFile, Sources, docs, imports, operation_docs, token, ty, types};
use crate::analyze::Facts;
use crate::config::Config;
use crate::ir::{
    AcceptBy, Answer, AnswerCase, Api, ContentKind, Group, Location, Operation, Parameter, Shape,
    Statuses, Type,
};

/// `src/operations/…`
pub(super) fn files(api: &Api, facts: &Facts, config: &Config) -> Sources {
    let mut files = Sources::new();
    for (number, group) in api.groups.iter().enumerate() {
        let of_group = |operation: &&Operation| operation.group == number;
        let operations: Vec<&Operation> = api.operations.iter().filter(of_group).collect();
        let path = format!("src/operations/{}.rs", group.module);
        files.insert(path, SourceFile::Tokens(file(api, facts, config, group, &operations)));
    }
    files.insert("src/operations/mod.rs".to_owned(), SourceFile::Tokens(index(api)));
    files
}

fn index(api: &Api) -> TokenStream {
    let mut modules: Vec<Token> = api.groups.iter().map(|group| token(&group.module)).collect();
    modules.sort();
    let docs = docs::inner(&[
        "What the API can do.".to_owned(),
        String::new(),
        "They are called on a [`Client`](crate::Client), which gives requests of the types here."
            .to_owned(),
    ]);
    quote! {
        #docs
        #(pub mod #modules;)*
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
    let uses = uses(operations);
    let methods = operations.iter().map(|operation| method(api, facts, config, operation));
    let items = operations.iter().map(|operation| items(api, operation));
    quote! {
        #docs
        #uses

        impl Client {
            #(#methods)*
        }

        #(#items)*
    }
}

fn uses(operations: &[&Operation]) -> TokenStream {
    let mut names = BTreeSet::from(["Client", "Method", "Operation", "Request", "request"]);
    let mut uses_types = false;
    let mut uses_errors = false;
    let mut note = |ty: &Type| {
        imports(ty, &mut names);
        uses_types |= ty_is_named(ty);
    };
    let mut files = false;
    let mut by_status = false;
    for operation in operations {
        for parameter in &operation.parameters {
            // Dates are handed over as texts, unless they are in a list.
            if parameter.ty != Type::DateTime {
                note(&parameter.ty);
            }
        }
        operation.body.iter().for_each(|body| note(&body.ty));
        by_status |= matches!(operation.answer, Answer::ByStatus { .. });
        for kind in kinds(&operation.answer) {
            match kind {
                ContentKind::Json(ty) => note(ty),
                ContentKind::File => files = true,
                ContentKind::Empty | ContentKind::Text => {}
            }
        }
        uses_errors |= operation.error_set.is_some();
    }
    if files {
        names.insert("Download");
    }
    if by_status {
        names.extend(["DecodeError", "Reply", "Statuses"]);
    }
    let names = names.into_iter().map(|name| Token::new(name, Span::call_site()));
    let types = uses_types.then(|| {
        quote!(
            use crate::types;
        )
    });
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

fn kinds(answer: &Answer) -> Vec<&ContentKind> {
    match answer {
        Answer::One(content) => vec![&content.kind],
        Answer::ByStatus { cases, .. } => cases.iter().map(|case| &case.content.kind).collect(),
    }
}

fn ty_is_named(ty: &Type) -> bool {
    match ty {
        Type::Named(_) => true,
        Type::Array(item) | Type::Map(item) | Type::Nullable(item) => ty_is_named(item),
        Type::Any
        | Type::Boolean
        | Type::Integer(_)
        | Type::Number(_)
        | Type::String
        | Type::DateTime => false,
    }
}

/// The method of the client.
fn method(api: &Api, facts: &Facts, config: &Config, operation: &Operation) -> TokenStream {
    let doc = docs::outer(&operation_docs::method(api, facts, config, operation));
    let (name, request_type) = (token(&operation.method_name), token(&operation.request_type));
    let required = || operation.parameters.iter().filter(|parameter| parameter.required);
    let mut arguments: Vec<TokenStream> =
        required().map(|parameter| argument(api, parameter)).collect();
    let body = operation.body.as_ref().filter(|body| body.required);
    arguments.extend(body.map(|body| {
        let (rust, of) = (token(&body.rust), ty(api, &body.ty, false));
        quote!(#rust: &#of)
    }));
    let sets = required().map(set);
    let json = body.map(|body| {
        let rust = token(&body.rust);
        quote!(.json(#rust))
    });
    let is_required = |by: &&AcceptBy| {
        operation.parameters.get(by.parameter).is_some_and(|parameter| parameter.required)
    };
    let by = operation.accept_by.as_ref().filter(is_required);
    let accept = by.and_then(|by| accept(api, operation, by));
    let accept_call = accept.is_some().then(|| quote!(.accept(accept)));
    let constant = token(&operation.constant);
    quote! {
        #doc
        pub fn #name(&self, #(#arguments),*) -> #request_type {
            #accept
            let request = Request::new(self, &#constant)#(#sets)*#accept_call #json;
            #request_type(request)
        }
    }
}

fn argument(api: &Api, parameter: &Parameter) -> TokenStream {
    let (rust, of) = (token(&parameter.rust), argument_type(api, &parameter.ty));
    quote!(#rust: #of)
}

/// Texts and lists are borrowed, the rest is small.
fn argument_type(api: &Api, of: &Type) -> TokenStream {
    match types::resolved(api, of) {
        Type::String | Type::DateTime => quote!(&str),
        Type::Array(item) => {
            let item = ty(api, &item, false);
            quote!(&[#item])
        }
        _ => ty(api, of, false),
    }
}

/// Puts a parameter where it goes.
fn set(parameter: &Parameter) -> TokenStream {
    let wire = &parameter.wire.0;
    let value = token(&parameter.rust);
    match (parameter.location, parameter.explode) {
        (Location::Path, _) => quote!(.path(#wire, #value)),
        (Location::Query, true) => quote!(.query(#wire, #value)),
        (Location::Query, false) => quote!(.query_joined(#wire, #value)),
        (Location::Header, _) => quote!(.header(#wire, #value)),
    }
}

/// The description for the runtime, the request type, its setters, and what it answers.
fn items(api: &Api, operation: &Operation) -> TokenStream {
    let description = description(api, operation);
    let request = request(api, operation);
    let setters = setters(api, operation);
    let answer = match &operation.answer {
        Answer::One(_) => None,
        Answer::ByStatus { rust, cases } => Some(answer(api, operation, rust, cases)),
    };
    quote! {
        #description
        #request
        #setters
        #answer
    }
}

fn description(api: &Api, operation: &Operation) -> TokenStream {
    let (constant, id) = (token(&operation.constant), &operation.id.0);
    let method = Token::new(operation.method, Span::call_site());
    let Operation { path, accept, authenticated, .. } = operation;
    let errors = match operation.error_set.and_then(|number| api.error_sets.get(number)) {
        Some(set) => {
            let set = token(&set.constant);
            quote!(error_body::#set)
        }
        None => quote!(&[]),
    };
    quote! {
        static #constant: Operation = Operation {
            id: #id,
            method: Method::#method,
            path: #path,
            accept: #accept,
            authenticated: #authenticated,
            errors: #errors,
        };
    }
}

fn request(api: &Api, operation: &Operation) -> TokenStream {
    let (method, name) = (token(&operation.method_name), token(&operation.request_type));
    let (output, read) = match &operation.answer {
        Answer::One(content) => (output(api, &content.kind), read(&content.kind)),
        Answer::ByStatus { rust, .. } => {
            let rust = token(rust);
            (quote!(#rust), quote!(by_status))
        }
    };
    quote!(request!(#method, #name => #output, #read);)
}

/// The type of a body.
fn output(api: &Api, kind: &ContentKind) -> TokenStream {
    match kind {
        ContentKind::Empty => quote!(()),
        ContentKind::Json(of) => ty(api, of, false),
        ContentKind::Text => quote!(String),
        ContentKind::File => quote!(Download),
    }
}

/// How a body is read.
fn read(kind: &ContentKind) -> TokenStream {
    match kind {
        ContentKind::Empty => quote!(empty),
        ContentKind::Json(_) => quote!(json),
        ContentKind::Text => quote!(text),
        ContentKind::File => quote!(file),
    }
}

fn setters(api: &Api, operation: &Operation) -> Option<TokenStream> {
    let name = token(&operation.request_type);
    let optional = operation.parameters.iter().filter(|parameter| !parameter.required);
    let mut setters: Vec<TokenStream> =
        optional.map(|parameter| setter(api, operation, parameter)).collect();
    setters.extend(operation.body.as_ref().filter(|body| !body.required).map(|body| {
        let (rust, of) = (token(&body.rust), ty(api, &body.ty, false));
        quote! {
            /// Sets the body.
            pub fn #rust(self, #rust: &#of) -> Self {
                Self(self.0.json(#rust))
            }
        }
    }));
    (!setters.is_empty()).then(|| quote!(impl #name { #(#setters)* }))
}

fn setter(api: &Api, operation: &Operation, parameter: &Parameter) -> TokenStream {
    let fallback = format!("Sets the parameter `{}`.", parameter.wire);
    let doc = docs::outer(&docs::lines(&parameter.docs, &fallback));
    let (rust, argument) = (token(&parameter.rust), argument(api, parameter));
    let set = set(parameter);
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

/// The media type that the answer must have, by the value of a parameter.
fn accept(api: &Api, operation: &Operation, by: &AcceptBy) -> Option<TokenStream> {
    let parameter = operation.parameters.get(by.parameter)?;
    let rust = token(&parameter.rust);
    let otherwise = &operation.accept;
    let cases = by.media_types.iter().map(|(value, media_type)| quote!(#value => #media_type));
    let text = match types::resolved(api, &parameter.ty) {
        Type::Named(id) if matches!(api.type_def(id).shape, Shape::Enum(_)) => {
            quote!(#rust.as_str())
        }
        _ => quote!(#rust),
    };
    Some(quote! {
        let accept = match #text {
            #(#cases,)*
            _ => #otherwise,
        };
    })
}

/// The type of an answer that depends on the status, and how it is read.
fn answer(
    api: &Api,
    operation: &Operation,
    rust: &crate::ir::Ident,
    cases: &[AnswerCase],
) -> TokenStream {
    let name = token(rust);
    let doc = docs::outer(&[format!("What [`Client::{}`] answers.", operation.method_name)]);
    let variants = cases.iter().map(|case| {
        let fallback = format!("`{}`", case.statuses);
        let mut lines =
            vec![format!("`{}`: {}", case.statuses, docs::cell(&case.content.description))];
        if case.content.description.trim().is_empty() {
            lines = vec![fallback];
        }
        let (doc, variant) = (docs::outer(&lines), token(&case.rust));
        match &case.content.kind {
            ContentKind::Empty => quote!(#doc #variant),
            kind => {
                let output = output(api, kind);
                quote!(#doc #variant(#output))
            }
        }
    });
    let mut sorted: Vec<&AnswerCase> = cases.iter().collect();
    sorted.sort_by_key(|case| case.statuses);
    let reads = sorted.iter().map(|case| {
        let variant = token(&case.rust);
        let read = match &case.content.kind {
            ContentKind::Empty => quote!(Ok(Self::#variant)),
            ContentKind::Text | ContentKind::File => quote!(reply.text().map(Self::#variant)),
            ContentKind::Json(_) => quote!(reply.json().map(Self::#variant)),
        };
        let statuses = statuses(case.statuses);
        quote!(status if #statuses.contain(status) => #read)
    });
    let has_default = cases.iter().any(|case| case.statuses == Statuses::Default);
    let otherwise = (!has_default).then(|| quote!(_ => Err(reply.undocumented()),));
    quote! {
        #doc
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
        }

        impl #name {
            fn read(reply: &Reply) -> Result<Self, DecodeError> {
                match reply.status() {
                    #(#reads,)*
                    #otherwise
                }
            }
        }
    }
}
