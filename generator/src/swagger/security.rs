//! Security definitions.

use serde_json::{Map, Value, json};

use super::moves::Place;
use super::{Conversion, copy_extensions, copy_keys, text};
use crate::pointer::Pointer;

impl Conversion<'_> {
    /// Converts `securityDefinitions` to the security schemes of `components`.
    pub(super) fn security_schemes(&mut self) -> Option<Value> {
        let from = Pointer::root().join("securityDefinitions");
        let definitions = from.find(self.root).and_then(Value::as_object)?;
        let to = Pointer::root().join("components").join("securitySchemes");
        self.moves.record(&Place::written(from.clone()), &to);
        let mut schemes = Map::new();
        for (name, definition) in definitions {
            if !self.step() {
                break;
            }
            let scheme = self.security_scheme(definition, &from.join(name), &to.join(name));
            schemes.insert(name.clone(), scheme);
        }
        Some(Value::Object(schemes))
    }

    fn security_scheme(&mut self, definition: &Value, from: &Pointer, to: &Pointer) -> Value {
        let mut scheme = Map::new();
        let kind = text(definition, "type").unwrap_or_default();
        scheme.insert("type".to_owned(), json!(if kind == "basic" { "http" } else { kind }));
        copy_keys(definition, &["description"], &mut scheme);
        copy_extensions(definition, &mut scheme);
        match kind {
            "basic" => drop(scheme.insert("scheme".to_owned(), json!("basic"))),
            "apiKey" => copy_keys(definition, &["name", "in"], &mut scheme),
            _ => {
                let flows = self.flows(definition, from, &to.join("flows"));
                scheme.insert("flows".to_owned(), flows);
            }
        }
        Value::Object(scheme)
    }

    /// Converts the flow of an OAuth 2.0 definition, which has one.
    fn flows(&mut self, definition: &Value, from: &Pointer, to: &Pointer) -> Value {
        let flow = match text(definition, "flow") {
            Some("implicit") => "implicit",
            Some("password") => "password",
            Some("application") => "clientCredentials",
            Some("accessCode") => "authorizationCode",
            _ => {
                let (at, message) = match definition.get("flow") {
                    Some(_) => (
                        from.join("flow"),
                        "`flow` must be one of implicit, password, application, accessCode: it is ignored",
                    ),
                    None => (from.clone(), "`flow` is missing: the scheme has no flow"),
                };
                self.invalid(&at, message, "use one of these values");
                return json!({});
            }
        };
        let from = Place::written(from.clone());
        self.moves.record_synthetic_from(&from, to);
        self.moves.record_synthetic_from(&from, &to.join(flow));
        let mut object = Map::new();
        copy_keys(definition, &["authorizationUrl", "tokenUrl", "scopes"], &mut object);
        Value::Object(Map::from_iter([(flow.to_owned(), Value::Object(object))]))
    }
}
