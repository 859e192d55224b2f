//! A request before it is sent.

mod declare;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;

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

/// What a request gives when it is awaited. It is not sent before.
pub type ResponseFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// A request of an operation: its parameters, its body, and how it is to be sent.
///
/// The requests of the documented operations are made of it. A value that cannot be sent is kept
/// as an error until the request is sent, so that setters can be chained.
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
    /// Tells who waits whether the request may have reached the server.
    pub(crate) trace: Option<Trace>,
}

/// Whether the server may have acted on a request that is under way.
pub(crate) type Trace = Arc<AtomicBool>;

impl Request {
    /// A request of an operation, without parameters and body.
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
        }
    }

    /// Tells `trace` while the request is under way whether the server may have acted on it: for
    /// who is interrupted before there is a response.
    #[allow(dead_code, reason = "only the program for the command line asks")]
    pub(crate) fn traced(mut self, trace: &Trace) -> Self {
        self.trace = Some(Arc::clone(trace));
        self
    }

    /// Sets what [`tracing`](Self::traced) has asked for.
    pub(crate) fn may_have_acted(&self, may_have: bool) {
        if let Some(trace) = &self.trace {
            trace.store(may_have, Ordering::SeqCst);
        }
    }

    /// Puts a value in the place of `{name}` in the path, as one segment of it (style `simple`).
    ///
    /// An empty value and the segments `.` and `..` are refused: every URL library resolves them,
    /// percent-encoded or not, and the request would go to another operation.
    pub fn path<V: Serialize + ?Sized>(self, name: &str, value: &V) -> Self {
        self.parameter(&Parameter::plain(Location::Path, name), value)
    }

    /// Adds a query parameter. Arrays become one parameter for each item (style `form`, exploded).
    pub fn query<V: Serialize + ?Sized>(self, name: &str, value: &V) -> Self {
        self.parameter(&Parameter::plain(Location::Query, name), value)
    }

    /// Adds a header whose items are joined by commas (style `simple`).
    pub fn header<V: Serialize + ?Sized>(self, name: &str, value: &V) -> Self {
        self.parameter(&Parameter::plain(Location::Header, name), value)
    }

    /// Adds a header whose value is a secret: neither trace nor `Debug` show it. Headers whose names
    /// have `key`, `token`, `secret`, `auth`, `cookie` or the like in them are secret anyway.
    pub fn secret_header(mut self, name: &str, value: impl Into<Secret>) -> Self {
        match (HeaderName::try_from(name), value.into().header("")) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
                self
            }
            (Err(_), _) => {
                self.refuse(format!("`{}` cannot be the name of a header", name.escape_debug()))
            }
            (_, Err(_)) => self.refuse(format!(
                "header `{name}`: its value has characters that a header cannot have"
            )),
        }
    }

    /// Adds a cookie. Arrays become one cookie for each item (style `form`, exploded).
    pub fn cookie<V: Serialize + ?Sized>(self, name: &str, value: &V) -> Self {
        self.parameter(&Parameter::plain(Location::Cookie, name), value)
    }

    /// Adds a parameter in its own style.
    pub fn parameter<V: Serialize + ?Sized>(self, parameter: &Parameter<'_>, value: &V) -> Self {
        self.put(parameter, Node::new(value))
    }

    /// Adds a parameter that is written as JSON (OpenAPI 3.0, Parameter Object, `content`).
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
        self.put(&Parameter::plain(location, name), json)
    }

    fn put(mut self, parameter: &Parameter<'_>, value: Result<Node, serde_json::Error>) -> Self {
        let name = parameter.name;
        let value = match value {
            Ok(value) => value,
            Err(error) => {
                return self.refuse(format!("parameter `{name}` cannot be written: {error}"));
            }
        };
        match parameter.location {
            Location::Path => self.put_segment(name, &parameter::segment(parameter, &value)),
            Location::Header if value.is_nothing() => self,
            Location::Header => self.put_header(name, &parameter::segment(parameter, &value)),
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

    fn put_segment(mut self, name: &str, segment: &str) -> Self {
        if matches!(segment, "" | "." | "..") {
            return self.refuse(format!("path parameter `{name}` must not be `{segment}`"));
        }
        self.path = self.path.replace(&format!("{{{name}}}"), segment);
        self
    }

    fn put_header(mut self, name: &str, text: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(text)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(is_secret(name.as_str()));
                self.headers.insert(name, value);
                self
            }
            (Err(_), _) => {
                self.refuse(format!("`{}` cannot be the name of a header", name.escape_debug()))
            }
            (_, Err(_)) => self.refuse(format!(
                "header `{name}`: its value has characters that a header cannot have"
            )),
        }
    }

    /// Narrows the media types that a good response may have.
    pub fn accept(mut self, media_types: &'static str) -> Self {
        self.accept = media_types;
        self
    }

    /// Sets a JSON body.
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.json_as("application/json", body)
    }

    /// Sets a JSON body with a media type of its own, as in `application/merge-patch+json`.
    pub fn json_as<T: Serialize + ?Sized>(self, media_type: &'static str, body: &T) -> Self {
        self.written(
            "JSON",
            media_type,
            serde_json::to_vec(body).map_err(|error| error.to_string()),
        )
    }

    /// Sets a body of the pairs that an object's properties are
    /// (`application/x-www-form-urlencoded`): arrays are several pairs, objects are JSON.
    pub fn form<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.form_with(body, &[])
    }

    /// Sets a body as [`form`](Self::form) does, where some properties have a style of their own,
    /// exploded or not (OpenAPI 3.0, Encoding Object).
    pub fn form_with<T: Serialize + ?Sized>(
        self,
        body: &T,
        styles: &[(&str, Style, bool)],
    ) -> Self {
        let written = body::url_encoded(body, styles).map(String::into_bytes);
        self.written("a form", "application/x-www-form-urlencoded", written)
    }

    /// Sets a body that is text.
    pub fn text(self, media_type: &'static str, body: impl Into<String>) -> Self {
        self.written("text", media_type, Ok(body.into().into_bytes()))
    }

    /// Sets a body that is sent as it is. A media type that the upload has itself comes first.
    pub fn upload(self, media_type: &'static str, body: impl Into<Upload>) -> Self {
        self.carry(Body::upload(media_type, body.into()))
    }

    /// Sets a body of several parts (`multipart/form-data`).
    pub fn multipart(self, form: Form) -> Self {
        self.carry(Body::form(form))
    }

    fn written(self, what: &str, media_type: &str, bytes: Result<Vec<u8>, String>) -> Self {
        match bytes {
            Ok(bytes) => self.carry(Body::bytes(media_type, bytes)),
            Err(error) => self.refuse(format!("the body cannot be written as {what}: {error}")),
        }
    }

    fn carry(mut self, body: Result<Body, ConfigError>) -> Self {
        match body {
            Ok(body) => {
                self.body = Some(body);
                self
            }
            Err(error) => self.refuse(error.to_string()),
        }
    }

    /// Limits how long the request may take with all attempts and the waits between them.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Limits how long one attempt may take.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// Sets when the request is sent again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sends the request and reads the whole response.
    ///
    /// # Errors
    ///
    /// Every [`Error`] but [`Error::Decode`] and [`Error::Save`].
    pub async fn send(self) -> Result<BufferedResponse, Error> {
        self.whole(Reading::Whole).await
    }

    /// Sends the request and decodes the response.
    ///
    /// # Errors
    ///
    /// Every [`Error`] but [`Error::Save`].
    pub fn decode<T: Send + 'static>(
        self,
        decode: fn(&BufferedResponse) -> Result<T, super::DecodeError>,
    ) -> ResponseFuture<Response<T>> {
        self.decoded(Reading::Whole, decode)
    }

    /// The same for a function that knows what each documented status means.
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

    /// Sends the request and leaves the body of the response to be read as it comes.
    ///
    /// # Errors
    ///
    /// Every [`Error`] but [`Error::Decode`] and [`Error::Save`].
    pub fn download(self) -> ResponseFuture<Response<Download>> {
        self.read(Reading::File, |response| std::future::ready(Ok(response.download())))
    }

    /// Sends the request and leaves the body of the response to be read as events or values.
    ///
    /// # Errors
    ///
    /// Every [`Error`] but [`Error::Decode`] and [`Error::Save`].
    pub fn stream<T: Send + 'static>(
        self,
        open: fn(StreamingResponse) -> T,
    ) -> ResponseFuture<Response<T>> {
        self.read(Reading::Stream, move |response| std::future::ready(Ok(open(response))))
    }

    /// Sends the request and reads the response by its status and media type. A small body, and the
    /// beginning of a JSON one, is read before, so that a connection that breaks in it can be
    /// tried again.
    ///
    /// # Errors
    ///
    /// Every [`Error`] but [`Error::Save`].
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

    /// The same for who knows media types alone.
    #[allow(dead_code, reason = "only the program for the command line reads so")]
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

/// Shows what is sent, without the values of the query, of cookies and of secret headers.
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
