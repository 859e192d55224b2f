//! Request bodies.
//!
//! Takes values, text, files and streams, and returns the bytes of one attempt. A body can be sent
//! repeatedly, except for a stream.

mod form;
mod pieces;
mod upload;

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;

use super::ConfigError;
use super::parameter::{Location, Node, Parameter, Style, pairs};
pub use form::Form;
pub(crate) use pieces::{Piece, Pieces};
pub use upload::Upload;

/// A request body with its media type.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) media_type: HeaderValue,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Bytes(Bytes),
    Upload(Upload),
    Form(Form),
}

impl Body {
    /// Returns a body of bytes in memory.
    pub(crate) fn bytes(media_type: &str, bytes: impl Into<Bytes>) -> Result<Self, ConfigError> {
        let media_type = header(media_type)?;
        Ok(Self { media_type, content: Content::Bytes(bytes.into()) })
    }

    /// Returns an upload as a body. Its own media type takes precedence over the given one.
    pub(crate) fn upload(media_type: &str, upload: Upload) -> Result<Self, ConfigError> {
        let media_type = header(upload.own_media_type().unwrap_or(media_type))?;
        Ok(Self { media_type, content: Content::Upload(upload) })
    }

    /// Returns a multipart form as a body.
    pub(crate) fn form(form: Form) -> Result<Self, ConfigError> {
        if let Some(error) = form.error() {
            return Err(error.clone());
        }
        let media_type = header(&form.media_type())?;
        Ok(Self { media_type, content: Content::Form(form) })
    }

    /// Returns whether the body can be sent repeatedly.
    pub(crate) fn is_repeatable(&self) -> bool {
        match &self.content {
            Content::Bytes(_) => true,
            Content::Upload(upload) => upload.is_repeatable(),
            Content::Form(form) => form.is_repeatable(),
        }
    }

    /// Opens the body, including its files, for one attempt.
    pub(crate) async fn open(&self) -> Result<Pieces, ConfigError> {
        match &self.content {
            Content::Bytes(bytes) => Ok(Pieces::from_iter([Piece::Bytes(bytes.clone())])),
            Content::Upload(upload) => Ok(Pieces::from_iter([upload.open().await?])),
            Content::Form(form) => form.open().await,
        }
    }
}

fn header(media_type: &str) -> Result<HeaderValue, ConfigError> {
    HeaderValue::try_from(media_type).map_err(|_| {
        ConfigError::new(format!("`{}` is not a valid media type", media_type.escape_debug()))
    })
}

/// Encodes an object as `application/x-www-form-urlencoded` (WHATWG URL, section 5.2, with `%20`
/// for spaces): one pair per property, exploded unless the property has another style (OpenAPI 3.0,
/// Encoding Object).
pub(crate) fn url_encoded<T: Serialize + ?Sized>(
    value: &T,
    styles: &[(&str, Style, bool)],
) -> Result<String, String> {
    let entries = match Node::new(value).map_err(|error| error.to_string())? {
        Node::Object(entries) => entries,
        Node::Null => Vec::new(),
        Node::Text(_) | Node::Array(_) => return Err("a form must be an object".to_owned()),
    };
    let mut encoded = Vec::new();
    for (name, value) in entries {
        let node = Node::of(&value).map_err(|error| error.to_string())?;
        let style = styles.iter().find(|(property, ..)| *property == name);
        let value = match (&node, style) {
            // Without a style, an object is a single value.
            (Node::Object(_), None) => Node::Text(value.get().to_owned()),
            (Node::Null | Node::Text(_) | Node::Array(_) | Node::Object(_), _) => node,
        };
        let mut parameter = Parameter::plain(Location::Query, &name);
        if let Some((_, style, explode)) = style {
            (parameter.style, parameter.explode) = (*style, *explode);
        }
        let pairs = pairs(&parameter, &value).into_iter();
        encoded.extend(pairs.map(|(name, value)| format!("{name}={value}")));
    }
    Ok(encoded.join("&"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_encoded_as_a_form() {
        let value = json!({"a": "x y&z", "b": [1, 2], "c": {"d": [3]}, "e": null, "f": []});
        assert_eq!(
            url_encoded(&value, &[]).unwrap(),
            "a=x%20y%26z&b=1&b=2&c=%7B%22d%22%3A%5B3%5D%7D"
        );
        let styles = [("b", Style::Form, false), ("c", Style::DeepObject, true)];
        assert_eq!(url_encoded(&value, &styles).unwrap(), "a=x%20y%26z&b=1,2&c%5Bd%5D=3");
        assert_eq!(url_encoded(&json!(null), &[]).unwrap(), "");
        assert!(url_encoded(&json!([1]), &[]).is_err());
    }

    #[test]
    fn a_media_type_cannot_inject_a_header() {
        assert!(Body::bytes("text/plain\r\nX: y", "a").is_err());
        let upload = Upload::from("a").media_type("image/png");
        assert_eq!(Body::upload("text/plain", upload).unwrap().media_type, "image/png");
    }
}
