//! The mock server: for each operation, a method that expects it, the values that can be expected, and
//! the responses. Everything that does not depend on the document is in the runtime.

mod case;
mod group;

use std::collections::BTreeSet;

use proc_macro2::{Ident as Token, Literal, TokenStream};
use quote::quote;

use super::example::Example;
use super::{
    SourceFile, Sources, docs, example, feature, guide, imports, name as static_name, token, ty,
};
use crate::analyze::Facts;
use crate::ir::{ErrorSet, Operation, Statuses};
use crate::name::Named;

/// `src/mock/…`
pub(super) fn files(api: &Named<'_>, facts: &Facts) -> Sources {
    let mut files = Sources::new();
    for group in &api.groups {
        let operations = api.operations.iter();
        let of_group: Vec<&Operation> =
            operations.filter(|operation| operation.group == group.number).collect();
        let module = api.names.group(group.number);
        let file = group::file(api, group, &of_group);
        files.insert(format!("src/mock/{module}.rs"), SourceFile::Tokens(file));
    }
    let index = index(api, &example(api, facts));
    files.insert("src/mock/mod.rs".to_owned(), SourceFile::Tokens(index));
    files
}

fn index(api: &Named<'_>, example: &[String]) -> TokenStream {
    let docs = docs::inner(example);
    let modules = api.groups.iter().map(|group| {
        let feature = feature(api.names.feature(group.number));
        let module = token(api.names.group(group.number));
        // The type of a group is documented in its module.
        let visibility = api.names.accessor(group.number).map(|_| quote!(pub));
        quote!(#feature #visibility mod #module;)
    });
    let errors: Vec<TokenStream> = api.error_sets.iter().map(|set| error_set(api, set)).collect();
    let uses = (!errors.is_empty()).then(|| {
        let mut names = BTreeSet::new();
        api.error_bodies.iter().for_each(|body| imports(&body.ty, &mut names));
        let names_types = api.error_bodies.iter().any(|body| !body.ty.named().is_empty());
        uses(&names, names_types)
    });
    quote! {
        #docs

        #(#modules)*

        use crate::Client;
        #uses
        pub use crate::runtime::mock::{ResponseTemplate, Empty, Events, Expectation, File, Json, Lines, MockServer, Text, TextEvents, file,
        };

        impl MockServer {
            /// Starts a server and creates a client for it.
            ///
            /// # Panics
            ///
            /// The server cannot be started.
            pub async fn start() -> Self {
                Self::with_builder(Client::builder()).await
            }
        }

        #(#errors)*
    }
}

/// Returns the imports from the runtime and from the types.
fn uses(names: &BTreeSet<&'static str>, names_types: bool) -> TokenStream {
    let names: Vec<_> = names.iter().map(|name| static_name(name)).collect();
    let names = (!names.is_empty()).then(|| quote!(use crate::runtime::{#(#names),*};));
    let types = names_types.then(|| {
        quote!(
            use crate::types;
        )
    });
    quote! {
        #names
        #types
    }
}

/// Returns the marker type of a set of errors, and a responder for each error.
fn error_set(api: &Named<'_>, set: &ErrorSet) -> TokenStream {
    let rust = token(api.names.error_marker(set.number));
    let listed: Vec<String> =
        set.cases.iter().map(|(statuses, _)| format!("`{statuses}`")).collect();
    let doc = docs::outer(&[format!("The errors {}.", listed.join(", "))]);
    let responders = set.cases.iter().filter_map(|(statuses, number)| {
        let of = ty(api, &api.error_bodies.get(number.0)?.ty, false);
        Some(responder(*statuses, &token(api.names.error_responder(*statuses)), &of))
    });
    quote! {
        #doc
        #[derive(Debug)]
        pub enum #rust {}

        impl<Op, Success> Expectation<Op, Success, #rust> {
            #(#responders)*
        }
    }
}

/// Returns a method that responds with an error. The status is an argument if it is not a single one.
fn responder(statuses: Statuses, name: &Token, body: &TokenStream) -> TokenStream {
    let (doc, panics, argument, status) = match statuses {
        Statuses::Code(code) => {
            let doc = format!("Responds with the error {code}.");
            let code = Literal::u16_unsuffixed(code);
            (doc, "A value cannot be encoded.", None, quote!(#code))
        }
        Statuses::Class(_) | Statuses::Default => (
            "Responds with this error and one of its statuses.".to_owned(),
            "The status is invalid, or a value cannot be encoded.",
            Some(quote!(status: u16,)),
            quote!(status),
        ),
    };
    let doc =
        docs::outer(&[doc, String::new(), "# Panics".to_owned(), String::new(), panics.to_owned()]);
    quote! {
        #doc
        #[track_caller]
        pub fn #name(self, #argument body: impl std::borrow::Borrow<#body>) {
            self.respond(ResponseTemplate::json::<#body>(#status, body.borrow()));
        }
    }
}

/// Returns the documentation of the module, with an example that compiles.
fn example(api: &Named<'_>, facts: &Facts) -> Vec<String> {
    let mut lines: Vec<String> = [
        "A mock server for tests.",
        "",
        "A [`MockServer`] has a method for each operation, which begins an [`Expectation`]. Set the expected",
        "parameters with the same names as on the client, and the expected body with `expect`. Then set",
        "the response: `respond_ok` and the methods for documented errors take the types of the document,",
        "`respond` takes any response.",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut candidates: Vec<&Operation> = api.operations.iter().collect();
    candidates.sort_by_key(|operation| guide::rank(operation));
    let call = candidates.into_iter().find_map(|operation| example::mocked(api, facts, operation));
    if let Some(call) = call {
        let library = api.names.library();
        lines.extend([
            String::new(),
            "```no_run".to_owned(),
            format!("use {library}::mock::MockServer;"),
        ]);
        let Example { import, body } = call;
        lines.extend(import);
        lines.extend([
            String::new(),
            format!("# async fn example() -> Result<(), {library}::Error> {{"),
            "let mock = MockServer::start().await;".to_owned(),
        ]);
        lines.extend(body);
        lines.extend(["# Ok(())", "# }", "```"].map(str::to_owned));
    }
    lines
}
