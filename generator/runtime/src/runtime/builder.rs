//! Setting a client up.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::redirect::Policy;

use super::auth::{ClientCredentials, Endpoint, FixedToken, TokenCache, TokenSource};
use super::base_url::{BaseUrl, Given, base_url, checked, is_loopback};
use super::client::{Limits, Shared};
use super::rate_limit::Limiter;
use super::security::Credentials;
use super::{
    Api, Client, ConfigError, Credential, Environment, Error, RateLimit, RetryPolicy, Secret,
    TokenEndpoint,
};

/// Sets a [`Client`] up. Everything has a default except the way to sign in.
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    pub(crate) api: &'static Api,
    place: Given,
    sign_in: SignIn,
    credentials: BTreeMap<&'static str, Credential>,
    http: Option<reqwest::Client>,
    root_certificates: Vec<Vec<u8>>,
    user_agent: Vec<String>,
    retry: RetryPolicy,
    connect_timeout: Duration,
    limits: Limits,
    rate_limit: Pace,
}

/// How fast requests are sent.
#[derive(Debug, Clone, Copy)]
enum Pace {
    /// As the document says.
    Documented,
    /// As the user says, this client for itself.
    Own(RateLimit),
    /// As they come.
    Free,
}

enum SignIn {
    None,
    Credentials { id: String, secret: Secret },
    Source(Arc<dyn TokenSource>),
}

impl ClientBuilder {
    /// A builder for clients of an API, with nothing set.
    pub fn new(api: &'static Api) -> Self {
        Self {
            api,
            place: Given::default(),
            sign_in: SignIn::None,
            credentials: BTreeMap::new(),
            http: None,
            root_certificates: Vec::new(),
            user_agent: Vec::new(),
            retry: RetryPolicy::default(),
            connect_timeout: Duration::from_secs(10),
            limits: Limits {
                attempt: Duration::from_secs(60),
                total: Duration::from_secs(300),
                idle: Duration::from_secs(60),
            },
            rate_limit: Pace::Documented,
        }
    }

    /// Takes base URL, client id and client secret from the environment.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with the name of a variable that is not set, or empty.
    pub fn environment(mut self, names: &Environment) -> Result<Self, Error> {
        self.place.base_url = Some(variable(names.base_url)?);
        let id = variable(names.client_id)?;
        let secret = variable(names.client_secret)?;
        Ok(self.client_credentials(id, secret))
    }

    /// Takes base URL, client id and client secret from where other tools keep them: from the
    /// environment if it has all three, else from the first file that has. A file that others can
    /// read gives a warning as a `tracing` event.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with what each source lacks, or with the file that cannot be read.
    #[cfg(feature = "config-files")]
    pub fn discover(mut self) -> Result<Self, Error> {
        let found = super::credential_files::find(self.api, &Default::default())?;
        self.place.base_url = Some(found.base_url);
        Ok(self.client_credentials(found.client_id, found.client_secret))
    }

    /// Sets a variable of the document's server (OpenAPI 3.0, Server Variable Object).
    pub fn server_variable(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.place.variables.insert(name, value.into());
        self
    }

