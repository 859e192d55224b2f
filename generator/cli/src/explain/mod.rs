//! `clientgen explain CODE`: explains a code of a diagnostic.
//!
//! Takes a code of the generator, of the configuration, of `lint` or of `vendor`, and prints its page in
//! Markdown: the meaning, an example and the remedy.
//!
//! The info string of a fenced block says what the block is: `yaml` is a document, `yaml overlay` an
//! overlay, `yaml file=NAME` another file, and `yaml remedy` the corrected part of one of them. Further
//! words of a document are the options that the example needs, such as `limit=files=1`.

use std::process::ExitCode;

use clap::Args;
use clientgen::{escape, suggest};

use crate::terminal::{note, output};

/// The arguments of the command.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The code, which a diagnostic has in brackets
    code: String,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match page(&arguments.code) {
        Some(page) => {
            output!("{}", page.trim_end_matches('\n'));
            ExitCode::SUCCESS
        }
        None => {
            note!("error: {}", unknown(&arguments.code));
            ExitCode::FAILURE
        }
    }
}

/// Pairs each code with its page.
macro_rules! pages {
    ($($code:literal),* $(,)?) => {
        &[$(($code, include_str!(concat!("pages/", $code, ".md")))),*]
    };
}

/// The pages by their codes, in sorted order.
const PAGES: &[(&str, &str)] = pages![
    "assumed-media-type",
    "assumed-scheme",
    "callbacks",
    "conflicting-schemas",
    "duplicate-enum-value",
    "duplicate-key",
    "duplicate-operation-id",
    "endless-union",
    "ignored-parameter",
    "implied-type",
    "invalid-configuration",
    "invalid-document",
    "invalid-extension",
    "invalid-link",
    "invalid-method",
    "invalid-path",
    "invalid-pattern",
    "invalid-schema",
    "irregular-file",
    "limit-exceeded",
    "loose-value",
    "lost-fact",
    "merged-alternatives",
    "missing-info",
    "missing-operation-id",
    "missing-path-parameter",
    "missing-paths",
    "no-description",
    "not-checked",
    "omitted-representation",
    "openapi-version",
    "optional-path-parameter",
    "outside-root",
    "overlay",
    "path-fragment",
    "pattern-properties",
    "repeated-schema",
    "undecidable-union",
    "undeclared-property",
    "unknown-key",
    "unknown-operation",
    "unknown-path",
    "unknown-path-parameter",
    "unknown-security-scheme",
    "unknown-tag",
    "unlinked-id",
    "unlisted-value",
    "unparsable-file",
    "unreadable-file",
    "unresolved-reference",
    "unsupported",
    "unused-component",
    "vendor-names",
    "vendor-settings",
    "webhooks",
    "without-effect",
    "wrong-default",
    "wrong-example",
];

/// Returns the page of a code.
pub(crate) fn page(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| *known == code).map(|(_, page)| *page)
}

