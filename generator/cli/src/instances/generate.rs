//! Creates values for schemas.
//!
//! Each component has a minimal instance, with required properties only, and full instances: each enum
//! value and each alternative of a union occurs in one of them. The target of a reference is a component
//! with its own instances. So a few values are enough for it: two after one reference, and the minimal
//! value after several.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::budget::Budget;
use super::equality::{canonical, size};
use super::flatten::{FlatSchema, Part, flatten};
use super::scalars::{numbers, strings};

/// The maximum number of instances of a schema.
pub const MAX_INSTANCES: usize = 100;
/// The maximum number of consecutive references. A schema with more is treated as infinite.
const MAX_REFERENCES: usize = 12;
/// The maximum number of values inside one another.
const MAX_NESTING: usize = 128;

/// Creates instances of JSON Schema 2020-12 schemas that apply to the same value, the minimal one first, and at
/// most as many as `count`. The result is deterministic. It may be empty, some instances may be invalid, and
/// there are fewer if the budget is used up.
pub fn instances<'d>(
    document: &'d Value,
    schemas: &[&'d Value],
    budget: &Budget,
    count: usize,
) -> Vec<Value> {
    let generator =
        Generator { document, budget, count, created: RefCell::default(), nesting: Cell::new(0) };
    let parts: Vec<Part<'d>> = schemas.iter().map(|schema| Part::Schema(schema)).collect();
    let mut values = generator.values(&parts, 0).to_vec();
    let mut seen = std::collections::BTreeSet::new();
    values.retain(|value| seen.insert(canonical(value)));
    values
}

/// The addresses of schemas that apply to the same value, and the number of references before.
type Key = (Vec<*const u8>, usize);

struct Generator<'d, 'b> {
    document: &'d Value,
    budget: &'b Budget,
    count: usize,
    /// The values that were created. Many schemas refer to the same ones.
    created: RefCell<BTreeMap<Key, Rc<[Value]>>>,
    nesting: Cell<usize>,
}

