//! Credentials of requests.
//!
//! Takes the security requirements of the document and the credentials of the client, and returns
//! the headers, query parameters and cookies to add to a request. Access tokens are left to the
//! token cache.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use super::auth::{FixedToken, TokenCache, TokenSource};
use super::masking::SentSecret;
use super::parameter::percent_encode;
use super::{ConfigError, Location, Operation, Secret};

/// A security scheme of the document (OpenAPI 3.0, Security Scheme Object).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecurityScheme {
    /// The name of the scheme in the document.
    pub name: &'static str,
    /// The kind of credential that the scheme requires.
    pub kind: SecurityKind,
}

/// The kind of credential that a security scheme requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecurityKind {
    /// An API key in the query, in a header or in a cookie.
    ApiKey {
        /// The location of the key.
        location: Location,
        /// The name of the query parameter, header or cookie.
        name: &'static str,
    },
    /// A user name and a password (RFC 7617).
    Basic,
    /// A bearer token (RFC 6750), also for OAuth 2 and OpenID Connect.
    Bearer,
}

/// A credential for a security scheme.
#[derive(Clone)]
pub struct Credential(CredentialKind);

#[derive(Clone)]
enum CredentialKind {
    ApiKey(Secret),
    Basic { user: String, password: Secret },
    Bearer(Arc<dyn TokenSource>),
}

impl Credential {
    /// Returns an API key.
    pub fn api_key(key: impl Into<Secret>) -> Self {
        Self(CredentialKind::ApiKey(key.into()))
    }

    /// Returns a user name and a password (RFC 7617).
    pub fn basic(user: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self(CredentialKind::Basic { user: user.into(), password: password.into() })
    }

    /// Returns an existing access token. It cannot be renewed when it expires.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        Self::token_source(FixedToken::new(token.into()))
    }

    /// Returns a credential that gets its tokens from a custom source.
    pub fn token_source(source: impl TokenSource + 'static) -> Self {
        Self(CredentialKind::Bearer(Arc::new(source)))
    }

    /// Returns the secret to mask. Tokens are added when they are sent.
    fn secret(&self) -> Option<SentSecret> {
        match &self.0 {
            CredentialKind::ApiKey(key) => Some(SentSecret::alone(key.clone())),
            CredentialKind::Basic { user, password } => {
                Some(SentSecret::with_id(user, password.clone()))
            }
            CredentialKind::Bearer(_) => None,
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            CredentialKind::ApiKey(_) => "Credential::ApiKey(…)",
            CredentialKind::Basic { .. } => "Credential::Basic(…)",
            CredentialKind::Bearer(_) => "Credential::Bearer(…)",
        })
    }
}

/// A credential in the form in which its scheme sends it.
pub(crate) enum Prepared {
    Header(HeaderName, HeaderValue),
    /// `name=value`, encoded.
    Query(Secret),
    /// `name=value`.
    Cookie(Secret),
    Token(Arc<TokenCache>),
}

/// The credentials of a client: one or none for each scheme, and a token for documents without
/// schemes.
pub(crate) struct Credentials {
    schemes: &'static [SecurityScheme],
    prepared: Vec<Option<Prepared>>,
    token: Option<Arc<TokenCache>>,
    /// The secrets to mask, except tokens.
    secrets: Vec<SentSecret>,
}

impl Credentials {
    /// Assigns the credentials to their schemes. The token is for all schemes that take a token and
    /// have no credential of their own.
    pub(crate) fn new(
        schemes: &'static [SecurityScheme],
        given: &BTreeMap<&'static str, Credential>,
        token: Option<Arc<TokenCache>>,
    ) -> Result<Self, ConfigError> {
        for name in given.keys() {
            if !schemes.iter().any(|scheme| scheme.name == *name) {
                let known: Vec<&str> = schemes.iter().map(|scheme| scheme.name).collect();
                return Err(ConfigError::new(format!(
                    "credential `{name}`: the document has no such security scheme; it has {}",
                    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
                )));
            }
        }
        let mut prepared = Vec::new();
        for scheme in schemes {
            prepared.push(match (given.get(scheme.name), scheme.kind) {
                (Some(credential), _) => Some(prepare(scheme, credential)?),
                (None, SecurityKind::Bearer) => token.clone().map(Prepared::Token),
                (None, SecurityKind::ApiKey { .. } | SecurityKind::Basic) => None,
            });
        }
        let secrets = given.values().filter_map(Credential::secret).collect();
        Ok(Self { schemes, prepared, token, secrets })
    }

    /// Returns the secrets to mask, except tokens.
    pub(crate) fn secrets(&self) -> &[SentSecret] {
        &self.secrets
    }

    /// Returns the source of the token that all token schemes share.
    #[allow(dead_code, reason = "only the command-line program uses it")]
    pub(crate) fn token(&self) -> Option<&TokenCache> {
        self.token.as_deref()
    }

    /// Returns whether there is any credential.
    pub(crate) fn any(&self) -> bool {
        self.token.is_some() || self.prepared.iter().any(Option::is_some)
    }

