//! HTTP methods of operations.

use std::fmt;

use super::ConfigError;

/// An HTTP method (RFC 9110, section 9). Unlike that of the crate `http`, any method can be a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method(&'static str);

impl Method {
    /// `GET`
    pub const GET: Self = Self("GET");
    /// `PUT`
    pub const PUT: Self = Self("PUT");
    /// `POST`
    pub const POST: Self = Self("POST");
    /// `DELETE`
    pub const DELETE: Self = Self("DELETE");
    /// `OPTIONS`
    pub const OPTIONS: Self = Self("OPTIONS");
    /// `HEAD`
    pub const HEAD: Self = Self("HEAD");
    /// `PATCH`
    pub const PATCH: Self = Self("PATCH");
    /// `TRACE`
    pub const TRACE: Self = Self("TRACE");
    /// `QUERY`: a `GET` with a body, which is safe and idempotent as well.
    pub const QUERY: Self = Self("QUERY");

    /// Returns another method, as in `LINK`. Methods are case-sensitive.
    pub const fn custom(name: &'static str) -> Self {
        Self(name)
    }

    /// Returns the name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// Returns whether the method is safe (RFC 9110, section 9.2.1): it changes nothing.
    pub(crate) fn is_safe(self) -> bool {
        [Self::GET, Self::HEAD, Self::OPTIONS, Self::TRACE, Self::QUERY].contains(&self)
    }

    /// Returns whether the method is idempotent (RFC 9110, section 9.2.2). A custom one may not be.
    pub(crate) fn is_idempotent(self) -> bool {
        self.is_safe() || [Self::PUT, Self::DELETE].contains(&self)
    }

    /// Returns the method for the HTTP library.
    pub(crate) fn http(self) -> Result<http::Method, ConfigError> {
        http::Method::from_bytes(self.0.as_bytes()).map_err(|_| {
            ConfigError::new(format!("`{}` is not an HTTP method", self.0.escape_debug()))
        })
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The properties are those that the crate `http` knows, where it knows the method.
    #[test]
    fn methods_are_safe_and_idempotent_as_they_are_registered() {
        let known = [
            Method::GET,
            Method::PUT,
            Method::POST,
            Method::DELETE,
            Method::OPTIONS,
            Method::HEAD,
            Method::PATCH,
            Method::TRACE,
        ];
        for method in known {
            let http = method.http().unwrap();
            assert_eq!(method.is_safe(), http.is_safe(), "{method}");
            assert_eq!(method.is_idempotent(), http.is_idempotent(), "{method}");
        }
        assert!(Method::QUERY.is_safe() && Method::QUERY.is_idempotent());
        let custom = Method::custom("LINK");
        assert!(!custom.is_safe() && !custom.is_idempotent());
        assert_eq!(custom.http().unwrap().as_str(), "LINK");
        assert!(Method::custom("A B").http().is_err());
    }
}
