//! Merges references and `allOf` into one schema.
//!
//! Takes schemas that apply to the same value and returns their keywords together. Each schema is merged once,
//! however often it is referred to, so a cycle of references adds nothing, and the work is linear in the number
//! of schemas. Nothing of the document is copied except keywords without subschemas.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use clientgen::pointer::Pointer;
use serde_json::{Map, Value, json};

use super::budget::Budget;
use super::equality::is_equal;

/// The number of schemas inside one another that are merged. More of them have no instances.
const MAX_DEPTH: usize = 256;

/// A schema that applies to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'d> {
    /// A schema of the document.
    Schema(&'d Value),
    /// The schema of a string with one value: the tag that a discriminator requires.
    Tag(&'d str),
}

/// The alternatives of `oneOf` or `anyOf`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Union<'d> {
    pub(super) alternatives: &'d [Value],
    pub(super) discriminator: Option<&'d Value>,
}

/// A schema without references and `allOf` at its top level.
#[derive(Debug, Clone, Default)]
pub(super) struct FlatSchema<'d> {
    /// The keywords without subschemas, except those below.
    pub(super) keywords: Map<String, Value>,
    pub(super) types: Option<Vec<&'d str>>,
    /// The values under `enum` or `const`.
    pub(super) listed: Option<Vec<Cow<'d, Value>>>,
    pub(super) required: Vec<&'d str>,
    /// The properties in the order of the document, each with its schemas.
    pub(super) properties: Vec<(&'d str, Vec<Part<'d>>)>,
    pub(super) prefix_items: Vec<Vec<Part<'d>>>,
    pub(super) items: Option<Vec<Part<'d>>>,
    pub(super) additional: Option<Vec<Part<'d>>>,
    pub(super) unions: Vec<Union<'d>>,
    /// The unions of which an alternative was merged, by the address of their alternatives.
    expanded: Vec<*const Value>,
    /// The numbers of the properties by their names.
    numbers: BTreeMap<&'d str, usize>,
    /// The schemas that are merged, by address.
    merged: BTreeSet<*const Value>,
}

/// Returns the target of a reference within the document.
pub(super) fn target<'d>(document: &'d Value, reference: &str) -> Option<&'d Value> {
    let fragment = reference.strip_prefix('#')?;
    let target = Pointer::parse(fragment).and_then(|pointer| pointer.find(document));
    target.or_else(|| Pointer::parse(&decoded(fragment)?)?.find(document))
}

/// Decodes the percent-encoding of a URI fragment (RFC 6901, section 6). Returns `None` if there is none.
fn decoded(fragment: &str) -> Option<String> {
    let mut parts = fragment.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    let mut is_encoded = false;
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend(rest.as_bytes());
        is_encoded = true;
    }
    String::from_utf8(bytes).ok().filter(|_| is_encoded)
}

/// Flattens schemas that apply to the same value. Returns `None` if no value is valid.
pub(super) fn flatten<'d>(
    document: &'d Value,
    parts: &[Part<'d>],
    budget: &Budget,
) -> Option<FlatSchema<'d>> {
    let mut flat = FlatSchema::default();
    let mut merge = Merge { document, budget, flat: &mut flat };
    parts.iter().try_for_each(|part| merge.part(*part, 0))?;
    Some(flat)
}

impl<'d> FlatSchema<'d> {
    /// Adds the constraints of another schema. Returns `None` if no value is valid.
    pub(super) fn intersect(
        &self,
        document: &'d Value,
        part: Part<'d>,
        budget: &Budget,
    ) -> Option<Self> {
        let copied = self.merged.len() + 2 * self.properties.len() + self.required.len();
        let mut flat = budget.take(copied).then(|| self.clone())?;
        Merge { document, budget, flat: &mut flat }.part(part, 0)?;
        Some(flat)
    }

    /// Removes a union, of which an alternative is to be merged.
    pub(super) fn next_union(&mut self) -> Option<Union<'d>> {
        let union = self.unions.pop()?;
        self.expanded.push(union.alternatives.as_ptr());
        Some(union)
    }

    /// Returns whether an alternative is a reference to the union itself, or to one that has led to it. It has no
    /// value of its own.
    pub(super) fn leads_back(&self, document: &'d Value, part: &'d Value, budget: &Budget) -> bool {
        let mut schema = part;
        for _ in 0..MAX_DEPTH {
            if !budget.take(1) {
                return false;
            }
            let is_expanded = |key: &str| {
                let alternatives = schema.get(key).and_then(Value::as_array);
                alternatives.is_some_and(|all| self.expanded.contains(&all.as_ptr()))
            };
            if is_expanded("oneOf") || is_expanded("anyOf") {
                return true;
            }
            let reference = schema.get("$ref").and_then(Value::as_str);
            match reference.and_then(|reference| target(document, reference)) {
                Some(target) => schema = target,
                None => return false,
            }
        }
        false
    }

    /// Requires a property with the tag of a discriminator. Returns `None` if no value is valid.
    pub(super) fn require_tag(&mut self, property: &'d str, tag: &'d str) {
        self.add_property(property, Part::Tag(tag));
        if !self.required.contains(&property) {
            self.required.push(property);
        }
    }

    /// Returns the schemas of a property.
    pub(super) fn property(&self, name: &str) -> &[Part<'d>] {
        let number = self.numbers.get(name);
        let property = number.and_then(|number| self.properties.get(*number));
        property.map_or(&[], |(_, parts)| parts.as_slice())
    }

    /// Returns whether the schema has a keyword, of those without subschemas.
    pub(super) fn has(&self, keyword: &str) -> bool {
        self.keywords.contains_key(keyword)
    }

    fn add_property(&mut self, name: &'d str, part: Part<'d>) {
        let number = *self.numbers.entry(name).or_insert(self.properties.len());
        match self.properties.get_mut(number) {
            Some((_, parts)) if parts.contains(&part) => {}
            Some((_, parts)) => parts.push(part),
            None => self.properties.push((name, vec![part])),
        }
    }
}

