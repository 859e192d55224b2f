//! Components that nothing leads to.

use std::collections::BTreeSet;

use clientgen::grammar::{Kind, SECTIONS};
use clientgen::pointer::Pointer;
use serde_json::Value;

use super::document::Document;
use super::{Finding, overlay};

/// The components that neither an operation nor what it leads to refers to.
pub(super) fn components(document: &Document) -> Vec<Finding> {
    let mut used = BTreeSet::new();
    let outside = document.root.as_object().into_iter().flatten();
    for (key, value) in outside {
        if key != "components" {
            collect(value, document, &mut used);
        }
    }
    for requirement in document.of(Kind::SecurityRequirement) {
        let names = requirement.value.as_object().into_iter().flatten();
        used.extend(names.map(|(name, _)| component("securitySchemes", name)));
    }
    let mut findings = Vec::new();
    for (_, section) in SECTIONS {
        let all = document.root.pointer(&format!("/components/{section}"));
        for name in all.and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name) {
            let at = component(section, name);
            if !used.contains(&at) {
                findings.push(Finding {
                    code: "unused-component",
                    message: format!("nothing leads to `{name}` of `components/{section}`"),
                    help: overlay::remove(&at),
                    at,
                });
            }
        }
    }
    findings
}

fn component(section: &str, name: &str) -> Pointer {
    Pointer::root().join("components").join(section).join(name)
}

/// Adds the components that a value leads to. References stand under `$ref`, in mappings, and in
/// extensions, and look the same everywhere.
fn collect(value: &Value, document: &Document, used: &mut BTreeSet<Pointer>) {
    match value {
        Value::String(text) => {
            let target = text.strip_prefix('#').and_then(Pointer::parse);
            let Some(target) = target else { return };
            let [components, section, name, ..] = target.steps() else { return };
            let at = component(section, name);
            if components == "components" && used.insert(at.clone()) {
                at.find(&document.root).into_iter().for_each(|node| collect(node, document, used));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, document, used)),
        Value::Object(object) => {
            for (key, value) in object {
                let mapped = key == "mapping";
                match value.as_object().filter(|_| mapped) {
                    // A mapping may name a schema without the way to it.
                    Some(mapping) => mapping.values().for_each(|target| {
                        collect(target, document, used);
                        if let Some(name) = target.as_str().filter(|name| !name.contains('/')) {
                            let way = format!("#/components/schemas/{name}");
                            collect(&Value::String(way), document, used);
                        }
                    }),
                    None => collect(value, document, used),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
