//! JSONPath (RFC 9535), by `serde_json_path`.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_json_path::{JsonPath, PathElement};

use crate::pointer::Pointer;

/// What is to be done about a query that cannot be read.
pub(super) const HELP: &str = "mend the JSONPath (RFC 9535): it begins with `$`, and a name that has \
    other characters than letters, digits and `_` stands in brackets and quotes, as in \
    `$.paths['/a'].get`";

/// A query that can be asked.
pub(super) struct Query {
    pub(super) text: String,
    path: JsonPath,
}

impl Query {
    /// Reads a query, or says why that is none.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match JsonPath::parse(text) {
            Ok(path) => Ok(Self { text: text.to_owned(), path }),
            Err(error) => Err(reason(text, error.position(), error.message())),
        }
    }

    /// The nodes that it leads to, each once, in the order of the query.
    pub(super) fn find(&self, document: &Value) -> Vec<Pointer> {
        let found = self.path.query_located(document);
        let pointers = found.locations().map(|location| location.iter().map(step).collect());
        let mut known = BTreeSet::new();
        pointers.filter(|pointer: &Pointer| known.insert(pointer.clone())).collect()
    }
}

/// What is wrong with a query. The parser knows the byte, and seldom more.
fn reason(text: &str, at: usize, message: &str) -> String {
    let (good, bad) = text.split_at_checked(at).unwrap_or((text, ""));
    let place = match (good, bad) {
        ("", _) if !text.starts_with('$') => "it does not begin with `$`".to_owned(),
        (_, "") => "it ends too early".to_owned(),
        _ => format!("it cannot be read from `{bad}` on"),
    };
    match message {
        "" | "parser error" => place,
        message => format!("{place} ({message})"),
    }
}

fn step(element: &PathElement<'_>) -> String {
    match element {
        PathElement::Name(name) => (*name).to_owned(),
        PathElement::Index(index) => index.to_string(),
    }
}
