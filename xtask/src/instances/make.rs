//! Schemas to values.
//!
//! Of each component there are a minimal instance, which has only what is required, and full ones:
//! every enum value and every union member is in one of them. What a reference leads to is a
//! component of its own, so that a few values of it are enough: two behind the first reference, the
//! minimal one behind any further.

use serde_json::{Map, Value, json};

use super::flatten::{Flat, also, flatten, list};
use super::text::{numbers, strings};

/// How many instances of a schema there are at most.
const MOST: usize = 100;
/// How many references are followed before the schema counts as one without end.
const DEEPEST: usize = 12;

/// Instances of a schema of a document whose schemas are those of JSON Schema 2020-12, the minimal
/// one first. They are the same in every run. There may be none, and not all need be valid.
pub fn make(document: &Value, schema: &Value) -> Vec<Value> {
    let mut values = Maker { document }.values(schema, 0);
    let mut seen: Vec<Value> = Vec::new();
    values.retain(|value| {
        let new = !seen.contains(value);
        if new {
            seen.push(value.clone());
        }
        new
    });
    values
}

struct Maker<'d> {
    document: &'d Value,
}

impl Maker<'_> {
    /// Values of a schema behind so many references.
    fn values(&self, schema: &Value, depth: usize) -> Vec<Value> {
        let depth = depth + usize::from(depth > 0 && leads_on(schema));
        let most = match depth {
            0 | 1 => MOST,
            2 => 2,
            _ => 1,
        };
        let flat = flatten(self.document, schema);
        let mut values = flat.map(|flat| self.of_flat(&flat, depth.max(1))).unwrap_or_default();
        values.truncate(most);
        values
    }

    fn of_flat(&self, flat: &Flat, depth: usize) -> Vec<Value> {
        if depth > DEEPEST {
            return Vec::new();
        }
        let mut rest = flat.clone();
        let (Some(members), Some(discriminator)) = (rest.unions.pop(), rest.discriminators.pop())
        else {
            return self.of_keywords(&flat.keywords, depth);
        };
        let mut values = Vec::new();
        for member in &members {
            let tag = discriminator.as_ref().and_then(|tag| tag_of(tag, member));
            let chosen = also(self.document, &rest, member).and_then(|flat| {
                tag.map_or(Some(flat.clone()), |tag| also(self.document, &flat, &tag))
            });
            let below = depth + usize::from(member.get("$ref").is_some());
            values.extend(chosen.map(|flat| self.of_flat(&flat, below)).unwrap_or_default());
            // Deep below, the first member that is possible has to do.
            if depth > 2 && !values.is_empty() {
                break;
            }
        }
        values
    }

    fn of_keywords(&self, keywords: &Map<String, Value>, depth: usize) -> Vec<Value> {
        if let Some(Value::Array(values)) = keywords.get("enum") {
            return values.clone();
        }
        let kinds = keywords.get("type").map_or_else(|| vec![implied(keywords)], list);
        let of_kind = |kind: &Value| match kind.as_str().unwrap_or_default() {
            "object" => self.objects(keywords, depth),
            "array" => self.arrays(keywords, depth),
            "string" => strings(keywords),
            "integer" => numbers(keywords, true),
            "number" => numbers(keywords, false),
            "boolean" => vec![json!(true), json!(false)],
            "null" => vec![Value::Null],
            _ => vec![json!({"any": [1, "text", null]}), json!("text")],
        };
        kinds.iter().flat_map(of_kind).collect()
    }

    fn objects(&self, keywords: &Map<String, Value>, depth: usize) -> Vec<Value> {
        let none = Map::new();
        let properties = keywords.get("properties").and_then(Value::as_object).unwrap_or(&none);
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
        let more = match keywords.get("additionalProperties") {
            None | Some(Value::Bool(true)) => vec![json!({"more": [1]})],
            Some(schema) => self.values(schema, depth),
        };
        for value in more {
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
        let least = usize::try_from(number("minItems").unwrap_or(0).min(1000)).unwrap_or_default();
        let most = usize::try_from(number("maxItems").unwrap_or(20).min(20)).unwrap_or_default();
        let missing = least.saturating_sub(first.len());
        if items.is_empty() {
            return if missing == 0 { vec![Value::Array(first)] } else { Vec::new() };
        }
        let padded = |some: &[Value]| {
            let rest = items.iter().filter(|item| !some.contains(item)).chain(items.iter().cycle());
            let more = rest.take(missing.saturating_sub(some.len()));
            Value::Array(first.iter().chain(some).chain(more).cloned().collect())
        };
        let size = most.saturating_sub(first.len());
        let mut arrays = vec![padded(&[])];
        if depth <= 2 && size > 0 {
            arrays.extend(items.chunks(size).map(padded));
        }
        arrays
    }
}

