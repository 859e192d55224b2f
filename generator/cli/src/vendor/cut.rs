//! Cuts one document from upstream's files: the selected paths and all that they use.
//!
//! Uses the generator's stages `load`, `bundle` and `slice`, so that the crate of the cut document equals
//! a crate generated from upstream's files.

use std::collections::BTreeSet;

use clientgen::config::Selection;
use clientgen::diagnostics::Diagnostics;
use clientgen::load::Document;
use clientgen::metamodel;
use clientgen::pointer::Pointer;
use clientgen::{Source, bundle, load, slice};
use serde_json::Value;

use super::settings::File;

/// Reads the root file. Reports an error if it is not an OpenAPI 3 document.
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
            format!("the document is OpenAPI {version}, not OpenAPI 3")
        }
        (None, Some(_)) => {
            "the document is written in Swagger, and `vendor` compares facts of OpenAPI 3"
                .to_owned()
        }
        (None, None) => "this is not an OpenAPI document: it has no `openapi`".to_owned(),
    };
    let help = match document.value.get("swagger") {
        Some(_) => "use it as the `input` of `generate`, which reads Swagger 2.0, with overlays",
        None => "pass the root file of the document, which begins with `openapi: 3`",
    };
    diagnostics.fatal("openapi-version", &Pointer::root(), message, help);
    None
}

/// Returns the selected paths of a document with all that they use. Reports selected paths that do not
/// exist.
///
/// Names that derive from a location in the whole document do not depend on the selection.
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
    // Missing paths have been reported at the settings.
    let mut document = slice::slice(document, &selection, &mut Diagnostics::default());
    remove_unused_parts(&mut document.value);
    document
}

/// Bundles all files. Unresolved references are reported later, when facts are compared, and only in the
/// selected part.
fn bundled(root: Document, source: &dyn Source, diagnostics: &mut Diagnostics) -> Document {
    let mut bundle_diagnostics = Diagnostics::default();
    bundle_diagnostics.set_document(&root.path);
    let document = bundle::bundle(root, source, &mut bundle_diagnostics);
    for diagnostic in bundle_diagnostics.located(source, false) {
        let reference_codes = ["unresolved-reference", "outside-root", "irregular-file"];
        if !reference_codes.contains(&diagnostic.code) {
            diagnostics.add(diagnostic);
        }
    }
    document
}

/// Removes what no selected operation can use: webhooks, path items that are inlined now, empty sections,
/// and tags.
fn remove_unused_parts(document: &mut Value) {
    let used_tags = tags(document);
    let Some(root) = document.as_object_mut() else { return };
    for key in metamodel::WEBHOOKS {
        root.shift_remove(key);
    }
    if let Some(Value::Object(components)) = root.get_mut("components") {
        components.shift_remove("pathItems");
        components
            .retain(|_, section| section.as_object().is_none_or(|section| !section.is_empty()));
    }
    if let Some(Value::Array(tags)) = root.get_mut("tags") {
        tags.retain(|tag| {
            tag.get("name").and_then(Value::as_str).is_some_and(|tag| used_tags.contains(tag))
        });
    }
}

fn tags(document: &Value) -> BTreeSet<String> {
    let items = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let operations =
        items.flat_map(|(_, item)| metamodel::operations(item)).map(|operation| operation.value);
    let tags = operations.filter_map(|operation| operation.get("tags")?.as_array()).flatten();
    tags.filter_map(Value::as_str).map(str::to_owned).collect()
}
