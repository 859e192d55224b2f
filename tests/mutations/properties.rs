//! What holds for every document. Used by the fuzz target as well, which has few dependencies: this
//! file knows nothing but the generator, `syn` and `serde_json`.

use std::collections::{BTreeMap, BTreeSet};

use clientgen::{Config, Diagnostic, Effect, Generation, Position, Severity};

/// Looks at generations.
#[derive(Default)]
pub(crate) struct Properties {
    /// Files that were read already. The runtime is the same in each crate.
    read: BTreeSet<String>,
}

impl Properties {
    /// Generates a crate and says what is wrong with it, or with what is said about the document.
    pub(crate) fn faults(
        &mut self,
        source: &BTreeMap<String, String>,
        config: &Config,
    ) -> Vec<String> {
        let generation = clientgen::generate(source, config);
        let mut faults = Vec::new();
        let has_errors = generation.diagnostics.iter().any(|said| said.severity == Severity::Error);
        if generation.files.is_some() == has_errors {
            faults.push("there is no crate, or one in spite of errors".to_owned());
        }
        faults.extend(lost_in_silence(&generation));
        let lines = source.iter().map(|(file, text)| (file.as_str(), count_lines(text))).collect();
        let misplaced = generation.diagnostics.iter().filter(|said| !has_place(said, &lines));
        faults.extend(misplaced.map(|said| format!("there is no such place: {said}")));
        for (path, text) in generation.files.iter().flatten() {
            if path.ends_with(".rs") && !self.read.contains(text) {
                match syn::parse_file(text) {
                    Ok(_) if path.starts_with("src/runtime/") => {
                        self.read.insert(text.clone());
                    }
                    Ok(_) => {}
                    Err(error) => faults.push(format!("{path} is not Rust: {error}")),
                }
            }
        }
        faults
    }
}

/// Each operation that is not in the crate has been spoken of.
fn lost_in_silence(generation: &Generation) -> Option<String> {
    generation.files.as_ref()?;
    let left_out = generation.diagnostics.iter().filter(|said| said.effect == Effect::Skipped);
    let (all, there, left_out) =
        (generation.operations_in_document, generation.operations, left_out.count());
    (there > all || there + left_out < all)
        .then(|| format!("{all} operations, {there} in the crate, {left_out} left out"))
}

/// How many lines a text can be taken to have. YAML 1.1 knows more ends of lines than others, and the
/// fault of a text that ends too early stands behind its last line.
fn count_lines(text: &str) -> usize {
    text.matches(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count() + 2
}

/// Whether a diagnostic leads to a place of a file that is there.
fn has_place(said: &Diagnostic, lines: &BTreeMap<&str, usize>) -> bool {
    match (lines.get(said.location.file.as_str()), &said.position) {
        (Some(lines), Some(Position { line, column, end_column, excerpt })) => {
            let span = excerpt.text.get(excerpt.span.clone());
            (1..=*lines).contains(line) && *column >= 1 && end_column >= column && span.is_some()
        }
        (None, _) | (_, None) => false,
    }
}
