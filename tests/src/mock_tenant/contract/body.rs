//! Checks the body of a request: its presence, its media type, and its schema.

use serde_json::{Map, Value};

use super::super::record::RecordedRequest;
use super::schema::{self, Violation};

/// Returns the JSON body of a request, validated against the Request Body Object of its operation;
/// null if there is none and none is required.
pub(super) fn check(
    document: &Value,
    expected: Option<&Value>,
    request: &RecordedRequest,
) -> Result<Value, Vec<Violation>> {
    match (expected, request.body.is_empty()) {
        (None, true) => Ok(Value::Null),
        (None, false) => Err(violation("is not allowed here")),
        (Some(expected), true) if expected["required"] == true => {
            Err(violation("is required and missing"))
        }
        (Some(_), true) => Ok(Value::Null),
        (Some(expected), false) => {
            let schema = schema_for(expected, &request.media_type())?;
            let body =
                request.json().map_err(|error| violation(&format!("is not JSON: {error}")))?;
            let violations = schema::check(document, schema, &body, "$");
            if violations.is_empty() { Ok(body) } else { Err(violations) }
        }
    }
}

/// Returns the schema of a media type. Every media type of the document is treated as JSON.
fn schema_for<'a>(expected: &'a Value, media_type: &str) -> Result<&'a Value, Vec<Violation>> {
    let content = expected["content"].as_object();
    if let Some(content) = content.and_then(|content| content.get(media_type)) {
        return Ok(&content["schema"]);
    }
    let allowed: Vec<_> = content.into_iter().flat_map(Map::keys).map(String::as_str).collect();
    let problem = format!("is {media_type:?}; allowed is {}", allowed.join(", "));
    Err(vec![Violation::new("header \"Content-Type\"", problem)])
}

fn violation(problem: &str) -> Vec<Violation> {
    vec![Violation::new("body", problem)]
}
