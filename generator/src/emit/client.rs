//! The root of the crate, and the description of the API.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{SourceFile, docs, guide, name, parameter, token};
use crate::analyze::Facts;
use crate::config::Config;
use crate::ir::{
    CredentialFile, CredentialSources, ErrorBodyFormat, OperationServer, SecurityKind,
    SecurityScheme, Server, ServerVariable, TokenEndpoint,
};
use crate::name::Named;

/// `src/lib.rs`
pub(super) fn lib(api: &Named<'_>, facts: &Facts, config: &Config) -> SourceFile {
    let reason = "a set of errors may belong to operations of a feature that is off";
    let with_features =
        api.names.has_features().then(|| quote!(#[allow(dead_code, reason = #reason)]));
    let headers = (!api.headers.is_empty()).then(|| {
        quote!(
            pub mod headers;
        )
    });
    let extras = config.extras.iter().map(|extra| {
        let (feature, module) = (extra.feature(), name(extra.feature()));
        quote!(
            #[cfg(feature = #feature)]
            pub mod #module;
        )
    });
    let front_page = guide::front_page(api, facts, config);
    let exports = exports(api);
    SourceFile::Tokens(quote! {
        #front_page
        #![cfg_attr(docsrs, feature(doc_cfg))]

        #(#extras)*
        mod client;
        #with_features
        mod error_body;
        #headers
        pub mod operations;
        #[doc(hidden)]
        pub mod runtime;
        pub mod types;

        #exports
    })
}

/// Returns the exports of the root: the types that users name. The module `runtime` itself is hidden.
fn exports(api: &Named<'_>) -> TokenStream {
    let has_jobs = api.operations.iter().any(|operation| operation.long_running.is_some());
    let jobs = has_jobs.then(|| {
        quote!(
            #[doc(inline)]
            pub use crate::runtime::{
                Completed, Export, ExportOutput, ExportProgress, PollEvent, PollStatus, PollUpdate,
                Poller, WaitError,
            };
        )
    });
    quote! {
        #[doc(inline)]
        pub use crate::error_body::ErrorBody;
        #[doc(inline)]
        pub use crate::runtime::{
            AccessToken, ApiError, AuthError, Base64, Base64Error, Client, ClientBuilder, ConfigError,
            ConnectionError, Credential, Date, DateTime, DateTimeError, Decimal, DecimalError, DecodeError, Download,
            DownloadStream, Error, Event, EventStream, FileKind, Form, HeaderMap, IfExists, JsonLines, Nullable,
            Properties, RateLimit, Response, ResponseFuture, ResponseHeader, RetryPolicy, SaveError, SaveIn, Secret, Span,
            StatusCode, Time, TimeoutError, TokenFuture, TokenSource, Undecoded, Upload,
        };
        #[cfg(feature = "blocking")]
        #[doc(inline)]
        pub use crate::runtime::Wait;
        #jobs
        #[doc(no_inline)]
        pub use serde_json::{Value, json};
    }
}

/// `src/client.rs`
pub(super) fn client(api: &Named<'_>) -> SourceFile {
    let servers = api.servers.iter().map(server);
    let operation_servers = api.operation_servers.iter().map(|one| operation_server(api, one));
    let schemes = api.security_schemes.iter().map(scheme);
    let token_endpoint = token_endpoint(api.token_endpoint.as_ref());
    let environment = match &api.credential_sources {
        Some(sources) => environment(sources),
        None => quote!(None),
    };
    let error_format = match &api.error_body {
        Some(format) => error_format(format),
        None => quote!(ErrorFormat::COMMON),
    };
    let rate_limit = rate_limit(api);
    let files = api.credential_sources.iter().flat_map(|sources| &sources.files);
    let files = files.map(credential_file);
    let from_env = api.credential_sources.as_ref().map(from_env);
    let setters = setters(api);
    let uses = uses(api);
    SourceFile::Tokens(quote! {
        //! The servers of the API, and how clients authenticate.
        #uses

        /// The facts of the document that apply to the whole API.
        static API: Api = Api {
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")),
            servers: &[#(#servers),*],
            operation_servers: &[#(#operation_servers),*],
            security: &[#(#schemes),*],
            token_endpoint: #token_endpoint,
            environment: #environment,
            credential_files: &[#(#files),*],
            error_format: #error_format,
            rate_limit: #rate_limit,
        };

        impl Client {
            /// Returns a builder for a client.
            pub fn builder() -> ClientBuilder {
                ClientBuilder::new(&API)
            }

            #from_env
        }

        #setters
    })
}

fn uses(api: &Named<'_>) -> TokenStream {
    let mut names = BTreeSet::from(["Api", "Client", "ClientBuilder", "ErrorFormat"]);
    if api.credential_sources.is_some() {
        names.extend(["Environment", "Error"]);
    }
    if api.credential_sources.iter().any(|sources| !sources.files.is_empty()) {
        names.extend(["CredentialFile", "FileSyntax"]);
    }
    let keys = |scheme: &SecurityScheme| scheme.kind != SecurityKind::Bearer;
    if api.security_schemes.iter().any(keys) {
        names.extend(["Credential", "Secret"]);
    }
    let is_key = |scheme: &SecurityScheme| matches!(scheme.kind, SecurityKind::ApiKey(..));
    if api.security_schemes.iter().any(is_key) {
        names.insert("Location");
    }
    if api.rate_limit.is_some() {
        names.insert("RateLimit");
    }
    if !api.security_schemes.is_empty() {
        names.extend(["SecurityKind", "SecurityScheme"]);
    }
    if api.all_servers().next().is_some() {
        names.insert("Server");
    }
    if !api.operation_servers.is_empty() {
        names.insert("OperationServer");
    }
    if api.all_servers().any(|server| !server.variables.is_empty()) {
        names.insert("ServerVariable");
    }
    if api.token_endpoint.is_some() {
        names.insert("TokenEndpoint");
    }
    let duration = api.rate_limit.map(|_| {
        quote!(
            use std::time::Duration;
        )
    });
    let names = names.into_iter().map(name);
    quote!(#duration use crate::runtime::{#(#names),*};)
}

fn server(server: &Server) -> TokenStream {
    let url = &server.url;
    let variables = server.variables.iter().map(|variable| {
        let name = &variable.wire.0;
        let default = match (variable.required, &variable.default) {
            (true, _) => quote!(None),
            (false, default) => quote!(Some(#default)),
        };
        quote!(ServerVariable { name: #name, default: #default })
    });
    quote!(Server { url: #url, variables: &[#(#variables),*] })
}

fn operation_server(api: &Named<'_>, of: &OperationServer) -> TokenStream {
    let (server, has_same_host) = (server(&of.server), of.has_same_host);
    let operations = of.operations.iter().map(|number| &api.operation(*number).id.0);
    quote!(OperationServer {
        server: #server,
        has_same_host: #has_same_host,
        operations: &[#(#operations),*],
    })
}

fn scheme(scheme: &SecurityScheme) -> TokenStream {
    let name = &scheme.wire.0;
    let kind = match &scheme.kind {
        SecurityKind::ApiKey(location, name) => {
            let (location, name) = (parameter::location(*location), &name.0);
            quote!(SecurityKind::ApiKey { location: #location, name: #name })
        }
        SecurityKind::Basic => quote!(SecurityKind::Basic),
        SecurityKind::Bearer => quote!(SecurityKind::Bearer),
    };
    quote!(SecurityScheme { name: #name, kind: #kind })
}

fn token_endpoint(endpoint: Option<&TokenEndpoint>) -> TokenStream {
    match endpoint {
        Some(TokenEndpoint::Url(url)) => quote!(Some(TokenEndpoint::Url(#url))),
        Some(TokenEndpoint::Discovery(url)) => quote!(Some(TokenEndpoint::Discovery(#url))),
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

fn rate_limit(api: &Named<'_>) -> TokenStream {
    match api.rate_limit {
        Some((requests, seconds)) => {
            let requests = Literal::u32_unsuffixed(requests);
            let seconds = Literal::u64_unsuffixed(seconds);
            quote!(Some(RateLimit::new(#requests, Duration::from_secs(#seconds))))
        }
        None => quote!(None),
    }
}

fn credential_file(file: &CredentialFile) -> TokenStream {
    let CredentialFile { path, yaml, environment, base_url, client_id, client_secret } = file;
    let syntax = name(if *yaml { "Yaml" } else { "Json" });
    let environment = match environment {
        Some(pointer) => quote!(Some(#pointer)),
        None => quote!(None),
    };
    quote!(CredentialFile {
        path: #path,
        syntax: FileSyntax::#syntax,
        environment: #environment,
        base_url: #base_url,
        client_id: #client_id,
        client_secret: #client_secret,
    })
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
        "Returns a client with the settings of these environment variables:".to_owned(),
        String::new(),
        format!("- {}: the base URL of the API", docs::code(base_url)),
        format!("- {}: the client id", docs::code(client_id)),
        format!("- {}: the client secret", docs::code(client_secret)),
        String::new(),
        "# Errors".to_owned(),
        String::new(),
        "[`Error::Config`] with the names of the variables that are unset or empty.".to_owned(),
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

/// Returns a setter for each server variable, and for each security scheme that needs one.
fn setters(api: &Named<'_>) -> Option<TokenStream> {
    let mut known = BTreeSet::new();
    let all = api
        .all_servers()
        .flat_map(|server| server.variables.iter().map(move |variable| (server, variable)));
    let mut setters: Vec<TokenStream> = all
        .filter(|(_, variable)| known.insert(&variable.wire))
        .map(|(server, variable)| setter(api, server, variable))
        .collect();
    setters.extend(api.security_schemes.iter().filter_map(|scheme| credential(api, scheme)));
    (!setters.is_empty()).then(|| {
        quote! {
            impl ClientBuilder {
                #(#setters)*
            }
        }
    })
}

fn setter(api: &Named<'_>, server: &Server, variable: &ServerVariable) -> TokenStream {
    let fallback = format!("Sets the server variable {}.", docs::code(&variable.wire.0));
    let mut lines = docs::lines(&variable.docs, &fallback);
    let default = docs::code(&variable.default);
    let default = match variable.required {
        true => format!(
            "It is required, unless `base_url` is set: the default of the document, {default}, is an example."
        ),
        false => format!("The default is {default}."),
    };
    let note = format!("It is part of the base URL {}. {default}", docs::code(&server.url));
    docs::paragraph(&mut lines, Some(&note));
    let doc = docs::outer(&lines);
    let (rust, wire) = (token(api.names.server_variable(variable.wire.clone())), &variable.wire.0);
    quote! {
        #doc
        pub fn #rust(self, value: impl Into<String>) -> Self {
            self.server_variable(#wire, value)
        }
    }
}

/// Returns a setter for the credential of a security scheme. The setter for tokens is in the runtime.
fn credential(api: &Named<'_>, scheme: &SecurityScheme) -> Option<TokenStream> {
    let (arguments, credential, what) = match &scheme.kind {
        SecurityKind::Bearer => return None,
        SecurityKind::ApiKey(..) => {
            (quote!(key: impl Into<Secret>), quote!(Credential::api_key(key)), "API key")
        }
        SecurityKind::Basic => (
            quote!(user: impl Into<String>, password: impl Into<Secret>),
            quote!(Credential::basic(user, password)),
            "user name and password",
        ),
    };
    let fallback =
        format!("Sets the {what} of the security scheme {}.", docs::code(&scheme.wire.0));
    let mut lines = vec![fallback];
    docs::paragraph(&mut lines, scheme.docs.description.as_deref());
    let (doc, rust, wire) =
        (docs::outer(&lines), token(api.names.credential(scheme.number)), &scheme.wire.0);
    Some(quote! {
        #doc
        pub fn #rust(self, #arguments) -> Self {
            self.credential(#wire, #credential)
        }
    })
}
