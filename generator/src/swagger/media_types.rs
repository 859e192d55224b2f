//! The media types of bodies and responses: `consumes` and `produces`.
//!
//! The media types of a list are representations of one schema. If one of them is JSON, representations of
//! the same value in formats that the crate cannot read, such as XML, are omitted: each would be another
//! type of the body, without the properties.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::moves::resolve;
use super::{Conversion, strings};
use crate::diagnostics::Effect;
use crate::lower::{essence, is_json, is_stream};
use crate::pointer::Pointer;

/// The media type of a body or a response for which the document has none.
const JSON: &str = "application/json";

/// A node, and the number of others like it.
type Occurrences = (Pointer, usize);

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A request body or a successful response.
    Content,
    /// The body of an error, which has the media types of the successful response as well.
    Error,
}

impl Use {
    /// Returns the use of a response.
    pub(super) fn of_status(status: &str) -> Self {
        if status.starts_with('2') { Self::Content } else { Self::Error }
    }
}

/// What is reported about media types.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Bodies and responses without media types.
    missing: Option<Occurrences>,
    /// The omitted representations.
    omitted: IndexMap<String, Occurrences>,
}

impl Conversion<'_> {
    /// Returns the media types that an operation names under `consumes` or `produces`, or else those of the
    /// document.
    pub(super) fn media_types(&self, operation: &Value, key: &str) -> Vec<String> {
        match (operation.get(key), key) {
            (Some(Value::Array(_)), _) => strings(operation, key),
            (_, "consumes") => self.consumes.clone(),
            (_, _) => self.produces.clone(),
        }
    }

    /// Returns the media types with which a body or a response is described. Without any, it is JSON.
    pub(super) fn representations(
        &mut self,
        mut media_types: Vec<String>,
        (parent, use_of): (&Value, Use),
        at: &Pointer,
    ) -> Vec<String> {
        if media_types.is_empty() {
            count(self.media_type_notes.missing.get_or_insert_with(|| (at.clone(), 0)));
            return vec![JSON.to_owned()];
        }
        if media_types.iter().any(|name| is_json(name)) && self.is_structured(parent, at) {
            let omitted = &mut self.media_type_notes.omitted;
            media_types.retain(|name| {
                let name_essence = essence(name);
                let is_kept = is_json(name)
                    || is_stream(&name_essence)
                    || is_form(&name_essence)
                    || use_of == Use::Content && is_medium(&name_essence);
                if !is_kept {
                    count(omitted.entry(name.clone()).or_insert_with(|| (at.clone(), 0)));
                }
                is_kept
            });
        }
        media_types
    }

    /// Returns whether the values of a schema are no strings and no files, so that text in another format
    /// means the same only to who parses it.
    fn is_structured(&self, parent: &Value, at: &Pointer) -> bool {
        let Some(schema) = parent.get("schema") else { return false };
        // The node may be a shared one that is converted at another location.
        let resolved = match schema.get("$ref") {
            Some(_) => resolve(self.root, at.join("schema")).map(|(_, schema)| schema),
            None => Some(schema),
        };
        let Some(schema) = resolved else { return false };
        match schema.get("type") {
            Some(name) => [
                json!("object"),
                json!("array"),
                json!("integer"),
                json!("number"),
                json!("boolean"),
            ]
            .contains(name),
            None => ["properties", "items", "allOf", "additionalProperties"]
                .iter()
                .any(|key| schema.get(key).is_some()),
        }
    }

    /// Reports what was assumed and omitted.
    pub(super) fn report_media_types(&mut self) {
        let Notes { missing, omitted } = std::mem::take(&mut self.media_type_notes);
        if let Some((at, count)) = missing {
            let others = others(count);
            self.report_written(
                (Effect::None, "assumed-media-type"),
                &at,
                format!("neither the operation nor the document names a media type: it is treated as JSON{others}"),
                "add `consumes` and `produces` to the document or to the operation",
            );
        }
        for (name, (at, count)) in omitted {
            let others = others(count);
            self.report_written(
                (Effect::None, "omitted-representation"),
                &at,
                format!("the same value is available as `{name}` and as JSON: only JSON is used{others}"),
                "no change is needed; to use another representation, remove JSON from the media types of the operation, for instance with an overlay",
            );
        }
    }
}

fn count((_, count): &mut Occurrences) {
    *count += 1;
}

/// Returns the words for the other occurrences.
fn others(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        2 => ", here and at one other location".to_owned(),
        count => format!(", here and at {} other locations", count - 1),
    }
}

/// Returns whether a media type is a form, which can represent an object.
fn is_form(essence: &str) -> bool {
    ["multipart/form-data", "application/x-www-form-urlencoded"].contains(&essence)
}

/// Returns whether content of a media type is no representation of an object, but a file beside it.
fn is_medium(essence: &str) -> bool {
    ["image/", "audio/", "video/"].iter().any(|kind| essence.starts_with(kind))
        || ["application/octet-stream", "application/pdf", "application/zip"].contains(&essence)
}
