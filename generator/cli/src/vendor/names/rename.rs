//! Renames components and updates all references to them.

use std::collections::BTreeMap;

use clientgen::metamodel::{self, ObjectKind};
use clientgen::pointer::Pointer;
use serde_json::Value;

/// The new names of components, by section and old name.
pub(in crate::vendor) type Renames = BTreeMap<(&'static str, String), String>;

/// Renames components of a document.
pub(in crate::vendor) fn apply(document: &mut Value, renames: &Renames) {
    if renames.is_empty() {
        return;
    }
    metamodel::walk_mut(document, &mut |kind, _, node| {
        for reference in references_mut(kind, node) {
            let new = renamed(reference, kind, renames);
            if let Some(new) = new {
                *reference = Value::String(new);
            }
        }
    });
    let sections = document.get_mut("components").and_then(Value::as_object_mut);
    for (section, components) in sections.into_iter().flatten() {
        let Some(components) = components.as_object_mut() else { continue };
        let old = std::mem::take(components);
        for (name, component) in old {
            let rename = renames.iter().find(|((of, old), _)| of == section && *old == name);
            components.insert(rename.map_or(name, |(_, new)| new.clone()), component);
        }
    }
}

/// Returns the references in a node, without those of its children.
pub(in crate::vendor) fn references_mut(kind: ObjectKind, node: &mut Value) -> Vec<&mut Value> {
    if kind != ObjectKind::Discriminator {
        return node.get_mut("$ref").into_iter().collect();
    }
    let mut references = Vec::new();
    for (key, value) in node.as_object_mut().into_iter().flatten() {
        match (key.as_str(), value) {
            ("defaultMapping", value) => references.push(value),
            ("mapping", Value::Object(mapping)) => references.extend(mapping.values_mut()),
            _ => {}
        }
    }
    references
}

fn renamed(reference: &Value, kind: ObjectKind, renames: &Renames) -> Option<String> {
    let text = reference.as_str()?;
    // A discriminator may contain names of schemas.
    if kind == ObjectKind::Discriminator && !text.starts_with('#') {
        return renames.get(&("schemas", text.to_owned())).cloned();
    }
    let pointer = Pointer::parse(text.strip_prefix('#')?)?;
    let [components, section, name, rest @ ..] = pointer.tokens() else { return None };
    let rename = renames.iter().find(|((of, old), _)| of == section && old == name);
    let (_, new) = rename.filter(|_| components == "components")?;
    let component = Pointer::root().join("components").join(section).join(new);
    Some(rest.iter().fold(component, |pointer, step| pointer.join(step)).to_string())
}
