//! Stands for the generated module of the same name.

/// The body of an error, as generated for a document without error responses.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ErrorBody {
    /// A body that the document does not describe.
    Undocumented,
}
