//! What a request carries to be let in.
//!
//! In come the document's security requirements and the credentials that the client was given, out
//! goes what is added to a request. Bearer tokens are left to the token cache.

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

/// A way to sign in that the document names (OpenAPI 3.0, Security Scheme Object).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecurityScheme {
    /// Its name in the document.
    pub name: &'static str,
    /// What is sent.
    pub kind: SecurityKind,
}

/// What a security scheme sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecurityKind {
    /// A key in the query, in a header or in a cookie.
    ApiKey {
        /// Where it goes.
        location: Location,
        /// The name that it goes under.
        name: &'static str,
    },
    /// A user name and a password (RFC 7617).
    Basic,
    /// A token (RFC 6750), as OAuth 2 and OpenID Connect have it too.
    Bearer,
}

/// What a client shows to be let in.
#[derive(Clone)]
pub struct Credential(Kind);

#[derive(Clone)]
enum Kind {
    ApiKey(Secret),
    Basic { user: String, password: Secret },
    Bearer(Arc<dyn TokenSource>),
}

impl Credential {
    /// A key.
    pub fn api_key(key: impl Into<Secret>) -> Self {
        Self(Kind::ApiKey(key.into()))
    }

    /// A user name and a password (RFC 7617).
    pub fn basic(user: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self(Kind::Basic { user: user.into(), password: password.into() })
    }

    /// A token that is there already. It cannot be renewed when it expires.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        Self::token_source(FixedToken::new(token.into()))
    }

    /// Tokens from a source of one's own.
    pub fn token_source(source: impl TokenSource + 'static) -> Self {
        Self(Kind::Bearer(Arc::new(source)))
    }

    /// What must not be shown of it. A token is known when it is sent.
    fn secret(&self) -> Option<SentSecret> {
        match &self.0 {
            Kind::ApiKey(key) => Some(SentSecret::alone(key.clone())),
            Kind::Basic { user, password } => Some(SentSecret::with_id(user, password.clone())),
            Kind::Bearer(_) => None,
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Kind::ApiKey(_) => "Credential::ApiKey(…)",
            Kind::Basic { .. } => "Credential::Basic(…)",
            Kind::Bearer(_) => "Credential::Bearer(…)",
        })
    }
}

/// What a client sends for one scheme, ready to be put into requests.
pub(crate) enum Held {
    Header(HeaderName, HeaderValue),
    /// `name=value`, encoded.
    Query(Secret),
    /// `name=value`.
    Cookie(Secret),
    Token(Arc<TokenCache>),
}

/// What a client holds: for each scheme of the document something or nothing, and a token for
/// documents that name no scheme.
pub(crate) struct Credentials {
    schemes: &'static [SecurityScheme],
    held: Vec<Option<Held>>,
    token: Option<Arc<TokenCache>>,
    /// All but the tokens, as they were given.
    secrets: Vec<SentSecret>,
}

impl Credentials {
    /// Puts what was given to the schemes that it is for. The tokens are for all schemes that take
    /// tokens and have no credential of their own.
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
        let mut held = Vec::new();
        for scheme in schemes {
            held.push(match (given.get(scheme.name), scheme.kind) {
                (Some(credential), _) => Some(hold(scheme, credential)?),
                (None, SecurityKind::Bearer) => token.clone().map(Held::Token),
                (None, SecurityKind::ApiKey { .. } | SecurityKind::Basic) => None,
            });
        }
        let secrets = given.values().filter_map(Credential::secret).collect();
        Ok(Self { schemes, held, token, secrets })
    }

    /// What is sent and must not be shown, except for tokens.
    pub(crate) fn secrets(&self) -> &[SentSecret] {
        &self.secrets
    }

    /// Where the token comes from that is for all schemes that take one.
    #[allow(dead_code, reason = "only the program for the command line asks")]
    pub(crate) fn token(&self) -> Option<&TokenCache> {
        self.token.as_deref()
    }

    /// Whether there is anything to show.
    pub(crate) fn any(&self) -> bool {
        self.token.is_some() || self.held.iter().any(Option::is_some)
    }

    /// What a request of an operation carries: the first alternative for which everything is at
    /// hand, and nothing only if there is no other.
    pub(crate) fn choose(&self, operation: &Operation) -> Result<Chosen<'_>, ConfigError> {
        if self.schemes.is_empty() {
            return Ok(Chosen { tokens: self.token.as_deref(), others: Vec::new() });
        }
        let complete = |alternative: &&[usize]| -> Option<Vec<&Held>> {
            alternative.iter().map(|index| self.held.get(*index)?.as_ref()).collect()
        };
        let (with, without): (Vec<&[usize]>, Vec<&[usize]>) =
            operation.security.iter().partition(|alternative| !alternative.is_empty());
        match with.iter().find_map(complete) {
            Some(held) => Ok(Chosen::new(held)),
            None if with.is_empty() || !without.is_empty() => Ok(Chosen::new(Vec::new())),
            None => Err(self.missing(operation, &with)),
        }
    }

    /// Says for each alternative what is missing, and how to give it.
    fn missing(&self, operation: &Operation, alternatives: &[&[usize]]) -> ConfigError {
        let missing = |alternative: &&[usize]| {
            let lacks = |index: &&usize| self.held.get(**index).is_none_or(Option::is_none);
            let lacking = alternative.iter().filter(lacks);
            let calls: Vec<String> = lacking
                .map(|index| self.schemes.get(*index).map_or_else(|| "?".to_owned(), call))
                .collect();
            calls.join(" and ")
        };
        let all: Vec<String> = alternatives.iter().map(missing).collect();
        ConfigError::new(format!(
            "{}: the client was given no way to sign in; set it up with {}",
            operation.id,
            all.join(", or with ")
        ))
    }
}

