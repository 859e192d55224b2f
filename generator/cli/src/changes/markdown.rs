//! Formats changes as Markdown for a comment on a pull request.
//!
//! Breaking changes come first, compatible ones are collapsed. Names of a document are sanitized, so they contain
//! neither HTML nor links, and mention nobody. GitHub accepts comments of 65,536 characters: what does not fit is
//! counted.

use clientgen::changes::{Bump, Change, Impact};
use clientgen::escape;

use super::causes::{Cause, SHOWN_PLACES, causes};
use super::groups::{Tally, tallies};
use super::report::{IMPACTS, Report, location};

/// The maximum length, in characters. It leaves room for the sentence about what was cut.
const MAX_LENGTH: usize = 65_000;

/// Formats a report.
pub(super) fn text(report: &Report<'_>) -> String {
    let Report { old, new, current, next, bump, changes, .. } = report;
    let version = match bump {
        Bump::None => format!("keep version {current}"),
        Bump::Patch | Bump::Minor | Bump::Breaking => {
            format!("version {next} is required after {current}")
        }
    };
    let mut comment = Comment { text: String::new(), length: 0, cut: 0 };
    comment.add(&format!(
        "### Changes of the API: {version}\n\nFrom {} to {}.\n",
        escape::code(old),
        escape::code(new)
    ));
    if changes.is_empty() {
        comment.add("\nNothing changes for users of the crate.\n");
    }
    comment.add(&table(changes));
    for (impact, meaning) in IMPACTS {
        let of_impact: Vec<&Change> = report.of(impact).collect();
        if of_impact.is_empty() {
            continue;
        }
        let title = format!("{} {}: {meaning}", of_impact.len(), impact.name());
        let is_collapsed = impact == Impact::Compatible;
        comment.add(&match is_collapsed {
            true => format!("\n<details><summary>{title}</summary>\n\n"),
            false => format!("\n#### {title}\n\n"),
        });
        for cause in causes(of_impact.into_iter(), report.all) {
            comment.entry(&entry(&cause), cause.changes.len());
        }
        if is_collapsed {
            comment.add("\n</details>\n");
        }
    }
    match comment.cut {
        0 => comment.text,
        cut => {
            comment.text
                + &format!(
                    "\n{cut} changes are not shown, because a comment has a maximum length. `clientgen changes` prints them.\n"
                )
        }
    }
}

/// The maximum number of groups in the table.
const MAX_GROUPS: usize = 100;

/// Returns the table of the groups with changed operations.
fn table(changes: &[Change]) -> String {
    let tallies = tallies(changes);
    if tallies.is_empty() {
        return String::new();
    }
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let headings = Tally::default().counts().map(|(heading, _)| heading.to_owned());
    let mut table = "\n".to_owned();
    table += &row(std::iter::once("group".to_owned()).chain(headings).collect());
    table += "|---|---|---|---|---|\n";
    for (group, tally) in tallies.iter().take(MAX_GROUPS) {
        let counts = tally.counts().map(|(_, count)| count.to_string());
        table += &row(std::iter::once(escape::code_cell(group)).chain(counts).collect());
    }
    match tallies.len().saturating_sub(MAX_GROUPS) {
        0 => table,
        more => format!("{table}\nand {more} more groups\n"),
    }
}

/// Returns the list item of a cause.
fn entry(cause: &Cause<'_>) -> String {
    let sentence = escape::inline(&cause.sentence);
    match cause.changes.as_slice() {
        [only] => format!("- {sentence} ({})\n", escape::code(&location(only))),
        several => {
            let shown = several.iter().take(SHOWN_PLACES).map(|change| escape::code(&change.rust));
            let shown: Vec<String> = shown.collect();
            let more = several.len() - shown.len();
            format!("- {} × {sentence}: {} and {more} more\n", several.len(), shown.join(", "))
        }
    }
}

/// A comment, and how many changes it does not have.
struct Comment {
    text: String,
    length: usize,
    cut: usize,
}

impl Comment {
    /// Adds text that belongs to the frame.
    fn add(&mut self, text: &str) {
        self.length += text.chars().count();
        self.text.push_str(text);
    }

    /// Adds an entry for some changes, if it fits.
    fn entry(&mut self, text: &str, changes: usize) {
        if self.cut > 0 || self.length + text.chars().count() > MAX_LENGTH {
            self.cut += changes;
            return;
        }
        self.add(text);
    }
}
