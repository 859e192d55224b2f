//! Finds the documents of the corpus and names their crates.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A document of the corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    /// Its name in the table: the name of the file without the extension.
    pub(crate) name: String,
    /// The name of its crate, which is unique.
    pub(crate) crate_name: String,
    /// The path of the file.
    pub(crate) path: PathBuf,
}

/// Finds the documents in files and folders, in this order. The documents of a folder are sorted.
pub(crate) fn find(paths: &[PathBuf]) -> Result<Vec<Document>, String> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(in_folder(path)?);
        } else if path.is_file() {
            files.push(path.clone());
        } else {
            return Err(format!("{}: there is no such file or folder", path.display()));
        }
    }
    if files.is_empty() {
        return Err(
            "there are no documents: no file has `openapi` or `swagger` at its root".to_owned()
        );
    }
    Ok(with_crate_names(files))
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if path.is_file()
            && matches!(extension.as_str(), "json" | "yaml" | "yml")
            && fs::read_to_string(&path).is_ok_and(|text| is_document(&text))
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn with_crate_names(files: Vec<PathBuf>) -> Vec<Document> {
    let mut used = BTreeSet::new();
    let document = |path: PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let to_crate_name =
            |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        // The prefix avoids clashes with keywords of Rust and with dependencies of the crate.
        let base = format!("corpus-{}", name.chars().map(to_crate_name).collect::<String>());
        let mut crate_name = base.clone();
        let mut number = 2;
        while !used.insert(crate_name.clone()) {
            crate_name = format!("{base}-{number}");
            number += 1;
        }
        Document { name, crate_name, path }
    };
    files.into_iter().map(document).collect()
}

/// Returns whether a file has the key `openapi` or `swagger` at its root. Does not parse the file: a file that crashes
/// the parser must do so in its child process.
fn is_document(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        return ["\"openapi\"", "\"swagger\""].iter().any(|key| has_root_key(text, key));
    }
    let keys = ["openapi", "swagger"]
        .map(|key| [format!("{key}:"), format!("\"{key}\":"), format!("'{key}':")]);
    let keys: Vec<String> = keys.into_iter().flatten().collect();
    text.lines().any(|line| keys.iter().any(|key| line.starts_with(key)))
}

/// Returns whether the outermost object of JSON text has a key, which is given with its quotes.
fn has_root_key(text: &str, key: &str) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => {
                let rest = || text.get(at..).and_then(|rest| rest.strip_prefix(key));
                if !in_string
                    && depth == 1
                    && rest().is_some_and(|rest| rest.trim_start().starts_with(':'))
                {
                    return true;
                }
                in_string = !in_string;
            }
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_with_the_key_at_their_root_are_documents() {
        for text in [
            "openapi: 3.0.0\n",
            "# x\n'openapi': 3",
            "{\"a\": \"{\\\"\", \"openapi\" : \"3\"}",
            "swagger: '2.0'",
        ] {
            assert!(is_document(text), "{text}");
        }
        for text in ["a:\n  openapi: 3\n", "{\"a\": {\"openapi\": 1}}", "{\"a\": \"openapi\"}", ""]
        {
            assert!(!is_document(text), "{text}");
        }
    }

    #[test]
    fn crate_names_are_unique() {
        let files = ["a/My API.json", "b/my-api.yaml", "my-api-2.yml"].map(PathBuf::from).to_vec();
        let names: Vec<String> =
            with_crate_names(files).into_iter().map(|one| one.crate_name).collect();
        assert_eq!(names, ["corpus-my-api", "corpus-my-api-2", "corpus-my-api-2-2"]);
    }
}
