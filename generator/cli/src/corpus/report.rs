//! The results of a document: the report of its child process, and its row in the table.

use std::collections::BTreeMap;

use clientgen::Effect;
use serde::{Deserialize, Serialize};

use super::documents::Document;
use super::round_trips::RoundTrips;
use crate::report::effect_name;

/// The report of the child process that generated a document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    /// The version of OpenAPI.
    pub(crate) version: String,
    /// The number of operations in the document.
    pub(crate) operations: usize,
    /// The number of operations in the crate, if there is one.
    pub(crate) generated: Option<usize>,
    /// The component schemas, each with its type.
    pub(crate) components: Vec<(String, String)>,
    /// The diagnostics.
    pub(crate) diagnostics: Vec<ReportedDiagnostic>,
    /// The time that the generator took.
    pub(crate) seconds: f64,
    /// The peak memory of the process, on systems that report it.
    pub(crate) peak_mib: Option<f64>,
    /// The number of lines of code in the crate, without the runtime.
    pub(crate) lines: usize,
    /// The use of each limit.
    pub(crate) used: BTreeMap<String, u64>,
    /// The reason why there is no crate.
    pub(crate) message: Option<String>,
}

/// A diagnostic in a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ReportedDiagnostic {
    pub(crate) code: String,
    pub(crate) effect: String,
    pub(crate) text: String,
}

/// The result of the compiler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Check {
    Ok,
    Failed,
    Skipped,
}

/// A row of the table.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) document: String,
    pub(crate) version: String,
    pub(crate) operations: usize,
    pub(crate) generated: usize,
    pub(crate) skipped: usize,
    /// The number of skipped operations without a diagnostic.
    pub(crate) silently_skipped: usize,
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
    /// Returns the report for a process that has written none.
    pub(crate) fn failed(message: String, seconds: f64) -> Self {
        Self { message: Some(message), seconds, ..Self::default() }
    }

    pub(crate) fn has_crate(&self) -> bool {
        self.generated.is_some()
    }

    pub(crate) fn row(&self, document: &Document) -> Row {
        let count = |effect: Effect| {
            let name = effect_name(effect);
            self.diagnostics.iter().filter(|diagnostic| diagnostic.effect == name).count()
        };
        let generated = self.generated.unwrap_or_default();
        let skipped = self.operations.saturating_sub(generated);
        let silently_skipped = match self.has_crate() {
            true => skipped.saturating_sub(count(Effect::Skipped)),
            false => 0,
        };
        Row {
            document: document.name.clone(),
            version: self.version.clone(),
            operations: self.operations,
            generated,
            skipped,
            silently_skipped,
            degraded: count(Effect::Degraded),
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
    /// Returns whether everything succeeded.
    pub(crate) fn has_passed(&self) -> bool {
        let trips = self.round_trips.as_ref().is_none_or(RoundTrips::has_passed);
        self.message.is_none() && self.silently_skipped == 0 && self.check != Check::Failed && trips
    }

    /// Describes what failed.
    pub(crate) fn failure(&self) -> String {
        let mut lines: Vec<String> = self.message.iter().cloned().collect();
        if self.silently_skipped > 0 {
            lines.push(format!(
                "{} operations were skipped without a diagnostic",
                self.silently_skipped
            ));
        }
        lines.extend(self.round_trips.as_ref().and_then(RoundTrips::failure));
        format!("error: {}: {}", self.document, lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(operations: usize, generated: Option<usize>, effects: &[Effect]) -> Row {
        let diagnostic = |effect: &Effect| ReportedDiagnostic {
            code: "x".to_owned(),
            effect: effect_name(*effect).to_owned(),
            text: String::new(),
        };
        let diagnostics = effects.iter().map(diagnostic).collect();
        let report = Report { operations, generated, diagnostics, ..Report::default() };
        let document =
            Document { name: "a".to_owned(), crate_name: String::new(), path: "a".into() };
        report.row(&document)
    }

    #[test]
    fn skipped_operations_need_a_diagnostic() {
        let reported = row(3, Some(2), &[Effect::Skipped, Effect::Degraded, Effect::None]);
        assert_eq!((reported.skipped, reported.silently_skipped, reported.degraded), (1, 0, 1));
        assert!(reported.has_passed());
        let silent = row(3, Some(1), &[Effect::Skipped]);
        assert_eq!((silent.skipped, silent.silently_skipped), (2, 1));
        assert!(!silent.has_passed() && silent.failure().contains("1 operations were skipped"));
    }
}
