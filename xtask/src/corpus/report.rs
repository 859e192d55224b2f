//! What is known about a document: the report of the process that generated it, and the row of the
//! table that it becomes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::documents::Document;
use super::round_trips::RoundTrips;

/// What the process that generated a document has to say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    /// The version of OpenAPI.
    pub(crate) version: String,
    /// How many operations the document has.
    pub(crate) operations: usize,
    /// How many operations the crate has, if there is one.
    pub(crate) generated: Option<usize>,
    /// The component schemas and the types made of them.
    pub(crate) components: Vec<(String, String)>,
    /// What was said about the document.
    pub(crate) diagnostics: Vec<Said>,
    /// How long the generator took.
    pub(crate) seconds: f64,
    /// How much memory the process had at most, where the system tells.
    pub(crate) peak_mib: Option<f64>,
    /// Lines of code in the crate, without the runtime.
    pub(crate) lines: usize,
    /// What the document has used of each limit.
    pub(crate) used: BTreeMap<String, u64>,
    /// Why there is no crate.
    pub(crate) message: Option<String>,
}

/// A diagnostic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Said {
    pub(crate) code: String,
    pub(crate) effect: String,
    pub(crate) text: String,
}

/// Whether the crate compiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Check {
    Ok,
    Failed,
    Skipped,
}

/// A line of the table.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) document: String,
    pub(crate) version: String,
    pub(crate) operations: usize,
    pub(crate) generated: usize,
    pub(crate) left_out: usize,
    /// Operations that are not in the crate although nothing was said about them.
    pub(crate) unexplained: usize,
    pub(crate) degraded: usize,
    pub(crate) diagnostics: usize,
    pub(crate) seconds: f64,
    pub(crate) peak_mib: Option<f64>,
    pub(crate) lines: usize,
    pub(crate) check: Check,
    pub(crate) check_seconds: Option<f64>,
    pub(crate) round_trips: Option<RoundTrips>,
    pub(crate) message: Option<String>,
}

impl Report {
    /// What there is to say when the process could say nothing itself.
    pub(crate) fn failed(message: String, seconds: f64) -> Self {
        Self { message: Some(message), seconds, ..Self::default() }
    }

    pub(crate) fn has_crate(&self) -> bool {
        self.generated.is_some()
    }

    pub(crate) fn row(&self, document: &Document) -> Row {
        let count =
            |effect: &str| self.diagnostics.iter().filter(|said| said.effect == effect).count();
        let generated = self.generated.unwrap_or_default();
        let left_out = self.operations.saturating_sub(generated);
        let unexplained = match self.has_crate() {
            true => left_out.saturating_sub(count("Skipped")),
            false => 0,
        };
        Row {
            document: document.name.clone(),
            version: self.version.clone(),
            operations: self.operations,
            generated,
            left_out,
            unexplained,
            degraded: count("Degraded"),
            diagnostics: self.diagnostics.len(),
            seconds: self.seconds,
            peak_mib: self.peak_mib,
            lines: self.lines,
            check: Check::Skipped,
            check_seconds: None,
            round_trips: None,
            message: self.message.clone(),
        }
    }
}

impl Row {
    /// Whether there is nothing that somebody has to look at.
    pub(crate) fn is_good(&self) -> bool {
        let trips = self.round_trips.as_ref().is_none_or(RoundTrips::is_good);
        self.message.is_none() && self.unexplained == 0 && self.check != Check::Failed && trips
    }

    /// What somebody has to look at.
    pub(crate) fn trouble(&self) -> String {
        let mut lines: Vec<String> = self.message.iter().cloned().collect();
        if self.unexplained > 0 {
            lines.push(format!("{} operations were left out in silence", self.unexplained));
        }
        lines.extend(self.round_trips.as_ref().and_then(RoundTrips::trouble));
        format!("error: {}: {}", self.document, lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(operations: usize, generated: Option<usize>, effects: &[&str]) -> Row {
        let said = |effect: &&str| Said {
            code: "x".to_owned(),
            effect: (*effect).to_owned(),
            text: String::new(),
        };
        let diagnostics = effects.iter().map(said).collect();
        let report = Report { operations, generated, diagnostics, ..Report::default() };
        let document =
            Document { name: "a".to_owned(), crate_name: String::new(), path: "a".into() };
        report.row(&document)
    }

    #[test]
    fn an_operation_may_be_left_out_but_not_in_silence() {
        let told = row(3, Some(2), &["Skipped", "Degraded", "None"]);
        assert_eq!((told.left_out, told.unexplained, told.degraded), (1, 0, 1));
        assert!(told.is_good());
        let silent = row(3, Some(1), &["Skipped"]);
        assert_eq!((silent.left_out, silent.unexplained), (2, 1));
        assert!(!silent.is_good() && silent.trouble().contains("1 operations were left out"));
    }
}
