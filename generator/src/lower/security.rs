//! Signing in.

use openapiv3::{Operation, SecurityRequirement, SecurityScheme};

use super::Lower;
use crate::pointer::Pointer;

impl Lower<'_> {
    /// Where client credentials are exchanged for a token: the first scheme that has it.
    pub(super) fn token_url(&mut self) -> Option<String> {
        let parsed = self.parsed;
        let mut found = None;
        for (at, name, scheme) in &parsed.security_schemes {
            match scheme {
                SecurityScheme::OAuth2 { flows, .. } => {
                    let url = flows.client_credentials.as_ref().map(|flow| flow.token_url.clone());
                    found = found.or(url);
                }
                SecurityScheme::HTTP { scheme, .. } if scheme.eq_ignore_ascii_case("bearer") => {}
                SecurityScheme::OpenIDConnect { .. } => {}
                SecurityScheme::HTTP { .. } | SecurityScheme::APIKey { .. } => {
                    let construct = format!("the security scheme `{name}`");
                    self.diagnostics.unsupported(
                        at,
                        &construct,
                        "clients can only send bearer tokens",
                    );
                }
            }
        }
        found
    }

    /// Whether an operation needs a token.
    pub(super) fn is_authenticated(&mut self, operation: &Operation, at: &Pointer) -> bool {
        let requirements = self.requirements(operation);
        let known =
            |name: &String| self.parsed.security_schemes.iter().any(|(_, known, _)| known == name);
        let unknown: Vec<String> = requirements
            .iter()
            .flat_map(|requirement| requirement.keys())
            .filter(|name| !known(name))
            .cloned()
            .collect();
        for name in unknown {
            let message = format!("there is no security scheme `{name}`");
            let help = "add it under `components/securitySchemes`, or mend the name";
            self.diagnostics.degraded(
                "unknown-security-scheme",
                &at.join("security"),
                message,
                help,
            );
        }
        // An empty requirement means that it goes without (OpenAPI 3.0, Operation Object).
        !requirements.is_empty() && !requirements.iter().any(|requirement| requirement.is_empty())
    }

    /// The scopes that an operation needs, in any of its alternatives.
    pub(super) fn scopes(&self, operation: &Operation) -> Vec<String> {
        let mut scopes = Vec::new();
        for scope in self
            .requirements(operation)
            .iter()
            .flat_map(|requirement| requirement.values())
            .flatten()
        {
            if !scopes.contains(scope) {
                scopes.push(scope.clone());
            }
        }
        scopes
    }

    fn requirements(&self, operation: &Operation) -> Vec<SecurityRequirement> {
        operation.security.clone().unwrap_or_else(|| self.parsed.security.clone())
    }
}
