//! Requests before they are sent.

mod declare;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use tokio::time::Instant;

use super::body::{self, Body};
use super::parameter::{self, Node};
use super::security::join;
use super::sensitive::{self, is_secret};
use super::transport::{self, Reading};
use super::{
    BufferedResponse, Client, ConfigError, Download, Error, Form, Location, Operation, Parameter,
    Response, RetryPolicy, Secret, StreamingResponse, Style, Upload,
};
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use declare::request;

/// The future that awaiting a request returns. The request is sent when it is first polled.
pub type ResponseFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// A request of an operation: its parameters, its body and its settings.
///
/// The request types of the documented operations wrap it. If a value is invalid, the error is kept
/// until the request is sent, so that setters can be chained.
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    pub(crate) client: Client,
    pub(crate) operation: &'static Operation,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) cookies: String,
    pub(crate) accept: &'static str,
    pub(crate) body: Option<Body>,
    pub(crate) retry: RetryPolicy,
    pub(crate) attempt_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) error: Option<ConfigError>,
    /// Shared with a waiting caller, to report whether the server may have acted on the request.
    pub(crate) trace: Option<Trace>,
    /// When whoever waits for the call stops to wait for pauses that the server asks for, should
    /// that be sooner than the timeout.
    pub(crate) pauses_until: Option<Instant>,
    /// Whether a failure is left to the caller, who sends the request again in its own time.
    pub(crate) once: bool,
}

/// Whether the server may have acted on a request that is in progress.
pub(crate) type Trace = Arc<AtomicBool>;

impl Request {
    /// Returns a request of an operation, without parameters and body.
    pub fn new(client: &Client, operation: &'static Operation) -> Self {
        let shared = &client.shared;
        Self {
            client: client.clone(),
            operation,
            path: operation.path.to_owned(),
            query: String::new(),
            headers: HeaderMap::new(),
            cookies: String::new(),
            accept: operation.accept,
            body: None,
            retry: shared.retry.clone(),
            attempt_timeout: shared.limits.attempt,
            timeout: shared.limits.total,
            error: None,
            trace: None,
            pauses_until: None,
            once: false,
        }
    }

    /// Reports to `trace`, while the request is in progress, whether the server may have acted on
    /// it. This is for callers that may be interrupted before there is a response.
    #[allow(dead_code, reason = "only the command-line program uses it")]
    pub(crate) fn traced(mut self, trace: &Trace) -> Self {
        self.trace = Some(Arc::clone(trace));
        self
    }

    /// Sets the value that [`traced`](Self::traced) reports.
    pub(crate) fn may_have_acted(&self, may_have: bool) {
        if let Some(trace) = &self.trace {
            trace.store(may_have, Ordering::SeqCst);
        }
    }

    /// Sets the path parameter `{name}`, as a single segment (style `simple`).
    ///
    /// An empty value and the segments `.` and `..` are errors: URL libraries resolve them,
    /// percent-encoded or not, so that the request would reach another operation.
    pub fn path<V: Serialize + ?Sized>(self, name: &str, value: &V) -> Self {
        self.parameter(&Parameter::plain(Location::Path, name), value)
    }

    /// Adds a query parameter. Arrays become one parameter per item (style `form`, exploded).
    pub fn query<V: Serialize + ?Sized>(self, name: &str, value: &V) -> Self {
        self.parameter(&Parameter::plain(Location::Query, name), value)
    }

    /// Adds a header. Arrays are joined by commas (style `simple`).
    pub fn header<V: Serialize + ?Sized>(self, name: &str, value: &V) -> Self {
        self.parameter(&Parameter::plain(Location::Header, name), value)
    }