    /// Returns the credentials for a request: those of the first security requirement that can be
    /// met. An anonymous request is sent only if no other requirement can be met.
    pub(crate) fn choose(&self, operation: &Operation) -> Result<Chosen<'_>, ConfigError> {
        if self.schemes.is_empty() {
            return Ok(Chosen { tokens: self.token.as_deref(), others: Vec::new() });
        }
        let complete = |alternative: &&[usize]| -> Option<Vec<&Prepared>> {
            alternative.iter().map(|index| self.prepared.get(*index)?.as_ref()).collect()
        };
        let (with, without): (Vec<&[usize]>, Vec<&[usize]>) =
            operation.security.iter().partition(|alternative| !alternative.is_empty());
        match with.iter().find_map(complete) {
            Some(prepared) => Ok(Chosen::new(prepared)),
            None if with.is_empty() || !without.is_empty() => Ok(Chosen::new(Vec::new())),
            None => Err(self.missing(operation, &with)),
        }
    }

    /// Returns no credentials, for an operation that may be requested without.
    pub(crate) fn none(operation: &Operation) -> Option<Chosen<'static>> {
        let is_anonymous = operation.security.iter().any(|alternative| alternative.is_empty());
        is_anonymous.then(|| Chosen::new(Vec::new()))
    }

    /// Reports what is missing for each requirement, and how to set it.
    fn missing(&self, operation: &Operation, alternatives: &[&[usize]]) -> ConfigError {
        let missing = |alternative: &&[usize]| {
            let lacks = |index: &&usize| self.prepared.get(**index).is_none_or(Option::is_none);
            let lacking = alternative.iter().filter(lacks);
            let calls: Vec<String> = lacking
                .map(|index| self.schemes.get(*index).map_or_else(|| "?".to_owned(), call))
                .collect();
            calls.join(" and ")
        };
        let all: Vec<String> = alternatives.iter().map(missing).collect();
        ConfigError::new(format!(
            "{}: the client has no credentials for this operation; set them with {}",
            operation.id,
            all.join(", or with ")
        ))
    }
}

/// Returns the builder call that sets a credential.
fn call(scheme: &SecurityScheme) -> String {
    let name = scheme.name;
    match scheme.kind {
        SecurityKind::ApiKey { .. } => {
            format!("`credential(\"{name}\", Credential::api_key(…))`")
        }
        SecurityKind::Basic => format!("`credential(\"{name}\", Credential::basic(…, …))`"),
        SecurityKind::Bearer => format!("a token (scheme `{name}`): `token(…)`"),
    }
}

/// Prepares a credential for its scheme. No error contains the secret.
fn prepare(scheme: &SecurityScheme, credential: &Credential) -> Result<Prepared, ConfigError> {
    let refuse = |why: &str| Err(ConfigError::new(format!("credential `{}`: {why}", scheme.name)));
    let header = |name: HeaderName, value: &Secret, prefix: &str| match value.header(prefix) {
        Ok(value) => Ok(Prepared::Header(name, value)),
        Err(_) => refuse("it contains characters that are not allowed in a header"),
    };
    match (scheme.kind, &credential.0) {
        (SecurityKind::ApiKey { location, name }, CredentialKind::ApiKey(secret)) => {
            let key = secret.expose_secret();
            match location {
                Location::Header => match HeaderName::try_from(name) {
                    Ok(name) => header(name, secret, ""),
                    Err(_) => refuse("the document names an invalid header for it"),
                },
                Location::Query => {
                    let pair = format!("{}={}", percent_encode(name), percent_encode(key));
                    Ok(Prepared::Query(pair.into()))
                }
                Location::Cookie if HeaderValue::try_from(key).is_err() || key.contains(';') => {
                    refuse("it contains characters that are not allowed in a cookie")
                }
                Location::Cookie => Ok(Prepared::Cookie(format!("{name}={key}").into())),
                Location::Path => refuse("a key cannot be sent in the path"),
            }
        }
        (SecurityKind::Basic, CredentialKind::Basic { user, .. }) if user.contains(':') => {
            refuse("the user name must not contain a colon (RFC 7617, section 2)")
        }
        (SecurityKind::Basic, CredentialKind::Basic { user, password }) => {
            let pair = password.bytes(&format!("{user}:"), "");
            header(AUTHORIZATION, &Secret::from(STANDARD.encode(pair)), "Basic ")
        }
        (SecurityKind::Bearer, CredentialKind::Bearer(source)) => {
            Ok(Prepared::Token(Arc::new(TokenCache::new(Arc::clone(source)))))
        }
        (SecurityKind::ApiKey { .. }, _) => refuse("this scheme needs `Credential::api_key`"),
        (SecurityKind::Basic, _) => refuse("this scheme needs `Credential::basic`"),
        (SecurityKind::Bearer, _) => refuse("this scheme needs `Credential::bearer`"),
    }
}

/// The credentials of one request.
pub(crate) struct Chosen<'a> {
    /// The source of its token.
    pub(crate) tokens: Option<&'a TokenCache>,
    others: Vec<&'a Prepared>,
}

impl<'a> Chosen<'a> {
    fn new(prepared: Vec<&'a Prepared>) -> Self {
        let token = |prepared: &&'a Prepared| match prepared {
            Prepared::Token(tokens) => Some(tokens.as_ref()),
            Prepared::Header(..) | Prepared::Query(_) | Prepared::Cookie(_) => None,
        };
        Self { tokens: prepared.iter().find_map(token), others: prepared }
    }

    /// Returns whether there are no credentials at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.tokens.is_none() && self.others.is_empty()
    }

    /// Adds everything but the token to the headers, the query and the cookies.
    pub(crate) fn add(&self, headers: &mut HeaderMap, query: &mut String, cookies: &mut String) {
        for prepared in &self.others {
            match prepared {
                Prepared::Header(name, value) => drop(headers.insert(name, value.clone())),
                Prepared::Query(pair) => join(query, "&", pair.expose_secret()),
                Prepared::Cookie(pair) => join(cookies, "; ", pair.expose_secret()),
                Prepared::Token(_) => {}
            }
        }
    }
}

/// Appends a part, after a separator if it is not the first one.
pub(crate) fn join(text: &mut String, separator: &str, part: &str) {
    if !text.is_empty() {
        text.push_str(separator);
    }
    text.push_str(part);
}
