//! Which files are documents, and what they are called.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A document of the corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    /// What it is called in the table: the name of its file, without the extension.
    pub(crate) name: String,
    /// The name of its crate, which no other document has.
    pub(crate) crate_name: String,
    /// Where it is.
    pub(crate) path: PathBuf,
}

/// The documents that files and folders name, in this order; those of a folder by name.
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
        return Err("no document was found: none of the files has `openapi` at its root".to_owned());
    }
    Ok(named(files))
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

fn named(files: Vec<PathBuf>) -> Vec<Document> {
    let mut taken = BTreeSet::new();
    let document = |path: PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        // The prefix keeps clear of the words of Rust and of the crates that this one depends on.
        let base = format!("corpus-{}", name.chars().map(letter).collect::<String>());
        let mut crate_name = base.clone();
        let mut number = 2;
        while !taken.insert(crate_name.clone()) {
            crate_name = format!("{base}-{number}");
            number += 1;
        }
        Document { name, crate_name, path }
    };
    files.into_iter().map(document).collect()
}

/// Whether a text has the key `openapi` at its root. It is not parsed: what a text may do to a
/// parser is found out later, in a process of its own.
fn is_document(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        return has_root_key(text, "\"openapi\"");
    }
    let keys = ["openapi:", "\"openapi\":", "'openapi':"];
    text.lines().any(|line| keys.iter().any(|key| line.starts_with(key)))
}

/// Whether a JSON text has a key, given in its quotes, in its outermost object.
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
    fn only_a_key_at_the_root_makes_a_document() {
        for text in
            ["openapi: 3.0.0\n", "# x\n'openapi': 3", "{\"a\": \"{\\\"\", \"openapi\" : \"3\"}"]
        {
            assert!(is_document(text), "{text}");
        }
        for text in ["a:\n  openapi: 3\n", "{\"a\": {\"openapi\": 1}}", "{\"a\": \"openapi\"}", ""]
        {
            assert!(!is_document(text), "{text}");
        }
    }

    #[test]
    fn no_two_documents_have_the_same_crate() {
        let files = ["a/My API.json", "b/my-api.yaml", "my-api-2.yml"].map(PathBuf::from).to_vec();
        let names: Vec<String> = named(files).into_iter().map(|one| one.crate_name).collect();
        assert_eq!(names, ["corpus-my-api", "corpus-my-api-2", "corpus-my-api-2-2"]);
    }
}
