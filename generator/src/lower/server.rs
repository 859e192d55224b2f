//! Where the API is served.
//!
//! What a URL is made of servers and their variables is left to the runtime, which knows what the
//! caller has set.

use serde_json::Value;

use crate::document;
use crate::ir::{Docs, Note, Server, ServerVariable, WireName};

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

/// The values that a variable can have.
fn allowed(values: &[String]) -> Option<Note> {
    let values: Vec<Value> = values.iter().map(|value| Value::from(value.as_str())).collect();
    (!values.is_empty()).then_some(Note::Values(values))
}
