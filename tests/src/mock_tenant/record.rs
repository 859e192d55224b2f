//! Records every request as received, for tests to inspect, and appends it to a file if one is set.
//!
//! Nothing is omitted, so a record contains the secrets and tokens of this mock. They are valid
//! nowhere else.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use bytes::Bytes;
use hyper::http::request::Parts;
use serde_json::{Value, json};

use super::operation::Operation;

/// A request as the tenant received it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method, such as `GET`.
    pub method: String,
    /// The raw path, percent-encoded.
    pub path: String,
    /// The raw query, without the question mark, if there was one.
    pub query: Option<String>,
    /// The headers in order, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The bytes of the body; empty if there was none.
    pub body: Bytes,
    /// The operation of the method and path, if any.
    pub operation: Option<Operation>,
}

impl RecordedRequest {
    pub(super) fn new(head: &Parts, body: Bytes) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            headers: head
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
                .collect(),
            body,
            operation: None,
        }
    }

    /// Returns the first value of a header. The name is case-insensitive.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_values(name).next()
    }

    /// Returns all values of a header.
    pub fn header_values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let values = self.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        values.map(|(_, value)| value.as_str())
    }

    /// Returns the body as a string, with replacement characters where it is not UTF-8.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Parses the body as JSON.
    ///
    /// # Errors
    ///
    /// The body is not JSON.
    pub fn json(&self) -> serde_json::Result<Value> {
        serde_json::from_slice(&self.body)
    }

    /// Returns the media type of the body in lower case, without parameters; empty if there is
    /// none.
    pub(super) fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Converts the request to a line of the record file. A body that is not UTF-8 is written in
    /// hexadecimal.
    pub(super) fn to_json(&self) -> Value {
        let mut line = json!({
            "operation": self.operation.map(Operation::id),
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": self.headers,
        });
        let (name, body) = match std::str::from_utf8(&self.body) {
            Ok(text) => ("body", text.to_owned()),
            Err(_) => ("bodyHex", self.body.iter().map(|byte| format!("{byte:02x}")).collect()),
        };
        line[name] = body.into();
        line
    }
}

/// All requests so far, and the file that they are appended to.
#[derive(Debug)]
pub(super) struct Record {
    requests: Vec<RecordedRequest>,
    file: Option<File>,
}

impl Record {
    /// Creates an empty record. The file is appended to, so that several runs can share it.
    pub(super) fn open(path: Option<&Path>) -> io::Result<Self> {
        let file =
            path.map(|path| File::options().create(true).append(true).open(path)).transpose()?;
        Ok(Self { requests: vec![], file })
    }

    /// Adds a request. It is kept in memory even if the file cannot be written.
    pub(super) fn add(&mut self, request: &RecordedRequest) -> io::Result<()> {
        self.requests.push(request.clone());
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        // One write per line, so that tenants that share the file do not mix their lines.
        file.write_all(format!("{}\n", request.to_json()).as_bytes())
    }

    /// Returns the requests since the start, or since the last [`Record::clear`].
    pub(super) fn requests(&self) -> &[RecordedRequest] {
        &self.requests
    }

    /// Removes the requests from memory. The file is not changed.
    pub(super) fn clear(&mut self) {
        self.requests.clear();
    }
}
