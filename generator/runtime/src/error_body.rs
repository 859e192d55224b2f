//! The place of the generated error bodies.

/// The body of an error, as a document without errors describes it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ErrorBody {
    /// A body that the document does not describe.
    Undocumented,
}
