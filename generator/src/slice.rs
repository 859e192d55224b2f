//! A part of a document: the chosen paths, and the schemas that they reach.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::config::Selection;
use crate::diagnostics::Diagnostics;
use crate::load::Document;
use crate::parse::METHODS;
use crate::pointer::Pointer;

/// Keeps the chosen paths, each with those below it, and of the schemas those that they reach.
/// Without a choice everything is kept, also what no operation reaches.
pub fn slice(
    mut document: Document,
    selection: &Selection,
    diagnostics: &mut Diagnostics,
) -> Document {
    let chosen = &selection.paths;
    if chosen.is_empty() {
        return document;
    }
    let paths = Pointer::root().join("paths");
    let mut unused: BTreeSet<&str> = chosen.iter().map(String::as_str).collect();
    if let Some(Value::Object(items)) = document.value.get_mut("paths") {
        items.retain(|path, _| {
            let fits = chosen.iter().find(|prefix| covers(prefix, path));
            fits.is_some_and(|prefix| {
                unused.remove(prefix.as_str());
                true
            })
        });
    }
    for prefix in unused {
        let help = "compare it with the keys of `paths`";
        diagnostics.fatal(
            "unknown-path",
            &paths,
            format!("no path of the document is `{prefix}` or below it"),
            help,
        );
    }
    drop_unreached(&mut document.value);
    document
}

/// How many operations a document has.
pub fn count_operations(document: &Document) -> usize {
    let paths = document.value.get("paths").and_then(Value::as_object).into_iter().flatten();
    let items = paths.filter_map(|(_, item)| item.as_object());
    items.map(|item| METHODS.iter().filter(|method| item.contains_key(**method)).count()).sum()
}

fn covers(prefix: &str, path: &str) -> bool {
    let rest = path.strip_prefix(prefix.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn drop_unreached(document: &mut Value) {
    let mut reached = BTreeSet::new();
    let mut to_visit: Vec<Value> = document.get("paths").cloned().into_iter().collect();
    while let Some(node) = to_visit.pop() {
        collect(&node, &mut |reference| {
            if reached.insert(reference.to_owned()) {
                let target = reference.strip_prefix('#').and_then(Pointer::parse);
                to_visit.extend(target.and_then(|pointer| pointer.find(document).cloned()));
            }
        });
    }
    let schemas = Pointer::root().join("components").join("schemas");
    if let Some(Value::Object(components)) = schemas.find_mut(document) {
        components.retain(|name, _| reached.contains(&schemas.join(name).to_string()));
    }
}

/// Every text that may be a reference: those under `$ref`, and those of discriminators and
/// extensions, whose mappings have them as values.
fn collect(node: &Value, found: &mut dyn FnMut(&str)) {
    match node {
        Value::String(text) if text.starts_with("#/") => found(text),
        Value::Object(object) => object.values().for_each(|value| collect(value, found)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}
