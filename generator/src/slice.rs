//! Reduces a document to the selected operations and the components that they reach.
//!
//! Takes the whole document in OpenAPI 3.0 and returns it without the other operations. Leaves the
//! references to [`crate::metamodel`], which knows what is reached.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::config::Selection;
use crate::diagnostics::{Diagnostics, Effect};
use crate::limits::Steps;
use crate::load::Document;
use crate::metamodel::{self, ObjectKind, SECTIONS};
use crate::path::percent_decoded;
use crate::pointer::Pointer;
use crate::suggest;

/// Keeps the selected operations and the components that they reach. Security schemes are kept, because
/// operations name them without a reference. An empty selection keeps everything, including components
/// that no operation reaches.
pub fn slice(
    mut document: Document,
    selection: &Selection,
    diagnostics: &mut Diagnostics,
) -> Document {
    let Selection { paths, tags, operations, is_optional } = selection;
    if paths.is_empty() && tags.is_empty() && operations.is_empty() {
        return document;
    }
    for Unmatched { code, message, similar } in Names::of(&document.value).unmatched(selection) {
        let help = match similar.as_slice() {
            [] => "the document has none".to_owned(),
            similar => format!("similar names are: {}", similar.join(", ")),
        };
        let effect = if *is_optional { Effect::None } else { Effect::Fatal };
        diagnostics.report(effect, code, &Pointer::root().join("paths"), message, help);
    }
    let before = Targets::of(&document.value);
    if let Some(Value::Object(items)) = document.value.get_mut("paths") {
        items.retain(|path, item| path.starts_with("x-") || retain_selected(path, item, selection));
    }
    let removed = before.without(&Targets::of(&document.value));
    remove_links(&mut document.value, &removed);
    remove_unreached(&mut document.value, diagnostics.steps());
    document
}

/// The operations that links can lead to: by their ids, and by references to their locations.
struct Targets(BTreeSet<String>);

impl Targets {
    fn of(document: &Value) -> Self {
        let mut targets = BTreeSet::new();
        let items = document.get("paths").and_then(Value::as_object).into_iter().flatten();
        for (path, item) in items {
            let at = Pointer::root().join("paths").join(path);
            for operation in metamodel::operations(item) {
                let place = operation.keys.iter().fold(at.clone(), |at, key| at.join(*key));
                targets.insert(place.to_string());
                targets.extend(id(operation.value).map(str::to_owned));
            }
        }
        Self(targets)
    }

    fn without(self, others: &Self) -> Self {
        Self(self.0.difference(&others.0).cloned().collect())
    }

    /// Returns whether a link leads to one of the operations.
    fn has_target_of(&self, link: &Value) -> bool {
        let text = |key: &str| link.get(key).and_then(Value::as_str);
        text("operationId").is_some_and(|id| self.0.contains(id))
            || text("operationRef")
                .is_some_and(|reference| self.0.contains(&percent_decoded(reference)))
    }
}

/// Returns the locations of the links in `components` that lead to one of the operations, by themselves or
/// through references to one another.
fn components_that_lead_to(targets: &Targets, document: &Value) -> BTreeSet<String> {
    let at = Pointer::root().join("components").join("links");
    let mut referrers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut found = BTreeSet::new();
    let mut queue = Vec::new();
    for (name, link) in at.find(document).and_then(Value::as_object).into_iter().flatten() {
        let location = at.join(name).to_string();
        match metamodel::reference(link) {
            Some(target) => {
                referrers.entry(percent_decoded(target)).or_default().push(location);
            }
            None if targets.has_target_of(link) => queue.push(location),
            None => {}
        }
    }
    while let Some(location) = queue.pop() {
        queue.extend(referrers.remove(&location).into_iter().flatten());
        found.insert(location);
    }
    found
}