    /// Adds a header with a secret value, which `Debug` and traces do not show. Headers with a name
    /// that contains `key`, `token`, `secret`, `auth`, `cookie` or the like are always secret.
    pub fn secret_header(mut self, name: &str, value: impl Into<Secret>) -> Self {
        match (HeaderName::try_from(name), value.into().header("")) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
                self
            }
            (Err(_), _) => {
                self.refuse(format!("`{}` is not a valid header name", name.escape_debug()))
            }
            (_, Err(_)) => self.refuse(format!(
                "header `{name}`: its value contains characters that are not allowed in a header"
            )),
        }
    }

    /// Adds a cookie. Arrays become one cookie per item (style `form`, exploded).
    pub fn cookie<V: Serialize + ?Sized>(self, name: &str, value: &V) -> Self {
        self.parameter(&Parameter::plain(Location::Cookie, name), value)
    }

    /// Adds a parameter with a given style.
    pub fn parameter<V: Serialize + ?Sized>(self, parameter: &Parameter<'_>, value: &V) -> Self {
        self.add_parameter(parameter, Node::new(value))
    }

    /// Adds a parameter that is encoded as JSON (OpenAPI 3.0, Parameter Object, `content`).
    pub fn json_parameter<V: Serialize + ?Sized>(
        self,
        location: Location,
        name: &str,
        value: &V,
    ) -> Self {
        let json = serde_json::to_string(value).map(|json| match json.as_str() {
            "null" => Node::Null,
            _ => Node::Text(json),
        });
        self.add_parameter(&Parameter::plain(location, name), json)
    }

    fn add_parameter(
        mut self,
        parameter: &Parameter<'_>,
        value: Result<Node, serde_json::Error>,
    ) -> Self {
        let name = parameter.name;
        let value = match value {
            Ok(value) => value,
            Err(error) => {
                return self.refuse(format!("parameter `{name}` cannot be encoded: {error}"));
            }
        };
        match parameter.location {
            Location::Path => self.set_segment(name, &parameter::segment(parameter, &value)),
            Location::Header if value.is_empty() => self,
            Location::Header => self.add_header(name, &parameter::segment(parameter, &value)),
            Location::Query => {
                for (name, value) in parameter::pairs(parameter, &value) {
                    join(&mut self.query, "&", &format!("{name}={value}"));
                }
                self
            }
            Location::Cookie => {
                for (name, value) in parameter::pairs(parameter, &value) {
                    join(&mut self.cookies, "; ", &format!("{name}={value}"));
                }
                self
            }
        }
    }

    fn set_segment(mut self, name: &str, segment: &str) -> Self {
        if matches!(segment, "" | "." | "..") {
            return self.refuse(format!("path parameter `{name}` must not be `{segment}`"));
        }
        self.path = self.path.replace(&format!("{{{name}}}"), segment);
        self
    }

    fn add_header(mut self, name: &str, text: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(text)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(is_secret(name.as_str()));
                self.headers.insert(name, value);
                self
            }
            (Err(_), _) => {
                self.refuse(format!("`{}` is not a valid header name", name.escape_debug()))
            }
            (_, Err(_)) => self.refuse(format!(
                "header `{name}`: its value contains characters that are not allowed in a header"
            )),
        }
    }

    /// Sets the accepted media types of a successful response (`Accept`).
    pub fn accept(mut self, media_types: &'static str) -> Self {
        self.accept = media_types;
        self
    }

    /// Sets a JSON body.
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.json_as("application/json", body)
    }

    /// Sets a JSON body with another media type, as in `application/merge-patch+json`.
    pub fn json_as<T: Serialize + ?Sized>(self, media_type: &'static str, body: &T) -> Self {
        self.encoded(
            "JSON",
            media_type,
            serde_json::to_vec(body).map_err(|error| error.to_string()),
        )
    }

    /// Sets a body of name–value pairs, one for each property of an object
    /// (`application/x-www-form-urlencoded`). Arrays become several pairs, objects become JSON.
    pub fn form<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.form_with(body, &[])
    }

    /// Sets a body as [`form`](Self::form) does, with a given style and `explode` for some
    /// properties (OpenAPI 3.0, Encoding Object).
    pub fn form_with<T: Serialize + ?Sized>(
        self,
        body: &T,
        styles: &[(&str, Style, bool)],
    ) -> Self {
        let encoded = body::url_encoded(body, styles).map(String::into_bytes);
        self.encoded("a form", "application/x-www-form-urlencoded", encoded)
    }

    /// Sets a text body.
    pub fn text(self, media_type: &'static str, body: impl Into<String>) -> Self {
        self.encoded("text", media_type, Ok(body.into().into_bytes()))
    }

    /// Sets a body that is sent unchanged. A media type set on the upload takes precedence.
    pub fn upload(self, media_type: &'static str, body: impl Into<Upload>) -> Self {
        self.with_body(Body::upload(media_type, body.into()))
    }

    /// Sets a multipart body (`multipart/form-data`).
    pub fn multipart(self, form: Form) -> Self {
        self.with_body(Body::form(form))
    }

    fn encoded(self, format: &str, media_type: &str, bytes: Result<Vec<u8>, String>) -> Self {
        match bytes {
            Ok(bytes) => self.with_body(Body::bytes(media_type, bytes)),
            Err(error) => self.refuse(format!("the body cannot be encoded as {format}: {error}")),
        }
    }

    fn with_body(mut self, body: Result<Body, ConfigError>) -> Self {
        match body {
            Ok(body) => {
                self.body = Some(body);
                self
            }
            Err(error) => self.refuse(error.to_string()),
        }
    }

    /// Sets how long the request may take, including all attempts and the waits between them.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Sets how long one attempt may take.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// Sets the retry policy.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sends the request and reads the whole response.
    ///
    /// # Errors
    ///
    /// Every [`Error`] except [`Error::Decode`] and [`Error::Save`].
    pub async fn send(self) -> Result<BufferedResponse, Error> {
        self.whole(Reading::Whole).await
    }

    /// Sends the request and decodes the response.
    ///
    /// # Errors
    ///
    /// Every [`Error`] except [`Error::Save`].
    pub fn decode<T: Send + 'static>(
        self,
        decode: fn(&BufferedResponse) -> Result<T, super::DecodeError>,
    ) -> ResponseFuture<Response<T>> {
        self.decoded(Reading::Whole, decode)
    }

    /// The same, for a function that distinguishes the documented statuses.
    #[allow(dead_code, reason = "a document may have no operation with several statuses")]
    pub(crate) fn decode_by_status<T: Send + 'static>(
        self,
        decode: fn(&BufferedResponse) -> Result<T, super::DecodeError>,
    ) -> ResponseFuture<Response<T>> {
        self.decoded(Reading::ByStatus, decode)
    }

    fn decoded<T: Send + 'static>(
        self,
        reading: Reading,
        decode: fn(&BufferedResponse) -> Result<T, super::DecodeError>,
    ) -> ResponseFuture<Response<T>> {
        Box::pin(async move {
            let response = self.whole(reading).await?;
            let body = decode(&response)?;
            let BufferedResponse { status, headers, operation, .. } = response;
            Ok(Response { status, headers, body, operation })
        })
    }

    async fn whole(self, reading: Reading) -> Result<BufferedResponse, Error> {
        let (operation, strict) = (self.operation, self.client.shared.limits.strict);
        let (response, _) = transport::send(self, reading).await?;
        let transport::RawResponse { status, headers, first, secrets, .. } = response;
        Ok(BufferedResponse::new(operation, status, headers, first, strict, secrets))
    }

    /// Sends the request and returns the body of the response as a download.
    ///
    /// # Errors
    ///
    /// Every [`Error`] except [`Error::Decode`] and [`Error::Save`].
    pub fn download(self) -> ResponseFuture<Response<Download>> {
        self.read(Reading::File, |response| std::future::ready(Ok(response.download())))
    }

    /// Sends the request and returns the body of the response as a stream of events or values.
    ///
    /// # Errors
    ///
    /// Every [`Error`] except [`Error::Decode`] and [`Error::Save`].
    pub fn stream<T: Send + 'static>(
        self,
        open: fn(StreamingResponse) -> T,
    ) -> ResponseFuture<Response<T>> {
        self.read(Reading::Stream, move |response| std::future::ready(Ok(open(response))))
    }

    /// Sends the request and reads the response according to its status and media type. A small
    /// body, and the beginning of a JSON body, are read as part of the attempt, so that a broken
    /// connection can be retried.
    ///
    /// # Errors
    ///
    /// Every [`Error`] except [`Error::Save`].
    pub fn decode_by_case<T, F>(
        self,
        read: impl FnOnce(StreamingResponse) -> F + Send + 'static,
    ) -> ResponseFuture<Response<T>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        self.read(Reading::ByCase, read)
    }

    /// The same, for a function that only distinguishes media types.
    #[allow(dead_code, reason = "only the command-line program uses it")]
    pub(crate) fn by_media_type<T, F>(
        self,
        read: impl FnOnce(StreamingResponse) -> F + Send + 'static,
    ) -> ResponseFuture<Response<T>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        self.read(Reading::ByMediaType, read)
    }

    fn read<T, F>(
        self,
        reading: Reading,
        read: impl FnOnce(StreamingResponse) -> F + Send + 'static,
    ) -> ResponseFuture<Response<T>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        Box::pin(async move {
            let operation = self.operation.id;
            let (response, sent) = transport::send(self, reading).await?;
            let (status, headers) = (response.status, response.headers.clone());
            let body = read(StreamingResponse::new(response, sent)).await?;
            Ok(Response { status, headers, body, operation })
        })
    }

    fn refuse(mut self, message: String) -> Self {
        let error = ConfigError::new(format!("{}: {message}", self.operation.id));
        self.error.get_or_insert(error);
        self
    }
}

/// Shows the request without the values of the query, of cookies and of secret headers.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("client", &self.client)
            .field("operation", &self.operation.id)
            .field("path", &self.path)
            .field("query", &sensitive::Query(&self.query))
            .field("headers", &self.headers)
            .field("has_cookies", &!self.cookies.is_empty())
            .field("accept", &self.accept)
            .field("body", &self.body)
            .field("retry", &self.retry)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("timeout", &self.timeout)
            .field("error", &self.error)
            .finish()
    }
}
