//! Whether a value is valid, told by a validator that is not ours and reads nothing but the document.

use jsonschema::{Draft, Registry, Resource, Validator};
use serde_json::{Value, json};

/// What the document is called within the validator.
const URI: &str = "urn:document";

/// The schemas of a document, ready to be asked.
#[derive(Debug)]
pub struct Validators {
    registry: Registry<'static>,
}

impl Validators {
    /// Takes a document whose schemas are those of JSON Schema 2020-12.
    ///
    /// # Errors
    ///
    /// The validator does not take the document.
    pub fn new(document: &Value) -> Result<Self, String> {
        // Only schemas, so that nothing else is taken for one.
        let schemas = json!({"components": {"schemas": document["components"]["schemas"]}});
        let resource = Resource::from_contents(schemas);
        let registry = Registry::new().draft(Draft::Draft202012).add(URI, resource);
        let registry = registry.and_then(jsonschema::RegistryBuilder::prepare);
        registry.map(|registry| Self { registry }).map_err(|error| error.to_string())
    }

    /// The validator for a component schema.
    ///
    /// # Errors
    ///
    /// The schema is none.
    pub fn of(&self, component: &str) -> Result<Validator, String> {
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
        let validator = validators.of("A").unwrap();
        assert!(validator.is_valid(&json!(1)) && !validator.is_valid(&json!("x")));
        assert!(validators.of("C").is_err());
    }
}
