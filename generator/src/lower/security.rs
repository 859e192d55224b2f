//! Signing in.

use openapiv3::{APIKeyLocation, Operation, SecurityRequirement, SecurityScheme as OpenApi};

use super::Lower;
use crate::ir::{Docs, Ident, Location, SecurityKind, SecurityScheme, TokenEndpoint, WireName};
use crate::pointer::Pointer;

impl Lower<'_> {
    /// The ways to sign in.
    pub(super) fn security_schemes(&mut self) -> Vec<SecurityScheme> {
        let mut schemes = Vec::new();
        for (at, name, scheme) in self.resolved_schemes() {
            let (kind, description) = match scheme {
                OpenApi::APIKey { location, name, description, .. } => {
                    let location = match location {
                        APIKeyLocation::Query => Location::Query,
                        APIKeyLocation::Header => Location::Header,
                        APIKeyLocation::Cookie => Location::Cookie,
                    };
                    (SecurityKind::ApiKey(location, WireName(name)), description)
                }
                OpenApi::HTTP { scheme, description, .. } => {
                    match scheme.to_ascii_lowercase().as_str() {
                        "basic" => (SecurityKind::Basic, description),
                        "bearer" => (SecurityKind::Bearer, description),
                        _ => {
                            self.diagnostics.unsupported(
                                &at,
                                &format!("the HTTP authentication scheme `{scheme}`"),
                                "it is taken for a token in the header `Authorization`",
                            );
                            let header = WireName("Authorization".to_owned());
                            (SecurityKind::ApiKey(Location::Header, header), description)
                        }
                    }
                }
                OpenApi::OAuth2 { description, .. }
                | OpenApi::OpenIDConnect { description, .. } => (SecurityKind::Bearer, description),
            };
            schemes.push(SecurityScheme {
                wire: WireName(name),
                rust: Ident::default(),
                kind,
                docs: Docs { description, ..Docs::default() },
            });
        }
        schemes
    }

    fn resolved_schemes(&mut self) -> Vec<(Pointer, String, OpenApi)> {
        let parsed = self.parsed;
        let mut schemes = Vec::new();
        for (at, name, scheme) in &parsed.security_schemes {
            if let Some((at, scheme)) = parsed.resolve(scheme, at, self.diagnostics) {
                schemes.push((at, name.clone(), scheme));
            }
        }
        schemes
    }

    /// Where client credentials are exchanged for a token: the first scheme that says so.
    pub(super) fn token_endpoint(&mut self) -> Option<TokenEndpoint> {
        self.resolved_schemes().into_iter().find_map(|(_, _, scheme)| match scheme {
            OpenApi::OAuth2 { flows, .. } => {
                Some(TokenEndpoint::Url(flows.client_credentials?.token_url))
            }
            OpenApi::OpenIDConnect { open_id_connect_url, .. } => {
                Some(TokenEndpoint::Discovery(open_id_connect_url))
            }
            OpenApi::HTTP { .. } | OpenApi::APIKey { .. } => None,
        })
    }

    /// The ways to sign in that an operation takes: each a list of schemes that are needed
    /// together. An empty one means that it goes without (OpenAPI 3.0, Operation Object).
    pub(super) fn security(
        &mut self,
        operation: &Operation,
        at: &Pointer,
        schemes: &[SecurityScheme],
    ) -> Vec<Vec<usize>> {
        let mut ways = Vec::new();
        for requirement in self.requirements(operation) {
            let mut way = Vec::new();
            let mut is_known = true;
            for name in requirement.keys() {
                match schemes.iter().position(|scheme| scheme.wire.0 == *name) {
                    Some(number) => way.push(number),
                    None => {
                        is_known = false;
                        let message =
                            format!("there is no security scheme `{name}`: it cannot be used");
                        let help = "add it under `components/securitySchemes`, or mend the name";
                        let at = at.join("security");
                        self.diagnostics.degraded("unknown-security-scheme", &at, message, help);
                    }
                }
            }
            if is_known && !ways.contains(&way) {
                ways.push(way);
            }
        }
        ways
    }

    /// The scopes that an operation needs, in any of its alternatives.
    pub(super) fn scopes(&self, operation: &Operation) -> Vec<String> {
        let mut scopes = Vec::new();
        let requirements = self.requirements(operation);
        for scope in requirements.iter().flat_map(|requirement| requirement.values()).flatten() {
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
