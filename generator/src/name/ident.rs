//! Rust identifiers, which only the modules of [`name`](super) create.

use std::fmt;

/// A Rust identifier. A keyword is a raw one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ident(String);

impl Ident {
    /// An identifier, which the caller has made sure that it is.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the identifier as code has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the identifier as documentation has it: without the sign that distinguishes it from a
    /// keyword.
    pub fn plain(&self) -> &str {
        self.0.strip_prefix("r#").unwrap_or(&self.0)
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
