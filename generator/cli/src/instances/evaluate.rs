//! Evaluates JSON Schema 2020-12 within a number of steps.
//!
//! Takes a schema of a document and a value of it, and returns whether the value is valid. Schemas of a
//! document may combine and repeat each other in any way, so an evaluator that follows each reference again
//! takes exponential time, and one that follows a cycle does not end. This one evaluates each pair of a schema
//! and a value once, and counts a step for each. What depends on itself, on a budget that is used up, or on a
//! keyword that is not supported (`$dynamicRef`, `unevaluatedItems`) is [unknown](Outcome::Unknown): such a value
//! is neither called valid nor invalid.
//!
//! A discriminator selects the alternative of a union, or the subtype of an object (OpenAPI 3.0.3,
//! Discriminator Object). Leaves error messages to [`super::explain`].

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use clientgen::pointer::Pointer;
use serde_json::{Map, Value};

use super::assertions::violations;
use super::budget::Budget;
use super::matchers::Matchers;

/// The number of schemas inside one another, in the schema and in the value. A chain of references counts, too.
const MAX_DEPTH: usize = 256;

/// Whether a value is valid under a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is.
    Valid,
    /// It is not.
    Invalid,
    /// It cannot be decided.
    Unknown,
}

impl Outcome {
    pub(super) fn of(is_valid: bool) -> Self {
        if is_valid { Self::Valid } else { Self::Invalid }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Invalid, _) | (_, Self::Invalid) => Self::Invalid,
            (Self::Valid, Self::Valid) => Self::Valid,
            _ => Self::Unknown,
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Valid => Self::Invalid,
            Self::Invalid => Self::Valid,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// The evaluator of the schemas of a document.
#[derive(Debug)]
pub struct Evaluator<'d> {
    pub(super) document: &'d Value,
    pub(super) budget: &'d Budget,
    pub(super) matchers: &'d Matchers,
    /// The outcomes by the addresses of schema and value. While a pair is evaluated, it is unknown.
    outcomes: RefCell<BTreeMap<(*const Value, *const Value), Outcome>>,
}

impl<'d> Evaluator<'d> {
    /// Creates an evaluator for a document with JSON Schema 2020-12 schemas.
    pub fn new(document: &'d Value, matchers: &'d Matchers, budget: &'d Budget) -> Self {
        Self { document, budget, matchers, outcomes: RefCell::default() }
    }

    /// Returns whether a value is valid under a schema.
    pub fn outcome(&self, schema: &'d Value, value: &'d Value) -> Outcome {
        self.evaluate(schema, value, 0)
    }

    fn evaluate(&self, schema: &'d Value, value: &'d Value, depth: usize) -> Outcome {
        let object = match schema {
            Value::Object(object) => object,
            Value::Bool(is_valid) => return Outcome::of(*is_valid),
            // Not a schema: a mistake that `generate` reports.
            _ => return Outcome::Valid,
        };
        let key = (std::ptr::from_ref(schema), std::ptr::from_ref(value));
        if let Some(known) = self.outcomes.borrow().get(&key) {
            return *known;
        }
        if depth > MAX_DEPTH {
            self.budget.exhaust();
        }
        if !self.budget.take(1) {
            return Outcome::Unknown;
        }
        self.outcomes.borrow_mut().insert(key, Outcome::Unknown);
        let outcome = self.keywords(object, value, depth);
        self.outcomes.borrow_mut().insert(key, outcome);
        outcome
    }

    fn keywords(&self, schema: &'d Map<String, Value>, value: &'d Value, depth: usize) -> Outcome {
        let mut outcome = violations(schema, value, self.matchers, self.budget).outcome();
        let checks = [Self::in_place, Self::unions, Self::conditions, Self::below];
        for check in checks {
            if outcome != Outcome::Invalid {
                outcome = outcome.and(check(self, schema, value, depth + 1));
            }
        }
        outcome
    }

