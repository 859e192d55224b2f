//! Runs every command of `clientgen` on a mutant, through the functions of its library.
//!
//! Each command must return and must not panic. Leaves the result of `generate` to
//! [`crate::properties`].

use std::path::Path;

use clientgen::changes;
use clientgen::{Config, Severity};
use clientgen_cli::{lint, report, round_trip, vendor, watch};

use crate::seeds::Seed;

/// Settings of `vendor`: the whole document, some paths, and names of parts that may not exist.
const VENDOR_SETTINGS: [&str; 3] = [
    "source = 'x'\ndocument = 'x'\n",
    "source = 'x'\ndocument = 'x'\npaths = ['/reports', '/things', '/**']\nprose = 'own'\n",
    "source = 'x'\ndocument = 'x'\n[names]\n'#/components/schemas/Thing' = 'Other'\n\
     '#/paths/~1a/get' = 'A'\n'#/components' = 'B'\n'#' = 'C'\n'x' = ''\n",
];

/// Runs every command on a mutant. `folder` has its files, and `settings` is a mutant of vendor
/// settings.
pub(crate) fn run(old: &Seed, new: &Seed, folder: &Path, settings: &str) {
    let (old_config, config) = (config(old), config(new));
    for diagnostic in lint::findings(&new.files, &config, &[]) {
        report::text(&diagnostic, false);
        report::json(&diagnostic);
    }
    let [before, after] = [(old, &old_config), (new, &config)].map(|(seed, config)| {
        let description = clientgen::describe(&seed.files, config);
        let diagnostics = description.diagnostics.iter();
        diagnostics.for_each(|diagnostic| drop(report::text(diagnostic, true)));
        description.surface
    });
    if let (Some(before), Some(after)) = (&before, &after) {
        for (from, to) in [(before, after), (after, before)] {
            let mut changes = changes::compare(from, to);
            changes::locate(&mut changes, &old.files, &new.files);
        }
    }
    for settings in VENDOR_SETTINGS.into_iter().chain([settings]) {
        let upstream = folder.join(&new.document);
        if vendor::document(&upstream, settings).is_err() {
            continue;
        }
        // The existing document differs from upstream, is the same, or is empty.
        for existing in [&old.files[&old.document], &new.files[&new.document], "openapi: 3.0.3\n"] {
            if let Ok(updated) = vendor::update(&upstream, settings, existing) {
                let second = vendor::update(&upstream, settings, &updated);
                assert_eq!(second.as_ref(), Ok(&updated), "a second update changes the document");
            }
        }
    }
    let generation = clientgen::generate(&new.files, &config);
    let _ = round_trip::plan(&new.files, &config, &generation.components);
    // The original overlay on a mutant, and a mutated overlay on the original document.
    for (document, overlay) in [(new, old), (old, new)] {
        let Some(path) = &overlay.overlay else { continue };
        let mut files = document.files.clone();
        files.insert("other-overlay.yaml".to_owned(), overlay.files[path].clone());
        let config = Config::new(document.document.clone(), "example");
        let generation = clientgen::generate(&files, &config.with_overlay("other-overlay.yaml"));
        let is_error = |one: &clientgen::Diagnostic| one.severity == Severity::Error;
        assert_eq!(generation.files.is_none(), generation.diagnostics.iter().any(is_error));
    }
}

/// What `watch` does while somebody writes the mutant, and takes it back. It writes crates, so
/// it takes longer than the others.
pub(crate) fn watched(old: &Seed, new: &Seed, folder: &Path) {
    let out = folder.join("watched");
    let write = |seed: &Seed| watch::write(&out, &seed.files, &config(seed));
    let first = write(old);
    let changed = write(new);
    let back = write(old);
    // What can be written is written whatever was tried between, and then there is nothing to show.
    assert_eq!(first.is_ok(), back.is_ok(), "{back:?}");
    if back.is_ok() {
        assert_eq!(write(old), Ok(Vec::new()), "it shows what has not changed");
    }
    // Nothing but a document that cannot be written leaves the crate as it was.
    if changed.is_err() && first.is_ok() {
        assert_eq!(back, Ok(Vec::new()), "a document with errors changes the crate");
    }
}

fn config(seed: &Seed) -> Config {
    let mut config = Config::new(seed.document.clone(), "example");
    config.overlays.extend(seed.overlay.clone());
    config
}
