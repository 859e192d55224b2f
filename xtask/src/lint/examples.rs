//! Examples that are none: their schemas do not allow them, or do not know all that is in them.

use clientgen::bundle;
use clientgen::metamodel::ObjectKind;
use clientgen::pointer::Pointer;
use serde_json::{Value, json};

use super::document::{Document, Node};
use super::{Finding, overlay};
use crate::instances::{Validators, convert, make};

/// An example, and the schema that it is for.
struct Example<'a> {
    at: Pointer,
    value: &'a Value,
    schema: &'a Value,
}

pub(super) fn contradicting(document: &Document) -> Vec<Finding> {
    let examples: Vec<Example<'_>> =
        document.nodes.iter().flat_map(|node| of(document, node)).collect();
    // Each schema becomes a component, so that all of them are read once.
    let mut root = document.root.clone();
    for (number, example) in examples.iter().enumerate() {
        let at = Pointer::root().join("components").join("schemas").join(name(number));
        bundle::insert(&mut root, &at, example.schema.clone());
    }
    let root = convert(root);
    let mut findings = Vec::new();
    let validators = match Validators::new(&root) {
        Ok(validators) => validators,
        Err(error) => return vec![unreadable(Pointer::root(), &error)],
    };
    for (number, example) in examples.iter().enumerate() {
        let validator = match validators.of(&name(number)) {
            Ok(validator) => validator,
            Err(error) => {
                findings.push(unreadable(example.at.clone(), &error));
                continue;
            }
        };
        let schema = &root["components"]["schemas"][name(number)];
        for error in validator.iter_errors(example.value) {
            let inner = error.instance_path().to_string();
            let at = inner.split('/').skip(1).fold(example.at.clone(), |at, step| {
                at.join(step.replace("~1", "/").replace("~0", "~"))
            });
            findings.push(Finding {
                code: "wrong-example",
                message: format!("the schema does not allow this example: {error}"),
                help: mend(&at, instead(&root, schema, &inner)),
                at,
            });
        }
        undeclared(document, example.value, example.schema, &example.at, &mut findings);
    }
    findings
}

/// What cannot be held against its schema, because that is none.
fn unreadable(at: Pointer, error: &str) -> Finding {
    Finding {
        code: "unreadable-schema",
        at,
        message: format!("examples cannot be held against their schema: {error}"),
        help: "mend the schema".to_owned(),
    }
}

/// A name that no component has.
fn name(number: usize) -> String {
    format!("an-example-of-the-document-{number}")
}

/// The examples that a node has.
fn of<'a>(document: &'a Document, node: &'a Node) -> Vec<Example<'a>> {
    let schema = match node.kind {
        ObjectKind::Schema => Some(&node.value),
        ObjectKind::Parameter | ObjectKind::Header | ObjectKind::MediaType => {
            node.value.get("schema")
        }
        _ => None,
    };
    let Some(schema) = schema else { return Vec::new() };
    let one = node.value.get("example").map(|value| (node.at.join("example"), value));
    let several: Vec<(Pointer, &Value)> = match node.value.get("examples") {
        // A list in schemas of 3.1, named ones everywhere else.
        Some(Value::Array(values)) => values
            .iter()
            .enumerate()
            .map(|(n, value)| (node.at.join("examples").join(n), value))
            .collect(),
        Some(Value::Object(named)) if node.kind != ObjectKind::Schema => {
            let value = |(name, example): (&String, &'a Value)| {
                let at = node.at.join("examples").join(name).join("value");
                Some((at, document.resolved(example).get("value")?))
            };
            named.iter().filter_map(value).collect()
        }
        _ => Vec::new(),
    };
    // Other texts than JSON are written in their own way.
    let is_json = node.kind != ObjectKind::MediaType
        || node.at.last().is_some_and(|media_type| media_type.contains("json"));
    let all = one.into_iter().chain(several).filter(|_| is_json);
    all.map(|(at, value)| Example { at, value, schema }).collect()
}

/// A value that could stand in the place of a part of an example.
fn instead(root: &Value, schema: &Value, part: &str) -> Option<Value> {
    let steps = part.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    let schema =
        steps.into_iter().try_fold(schema, |schema, step| inner(root, schema, &step, 0))?;
    make(root, schema).into_iter().find(|made| !made.is_null())
}

/// The schema of a property or of an item.
fn inner<'a>(root: &'a Value, schema: &'a Value, step: &str, depth: usize) -> Option<&'a Value> {
    if depth > 32 {
        return None;
    }
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        return inner(root, root.pointer(target.strip_prefix('#')?)?, step, depth + 1);
    }
    let parts = ["allOf", "oneOf", "anyOf"].into_iter();
    let mut parts = parts.filter_map(|key| schema.get(key)?.as_array()).flatten();
    let own = schema.get("properties").and_then(|all| all.get(step));
    let item = schema.get("items").filter(|_| step.parse::<usize>().is_ok());
    own.or(item).or_else(|| parts.find_map(|part| inner(root, part, step, depth + 1)))
}

fn mend(at: &Pointer, instead: Option<Value>) -> String {
    let key = at.last().unwrap_or_default();
    let value = instead.unwrap_or_else(|| json!("…"));
    // Overlays update objects, so it is the one around it.
    overlay::update(&at.parent(), &json!({key: value}))
}

/// Finds the properties of an example that its schema does not name.
fn undeclared(
    document: &Document,
    value: &Value,
    schema: &Value,
    at: &Pointer,
    findings: &mut Vec<Finding>,
) {
    let schema = document.resolved(schema);
    match value {
        Value::Object(object) => {
            let mut known = Vec::new();
            let is_open = declared(document, schema, &mut known, 0);
            for (name, value) in object {
                let at = at.join(name);
                let schemas: Vec<&Value> = known
                    .iter()
                    .filter(|(one, _)| *one == name)
                    .map(|(_, schema)| *schema)
                    .collect();
                match schemas.as_slice() {
                    [] if !is_open && !known.is_empty() => findings.push(Finding {
                        code: "undeclared-property",
                        message: format!(
                            "the schema does not name the property `{name}` of this example"
                        ),
                        help: format!(
                            "give the schema the property, or take it out of the example: {}",
                            overlay::remove(&at)
                        ),
                        at,
                    }),
                    [only] => undeclared(document, value, only, &at, findings),
                    // Which of several it is cannot be told.
                    _ => {}
                }
            }
        }
        Value::Array(items) => {
            let Some(schema) = schema.get("items") else { return };
            for (index, item) in items.iter().enumerate() {
                undeclared(document, item, schema, &at.join(index), findings);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Collects the properties that a schema names, also by its parts. Whether it says that there may be
/// others.
fn declared<'a>(
    document: &'a Document,
    schema: &'a Value,
    known: &mut Vec<(&'a String, &'a Value)>,
    depth: usize,
) -> bool {
    let schema = document.resolved(schema);
    known.extend(schema.get("properties").and_then(Value::as_object).into_iter().flatten());
    let mut is_open = schema.get("additionalProperties").is_some_and(|more| *more != json!(false))
        || schema.get("patternProperties").is_some();
    if depth < 16 {
        let parts = ["allOf", "oneOf", "anyOf"].into_iter();
        for part in parts.filter_map(|key| schema.get(key)?.as_array()).flatten() {
            is_open |= declared(document, part, known, depth + 1);
        }
    }
    is_open
}
