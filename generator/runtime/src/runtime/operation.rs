//! What a document says of one operation, in the form that the runtime reads.

use http::{Method, StatusCode};

use super::{BufferedResponse, DecodeError};
use crate::error_body::ErrorBody;

/// An operation of the API (OpenAPI 3.0, Operation Object).
#[derive(Debug)]
pub struct Operation {
    /// The operation's id in the document.
    pub id: &'static str,
    /// The method of its requests.
    pub method: Method,
    /// The template of its path, as in `/reports/{id}`.
    pub path: &'static str,
    /// The media types that a successful response may have, as the `Accept` header lists them.
    pub accept: &'static str,
    /// What requests carry to be let in (OpenAPI 3.0, Security Requirement Object): alternatives,
    /// each a list of places in [`Api::security`](super::Api::security) that are needed together.
    /// An empty alternative says that a request may go without.
    pub security: &'static [&'static [usize]],
    /// The bodies of the documented errors. The first case that fits the status counts.
    pub errors: &'static [ErrorCase],
}

impl Operation {
    /// Whether sending a request twice does what sending it once does
    /// (RFC 9110, section 9.2.2).
    pub(crate) fn is_idempotent(&self) -> bool {
        self.method.is_idempotent()
    }
}

/// The body of a documented error.
#[derive(Debug)]
pub struct ErrorCase {
    /// The statuses that it comes with.
    pub statuses: Statuses,
    /// Decodes the body.
    pub decode: fn(&BufferedResponse) -> Result<ErrorBody, DecodeError>,
}

/// One status or several (OpenAPI 3.0, Responses Object).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statuses {
    /// A single status, as in `404`.
    Code(u16),
    /// All statuses with the same first digit, as in `4XX`.
    Class(u16),
    /// Any status that nothing else names (`default`).
    Default,
}

impl Statuses {
    /// How precisely a status is named: a code more than a class, a class more than the default.
    pub(crate) fn precision(self) -> u8 {
        match self {
            Self::Code(_) => 2,
            Self::Class(_) => 1,
            Self::Default => 0,
        }
    }

    /// Whether a status is among these.
    pub fn contain(self, status: StatusCode) -> bool {
        match self {
            Self::Code(code) => status.as_u16() == code,
            Self::Class(class) => status.as_u16() / 100 == class,
            Self::Default => true,
        }
    }
}
