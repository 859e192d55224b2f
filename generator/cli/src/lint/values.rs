//! Lints `wrong-example` and `wrong-default`: examples and defaults that contradict their schema.
//!
//! Takes the document, converts its schemas to JSON Schema, and evaluates each example and each default within a
//! number of steps. One that takes more is reported as not checked.

use std::borrow::Cow;
use std::collections::BTreeSet;

use clientgen::metamodel::{ObjectKind, reference};
use clientgen::pointer::Pointer;
use serde_json::{Value, json};

use super::document::{Document, Node};
use super::{Action, Finding};
use crate::instances::{
    Budget, Evaluator, MAX_ERRORS, MAX_INSTANCES, Matchers, Outcome, SchemaError, convert,
    instances,
};

/// The code of findings that say what was not checked.
pub(super) const NOT_CHECKED: &str = "not-checked";

/// The number of steps for an example or a default.
const STEPS: u64 = 2_000_000;
/// The number of steps for a proposed value.
const PROPOSAL_STEPS: u64 = 50_000;

/// An example or a default, and its schema.
#[derive(Debug, Clone)]
pub(super) struct Given<'d> {
    pub(super) value: &'d Value,
    pub(super) schema: &'d Value,
    pub(super) is_default: bool,
    at: Location<'d>,
}

/// The location of an example, without the strings that a pointer copies.
#[derive(Debug, Clone)]
enum Location<'d> {
    In(Node<'d>, &'static str),
    Item(Node<'d>, usize),
    Named(Node<'d>, &'d str),
    /// The value of a component that an example refers to.
    Component(Pointer),
}

/// Finds examples and defaults that their schema rejects.
pub(super) fn wrong_values(document: &Document<'_>) -> Vec<Finding> {
    let root = match document.root["openapi"].as_str().is_some_and(|it| it.starts_with("3.0")) {
        true => Cow::Owned(convert(document.root.clone())),
        false => Cow::Borrowed(document.root),
    };
    // The converted document has the same locations.
    let document = Document::new(&root, &document.steps);
    let lint = Lint { document: &document, matchers: &Matchers::default() };
    let mut reported = BTreeSet::new();
    let mut findings = Vec::new();
    for given in given_values(&document) {
        if document.steps.is_exceeded() {
            break;
        }
        // An example of a component may be referred to several times.
        let found = lint.findings(&given).into_iter();
        findings.extend(found.filter(|one| reported.insert((one.at.clone(), one.message.clone()))));
    }
    findings
}

/// Returns the examples and the defaults of a document.
pub(super) fn given_values<'d>(document: &Document<'d>) -> Vec<Given<'d>> {
    document.nodes.iter().flat_map(|node| given_by(document, node)).collect()
}

fn given_by<'d>(document: &Document<'d>, node: &Node<'d>) -> Vec<Given<'d>> {
    let schema = match node.kind {
        ObjectKind::Schema => Some(node.value),
        ObjectKind::Parameter | ObjectKind::Header | ObjectKind::MediaType => {
            node.value.get("schema")
        }
        _ => None,
    };
    // Examples of other media types are not JSON values.
    let is_json = node.kind != ObjectKind::MediaType
        || document.key(node.place).is_some_and(|media_type| media_type.contains("json"));
    let Some(schema) = schema.filter(|_| is_json) else { return Vec::new() };
    let given = |value, at| Given { value, schema, is_default: false, at };
    let mut all = Vec::new();
    if let Some(value) = node.value.get("example") {
        all.push(given(value, Location::In(*node, "example")));
    }
    match node.value.get("examples") {
        // An array in schemas of 3.1, a map everywhere else.
        Some(Value::Array(values)) if node.kind == ObjectKind::Schema => {
            let values = values.iter().enumerate();
            all.extend(values.map(|(index, value)| given(value, Location::Item(*node, index))));
        }
        Some(Value::Object(named)) if node.kind != ObjectKind::Schema => {
            let named = named.iter().filter_map(|(name, example)| {
                let target = reference(example).and_then(|target| target.strip_prefix('#'));
                let at = match target {
                    Some(target) => Location::Component(Pointer::parse(target)?.join("value")),
                    None => Location::Named(*node, name),
                };
                Some(given(document.resolved(example).get("value")?, at))
            });
            all.extend(named);
        }
        _ => {}
    }
    let default = node.value.get("default").filter(|_| node.kind == ObjectKind::Schema);
    let default = default.map(|value| given(value, Location::In(*node, "default")));
    all.extend(default.map(|default| Given { is_default: true, ..default }));
    all
}

impl Given<'_> {
    /// Returns the location.
    pub(super) fn at(&self, document: &Document<'_>) -> Pointer {
        match &self.at {
            Location::In(node, key) => document.at(node.place).join(key),
            Location::Item(node, index) => document.at(node.place).join("examples").join(index),
            Location::Named(node, name) => {
                document.at(node.place).join("examples").join(name).join("value")
            }
            Location::Component(at) => at.clone(),
        }
    }

    fn noun(&self) -> &'static str {
        if self.is_default { "default" } else { "example" }
    }
}

struct Lint<'l, 'd> {
    document: &'l Document<'d>,
    matchers: &'l Matchers,
}

