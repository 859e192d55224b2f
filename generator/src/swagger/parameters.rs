//! Parameters in the path, the query and headers, and the values that parameters, headers and forms share.

use serde_json::{Map, Value, json};

use super::collections::{Location, Representation, joined};
use super::moves::Place;
use super::{Conversion, copy_extensions, copy_keys, insert_some, text};
use crate::diagnostics::Effect;
use crate::pointer::Pointer;

/// The keys of a parameter or a header that become its schema (Swagger 2.0, Parameter Object).
const SCHEMA_KEYS: [&str; 16] = [
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
];

impl Conversion<'_> {
    /// Converts the shared parameters that are not in the body.
    pub(super) fn shared_parameters(&mut self) -> Option<Value> {
        let from = Pointer::root().join("parameters");
        let to = Pointer::root().join("components").join("parameters");
        let mut parameters = Map::new();
        for (name, parameter) in
            from.find(self.root).and_then(Value::as_object).into_iter().flatten()
        {
            let (from, to) = (Place::written(from.join(name)), to.join(name));
            let location = self.location_of(&from.at);
            if !self.step() || matches!(location, Some("body" | "formData")) {
                continue;
            }
            self.moves.record(&from, &to);
            let converted = match parameter.get("$ref") {
                Some(_) => parameter.clone(),
                None => self.parameter(parameter, &from, &to),
            };
            parameters.insert(name.clone(), converted);
        }
        (!parameters.is_empty()).then_some(Value::Object(parameters))
    }

    /// Converts a parameter that is not in the body, and was moved already.
    pub(super) fn parameter(&mut self, parameter: &Value, from: &Place, to: &Pointer) -> Value {
        let mut converted = Map::new();
        copy_keys(
            parameter,
            &["name", "in", "description", "required", "allowEmptyValue"],
            &mut converted,
        );
        copy_extensions(parameter, &mut converted);
        let location = match text(parameter, "in") {
            Some("path") => Location::Path,
            Some("header") => Location::Header,
            _ => Location::Query,
        };
        let (schema, representation) = self.value(parameter, location, from, &to.join("schema"));
        // An array in the query has a style in any case: the default of Swagger 2.0 is another one.
        if let Representation::Style(style) = representation {
            converted.insert("style".to_owned(), json!(style));
            converted.insert("explode".to_owned(), json!(false));
        }
        converted.insert("schema".to_owned(), schema);
        insert_some(&mut converted, "example", example(parameter));
        Value::Object(converted)
    }

    /// Returns the schema of a value whose keywords stand in the parameter itself, and its representation.
    pub(super) fn value(
        &mut self,
        parameter: &Value,
        location: Location,
        from: &Place,
        to: &Pointer,
    ) -> (Value, Representation) {
        self.moves.record_synthetic_from(from, to);
        if parameter.get("type").is_none() && parameter.get("schema").is_some() {
            let message = "`schema` belongs to a body in Swagger 2.0: it is read as the schema of the parameter";
            let help = "write its keywords, such as `type`, in the parameter itself";
            let at = from.at.join("schema");
            self.report_written((Effect::None, "invalid-document"), &at, message, help);
            self.moves.record(&from.join("schema"), to);
            let schema = parameter.get("schema").map(|schema| self.copy(schema, to));
            return (schema.unwrap_or_default(), Representation::Default);
        }
        let mut schema = Map::new();
        for key in SCHEMA_KEYS {
            let value = parameter.get(key).map(|value| self.copy(value, to));
            insert_some(&mut schema, key, value);
        }
        insert_some(&mut schema, "x-nullable", parameter.get("x-nullable").cloned());
        if !schema.contains_key("type") && !schema.contains_key("enum") {
            let message = "`type` is missing: any value is accepted";
            self.invalid(&from.at, message, "add it, such as `type: string`");
        }
        let mut representation = Representation::Default;
        if schema.get("type") == Some(&json!("array")) {
            representation = self.representation(parameter, location, &from.at);
        } else if parameter.get("collectionFormat").is_some() {
            let at = from.at.join("collectionFormat");
            let message = "`collectionFormat` has no effect: the value is not an array";
            let help = "remove it, or write `type: array`";
            self.report_written((Effect::None, "without-effect"), &at, message, help);
        }
        if let Representation::Joined(_) = representation {
            return (joined(&schema), representation);
        }
        if let Some(items) = schema.get_mut("items") {
            self.moves.record(&from.join("items"), &to.join("items"));
            self.items(items, &from.at.join("items"));
        }
        (Value::Object(schema), representation)
    }

    /// Returns the location of a parameter (`in`) at the end of its references.
    pub(super) fn location_of(&self, at: &Pointer) -> Option<&str> {
        let (_, parameter) = super::moves::resolve(self.root, at.clone())?;
        text(parameter, "in")
    }
}

/// Returns the example of a parameter.
pub(super) fn example(parameter: &Value) -> Option<Value> {
    let example = parameter.get("example").or_else(|| parameter.get("x-example"));
    let of_several = || match parameter.get("x-examples")? {
        Value::Object(named) => named.values().next().cloned(),
        Value::Array(values) => values.first().cloned(),
        _ => None,
    };
    example.cloned().or_else(of_several)
}