    /// Sets where the API is, as in `https://host`. It takes the place of scheme and host of the
    /// document's server, whose path is kept.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.place.base_url = Some(url.into());
        self
    }

    /// Sets the path before those of the operations, as in `/v2`, in place of that of the document's
    /// server: for versions of the API that are the same on the wire.
    pub fn base_path(mut self, path: impl Into<String>) -> Self {
        self.place.base_path = Some(path.into());
        self
    }

    /// Allows plain HTTP to other machines. Tokens and secrets can then be read on the way. Plain
    /// HTTP to this machine is always allowed.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.place.allow_http = allow;
        self
    }

    /// Signs in with the client credentials grant (RFC 6749, section 4.4): a token is requested
    /// when the first operation needs one, and again shortly before it expires.
    pub fn client_credentials(mut self, id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.sign_in = SignIn::Credentials { id: id.into(), secret: secret.into() };
        self
    }

    /// Uses a token that is there already. It cannot be renewed when it expires.
    pub fn token(self, token: impl Into<Secret>) -> Self {
        self.token_source(FixedToken::new(token.into()))
    }

    /// Gets tokens from a source of one's own.
    pub fn token_source(mut self, source: impl TokenSource + 'static) -> Self {
        self.sign_in = SignIn::Source(Arc::new(source));
        self
    }

    /// Sets what is shown for a security scheme of the document, by the scheme's name
    /// (OpenAPI 3.0, Security Scheme Object).
    pub fn credential(mut self, scheme: &'static str, credential: Credential) -> Self {
        self.credentials.insert(scheme, credential);
        self
    }

    /// Sets when requests are sent again. Each request can have its own policy.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Limits how long it may take to open a connection. The default is 10 seconds. It has no
    /// effect on a client given with [`http_client`](Self::http_client).
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Limits how long one attempt may take: up to the last byte of an answer, or up to the first
    /// byte of a download. The default is one minute.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.limits.attempt = limit;
        self
    }

    /// Limits how long an operation may take with all attempts, the waits between them, and
    /// signing in. The default is five minutes. Reading a download does not count.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limits.total = limit;
        self
    }

    /// Limits how long a download may be silent between two pieces. The default is one minute.
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.limits.idle = limit;
        self
    }

    /// Sets how many requests are sent in which time, by this client and its clones together. Those
    /// that are too many wait for their turn, as long as their [`timeout`](Self::timeout) lets them.
    ///
    /// The default is what the document says of its server, if it says so. All clients of a program
    /// keep to that together if they sign in at one server with one id.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Pace::Own(limit);
        self
    }

    /// Sends requests as fast as they come.
    pub fn without_rate_limit(mut self) -> Self {
        self.rate_limit = Pace::Free;
        self
    }

    /// Adds a product to the `User-Agent` header (RFC 9110, section 10.1.5), as in `nightly/1.2`.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent.push(product.into());
        self
    }

    /// Trusts one more certificate, in PEM form, beside those of the system.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Sends requests with a client of one's own, which then decides on proxies, certificates and
    /// redirects.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when the base URL or a certificate cannot be used.
    pub fn build(self) -> Result<Client, Error> {
        let base_url = base_url(self.api, &self.place)?;
        let user_agent = self
            .user_agent
            .iter()
            .fold(self.api.user_agent.to_owned(), |all, product| format!("{all} {product}"));
        if http::HeaderValue::from_str(&user_agent).is_err() {
            return Err(ConfigError::new(format!(
                "user agent `{}` cannot be a header",
                user_agent.escape_debug()
            ))
            .into());
        }
        let tokens = self.tokens(&base_url, &user_agent)?.map(Arc::new);
        let credentials = Credentials::new(self.api.security, &self.credentials, tokens)?;
        let redirects = redirects(self.place.allow_http, credentials.in_own_header());
        let http = match &self.http {
            Some(client) => client.clone(),
            None => self.http_client_for(&base_url, redirects)?,
        };
        let limiter = self.limiter(&base_url);
        let Self { api, retry, limits, .. } = self;
        Ok(Client {
            shared: Arc::new(Shared {
                api,
                http,
                base_url,
                user_agent,
                credentials,
                retry,
                limits,
                limiter,
            }),
        })
    }

    fn limiter(&self, base_url: &BaseUrl) -> Option<Arc<Limiter>> {
        match (self.rate_limit, self.api.rate_limit, &self.sign_in) {
            (Pace::Free, _, _) | (Pace::Documented, None, _) => None,
            (Pace::Own(limit), _, _) => Some(Arc::new(Limiter::new(limit))),
            (Pace::Documented, Some(limit), SignIn::Credentials { id, .. }) => {
                Some(Limiter::shared(&base_url.absolute("/"), id, limit))
            }
            (Pace::Documented, Some(limit), SignIn::None | SignIn::Source(_)) => {
                Some(Arc::new(Limiter::new(limit)))
            }
        }
    }

    fn tokens(&self, base_url: &BaseUrl, user_agent: &str) -> Result<Option<TokenCache>, Error> {
        let source: Arc<dyn TokenSource> = match &self.sign_in {
            SignIn::None => return Ok(None),
            SignIn::Source(source) => Arc::clone(source),
            SignIn::Credentials { id, secret } => {
                let endpoint = self.endpoint(base_url)?;
                // A redirect would take the client's secret somewhere else.
                let http = match &self.http {
                    Some(client) => client.clone(),
                    None => self.http_client_for(base_url, Policy::none())?,
                };
                Arc::new(ClientCredentials {
                    endpoint,
                    id: id.clone(),
                    secret: secret.clone(),
                    http,
                    user_agent: user_agent.to_owned(),
                    timeout: self.limits.attempt,
                    patience: self.limits.total,
                    retry: self.retry.clone(),
                })
            }
        };
        Ok(Some(TokenCache::new(source)))
    }

    fn endpoint(&self, base_url: &BaseUrl) -> Result<Endpoint, ConfigError> {
        let Some(endpoint) = self.api.token_endpoint else {
            return Err(ConfigError::new(
                "the API's document has no token URL for client credentials",
            ));
        };
        let (what, url) = match endpoint {
            TokenEndpoint::Url(url) => ("token URL", base_url.absolute(url)),
            TokenEndpoint::Discovery(url) => ("discovery URL", base_url.absolute(url)),
        };
        checked(what, &url, self.place.allow_http)?;
        Ok(match endpoint {
            TokenEndpoint::Url(_) => Endpoint::known(url),
            TokenEndpoint::Discovery(_) => Endpoint::discovered(url, self.place.allow_http),
        })
    }

    fn http_client_for(
        &self,
        base_url: &BaseUrl,
        redirects: Policy,
    ) -> Result<reqwest::Client, Error> {
        let refused =
            |error: reqwest::Error| ConfigError::new(format!("HTTP client: {}", causes(&error)));
        let mut certificates = Vec::new();
        for pem in &self.root_certificates {
            certificates.push(reqwest::Certificate::from_pem(pem).map_err(refused)?);
        }
        let plain = |redirects| {
            let builder = reqwest::Client::builder()
                .connect_timeout(self.connect_timeout)
                .redirect(redirects)
                // The address of a request may hold a key.
                .referer(false);
            if cfg!(feature = "system-proxy") { builder } else { builder.no_proxy() }
        };
        match plain(redirects).tls_certs_merge(certificates.clone()).build() {
            Ok(client) => Ok(client),
            // A system without certificates of its own can still talk to itself.
            Err(_) if !base_url.is_encrypted() => {
                Ok(plain(Policy::none()).tls_certs_only(certificates).build().map_err(refused)?)
            }
            Err(error) => Err(refused(error).into()),
        }
    }
}