/// Removes the links to operations that are not selected: nobody can follow them, and they are no faults.
fn remove_links(document: &mut Value, removed: &Targets) {
    let components = components_that_lead_to(removed, document);
    metamodel::walk_mut(document, &mut |kind, _, node| {
        if kind != ObjectKind::Response {
            return;
        }
        if let Some(Value::Object(links)) = node.get_mut("links") {
            links.retain(|_, link| {
                let is_component = metamodel::reference(link)
                    .is_some_and(|reference| components.contains(&percent_decoded(reference)));
                !is_component && !removed.has_target_of(link)
            });
        }
    });
}

/// Returns the number of operations of a document. A method without a value, as in `get:`, does not
/// count.
pub fn count_operations(document: &Document) -> usize {
    operations(&document.value).count()
}

/// Returns the operations of a document with their paths.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths.filter(|(path, _)| !path.starts_with("x-")).flat_map(|(path, item)| {
        let of_path = metamodel::operations(item).into_iter().map(|operation| operation.value);
        let of_path = of_path.filter(|operation| !operation.is_null());
        of_path.map(move |operation| (path.as_str(), operation))
    })
}

/// The names by which the operations of a document can be selected.
#[derive(Default)]
struct Names<'d> {
    paths: BTreeSet<&'d str>,
    tags: BTreeSet<&'d str>,
    ids: BTreeSet<&'d str>,
}

/// A pattern that matches no name.
struct Unmatched<'d> {
    code: &'static str,
    message: String,
    similar: Vec<&'d str>,
}

impl<'d> Names<'d> {
    fn of(document: &'d Value) -> Self {
        let mut names = Self::default();
        for (path, operation) in operations(document) {
            names.paths.insert(path);
            names.tags.extend(tags(operation));
            names.ids.extend(id(operation));
        }
        names
    }

    /// Returns the patterns that match no name.
    fn unmatched(&self, selection: &Selection) -> Vec<Unmatched<'d>> {
        let paths = unmatched(&selection.paths, &self.paths, path_matches, |pattern| {
            ("unknown-path", format!("no path of the document is `{pattern}` or below it"))
        });
        let tags = unmatched(&selection.tags, &self.tags, name_matches, |pattern| {
            ("unknown-tag", format!("no operation has the tag `{pattern}`"))
        });
        let ids = unmatched(&selection.operations, &self.ids, name_matches, |pattern| {
            ("unknown-operation", format!("no operation has the id `{pattern}`"))
        });
        paths.into_iter().chain(tags).chain(ids).collect()
    }
}

fn unmatched<'d>(
    patterns: &[String],
    names: &BTreeSet<&'d str>,
    matches: Matches,
    problem: fn(&str) -> (&'static str, String),
) -> Vec<Unmatched<'d>> {
    let names: Vec<&str> = names.iter().copied().collect();
    let unmatched =
        patterns.iter().filter(|pattern| !names.iter().any(|name| matches(pattern, name)));
    let report = |pattern: &String| {
        let (code, message) = problem(pattern);
        Unmatched { code, message, similar: suggest::similar(pattern, &names) }
    };
    unmatched.map(report).collect()
}

/// Returns whether a pattern matches a name.
type Matches = fn(&str, &str) -> bool;

fn tags(operation: &Value) -> impl Iterator<Item = &str> {
    let tags = operation.get("tags").and_then(Value::as_array).into_iter().flatten();
    tags.filter_map(Value::as_str)
}

fn id(operation: &Value) -> Option<&str> {
    operation.get("operationId").and_then(Value::as_str)
}

/// Removes the operations of a path item that are not selected. Returns whether any operation is left.
fn retain_selected(path: &str, item: &mut Value, selection: &Selection) -> bool {
    let any = |patterns: &[String], matches: Matches, name: &str| {
        patterns.iter().any(|pattern| matches(pattern, name))
    };
    if any(&selection.paths, path_matches, path) {
        return true;
    }
    metamodel::retain_operations(item, |operation| {
        tags(operation).any(|tag| any(&selection.tags, name_matches, tag))
            || id(operation).is_some_and(|id| any(&selection.operations, name_matches, id))
    });
    !metamodel::operations(item).is_empty()
}

