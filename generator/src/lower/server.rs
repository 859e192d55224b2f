//! Where the API is served.
//!
//! Takes the document's servers, and returns them with their variables. What a URL is made of them
//! is left to the runtime, which knows what the caller has set.

use super::Lower;
use crate::ir::{Docs, Ident, Server, ServerVariable, WireName};
use crate::pointer::Pointer;

impl Lower<'_> {
    /// The servers, in the document's order.
    pub(super) fn servers(&mut self) -> Vec<Server> {
        let parsed = self.parsed;
        let servers = parsed.servers.iter().enumerate();
        servers.map(|(number, server)| self.server(server, number)).collect()
    }

    fn server(&mut self, server: &openapiv3::Server, number: usize) -> Server {
        let at = Pointer::root().join("servers").join(number).join("variables");
        let variables = server.variables.iter().flatten().map(|(name, variable)| ServerVariable {
            wire: WireName(name.clone()),
            rust: Ident::default(),
            default: variable.default.clone(),
            required: self.is_required(variable, &at.join(name)),
            docs: Docs { description: variable.description.clone(), ..Docs::default() },
        });
        Server {
            url: server.url.clone(),
            description: server.description.clone(),
            variables: variables.collect(),
        }
    }

    /// `x-required`: the default is an example, and the caller must set the variable.
    fn is_required(&mut self, variable: &openapiv3::ServerVariable, at: &Pointer) -> bool {
        match variable.extensions.get("x-required") {
            None => false,
            Some(value) => value.as_bool().unwrap_or_else(|| {
                let message = "`x-required` must be true or false; it is treated as true";
                self.fault(&at.join("x-required"), message);
                true
            }),
        }
    }
}
