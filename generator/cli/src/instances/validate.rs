//! Validates instances with an independent validator, which reads the document only.

use jsonschema::{Draft, Registry, Resource, Validator};
use serde_json::{Value, json};

/// The URI of the document in the validator.
const URI: &str = "urn:document";

/// The validators of the schemas of a document.
#[derive(Debug)]
pub struct Validators {
    registry: Registry<'static>,
}

impl Validators {
    /// Creates the validators of a document with JSON Schema 2020-12 schemas.
    ///
    /// # Errors
    ///
    /// The validator rejects the document.
    pub fn new(document: &Value) -> Result<Self, String> {
        // Schemas only, so that the validator reads nothing else as a schema.
        let schemas = json!({"components": {"schemas": document["components"]["schemas"]}});
        let resource = Resource::from_contents(schemas);
        let registry = Registry::new().draft(Draft::Draft202012).add(URI, resource);
        let registry = registry.and_then(jsonschema::RegistryBuilder::prepare);
        registry.map(|registry| Self { registry }).map_err(|error| error.to_string())
    }

    /// Returns the validator of a component schema.
    ///
    /// # Errors
    ///
    /// The schema does not exist or is invalid.
    pub fn component(&self, component: &str) -> Result<Validator, String> {
        let schema = json!({"$ref": format!("{URI}#/components/schemas/{}", fragment(component))});
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|error| error.to_string())
    }
}

/// Returns a name as a token of a JSON pointer in a URI fragment (RFC 6901, section 6).
fn fragment(name: &str) -> String {
    let token = name.replace('~', "~0").replace('/', "~1");
    let encoded = token.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_followed_within_the_document() {
        let document = json!({"components": {"schemas": {
            "A": {"$ref": "#/components/schemas/B"}, "B": {"type": "integer"}
        }}});
        let validators = Validators::new(&document).unwrap();
        let validator = validators.component("A").unwrap();
        assert!(validator.is_valid(&json!(1)) && !validator.is_valid(&json!("x")));
        assert!(validators.component("C").is_err());
    }

    #[test]
    fn components_are_found_by_any_name() {
        for name in ["寸法", "a/b", "c~d", "50%", "e f", "<g>"] {
            let document = json!({"components": {"schemas": {name: {"type": "integer"}}}});
            let validator = Validators::new(&document).unwrap().component(name).unwrap();
            assert!(validator.is_valid(&json!(1)) && !validator.is_valid(&json!("x")), "{name}");
        }
    }
}