/// Returns whether a pattern matches a path or one of the paths above it. `*` matches any characters
/// except `/`, `**` matches any characters.
pub fn path_matches(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_end_matches('/');
    let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
    ends.filter_map(|end| path.get(..end)).any(|above| glob(pattern, above, Some('/')))
}

/// Returns whether a pattern matches a name. `*` matches any characters.
pub(crate) fn name_matches(pattern: &str, name: &str) -> bool {
    glob(pattern, name, None)
}

/// Returns whether a pattern matches a whole string. `*` does not match the separator, `**` does. Takes
/// time proportional to the product of the lengths.
fn glob(pattern: &str, string: &str, separator: Option<char>) -> bool {
    let characters: Vec<char> = string.chars().collect();
    // For each prefix of the string, by its length: whether the pattern so far matches it.
    let mut matched = vec![false; characters.len() + 1];
    if let Some(empty) = matched.first_mut() {
        *empty = true;
    }
    let mut pattern = pattern.chars().peekable();
    while let Some(next) = pattern.next() {
        let is_star = next == '*';
        let stop = if is_star && pattern.next_if_eq(&'*').is_some() { None } else { separator };
        // Each prefix ends with a character, except for the empty one.
        let ends = std::iter::once(None).chain(characters.iter().copied().map(Some));
        let mut shorter = false;
        for (matched, end) in matched.iter_mut().zip(ends) {
            if is_star {
                *matched |= shorter && end != stop;
                shorter = *matched;
            } else {
                let extended = shorter && end == Some(next);
                shorter = std::mem::replace(matched, extended);
            }
        }
    }
    matched.last().copied().unwrap_or_default()
}

