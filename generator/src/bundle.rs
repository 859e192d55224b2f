//! References.
//!
//! In comes a document, out goes one in which every reference leads to a node of the document
//! itself. References are not replaced: the stages that follow need to know what is shared.

use serde_json::Value;

use crate::diagnostics::Diagnostics;
use crate::load::Document;
use crate::pointer::Pointer;
use crate::source::Source;

/// Checks every reference, and takes out those that lead nowhere, after reporting them.
pub fn bundle(
    mut document: Document,
    _source: &dyn Source,
    diagnostics: &mut Diagnostics,
) -> Document {
    let mut broken = Vec::new();
    visit(&document.value, &Pointer::root(), &mut |at, reference| {
        if let Err((message, help)) = follow(&document.value, reference) {
            diagnostics.degraded("unresolved-reference", &at.join("$ref"), message, help);
            broken.push(at.clone());
        }
    });
    for at in broken {
        if let Some(Value::Object(node)) = at.find_mut(&mut document.value) {
            node.shift_remove("$ref");
        }
    }
    document
}

/// The node that a reference leads to, through further references.
fn follow(root: &Value, reference: &str) -> Result<(), (String, String)> {
    let mut passed = vec![reference.to_owned()];
    loop {
        let reference = passed.last().map_or("", String::as_str);
        let Some(fragment) = reference.strip_prefix('#') else {
            return Err((
                format!(
                    "the reference `{reference}` leads to another file, which is not supported"
                ),
                "put what it leads to into this document, under `components`".to_owned(),
            ));
        };
        let Some(target) = Pointer::parse(fragment).and_then(|pointer| pointer.find(root)) else {
            return Err((
                format!("the reference `{reference}` leads nowhere"),
                nearest(root, fragment),
            ));
        };
        let Some(Value::String(next)) = target.get("$ref") else {
            return Ok(());
        };
        if passed.contains(next) {
            return Err((
                format!("the reference `{reference}` leads in a circle"),
                "let one of the references lead to something that is none".to_owned(),
            ));
        }
        passed.push(next.clone());
    }
}

/// Advice: what is there under the same parent.
fn nearest(root: &Value, fragment: &str) -> String {
    let parent = Pointer::parse(fragment).unwrap_or_default().parent();
    let names: Vec<&str> = match parent.find(root) {
        Some(Value::Object(object)) => object.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    match names.as_slice() {
        [] => format!(
            "there is nothing at `{parent}` either; add what is missing, or mend the reference"
        ),
        names => format!("`{parent}` has: {}", names.join(", ")),
    }
}

/// Hands each reference over, with the node that it stands in. What is data and no part of the
/// description (examples, defaults, enums, extensions) is left out.
fn visit(value: &Value, at: &Pointer, found: &mut dyn FnMut(&Pointer, &str)) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get("$ref") {
                found(at, reference);
            }
            // Below these keys stand the user's own names, which can be any of the words below.
            let names = matches!(
                at.last(),
                Some("properties" | "schemas" | "examples" | "patternProperties")
            );
            for (key, value) in object {
                let data = matches!(key.as_str(), "example" | "default" | "enum" | "value")
                    || key.starts_with("x-");
                if names || !data {
                    visit(value, &at.join(key), found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(item, &at.join(index), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
