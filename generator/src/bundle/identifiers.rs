//! References by `$id` (JSON Schema 2020-12, section 8.2).
//!
//! Takes a document, and rewrites the references that lead to a schema with an `$id` in the same document
//! as references by JSON pointer. A reference is relative to the `$id` of the schema around it, or else to
//! `$self` of the document (OpenAPI 3.2). Leaves all other references as they are.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::limits::Steps;
use crate::metamodel::{self, ObjectKind};
use crate::path::{is_remote, normalize_path, percent_decoded};
use crate::pointer::Pointer;

/// The schemas with an `$id`: the location of each by its URI, without a fragment.
type Resources = BTreeMap<String, Pointer>;

/// The anchors of each of these schemas.
type Anchors = BTreeMap<(Pointer, String), Pointer>;

/// Rewrites the references by `$id`.
pub(super) fn resolve(document: &mut Value, steps: &Steps) {
    let mut resources = Resources::new();
    let mut anchors = Anchors::new();
    visit(document, steps, &mut |scope, at, schema| {
        if schema.contains_key("$id") {
            resources.entry(scope.base.clone()).or_insert_with(|| at.clone());
        }
        for anchor in ["$anchor", "$dynamicAnchor"].iter().filter_map(|key| schema.get(*key)) {
            let key = (scope.at.clone(), anchor.as_str().unwrap_or_default().to_owned());
            anchors.entry(key).or_insert_with(|| at.clone());
        }
    });
    if resources.is_empty() {
        return;
    }
    let original = document.clone();
    visit(document, steps, &mut |scope, _, schema| {
        for key in ["$ref", "$dynamicRef"] {
            let Some(Value::String(reference)) = schema.get_mut(key) else { continue };
            let target = target(reference, scope, &original, (&resources, &anchors));
            if let Some(target) = target {
                *reference = target.to_string();
            }
        }
    });
}

/// The part of a document whose references are relative to the same URI.
struct Scope {
    /// The location of the schema with the `$id`, or the root.
    at: Pointer,
    base: String,
}

/// Called with the scope of a schema, its location, and the schema.
type Visitor<'v> = dyn FnMut(&Scope, &Pointer, &mut Map<String, Value>) + 'v;

/// Visits each schema with the scope of its references.
fn visit(document: &mut Value, steps: &Steps, act: &mut Visitor<'_>) {
    let base = document.get("$self").and_then(Value::as_str).unwrap_or_default();
    let mut scopes = vec![Scope { at: Pointer::root(), base: without_fragment(base).to_owned() }];
    metamodel::walk_mut(document, &mut |kind, at, node| {
        if kind != ObjectKind::Schema || !steps.take(1) {
            return;
        }
        let Some(schema) = node.as_object_mut() else { return };
        while scopes.len() > 1 && scopes.last().is_some_and(|scope| !is_below(at, scope)) {
            scopes.pop();
        }
        let Some(outer) = scopes.last() else { return };
        if let Some(id) = schema.get("$id").and_then(Value::as_str) {
            let base = join(&outer.base, without_fragment(id));
            scopes.push(Scope { at: at.clone(), base });
        }
        if let Some(scope) = scopes.last() {
            act(scope, at, schema);
        }
    });
}

fn is_below(at: &Pointer, scope: &Scope) -> bool {
    at.strip_prefix(&scope.at).is_some()
}

/// Returns the location that a reference leads to, if it leads to a schema with an `$id` or into one.
fn target(
    reference: &str,
    scope: &Scope,
    document: &Value,
    (resources, anchors): (&Resources, &Anchors),
) -> Option<Pointer> {
    let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let resource = match path {
        // `#` is the schema with the `$id`. A pointer that leads nowhere in it stays one into the document.
        "" if scope.at == Pointer::root() => return None,
        "" => &scope.at,
        path => resources.get(&join(&scope.base, path))?,
    };
    let fragment = percent_decoded(fragment);
    if fragment.is_empty() || fragment.starts_with('/') {
        let inside = Pointer::parse(&fragment).unwrap_or_default();
        let at: Pointer = resource.tokens().iter().chain(inside.tokens()).cloned().collect();
        return at.find(document).map(|_| at);
    }
    anchors.get(&(resource.clone(), fragment)).cloned()
}

fn without_fragment(uri: &str) -> &str {
    uri.split('#').next().unwrap_or_default()
}

/// Resolves a reference without a fragment against a base (RFC 3986, section 5.2).
fn join(base: &str, reference: &str) -> String {
    if is_remote(reference) && !reference.starts_with("//") {
        return reference.to_owned();
    }
    let scheme = base.find(':').filter(|_| is_remote(base)).map_or(0, |colon| colon + 1);
    let (scheme, rest) = base.split_at(scheme);
    if reference.starts_with("//") {
        return format!("{scheme}{reference}");
    }
    let host = match rest.strip_prefix("//") {
        Some(after) => after.find('/').map_or(rest.len(), |slash| slash + "//".len()),
        None => 0,
    };
    let (host, path) = rest.split_at(host);
    let path = match reference.starts_with('/') {
        true => reference.to_owned(),
        false => match path.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{reference}"),
            None if host.is_empty() => reference.to_owned(),
            None => format!("/{reference}"),
        },
    };
    format!("{scheme}{host}{}", normalize_path(&path))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_relative_to_the_nearest_id() {
        for (base, reference, joined) in [
            ("https://a.example/x/y", "z", "https://a.example/x/z"),
            ("https://a.example/x/y", "../z", "https://a.example/z"),
            ("https://a.example/x/y", "/z", "https://a.example/z"),
            ("https://a.example/x/y", "//b.example/z", "https://b.example/z"),
            ("https://a.example/x/y", "urn:z", "urn:z"),
            ("https://a.example", "z", "https://a.example/z"),
            ("", "z", "z"),
            ("x/y", "z", "x/z"),
        ] {
            assert_eq!(join(base, reference), joined, "{base} {reference}");
        }
    }

    #[test]
    fn only_references_to_ids_are_rewritten() {
        let schemas = json!({
            "Outer": {"$id": "https://a.example/outer", "properties": {
                "self": {"$ref": "#"},
                "inside": {"$ref": "#/properties/name"},
                "document": {"$ref": "#/components/schemas/Other"},
                "relative": {"$ref": "inner#/items"},
                "anchor": {"$ref": "inner#here"},
                "file": {"$ref": "missing"},
                "name": {"type": "string"},
                "nested": {"$id": "deep/inner2", "properties": {"up": {"$ref": "../outer"}}}
            }},
            "Inner": {"$id": "https://a.example/inner", "items": {"$anchor": "here"}},
            "Other": {"items": {"$ref": "#"}}
        });
        let mut document = json!({"components": {"schemas": schemas}});
        resolve(&mut document, &Steps::default());
        let schemas = &document["components"]["schemas"];
        let properties = &schemas["Outer"]["properties"];
        let at = "#/components/schemas";
        for (property, expected) in [
            ("self", format!("{at}/Outer")),
            ("inside", format!("{at}/Outer/properties/name")),
            ("document", format!("{at}/Other")),
            ("relative", format!("{at}/Inner/items")),
            ("anchor", format!("{at}/Inner/items")),
            ("file", "missing".to_owned()),
        ] {
            assert_eq!(properties[property]["$ref"], json!(expected), "{property}");
        }
        let up = &properties["nested"]["properties"]["up"]["$ref"];
        assert_eq!(*up, json!(format!("{at}/Outer")));
        assert_eq!(schemas["Other"]["items"]["$ref"], json!("#"));
    }
}
