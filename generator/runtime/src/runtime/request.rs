//! A request before it is sent.

use std::time::Duration;

use bytes::Bytes;
use http::header::{
    AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION,
};
use serde::Serialize;

use super::encoding::{ParameterValue, form, percent_encode, simple};
use super::transport::{self, Body};
use super::{Client, ConfigError, Download, Error, Operation, Reply, Response, RetryPolicy};

/// A request of an operation: its parameters, its body, and how it is to be sent.
///
/// The requests of the documented operations are made of it. A value that cannot be sent is kept
/// as an error until the request is sent, so that setters can be chained.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    pub(crate) client: Client,
    pub(crate) operation: &'static Operation,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) accept: &'static str,
    pub(crate) body: Option<(&'static str, Bytes)>,
    pub(crate) retry: RetryPolicy,
    pub(crate) attempt_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) error: Option<ConfigError>,
}

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
            accept: operation.accept,
            body: None,
            retry: shared.retry.clone(),
            attempt_timeout: shared.limits.attempt,
            timeout: shared.limits.total,
            error: None,
        }
    }

    /// Puts a value in the place of `{name}` in the path, as one segment of it.
    ///
    /// An empty value and the segments `.` and `..` are refused: every URL library resolves them,
    /// percent-encoded or not, and the request would go to another operation.
    pub fn path(mut self, name: &str, value: impl ParameterValue) -> Self {
        let segment = simple(&value, percent_encode);
        if matches!(segment.as_str(), "" | "." | "..") {
            return self.refuse(format!("path parameter `{name}` must not be `{segment}`"));
        }
        self.path = self.path.replace(&format!("{{{name}}}"), &segment);
        self
    }

    /// Adds a query parameter. Arrays become one parameter for each item (style `form`, exploded).
    pub fn query(mut self, name: &str, value: impl ParameterValue) -> Self {
        form(&mut self.query, name, &value, true);
        self
    }

    /// Adds a query parameter whose items are joined by commas (style `form`, not exploded).
    pub fn query_joined(mut self, name: &str, value: impl ParameterValue) -> Self {
        form(&mut self.query, name, &value, false);
        self
    }

    /// Adds a header whose items are joined by commas (style `simple`).
    pub fn header(mut self, name: &str, value: impl ParameterValue) -> Self {
        let text = simple(&value, str::to_owned);
        match (HeaderName::try_from(name), HeaderValue::try_from(&text)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive([AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(&name));
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

    /// Narrows the media types that a good answer may have.
    pub fn accept(mut self, media_types: &'static str) -> Self {
        self.accept = media_types;
        self
    }

    /// Sets a JSON body.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(json) => {
                self.body = Some(("application/json", Bytes::from(json)));
                self
            }
            Err(error) => self.refuse(format!("the body cannot be written as JSON: {error}")),
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

    /// Sends the request and reads the whole answer.
    ///
    /// # Errors
    ///
    /// Every [`Error`] but [`Error::Decode`] and [`Error::Save`].
    pub async fn reply(self) -> Result<Reply, Error> {
        let operation = self.operation;
        let answer = transport::send(self, Body::Whole).await?;
        Ok(Reply::new(operation, answer.status, answer.headers, answer.first))
    }

    /// Sends the request and decodes the answer.
    ///
    /// # Errors
    ///
    /// Every [`Error`] but [`Error::Save`].
    pub async fn decode<T>(
        self,
        decode: fn(&Reply) -> Result<T, super::DecodeError>,
    ) -> Result<Response<T>, Error> {
        let reply = self.reply().await?;
        let body = decode(&reply)?;
        Ok(Response { status: reply.status, headers: reply.headers, body })
    }

    /// Sends the request and leaves the body of the answer to be read as it comes.
    ///
    /// # Errors
    ///
    /// Every [`Error`] but [`Error::Decode`] and [`Error::Save`].
    pub async fn download(self) -> Result<Response<Download>, Error> {
        let operation = self.operation;
        let idle = self.client.shared.limits.idle;
        let answer = transport::send(self, Body::Stream).await?;
        let (status, headers) = (answer.status, answer.headers.clone());
        Ok(Response { status, headers, body: Download::new(operation, answer, idle) })
    }

    fn refuse(mut self, message: String) -> Self {
        let error = ConfigError::new(format!("{}: {message}", self.operation.id));
        self.error.get_or_insert(error);
        self
    }
}

/// Declares the request type of an operation: `request!(get_report, GetReport => Download, file)`.
///
/// That is the client's method which makes it, its name, what it answers, and how the answer is
/// read: as `json`, `text`, a `file`, as `empty`, or `by_status`.
#[allow(unused_macros, reason = "a document may have none")]
macro_rules! request {
    ($method:ident, $name:ident => $output:ty, $read:ident) => {
        #[doc = concat!("A request of [`Client::", stringify!($method), "`](crate::runtime::Client::", stringify!($method), ").")]
        #[derive(Debug)]
        #[must_use = "a request does nothing until it is awaited or sent"]
        pub struct $name($crate::runtime::Request);

        impl $name {
            /// Limits how long the request may take with all attempts and the waits between them.
            pub fn timeout(self, limit: ::std::time::Duration) -> Self {
                Self(self.0.timeout(limit))
            }

            /// Limits how long one attempt may take.
            pub fn attempt_timeout(self, limit: ::std::time::Duration) -> Self {
                Self(self.0.attempt_timeout(limit))
            }

            /// Sets when the request is sent again.
            pub fn retry(self, policy: $crate::runtime::RetryPolicy) -> Self {
                Self(self.0.retry(policy))
            }

            /// Adds a header that the document does not have, or replaces one.
            pub fn with_header(self, name: &str, value: &str) -> Self {
                Self(self.0.header(name, value))
            }

            /// Sends the request. Awaiting it does the same.
            ///
            /// # Errors
            ///
            /// Those of the operation.
            pub async fn send(self) -> Result<$output, $crate::runtime::Error> {
                Ok(self.response().await?.body)
            }

            /// Sends the request and gives status and headers of the answer as well.
            ///
            /// # Errors
            ///
            /// Those of the operation.
            pub async fn response(
                self,
            ) -> Result<$crate::runtime::Response<$output>, $crate::runtime::Error> {
                $crate::runtime::request!(@$read self.0, $output).await
            }
        }

        impl ::std::future::IntoFuture for $name {
            type Output = Result<$output, $crate::runtime::Error>;
            type IntoFuture = ::std::pin::Pin<Box<dyn Future<Output = Self::Output> + Send>>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }
    };
    (@json $request:expr, $output:ty) => { $request.decode(|reply| reply.json()) };
    (@text $request:expr, $output:ty) => { $request.decode(|reply| reply.text()) };
    (@empty $request:expr, $output:ty) => { $request.decode(|_| Ok(())) };
    (@by_status $request:expr, $output:ty) => { $request.decode(<$output>::read) };
    (@file $request:expr, $output:ty) => { $request.download() };
}
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use request;
