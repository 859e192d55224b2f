//! Multipart forms (`multipart/form-data`, RFC 7578).

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{Piece, Pieces, Upload};
use crate::runtime::ConfigError;
use crate::runtime::media_type::is_json;
use crate::runtime::parameter::{Node, text};

/// A multipart form, which may contain files (`multipart/form-data`, RFC 7578).
///
/// If a value is invalid, the error is kept until the request is sent.
#[derive(Debug)]
pub struct Form {
    boundary: String,
    parts: Vec<Part>,
    error: Option<ConfigError>,
}

#[derive(Debug)]
struct Part {
    head: String,
    content: Upload,
}

impl Default for Form {
    fn default() -> Self {
        Self::new()
    }
}

impl Form {
    /// Returns an empty form.
    pub fn new() -> Self {
        let boundary = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        Self { boundary, parts: Vec::new(), error: None }
    }

    /// Adds a value: a scalar as text, an array as one part per item, an object as JSON
    /// (OpenAPI 3.0, "Special Considerations for `multipart` Content"). `null` is not sent.
    pub fn text<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.value(name, None, to_raw_value(value))
    }

    /// Adds a value as JSON.
    pub fn json<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.typed(name, "application/json", value)
    }

    /// Adds a value with a media type (OpenAPI 3.0, Encoding Object, `contentType`). It is encoded
    /// as JSON if the media type is JSON, otherwise in the same way as [`text`](Self::text).
    pub fn typed<T: Serialize + ?Sized>(self, name: &str, media_type: &str, value: &T) -> Self {
        if !is_json(media_type) {
            return self.value(name, Some(media_type), to_raw_value(value));
        }
        match serde_json::to_string(value) {
            Ok(json) => self.add(name, None, Some(media_type), json.into()),
            Err(error) => self.refuse(name, &error.to_string()),
        }
    }

    /// Adds a file or other content that is sent unchanged.
    pub fn file(self, name: &str, content: impl Into<Upload>) -> Self {
        self.file_as(name, "application/octet-stream", content)
    }

    /// Adds a file with a media type (OpenAPI 3.0, Encoding Object, `contentType`). A media type
    /// that is set on the upload takes precedence.
    pub fn file_as(self, name: &str, media_type: &str, content: impl Into<Upload>) -> Self {
        let content = content.into();
        let file_name = content.own_file_name().unwrap_or(name).to_owned();
        let media_type = content.own_media_type().unwrap_or(media_type).to_owned();
        self.add(name, Some(&file_name), Some(&media_type), content)
    }

    /// Adds files, each as a separate part.
    pub fn files(self, name: &str, contents: impl IntoIterator<Item = impl Into<Upload>>) -> Self {
        self.files_as(name, "application/octet-stream", contents)
    }

    /// Adds files, each in the same way as [`file_as`](Self::file_as).
    pub fn files_as(
        self,
        name: &str,
        media_type: &str,
        contents: impl IntoIterator<Item = impl Into<Upload>>,
    ) -> Self {
        contents.into_iter().fold(self, |form, content| form.file_as(name, media_type, content))
    }

    fn value(
        self,
        name: &str,
        media_type: Option<&str>,
        json: Result<Box<RawValue>, serde_json::Error>,
    ) -> Self {
        match json.and_then(|json| Ok((Node::of(&json)?, json))) {
            Ok((Node::Array(items), _)) => {
                items.iter().fold(self, |form, item| form.one(name, media_type, item))
            }
            Ok((Node::Null | Node::Text(_) | Node::Object(_), json)) => {
                self.one(name, media_type, &json)
            }
            Err(error) => self.refuse(name, &error.to_string()),
        }
    }

    fn one(self, name: &str, media_type: Option<&str>, json: &RawValue) -> Self {
        let by_default = json.get().starts_with(['{', '[']).then_some("application/json");
        match text(json) {
            Some(text) => self.add(name, None, media_type.or(by_default), text.into()),
            None => self,
        }
    }

    fn add(
        mut self,
        name: &str,
        file_name: Option<&str>,
        media_type: Option<&str>,
        content: Upload,
    ) -> Self {
        let mut head = format!("Content-Disposition: form-data; name=\"{}\"", quoted(name));
        if let Some(file_name) = file_name {
            head.push_str(&format!("; filename=\"{}\"", quoted(file_name)));
        }
        if let Some(media_type) = media_type {
            if HeaderValue::try_from(media_type).is_err() {
                let shown = media_type.escape_debug();
                return self.refuse(name, &format!("`{shown}` is not a valid media type"));
            }
            head.push_str(&format!("\r\nContent-Type: {media_type}"));
        }
        self.parts.push(Part { head, content });
        self
    }

    fn refuse(mut self, name: &str, why: &str) -> Self {
        let error = || ConfigError::new(format!("part `{}`: {why}", name.escape_debug()));
        self.error.get_or_insert_with(error);
        self
    }

    pub(super) fn error(&self) -> Option<&ConfigError> {
        self.error.as_ref()
    }

    pub(super) fn media_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    pub(super) fn is_repeatable(&self) -> bool {
        self.parts.iter().all(|part| part.content.is_repeatable())
    }

    /// Opens the body for one attempt (RFC 2046, section 5.1.1).
    pub(super) async fn open(&self) -> Result<Pieces, ConfigError> {
        let Self { boundary, parts, .. } = self;
        let mut pieces = Vec::new();
        let mut text = String::new();
        for Part { head, content } in parts {
            text.push_str(&format!("--{boundary}\r\n{head}\r\n\r\n"));
            pieces.push(Piece::Bytes(Bytes::from(std::mem::take(&mut text))));
            pieces.push(content.open().await?);
            text.push_str("\r\n");
        }
        text.push_str(&format!("--{boundary}--\r\n"));
        pieces.push(Piece::Bytes(text.into()));
        Ok(pieces.into_iter().collect())
    }
}

