//! Lint `unused-component`: components that no operation uses.

use clientgen::metamodel::{self, ObjectKind, SECTIONS};
use clientgen::pointer::Pointer;
use serde_json::Value;

use super::document::Document;
use super::{Action, Finding, short};

/// Finds components that are not reachable from operations or webhooks.
pub(super) fn unused_components(document: &Document<'_>) -> Vec<Finding> {
    let mut used = metamodel::reachable(document.root, &metamodel::WEBHOOKS, &document.steps);
    for requirement in document.of_kind(ObjectKind::SecurityRequirement) {
        let names = requirement.value.as_object().into_iter().flatten();
        used.extend(names.map(|(name, _)| component_pointer("securitySchemes", name)));
    }
    let mut findings = Vec::new();
    // An incomplete search would call used components unused.
    if document.steps.is_exceeded() {
        return findings;
    }
    for (_, section) in SECTIONS {
        let all = document.root.pointer(&format!("/components/{section}"));
        for name in all.and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name) {
            let at = component_pointer(section, name);
            let steps = 1 + 8 * name.len() as u64;
            if !document.steps.take(steps) {
                return findings;
            }
            if !used.contains(&at) {
                findings.push(Finding {
                    code: "unused-component",
                    message: format!(
                        "no operation uses `{}` in `components/{section}`",
                        short(name)
                    ),
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
