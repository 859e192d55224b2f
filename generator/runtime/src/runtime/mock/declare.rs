//! The macro for the method that begins an expectation.

/// Declares the method that begins an expectation:
/// `expectation!(get_report, GetReport => File, Errors404, GET_REPORT)`.
///
/// The arguments are the client's method (or the group and its method, as in
/// `expectation!(Reports::get, …)`), its request type, the type of a successful response, the
/// type of the documented errors, and the operation.
#[allow(unused_macros, reason = "a document may have none")]
macro_rules! expectation {
    ($method:ident, $request:ty => $responses:ty, $errors:ty, $operation:path) => {
        impl $crate::runtime::mock::MockServer {
            #[doc = concat!("Begins an expectation of [`", stringify!($request), "`].")]
            pub fn $method(
                &self,
            ) -> $crate::runtime::mock::Expectation<$request, $responses, $errors> {
                $crate::runtime::mock::Expectation::new(self, &$operation)
            }
        }
    };
    ($group:ident::$method:ident, $request:ty => $responses:ty, $errors:ty, $operation:path) => {
        impl $group<'_> {
            #[doc = concat!("Begins an expectation of [`", stringify!($request), "`].")]
            pub fn $method(
                &self,
            ) -> $crate::runtime::mock::Expectation<$request, $responses, $errors> {
                $crate::runtime::mock::Expectation::new(self.0, &$operation)
            }
        }
    };
}

#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use expectation;
