//! Bodies of requests.
//!
//! In come values, texts, files and streams, out go the bytes of one attempt. A body is kept in a
//! form that can be sent again, except for a stream, which is there only once.

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

/// What a request carries, and what its media type says that it is.
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
    /// A body that is there in memory.
    pub(crate) fn bytes(media_type: &str, bytes: impl Into<Bytes>) -> Result<Self, ConfigError> {
        let media_type = header(media_type)?;
        Ok(Self { media_type, content: Content::Bytes(bytes.into()) })
    }

    /// A body that is an upload, whose own media type outweighs the given one.
    pub(crate) fn upload(media_type: &str, upload: Upload) -> Result<Self, ConfigError> {
        let media_type = header(upload.own_media_type().unwrap_or(media_type))?;
        Ok(Self { media_type, content: Content::Upload(upload) })
    }

    /// A form of several parts.
    pub(crate) fn form(form: Form) -> Result<Self, ConfigError> {
        if let Some(error) = form.error() {
            return Err(error.clone());
        }
        let media_type = header(&form.media_type())?;
        Ok(Self { media_type, content: Content::Form(form) })
    }

    /// Whether another attempt can carry the same.
    pub(crate) fn can_be_sent_again(&self) -> bool {
        match &self.content {
            Content::Bytes(_) => true,
            Content::Upload(upload) => upload.can_be_sent_again(),
            Content::Form(form) => form.can_be_sent_again(),
        }
    }

    /// The bytes of one attempt. Files are opened now.
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
        ConfigError::new(format!("`{}` cannot be a media type", media_type.escape_debug()))
    })
}

/// Writes an object as `application/x-www-form-urlencoded` (WHATWG URL, section 5.2, with `%20` for
/// spaces): a pair for each property, in the property's own style, or else exploded
/// (OpenAPI 3.0, Encoding Object).
pub(crate) fn url_encoded<T: Serialize + ?Sized>(
    value: &T,
    styles: &[(&str, Style, bool)],
) -> Result<String, String> {
    let entries = match Node::new(value).map_err(|error| error.to_string())? {
        Node::Object(entries) => entries,
        Node::Null => Vec::new(),
        Node::Text(_) | Node::List(_) => return Err("only an object can be a form".to_owned()),
    };
    let mut written = Vec::new();
    for (name, value) in entries {
        let node = Node::of(&value).map_err(|error| error.to_string())?;
        let style = styles.iter().find(|(property, ..)| *property == name);
        let value = match (&node, style) {
            // Without a style of its own, an object is one value.
            (Node::Object(_), None) => Node::Text(value.get().to_owned()),
            (Node::Null | Node::Text(_) | Node::List(_) | Node::Object(_), _) => node,
        };
        let mut parameter = Parameter::plain(Location::Query, &name);
        if let Some((_, style, explode)) = style {
            (parameter.style, parameter.explode) = (*style, *explode);
        }
        let pairs = pairs(&parameter, &value).into_iter();
        written.extend(pairs.map(|(name, value)| format!("{name}={value}")));
    }
    Ok(written.join("&"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_a_form() {
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
    fn a_media_type_is_no_way_to_add_a_header() {
        assert!(Body::bytes("text/plain\r\nX: y", "a").is_err());
        let upload = Upload::from("a").media_type("image/png");
        assert_eq!(Body::upload("text/plain", upload).unwrap().media_type, "image/png");
    }
}
