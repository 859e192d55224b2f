//! The declaration of an operation's request type.

/// Declares the request type of an operation: `request!(get_report, GetReport => Download, file)`.
///
/// The arguments are the client's method that creates the request (or the group and its method, as in
/// `request!(Reports::get, Get => Download, file)`), the name of the type, the type of the response, and how the response is read: as `json`, `text`, `empty`, a `file`, `events`
/// (with JSON data), `events_text`, `lines` of JSON, `by_status`, or `by_case`. The last two call the
/// function `read` of the response type.
#[allow(unused_macros, reason = "a document may have none")]
macro_rules! request {
    ($method:tt, $name:ident => $output:ty, $read:ident) => {
        $crate::runtime::request!(
            @declare concat!(
                "A request for [`Client::", stringify!($method), "`](crate::runtime::Client::",
                stringify!($method), ")."
            ),
            $name => $output, $read
        );
    };
    ($group:ident::$method:tt, $name:ident => $output:ty, $read:ident) => {
        $crate::runtime::request!(
            @declare concat!("A request for [`", stringify!($group), "::", stringify!($method), "`]."),
            $name => $output, $read
        );
    };
    (@declare $doc:expr, $name:ident => $output:ty, $read:ident) => {
        #[doc = $doc]
        #[derive(Debug)]
        #[must_use = "a request does nothing until it is awaited or sent"]
        pub struct $name($crate::runtime::Request);

        impl $name {
            /// Sets how long the request may take, including all attempts and the waits between
            /// them.
            pub fn timeout(self, limit: ::std::time::Duration) -> Self {
                Self(self.0.timeout(limit))
            }

            /// Sets how long one attempt may take.
            pub fn attempt_timeout(self, limit: ::std::time::Duration) -> Self {
                Self(self.0.attempt_timeout(limit))
            }

            /// Sets the retry policy.
            pub fn retry(self, policy: $crate::runtime::RetryPolicy) -> Self {
                Self(self.0.retry(policy))
            }

            /// Adds a header that the document does not describe, or replaces one.
            pub fn with_header(self, name: &str, value: &str) -> Self {
                Self(self.0.header(name, value))
            }

            /// Adds a header with a secret value, which `Debug` and traces do not show.
            pub fn with_secret_header(
                self,
                name: &str,
                value: impl Into<$crate::runtime::Secret>,
            ) -> Self {
                Self(self.0.secret_header(name, value))
            }

            /// Sends the request. Awaiting the request does the same.
            ///
            /// # Errors
            ///
            /// The errors of the operation.
            pub fn send(self) -> $crate::runtime::ResponseFuture<$output> {
                $crate::runtime::Response::body_only(self.response())
            }

            /// Sends the request, and returns status and headers together with the body.
            ///
            /// # Errors
            ///
            /// The errors of the operation.
            pub fn response(self) -> $crate::runtime::ResponseFuture<$crate::runtime::Response<$output>> {
                $crate::runtime::request!(@$read self.0, $output)
            }
        }

        impl ::std::future::IntoFuture for $name {
            type Output = Result<$output, $crate::runtime::Error>;
            type IntoFuture = $crate::runtime::ResponseFuture<$output>;

            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }
    };
    (@json $request:expr, $output:ty) => { $request.decode(|response| response.json()) };
    (@text $request:expr, $output:ty) => { $request.decode(|response| response.text()) };
    (@empty $request:expr, $output:ty) => { $request.decode(|_| Ok(())) };
    (@by_status $request:expr, $output:ty) => { $request.decode_by_status(<$output>::read) };
    (@by_case $request:expr, $output:ty) => { $request.decode_by_case(<$output>::read) };
    (@file $request:expr, $output:ty) => { $request.download() };
    (@events $request:expr, $output:ty) => { $request.stream($crate::runtime::StreamingResponse::events) };
    (@events_text $request:expr, $output:ty) => {
        $request.stream($crate::runtime::StreamingResponse::events_text)
    };
    (@lines $request:expr, $output:ty) => {
        $request.stream($crate::runtime::StreamingResponse::json_lines)
    };
}
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use request;
