//! Rust identifiers, which only the modules of [`name`](super) create.

use std::fmt;

/// A Rust identifier. A keyword is a raw one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ident(String);

impl Ident {
    /// Creates an identifier. The caller ensures that it is valid.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the identifier as it is written in code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the identifier as it is written in documentation: without the prefix `r#`.
    pub fn plain(&self) -> &str {
        self.0.strip_prefix("r#").unwrap_or(&self.0)
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