/// Follows redirects, but not from an encrypted connection to one that is not, nor over plain HTTP
/// to where that is not allowed. A key in a header of its own stays with its host: the HTTP client
/// takes only the headers away that it knows to be secret.
fn redirects(allow_http: bool, same_host: bool) -> Policy {
    Policy::custom(move |attempt| {
        let encrypted = attempt.previous().iter().any(|url| url.scheme() == "https");
        let plain = attempt.url().scheme() != "https";
        let allowed = allow_http || is_loopback(attempt.url());
        if plain && (encrypted || !allowed) {
            attempt.error("redirected to plain http")
        } else if same_host
            && attempt.previous().last().is_some_and(|from| !is_same_host(from, attempt.url()))
        {
            attempt.error("redirected to another host, which must not see the key")
        } else if attempt.previous().len() > 10 {
            attempt.error("redirected more than ten times")
        } else {
            attempt.follow()
        }
    })
}

fn is_same_host(from: &Url, to: &Url) -> bool {
    from.host_str() == to.host_str() && from.port_or_known_default() == to.port_or_known_default()
}

fn variable(name: &str) -> Result<String, ConfigError> {
    match std::env::var(name) {
        Ok(value) if !value.trim().is_empty() => Ok(value.trim().to_owned()),
        Ok(_) => Err(ConfigError::new(format!("the environment variable {name} is empty"))),
        Err(std::env::VarError::NotPresent) => {
            Err(ConfigError::new(format!("the environment variable {name} is not set")))
        }
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(ConfigError::new(format!("the environment variable {name} is not UTF-8")))
        }
    }
}

/// An error and what is below it, in one line.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("variables", &self.place.variables)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