/// How a credential is given to the builder.
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

/// Brings a credential into the form in which its scheme sends it. No error tells the secret.
fn hold(scheme: &SecurityScheme, credential: &Credential) -> Result<Held, ConfigError> {
    let refuse = |why: &str| Err(ConfigError::new(format!("credential `{}`: {why}", scheme.name)));
    let header = |name: HeaderName, value: &Secret, prefix: &str| match value.header(prefix) {
        Ok(value) => Ok(Held::Header(name, value)),
        Err(_) => refuse("it has characters that a header cannot have"),
    };
    match (scheme.kind, &credential.0) {
        (SecurityKind::ApiKey { location, name }, Kind::ApiKey(secret)) => {
            let key = secret.expose_secret();
            match location {
                Location::Header => match HeaderName::try_from(name) {
                    Ok(name) => header(name, secret, ""),
                    Err(_) => refuse("the document puts it into a header that cannot be"),
                },
                Location::Query => {
                    let pair = format!("{}={}", percent_encode(name), percent_encode(key));
                    Ok(Held::Query(pair.into()))
                }
                Location::Cookie if HeaderValue::try_from(key).is_err() || key.contains(';') => {
                    refuse("it has characters that a cookie cannot have")
                }
                Location::Cookie => Ok(Held::Cookie(format!("{name}={key}").into())),
                Location::Path => refuse("a key cannot be sent in the path"),
            }
        }
        (SecurityKind::Basic, Kind::Basic { user, .. }) if user.contains(':') => {
            refuse("a user name cannot have a colon (RFC 7617, section 2)")
        }
        (SecurityKind::Basic, Kind::Basic { user, password }) => {
            let pair = password.bytes(&format!("{user}:"), "");
            header(AUTHORIZATION, &Secret::from(STANDARD.encode(pair)), "Basic ")
        }
        (SecurityKind::Bearer, Kind::Bearer(source)) => {
            Ok(Held::Token(Arc::new(TokenCache::new(Arc::clone(source)))))
        }
        (SecurityKind::ApiKey { .. }, _) => refuse("this scheme needs `Credential::api_key`"),
        (SecurityKind::Basic, _) => refuse("this scheme needs `Credential::basic`"),
        (SecurityKind::Bearer, _) => refuse("this scheme needs `Credential::bearer`"),
    }
}

/// What one request carries.
pub(crate) struct Chosen<'a> {
    /// Where its token comes from.
    pub(crate) tokens: Option<&'a TokenCache>,
    others: Vec<&'a Held>,
}

impl<'a> Chosen<'a> {
    fn new(held: Vec<&'a Held>) -> Self {
        let token = |held: &&'a Held| match held {
            Held::Token(tokens) => Some(tokens.as_ref()),
            Held::Header(..) | Held::Query(_) | Held::Cookie(_) => None,
        };
        Self { tokens: held.iter().find_map(token), others: held }
    }

    /// Adds everything but the token to what is sent: headers, and pairs of query and cookies.
    pub(crate) fn add(&self, headers: &mut HeaderMap, query: &mut String, cookies: &mut String) {
        for held in &self.others {
            match held {
                Held::Header(name, value) => drop(headers.insert(name, value.clone())),
                Held::Query(pair) => join(query, "&", pair.expose_secret()),
                Held::Cookie(pair) => join(cookies, "; ", pair.expose_secret()),
                Held::Token(_) => {}
            }
        }
    }
}

/// Adds a part to a text, with a separator if it is not the first one.
pub(crate) fn join(text: &mut String, separator: &str, part: &str) {
    if !text.is_empty() {
        text.push_str(separator);
    }
    text.push_str(part);
}
