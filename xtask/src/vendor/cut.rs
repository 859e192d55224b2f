//! One document out of upstream's files, with the chosen paths and what they reach.
//!
//! References and lenient reading are the generator's: its stages `load`, `bundle` and `slice` do
//! here what they do for a crate, so that a crate is the same from either document.

use std::collections::BTreeSet;

use clientgen::config::Selection;
use clientgen::diagnostics::Diagnostics;
use clientgen::load::Document;
use clientgen::metamodel::METHODS;
use clientgen::pointer::Pointer;
use clientgen::{Source, bundle, load, slice};
use serde_json::Value;

use super::settings::File;

/// Reads upstream's root document. That it is none is reported.
pub(super) fn root(
    source: &dyn Source,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Document> {
    let document = load::load(source, path, diagnostics)?;
    let version = document.value.get("openapi").and_then(Value::as_str);
    if version.is_some_and(|version| version.starts_with("3.")) {
        return Some(document);
    }
    let message = match (version, document.value.get("swagger")) {
        (Some(version), _) => {
            format!("the document is written in OpenAPI {version}, not in OpenAPI 3")
        }
        (None, Some(_)) => "the document is written in Swagger 2.0, not in OpenAPI 3".to_owned(),
        (None, None) => "this is no OpenAPI document: it has no `openapi`".to_owned(),
    };
    let help = "give the root of the document, the file that begins with `openapi: 3`";
    diagnostics.fatal("version", &Pointer::root(), message, help);
    None
}

/// Takes the chosen paths out of a document, with all that they reach. Paths that it does not have
/// are reported.
///
/// What is named after where it stands in the whole document keeps that name, whatever is chosen.
pub(super) fn cut(
    root: Document,
    source: &dyn Source,
    settings: &File<'_>,
    diagnostics: &mut Diagnostics,
) -> Document {
    let document = bundled(root, source, diagnostics);
    settings.check_paths(&document, diagnostics);
    if settings.settings.paths.is_empty() {
        return document;
    }
    let paths = settings.settings.paths.iter().map(|path| path.get_ref().clone()).collect();
    let selection = Selection { paths, ..Selection::default() };
    // What is not there has been reported where it is asked for.
    let mut document = slice::slice(document, &selection, &mut Diagnostics::default());
    drop_other_parts(&mut document.value);
    document
}

/// One document of all files. References that lead nowhere are left to the comparison of facts, which
/// comes upon those that are kept.
fn bundled(root: Document, source: &dyn Source, diagnostics: &mut Diagnostics) -> Document {
    let mut found = Diagnostics::default();
    found.set_document(&root.path);
    let document = bundle::bundle(root, source, &mut found);
    for diagnostic in found.located(source, false) {
        let of_reference = ["unresolved-reference", "outside-root", "irregular-file"];
        if !of_reference.contains(&diagnostic.code) {
            diagnostics.add(diagnostic);
        }
    }
    document
}

/// Drops what no chosen operation can use: webhooks, path items that have been put in their places,
/// sections that are empty, and tags.
fn drop_other_parts(document: &mut Value) {
    let used = tags(document);
    let Some(root) = document.as_object_mut() else { return };
    root.shift_remove("webhooks");
    if let Some(Value::Object(components)) = root.get_mut("components") {
        components.shift_remove("pathItems");
        components
            .retain(|_, section| section.as_object().is_none_or(|section| !section.is_empty()));
    }
    if let Some(Value::Array(tags)) = root.get_mut("tags") {
        tags.retain(|tag| {
            tag.get("name").and_then(Value::as_str).is_some_and(|tag| used.contains(tag))
        });
    }
}

fn tags(document: &Value) -> BTreeSet<String> {
    let items = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let operations =
        items.flat_map(|(_, item)| METHODS.iter().filter_map(|(method, _)| item.get(method)));
    let tags = operations.filter_map(|operation| operation.get("tags")?.as_array()).flatten();
    tags.filter_map(Value::as_str).map(str::to_owned).collect()
}
