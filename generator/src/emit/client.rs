//! The crate's root, and what its API is.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::{SourceFile, docs, token};
use crate::ir::{Api, CredentialSources, ErrorBodyFormat, Server, ServerVariable};

/// `src/lib.rs`
pub(super) fn lib() -> SourceFile {
    SourceFile::Tokens(quote! {
        #![doc = include_str!("../README.md")]

        mod client;
        mod error_body;
        pub mod operations;
        pub mod runtime;
        pub mod types;

        pub use crate::error_body::ErrorBody;
        pub use crate::runtime::{
            AccessToken, ApiError, AuthError, Client, ClientBuilder, ConfigError, ConnectionError, DateTime,
            DecodeError, Download, Error, FileKind, HeaderMap, IfExists, Nullable, Properties, Response, RetryPolicy, SaveError,
            Secret, StatusCode, TimeoutError, TokenFuture, TokenSource,
        };
        pub use serde_json::{Value, json};
    })
}

/// `src/client.rs`
pub(super) fn client(api: &Api) -> SourceFile {
    let servers = api.servers.iter().map(server);
    let token_url = optional(api.token_url.as_ref());
    let environment = match &api.credential_sources {
        Some(sources) => environment(sources),
        None => quote!(None),
    };
    let error_format = match &api.error_body {
        Some(format) => error_format(format),
        None => quote!(ErrorFormat::COMMON),
    };
    let from_env = api.credential_sources.as_ref().map(from_env);
    let variables = variables(api);
    let uses = uses(api);
    SourceFile::Tokens(quote! {
        //! Where the API is, and how its clients sign in.
        #uses

        /// What the document says of the API as a whole.
        static API: Api = Api {
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")),
            servers: &[#(#servers),*],
            token_url: #token_url,
            environment: #environment,
            error_format: #error_format,
        };

        impl Client {
            /// A client of which everything can be set.
            pub fn builder() -> ClientBuilder {
                ClientBuilder::new(&API)
            }

            #from_env
        }

        #variables
    })
}

fn uses(api: &Api) -> TokenStream {
    let mut names = vec![quote!(Api), quote!(Client), quote!(ClientBuilder)];
    if api.credential_sources.is_some() {
        names.extend([quote!(Environment), quote!(Error)]);
    }
    names.push(quote!(ErrorFormat));
    if !api.servers.is_empty() {
        names.push(quote!(Server));
    }
    quote!(use crate::runtime::{#(#names),*};)
}

fn server(server: &Server) -> TokenStream {
    let url = &server.url;
    let variables = server.variables.iter().map(|variable| {
        let (name, default) = (&variable.wire.0, &variable.default);
        quote!((#name, #default))
    });
    quote!(Server { url: #url, variables: &[#(#variables),*] })
}

fn optional(text: Option<&String>) -> TokenStream {
    match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    }
}

fn environment(sources: &CredentialSources) -> TokenStream {
    let CredentialSources { base_url, client_id, client_secret, .. } = sources;
    quote!(Some(Environment {
        base_url: #base_url,
        client_id: #client_id,
        client_secret: #client_secret,
    }))
}

fn error_format(format: &ErrorBodyFormat) -> TokenStream {
    let ErrorBodyFormat { message, code, tracking_id } = format;
    quote!(ErrorFormat {
        message: &[#(#message),*],
        code: &[#(#code),*],
        tracking_id: &[#(#tracking_id),*],
    })
}

fn from_env(sources: &CredentialSources) -> TokenStream {
    let CredentialSources { base_url, client_id, client_secret, .. } = sources;
    let doc = docs::outer(&[
        "A client that signs in with what the environment holds:".to_owned(),
        String::new(),
        format!("- `{base_url}`: the base URL of the API,"),
        format!("- `{client_id}`: the id of the client,"),
        format!("- `{client_secret}`: its secret."),
        String::new(),
        "# Errors".to_owned(),
        String::new(),
        "[`Error::Config`] with the name of the variable that is not set.".to_owned(),
    ]);
    quote! {
        #doc
        pub fn from_env() -> Result<Self, Error> {
            let builder = Self::builder();
            match &API.environment {
                Some(names) => builder.environment(names)?.build(),
                None => builder.build(),
            }
        }
    }
}

/// A setter for each variable of the servers.
fn variables(api: &Api) -> Option<TokenStream> {
    let mut known = BTreeSet::new();
    let all = api
        .servers
        .iter()
        .flat_map(|server| server.variables.iter().map(move |variable| (server, variable)));
    let setters: Vec<TokenStream> = all
        .filter(|(_, variable)| known.insert(&variable.wire))
        .map(|(server, variable)| setter(server, variable))
        .collect();
    (!setters.is_empty()).then(|| {
        quote! {
            impl ClientBuilder {
                #(#setters)*
            }
        }
    })
}

fn setter(server: &Server, variable: &ServerVariable) -> TokenStream {
    let fallback = format!("Sets the variable `{}` of the server.", variable.wire);
    let mut lines = docs::lines(&variable.docs, &fallback);
    let note = format!(
        "It is a part of the base URL `{}`. The default is `{}`.",
        server.url, variable.default
    );
    docs::paragraph(&mut lines, Some(&note));
    let doc = docs::outer(&lines);
    let (rust, wire) = (token(&variable.rust), &variable.wire.0);
    quote! {
        #doc
        pub fn #rust(self, value: impl Into<String>) -> Self {
            self.server_variable(#wire, value)
        }
    }
}
