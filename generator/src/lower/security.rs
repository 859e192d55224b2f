//! Security schemes, and the requirements of operations.

use std::collections::BTreeSet;

use openapiv3::{APIKeyLocation, SecurityRequirement, SecurityScheme as Scheme};

use super::Lower;
use crate::document::{self, OpenApi, Operation};
use crate::ir::{Docs, Location, SchemeId, SecurityKind, SecurityScheme, TokenEndpoint, WireName};
use crate::pointer::Pointer;

impl Lower<'_> {
    /// Returns the security schemes.
    pub(super) fn security_schemes(&mut self) -> Vec<SecurityScheme> {
        let mut schemes = Vec::new();
        for document::SecurityScheme { at, name, object } in &self.document.security_schemes {
            let (kind, description) = match object {
                Scheme::APIKey { location, name, description, .. } => {
                    let location = match location {
                        APIKeyLocation::Query => Location::Query,
                        APIKeyLocation::Header => Location::Header,
                        APIKeyLocation::Cookie => Location::Cookie,
                    };
                    (SecurityKind::ApiKey(location, WireName(name.clone())), description)
                }
                Scheme::HTTP { scheme, description, .. } => {
                    match scheme.to_ascii_lowercase().as_str() {
                        "basic" => (SecurityKind::Basic, description),
                        "bearer" => (SecurityKind::Bearer, description),
                        _ => {
                            self.diagnostics.unsupported(
                                at,
                                &format!("the HTTP authentication scheme `{scheme}`"),
                                "it is treated as a token in the header `Authorization`",
                            );
                            let header = WireName("Authorization".to_owned());
                            (SecurityKind::ApiKey(Location::Header, header), description)
                        }
                    }
                }
                Scheme::OAuth2 { description, .. } | Scheme::OpenIDConnect { description, .. } => {
                    (SecurityKind::Bearer, description)
                }
            };
            schemes.push(SecurityScheme {
                number: SchemeId(schemes.len()),
                wire: WireName(name.clone()),
                kind,
                docs: Docs { description: description.clone(), ..Docs::default() },
            });
        }
        schemes
    }

    /// Returns the endpoint that exchanges client credentials for a token: the URL of a scheme, otherwise its
    /// metadata. Of several schemes, the one with the first name counts.
    pub(super) fn token_endpoint(&self) -> Option<TokenEndpoint> {
        let mut schemes: Vec<&document::SecurityScheme> =
            self.document.security_schemes.iter().collect();
        schemes.sort_by_key(|scheme| {
            (matches!(scheme.object, Scheme::OpenIDConnect { .. }), &scheme.name)
        });
        schemes.into_iter().find_map(|scheme| match &scheme.object {
            Scheme::OAuth2 { flows, .. } => {
                Some(TokenEndpoint::Url(flows.client_credentials.as_ref()?.token_url.clone()))
            }
            Scheme::OpenIDConnect { open_id_connect_url, .. } => {
                Some(TokenEndpoint::Discovery(open_id_connect_url.clone()))
            }
            Scheme::HTTP { .. } | Scheme::APIKey { .. } => None,
        })
    }

    /// Returns the security requirements of an operation, each a list of schemes that are required together.
    /// An empty list means that no credential is required (OpenAPI 3.0, Operation Object).
    pub(super) fn security(
        &mut self,
        operation: &Operation,
        schemes: &[SecurityScheme],
    ) -> Vec<Vec<SchemeId>> {
        let mut ways = Vec::new();
        for requirement in requirements(self.document, operation) {
            let positions = requirement.keys().map(|name| self.position(name, operation, schemes));
            let Some(way) = positions.collect::<Option<Vec<SchemeId>>>() else { continue };
            self.check_headers(&way, operation, schemes);
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        ways
    }

    /// Returns the number of the scheme with a name.
    fn position(
        &mut self,
        name: &String,
        operation: &Operation,
        schemes: &[SecurityScheme],
    ) -> Option<SchemeId> {
        let found = schemes.iter().find(|scheme| scheme.wire.0 == *name);
        let found = found.map(|scheme| scheme.number);
        if found.is_none() && !self.document.unsupported_schemes.contains(name) {
            let message = format!("there is no security scheme `{name}`: it cannot be used");
            let help = "add it under `components/securitySchemes`, or correct the name";
            let at = requirements_at(operation);
            self.diagnostics.degraded("unknown-security-scheme", &at, message, help);
        }
        found
    }

    /// Reports schemes that are required together and have the same header: a request has one of it.
    fn check_headers(
        &mut self,
        way: &[SchemeId],
        operation: &Operation,
        schemes: &[SecurityScheme],
    ) {
        let mut headers = BTreeSet::new();
        let schemes = way.iter().filter_map(|number| schemes.get(number.0));
        for header in schemes.filter_map(|scheme| header(&scheme.kind)) {
            if !headers.insert(header.clone()) {
                let construct =
                    format!("several security schemes together in the header `{header}`");
                let at = requirements_at(operation);
                self.diagnostics.unsupported(&at, &construct, "requests have only one of them");
            }
        }
    }

    /// Returns the scopes that an operation requires, in any of its alternatives.
    pub(super) fn scopes(&self, operation: &Operation) -> Vec<String> {
        let mut scopes = Vec::new();
        let requirements = requirements(self.document, operation);
        for scope in requirements.iter().flat_map(|requirement| requirement.values()).flatten() {
            if !scopes.contains(scope) {
                scopes.push(scope.clone());
            }
        }
        scopes
    }
}

/// Returns where the requirements of an operation are: in the operation, or in the document.
fn requirements_at(operation: &Operation) -> Pointer {
    let owner = if operation.security.is_some() { operation.at.clone() } else { Pointer::root() };
    owner.join("security")
}

fn requirements<'o>(document: &'o OpenApi, operation: &'o Operation) -> &'o [SecurityRequirement] {
    operation.security.as_deref().unwrap_or(&document.security)
}

/// Returns the header that a scheme uses, in lower case.
fn header(kind: &SecurityKind) -> Option<String> {
    match kind {
        SecurityKind::Basic | SecurityKind::Bearer => Some("authorization".to_owned()),
        SecurityKind::ApiKey(Location::Header, name) => Some(name.0.to_ascii_lowercase()),
        SecurityKind::ApiKey(Location::Path | Location::Query | Location::Cookie, _) => None,
    }
}
