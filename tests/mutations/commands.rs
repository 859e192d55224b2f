//! What every command does with a mutant, by the entries that the commands have as a library.
//!
//! What matters is that each of them ends, and says something instead of a panic. What `codegen` says
//! and writes is looked at by [`crate::properties`].

use std::path::Path;

use clientgen::changes;
use clientgen::{Config, Severity};
use xtask::{lint, report, round_trip, vendor};

use crate::seeds::Seed;

/// Settings that ask for a part, for names, and for what is not there.
const SETTINGS: [&str; 3] = [
    "source = 'x'\ndocument = 'x'\n",
    "source = 'x'\ndocument = 'x'\npaths = ['/reports', '/things', '/**']\nprose = 'own'\n",
    "source = 'x'\ndocument = 'x'\n[names]\n'#/components/schemas/Thing' = 'Other'\n\
     '#/paths/~1a/get' = 'A'\n'#/components' = 'B'\n'#' = 'C'\n'x' = ''\n",
];

/// Hands a mutant to every command. `folder` has its files, and `settings` is a mutant of settings.
pub(crate) fn run(old: &Seed, new: &Seed, folder: &Path, settings: &str) {
    let (old_config, config) = (config(old), config(new));
    for found in lint::findings(&new.files, &config, &[]) {
        report::text(&found, false);
        report::json(&found);
    }
    let [before, after] = [(old, &old_config), (new, &config)].map(|(seed, config)| {
        let described = clientgen::describe(&seed.files, config);
        described.diagnostics.iter().for_each(|found| drop(report::text(found, true)));
        described.surface
    });
    if let (Some(before), Some(after)) = (&before, &after) {
        for (one, other) in [(before, after), (after, before)] {
            let mut changes = changes::compare(one, other);
            changes::locate(&mut changes, &old.files, &new.files);
        }
    }
    for settings in SETTINGS.into_iter().chain([settings]) {
        let upstream = folder.join(&new.document);
        if vendor::document(&upstream, settings).is_err() {
            continue;
        }
        // The document that is there has words of its own, the same as upstream's, or nothing yet.
        for there in [&old.files[&old.document], &new.files[&new.document], "openapi: 3.0.3\n"] {
            if let Ok(updated) = vendor::update(&upstream, settings, there) {
                let again = vendor::update(&upstream, settings, &updated);
                assert_eq!(again.as_ref(), Ok(&updated), "it does not stay up to date");
            }
        }
    }
    let generation = clientgen::generate(&new.files, &config);
    let _ = round_trip::plan(&new.files, &config, &generation.components);
    // A good overlay on a mutant, and the other way round.
    for (document, overlay) in [(new, old), (old, new)] {
        let Some(path) = &overlay.overlay else { continue };
        let mut files = document.files.clone();
        files.insert("other-overlay.yaml".to_owned(), overlay.files[path].clone());
        let config = Config::new(document.document.clone(), "example");
        let generation = clientgen::generate(&files, &config.with_overlay("other-overlay.yaml"));
        let is_error = |found: &clientgen::Diagnostic| found.severity == Severity::Error;
        assert_eq!(generation.files.is_none(), generation.diagnostics.iter().any(is_error));
    }
}

fn config(seed: &Seed) -> Config {
    let mut config = Config::new(seed.document.clone(), "example");
    config.overlays.extend(seed.overlay.clone());
    config
}