/// Whether a schema leads to others, as a reference or as one that puts references together.
fn leads_on(schema: &Value) -> bool {
    let parts = schema.get("allOf").and_then(Value::as_array);
    schema.get("$ref").is_some() || parts.into_iter().flatten().any(leads_on)
}

/// The type that a schema without one speaks of.
fn implied(keywords: &Map<String, Value>) -> Value {
    let has = |names: &[&str]| names.iter().any(|name| keywords.contains_key(*name));
    let kind = match () {
        () if has(&["properties", "required", "additionalProperties"]) => "object",
        () if has(&["items", "prefixItems"]) => "array",
        () if has(&["pattern", "minLength", "maxLength", "format"]) => "string",
        () if has(&["minimum", "maximum"]) => "number",
        () => "any",
    };
    json!(kind)
}

/// What a discriminator asks of a schema that is chosen (OpenAPI 3.0.3, Discriminator Object): the
/// value that is mapped to it, or else its name.
fn tag_of(discriminator: &Value, member: &Value) -> Option<Value> {
    let property = discriminator["propertyName"].as_str()?;
    let reference = member["$ref"].as_str()?;
    let name = reference.rsplit('/').next()?;
    let mapping = discriminator["mapping"].as_object().into_iter().flatten();
    let leads = |target: &Value| target == reference || target == name;
    let tag = mapping.filter(|(_, target)| leads(target)).map(|(tag, _)| tag.as_str()).next();
    let tag = tag.unwrap_or(name);
    Some(json!({"properties": {property: {"const": tag}}, "required": [property]}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instances(schema: Value, others: Value) -> Vec<Value> {
        make(&json!({"components": {"schemas": others}}), &schema)
    }

    #[test]
    fn every_value_and_every_member_is_there_once() {
        let schema = json!({
            "required": ["a"],
            "properties": {"a": {"enum": ["x", "y"]}, "b": {"type": ["boolean", "null"]}},
            "additionalProperties": false
        });
        assert_eq!(
            instances(schema, json!({})),
            [
                json!({"a": "x"}),
                json!({"a": "x", "b": true}),
                json!({"a": "y", "b": false}),
                json!({"a": "x", "b": null})
            ]
        );
    }

    #[test]
    fn a_discriminator_is_obeyed() {
        let others = json!({"Cat": {"type": "object", "properties": {"kind": {"type": "string"}}}});
        let union = json!({
            "oneOf": [{"$ref": "#/components/schemas/Cat"}],
            "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}}
        });
        let values = instances(union, others);
        assert!(
            !values.is_empty() && values.iter().all(|value| value["kind"] == "cat"),
            "{values:?}"
        );
    }

    #[test]
    fn a_type_that_leads_back_to_itself_comes_to_an_end() {
        let node =
            json!({"type": "object", "properties": {"next": {"$ref": "#/components/schemas/A"}}});
        assert!(instances(node.clone(), json!({"A": node})).len() > 1);
        let either = json!({"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]});
        let union =
            json!({"type": "object", "properties": {"next": either.clone(), "more": either}});
        assert!(instances(union.clone(), json!({"A": union})).len() > 1);
        let together = json!({"allOf": [{"$ref": "#/components/schemas/A"}]});
        let node = json!({"type": "object", "properties": {"next": together}});
        assert!(instances(node.clone(), json!({"A": node})).len() > 1);
        let endless = json!({"type": "object", "required": ["next"],
            "properties": {"next": {"$ref": "#/components/schemas/A"}}});
        assert!(instances(endless.clone(), json!({"A": endless})).is_empty());
    }
}
