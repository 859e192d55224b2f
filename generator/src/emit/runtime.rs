//! The runtime: real Rust, copied as it stands.

use clientgen_runtime::source::FILES;

use super::{SourceFile, Sources};
use crate::config::{Config, Extra};

/// `src/runtime/…`
pub(super) fn files(config: &Config) -> Sources {
    let left_out: Vec<&str> = Extra::ALL
        .into_iter()
        .filter(|extra| !config.extras.contains(extra))
        .map(Extra::feature)
        .collect();
    let is_wanted =
        |path: &str| path.split_once('/').is_none_or(|(folder, _)| !left_out.contains(&folder));
    let wanted = FILES.iter().filter(|(path, _)| is_wanted(path));
    let files = wanted.map(|(path, text)| {
        let text = without_tests(text);
        let text = if *path == "mod.rs" { without_items(text, &left_out) } else { text.to_owned() };
        (format!("src/runtime/{path}"), SourceFile::Rust(text))
    });
    files.collect()
}

/// Removes declarations that are behind some features from the runtime's root. Each is one line.
fn without_items(text: &str, features: &[&str]) -> String {
    let attributes: Vec<String> =
        features.iter().map(|feature| format!("#[cfg(feature = \"{feature}\")]")).collect();
    let mut kept = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if attributes.iter().any(|attribute| attribute == line) {
            lines.next();
        } else {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Removes the tests of a file: the runtime is tested where it is written.
fn without_tests(text: &str) -> &str {
    match text.find("\n#[cfg(test)]\nmod tests") {
        Some(end) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_asked_for_leaves_no_trace() {
        let config = Config::new("api.yaml", "api");
        let all = files(&config.clone().with_extra(Extra::Cli).with_extra(Extra::Mock));
        let none = files(&config);
        for extra in Extra::ALL.map(Extra::feature) {
            let text = |files: &Sources| format!("{files:?}").contains(&format!("\\\"{extra}\\\""));
            let has_files =
                |files: &Sources| files.keys().any(|path| path.contains(&format!("/{extra}/")));
            assert!(text(&all) && has_files(&all), "{extra}");
            assert!(!text(&none) && !has_files(&none), "{extra}");
        }
    }
}