/// Escapes a name for use in quotes as browsers do (WHATWG HTML, section 4.10.21.8): quotes and line
/// breaks are percent-encoded, everything else is UTF-8 (RFC 7578, section 5.1).
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use futures_core::Stream;
    use serde_json::json;

    use super::*;

    async fn encoded(form: &Form) -> String {
        let pieces = form.open().await.unwrap();
        let announced = pieces.len();
        let mut bytes = Vec::new();
        let mut pieces = std::pin::pin!(pieces);
        while let Some(piece) =
            std::future::poll_fn(|context| pieces.as_mut().poll_next(context)).await
        {
            bytes.extend_from_slice(&piece.unwrap());
        }
        assert!(announced.is_none_or(|len| len == bytes.len() as u64));
        String::from_utf8(bytes).unwrap().replace(&form.boundary, "B").replace("\r\n", "|")
    }

    #[tokio::test]
    async fn values_are_encoded_as_parts() {
        let form = Form::new()
            .text("a", "b c")
            .text("n", &json!([1, null, {"x": 2}]))
            .text("o", &json!({"y": true}))
            .text("nothing", &json!(null))
            .json("j", &json!([1]))
            .typed("t", "text/csv", "1,2");
        let part = |head: &str, body: &str| {
            format!("--B|Content-Disposition: form-data; name={head}||{body}|")
        };
        let json = "|Content-Type: application/json";
        let expected = [
            part("\"a\"", "b c"),
            part("\"n\"", "1"),
            part(&format!("\"n\"{json}"), "{\"x\":2}"),
            part(&format!("\"o\"{json}"), "{\"y\":true}"),
            part(&format!("\"j\"{json}"), "[1]"),
            part("\"t\"|Content-Type: text/csv", "1,2"),
        ];
        assert_eq!(encoded(&form).await, format!("{}--B--|", expected.concat()));
    }

    #[tokio::test]
    async fn a_form_with_files_can_be_repeated() {
        let mut file = tempfile::Builder::new().suffix("ü.csv").tempfile().unwrap();
        file.write_all(&[b'x'; 100_000]).unwrap();
        let form = Form::new()
            .file("f", Upload::file(file.path()).media_type("text/csv"))
            .file("q", Upload::from("y").file_name("a\"b\r\nc.txt"));
        assert!(form.is_repeatable());
        for _ in 0..2 {
            let encoded = encoded(&form).await;
            let name = file.path().file_name().unwrap().to_str().unwrap();
            assert!(encoded.contains(&format!("filename=\"{name}\"|Content-Type: text/csv||xxx")));
            assert!(
                encoded.contains("filename=\"a%22b%0D%0Ac.txt\"|Content-Type: application/oct")
            );
            assert!(encoded.len() > 100_000);
        }
    }

    #[tokio::test]
    async fn invalid_parts_are_errors() {
        let form = Form::new().typed("a", "x\r\ny", "b");
        assert!(form.error().unwrap().to_string().contains("media type"));
        let form = Form::new().file("f", Upload::file("/nowhere/at all"));
        let error = form.open().await.err().unwrap();
        assert!(error.to_string().starts_with("/nowhere/at all cannot be read"), "{error}");
    }
}
