//! The facts of a document about one operation.

use http::StatusCode;

use super::{BufferedResponse, DecodeError, Method};
use crate::error_body::ErrorBody;

/// An operation of the API (OpenAPI 3.0, Operation Object).
#[derive(Debug)]
pub struct Operation {
    /// The id of the operation in the document.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path template, as in `/reports/{id}`.
    pub path: &'static str,
    /// The media types of successful responses, as the `Accept` header lists them.
    pub accept: &'static str,
    /// The security requirements (OpenAPI 3.0, Security Requirement Object). Each alternative holds
    /// the indices in [`Api::security`](super::Api::security) of the schemes that are required
    /// together. An empty alternative allows anonymous requests.
    pub security: &'static [&'static [usize]],
    /// The bodies of the documented errors. The first case that matches the status is used.
    pub errors: &'static [ErrorCase],
}

impl Operation {
    /// Returns whether the method is idempotent (RFC 9110, section 9.2.2).
    pub(crate) fn is_idempotent(&self) -> bool {
        self.method.is_idempotent()
    }
}

/// The body of a documented error.
#[derive(Debug)]
pub struct ErrorCase {
    /// The statuses of the error.
    pub statuses: Statuses,
    /// Decodes the body.
    pub decode: fn(&BufferedResponse) -> Result<ErrorBody, DecodeError>,
}

/// A status, or a range of statuses (OpenAPI 3.0, Responses Object).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statuses {
    /// A single status, as in `404`.
    Code(u16),
    /// All statuses with the same first digit, as in `4XX`.
    Class(u16),
    /// Any status that no other case matches (`default`).
    Default,
}

impl Statuses {
    /// Returns the precedence: a code precedes a range, which precedes the default.
    pub(crate) fn precision(self) -> u8 {
        match self {
            Self::Code(_) => 2,
            Self::Class(_) => 1,
            Self::Default => 0,
        }
    }

    /// Returns whether a status is one of these.
    pub fn contain(self, status: StatusCode) -> bool {
        match self {
            Self::Code(code) => status.as_u16() == code,
            Self::Class(class) => status.as_u16() / 100 == class,
            Self::Default => true,
        }
    }
}
