//! `x-credential-sources`, on the document: the sources from which clients read their credentials.

use serde_json::Value;

use super::shape::{self, Shape};
use super::{report_fault, string};
use crate::diagnostics::Diagnostics;
use crate::document::{CredentialFile, CredentialSources};
use crate::pointer::Pointer;

const KEY: &str = "x-credential-sources";

const SHAPE: Shape = Shape::Object(&[
    (
        "environment",
        Shape::Object(&[
            ("baseUrl", Shape::String),
            ("clientId", Shape::String),
            ("clientSecret", Shape::String),
        ]),
    ),
    (
        "files",
        Shape::Objects(&[
            ("path", Shape::String),
            ("format", Shape::String),
            ("environment", Shape::String),
            ("baseUrl", Shape::String),
            ("clientId", Shape::String),
            ("clientSecret", Shape::String),
        ]),
    ),
]);

/// Reads the extension of a document.
pub(in crate::parse) fn read(
    document: &Value,
    diagnostics: &mut Diagnostics,
) -> Option<CredentialSources> {
    let sources = document.get(KEY)?;
    let at = Pointer::root().join(KEY);
    shape::check(sources, SHAPE, &at, diagnostics);
    let variable = |name: &str| string(sources.get("environment")?, name);
    let (Some(base_url), Some(client_id), Some(client_secret)) =
        (variable("baseUrl"), variable("clientId"), variable("clientSecret"))
    else {
        let message = "`environment` must name a variable for each of `baseUrl`, `clientId` and `clientSecret`";
        report_fault(diagnostics, &at, message);
        return None;
    };
    let mut files = Vec::new();
    let entries = sources.get("files").and_then(Value::as_array).into_iter().flatten();
    for (index, file) in entries.enumerate() {
        match credential_file(file) {
            Some(file) => files.push(file),
            None => report_fault(
                diagnostics,
                &at.join("files").join(index),
                "a file must have `path`, `format` (`json` or `yaml`), and the JSON pointers `baseUrl`, `clientId` and `clientSecret`",
            ),
        }
    }
    Some(CredentialSources { base_url, client_id, client_secret, files })
}

fn credential_file(file: &Value) -> Option<CredentialFile> {
    let pointer = |key: &str| string(file, key).filter(|text| Pointer::parse(text).is_some());
    let yaml = match string(file, "format")?.as_str() {
        "json" => false,
        "yaml" => true,
        _ => return None,
    };
    Some(CredentialFile {
        path: string(file, "path")?,
        yaml,
        environment: pointer("environment"),
        base_url: pointer("baseUrl")?,
        client_id: pointer("clientId")?,
        client_secret: pointer("clientSecret")?,
    })
}
