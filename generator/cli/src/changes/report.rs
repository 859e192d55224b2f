//! Formats changes as text and as JSON.

use clientgen::changes::{Bump, Change, Impact, Site};
use clientgen::escape;
use serde_json::{Value, json};

use super::causes::{Cause, SHOWN_PLACES, causes};
use super::groups::tallies;

/// The impacts in the order of the output, each with its meaning.
pub(super) const IMPACTS: [(Impact, &str); 4] = [
    (Impact::Breaking, "programs that use it do not compile"),
    (Impact::Silent, "programs compile, but pass arguments to other parameters than before"),
    (
        Impact::Behaviour,
        "programs compile, but requests differ or responses are treated differently",
    ),
    (Impact::Compatible, "programs compile and behave as before"),
];

/// The result of a comparison.
pub(super) struct Report<'r> {
    pub(super) old: &'r str,
    pub(super) new: &'r str,
    /// The version of the crate before the changes.
    pub(super) current: &'r str,
    /// The version that the changes require.
    pub(super) next: &'r str,
    pub(super) bump: Bump,
    pub(super) changes: &'r [Change],
    /// Whether changes with one cause are listed one by one.
    pub(super) all: bool,
}

impl Report<'_> {
    /// Formats the changes as sentences, breaking changes first.
    pub(super) fn text(&self) -> String {
        let Self { old, new, current, next, bump, changes, all } = self;
        let mut text = format!("old {}\nnew {}\n\n", escape::line(old), escape::line(new));
        let mut line = |line: String| {
            text.push_str(&line);
            text.push('\n');
        };
        if changes.is_empty() {
            line(format!("Nothing changes for users of the crate: keep version {current}."));
            return text;
        }
        for (impact, meaning) in IMPACTS {
            let of_impact: Vec<&Change> = self.of(impact).collect();
            if of_impact.is_empty() {
                continue;
            }
            line(format!("{}: {meaning}", impact.name()));
            for cause in causes(of_impact.into_iter(), *all) {
                entry(&cause).into_iter().for_each(&mut line);
            }
            line(String::new());
        }
        for (group, tally) in tallies(changes) {
            let counts = tally.counts().into_iter().filter(|(_, count)| *count > 0);
            let counts: Vec<String> =
                counts.map(|(heading, count)| format!("{heading}: {count}")).collect();
            line(format!("{} ({})", escape::line(group), counts.join(", ")));
        }
        let counts = IMPACTS.map(|(impact, _)| (self.of(impact).count(), impact.name()));
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts.map(|(count, name)| format!("{count} {name}")).collect();
        line(counts.join(", "));
        line(match bump {
            Bump::None => format!("keep version {current}"),
            Bump::Patch | Bump::Minor | Bump::Breaking => {
                format!("version {next} is required after {current}")
            }
        });
        text
    }

    /// Formats the changes as JSON.
    pub(super) fn json(&self) -> Value {
        let changes: Vec<Value> = self.changes.iter().map(change).collect();
        json!({
            "old": self.old,
            "new": self.new,
            "version": {"current": self.current, "next": self.next, "bump": self.bump.name()},
            "changes": changes,
        })
    }

    pub(super) fn of(&self, impact: Impact) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.impact == impact)
    }
}

/// Returns the lines of a cause.
fn entry(cause: &Cause<'_>) -> Vec<String> {
    let sentence = escape::line(&cause.sentence);
    if let [only] = cause.changes.as_slice() {
        return vec![format!("  {sentence}"), format!("    --> {}", location(only))];
    }
    let mut lines = vec![format!("  {} times: {sentence}", cause.changes.len())];
    for change in cause.changes.iter().take(SHOWN_PLACES) {
        lines.push(format!("    `{}` --> {}", escape::line(&change.rust), location(change)));
    }
    let more = cause.changes.len().saturating_sub(SHOWN_PLACES);
    lines.push(format!("    and {more} more; --all lists them"));
    lines
}

/// Returns the location of a change: in the new document, unless the item was removed.
pub(super) fn location(change: &Change) -> String {
    let (site, which) = match (&change.new, &change.old) {
        (Some(site), _) => (site, ""),
        (None, Some(site)) => (site, " of the old document"),
        (None, None) => return String::new(),
    };
    let Site { place, position } = site;
    let position = position.as_ref().map(|at| format!(":{}:{}", at.line, at.column));
    let position = position.unwrap_or_default();
    format!("{}{position}{which}", escape::line(&place.file))
}

fn change(change: &Change) -> Value {
    json!({
        "impact": change.impact.name(),
        "action": change.action.name(),
        "kind": change.kind.to_string(),
        "rust": change.rust,
        "wire": change.wire,
        "group": change.group,
        "before": change.before.as_deref().map(plain),
        "after": change.after.as_deref().map(plain),
        "summary": change.summary,
        "old": change.old.as_ref().map(site),
        "new": change.new.as_ref().map(site),
    })
}

fn site(site: &Site) -> Value {
    json!({
        "file": site.place.file,
        "pointer": site.place.pointer.to_string(),
        "line": site.position.as_ref().map(|position| position.line),
        "column": site.position.as_ref().map(|position| position.column),
    })
}

/// Removes the backticks around a single piece of code.
fn plain(text: &str) -> &str {
    let inner = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
    inner.filter(|inner| !inner.contains('`')).unwrap_or(text)
}
