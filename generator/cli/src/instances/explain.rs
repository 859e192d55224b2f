//! Explains why a value is not valid: the innermost values that violate a keyword.
//!
//! Takes a schema and a value that [`super::evaluate`] has called invalid, and returns errors by the location in
//! the value, each with all schemas that apply there. A value can then be created for that location alone. In a
//! union, the errors are those of the alternative that the value is meant to be: the one that a discriminator
//! or a constant selects, or the only one for its type. Without one, the error is the union itself.

use std::collections::BTreeSet;

use clientgen::pointer::Pointer;
use serde_json::{Map, Value};

use super::assertions::{has_type, shown, violations};
use super::evaluate::{Evaluator, Outcome, array, dependents};

/// The number of errors of a value. A caller that gets as many says that there may be more.
pub const MAX_ERRORS: usize = 200;

/// The number of unions inside one another that are searched for the alternative that a value is meant to be.
const MAX_UNIONS: usize = 2;

/// The reason why a part of a value is not valid.
#[derive(Debug)]
pub struct SchemaError<'d> {
    /// The location in the value.
    pub at: Pointer,
    /// The part of the value.
    pub value: &'d Value,
    /// The schemas that apply to it. None, if no value is allowed there.
    pub schemas: Vec<&'d Value>,
    /// The name of the property that is missing in it, if that is the error.
    pub missing: Option<&'d str>,
    /// The schemas of the missing property.
    pub missing_schemas: Vec<&'d Value>,
    /// The description.
    pub message: String,
}

impl<'d> Evaluator<'d> {
    /// Returns the errors of a value, at most [`MAX_ERRORS`].
    pub fn errors(&self, schema: &'d Value, value: &'d Value) -> Vec<SchemaError<'d>> {
        let mut errors = Vec::new();
        if self.outcome(schema, value) == Outcome::Invalid {
            let mut explanation = Explanation { evaluator: self, errors: &mut errors };
            explanation.explain(vec![schema], value, &mut Pointer::root());
        }
        errors
    }
}

struct Explanation<'e, 'd> {
    evaluator: &'e Evaluator<'d>,
    errors: &'e mut Vec<SchemaError<'d>>,
}

