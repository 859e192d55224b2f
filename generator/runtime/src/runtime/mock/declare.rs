//! The declarations of what the mock of an operation can do.

/// Declares the method that begins an expectation:
/// `expectation!(get_report, GetReport => File, Errors404, GET_REPORT)`.
///
/// That is the name of the client's method, its request, what good answers are, which errors are
/// documented, and the operation.
#[allow(unused_macros, reason = "a document may have none")]
macro_rules! expectation {
    ($method:ident, $request:ty => $answers:ty, $errors:ty, $operation:path) => {
        impl $crate::runtime::mock::Mock {
            #[doc = concat!("Expects requests of [`", stringify!($request), "`].")]
            pub fn $method(
                &self,
            ) -> $crate::runtime::mock::Expectation<$request, $answers, $errors> {
                $crate::runtime::mock::Expectation::new(self, &$operation)
            }
        }
    };
}

/// Declares what can be expected of a request: each parameter with its type, and how the client puts
/// it into a request. What is in the module `operations` is meant, which has the request.
#[allow(unused_macros, reason = "a document may have none")]
macro_rules! matchers {
    (pub struct $request:ident { $(pub $name:ident: $ty:ty = $set:expr),* $(,)? }) => {
        impl<Answers, Errors>
            $crate::runtime::mock::Expectation<operations::$request, Answers, Errors>
        {
            $(
                /// Expects this value, as the client writes it.
                pub fn $name(self, $name: $ty) -> Self {
                    self.given($set)
                }
            )*
        }
    };
}

/// Declares documented errors: a responder for each, with the type of its body and its status, or
/// with `_` for a status that whoever calls it says.
#[allow(unused_macros, reason = "a document may have none")]
macro_rules! errors {
    ($(#[$doc:meta])* pub struct $errors:ident {
        $(pub $respond:ident: $body:ty = $status:tt),* $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $errors {}

        impl<Of, Answers> $crate::runtime::mock::Expectation<Of, Answers, $errors> {
            $($crate::runtime::mock::errors!(@$respond, $body, $status);)*
        }
    };
    (@$respond:ident, $body:ty, _) => {
        /// Answers with this error, and with a status that it can have.
        ///
        /// # Panics
        ///
        /// There is no such status, or a value cannot be written.
        #[track_caller]
        pub fn $respond(self, status: u16, body: impl ::std::borrow::Borrow<$body>) {
            self.respond($crate::runtime::mock::Answer::json::<$body>(status, body.borrow()));
        }
    };
    (@$respond:ident, $body:ty, $status:literal) => {
        #[doc = concat!("Answers with the error ", $status, ".")]
        ///
        /// # Panics
        ///
        /// A value cannot be written.
        #[track_caller]
        pub fn $respond(self, body: impl ::std::borrow::Borrow<$body>) {
            self.respond($crate::runtime::mock::Answer::json::<$body>($status, body.borrow()));
        }
    };
}

#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use {errors, expectation, matchers};
