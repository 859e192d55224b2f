//! Reserved names: one list for each scope.
//!
//! The lists follow from the runtime and from generated crates. Tests derive them from these sources, and fail
//! with the missing names if a list is out of date. [`PRELUDE`] and [`MODULES`] follow from Rust alone.

/// The names of the prelude of the 2024 edition, and of its derives.
pub(super) const PRELUDE: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// The imports of files of types, and the names that macros of the runtime use without a path.
pub(super) const TYPES: &[&str] = &[
    "Base64",
    "Date",
    "DateTime",
    "Decimal",
    "ErrorBody",
    "Form",
    "Json",
    "Nullable",
    "Properties",
    "Secret",
    "Span",
    "Test",
    "Time",
    "Upload",
    "Value",
];

/// The imports of files of operations, and the enum of error bodies.
pub(super) const REQUEST_TYPES: &[&str] = &[
    "Base64",
    "Client",
    "Date",
    "DateTime",
    "Decimal",
    "Download",
    "Error",
    "ErrorBody",
    "ErrorCase",
    "EventStream",
    "Export",
    "JsonLines",
    "Location",
    "LongRunning",
    "Method",
    "Operation",
    "Parameter",
    "Poller",
    "Properties",
    "Request",
    "Response",
    "ResponseCase",
    "Secret",
    "Span",
    "Statuses",
    "Step",
    "StreamingResponse",
    "Style",
    "Time",
    "Upload",
    "Value",
];

/// Names that a file of a module cannot have.
pub(super) const MODULES: &[&str] = &["mod", "lib", "main"];

/// The same, and the imports and path segments of files that declare the modules of tags.
pub(super) const GROUPS: &[&str] = &["mod", "lib", "main", "alloc", "cli", "core", "std", "types"];

/// The field that every object has.
pub(super) const FIELDS: &[&str] = &["additional_properties"];

/// The variant, and the constant, that every enum has.
pub(super) const VALUES: &[&str] = &["Unknown"];

/// The variant that every union has.
pub(super) const VARIANTS: &[&str] = &["Other"];

/// The variant that the enum of error bodies has.
pub(super) const ERROR_BODIES: &[&str] = &["Undocumented"];

/// The variant that a body without a lifetime has.
pub(super) const BODIES: &[&str] = &["Never"];

/// The functions of every client: its own, and those of traits that all types implement.
pub(super) const METHODS: &[&str] = &[
    "borrow",
    "borrow_mut",
    "builder",
    "clone",
    "clone_from",
    "clone_into",
    "fmt",
    "from",
    "from_env",
    "into",
    "to_owned",
    "try_from",
    "try_into",
    "type_id",
];

/// The methods of requests, including those that only some have, and those of their traits.
pub(super) const SETTERS: &[&str] = &[
    "attempt_timeout",
    "export",
    "into_future",
    "poll",
    "response",
    "retry",
    "send",
    "timeout",
    "wait",
    "with_header",
    "with_secret_header",
];

/// The variables in methods that take parameters as arguments: an argument of the same name would be
/// hidden.
pub(super) const VARIABLES: &[&str] = &["accept", "client", "export"];

/// The methods of every mock server.
pub(super) const MOCK: &[&str] =
    &["base_url", "client", "drop", "fmt", "start", "verify", "with_builder"];

/// The imports of the module of the mock server.
pub(super) const MOCK_TYPES: &[&str] = &[
    "Client",
    "Empty",
    "Events",
    "Expectation",
    "File",
    "Json",
    "Lines",
    "MockServer",
    "ResponseTemplate",
    "Text",
    "TextEvents",
];

/// The Cargo features that are not tags.
pub(super) const FEATURES: &[&str] =
    &["blocking", "cli", "config-files", "default", "mock", "native-tls", "rustls", "system-proxy"];

/// The methods of every expectation, and their variable.
pub(super) const EXPECTATION: &[&str] = &[
    "any_times",
    "expect",
    "fmt",
    "given",
    "new",
    "once",
    "respond",
    "respond_status",
    "times",
    "to",
    "with_header",
];

/// The methods of every builder, including private ones.
pub(super) const BUILDER: &[&str] = &[
    "allow_http",
    "attempt_timeout",
    "base_path",
    "base_url",
    "build",
    "certificates",
    "client_credentials",
    "clone",
    "connect_timeout",
    "credential",
    "credential_origins",
    "discover",
    "endpoint",
    "environment",
    "fmt",
    "given",
    "http_client",
    "http_client_for",
    "idle_timeout",
    "limiter",
    "max_decoded_bytes",
    "max_error_bytes",
    "max_response_bytes",
    "max_shared_pause",
    "max_token_bytes",
    "new",
    "new_http_client",
    "rate_limit",
    "redirect_origins",
    "refused_host",
    "retry",
    "root_certificate",
    "secret_leaves_its_host",
    "send_secret_to_other_host",
    "server_url",
    "server_variable",
    "strict_decoding",
    "timeout",
    "token",
    "token_origins",
    "token_source",
    "tokens",
    "user_agent",
    "with_source",
    "without_rate_limit",
];

#[cfg(test)]
mod emitted_tests;
#[cfg(test)]
mod tests;
