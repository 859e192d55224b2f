//! The builder of a client.
//!
//! Takes settings and returns a [`Client`], or the [`Error::Config`] that reports an invalid
//! setting. The setters are here. `environment` reads credentials, `build` creates the client, and
//! `http_client` the HTTP client below it.

mod body_limits;
mod build;
mod environment;
mod http_client;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use self::http_client::causes;
use super::auth::{FixedToken, TokenSource};
use super::base_url::ServerSettings;
use super::client::Limits;
use super::credential_source::SourceHost;
use super::{Api, Credential, RateLimit, RetryPolicy, Secret};
#[allow(unused_imports, reason = "for the documentation")]
use super::{Client, Error};

/// A builder for a [`Client`]. Everything has a default except authentication.
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    pub(crate) api: &'static Api,
    server: ServerSettings,
    authentication: Authentication,
    /// The host that the secret is bound to.
    secret_host: Option<SourceHost>,
    allow_other_host: bool,
    credentials: BTreeMap<&'static str, Credential>,
    http: Option<reqwest::Client>,
    root_certificates: Vec<Vec<u8>>,
    user_agent: Vec<String>,
    retry: RetryPolicy,
    connect_timeout: Option<Duration>,
    redirect_origins: Vec<String>,
    token_origins: Vec<String>,
    credential_origins: Vec<String>,
    limits: Limits,
    rate_limit: RateLimitSetting,
}

const MIB: usize = 1024 * 1024;

/// The default time limit for opening a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The default limit on how long one response can delay other requests.
const MAX_SHARED_PAUSE: Duration = Duration::from_secs(10 * 60);

/// The rate limit of a client.
#[derive(Debug, Clone, Copy)]
enum RateLimitSetting {
    /// The limit that the document states.
    Documented,
    /// A limit set by the caller, for this client alone.
    Custom(RateLimit),
    /// No limit.
    Unlimited,
}

/// How a client authenticates.
enum Authentication {
    None,
    ClientCredentials { id: String, secret: Secret },
    TokenSource(Arc<dyn TokenSource>),
}

impl ClientBuilder {
    /// Returns a builder for a client of an API, with default settings.
    // Only generated code can name the arguments.
    #[doc(hidden)]
    pub fn new(api: &'static Api) -> Self {
        Self {
            api,
            server: ServerSettings::default(),
            authentication: Authentication::None,
            secret_host: None,
            allow_other_host: false,
            credentials: BTreeMap::new(),
            http: None,
            root_certificates: Vec::new(),
            user_agent: Vec::new(),
            retry: RetryPolicy::default(),
            connect_timeout: None,
            redirect_origins: Vec::new(),
            token_origins: Vec::new(),
            credential_origins: Vec::new(),
            limits: Limits {
                attempt: Duration::from_secs(60),
                total: Duration::from_secs(300),
                pause: MAX_SHARED_PAUSE,
                idle: Duration::from_secs(60),
                strict: false,
                response: 64 * MIB,
                decoded: None,
                error: MIB,
                token: MIB,
            },
            rate_limit: RateLimitSetting::Documented,
        }
    }

    /// Sets a variable of the document's server (OpenAPI 3.0, Server Variable Object).
    pub fn server_variable(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.server.variables.insert(name, value.into());
        self
    }