impl<'d> Generator<'d, '_> {
    /// Creates values of schemas after `depth` references.
    fn values(&self, parts: &[Part<'d>], depth: usize) -> Rc<[Value]> {
        let is_reference = parts.iter().any(|part| is_reference(*part));
        let depth = depth + usize::from(depth > 0 && is_reference);
        let key = (parts.iter().map(address).collect(), depth);
        if let Some(created) = self.created.borrow().get(&key) {
            return created.clone();
        }
        if depth > MAX_REFERENCES || self.nesting.get() > MAX_NESTING {
            return Rc::default();
        }
        self.nesting.set(self.nesting.get() + 1);
        let mut values = Vec::new();
        if let Some(flat) = flatten(self.document, parts, self.budget) {
            self.flat_values(flat, depth.max(1), self.max(depth), &mut values);
        }
        values.truncate(self.max(depth));
        self.nesting.set(self.nesting.get() - 1);
        let values: Rc<[Value]> = values.into();
        self.created.borrow_mut().insert(key, values.clone());
        values
    }

    /// Returns the maximum number of values after `depth` references.
    fn max(&self, depth: usize) -> usize {
        let max = match depth {
            0 | 1 => MAX_INSTANCES,
            2 => 2,
            _ => 1,
        };
        max.min(self.count)
    }

    /// Adds values of a schema, until there are as many as `max`.
    fn flat_values(
        &self,
        mut flat: FlatSchema<'d>,
        depth: usize,
        max: usize,
        values: &mut Vec<Value>,
    ) {
        if depth > MAX_REFERENCES || !self.budget.take(1) {
            return;
        }
        let Some(union) = flat.next_union() else {
            values.extend(self.keyword_values(&flat, depth));
            return;
        };
        let rest = flat;
        for alternative in union.alternatives {
            if rest.leads_back(self.document, alternative, self.budget) {
                continue;
            }
            let tag = union.discriminator.and_then(|tag| tag_of(tag, alternative));
            let part = Part::Schema(alternative);
            let Some(mut selected) = rest.intersect(self.document, part, self.budget) else {
                continue;
            };
            if let Some((property, tag)) = tag {
                selected.require_tag(property, tag);
            }
            let below = depth + usize::from(is_reference(part));
            self.flat_values(selected, below, max, values);
            // After several references, the first possible alternative is enough.
            if values.len() >= max || (depth > 2 && !values.is_empty()) {
                break;
            }
        }
    }

    fn keyword_values(&self, flat: &FlatSchema<'d>, depth: usize) -> Vec<Value> {
        if let Some(values) = &flat.listed {
            let values = values.iter().take(self.max(depth));
            let copies = values.map_while(|value| self.copy(value));
            return copies.collect();
        }
        let types = flat.types.clone().unwrap_or_else(|| vec![implied_type(flat)]);
        let typed_values = |name: &str| match name {
            "object" => self.objects(flat, depth),
            "array" => self.arrays(flat, depth),
            // A string may be as long as `minLength` demands.
            "string" => strings(&flat.keywords).iter().map_while(|text| self.copy(text)).collect(),
            "integer" => numbers(&flat.keywords, true),
            "number" => numbers(&flat.keywords, false),
            "boolean" => vec![json!(true), json!(false)],
            "null" => vec![Value::Null],
            _ => vec![json!({"any": [1, "text", null]}), json!("text")],
        };
        types.into_iter().flat_map(typed_values).collect()
    }

    /// Copies a value, if the budget allows it.
    fn copy(&self, value: &Value) -> Option<Value> {
        self.budget.take(size(value)).then(|| value.clone())
    }

    fn objects(&self, flat: &FlatSchema<'d>, depth: usize) -> Vec<Value> {
        let first = |name: &str| self.copy(self.values(flat.property(name), depth).first()?);
        let minimal = flat.required.iter().map(|name| Some(((*name).to_owned(), first(name)?)));
        let Some(minimal) = minimal.collect::<Option<Map<String, Value>>>() else {
            return Vec::new();
        };
        let minimal = Value::Object(minimal);
        let mut objects = vec![minimal.clone()];
        if depth <= 2 && self.count > 1 {
            objects.extend(self.full_objects(flat, &minimal, depth));
        }
        objects
    }

    /// Objects with all properties, as many as it takes for each value of each of them; the last one
    /// has a property more than the schema names, if it may.
    fn full_objects(&self, flat: &FlatSchema<'d>, minimal: &Value, depth: usize) -> Vec<Value> {
        let properties = flat.properties.iter();
        let values: Vec<(&str, Rc<[Value]>)> = properties
            .map(|(name, parts)| (*name, self.values(parts, depth)))
            .filter(|(_, values)| !values.is_empty())
            .collect();
        let count = values.iter().map(|(_, values)| values.len()).max().unwrap_or(1);
        let object = |number: usize| {
            let mut object = self.copy(minimal)?;
            for (name, values) in &values {
                let value = values.get(number % values.len())?;
                object.as_object_mut()?.insert((*name).to_owned(), self.copy(value)?);
            }
            Some(object)
        };
        let mut objects: Vec<Value> = (0..count).map_while(object).collect();
        let additional = match &flat.additional {
            None => vec![json!({"more": [1]})],
            Some(parts) if parts.iter().all(|part| *part == Part::Schema(&Value::Bool(true))) => {
                vec![json!({"more": [1]})]
            }
            Some(parts) => self.values(parts, depth).to_vec(),
        };
        for value in additional {
            let Some(Value::Object(mut object)) = object(0) else { break };
            object.insert("anotherProperty".to_owned(), value);
            objects.push(Value::Object(object));
        }
        objects
    }

    fn arrays(&self, flat: &FlatSchema<'d>, depth: usize) -> Vec<Value> {
        let number = |key: &str| flat.keywords.get(key).and_then(Value::as_u64);
        let first = flat.prefix_items.iter();
        let first: Vec<Value> =
            first.filter_map(|parts| self.copy(self.values(parts, depth).first()?)).collect();
        let items = self.values(flat.items.as_deref().unwrap_or_default(), depth);
        let min = usize::try_from(number("minItems").unwrap_or(0).min(1000)).unwrap_or_default();
        let max = usize::try_from(number("maxItems").unwrap_or(20).min(20)).unwrap_or_default();
        let missing = min.saturating_sub(first.len());
        if items.is_empty() {
            return if missing == 0 { vec![Value::Array(first)] } else { Vec::new() };
        }
        let padded = |some: &[Value]| {
            let rest = items.iter().filter(|item| !some.contains(item)).chain(items.iter().cycle());
            let padding = rest.take(missing.saturating_sub(some.len()));
            let values = first.iter().chain(some).chain(padding).map(|value| self.copy(value));
            values.collect::<Option<Vec<Value>>>().map(Value::Array)
        };
        let size = max.saturating_sub(first.len());
        let mut arrays: Vec<Value> = padded(&[]).into_iter().collect();
        if depth <= 2 && size > 0 && self.count > 1 {
            arrays.extend(items.chunks(size).map_while(padded));
        }
        arrays
    }
}