    /// Evaluates the schemas of which each applies to the value itself.
    fn in_place(&self, schema: &'d Map<String, Value>, value: &'d Value, depth: usize) -> Outcome {
        let mut outcome = Outcome::Valid;
        if schema.contains_key("$dynamicRef") {
            outcome = Outcome::Unknown;
        }
        if let Some(reference) = schema.get("$ref") {
            let target = self.target(reference);
            let target = target.map_or(Outcome::Unknown, |one| self.evaluate(one, value, depth));
            outcome = outcome.and(target);
        }
        let subtype = self.subtype(schema, value).into_iter();
        for part in array(schema, "allOf").iter().chain(subtype) {
            if outcome != Outcome::Invalid {
                outcome = outcome.and(self.evaluate(part, value, depth));
            }
        }
        outcome
    }

    fn unions(&self, schema: &'d Map<String, Value>, value: &'d Value, depth: usize) -> Outcome {
        let mut outcome = Outcome::Valid;
        for key in ["oneOf", "anyOf"] {
            let Some(alternatives) = schema.get(key).and_then(Value::as_array) else { continue };
            let selected = self.selected(schema, alternatives, value);
            let union = match selected {
                Some(selected) => self.evaluate(selected, value, depth),
                None => self.alternatives(alternatives, value, key == "oneOf", depth),
            };
            outcome = outcome.and(union);
        }
        outcome
    }

    fn alternatives(
        &self,
        alternatives: &'d [Value],
        value: &'d Value,
        is_exclusive: bool,
        depth: usize,
    ) -> Outcome {
        let (mut valid, mut unknown) = (0, 0);
        for alternative in alternatives {
            match self.evaluate(alternative, value, depth) {
                Outcome::Valid => valid += 1,
                Outcome::Unknown => unknown += 1,
                Outcome::Invalid => {}
            }
        }
        match (valid, unknown) {
            (0, 0) => Outcome::Invalid,
            (2.., _) if is_exclusive => Outcome::Invalid,
            (1.., 0) => Outcome::Valid,
            (1.., _) if !is_exclusive => Outcome::Valid,
            _ => Outcome::Unknown,
        }
    }

    fn conditions(
        &self,
        schema: &'d Map<String, Value>,
        value: &'d Value,
        depth: usize,
    ) -> Outcome {
        let mut outcome = Outcome::Valid;
        if let Some(not) = schema.get("not") {
            outcome = outcome.and(self.evaluate(not, value, depth).not());
        }
        if let Some(condition) = schema.get("if") {
            let branch = match self.evaluate(condition, value, depth) {
                Outcome::Valid => schema.get("then"),
                Outcome::Invalid => schema.get("else"),
                Outcome::Unknown => return outcome.and(Outcome::Unknown),
            };
            let branch = branch.map(|branch| self.evaluate(branch, value, depth));
            outcome = outcome.and(branch.unwrap_or(Outcome::Valid));
        }
        for dependent in dependents(schema, value) {
            outcome = outcome.and(self.evaluate(dependent, value, depth));
        }
        outcome
    }

    /// Evaluates the properties or the items of a value.
    fn below(&self, schema: &'d Map<String, Value>, value: &'d Value, depth: usize) -> Outcome {
        let mut outcome = self.names(schema, value);
        self.children(schema, value, &mut |child, value| {
            outcome = outcome.and(self.evaluate(child, value, depth));
            outcome != Outcome::Invalid
        });
        if let (Some(contains), Some(items)) = (schema.get("contains"), value.as_array()) {
            outcome = outcome.and(self.contains(schema, contains, items, depth));
        }
        if outcome != Outcome::Invalid {
            outcome = outcome.and(self.unevaluated(schema, value, depth));
        }
        outcome
    }

    /// Visits the children of a value, each with the schema that a schema has for it, until the visitor
    /// returns `false`.
    pub(super) fn children(
        &self,
        schema: &'d Map<String, Value>,
        value: &'d Value,
        visit: &mut dyn FnMut(&'d Value, &'d Value) -> bool,
    ) {
        match value {
            Value::Object(object) => {
                for (name, child) in object {
                    for schema in self.property_schemas(schema, name) {
                        if !visit(schema, child) {
                            return;
                        }
                    }
                }
            }
            Value::Array(items) => {
                let first = array(schema, "prefixItems");
                let rest = schema.get("items").filter(|items| !items.is_array());
                for (index, item) in items.iter().enumerate() {
                    if !self.budget.take(1) {
                        return;
                    }
                    let schema = first.get(index).or(rest);
                    if schema.is_some_and(|schema| !visit(schema, item)) {
                        return;
                    }
                }
            }
            _ => {}
        }
    }