/// The merging of schemas.
struct Merge<'m, 'd> {
    document: &'d Value,
    budget: &'m Budget,
    flat: &'m mut FlatSchema<'d>,
}

impl<'d> Merge<'_, 'd> {
    fn part(&mut self, part: Part<'d>, depth: usize) -> Option<()> {
        match part {
            Part::Schema(schema) => self.schema(schema, depth),
            Part::Tag(tag) => self.listed(vec![Cow::Owned(Value::from(tag))]),
        }
    }

    fn schema(&mut self, schema: &'d Value, depth: usize) -> Option<()> {
        let object = match schema {
            Value::Object(object) => object,
            Value::Bool(true) => return Some(()),
            _ => return None,
        };
        if depth > MAX_DEPTH || !self.budget.take(1 + object.len()) {
            return None;
        }
        if !self.flat.merged.insert(std::ptr::from_ref(schema)) {
            return Some(());
        }
        if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
            let target = self.budget.take(reference.len() / 16).then_some(reference);
            self.schema(target.and_then(|target| self::target(self.document, target))?, depth + 1)?;
        }
        for part in object.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.schema(part, depth + 1)?;
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(Value::Array(alternatives)) = object.get(key) {
                let discriminator = object.get("discriminator");
                self.flat.unions.push(Union { alternatives, discriminator });
            }
        }
        object.iter().try_for_each(|(key, value)| self.keyword(key, value))
    }

    /// Merges a keyword. Returns `None` if no value can be valid under both values of the keyword.
    fn keyword(&mut self, key: &'d str, value: &'d Value) -> Option<()> {
        let flat = &mut *self.flat;
        match (key, value) {
            ("$ref" | "allOf" | "oneOf" | "anyOf" | "discriminator", _) => {}
            ("enum", Value::Array(values)) => {
                let values = self.budget.take(values.len()).then_some(values)?;
                return self.listed(values.iter().map(Cow::Borrowed).collect());
            }
            ("const", value) => return self.listed(vec![Cow::Borrowed(value)]),
            ("type", value) => return self.types(names(value)),
            ("required", Value::Array(_)) => {
                let new = names(value);
                let count = new.len().saturating_mul(1 + flat.required.len());
                self.budget.take(count / 8).then_some(())?;
                for name in new {
                    if !flat.required.contains(&name) {
                        flat.required.push(name);
                    }
                }
            }
            ("properties", Value::Object(properties)) => {
                self.budget.take(properties.len()).then_some(())?;
                for (name, schema) in properties {
                    flat.add_property(name, Part::Schema(schema));
                }
            }
            ("prefixItems", Value::Array(items)) => {
                self.budget.take(items.len()).then_some(())?;
                for (index, item) in items.iter().enumerate() {
                    match flat.prefix_items.get_mut(index) {
                        Some(parts) => parts.push(Part::Schema(item)),
                        None => flat.prefix_items.push(vec![Part::Schema(item)]),
                    }
                }
            }
            ("items", schema) => {
                flat.items.get_or_insert_default().push(Part::Schema(schema));
            }
            ("additionalProperties", schema) => {
                flat.additional.get_or_insert_default().push(Part::Schema(schema));
            }
            (key, value) => limit(&mut flat.keywords, key, value),
        }
        Some(())
    }

    fn listed(&mut self, new: Vec<Cow<'d, Value>>) -> Option<()> {
        let both = match self.flat.listed.take() {
            None => new,
            Some(old) => {
                self.budget.take(old.len().saturating_mul(new.len())).then_some(())?;
                let is_in = |value: &Cow<'_, Value>| new.iter().any(|one| is_equal(one, value));
                old.into_iter().filter(is_in).collect()
            }
        };
        let is_empty = both.is_empty();
        self.flat.listed = Some(both);
        (!is_empty).then_some(())
    }

    /// Keeps the types that both schemas allow. An integer is a number.
    fn types(&mut self, new: Vec<&'d str>) -> Option<()> {
        let both = match self.flat.types.take() {
            None => new,
            Some(old) => {
                let has_integer = |one: &[&str], other: &[&str]| {
                    one.contains(&"integer") && other.contains(&"number")
                };
                let is_integer = has_integer(&old, &new) || has_integer(&new, &old);
                let common = old.into_iter().filter(|name| new.contains(name));
                let mut both: Vec<&str> = common.collect();
                if is_integer && !both.contains(&"integer") {
                    both.push("integer");
                }
                both
            }
        };
        let is_empty = both.is_empty();
        self.flat.types = Some(both);
        (!is_empty).then_some(())
    }
}

/// Returns the strings of an array, or a single one.
fn names(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    }
}

/// Merges a keyword without subschemas.
fn limit(keywords: &mut Map<String, Value>, key: &str, value: &Value) {
    // Nothing else is used, and it may be large.
    if !LIMITS.contains(&key) || value.is_object() || value.is_array() {
        return;
    }
    let merged = match (key, keywords.get(key)) {
        ("minimum" | "minLength" | "minItems" | "exclusiveMinimum", Some(old))
            if old.as_f64() > value.as_f64() =>
        {
            return;
        }
        ("maximum" | "maxLength" | "maxItems" | "exclusiveMaximum", Some(old))
            if old.as_f64() < value.as_f64() =>
        {
            return;
        }
        _ => json!(value),
    };
    keywords.insert(key.to_owned(), merged);
}

/// The keywords for which values are created.
const LIMITS: [&str; 11] = [
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "pattern",
];
