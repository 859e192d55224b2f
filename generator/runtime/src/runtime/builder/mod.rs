//! Setting a client up.
//!
//! Takes what the caller sets, and returns a [`Client`] or the [`Error::Config`] that says what
//! cannot be. The setters are here; where credentials come from is in `environment`, what is made of
//! the settings in `build`, and the connections in `http_client`.

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
use super::base_url::Given;
use super::client::Limits;
use super::credential_source::SourceHost;
use super::{Api, Credential, RateLimit, RetryPolicy, Secret};
#[allow(unused_imports, reason = "for the documentation")]
use super::{Client, Error};

/// Sets a [`Client`] up. Everything has a default except the way to sign in.
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    pub(crate) api: &'static Api,
    place: Given,
    sign_in: SignIn,
    /// The host that the secret came with.
    bound_to: Option<SourceHost>,
    allow_another_host: bool,
    credentials: BTreeMap<&'static str, Credential>,
    http: Option<reqwest::Client>,
    root_certificates: Vec<Vec<u8>>,
    user_agent: Vec<String>,
    retry: RetryPolicy,
    connect_timeout: Option<Duration>,
    redirect_origins: Vec<String>,
    limits: Limits,
    rate_limit: Pace,
}

const MIB: usize = 1024 * 1024;

/// How long it may take to open a connection, unless the caller sets it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

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
            bound_to: None,
            allow_another_host: false,
            credentials: BTreeMap::new(),
            http: None,
            root_certificates: Vec::new(),
            user_agent: Vec::new(),
            retry: RetryPolicy::default(),
            connect_timeout: None,
            redirect_origins: Vec::new(),
            limits: Limits {
                attempt: Duration::from_secs(60),
                total: Duration::from_secs(300),
                idle: Duration::from_secs(60),
                strict: false,
                response: 64 * MIB,
                error: MIB,
                token: MIB,
            },
            rate_limit: Pace::Documented,
        }
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
        self.bound_to = None;
        self
    }

    /// Uses a token that is there already. It cannot be renewed when it expires.
    pub fn token(self, token: impl Into<Secret>) -> Self {
        self.token_source(FixedToken::new(token.into()))
    }

    /// Gets tokens from a source of one's own.
    pub fn token_source(mut self, source: impl TokenSource + 'static) -> Self {
        self.sign_in = SignIn::Source(Arc::new(source));
        self.bound_to = None;
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

    /// Limits how long it may take to open a connection. The default is 10 seconds. A client given
    /// with [`http_client`](Self::http_client) has a limit of its own, so that
    /// [`build`](Self::build) refuses both together.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = Some(limit);
        self
    }

    /// Limits how long one attempt may take: up to the last byte of a response, or up to the first
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

    /// Makes each value that is not of its documented type an [`Error::Decode`].
    ///
    /// By default only required values are: an optional property of another type is absent, kept as
    /// it came ([`Undecoded`](super::Undecoded)), and told by a `tracing` event of level `WARN` with
    /// its path. So a response is not lost, such as the id of what a `POST` has started. Values that
    /// an enum does not list are no errors either way.
    pub fn strict_decoding(mut self) -> Self {
        self.limits.strict = true;
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

    /// Trusts more certificates, in PEM form, beside those of the system. What is not a certificate
    /// is refused by [`build`](Self::build), and so is this together with
    /// [`http_client`](Self::http_client), which has certificates of its own.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Follows redirects to other origins than that of the base URL, as in `https://files.example.com`.
    ///
    /// Only `GET` and `HEAD` follow redirects, at most ten for a request. Within the origin of the
    /// base URL they are always followed. A listed origin gets neither credentials nor cookies nor
    /// the headers that the caller set. Every other redirect is an [`Error::Api`] that shows where
    /// it leads to, and the request for a token follows none.
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
    /// are followed as [`redirect_origins`](Self::redirect_origins) says. A client that follows them
    /// by itself has sent the request on before anything can be checked. If its response then comes
    /// from elsewhere, that is an error for all methods but `GET` and `HEAD`, and for other origins
    /// than the listed ones. What cannot be noticed is a redirect that ends at the URL where it
    /// began, and what the hosts in between have seen.
    ///
    /// Build it with [`retry::never`](reqwest::retry::never) as well. By default reqwest sends a
    /// request that an HTTP/2 server has refused up to two more times on its own. These requests are
    /// not counted as attempts, and [`RetryPolicy::none`] does not switch them off.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("variables", &self.place.variables)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
