//! Request bodies: the parameters in the body, and the media types of all content.

use serde_json::{Map, Value, json};

use super::media_types::Use;
use super::moves::{Place, resolve};
use super::parameters::example;
use super::{Conversion, copy_extensions, copy_keys, insert_some, text};
use crate::pointer::Pointer;

/// A parameter: where it or the reference to it is written, its place, and the parameter.
pub(super) type Input<'d> = (Pointer, Place, &'d Value);

/// The parameters of a path or an operation.
pub(super) struct Inputs<'d> {
    /// The location of the array.
    pub(super) at: Pointer,
    /// Those that are not in the body.
    pub(super) parameters: Vec<Input<'d>>,
    pub(super) bodies: Vec<Input<'d>>,
    /// Those in a form.
    pub(super) fields: Vec<Input<'d>>,
}

impl<'d> Inputs<'d> {
    /// Collects the parameters of the path or the operation at a location.
    pub(super) fn of(root: &'d Value, at: &Pointer) -> Self {
        let array = at.join("parameters");
        let count = array.find(root).and_then(Value::as_array).map_or(0, Vec::len);
        let (mut parameters, mut bodies, mut fields) = (Vec::new(), Vec::new(), Vec::new());
        for written in at.items("parameters", count) {
            let Some((place, parameter)) = resolve(root, written.clone()) else { continue };
            let inputs = match text(parameter, "in") {
                Some("body") => &mut bodies,
                Some("formData") => &mut fields,
                _ => &mut parameters,
            };
            inputs.push((written, place, parameter));
        }
        Self { at: array, parameters, bodies, fields }
    }
}

impl Conversion<'_> {
    /// Converts the shared parameters in the body. Those in forms have no counterpart: each form has a copy.
    pub(super) fn shared_bodies(&mut self) -> Option<Value> {
        let from = Pointer::root().join("parameters");
        let to = Pointer::root().join("components").join("requestBodies");
        let mut bodies = Map::new();
        for (name, parameter) in
            from.find(self.root).and_then(Value::as_object).into_iter().flatten()
        {
            let (from, to) = (Place::written(from.join(name)), to.join(name));
            if !self.step() || self.location_of(&from.at) != Some("body") {
                continue;
            }
            let body = match parameter.get("$ref") {
                Some(_) => {
                    self.moves.record(&from, &to);
                    parameter.clone()
                }
                None => {
                    let media_types = self.consumes.clone();
                    self.body(parameter, &from, media_types, &to)
                }
            };
            bodies.insert(name.clone(), body);
        }
        (!bodies.is_empty()).then_some(Value::Object(bodies))
    }

    /// Returns the request body of an operation. The parameters of the operation override those of the path.
    pub(super) fn request_body(
        &mut self,
        operation: &Value,
        (own, shared): (&Inputs<'_>, &Inputs<'_>),
        at: &Pointer,
    ) -> Option<Value> {
        let bodies = if own.bodies.is_empty() { &shared.bodies } else { &own.bodies };
        let is_overridden = |field: &&Input<'_>| {
            own.fields.iter().any(|(_, _, other)| text(other, "name") == text(field.2, "name"))
        };
        let of_path = shared.fields.iter().filter(|field| !is_overridden(field));
        let fields: Vec<&Input<'_>> = own.fields.iter().chain(of_path).collect();
        let to = at.join("requestBody");
        let Some((written, place, body)) = bodies.first() else {
            let parent = if own.fields.is_empty() { &shared.at } else { &own.at };
            return (!fields.is_empty()).then(|| self.form(operation, &fields, (at, parent), &to));
        };
        for (other, ..) in bodies.iter().skip(1) {
            let message = "an operation has one body: this parameter is skipped";
            self.invalid(other, message, "describe all properties in one schema");
        }
        for (other, ..) in fields {
            let message = "an operation with a body has no form: this parameter is skipped";
            self.invalid(other, message, "remove it, or describe the body as a form");
        }
        let media_types = self.media_types(operation, "consumes");
        if is_component(place) && media_types == self.consumes {
            self.moves.record(&Place::written(written.clone()), &to);
            return Some(json!({ "$ref": place.at.to_string() }));
        }
        Some(self.body(body, place, media_types, &to))
    }

    /// Converts a parameter in the body.
    fn body(
        &mut self,
        parameter: &Value,
        from: &Place,
        media_types: Vec<String>,
        to: &Pointer,
    ) -> Value {
        self.moves.record(from, to);
        let mut body = Map::new();
        copy_keys(parameter, &["description"], &mut body);
        copy_extensions(parameter, &mut body);
        let media_types = self.representations(media_types, (parameter, Use::Content), &from.at);
        let to = to.join("content");
        self.moves.record_synthetic_from(from, &to);
        let mut content = Map::new();
        for name in media_types {
            if !self.content_entry(&name) {
                break;
            }
            let to = to.join(&name);
            self.moves.record_synthetic_from(from, &to);
            let mut media_type = Map::new();
            let schema = self.body_schema(parameter, from, &to.join("schema"));
            insert_some(&mut media_type, "schema", schema);
            insert_some(&mut media_type, "example", body_example(parameter, &name));
            content.insert(name, Value::Object(media_type));
        }
        body.insert("content".to_owned(), Value::Object(content));
        copy_keys(parameter, &["required"], &mut body);
        Value::Object(body)
    }

    fn body_schema(&mut self, parameter: &Value, from: &Place, to: &Pointer) -> Option<Value> {
        if parameter.get("schema").is_some() {
            return self.content_schema(parameter, from, to);
        }
        let message = match parameter.get("type") {
            Some(_) => "a body is described by `schema`, not by `type`: both are read",
            None => "`schema` is missing: any value is accepted",
        };
        self.invalid(&from.at, message, "write `schema`");
        self.moves.record_synthetic_from(from, to);
        parameter.get("type").map(|name| json!({ "type": name }))
    }

    /// Returns a copy of the schema of a body or a response, or a reference to it if a component has it.
    pub(super) fn content_schema(
        &mut self,
        parent: &Value,
        from: &Place,
        to: &Pointer,
    ) -> Option<Value> {
        let from = from.join("schema");
        self.moves.record(&from, to);
        let schema = parent.get("schema")?;
        // A schema of its own would be another type.
        if from.by.is_some() && schema.get("$ref").is_none() && from.at.tokens().len() == 3 {
            return Some(json!({ "$ref": from.at.to_string() }));
        }
        Some(self.copy(schema, to))
    }
}

/// Returns whether a node at the end of a reference is a shared parameter or response.
pub(super) fn is_component(place: &Place) -> bool {
    place.by.is_some() && place.at.tokens().len() == 2
}

/// Returns the example of a body for a media type. `x-examples` has one for each media type, or for each
/// name.
fn body_example(parameter: &Value, media_type: &str) -> Option<Value> {
    let examples = parameter.get("x-examples").and_then(Value::as_object);
    match examples.filter(|examples| examples.keys().any(|key| key.contains('/'))) {
        Some(examples) => examples.get(media_type).cloned(),
        None => example(parameter),
    }
}
