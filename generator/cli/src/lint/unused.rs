//! Lint `unused-component`: components that no operation uses.

use clientgen::limits::Steps;
use clientgen::metamodel::{self, ObjectKind, SECTIONS};
use clientgen::pointer::Pointer;
use serde_json::Value;

use super::document::Document;
use super::{Action, Finding};

/// Finds components that are not reachable from operations or webhooks.
pub(super) fn unused_components(document: &Document) -> Vec<Finding> {
    let mut used = metamodel::reachable(&document.root, &metamodel::WEBHOOKS, &Steps::default());
    for requirement in document.of_kind(ObjectKind::SecurityRequirement) {
        let names = requirement.value.as_object().into_iter().flatten();
        used.extend(names.map(|(name, _)| component_pointer("securitySchemes", name)));
    }
    let mut findings = Vec::new();
    for (_, section) in SECTIONS {
        let all = document.root.pointer(&format!("/components/{section}"));
        for name in all.and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name) {
            let at = component_pointer(section, name);
            if !used.contains(&at) {
                findings.push(Finding {
                    code: "unused-component",
                    message: format!("no operation uses `{name}` in `components/{section}`"),
                    help: "remove it".to_owned(),
                    actions: vec![Action::remove(at.clone())],
                    at,
                });
            }
        }
    }
    findings
}

fn component_pointer(section: &str, name: &str) -> Pointer {
    Pointer::root().join("components").join(section).join(name)
}
