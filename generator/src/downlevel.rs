//! Newer versions of OpenAPI to 3.0, which the stages behind this one read.

use serde_json::Value;

use crate::diagnostics::Diagnostics;
use crate::load::Document;
use crate::pointer::Pointer;

/// The version that a document says it is in.
pub fn version(document: &Document) -> String {
    let version = document.value.get("openapi").and_then(Value::as_str);
    version.unwrap_or_default().to_owned()
}

/// Lets OpenAPI 3.0 through and refuses the rest.
pub fn downlevel(document: Document, diagnostics: &mut Diagnostics) -> Option<Document> {
    let (at, message) = match document.value.get("openapi") {
        Some(Value::String(version)) if version.starts_with("3.0.") => return Some(document),
        Some(version) => {
            let message = format!("OpenAPI {version} is not supported");
            (Pointer::root().join("openapi"), message)
        }
        None => (Pointer::root(), "this is no OpenAPI document: it has no `openapi`".to_owned()),
    };
    diagnostics.fatal(
        "openapi-version",
        &at,
        message,
        "give a document in OpenAPI 3.0, with `openapi: 3.0.x`",
    );
    None
}
