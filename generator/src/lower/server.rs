//! Where the API is served.
//!
//! What a URL is made of servers and their variables is left to the runtime, which knows what the
//! caller has set.

use crate::document;
use crate::escape;
use crate::ir::{Docs, Server, ServerVariable, WireName};

/// A server with its variables.
pub(super) fn server(server: &document::Server) -> Server {
    let variables = server.variables.iter().map(|variable| ServerVariable {
        wire: WireName(variable.name.clone()),
        default: variable.default.clone(),
        required: variable.required,
        docs: Docs {
            description: variable.description.clone(),
            notes: allowed(&variable.values).into_iter().collect(),
            ..Docs::default()
        },
    });
    Server {
        url: server.url.clone(),
        description: server.description.clone(),
        variables: variables.collect(),
    }
}

/// What is said of the values that a variable can have.
fn allowed(values: &[String]) -> Option<String> {
    let values: Vec<String> = values.iter().map(|value| escape::code(value)).collect();
    (!values.is_empty()).then(|| format!("It is one of {}.", values.join(", ")))
}
