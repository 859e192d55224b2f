//! Responses and their headers.

use serde_json::{Map, Value, json};

use super::bodies::is_component;
use super::collections::Location;
use super::media_types::Use;
use super::moves::{Place, resolve};
use super::{Conversion, copy_extensions, copy_keys, insert_some, text};
use crate::diagnostics::Effect;
use crate::lower::is_json;
use crate::pointer::Pointer;

/// Any media type: that of a file whose media type the document does not name.
const ANY: &str = "*/*";

impl Conversion<'_> {
    /// Converts the shared responses.
    pub(super) fn shared_responses(&mut self) -> Option<Value> {
        let from = Pointer::root().join("responses");
        let to = Pointer::root().join("components").join("responses");
        let mut responses = Map::new();
        for (name, response) in
            from.find(self.root).and_then(Value::as_object).into_iter().flatten()
        {
            if !self.step() {
                break;
            }
            let (from, to) = (Place::written(from.join(name)), to.join(name));
            self.moves.record(&from, &to);
            let converted = match response.get("$ref") {
                Some(_) => response.clone(),
                // Most shared responses are errors.
                None => self.response(response, &from, (self.produces.clone(), Use::Error), &to),
            };
            responses.insert(name.clone(), converted);
        }
        (!responses.is_empty()).then_some(Value::Object(responses))
    }

    /// Converts the responses of an operation.
    pub(super) fn responses(&mut self, operation: &Value, at: &Pointer) -> Option<Value> {
        let at = at.join("responses");
        let media_types = self.media_types(operation, "produces");
        let mut responses = Map::new();
        for (status, response) in operation.get("responses")?.as_object()? {
            if !self.step() {
                break;
            }
            let to = at.join(status);
            let resolved = resolve(self.root, to.clone());
            let converted = match resolved.filter(|_| !status.starts_with("x-")) {
                Some((place, target)) => {
                    let is_same = is_component(&place) && media_types == self.produces;
                    match is_same {
                        true => response.clone(),
                        false => {
                            self.moves.record(&place, &to);
                            let media_types = (media_types.clone(), Use::of_status(status));
                            self.response(target, &place, media_types, &to)
                        }
                    }
                }
                None => response.clone(),
            };
            responses.insert(status.clone(), converted);
        }
        Some(Value::Object(responses))
    }

    /// Converts a response that was moved already.
    fn response(
        &mut self,
        response: &Value,
        from: &Place,
        (media_types, use_of): (Vec<String>, Use),
        to: &Pointer,
    ) -> Value {
        let mut converted = Map::new();
        copy_keys(response, &["description"], &mut converted);
        copy_extensions(response, &mut converted);
        let headers = self.headers(response, from, to);
        insert_some(&mut converted, "headers", headers);
        let content = self.response_content(response, from, (media_types, use_of), to);
        insert_some(&mut converted, "content", content);
        Value::Object(converted)
    }

    fn response_content(
        &mut self,
        response: &Value,
        from: &Place,
        (media_types, use_of): (Vec<String>, Use),
        to: &Pointer,
    ) -> Option<Value> {
        let to = to.join("content");
        let examples = response.get("examples").and_then(Value::as_object);
        let media_types = match response.get("schema") {
            Some(schema) if text(schema, "type") == Some("file") => file_media_types(media_types),
            Some(_) => self.representations(media_types, (response, use_of), &from.at),
            // Without a schema a response has no content, unless there are examples of it.
            None => examples?.keys().filter(|name| name.contains('/')).cloned().collect(),
        };
        self.report_other_examples(response, from, &media_types);
        self.moves.record_synthetic_from(from, &to);
        let mut content = Map::new();
        for name in media_types {
            if !self.content_entry(&name) {
                break;
            }
            let to = to.join(&name);
            self.moves.record_synthetic_from(from, &to);
            let mut media_type = Map::new();
            let schema = self.response_schema(response, from, &to.join("schema"));
            insert_some(&mut media_type, "schema", schema);
            let example = examples.and_then(|examples| examples.get(&name));
            if example.is_some() {
                let from = from.join("examples").join(&name);
                self.moves.record_synthetic_from(&from, &to.join("example"));
            }
            insert_some(&mut media_type, "example", example.cloned());
            content.insert(name, Value::Object(media_type));
        }
        (!content.is_empty()).then_some(Value::Object(content))
    }

    fn response_schema(&mut self, response: &Value, from: &Place, to: &Pointer) -> Option<Value> {
        let is_file =
            response.get("schema").and_then(|schema| text(schema, "type")) == Some("file");
        let mut schema = self.content_schema(response, from, to)?;
        if is_file
            && let Some(schema) = schema.as_object_mut().filter(|it| !it.contains_key("$ref"))
        {
            schema.insert("type".to_owned(), json!("string"));
            schema.insert("format".to_owned(), json!("binary"));
        }
        Some(schema)
    }

    /// Reports examples of media types that the response does not have.
    fn report_other_examples(&mut self, response: &Value, from: &Place, media_types: &[String]) {
        let examples = response.get("examples").and_then(Value::as_object);
        for (name, _) in examples.into_iter().flatten() {
            if media_types.contains(name) || name.starts_with("x-") {
                continue;
            }
            let message = format!(
                "the response does not have the media type `{name}`: its example has no effect"
            );
            let at = from.at.join("examples").join(name);
            let help =
                "add the media type to `produces`, or use one of those as the key of the example";
            self.report_written((Effect::None, "without-effect"), &at, message, help);
        }
    }

    /// Converts the headers of a response.
    fn headers(&mut self, response: &Value, from: &Place, to: &Pointer) -> Option<Value> {
        let (from, to) = (from.join("headers"), to.join("headers"));
        let mut headers = Map::new();
        for (name, header) in response.get("headers")?.as_object()? {
            if !self.step() {
                break;
            }
            let (from, to) = (from.join(name), to.join(name));
            let mut converted = Map::new();
            copy_keys(header, &["description", "example"], &mut converted);
            copy_extensions(header, &mut converted);
            let (schema, _) = self.value(header, Location::Header, &from, &to.join("schema"));
            converted.insert("schema".to_owned(), schema);
            headers.insert(name.clone(), Value::Object(converted));
        }
        Some(Value::Object(headers))
    }
}

/// Returns the media types of a file. JSON is what the whole document has, but not a file.
fn file_media_types(mut media_types: Vec<String>) -> Vec<String> {
    media_types.retain(|name| !is_json(name));
    if media_types.is_empty() { vec![ANY.to_owned()] } else { media_types }
}
