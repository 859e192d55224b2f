//! Writes changes as an entry of a changelog.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use clientgen::changes::{Bump, Change, Impact};
use clientgen::escape;

use super::report::Report;
use crate::atomic;

const HEADING: &str = "## Unreleased";

/// The maximum length of a line, in characters.
const MAX_WIDTH: usize = 100;

/// Adds an entry to the changelog, unless nothing changed or the entry exists. Returns the outcome, for
/// a message.
pub(super) fn write(path: &Path, report: &Report<'_>) -> Result<&'static str, String> {
    if report.bump == Bump::None {
        return Ok("nothing to write");
    }
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => "# Changelog\n".to_owned(),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    match with_entry(&text, &entry(report)) {
        Some(text) => atomic::write(path, &text).map(|()| "written"),
        None => Ok("has the entry already"),
    }
}

fn entry(report: &Report<'_>) -> String {
    let Report { current, next, changes, .. } = report;
    let heading = format!("Changes of the API document require version {next} after {current}:");
    let mut entry = wrapped("- ", &heading);
    for change in *changes {
        entry.push_str(&wrapped("  - ", &sentence(change)));
    }
    entry
}

fn sentence(change: &Change) -> String {
    let prefix = match change.impact {
        Impact::Breaking => "**Breaking:** ",
        Impact::Silent => "**Breaking, although programs compile:** ",
        Impact::Behaviour => "**Behaviour:** ",
        Impact::Compatible => "",
    };
    format!("{prefix}{}.", escape::inline(&change.summary))
}

/// Returns the changelog with the entry at the end of the section, or `None` if it contains the entry.
fn with_entry(text: &str, entry: &str) -> Option<String> {
    if text.contains(entry) {
        return None;
    }
    let lines: Vec<&str> = text.lines().collect();
    let heading = lines.iter().position(|line| line.trim_end() == HEADING);
    let is_heading = |line: &&str| line.starts_with("## ");
    let after = heading.map_or(0, |heading| heading + 1);
    let rest = lines.get(after..).unwrap_or_default();
    let end = after + rest.iter().position(is_heading).unwrap_or(rest.len());
    let (before, after) = lines.split_at(end);
    let before = before.join("\n").trim_end().to_owned();
    let is_list =
        heading.is_some() && before.lines().next_back().is_some_and(|line| line != HEADING);
    let between = match heading {
        Some(_) if is_list => "\n".to_owned(),
        Some(_) => "\n\n".to_owned(),
        None => format!("\n\n{HEADING}\n\n"),
    };
    let after = after.join("\n");
    let after = if after.is_empty() { String::new() } else { format!("\n{}\n", after.trim_end()) };
    Some(format!("{before}{between}{entry}{after}").trim_start().to_owned())
}

/// Returns a list item, wrapped.
fn wrapped(bullet: &str, text: &str) -> String {
    let mut lines = vec![bullet.trim_end().to_owned()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= MAX_WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{}{word}", " ".repeat(bullet.len()))),
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_added_once_at_the_end_of_its_section() {
        let cases = [
            ("# Changelog\n", "# Changelog\n\n## Unreleased\n\n- b\n"),
            ("", "## Unreleased\n\n- b\n"),
            ("# C\n\n## Unreleased\n", "# C\n\n## Unreleased\n\n- b\n"),
            ("# C\n\n## Unreleased\n\n- a\n  c\n", "# C\n\n## Unreleased\n\n- a\n  c\n- b\n"),
            (
                "# C\n\n## Unreleased\n\n- a\n\n## 0.1.0\n\n- z\n",
                "# C\n\n## Unreleased\n\n- a\n- b\n\n## 0.1.0\n\n- z\n",
            ),
            ("# C\n\n## 0.1.0\n\n- z\n", "# C\n\n## Unreleased\n\n- b\n\n## 0.1.0\n\n- z\n"),
        ];
        for (text, expected) in cases {
            let written = with_entry(text, "- b\n").unwrap();
            assert_eq!(written, expected);
            assert_eq!(with_entry(&written, "- b\n"), None);
        }
    }

    #[test]
    fn long_items_are_wrapped() {
        let words = ["word"; 30].join(" ");
        let text = wrapped("  - ", &words);
        assert!(text.lines().all(|line| line.len() <= MAX_WIDTH));
        assert!(text.starts_with("  - word word") && text.contains("\n    word"));
        assert_eq!(text.split_whitespace().count(), 31);
    }
}
