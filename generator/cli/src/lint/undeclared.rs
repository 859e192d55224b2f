//! Lint `undeclared-property`: properties of examples that the schema does not declare.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use clientgen::metamodel::reference;
use clientgen::pointer::Pointer;
use serde_json::Value;

use super::document::Document;
use super::values::given_values;
use super::{Action, Finding, short};

/// The number of findings in an example.
const MAX_FINDINGS: usize = 50;

/// The properties that a schema and those that it combines declare.
#[derive(Debug, Default)]
struct Declared<'d> {
    properties: BTreeMap<&'d str, Vec<&'d Value>>,
    /// The schemas of items.
    items: Vec<&'d Value>,
    /// Whether other properties are allowed explicitly.
    is_open: bool,
}

/// Finds properties of examples that their schema does not declare.
pub(super) fn undeclared_properties(document: &Document<'_>) -> Vec<Finding> {
    let search = Search { document, declared: RefCell::default(), subtypes: subtypes(document) };
    let mut findings = Vec::new();
    let mut reported = BTreeSet::new();
    for given in given_values(document).iter().filter(|given| !given.is_default) {
        if document.steps.is_exceeded() {
            break;
        }
        let mut found = Vec::new();
        search.find(given.value, given.schema, &mut Pointer::root(), &mut found);
        if found.is_empty() {
            continue;
        }
        let at = given.at(document);
        let is_complete = found.len() < MAX_FINDINGS;
        for (inner, name) in found {
            let at = inner.tokens().iter().fold(at.clone(), |at, token| at.join(token));
            if reported.insert(at.clone()) {
                findings.push(finding(at, &name));
            }
        }
        if let (Some(last), false) = (findings.last_mut(), is_complete) {
            last.message.push_str("; there may be others in this example");
        }
    }
    findings
}

fn finding(at: Pointer, name: &str) -> Finding {
    let name = short(name);
    Finding {
        code: "undeclared-property",
        message: format!("the schema does not declare the property `{name}` of this example"),
        help: "declare the property in the schema, or remove it from the example".to_owned(),
        actions: vec![Action::remove(at.clone())],
        at,
    }
}

/// Returns the schemas that extend each schema by `allOf`, by the address of the schema.
fn subtypes<'d>(document: &Document<'d>) -> BTreeMap<*const Value, Vec<&'d Value>> {
    let mut subtypes: BTreeMap<*const Value, Vec<&Value>> = BTreeMap::new();
    let schemas = document.root.pointer("/components/schemas").and_then(Value::as_object);
    for (_, schema) in schemas.into_iter().flatten() {
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        for base in parts.filter(|part| reference(part).is_some()) {
            let base = std::ptr::from_ref(document.resolved(base));
            subtypes.entry(base).or_default().push(schema);
        }
    }
    subtypes
}

struct Search<'s, 'd> {
    document: &'s Document<'d>,
    /// The properties that schemas declare, by the addresses of the schemas.
    declared: RefCell<BTreeMap<*const Value, Rc<Declared<'d>>>>,
    subtypes: BTreeMap<*const Value, Vec<&'d Value>>,
}

impl<'d> Search<'_, 'd> {
    /// Adds the locations and the names of undeclared properties.
    fn find(
        &self,
        value: &Value,
        schema: &'d Value,
        at: &mut Pointer,
        found: &mut Vec<(Pointer, String)>,
    ) {
        if found.len() >= MAX_FINDINGS || !(value.is_object() || value.is_array()) {
            return;
        }
        let declared = self.declared(self.document.resolved(schema));
        match value {
            Value::Object(object) => {
                for (name, value) in object {
                    if !self.document.steps.take(1) || found.len() >= MAX_FINDINGS {
                        return;
                    }
                    match declared.properties.get(name.as_str()).map(Vec::as_slice) {
                        None if !declared.is_open && !declared.properties.is_empty() => {
                            found.push((at.join(name), name.clone()));
                        }
                        Some([only]) => at.within(name, |at| self.find(value, only, at, found)),
                        // Several schemas may apply.
                        _ => {}
                    }
                }
            }
            Value::Array(items) => {
                let [schema] = declared.items.as_slice() else { return };
                for (index, item) in items.iter().enumerate() {
                    if !self.document.steps.take(1) {
                        return;
                    }
                    at.within(index, |at| self.find(item, schema, at, found));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn declared(&self, schema: &'d Value) -> Rc<Declared<'d>> {
        let key = std::ptr::from_ref(schema);
        if let Some(known) = self.declared.borrow().get(&key) {
            return known.clone();
        }
        let declared = Rc::new(self.collect(schema));
        self.declared.borrow_mut().insert(key, declared.clone());
        declared
    }

    /// Collects the properties of a schema and of all that it combines, each schema once. The value may be one
    /// of a subtype, if the schema has a discriminator.
    fn collect(&self, schema: &'d Value) -> Declared<'d> {
        let mut declared = Declared::default();
        let mut visited = BTreeSet::new();
        let mut next = vec![schema];
        while let Some(schema) = next.pop() {
            if !visited.insert(std::ptr::from_ref(schema)) || !self.document.steps.take(1) {
                continue;
            }
            let properties = schema.get("properties").and_then(Value::as_object);
            for (name, property) in properties.into_iter().flatten() {
                self.document.steps.record(1);
                declared.properties.entry(name).or_default().push(property);
            }
            declared.items.extend(schema.get("items"));
            let additional = schema.get("additionalProperties");
            declared.is_open |= additional.is_some_and(|it| *it != Value::Bool(false))
                || schema.get("patternProperties").is_some();
            if reference(schema).is_some() {
                next.push(self.document.resolved(schema));
            }
            for key in ["allOf", "oneOf", "anyOf"] {
                next.extend(schema.get(key).and_then(Value::as_array).into_iter().flatten());
            }
            if schema.get("discriminator").is_some() {
                let subtypes = self.subtypes.get(&std::ptr::from_ref(schema));
                next.extend(subtypes.into_iter().flatten().copied());
            }
        }
        declared
    }
}
