//! A part of a document: the chosen operations, and the components that they reach.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::config::Selection;
use crate::diagnostics::Diagnostics;
use crate::limits::Steps;
use crate::load::Document;
use crate::metamodel::{self, METHODS, ObjectKind, SECTIONS};
use crate::near;
use crate::pointer::Pointer;

/// Keeps the chosen operations, and of the components those that they reach; security schemes are
/// not reached but named, and stay. Without a choice everything is kept, also what no operation
/// reaches.
pub fn slice(
    mut document: Document,
    selection: &Selection,
    diagnostics: &mut Diagnostics,
) -> Document {
    let Selection { paths, tags, operations } = selection;
    if paths.is_empty() && tags.is_empty() && operations.is_empty() {
        return document;
    }
    let unused = Names::of(&document.value).unused(selection);
    for (code, pattern, message, near) in unused {
        let help = match near.as_slice() {
            [] => "the document has none".to_owned(),
            near => format!("those most like it are: {}", near.join(", ")),
        };
        let message = message.replace("{}", &pattern);
        diagnostics.fatal(code, &Pointer::root().join("paths"), message, help);
    }
    if let Some(Value::Object(items)) = document.value.get_mut("paths") {
        items.retain(|path, item| path.starts_with("x-") || keep(path, item, selection));
    }
    drop_unreached(&mut document.value, diagnostics.steps());
    document
}

/// How many operations a document has. A method without a value, as in `get:`, is none.
pub fn count_operations(document: &Document) -> usize {
    operations(&document.value).count()
}

/// The operations of a document with their paths.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths.filter(|(path, _)| !path.starts_with("x-")).flat_map(|(path, item)| {
        let of_path = METHODS.iter().filter_map(|(method, _)| item.get(method));
        let of_path = of_path.filter(|operation| !operation.is_null());
        of_path.map(move |operation| (path.as_str(), operation))
    })
}

/// What operations of a document can be chosen by.
#[derive(Default)]
struct Names<'d> {
    paths: BTreeSet<&'d str>,
    tags: BTreeSet<&'d str>,
    ids: BTreeSet<&'d str>,
}

/// A pattern that fits nothing: code, pattern, message, names like it.
type Unused<'d> = (&'static str, String, &'static str, Vec<&'d str>);

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

    /// The patterns that fit nothing.
    fn unused(&self, selection: &Selection) -> Vec<Unused<'d>> {
        let mut unused = Vec::new();
        let mut look =
            |code, message, patterns: &[String], names: &BTreeSet<&'d str>, fits: Fits| {
                let names: Vec<&str> = names.iter().copied().collect();
                for pattern in patterns {
                    if !names.iter().any(|name| fits(pattern, name)) {
                        unused.push((code, pattern.clone(), message, near::names(pattern, &names)));
                    }
                }
            };
        let below = "no path of the document is `{}` or below it";
        look("unknown-path", below, &selection.paths, &self.paths, path_fits);
        look("unknown-tag", "no operation has the tag `{}`", &selection.tags, &self.tags, fits);
        let id = "no operation has the id `{}`";
        look("unknown-operation", id, &selection.operations, &self.ids, fits);
        unused
    }
}

type Fits = fn(&str, &str) -> bool;

fn tags(operation: &Value) -> impl Iterator<Item = &str> {
    let tags = operation.get("tags").and_then(Value::as_array).into_iter().flatten();
    tags.filter_map(Value::as_str)
}

fn id(operation: &Value) -> Option<&str> {
    operation.get("operationId").and_then(Value::as_str)
}

/// Takes the operations out of a path item that are not chosen. Whether some are left is the answer.
fn keep(path: &str, item: &mut Value, selection: &Selection) -> bool {
    let any = |patterns: &[String], fits: Fits, name: &str| {
        patterns.iter().any(|pattern| fits(pattern, name))
    };
    if any(&selection.paths, path_fits, path) {
        return true;
    }
    let Some(item) = item.as_object_mut() else { return false };
    item.retain(|key, operation| {
        !metamodel::is_method(key)
            || tags(operation).any(|tag| any(&selection.tags, fits, tag))
            || id(operation).is_some_and(|id| any(&selection.operations, fits, id))
    });
    METHODS.iter().any(|(method, _)| item.contains_key(*method))
}

/// Whether a path is one that a pattern describes, or below it. `*` stands for any text without a
/// slash, `**` for any text.
pub fn path_fits(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_end_matches('/');
    let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
    ends.filter_map(|end| path.get(..end)).any(|above| glob(pattern, above, Some('/')))
}

/// Whether a name is one that a pattern describes. `*` stands for any text.
fn fits(pattern: &str, name: &str) -> bool {
    glob(pattern, name, None)
}

