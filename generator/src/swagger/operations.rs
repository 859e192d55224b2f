//! Paths and operations.

use serde_json::{Map, Value};

use super::bodies::Inputs;
use super::moves::Place;
use super::{Conversion, copy_extensions, copy_keys, insert_some};
use crate::metamodel::METHODS;
use crate::pointer::Pointer;

impl Conversion<'_> {
    /// Converts the paths.
    pub(super) fn paths(&mut self) -> Value {
        let at = Pointer::root().join("paths");
        let mut paths = Map::new();
        for (path, item) in at.find(self.root).and_then(Value::as_object).into_iter().flatten() {
            if !self.step() {
                break;
            }
            let item = match item.is_object() && !path.starts_with("x-") {
                true => self.path_item(item, &at.join(path)),
                false => item.clone(),
            };
            paths.insert(path.clone(), item);
        }
        self.report_further_paths();
        Value::Object(paths)
    }

    /// Reports operations in an extension of AutoRest: their paths contain a query.
    fn report_further_paths(&mut self) {
        const FURTHER: &str = "x-ms-paths";
        let paths = self.root.get(FURTHER).and_then(Value::as_object);
        let count = paths.map_or(0, Map::len);
        if count > 0 {
            let at = Pointer::root().join(FURTHER);
            let paths = if count == 1 { "path".to_owned() } else { format!("{count} paths") };
            let instead = format!("the operations of its {paths} are omitted");
            self.unsupported(&at, &format!("`{FURTHER}`"), &instead);
        }
    }

    /// Converts a path item. Parameters in the body belong to each of its operations.
    fn path_item(&mut self, item: &Value, at: &Pointer) -> Value {
        let shared = Inputs::of(self.root, at);
        let mut converted = Map::new();
        copy_extensions(item, &mut converted);
        let parameters = self.parameters(&shared, at);
        insert_some(&mut converted, "parameters", parameters);
        for (method, _) in METHODS {
            let Some(operation) = item.get(method) else { continue };
            if !self.step() {
                break;
            }
            let operation = match operation.is_object() {
                true => self.operation(operation, &shared, &at.join(method)),
                false => operation.clone(),
            };
            converted.insert(method.to_owned(), operation);
        }
        Value::Object(converted)
    }

    fn operation(&mut self, operation: &Value, shared: &Inputs<'_>, at: &Pointer) -> Value {
        let own = Inputs::of(self.root, at);
        let mut converted = Map::new();
        let keys = ["tags", "summary", "description", "externalDocs", "operationId"];
        copy_keys(operation, &keys, &mut converted);
        copy_extensions(operation, &mut converted);
        let body = self.request_body(operation, (&own, shared), at);
        let parameters = self.parameters(&own, at);
        insert_some(&mut converted, "parameters", parameters);
        insert_some(&mut converted, "requestBody", body);
        let responses = self.responses(operation, at);
        insert_some(&mut converted, "responses", responses);
        copy_keys(operation, &["deprecated", "security"], &mut converted);
        let servers = self.operation_servers(operation, at, at);
        insert_some(&mut converted, "servers", servers);
        Value::Object(converted)
    }

    /// Converts the parameters of a path or an operation that are not in the body.
    fn parameters(&mut self, inputs: &Inputs<'_>, at: &Pointer) -> Option<Value> {
        let to = at.join("parameters");
        let mut parameters = Vec::new();
        for (written, _, parameter) in &inputs.parameters {
            if !self.step() {
                break;
            }
            let to = to.join(parameters.len());
            self.moves.record(&Place::written(written.clone()), &to);
            // A shared parameter remains one.
            let node = written.find(self.root).filter(|node| node.get("$ref").is_some());
            parameters.push(match node {
                Some(reference) => reference.clone(),
                None => self.parameter(parameter, &Place::written(written.clone()), &to),
            });
        }
        (!parameters.is_empty()).then_some(Value::Array(parameters))
    }
}
