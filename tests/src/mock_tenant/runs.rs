//! The report runs of a tenant.
//!
//! Takes report types and arguments, and returns the states that the operations respond with. A run
//! has no task: whether it has finished is computed from the clock, so a test with paused time
//! controls it.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tokio::time::Instant;

use super::files::Csv;
use super::timestamp;

/// All runs by their ids.
pub(super) type Runs = BTreeMap<String, Run>;

/// One run of a report.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// The id of the run.
    pub(super) id: String,
    /// The report type as sent.
    pub(super) report_type: String,
    /// The arguments as sent; null if there were none.
    pub(super) arguments: Value,
    /// The status the run ends with, unless it is cancelled.
    pub(super) final_status: String,
    created: SystemTime,
    started: Instant,
    duration: Duration,
    cancelled_after: Option<Duration>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End<'a> {
    /// The final status, such as `SUCCESS`.
    pub(super) status: &'a str,
    /// How long the run took.
    pub(super) duration: Duration,
}

impl Run {
    /// Starts a run.
    pub(super) fn start(
        id: String,
        body: &Value,
        final_status: String,
        duration: Duration,
    ) -> Self {
        Self {
            id,
            report_type: body["reportType"].as_str().unwrap_or_default().to_owned(),
            arguments: body["arguments"].clone(),
            final_status,
            created: SystemTime::now(),
            started: Instant::now(),
            duration,
            cancelled_after: None,
        }
    }

    /// Returns how the run ended; `None` while it is running.
    pub(super) fn end(&self) -> Option<End<'_>> {
        if let Some(duration) = self.cancelled_after {
            return Some(End { status: "TERMINATED", duration });
        }
        let ended = self.started.elapsed() >= self.duration;
        ended.then_some(End { status: &self.final_status, duration: self.duration })
    }

    /// Ends the run now. The caller checks whether it can still be cancelled.
    pub(super) fn cancel(&mut self) {
        self.cancelled_after = Some(self.started.elapsed());
    }

    /// Whether the run has finished and produced a file in this format.
    pub(super) fn has_file(&self, format: &str) -> bool {
        let succeeded =
            self.end().is_some_and(|end| !matches!(end.status, "FAILURE" | "TERMINATED"));
        succeeded && self.formats().iter().any(|known| known.eq_ignore_ascii_case(format))
    }

    /// Whether the report is delivered as a zip archive.
    pub(super) fn is_search_export(&self) -> bool {
        self.report_type == "SEARCH_EXPORT"
    }

    /// Returns the display name of the report: Identities Details Report for `IDENTITIES_DETAILS`.
    pub(super) fn name(&self) -> String {
        if self.is_search_export() {
            return "Search Export".to_owned();
        }
        let words = self.report_type.split('_').chain(["Report"]);
        words.map(capitalized).collect::<Vec<_>>().join(" ")
    }

    /// Returns the response body for the request that started the run.
    pub(super) fn task_details(&self, launcher: &str) -> Value {
        let created = timestamp::utc(self.created);
        let mut attributes = json!({"org": "mock-tenant"});
        if self.is_search_export() {
            attributes["queryParams"] = self.arguments.clone();
        }
        json!({
            "type": "QUARTZ",
            "id": self.id,
            "reportType": self.report_type,
            "taskDefName": self.name(),
            "description": format!("Writes the {}", self.name()),
            "parentName": null,
            "launcher": launcher,
            "created": created,
            "launched": created,
            "completed": null,
            "completionStatus": null,
            "messages": [],
            "returns": [],
            "attributes": attributes,
            "progress": "Initializing...",
        })
    }

    /// Returns the state of the run and, once it has ended, its outcome.
    pub(super) fn results(&self, csv: &Csv) -> Value {
        let mut results = json!({
            "reportType": self.report_type,
            "taskDefName": self.name(),
            "id": self.id,
            "created": timestamp::utc(self.created),
        });
        if let Some(end) = self.end() {
            results["status"] = end.status.into();
            results["duration"] =
                u64::try_from(end.duration.as_millis()).unwrap_or(u64::MAX).into();
            results["rows"] = csv.rows().into();
            results["availableFormats"] = self.formats().into();
        }
        results
    }

    /// Returns the requested formats. A search export has only one, a zip archive of CSV files.
    fn formats(&self) -> Vec<&str> {
        if self.is_search_export() {
            return vec!["CSV"];
        }
        match self.arguments["selectedFormats"].as_array() {
            Some(formats) if !formats.is_empty() => {
                formats.iter().filter_map(Value::as_str).collect()
            }
            _ => vec!["CSV", "PDF"],
        }
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters.map(|letter| letter.to_ascii_lowercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(body: Value, duration: Duration) -> Run {
        Run::start("1".to_owned(), &body, "SUCCESS".to_owned(), duration)
    }

    #[test]
    fn a_run_finishes_or_is_cancelled() {
        let done = run(json!({"reportType": "IDENTITIES"}), Duration::ZERO);
        assert_eq!(done.end().map(|end| end.status), Some("SUCCESS"));
        let mut running = run(json!({"reportType": "IDENTITIES"}), Duration::from_secs(60));
        assert_eq!(running.end(), None);
        assert!(running.results(&Csv::of_size(0)).get("status").is_none());
        running.cancel();
        assert_eq!(running.end().map(|end| end.status), Some("TERMINATED"));
        assert!(!running.has_file("csv"));
    }

    #[test]
    fn the_formats_are_those_of_the_arguments() {
        let of = |body| run(body, Duration::ZERO);
        let pdf = of(
            json!({"reportType": "ORPHAN_IDENTITIES", "arguments": {"selectedFormats": ["PDF"]}}),
        );
        assert!(pdf.has_file("pdf") && !pdf.has_file("csv"));
        let export = of(json!({"reportType": "SEARCH_EXPORT", "arguments": {"query": "*"}}));
        assert!(export.has_file("csv") && !export.has_file("pdf"));
    }

    #[test]
    fn reports_have_display_names() {
        let name =
            |report_type: &str| run(json!({"reportType": report_type}), Duration::ZERO).name();
        assert_eq!(name("IDENTITIES_DETAILS"), "Identities Details Report");
        assert_eq!(name("SEARCH_EXPORT"), "Search Export");
    }
}