/// Returns the error message for an unknown code, with similar codes.
fn unknown(code: &str) -> String {
    let codes: Vec<&str> = PAGES.iter().map(|(code, _)| *code).collect();
    let message = format!("no diagnostic has the code `{}`", escape::line(code));
    match suggest::similar(code, &codes).as_slice() {
        [] => message,
        similar => format!("{message}; similar codes are `{}`", similar.join("`, `")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::{Path, PathBuf};

    use clientgen::diagnostics::Diagnostics;
    use clientgen::{Config, load};
    use serde_json::Value;

    use super::*;

    const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

    /// Returns the fenced blocks of a page: the words of the info string, and the text.
    fn blocks(page: &'static str) -> Vec<(Vec<&'static str>, &'static str)> {
        let mut blocks = Vec::new();
        let mut rest = page;
        while let Some((_, block)) = rest.split_once("\n```") {
            let (info, block) = block.split_once('\n').unwrap();
            let (text, after) = block.split_once("\n```\n").unwrap();
            blocks.push((info.split_whitespace().collect(), text));
            rest = after;
        }
        blocks
    }

    /// Returns the name of the file that a block is, or is a part of.
    fn file_name(words: &[&'static str]) -> &'static str {
        let file = words.iter().find_map(|word| word.strip_prefix("file="));
        let overlay = words.contains(&"overlay").then_some("overlay.yaml");
        file.or(overlay).unwrap_or("a.yaml")
    }

    /// The example of a page.
    struct Example {
        files: BTreeMap<String, String>,
        config: Config,
        is_lint: bool,
    }

    impl Example {
        /// Returns the example, or `None` if the page describes it in words.
        fn of(page: &'static str) -> Option<Self> {
            let config = Config::new("a.yaml", "a");
            let mut example = Self { files: BTreeMap::new(), config, is_lint: false };
            for (words, text) in blocks(page) {
                if words[0] == "yaml" && !words.contains(&"remedy") {
                    example.files.insert(file_name(&words).to_owned(), text.to_owned());
                    words[1..].iter().for_each(|word| example.set(word));
                }
            }
            (!example.files.is_empty()).then_some(example)
        }

        /// Applies a word of an info string.
        fn set(&mut self, word: &str) {
            let Config { overlays, selection, limits, .. } = &mut self.config;
            match word.split_once('=') {
                None if word == "lint" => self.is_lint = true,
                None if word == "overlay" => overlays.push("overlay.yaml".to_owned()),
                Some(("file", _)) => {}
                Some(("path", pattern)) => selection.paths.push(pattern.to_owned()),
                Some(("tag", pattern)) => selection.tags.push(pattern.to_owned()),
                Some(("operation", pattern)) => selection.operations.push(pattern.to_owned()),
                Some(("limit", limit)) => {
                    let (name, value) = limit.split_once('=').unwrap();
                    limits.set(name, value.parse().unwrap()).unwrap();
                }
                _ => panic!("`{word}` has no meaning in an info string"),
            }
        }

        /// Applies the remedies of a page. Returns whether it has any.
        fn repair(&mut self, page: &'static str) -> bool {
            let mut has_remedy = false;
            for (words, remedy) in blocks(page) {
                if words.contains(&"remedy") {
                    let file = self.files.get_mut(file_name(&words)).unwrap();
                    *file = repaired(file, remedy);
                    has_remedy = true;
                }
            }
            has_remedy
        }

        /// Returns the codes of the diagnostics. Nearly all examples have findings of two other lints.
        fn codes(&self, code: &str) -> BTreeSet<&'static str> {
            let allowed = ["no-description", "unused-component"].map(str::to_owned);
            let allowed: Vec<String> = allowed.into_iter().filter(|one| one != code).collect();
            let diagnostics = match self.is_lint {
                true => crate::lint::findings(&self.files, &self.config, &allowed),
                // As `generate`, but faster: writing the files of a crate reports nothing.
                false => clientgen::describe(&self.files, &self.config).diagnostics,
            };
            diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
        }
    }

    /// Returns a file with the parts that a remedy has. A file that cannot be parsed is replaced.
    fn repaired(file: &str, remedy: &str) -> String {
        let Some(mut value) = parsed(file) else { return remedy.to_owned() };
        for (key, part) in parsed(remedy).unwrap().as_object().unwrap() {
            put(&mut value[key.as_str()], part);
        }
        value.to_string()
    }

    fn parsed(text: &str) -> Option<Value> {
        let source = BTreeMap::from([("a".to_owned(), text.to_owned())]);
        Some(load::read(&source, "a", &mut Diagnostics::default())?.value)
    }

    /// Replaces a node. An object with one key that the node has, too, only leads to the node to replace.
    fn put(node: &mut Value, part: &Value) {
        let only = part.as_object().filter(|object| object.len() == 1);
        match only.and_then(|object| object.iter().next()) {
            Some((key, inner)) if node.get(key).is_some() => put(&mut node[key.as_str()], inner),
            _ => *node = part.clone(),
        }
    }

    #[test]
    fn each_page_is_listed_and_has_all_parts() {
        let files = fs::read_dir(Path::new(PACKAGE).join("src/explain/pages")).unwrap();
        let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let codes: BTreeSet<String> =
            files.map(|file| file.strip_suffix(".md").unwrap().to_owned()).collect();
        assert!(codes.iter().eq(PAGES.iter().map(|(code, _)| code)), "{codes:?}");
        for (code, page) in PAGES {
            assert!(page.starts_with(&format!("# {code}\n\n")), "{code}");
            let headings = page.lines().filter(|line| line.starts_with("## "));
            assert!(headings.eq(["## Example", "## Remedy"]), "{code}");
            assert!(page.contains("\n## Example\n\n```"), "{code}");
        }
    }

    #[test]
    fn each_example_has_its_code_until_the_remedy_is_applied() {
        for (code, page) in PAGES {
            let Some(mut example) = Example::of(page) else { continue };
            assert_eq!(example.codes(code), BTreeSet::from([*code]));
            if example.repair(page) {
                assert_eq!(example.codes(code), BTreeSet::new(), "after the remedy of {code}");
            }
        }
    }

    #[test]
    fn an_unknown_code_suggests_similar_ones() {
        assert!(page("implied-type").is_some() && page("implied-types").is_none());
        let message = unknown("implied-types");
        assert!(message.contains("`implied-types`; similar codes are `implied-type`"), "{message}");
        assert!(!unknown(&"long-".repeat(20)).contains("similar"));
    }

    /// The folders of the library that report nothing. Their strings are names for Rust and Cargo.
    const SILENT: [&str; 3] = ["build_script", "emit", "name"];
    /// Other strings with a hyphen.
    const NO_CODES: [&str; 8] = [
        "config-version",
        "content-type",
        "date-time",
        "file-bytes",
        "kebab-case",
        "proc-macro",
        "rust-version",
        "total-bytes",
    ];
    /// What stands before the code in a report, if the code is a literal there.
    const BEFORE_CODE: [&str; 5] = ["fatal(", "skipped(", "degraded(", "note(", "effect, "];

    /// A code may reach a report through a constant, a field or an argument, so the calls do not show all
    /// codes. But nearly all codes have a hyphen, and hardly any other string of lower-case words has one:
    /// each such string is a code, or is listed above. The few codes of one word are found at the calls.
    #[test]
    fn each_code_of_the_sources_has_a_page() {
        let mut found = BTreeSet::new();
        for folder in ["../src", "src/lint", "src/project", "src/vendor"] {
            for file in sources(&Path::new(PACKAGE).join(folder)) {
                found.extend(codes_in(&fs::read_to_string(file).unwrap()));
            }
        }
        let pages: BTreeSet<String> = PAGES.iter().map(|(code, _)| (*code).to_owned()).collect();
        assert_eq!(found, pages);
    }

    #[test]
    fn each_code_of_a_lint_can_be_chosen() {
        let mut found = BTreeSet::new();
        for file in sources(&Path::new(PACKAGE).join("src/lint")) {
            found.extend(codes_in(&fs::read_to_string(file).unwrap()));
        }
        assert_eq!(found, crate::lint::CODES.map(str::to_owned).into());
        let used = sources(&Path::new(PACKAGE).join("src/lint"));
        let used = used.iter().filter(|file| !file.ends_with("lint/mod.rs"));
        let used: String = used.map(|file| fs::read_to_string(file).unwrap()).collect();
        assert!(crate::lint::CODES.iter().all(|code| used.contains(code)));
    }

    /// Returns the Rust files below a folder, without tests.
    fn sources(folder: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            if name.ends_with("tests") || SILENT.contains(&name) {
                continue;
            }
            if path.is_dir() {
                files.extend(sources(&path));
            } else if path.extension().is_some_and(|it| it == "rs") {
                files.push(path);
            }
        }
        files
    }

    fn codes_in(file: &str) -> BTreeSet<String> {
        let code = file.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let lines = code.lines().map(str::trim).filter(|line| !line.starts_with("//"));
        let code = lines.collect::<Vec<_>>().join(" ").replace("( ", "(");
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
        let is_code = |text: &&str| {
            text.split('-').all(is_word) && !text.starts_with("x-") && !NO_CODES.contains(text)
        };
        let with_hyphen = code.split('"').filter(|text| text.contains('-'));
        let in_reports = BEFORE_CODE.iter().flat_map(|before| {
            let calls = code.split(*before).skip(1).filter_map(|call| call.strip_prefix('"'));
            calls.filter_map(|call| call.split('"').next()).collect::<Vec<_>>()
        });
        with_hyphen.chain(in_reports).filter(is_code).map(str::to_owned).collect()
    }
}
