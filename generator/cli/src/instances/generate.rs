//! Creates values for schemas.
//!
//! Each component has a minimal instance, with required properties only, and full instances: each enum
//! value and each alternative of a union occurs in one of them. The target of a reference is a component
//! with its own instances. So a few values are enough for it: two after one reference, and the minimal
//! value after several.

use serde_json::{Map, Value, json};

use super::flatten::{FlatSchema, as_array, flatten, intersect};
use super::scalars::{numbers, strings};

/// The maximum number of instances of a schema.
const MAX_INSTANCES: usize = 100;
/// The maximum number of consecutive references. A schema with more is treated as infinite.
const MAX_REFERENCES: usize = 12;

/// Creates instances of a JSON Schema 2020-12 schema, the minimal one first. The result is
/// deterministic. It may be empty, and some instances may be invalid.
pub fn instances(document: &Value, schema: &Value) -> Vec<Value> {
    let mut values = Generator { document }.values(schema, 0);
    let mut seen: Vec<Value> = Vec::new();
    values.retain(|value| {
        let is_new = !seen.contains(value);
        if is_new {
            seen.push(value.clone());
        }
        is_new
    });
    values
}

struct Generator<'d> {
    document: &'d Value,
}

impl Generator<'_> {
    /// Creates values of a schema after `depth` references.
    fn values(&self, schema: &Value, depth: usize) -> Vec<Value> {
        let depth = depth + usize::from(depth > 0 && is_reference(schema));
        let max_instances = match depth {
            0 | 1 => MAX_INSTANCES,
            2 => 2,
            _ => 1,
        };
        let flat = flatten(self.document, schema);
        let mut values = flat.map(|flat| self.flat_values(&flat, depth.max(1))).unwrap_or_default();
        values.truncate(max_instances);
        values
    }

    fn flat_values(&self, flat: &FlatSchema, depth: usize) -> Vec<Value> {
        if depth > MAX_REFERENCES {
            return Vec::new();
        }
        let mut rest = flat.clone();
        let (Some(alternatives), Some(discriminator)) =
            (rest.unions.pop(), rest.discriminators.pop())
        else {
            return self.keyword_values(&flat.keywords, depth);
        };
        let mut values = Vec::new();
        for alternative in &alternatives {
            let tag = discriminator.as_ref().and_then(|tag| tag_schema(tag, alternative));
            let selected = intersect(self.document, &rest, alternative).and_then(|flat| {
                tag.map_or(Some(flat.clone()), |tag| intersect(self.document, &flat, &tag))
            });
            let depth_below = depth + usize::from(alternative.get("$ref").is_some());
            let flat_values = selected.map(|flat| self.flat_values(&flat, depth_below));
            values.extend(flat_values.unwrap_or_default());
            // After several references, the first possible alternative is enough.
            if depth > 2 && !values.is_empty() {
                break;
            }
        }
        values
    }

    fn keyword_values(&self, keywords: &Map<String, Value>, depth: usize) -> Vec<Value> {
        if let Some(Value::Array(values)) = keywords.get("enum") {
            return values.clone();
        }
        let types = keywords.get("type").map_or_else(|| vec![implied_type(keywords)], as_array);
        let typed_values = |name: &Value| match name.as_str().unwrap_or_default() {
            "object" => self.objects(keywords, depth),
            "array" => self.arrays(keywords, depth),
            "string" => strings(keywords),
            "integer" => numbers(keywords, true),
            "number" => numbers(keywords, false),
            "boolean" => vec![json!(true), json!(false)],
            "null" => vec![Value::Null],
            _ => vec![json!({"any": [1, "text", null]}), json!("text")],
        };
        types.iter().flat_map(typed_values).collect()
    }

    fn objects(&self, keywords: &Map<String, Value>, depth: usize) -> Vec<Value> {
        let empty = Map::new();
        let properties = keywords.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let required: Vec<&str> = keywords
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let any = json!({});
        let schema = |name: &str| properties.get(name).unwrap_or(&any);
        let minimal: Option<Map<String, Value>> = required
            .iter()
            .map(|name| {
                let value = self.values(schema(name), depth).into_iter().next()?;
                Some(((*name).to_owned(), value))
            })
            .collect();
        let Some(minimal) = minimal else { return Vec::new() };
        let mut objects = vec![Value::Object(minimal.clone())];
        if depth <= 2 {
            objects.extend(self.full_objects(keywords, properties, &minimal, depth));
        }
        objects
    }

    /// Objects with all properties, as many as it takes for each value of each of them; the last one
    /// has a property more than the schema names, if it may.
    fn full_objects(
        &self,
        keywords: &Map<String, Value>,
        properties: &Map<String, Value>,
        minimal: &Map<String, Value>,
        depth: usize,
    ) -> Vec<Value> {
        let values: Vec<(&String, Vec<Value>)> = properties
            .iter()
            .map(|(name, schema)| (name, self.values(schema, depth)))
            .filter(|(_, values)| !values.is_empty())
            .collect();
        let count = values.iter().map(|(_, values)| values.len()).max().unwrap_or(1);
        let object = |number: usize| {
            let mut object = minimal.clone();
            for (name, values) in &values {
                let value = values.iter().cycle().nth(number).cloned().unwrap_or_default();
                object.insert((*name).clone(), value);
            }
            object
        };
        let mut objects: Vec<Value> =
            (0..count).map(|number| Value::Object(object(number))).collect();
        let additional = match keywords.get("additionalProperties") {
            None | Some(Value::Bool(true)) => vec![json!({"more": [1]})],
            Some(schema) => self.values(schema, depth),
        };
        for value in additional {
            let mut object = object(0);
            object.insert("anotherProperty".to_owned(), value);
            objects.push(Value::Object(object));
        }
        objects
    }

    fn arrays(&self, keywords: &Map<String, Value>, depth: usize) -> Vec<Value> {
        let number = |key: &str| keywords.get(key).and_then(Value::as_u64);
        let first: Vec<Value> = keywords
            .get("prefixItems")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|schema| self.values(schema, depth).into_iter().next())
            .collect();
        let any = json!({});
        let items = self.values(keywords.get("items").unwrap_or(&any), depth);
        let min = usize::try_from(number("minItems").unwrap_or(0).min(1000)).unwrap_or_default();
        let max = usize::try_from(number("maxItems").unwrap_or(20).min(20)).unwrap_or_default();
        let missing = min.saturating_sub(first.len());
        if items.is_empty() {
            return if missing == 0 { vec![Value::Array(first)] } else { Vec::new() };
        }
        let padded = |some: &[Value]| {
            let rest = items.iter().filter(|item| !some.contains(item)).chain(items.iter().cycle());
            let padding = rest.take(missing.saturating_sub(some.len()));
            Value::Array(first.iter().chain(some).chain(padding).cloned().collect())
        };
        let size = max.saturating_sub(first.len());
        let mut arrays = vec![padded(&[])];
        if depth <= 2 && size > 0 {
            arrays.extend(items.chunks(size).map(padded));
        }
        arrays
    }
}