/// Whether a pattern describes the whole of a text. `*` ends at a character, `**` does not.
fn glob(pattern: &str, text: &str, end: Option<char>) -> bool {
    let text: Vec<char> = text.chars().collect();
    // Whether the pattern so far describes the first characters of the text, for each number of them.
    let mut fits = vec![false; text.len() + 1];
    if let Some(first) = fits.first_mut() {
        *first = true;
    }
    let mut pattern = pattern.chars().peekable();
    while let Some(next) = pattern.next() {
        if next == '*' {
            let end = if pattern.next_if_eq(&'*').is_some() { None } else { end };
            let mut before = false;
            for (fit, taken) in
                fits.iter_mut().zip(std::iter::once(None).chain(text.iter().map(Some)))
            {
                let goes_on = before && taken.is_some_and(|taken| Some(*taken) != end);
                *fit |= goes_on;
                before = *fit;
            }
        } else {
            let mut before = false;
            for (fit, taken) in
                fits.iter_mut().zip(std::iter::once(None).chain(text.iter().map(Some)))
            {
                let after = before && taken == Some(&next);
                before = std::mem::replace(fit, after);
            }
        }
    }
    fits.last().copied().unwrap_or_default()
}

/// Drops the components that the chosen operations do not reach, and webhooks, which are not among
/// what can be chosen.
fn drop_unreached(document: &mut Value, steps: &Steps) {
    if let Some(root) = document.as_object_mut() {
        root.shift_remove("webhooks");
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
            "components": {"schemas": {
                "Pet": {"discriminator": {"propertyName": "t"}},
                "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"$ref": "#/components/schemas/Tail"}]},
                "Tail": {}, "New": {"x-tagged-by": {"propertyName": "t", "mapping": {"a": "#/components/schemas/Toy"}}},
                "Toy": {"properties": {"a": {}}}, "Shop": {}, "Nobody": {}
            }}
        })
    }

    fn sliced(paths: &[&str], tags: &[&str], operations: &[&str]) -> (Vec<String>, String, String) {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let selection =
            Selection { paths: texts(paths), tags: texts(tags), operations: texts(operations) };
        let mut diagnostics = Diagnostics::default();
        diagnostics.set_document("a.json");
        let document = Document { path: "a.json".to_owned(), value: document() };
        let source = BTreeMap::from([("a.json".to_owned(), format!("{:#}", document.value))]);
        let value = slice(document, &selection, &mut diagnostics).value;
        let ids = super::operations(&value).filter_map(|(_, operation)| id(operation));
        let schemas = value["components"]["schemas"].as_object().unwrap().keys();
        let schemas: Vec<&str> = schemas.map(String::as_str).collect();
        let found = diagnostics.located(&source, false);
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        (ids.map(str::to_owned).collect(), schemas.join(" "), found.join("\n"))
    }

    #[test]
    fn paths_are_chosen_with_those_below_them() {
        let (ids, schemas, found) = sliced(&["/pets"], &[], &[]);
        assert_eq!(ids, ["listPets", "addPet", "listToys"]);
        assert_eq!((schemas.as_str(), found.as_str()), ("Pet Cat Tail New Toy", ""));
        assert_eq!(sliced(&["/pets/*/toys"], &[], &[]).0, ["listToys"]);
        assert_eq!(sliced(&["/p*"], &[], &[]).0.len(), 4);
        assert_eq!(sliced(&["/**toys"], &[], &[]).0, ["listToys"]);
        assert!(sliced(&["/*toys"], &[], &[]).0.is_empty());
    }

    #[test]
    fn tags_and_ids_choose_too() {
        assert_eq!(sliced(&[], &["admin"], &["list*s"]).0.len(), 4);
        let (ids, schemas, _) = sliced(&[], &["admin"], &[]);
        assert_eq!((ids, schemas.as_str()), (vec!["addPet".to_owned()], "New Toy"));
        let (ids, schemas, _) = sliced(&["/petshops"], &[], &["listToys"]);
        assert_eq!((ids.len(), schemas.as_str()), (2, "Toy Shop"));
    }

    #[test]
    fn what_fits_nothing_is_reported_with_what_is_there() {
        let (_, _, found) = sliced(&["/pet"], &["pet"], &["listPet"]);
        for part in [
            "error[unknown-path]: no path of the document is `/pet` or below it\n  --> a.json:2:3 (#/paths)",
            "error[unknown-tag]: no operation has the tag `pet`",
            "error[unknown-operation]: no operation has the id `listPet`",
            "those most like it are: addPet, listPets",
        ] {
            assert!(found.contains(part), "{found}");
        }
    }
}
