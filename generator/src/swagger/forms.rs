//! Forms: the parameters with `in: formData`.

use serde_json::{Map, Value, json};

use super::bodies::Input;
use super::collections::{Location, Representation};
use super::moves::Place;
use super::parameters::example;
use super::{Conversion, copy_extensions, copy_keys, insert_some, strings, text};
use crate::diagnostics::Effect;
use crate::pointer::Pointer;

const MULTIPART: &str = "multipart/form-data";
const URL_ENCODED: &str = "application/x-www-form-urlencoded";

impl Conversion<'_> {
    /// Converts the parameters of a form to a request body. `at` are the locations of the operation and of
    /// the parameters.
    pub(super) fn form(
        &mut self,
        operation: &Value,
        fields: &[&Input<'_>],
        (at, parameters): (&Pointer, &Pointer),
        to: &Pointer,
    ) -> Value {
        let media_types = self.form_media_types(operation, fields, at);
        let content_at = to.join("content");
        for synthetic in [to, &content_at] {
            self.moves.record_synthetic(parameters, synthetic);
        }
        let mut content = Map::new();
        for media_type in media_types {
            let to = content_at.join(media_type);
            self.moves.record_synthetic(parameters, &to);
            self.moves.record_synthetic(parameters, &to.join("schema"));
            content.insert(media_type.to_owned(), self.form_content(fields, media_type, &to));
        }
        let is_required = fields.iter().any(|(_, _, field)| is_required(field));
        json!({ "content": content, "required": is_required })
    }

    /// Returns the media types of a form: those that the document names, if they can represent it.
    fn form_media_types(
        &mut self,
        operation: &Value,
        fields: &[&Input<'_>],
        at: &Pointer,
    ) -> Vec<&'static str> {
        let named = self.media_types(operation, "consumes");
        let is_named = |media_type: &&&str| {
            let essence = |name: &String| {
                name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
            };
            named.iter().any(|name| essence(name) == **media_type)
        };
        let forms: Vec<&str> = [MULTIPART, URL_ENCODED].iter().filter(is_named).copied().collect();
        let has_file = fields.iter().any(|(_, _, field)| is_file(field) || is_file_array(field));
        let chosen = match forms.as_slice() {
            _ if has_file => vec![MULTIPART],
            [] => vec![URL_ENCODED],
            forms => forms.to_vec(),
        };
        let own = strings(operation, "consumes");
        let is_lost = |name: &String| {
            !chosen.iter().any(|chosen| name.to_ascii_lowercase().starts_with(chosen))
        };
        if let Some(index) = own.iter().position(is_lost) {
            let message = format!(
                "a form{} is not sent as this media type: it is sent as {}",
                if has_file { " with a file" } else { "" },
                chosen.join(" or "),
            );
            let at = at.join("consumes").join(index);
            let help = "remove the media type";
            self.report_written((Effect::None, "without-effect"), &at, message, help);
        }
        chosen
    }

    /// Returns the schema of a form and the encodings of its arrays.
    fn form_content(&mut self, fields: &[&Input<'_>], media_type: &str, to: &Pointer) -> Value {
        let location = match media_type {
            MULTIPART => Location::Multipart,
            _ => Location::UrlEncoded,
        };
        let to = to.join("schema").join("properties");
        let (mut properties, mut encodings) = (Map::new(), Map::new());
        let mut required = Vec::new();
        for (_, place, field) in fields {
            let Some(name) = text(field, "name").filter(|_| self.step()) else { continue };
            let (property, representation) = self.field(field, location, place, &to.join(name));
            if let Representation::Style(style) = representation {
                encodings.insert(name.to_owned(), json!({ "style": style, "explode": false }));
            }
            if is_required(field) {
                required.push(name);
            }
            properties.insert(name.to_owned(), property);
        }
        let mut schema = json!({ "type": "object", "properties": properties });
        if let (Some(schema), false) = (schema.as_object_mut(), required.is_empty()) {
            schema.insert("required".to_owned(), json!(required));
        }
        let mut content = Map::from_iter([("schema".to_owned(), schema)]);
        if !encodings.is_empty() {
            content.insert("encoding".to_owned(), Value::Object(encodings));
        }
        Value::Object(content)
    }

    /// Converts a parameter of a form to a property.
    fn field(
        &mut self,
        field: &Value,
        location: Location,
        from: &Place,
        to: &Pointer,
    ) -> (Value, Representation) {
        let (mut property, representation) = match (is_file(field), is_file_array(field)) {
            (false, false) => self.value(field, location, from, to),
            (is_file, _) => {
                self.moves.record_synthetic_from(from, to);
                let file = json!({ "type": "string", "format": "binary" });
                let files = || json!({ "type": "array", "items": file });
                (if is_file { file.clone() } else { files() }, Representation::Default)
            }
        };
        if let Some(property) = property.as_object_mut() {
            copy_keys(field, &["description"], property);
            copy_extensions(field, property);
            insert_some(property, "example", example(field));
        }
        (property, representation)
    }
}

fn is_required(field: &Value) -> bool {
    field.get("required") == Some(&json!(true))
}

fn is_file(field: &Value) -> bool {
    text(field, "type") == Some("file")
}

/// Returns whether a parameter is several files, which Swagger 2.0 does not know but its authors do.
fn is_file_array(field: &Value) -> bool {
    text(field, "type") == Some("array") && field.get("items").is_some_and(is_file)
}
