//! Where the API is served.
//!
//! What a URL is made of servers and their variables is left to the runtime, which knows what the
//! caller has set.

use crate::document;
use crate::ir::{Docs, Ident, Server, ServerVariable, WireName};

/// A server with its variables.
pub(super) fn server(server: &document::Server) -> Server {
    let variables = server.variables.iter().map(|variable| ServerVariable {
        wire: WireName(variable.name.clone()),
        rust: Ident::default(),
        default: variable.default.clone(),
        required: variable.required,
        docs: Docs { description: variable.description.clone(), ..Docs::default() },
    });
    Server {
        url: server.url.clone(),
        description: server.description.clone(),
        variables: variables.collect(),
    }
}
