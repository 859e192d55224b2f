//! Components that nothing leads to.

use clientgen::limits::Steps;
use clientgen::metamodel::{self, ObjectKind, SECTIONS};
use clientgen::pointer::Pointer;
use serde_json::Value;

use super::document::Document;
use super::{Finding, overlay};

/// The components that neither an operation nor what it leads to refers to.
pub(super) fn components(document: &Document) -> Vec<Finding> {
    let mut used = metamodel::reachable(&document.root, &["webhooks"], &Steps::default());
    for requirement in document.of(ObjectKind::SecurityRequirement) {
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