/// Returns whether a schema is a reference, or combines references by `allOf`.
fn is_reference(schema: &Value) -> bool {
    let parts = schema.get("allOf").and_then(Value::as_array);
    schema.get("$ref").is_some() || parts.into_iter().flatten().any(is_reference)
}

/// Returns the type that the keywords of a schema without `type` imply.
fn implied_type(keywords: &Map<String, Value>) -> Value {
    let has = |names: &[&str]| names.iter().any(|name| keywords.contains_key(*name));
    let name = match () {
        () if has(&["properties", "required", "additionalProperties"]) => "object",
        () if has(&["items", "prefixItems"]) => "array",
        () if has(&["pattern", "minLength", "maxLength", "format"]) => "string",
        () if has(&["minimum", "maximum"]) => "number",
        () => "any",
    };
    json!(name)
}

/// Returns a schema for the tag of an alternative (OpenAPI 3.0.3, Discriminator Object): the value that
/// is mapped to it, or else its name.
fn tag_schema(discriminator: &Value, alternative: &Value) -> Option<Value> {
    let property = discriminator["propertyName"].as_str()?;
    let reference = alternative["$ref"].as_str()?;
    let name = reference.rsplit('/').next()?;
    let mapping = discriminator["mapping"].as_object().into_iter().flatten();
    let is_target = |target: &Value| target == reference || target == name;
    let tag = mapping.filter(|(_, target)| is_target(target)).map(|(tag, _)| tag.as_str()).next();
    let tag = tag.unwrap_or(name);
    Some(json!({"properties": {property: {"const": tag}}, "required": [property]}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn created(schema: Value, others: Value) -> Vec<Value> {
        instances(&json!({"components": {"schemas": others}}), &schema)
    }

    #[test]
    fn each_enum_value_and_alternative_occurs_once() {
        let schema = json!({
            "required": ["a"],
            "properties": {"a": {"enum": ["x", "y"]}, "b": {"type": ["boolean", "null"]}},
            "additionalProperties": false
        });
        assert_eq!(
            created(schema, json!({})),
            [
                json!({"a": "x"}),
                json!({"a": "x", "b": true}),
                json!({"a": "y", "b": false}),
                json!({"a": "x", "b": null})
            ]
        );
    }

    #[test]
    fn the_tag_of_a_discriminator_is_set() {
        let others = json!({"Cat": {"type": "object", "properties": {"kind": {"type": "string"}}}});
        let union = json!({
            "oneOf": [{"$ref": "#/components/schemas/Cat"}],
            "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}}
        });
        let values = created(union, others);
        assert!(
            !values.is_empty() && values.iter().all(|value| value["kind"] == "cat"),
            "{values:?}"
        );
    }

    #[test]
    fn recursive_schemas_have_finite_instances() {
        let node =
            json!({"type": "object", "properties": {"next": {"$ref": "#/components/schemas/A"}}});
        assert!(created(node.clone(), json!({"A": node})).len() > 1);
        let either = json!({"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]});
        let union =
            json!({"type": "object", "properties": {"next": either.clone(), "more": either}});
        assert!(created(union.clone(), json!({"A": union})).len() > 1);
        let together = json!({"allOf": [{"$ref": "#/components/schemas/A"}]});
        let node = json!({"type": "object", "properties": {"next": together}});
        assert!(created(node.clone(), json!({"A": node})).len() > 1);
        let infinite = json!({"type": "object", "required": ["next"],
            "properties": {"next": {"$ref": "#/components/schemas/A"}}});
        assert!(created(infinite.clone(), json!({"A": infinite})).is_empty());
    }
}
