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
        let name = component.replace('~', "~0").replace('/', "~1").replace('%', "%25");
        let schema = json!({"$ref": format!("{URI}#/components/schemas/{name}")});
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|error| error.to_string())
    }
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
}
