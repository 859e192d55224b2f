//! Lints `wrong-example` and `undeclared-property`: examples that contradict their schema.

use clientgen::bundle;
use clientgen::metamodel::ObjectKind;
use clientgen::pointer::Pointer;
use serde_json::{Value, json};

use super::document::{Document, Node};
use super::{Action, Finding};
use crate::instances::{Validators, convert, instances};

/// An example and its schema.
struct Example<'a> {
    at: Pointer,
    value: &'a Value,
    schema: &'a Value,
}

/// Finds examples that their schema rejects, or that have properties that the schema does not declare.
pub(super) fn invalid_examples(document: &Document) -> Vec<Finding> {
    let examples: Vec<Example<'_>> =
        document.nodes.iter().flat_map(|node| examples_of(document, node)).collect();
    // Each schema becomes a component, so that the validator reads the document once.
    let mut root = document.root.clone();
    for (number, example) in examples.iter().enumerate() {
        let at = Pointer::root().join("components").join("schemas").join(component_name(number));
        bundle::insert(&mut root, &at, example.schema.clone());
    }
    let root = convert(root);
    let mut findings = Vec::new();
    let validators = match Validators::new(&root) {
        Ok(validators) => validators,
        Err(error) => return vec![invalid_schema(Pointer::root(), &error)],
    };
    for (number, example) in examples.iter().enumerate() {
        let validator = match validators.component(&component_name(number)) {
            Ok(validator) => validator,
            Err(error) => {
                findings.push(invalid_schema(example.at.clone(), &error));
                continue;
            }
        };
        let schema = &root["components"]["schemas"][component_name(number)];
        for error in validator.iter_errors(example.value) {
            let inner = error.instance_path().to_string();
            let at = inner.split('/').skip(1).fold(example.at.clone(), |at, step| {
                at.join(step.replace("~1", "/").replace("~0", "~"))
            });
            findings.push(Finding {
                code: "wrong-example",
                message: format!("the example is invalid under its schema: {error}"),
                help: "correct the example".to_owned(),
                actions: correction(&at, valid_value(&root, schema, &inner)),
                at,
            });
        }
        find_undeclared(document, example.value, example.schema, &example.at, &mut findings);
    }
    findings
}

/// Returns the finding for a schema that the validator rejects.
fn invalid_schema(at: Pointer, error: &str) -> Finding {
    Finding {
        code: "unreadable-schema",
        at,
        message: format!("the example cannot be checked, because its schema is invalid: {error}"),
        help: "correct the schema".to_owned(),
        actions: Vec::new(),
    }
}

/// Returns the name of the component for the schema of an example, which the document does not use.
fn component_name(number: usize) -> String {
    format!("an-example-of-the-document-{number}")
}

/// Returns the examples of a node.
fn examples_of<'a>(document: &'a Document, node: &'a Node) -> Vec<Example<'a>> {
    let schema = match node.kind {
        ObjectKind::Schema => Some(&node.value),
        ObjectKind::Parameter | ObjectKind::Header | ObjectKind::MediaType => {
            node.value.get("schema")
        }
        _ => None,
    };
    let Some(schema) = schema else { return Vec::new() };
    let single = node.value.get("example").map(|value| (node.at.join("example"), value));
    let multiple: Vec<(Pointer, &Value)> = match node.value.get("examples") {
        // An array in schemas of 3.1, a map everywhere else.
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
    // Examples of other media types are not JSON values.
    let is_json = node.kind != ObjectKind::MediaType
        || node.at.last().is_some_and(|media_type| media_type.contains("json"));
    let all = single.into_iter().chain(multiple).filter(|_| is_json);
    all.map(|(at, value)| Example { at, value, schema }).collect()
}

/// Creates a valid value for a part of an example.
fn valid_value(root: &Value, schema: &Value, part: &str) -> Option<Value> {
    let steps = part.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    let schema =
        steps.into_iter().try_fold(schema, |schema, step| subschema(root, schema, &step, 0))?;
    instances(root, schema).into_iter().find(|instance| !instance.is_null())
}

/// Returns the schema of a property or an item.
fn subschema<'a>(
    root: &'a Value,
    schema: &'a Value,
    step: &str,
    depth: usize,
) -> Option<&'a Value> {
    if depth > 32 {
        return None;
    }
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        return subschema(root, root.pointer(target.strip_prefix('#')?)?, step, depth + 1);
    }
    let parts = ["allOf", "oneOf", "anyOf"].into_iter();
    let mut parts = parts.filter_map(|key| schema.get(key)?.as_array()).flatten();
    let own = schema.get("properties").and_then(|all| all.get(step));
    let item = schema.get("items").filter(|_| step.parse::<usize>().is_ok());
    own.or(item).or_else(|| parts.find_map(|part| subschema(root, part, step, depth + 1)))
}

/// Returns the action that replaces a part of an example. Overlays update objects, so the target is the
/// parent, and a value that is not merged is removed before.
fn correction(at: &Pointer, value: Option<Value>) -> Vec<Action> {
    let key = at.last().unwrap_or_default();
    let value = value.unwrap_or_else(|| json!("…"));
    let mut actions = Vec::new();
    if value.is_object() || value.is_array() {
        actions.push(Action::remove(at.clone()));
    }
    actions.push(Action::update(at.parent(), json!({key: value})));
    actions
}

/// Finds properties of an example that its schema does not declare.
fn find_undeclared(
    document: &Document,
    value: &Value,
    schema: &Value,
    at: &Pointer,
    findings: &mut Vec<Finding>,
) {
    let schema = document.resolved(schema);
    match value {
        Value::Object(object) => {
            let mut declared = Vec::new();
            let is_open = collect_declared(document, schema, &mut declared, 0);
            for (name, value) in object {
                let at = at.join(name);
                let schemas: Vec<&Value> = declared
                    .iter()
                    .filter(|(one, _)| *one == name)
                    .map(|(_, schema)| *schema)
                    .collect();
                match schemas.as_slice() {
                    [] if !is_open && !declared.is_empty() => findings.push(Finding {
                        code: "undeclared-property",
                        message: format!(
                            "the schema does not declare the property `{name}` of this example"
                        ),
                        help: "declare the property in the schema, or remove it from the example"
                            .to_owned(),
                        actions: vec![Action::remove(at.clone())],
                        at,
                    }),
                    [only] => find_undeclared(document, value, only, &at, findings),
                    // Several schemas may apply.
                    _ => {}
                }
            }
        }
        Value::Array(items) => {
            let Some(schema) = schema.get("items") else { return };
            for (index, item) in items.iter().enumerate() {
                find_undeclared(document, item, schema, &at.join(index), findings);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Collects the properties that a schema and its subschemas declare. Returns whether it allows others
/// explicitly.
fn collect_declared<'a>(
    document: &'a Document,
    schema: &'a Value,
    declared: &mut Vec<(&'a String, &'a Value)>,
    depth: usize,
) -> bool {
    let schema = document.resolved(schema);
    declared.extend(schema.get("properties").and_then(Value::as_object).into_iter().flatten());
    let mut is_open =
        schema.get("additionalProperties").is_some_and(|additional| *additional != json!(false))
            || schema.get("patternProperties").is_some();
    if depth < 16 {
        let parts = ["allOf", "oneOf", "anyOf"].into_iter();
        for part in parts.filter_map(|key| schema.get(key)?.as_array()).flatten() {
            is_open |= collect_declared(document, part, declared, depth + 1);
        }
    }
    is_open
}
