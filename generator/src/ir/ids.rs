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
    /// The number of a declared type: its index in the types.
    TypeId,
    /// The number of a property, of a value of an enum, of a variant of a union, or of a part of a
    /// form, among all of them.
    MemberId,
    /// The number of a group of operations: its index in the groups.
    GroupId,
    /// The number of an operation: its index in the operations.
    OperationId,
    /// The number of a parameter among those of all operations.
    ParameterId,
    /// The number of a content of a body among those of all operations.
    ContentId,
    /// The number of a case of a response among those of all operations.
    CaseId,
    /// The number of a header of responses: its index in the headers.
    HeaderId,
    /// The number of a security scheme: its index in the schemes.
    SchemeId,
    /// The number of an error body: its index in the error bodies.
    ErrorBodyId,
    /// The number of a set of errors: its index in the sets.
    ErrorSetId,
}
