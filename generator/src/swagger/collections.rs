//! The representations of arrays: `collectionFormat`.
//!
//! An array without an equivalent in OpenAPI 3.0 is a string that the caller joins, so that what is sent
//! remains what the server expects.

use serde_json::{Map, Value, json};

use super::{Conversion, text};
use crate::pointer::Pointer;

/// The part of a request or a response that contains a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Location {
    Query,
    Path,
    /// A header of a request or a response.
    Header,
    /// A form that is a list of names and values.
    UrlEncoded,
    /// A form with parts.
    Multipart,
}

impl Location {
    /// Returns a noun phrase, for a message.
    fn words(self) -> &'static str {
        match self {
            Self::Query => "the query",
            Self::Path => "a path",
            Self::Header => "a header",
            Self::UrlEncoded => "a form",
            Self::Multipart => "the parts of a form",
        }
    }
}

/// The representation of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Representation {
    /// The default of OpenAPI 3.0 for the location.
    Default,
    /// A style, without a name for each item.
    Style(&'static str),
    /// One string, in which a separator with this name stands between items.
    Joined(&'static str),
}

impl Conversion<'_> {
    /// Returns the representation of an array. Reports a format that cannot be in this location.
    pub(super) fn representation(
        &mut self,
        value: &Value,
        location: Location,
        at: &Pointer,
    ) -> Representation {
        let format = match text(value, "collectionFormat") {
            Some("multi") if !allows_multi(location) => {
                let message = "`multi` is only possible in the query and in forms: `csv` is used";
                self.invalid(&at.join("collectionFormat"), message, "use `csv`, `ssv` or `pipes`");
                "csv"
            }
            Some(format) if separator(format).is_some() || format == "multi" => format,
            Some(format) => {
                let message = format!(
                    "`collectionFormat` must be one of csv, ssv, tsv, pipes, multi, not `{format}`: `csv` is used"
                );
                self.invalid(&at.join("collectionFormat"), message, "use one of these values");
                "csv"
            }
            None => "csv",
        };
        let representation = representation(format, location);
        if let Representation::Joined(separator) = &representation {
            let construct = format!("`collectionFormat: {format}` in {}", location.words());
            let instead = format!(
                "the value is a string, in which the caller puts {separator} between items"
            );
            self.unsupported(at, &construct, &instead);
        }
        representation
    }

    /// Replaces arrays in the items of an array by strings, and removes `collectionFormat`: only the
    /// outermost array has a representation in OpenAPI 3.0.
    pub(super) fn items(&mut self, items: &mut Value, at: &Pointer) {
        let Some(object) = items.as_object_mut() else { return };
        let format = object.shift_remove("collectionFormat");
        if object.get("type") != Some(&json!("array")) {
            return;
        }
        let format = format.as_ref().and_then(Value::as_str).unwrap_or("csv");
        let separator = separator(format).unwrap_or("commas");
        let construct = format!("`collectionFormat: {format}` of an array in an array");
        let instead = format!(
            "the inner array is a string, in which the caller puts {separator} between items"
        );
        self.unsupported(at, &construct, &instead);
        *items = joined(object);
    }
}

/// Returns the schema of an array that is one string.
pub(super) fn joined(array: &Map<String, Value>) -> Value {
    let mut schema = Map::from_iter([("type".to_owned(), json!("string"))]);
    let kept =
        |key: &str| ["description", "title", "nullable"].contains(&key) || key.starts_with("x-");
    schema.extend(
        array.iter().filter(|(key, _)| kept(key)).map(|(key, value)| (key.clone(), value.clone())),
    );
    Value::Object(schema)
}

fn allows_multi(location: Location) -> bool {
    match location {
        Location::Query | Location::UrlEncoded | Location::Multipart => true,
        Location::Path | Location::Header => false,
    }
}

/// Returns the name of the separator of a format, for a message.
fn separator(format: &str) -> Option<&'static str> {
    match format {
        "csv" => Some("commas"),
        "ssv" => Some("spaces"),
        "tsv" => Some("tabs"),
        "pipes" => Some("pipes"),
        _ => None,
    }
}

fn representation(format: &str, location: Location) -> Representation {
    let joined = || Representation::Joined(separator(format).unwrap_or("commas"));
    match (location, format) {
        (Location::Query | Location::UrlEncoded | Location::Multipart, "multi") => {
            Representation::Default
        }
        (Location::Query | Location::UrlEncoded, "csv") => Representation::Style("form"),
        (Location::Query | Location::UrlEncoded, "ssv") => Representation::Style("spaceDelimited"),
        (Location::Query | Location::UrlEncoded, "pipes") => Representation::Style("pipeDelimited"),
        (Location::Path | Location::Header, "csv") => Representation::Default,
        (_, _) => joined(),
    }
}