    /// Returns the schemas that a schema has for a property.
    pub(super) fn property_schemas(
        &self,
        schema: &'d Map<String, Value>,
        name: &str,
    ) -> Vec<&'d Value> {
        if !self.budget.take(1) {
            return Vec::new();
        }
        let own = schema.get("properties").and_then(|properties| properties.get(name));
        let mut schemas: Vec<&Value> = own.into_iter().collect();
        if let Some(patterns) = schema.get("patternProperties").and_then(Value::as_object) {
            let text = Value::from(name);
            let matching = patterns.iter().filter(|(pattern, _)| {
                self.budget.take(1 + pattern.len() + name.len() / 16)
                    && self.matchers.matches(pattern, &text) == Outcome::Valid
            });
            schemas.extend(matching.map(|(_, schema)| schema));
        }
        if schemas.is_empty() {
            schemas.extend(schema.get("additionalProperties"));
        }
        schemas
    }

    fn contains(
        &self,
        schema: &'d Map<String, Value>,
        contains: &'d Value,
        items: &'d [Value],
        depth: usize,
    ) -> Outcome {
        let outcomes = items.iter().map(|item| self.evaluate(contains, item, depth));
        let (mut valid, mut unknown) = (0_u64, 0_u64);
        for outcome in outcomes {
            valid += u64::from(outcome == Outcome::Valid);
            unknown += u64::from(outcome == Outcome::Unknown);
        }
        let limit = |key: &str| schema.get(key).and_then(Value::as_u64);
        let (min, max) =
            (limit("minContains").unwrap_or(1), limit("maxContains").unwrap_or(u64::MAX));
        match () {
            () if valid + unknown < min || valid > max => Outcome::Invalid,
            () if valid < min || valid + unknown > max => Outcome::Unknown,
            () => Outcome::Valid,
        }
    }

    /// Evaluates `propertyNames`. Its assertions are checked; with subschemas, the outcome is unknown.
    fn names(&self, schema: &'d Map<String, Value>, value: &'d Value) -> Outcome {
        let (Some(names), Some(object)) = (schema.get("propertyNames"), value.as_object()) else {
            return Outcome::Valid;
        };
        let names = names.get("$ref").and_then(|reference| self.target(reference)).unwrap_or(names);
        let names = match names {
            Value::Object(names) => names,
            Value::Bool(false) => return Outcome::of(object.is_empty()),
            _ => return Outcome::Valid,
        };
        if names.keys().any(|key| IN_PLACE.contains(&key.as_str())) {
            return Outcome::Unknown;
        }
        let check = |name: &String| {
            violations(names, &Value::from(name.as_str()), self.matchers, self.budget).outcome()
        };
        object.keys().map(check).fold(Outcome::Valid, Outcome::and)
    }

    /// Evaluates `unevaluatedProperties`.
    fn unevaluated(
        &self,
        schema: &'d Map<String, Value>,
        value: &'d Value,
        depth: usize,
    ) -> Outcome {
        if value.is_array() && schema.contains_key("unevaluatedItems") {
            return Outcome::Unknown;
        }
        let (Some(rest), Some(object)) = (schema.get("unevaluatedProperties"), value.as_object())
        else {
            return Outcome::Valid;
        };
        let mut applied = Vec::new();
        let mut visited = BTreeSet::new();
        self.applied_to(schema, value, depth, &mut visited, &mut applied);
        let is_evaluated = |name: &String| {
            applied.iter().any(|schema| !self.property_schemas(schema, name).is_empty())
        };
        let unevaluated = object.iter().filter(|(name, _)| !is_evaluated(name));
        unevaluated
            .map(|(_, child)| self.evaluate(rest, child, depth))
            .fold(Outcome::Valid, Outcome::and)
    }

    /// Collects the schemas whose keywords count as evaluated: a schema, and those in place that are valid.
    fn applied_to(
        &self,
        schema: &'d Map<String, Value>,
        value: &'d Value,
        depth: usize,
        visited: &mut BTreeSet<*const Value>,
        applied: &mut Vec<&'d Map<String, Value>>,
    ) {
        applied.push(schema);
        let mut parts: Vec<&Value> = Vec::new();
        parts.extend(schema.get("$ref").and_then(|reference| self.target(reference)));
        for key in ["allOf", "anyOf", "oneOf"] {
            parts.extend(array(schema, key));
        }
        parts.extend(["if", "then", "else"].iter().filter_map(|key| schema.get(*key)));
        parts.extend(dependents(schema, value));
        for part in parts {
            let is_new = visited.insert(std::ptr::from_ref(part));
            if let Some(object) = part.as_object().filter(|_| is_new && depth < MAX_DEPTH)
                && self.evaluate(part, value, depth + 1) != Outcome::Invalid
            {
                self.applied_to(object, value, depth + 1, visited, applied);
            }
        }
    }

    /// Returns the target of a reference within the document.
    pub(super) fn target(&self, reference: &Value) -> Option<&'d Value> {
        let reference = reference.as_str()?;
        // A step for each part of the pointer, whose length the document chooses.
        if !self.budget.take(1 + reference.len() / 16) {
            return None;
        }
        super::flatten::target(self.document, reference)
    }

    /// Returns the alternative that the discriminator of a union selects, if it is one of them.
    pub(super) fn selected(
        &self,
        schema: &'d Map<String, Value>,
        alternatives: &'d [Value],
        value: &'d Value,
    ) -> Option<&'d Value> {
        let selected = self.discriminated(schema, value)?;
        let is_target = |alternative: &&Value| {
            let target = alternative.get("$ref").and_then(|reference| self.target(reference));
            target.is_some_and(|target| std::ptr::eq(target, selected))
        };
        alternatives.iter().find(is_target)
    }

    /// Returns the subtype of an object that its discriminator names, unless the schema is a union.
    pub(super) fn subtype(&self, schema: &Map<String, Value>, value: &Value) -> Option<&'d Value> {
        if schema.contains_key("oneOf") || schema.contains_key("anyOf") {
            return None;
        }
        let subtype = self.discriminated(schema, value)?;
        let is_other = !std::ptr::eq(subtype.as_object()?, schema);
        (is_other && self.extends(subtype, schema)).then_some(subtype)
    }

    /// Returns whether a schema extends another one by `allOf`, directly or through others. A tag may be equal
    /// to the name of a schema by accident.
    fn extends(&self, schema: &'d Value, base: &Map<String, Value>) -> bool {
        let mut visited = BTreeSet::new();
        let mut next = vec![schema];
        while let Some(schema) = next.pop() {
            let Some(object) = schema.as_object() else { continue };
            if std::ptr::eq(object, base) {
                return true;
            }
            if visited.insert(std::ptr::from_ref(schema)) && self.budget.take(1) {
                next.extend(object.get("$ref").and_then(|reference| self.target(reference)));
                next.extend(array(object, "allOf"));
            }
        }
        false
    }

    /// Returns the schema that the discriminator of a schema names for a value.
    fn discriminated(&self, schema: &Map<String, Value>, value: &Value) -> Option<&'d Value> {
        let discriminator = schema.get("discriminator")?;
        let tag = value.get(discriminator.get("propertyName")?.as_str()?)?.as_str()?;
        let mapped = discriminator.get("mapping").and_then(|mapping| mapping.get(tag));
        let name = mapped.and_then(Value::as_str).unwrap_or(tag);
        if !self.budget.take(1 + name.len() / 16) {
            return None;
        }
        match name.starts_with('#') {
            true => super::flatten::target(self.document, name),
            false => {
                let schemas = Pointer::root().join("components").join("schemas");
                schemas.join(name).find(self.document)
            }
        }
    }
}

/// The keywords whose schemas apply to the same value.
const IN_PLACE: [&str; 10] = [
    "$ref",
    "$dynamicRef",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
];

/// Returns the array of schemas under a keyword.
pub(super) fn array<'d>(schema: &'d Map<String, Value>, key: &str) -> &'d [Value] {
    schema.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Returns the schemas that apply because a value has a property.
pub(super) fn dependents<'d>(
    schema: &'d Map<String, Value>,
    value: &Value,
) -> impl Iterator<Item = &'d Value> {
    let dependents = schema.get("dependentSchemas").and_then(Value::as_object);
    let is_present =
        |(name, dependent): (&String, &'d Value)| value.get(name.as_str()).map(|_| dependent);
    dependents.into_iter().flatten().filter_map(is_present)
}
