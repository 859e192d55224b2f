//! Formats the table for a terminal, as JSON and as Markdown.

use super::report::{Check, Row};
use super::round_trips::RoundTrips;

/// The headers of the columns on a terminal.
const HEAD: [&str; 14] = [
    "document",
    "version",
    "ops",
    "gen",
    "skipped",
    "degraded",
    "diags",
    "s",
    "MiB",
    "lines",
    "check",
    "check s",
    "trips ok",
    "fail/skip",
];

/// Formats the table for a terminal, with a summary.
pub(crate) fn text(rows: &[Row]) -> String {
    let cells: Vec<[String; 14]> = rows.iter().map(cells).collect();
    let width = |column: usize| {
        let widths = cells.iter().map(|row| row[column].chars().count());
        widths.chain([HEAD[column].len()]).max().unwrap_or_default()
    };
    let line = |row: &[String; 14]| {
        let padded = row.iter().enumerate().map(|(column, cell)| match column {
            0 | 1 => format!("{cell:<0$}", width(column)),
            _ => format!("{cell:>0$}", width(column)),
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    let body: String = cells.iter().map(line).collect();
    line(&HEAD.map(str::to_owned)) + &body + &summary(rows) + "\n"
}

/// Formats the rows as a JSON array of objects.
pub(crate) fn json(rows: &[Row]) -> String {
    // Rows contain strings and numbers only, so serialization cannot fail.
    serde_json::to_string_pretty(rows).unwrap_or_default() + "\n"
}

/// Formats the table for generator/docs/corpus.md.
pub(crate) fn markdown(rows: &[Row], date: Option<&str>) -> String {
    let mut text =
        "| document | OpenAPI | operations | skipped | degraded | lines | generated in | compiles |\n\
                    |---|---|---:|---:|---:|---:|---:|---|\n"
            .to_owned();
    for row in rows {
        let Row { document, version, operations, skipped, degraded, lines, seconds, .. } = row;
        let check = markdown_check(row.check);
        text += &format!(
            "| {document} | {version} | {operations} | {skipped} | {degraded} | {lines} | {seconds:.1} s | {check} |\n"
        );
    }
    let date = date.map(|date| format!(" As of {date}.")).unwrap_or_default();
    text + "\n" + &summary(rows) + &date
}

fn markdown_check(check: Check) -> &'static str {
    match check {
        Check::Ok => "yes",
        Check::Failed => "no",
        Check::Skipped => "–",
    }
}

/// Summarizes the skipped operations and the failures.
fn summary(rows: &[Row]) -> String {
    let sum = |of: fn(&Row) -> usize| rows.iter().map(of).sum::<usize>();
    let (all, skipped) = (sum(|row| row.operations), sum(|row| row.skipped));
    let failed = rows.iter().filter(|row| row.message.is_some()).count();
    // Exact: the numbers are far below 2^52.
    let percent = if all == 0 { 0.0 } else { 100.0 * skipped as f64 / all as f64 };
    format!(
        "{} documents, {failed} failed; {skipped} of {all} operations skipped ({percent:.2} %).",
        rows.len()
    )
}

fn cells(row: &Row) -> [String; 14] {
    let check = match row.check {
        Check::Ok => "ok",
        Check::Failed => "failed",
        Check::Skipped => "skipped",
    };
    let optional = |number: Option<f64>, digits: usize| {
        number.map_or_else(|| "-".to_owned(), |number| format!("{number:.digits$}"))
    };
    let trips = |format: fn(&RoundTrips) -> String| {
        row.round_trips.as_ref().map_or_else(|| "-".to_owned(), format)
    };
    [
        row.document.clone(),
        row.version.clone(),
        row.operations.to_string(),
        row.generated.to_string(),
        row.skipped.to_string(),
        row.degraded.to_string(),
        row.diagnostics.to_string(),
        format!("{:.2}", row.seconds),
        optional(row.peak_mib, 0),
        row.lines.to_string(),
        check.to_owned(),
        optional(row.check_seconds, 1),
        trips(|trips| trips.ok.to_string()),
        trips(|trips| format!("{}/{}", trips.failed, trips.skipped)),
    ]
}
