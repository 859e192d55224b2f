//! Numbers of the items of the IR, a type for each kind. [`lower`](crate::lower) assigns them, and
//! [`Names`](crate::name::Names) has an identifier for each.

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub usize);
    )*};
}

numbers! {
    /// The number of a type's declaration: its place among the types.
    TypeId,
    /// The number of a property, of a value of an enum, of a variant of a union, or of a part of a
    /// form, among all of them.
    MemberId,
    /// The number of a group of operations: its place among the groups.
    TagId,
    /// The number of an operation: its place among the operations.
    OperationId,
    /// The number of a parameter among those of all operations.
    ParameterId,
    /// The number of a content of a body among those of all operations.
    ContentId,
    /// The number of a case of a response among those of all operations.
    CaseId,
    /// The number of a header of responses: its place among the headers.
    HeaderId,
    /// The number of a security scheme: its place among the schemes.
    SchemeId,
    /// The number of a body of errors: its place among the bodies.
    ErrorBodyId,
    /// The number of a set of errors: its place among the sets.
    ErrorSetId,
}