impl<'d> Explanation<'_, 'd> {
    /// Adds the errors of a value under all of several schemas.
    fn explain(&mut self, schemas: Vec<&'d Value>, value: &'d Value, at: &mut Pointer) {
        if schemas.contains(&&Value::Bool(false)) {
            let message = "the schema allows no value here".to_owned();
            return self.add(at, value, &[], message, None);
        }
        let before = self.errors.len();
        let (applied, messages) = self.applied(&schemas, value);
        for (message, missing) in messages {
            let missing = missing.map(|name| {
                let schemas = applied.iter();
                let schemas =
                    schemas.flat_map(|schema| self.evaluator.property_schemas(schema, name));
                (name, schemas.collect())
            });
            self.add(at, value, &schemas, message, missing);
        }
        for (step, child, schemas) in self.children(&applied, value) {
            let is_invalid =
                |schema: &&'d Value| self.evaluator.outcome(schema, child) == Outcome::Invalid;
            if self.errors.len() < MAX_ERRORS && schemas.iter().any(is_invalid) {
                at.within(step, |at| self.explain(schemas, child, at));
            }
        }
        if self.errors.len() == before && !self.evaluator.budget.is_exceeded() {
            let message = format!("{} is not valid under this schema", shown(value));
            self.add(at, value, &schemas, message, None);
        }
    }

    fn add(
        &mut self,
        at: &Pointer,
        value: &'d Value,
        schemas: &[&'d Value],
        message: String,
        missing: Option<(&'d str, Vec<&'d Value>)>,
    ) {
        let is_known = |error: &SchemaError<'_>| error.at == *at && error.message == message;
        if self.errors.len() < MAX_ERRORS && !self.errors.iter().any(is_known) {
            let (missing, missing_schemas) = missing.unzip();
            self.errors.push(SchemaError {
                at: at.clone(),
                value,
                schemas: schemas.to_vec(),
                missing,
                missing_schemas: missing_schemas.unwrap_or_default(),
                message,
            });
        }
    }

    /// Returns the schemas that apply to a value in place, each once, and the messages of those that the value
    /// violates by itself.
    fn applied(
        &self,
        schemas: &[&'d Value],
        value: &'d Value,
    ) -> (Vec<&'d Map<String, Value>>, Vec<Message<'d>>) {
        let evaluator = self.evaluator;
        let (mut applied, mut messages) = (Vec::new(), Vec::new());
        let mut visited = BTreeSet::new();
        let mut next: Vec<&Value> = schemas.to_vec();
        while let Some(schema) = next.pop() {
            let Some(schema) = schema
                .as_object()
                .filter(|_| visited.insert(std::ptr::from_ref(schema)) && evaluator.budget.take(1))
            else {
                continue;
            };
            applied.push(schema);
            let violated = violations(schema, value, evaluator.matchers, evaluator.budget);
            let violated = violated.all.iter();
            messages.extend(violated.map(|one| (one.message(value), one.missing())));
            next.extend(schema.get("$ref").and_then(|target| evaluator.target(target)));
            next.extend(array(schema, "allOf"));
            next.extend(evaluator.subtype(schema, value));
            next.extend(dependents(schema, value));
            next.extend(self.branch(schema, value));
            for key in ["oneOf", "anyOf"] {
                match self.chosen(schema, key, value) {
                    Choice::Schemas(schemas) => next.extend(schemas),
                    Choice::Error(message) => messages.push((message, None)),
                }
            }
            if schema.get("not").is_some_and(|not| evaluator.outcome(not, value) == Outcome::Valid)
            {
                messages.push((format!("{} is excluded by `not`", shown(value)), None));
            }
        }
        (applied, messages)
    }

    /// Returns the schema under `then` or `else`.
    fn branch(&self, schema: &'d Map<String, Value>, value: &'d Value) -> Option<&'d Value> {
        match self.evaluator.outcome(schema.get("if")?, value) {
            Outcome::Valid => schema.get("then"),
            Outcome::Invalid => schema.get("else"),
            Outcome::Unknown => None,
        }
    }

    /// Returns the alternatives of a union that a value is meant to be.
    fn chosen(&self, schema: &'d Map<String, Value>, key: &str, value: &'d Value) -> Choice<'d> {
        let alternatives = array(schema, key);
        if let Some(selected) = self.evaluator.selected(schema, alternatives, value) {
            return Choice::Schemas(vec![selected]);
        }
        let outcomes = alternatives.iter().map(|one| (one, self.evaluator.outcome(one, value)));
        let (invalid, other): (Vec<_>, Vec<_>) =
            outcomes.partition(|(_, outcome)| *outcome == Outcome::Invalid);
        let valid = other.iter().filter(|(_, outcome)| *outcome == Outcome::Valid).count();
        if key == "oneOf" && valid > 1 {
            return Choice::Error(format!(
                "{} is valid under {valid} alternatives of `oneOf`, which allows one",
                shown(value)
            ));
        }
        if !other.is_empty() || alternatives.is_empty() {
            return Choice::Schemas(other.into_iter().map(|(one, _)| one).collect());
        }
        let all: Vec<&Value> = invalid.iter().map(|(one, _)| *one).collect();
        let suitable = |all: &[&'d Value], is_strict: bool| -> Vec<&'d Value> {
            let suits = |one: &&&'d Value| self.suits(one, value, is_strict, 0);
            all.iter().filter(suits).copied().collect()
        };
        let mut suitable_ones = suitable(&all, false);
        if suitable_ones.len() > 1 {
            suitable_ones = suitable(&suitable_ones, true);
        }
        match suitable_ones.as_slice() {
            [only] => Choice::Schemas(vec![only]),
            _ => Choice::Error(format!(
                "{} is valid under none of the {} alternatives of `{key}`",
                shown(value),
                alternatives.len()
            )),
        }
    }

    /// Returns whether a value has the type of an alternative, and the constants of its properties; if strict,
    /// also all required properties.
    fn suits(
        &self,
        alternative: &'d Value,
        value: &'d Value,
        is_strict: bool,
        depth: usize,
    ) -> bool {
        let evaluator = self.evaluator;
        let mut visited = BTreeSet::new();
        let mut next = vec![alternative];
        while let Some(schema) = next.pop() {
            let Some(object) = schema
                .as_object()
                .filter(|_| visited.insert(std::ptr::from_ref(schema)) && evaluator.budget.take(1))
            else {
                continue;
            };
            if object.get("type").is_some_and(|types| !has_type(types, value)) {
                return false;
            }
            let is_missing = |name: &Value| {
                let name = name.as_str();
                evaluator.budget.take(1) && name.is_some_and(|name| value.get(name).is_none())
            };
            if is_strict && value.is_object() && array(object, "required").iter().any(is_missing) {
                return false;
            }
            let mut unions = ["oneOf", "anyOf"].map(|key| array(object, key)).into_iter();
            let suits_none = |union: &'d [Value]| {
                let suits = |one: &'d Value| self.suits(one, value, is_strict, depth + 1);
                !union.is_empty() && !union.iter().any(suits)
            };
            if depth < MAX_UNIONS && unions.any(suits_none) {
                return false;
            }
            let properties = object.get("properties").and_then(Value::as_object);
            let differs = |(name, property): (&String, &'d Value)| {
                let value = value.get(name.as_str());
                let is_constant = |schema: &Value| {
                    schema.get("const").is_some()
                        || schema
                            .get("enum")
                            .and_then(Value::as_array)
                            .is_some_and(|all| all.len() == 1)
                };
                evaluator.budget.take(1)
                    && is_constant(property)
                    && value.is_some_and(|it| evaluator.outcome(property, it) == Outcome::Invalid)
            };
            if value.is_object() && properties.into_iter().flatten().any(differs) {
                return false;
            }
            next.extend(object.get("$ref").and_then(|target| evaluator.target(target)));
            next.extend(array(object, "allOf"));
        }
        true
    }

    /// Returns the children of a value with all schemas that apply to each.
    fn children(
        &self,
        applied: &[&'d Map<String, Value>],
        value: &'d Value,
    ) -> Vec<(String, &'d Value, Vec<&'d Value>)> {
        let steps: Vec<(String, &Value)> = match value {
            Value::Object(object) => {
                object.iter().map(|(name, child)| (name.clone(), child)).collect()
            }
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
            }
            _ => Vec::new(),
        };
        let schemas = |step: &str| {
            applied.iter().flat_map(|schema| self.child_schemas(schema, step, value)).collect()
        };
        steps.into_iter().map(|(step, child)| (step.clone(), child, schemas(&step))).collect()
    }

    fn child_schemas(
        &self,
        schema: &'d Map<String, Value>,
        step: &str,
        value: &Value,
    ) -> Vec<&'d Value> {
        if value.is_object() {
            return self.evaluator.property_schemas(schema, step);
        }
        let first =
            step.parse().ok().and_then(|index: usize| array(schema, "prefixItems").get(index));
        first.or(schema.get("items")).into_iter().collect()
    }
}

/// A message, and the name of the property that is missing.
type Message<'d> = (String, Option<&'d str>);

/// The alternatives of a union that apply to a value, or why none does.
enum Choice<'d> {
    Schemas(Vec<&'d Value>),
    Error(String),
}

/// Returns the errors of a value as text, for tests.
#[cfg(test)]
pub(super) fn messages(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let budget = super::Budget::new(&clientgen::limits::Steps::default(), 1_000_000);
    let matchers = super::Matchers::default();
    let evaluator = Evaluator::new(document, &matchers, &budget);
    let errors = evaluator.errors(schema, value);
    errors.iter().map(|error| format!("{}: {}", error.at, error.message)).collect()
}