/// Removes the components that the selected operations do not reach, and webhooks, which cannot be
/// selected.
fn remove_unreached(document: &mut Value, steps: &Steps) {
    if let Some(root) = document.as_object_mut() {
        for key in metamodel::WEBHOOKS {
            root.shift_remove(key);
        }
    }
    let reached = metamodel::reachable(document, &[], steps);
    for (_, section) in SECTIONS.iter().filter(|(kind, _)| *kind != ObjectKind::SecurityScheme) {
        let at = Pointer::root().join("components").join(section);
        if let Some(Value::Object(components)) = at.find_mut(document) {
            components.retain(|name, _| reached.contains(&at.join(name)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn document() -> Value {
        let operation = |id: &str, tag: &str, schema: &str| {
            let schema = json!({"$ref": format!("#/components/schemas/{schema}")});
            let content = json!({"application/json": {"schema": schema}});
            json!({"operationId": id, "tags": [tag], "requestBody": {"content": content}})
        };
        json!({
            "paths": {
                "/pets": {"get": operation("listPets", "pets", "Pet"), "post": operation("addPet", "admin", "New")},
                "/pets/{id}/toys": {"get": operation("listToys", "pets", "Toy/properties/a")},
                "/petshops": {"get": operation("listShops", "shops", "Shop")}
            },
            "webhooks": {"petAdded": {"post": operation("petAdded", "pets", "Payload")}},
            "x-webhooks": {"petLost": {"post": operation("petLost", "pets", "Payload")}},
            "components": {"schemas": {
                "Pet": {"discriminator": {"propertyName": "t"}},
                "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"$ref": "#/components/schemas/Tail"}]},
                "Tail": {}, "New": {"x-tagged-by": {"propertyName": "t", "mapping": {"a": "#/components/schemas/Toy"}}},
                "Toy": {"properties": {"a": {}}}, "Shop": {}, "Nobody": {}, "Payload": {}
            }}
        })
    }

    fn sliced(paths: &[&str], tags: &[&str], operations: &[&str]) -> (Vec<String>, String, String) {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let selection = Selection {
            paths: texts(paths),
            tags: texts(tags),
            operations: texts(operations),
            is_optional: false,
        };
        let mut diagnostics = Diagnostics::default();
        diagnostics.set_document("a.json");
        let document = Document { path: "a.json".to_owned(), value: document() };
        let source = BTreeMap::from([("a.json".to_owned(), format!("{:#}", document.value))]);
        let value = slice(document, &selection, &mut diagnostics).value;
        let ids = super::operations(&value).filter_map(|(_, operation)| id(operation));
        let schemas = value["components"]["schemas"].as_object().unwrap().keys();
        let schemas: Vec<&str> = schemas.map(String::as_str).collect();
        let reported = diagnostics.located(&source, false);
        let reported: Vec<String> = reported.iter().map(ToString::to_string).collect();
        (ids.map(str::to_owned).collect(), schemas.join(" "), reported.join("\n"))
    }

    #[test]
    fn a_path_selects_the_paths_below_it() {
        let (ids, schemas, reported) = sliced(&["/pets"], &[], &[]);
        assert_eq!(ids, ["listPets", "addPet", "listToys"]);
        assert_eq!((schemas.as_str(), reported.as_str()), ("Pet Cat Tail New Toy", ""));
        assert_eq!(sliced(&["/pets/*/toys"], &[], &[]).0, ["listToys"]);
        assert_eq!(sliced(&["/p*"], &[], &[]).0.len(), 4);
        assert_eq!(sliced(&["/**toys"], &[], &[]).0, ["listToys"]);
        assert!(sliced(&["/*toys"], &[], &[]).0.is_empty());
    }

    #[test]
    fn tags_and_operation_ids_select_operations() {
        assert_eq!(sliced(&[], &["admin"], &["list*s"]).0.len(), 4);
        let (ids, schemas, _) = sliced(&[], &["admin"], &[]);
        assert_eq!((ids, schemas.as_str()), (vec!["addPet".to_owned()], "New Toy"));
        let (ids, schemas, _) = sliced(&["/petshops"], &[], &["listToys"]);
        assert_eq!((ids.len(), schemas.as_str()), (2, "Toy Shop"));
    }

    #[test]
    fn links_to_operations_that_are_not_selected_are_removed() {
        let link = |target: Value| json!({"links": target});
        let links = link(json!({
            "self": {"operationId": "getPet"},
            "byId": {"operationId": "listToys"},
            "byReference": {"operationRef": "#/paths/~1toys~1%7Bid%7D/get"},
            "component": {"$ref": "#/components/links/Toys"},
            "alias": {"$ref": "#/components/links/Alias"},
            "wrong": {"operationId": "noOperation"},
        }));
        let value = json!({
            "paths": {
                "/pet": {"get": {"operationId": "getPet", "responses": {"200": links}}},
                "/toys/{id}": {"get": {"operationId": "listToys"}},
            },
            "components": {"links": {
                "Toys": {"operationId": "listToys"},
                "Alias": {"$ref": "#/components/links/Other"},
                "Other": {"$ref": "#/components/links/Toys"},
                "Circle": {"$ref": "#/components/links/Circle"},
            }},
        });
        let selection = Selection { operations: vec!["getPet".to_owned()], ..Selection::default() };
        let document = Document { path: "a.json".to_owned(), value };
        let value = slice(document, &selection, &mut Diagnostics::default()).value;
        let links = value.pointer("/paths/~1pet/get/responses/200/links").unwrap();
        // A link to an operation that the document does not have is reported later.
        assert_eq!(links.as_object().unwrap().keys().collect::<Vec<_>>(), ["self", "wrong"]);
    }

    #[test]
    fn an_unmatched_pattern_is_reported_with_similar_names() {
        let (_, _, reported) = sliced(&["/pet"], &["pet"], &["listPet"]);
        for part in [
            "error[unknown-path]: no path of the document is `/pet` or below it\n  --> a.json:2:3 (#/paths)",
            "error[unknown-tag]: no operation has the tag `pet`",
            "error[unknown-operation]: no operation has the id `listPet`",
            "similar names are: addPet, listPets",
        ] {
            assert!(reported.contains(part), "{reported}");
        }
    }
}