/// Returns the address of a part.
fn address(part: &Part<'_>) -> *const u8 {
    match part {
        Part::Schema(schema) => std::ptr::from_ref(*schema).cast(),
        Part::Tag(tag) => tag.as_ptr(),
    }
}

/// Returns whether a schema is a reference, or combines references by `allOf`.
fn is_reference(part: Part<'_>) -> bool {
    let Part::Schema(schema) = part else { return false };
    let parts = schema.get("allOf").and_then(Value::as_array);
    let mut parts = parts.into_iter().flatten().map(Part::Schema);
    schema.get("$ref").is_some() || parts.any(is_reference)
}

/// Returns the type that the keywords of a schema without `type` imply.
fn implied_type(flat: &FlatSchema<'_>) -> &'static str {
    let has = |names: &[&str]| names.iter().any(|name| flat.has(name));
    let is_object =
        !flat.properties.is_empty() || !flat.required.is_empty() || flat.additional.is_some();
    match () {
        () if is_object => "object",
        () if flat.items.is_some() || !flat.prefix_items.is_empty() => "array",
        () if has(&["pattern", "minLength", "maxLength", "format"]) => "string",
        () if has(&["minimum", "maximum"]) => "number",
        () => "any",
    }
}

/// Returns the property and the tag of an alternative (OpenAPI 3.0.3, Discriminator Object): the value that
/// is mapped to it, or else its name.
fn tag_of<'d>(discriminator: &'d Value, alternative: &'d Value) -> Option<(&'d str, &'d str)> {
    let property = discriminator.get("propertyName")?.as_str()?;
    let reference = alternative.get("$ref")?.as_str()?;
    let name = reference.rsplit('/').next()?;
    let mapping = discriminator.get("mapping").and_then(Value::as_object).into_iter().flatten();
    let is_target = |target: &Value| target == reference || target == name;
    let tag = mapping.filter(|(_, target)| is_target(target)).map(|(tag, _)| tag.as_str()).next();
    Some((property, tag.unwrap_or(name)))
}

#[cfg(test)]
mod tests {
    use clientgen::limits::Steps;

    use super::*;

    fn budget() -> Budget {
        Budget::new(&Steps::default(), 1_000_000)
    }

    fn created(schema: Value, others: Value) -> Vec<Value> {
        let document = json!({"components": {"schemas": others}});
        instances(&document, &[&schema], &budget(), MAX_INSTANCES)
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

    /// An alternative that is the union itself allows what the others allow, not everything.
    #[test]
    fn unions_of_themselves_have_the_instances_of_their_other_alternatives() {
        let of = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let union = |other: Value, name: &str| json!({"oneOf": [other, of(name)]});
        let text = json!({"type": "string"});
        let itself = union(text.clone(), "A");
        let each_other =
            json!({"A": union(text.clone(), "B"), "B": union(json!({"type": "boolean"}), "A")});
        for others in
            [json!({"A": itself}), json!({"A": union(text, "B"), "B": of("A")}), each_other]
        {
            let values = created(of("A"), others.clone());
            assert!(!values.is_empty(), "{others}");
            assert!(
                values.iter().all(|value| value.is_string() || value.is_boolean()),
                "{values:?}"
            );
        }
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
