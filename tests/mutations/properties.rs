//! The properties of the result for any document.
//!
//! The fuzz target uses this file too and has few dependencies, so it depends only on the generator
//! and `syn`.

use std::collections::{BTreeMap, BTreeSet};

use clientgen::{Config, Diagnostic, Effect, Generation, Position, Severity};

/// Checks the properties of generated crates.
#[derive(Default)]
pub(crate) struct Properties {
    /// Files of the runtime that were parsed already. They are the same in each crate.
    parsed: BTreeSet<String>,
}

impl Properties {
    /// Generates a crate and returns what is wrong with it or with the diagnostics.
    pub(crate) fn faults(
        &mut self,
        source: &BTreeMap<String, String>,
        config: &Config,
    ) -> Vec<String> {
        let generation = clientgen::generate(source, config);
        let mut faults = Vec::new();
        let has_errors = generation.diagnostics.iter().any(|one| one.severity == Severity::Error);
        if generation.files.is_some() == has_errors {
            faults.push("a crate despite errors, or neither a crate nor an error".to_owned());
        }
        faults.extend(silently_dropped(&generation));
        let lines = source.iter().map(|(file, text)| (file.as_str(), count_lines(text))).collect();
        let misplaced = generation.diagnostics.iter().filter(|one| !is_located(one, &lines));
        faults.extend(misplaced.map(|one| format!("the location does not exist: {one}")));
        for (path, text) in generation.files.iter().flatten() {
            if path.ends_with(".rs") && !self.parsed.contains(text) {
                match syn::parse_file(text) {
                    Ok(_) if path.starts_with("src/runtime/") => {
                        self.parsed.insert(text.clone());
                    }
                    Ok(_) => {}
                    Err(error) => faults.push(format!("{path} is not Rust: {error}")),
                }
            }
        }
        faults
    }
}

/// Returns a fault if an operation is neither in the crate nor reported as skipped.
fn silently_dropped(generation: &Generation) -> Option<String> {
    generation.files.as_ref()?;
    let skipped = generation.diagnostics.iter().filter(|one| one.effect == Effect::Skipped);
    let (all, generated, skipped) =
        (generation.operations_in_document, generation.operations, skipped.count());
    (generated > all || generated + skipped < all)
        .then(|| format!("{all} operations, {generated} in the crate, {skipped} skipped"))
}

/// Returns the largest line number of a diagnostic. YAML 1.1 has more line breaks than other
/// formats, and a premature end is reported after the last line.
fn count_lines(text: &str) -> usize {
    text.matches(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count() + 2
}

/// Whether the file and position of a diagnostic exist.
fn is_located(diagnostic: &Diagnostic, lines: &BTreeMap<&str, usize>) -> bool {
    match (lines.get(diagnostic.location.file.as_str()), &diagnostic.position) {
        (Some(lines), Some(Position { line, column, end_column, excerpt })) => {
            let span = excerpt.text.get(excerpt.span.clone());
            (1..=*lines).contains(line) && *column >= 1 && end_column >= column && span.is_some()
        }
        (None, _) | (_, None) => false,
    }
}