    /// Sets the base URL, as in `https://host`. It replaces scheme and host of the document's
    /// server; the server's path is kept.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.server.base_url = Some(url.into());
        self
    }

    /// Sets the URL of a server of single operations (OpenAPI 3.0, Operation Object, `servers`), as in
    /// `https://files.example.com`. The server is named by its URL in the document. The new URL
    /// replaces its scheme and host; its path is kept.
    ///
    /// If [`base_url`](Self::base_url) replaces the host of the API, these servers must be replaced as
    /// well: the operations fail otherwise. See also [`credential_origins`](Self::credential_origins).
    pub fn server_url(mut self, server: impl Into<String>, url: impl Into<String>) -> Self {
        self.server.operation_urls.insert(server.into(), url.into());
        self
    }

    /// Allows sending credentials to these origins, as in `https://files.example.com`, besides that of
    /// the base URL.
    ///
    /// The document may name another server for single operations. Their requests contain credentials
    /// only if the server has the origin of the base URL, or if its origin is listed here. An operation
    /// that requires credentials fails otherwise, with [`Error::Config`].
    pub fn credential_origins(
        mut self,
        origins: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.credential_origins.extend(origins.into_iter().map(Into::into));
        self
    }

    /// Sets the path that precedes those of the operations, as in `/v2`, instead of that of the
    /// document's server. Use it for another version of the API with the same operations.
    pub fn base_path(mut self, path: impl Into<String>) -> Self {
        self.server.base_path = Some(path.into());
        self
    }

    /// Allows plain HTTP to other machines, which exposes tokens and secrets on the network. Plain
    /// HTTP to this machine is always allowed.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.server.allow_http = allow;
        self
    }

    /// Authenticates with the client credentials grant (RFC 6749, section 4.4). A token is
    /// requested when the first operation needs one, and renewed shortly before it expires.
    pub fn client_credentials(mut self, id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.authentication =
            Authentication::ClientCredentials { id: id.into(), secret: secret.into() };
        self.secret_host = None;
        self
    }

    /// Allows sending the client secret to token endpoints of these origins, as in
    /// `https://login.example.com`, besides that of the base URL.
    ///
    /// The token URL of the API's document may be on another host. The secret is sent there if the
    /// base URL is the document's as well, or if the origin is listed here. Otherwise
    /// [`build`](Self::build) fails. The same applies to a discovery document (OpenID Connect
    /// Discovery 1.0). The token endpoint in it must be on the host of that document or of the base
    /// URL, or be listed.
    pub fn token_origins(mut self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.token_origins.extend(origins.into_iter().map(Into::into));
        self
    }

    /// Authenticates with an existing access token. It cannot be renewed when it expires.
    pub fn token(self, token: impl Into<Secret>) -> Self {
        self.token_source(FixedToken::new(token.into()))
    }

    /// Authenticates with tokens from a custom source.
    pub fn token_source(mut self, source: impl TokenSource + 'static) -> Self {
        self.authentication = Authentication::TokenSource(Arc::new(source));
        self.secret_host = None;
        self
    }

    /// Sets the credential for a security scheme of the document, by the scheme's name
    /// (OpenAPI 3.0, Security Scheme Object).
    pub fn credential(mut self, scheme: &'static str, credential: Credential) -> Self {
        self.credentials.insert(scheme, credential);
        self
    }

    /// Sets the retry policy. Each request can override it.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets how long opening a connection may take. The default is 10 seconds. A client set by
    /// [`http_client`](Self::http_client) has its own limit, so that [`build`](Self::build) fails
    /// if both are set.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = Some(limit);
        self
    }

    /// Sets how long one attempt may take, up to the last byte of a response or the first byte of a
    /// download. The default is 60 seconds.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.limits.attempt = limit;
        self
    }

    /// Sets how long an operation may take, including authentication, all attempts and the waits
    /// between them. The default is 5 minutes. Reading a download does not count.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limits.total = limit;
        self
    }

    /// Treats every value that does not have its documented type as an [`Error::Decode`].
    ///
    /// By default only required values are checked this way. An optional property of another type
    /// is absent, its value is kept ([`Undecoded`](super::Undecoded)), and a `tracing` event of
    /// level `WARN` reports its path. The rest of the response stays usable, such as the id of the
    /// job that a `POST` has started. Values that an enum does not list are never errors.
    pub fn strict_decoding(mut self) -> Self {
        self.limits.strict = true;
        self
    }

    /// Sets how long to wait for the next chunk of a download. The default is 60 seconds.
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.limits.idle = limit;
        self
    }

    /// Limits the rate of requests of this client and its clones together. Requests beyond the
    /// limit are delayed, within their [`timeout`](Self::timeout).
    ///
    /// The default is the limit in the document, if there is one. It is then shared by all clients
    /// of the program that authenticate at the same server with the same client id.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = RateLimitSetting::Custom(limit);
        self
    }

    /// Limits how long one response can delay other requests. After `429` with `Retry-After`, all
    /// requests with the same rate limit wait, and after such a response of the token endpoint, all
    /// requests that need its token. A call with less time left fails at once. The default is ten
    /// minutes. Then the next request finds out whether the server still refuses. The request that
    /// received the response is not retried before the server allows it.
    pub fn max_shared_pause(mut self, limit: Duration) -> Self {
        self.limits.pause = limit;
        self
    }

    /// Removes the rate limit.
    pub fn without_rate_limit(mut self) -> Self {
        self.rate_limit = RateLimitSetting::Unlimited;
        self
    }

    /// Adds a product to the `User-Agent` header (RFC 9110, section 10.1.5), as in `nightly/1.2`.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent.push(product.into());
        self
    }

    /// Adds trusted root certificates, in PEM form, to those of the system. [`build`](Self::build)
    /// fails if they are invalid, or if [`http_client`](Self::http_client) is set as well, because
    /// that client has its own certificates.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Follows redirects to origins other than that of the base URL, as in
    /// `https://files.example.com`.
    ///
    /// Only `GET` and `HEAD` follow redirects, at most ten per request. Redirects within the origin
    /// of the base URL are always followed. A listed origin receives no credentials, no cookies and
    /// no headers that the caller has set. Every other redirect is an [`Error::Api`] that shows its
    /// target. Token requests follow no redirects.
    pub fn redirect_origins(
        mut self,
        origins: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.redirect_origins.extend(origins.into_iter().map(Into::into));
        self
    }

    /// Sends requests with a custom HTTP client, which then decides on proxies, certificates and
    /// connections.
    ///
    /// Build it with [`redirect::Policy::none`](reqwest::redirect::Policy::none), so that redirects
    /// are followed as [`redirect_origins`](Self::redirect_origins) describes. A client with its
    /// own redirect policy sends the request on before this crate can check the target. If the
    /// response then comes from another URL, the call fails for methods other than `GET` and
    /// `HEAD`, and for origins that are not listed. A redirect that ends at the original URL cannot
    /// be detected, nor what the hosts in between have received.
    ///
    /// Build it with [`retry::never`](reqwest::retry::never) as well. By default, reqwest repeats a
    /// request that an HTTP/2 server has refused up to two times. These requests do not count as
    /// attempts, and [`RetryPolicy::none`] does not prevent them.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("variables", &self.server.variables)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