impl Lint<'_, '_> {
    fn findings(&self, given: &Given<'_>) -> Vec<Finding> {
        let budget = Budget::new(&self.document.steps, STEPS);
        let evaluator = Evaluator::new(self.document.root, self.matchers, &budget);
        let errors = evaluator.errors(given.schema, given.value);
        if errors.is_empty() && !budget.is_exceeded() {
            return Vec::new();
        }
        let at = given.at(self.document);
        // A default is corrected as a whole.
        let count = if given.is_default { 1 } else { MAX_ERRORS };
        let mut findings: Vec<Finding> =
            errors.iter().take(count).map(|error| self.finding(given, &at, error)).collect();
        let is_full = findings.len() == MAX_ERRORS;
        if let (Some(last), true) = (findings.last_mut(), is_full) {
            last.message.push_str("; there may be further errors in this example");
        }
        if budget.is_exceeded() && !self.document.steps.is_exceeded() {
            findings.push(not_checked(at, given.noun()));
        }
        findings
    }

    fn finding(&self, given: &Given<'_>, whole: &Pointer, error: &SchemaError<'_>) -> Finding {
        let at = error.at.tokens().iter().fold(whole.clone(), |at, token| at.join(token));
        let noun = given.noun();
        let actions = match given.is_default {
            true => self.default_actions(error, &at, whole),
            false => self.example_actions(error, &at),
        };
        Finding {
            code: if given.is_default { "wrong-default" } else { "wrong-example" },
            message: format!("the {noun} is invalid under its schema: {}", error.message),
            help: format!("correct the {noun}"),
            actions,
            at,
        }
    }

    /// Returns the actions that correct a part of an example.
    fn example_actions(&self, error: &SchemaError<'_>, at: &Pointer) -> Vec<Action> {
        if error.schemas.is_empty() {
            return vec![Action::remove(at.clone())];
        }
        let (schemas, at) = match (error.missing, &error.missing_schemas) {
            (Some(name), schemas) => (schemas, at.join(name)),
            (None, _) => (&error.schemas, at.clone()),
        };
        let value = match error.missing {
            None => self.similar(error),
            Some(_) => None,
        };
        let old = error.missing.is_none().then_some(error.value);
        replacement(&at, old, value.or_else(|| self.created(schemas)))
    }

    /// Returns the actions that correct a default: it is what the author means, in the right type, or removed.
    fn default_actions(
        &self,
        error: &SchemaError<'_>,
        at: &Pointer,
        whole: &Pointer,
    ) -> Vec<Action> {
        let similar = self.similar(error).filter(|_| error.missing.is_none());
        match similar {
            Some(value) => replacement(at, Some(error.value), Some(value)),
            None => vec![Action::remove(whole.clone())],
        }
    }

    /// Creates a value that is not invalid.
    fn created(&self, schemas: &[&Value]) -> Option<Value> {
        let budget = Budget::new(&self.document.steps, PROPOSAL_STEPS);
        let created = instances(self.document.root, schemas, &budget, 1).into_iter().next()?;
        (!created.is_null() && self.is_possible(schemas, &created)).then_some(created)
    }

    /// Returns a value that means the same in another spelling, and that the schemas allow.
    fn similar(&self, error: &SchemaError<'_>) -> Option<Value> {
        let mut candidates = Vec::new();
        match error.value {
            Value::String(text) => {
                candidates.extend(serde_json::from_str(text.trim()).ok().filter(is_scalar));
                let budget = Budget::new(&self.document.steps, PROPOSAL_STEPS);
                let listed = instances(self.document.root, &error.schemas, &budget, MAX_INSTANCES);
                let is_same = |value: &Value| {
                    value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(text.trim()))
                };
                candidates.extend(listed.into_iter().filter(is_same));
            }
            Value::Number(number) => candidates.push(json!(number.to_string())),
            Value::Bool(value) => candidates.push(json!(value.to_string())),
            // The example of an array, at its items.
            Value::Array(items) => candidates.extend(items.first().cloned()),
            _ => {}
        }
        if !error.value.is_array() && !error.value.is_null() {
            candidates.push(json!([error.value]));
        }
        candidates.into_iter().find(|value| self.is_possible(&error.schemas, value))
    }

    fn is_possible(&self, schemas: &[&Value], value: &Value) -> bool {
        let budget = Budget::new(&self.document.steps, PROPOSAL_STEPS);
        let evaluator = Evaluator::new(self.document.root, self.matchers, &budget);
        schemas.iter().all(|schema| evaluator.outcome(schema, value) != Outcome::Invalid)
            && !budget.is_exceeded()
    }
}

fn is_scalar(value: &Value) -> bool {
    value.is_number() || value.is_boolean()
}

fn not_checked(at: Pointer, noun: &str) -> Finding {
    Finding {
        code: NOT_CHECKED,
        at,
        message: format!(
            "the {noun} is not checked completely: its schema takes more than {STEPS} steps, or nests too deeply"
        ),
        help: "combine fewer schemas by `allOf`, `oneOf` and `anyOf`".to_owned(),
        actions: Vec::new(),
    }
}

/// Returns the actions that replace a part of an example, or add it. Overlays update objects, so the target is the
/// parent. They merge objects and append to arrays, so the old value is removed before.
fn replacement(at: &Pointer, old: Option<&Value>, new: Option<Value>) -> Vec<Action> {
    let key = at.last().unwrap_or_default();
    let new = new.unwrap_or_else(|| json!("…"));
    let is_merged = |value: &Value| value.is_object() || value.is_array();
    let mut actions = Vec::new();
    if old.is_some_and(|old| is_merged(old) || is_merged(&new)) {
        actions.push(Action::remove(at.clone()));
    }
    actions.push(Action::update(at.parent(), json!({key: new})));
    actions
}
