//! The four operations of the reports document.
//!
//! In come calls that fit the document and carry a good token, out go the answers of a tenant. What
//! a tenant does and the document does not say is noted where it happens.

use std::io;

use hyper::StatusCode;
use hyper::header::{CONTENT_DISPOSITION, HeaderValue};
use serde_json::json;

use super::accept;
use super::answers;
use super::body::{Answer, AnswerBody};
use super::contract::Call;
use super::files::{self, Csv, Disposition, ReportFile};
use super::record::RecordedRequest;
use super::runs::Run;
use super::tenant::{Settings, Tenant};

/// `startReport`: starts a run. Every call starts its own, whether or not one of the same type is
/// under way.
pub(super) fn start(tenant: &Tenant, call: &Call, tracking_id: &str) -> Answer {
    if call.body["reportType"].is_null() {
        // The document requires no property, but there is no report without a type.
        return answers::problem(
            StatusCode::BAD_REQUEST,
            tracking_id,
            &["$.reportType is required and missing".to_owned()],
        );
    }
    let mut state = tenant.state();
    let id = state.run_ids.next();
    let next_status = state.settings.next_final_status.take();
    let final_status = next_status.unwrap_or_else(|| state.settings.final_status.clone());
    let run = Run::start(id, &call.body, final_status, state.settings.report_duration);
    let details = run.task_details(&tenant.client_id);
    state.runs.insert(run.id.clone(), run);
    answers::json(StatusCode::OK, &details)
}

/// `getReportResult`: the state of a run. An id that a tenant does not know gets an empty result,
/// not an error.
pub(super) fn result(tenant: &Tenant, call: &Call) -> Answer {
    let state = tenant.state();
    let csv = Csv::of_size(state.settings.csv_size);
    let results = state.runs.get(call.id()).map_or_else(|| json!({}), |run| run.results(&csv));
    answers::json(StatusCode::OK, &results)
}

/// `cancelReport`: ends a run that is still running.
pub(super) fn cancel(tenant: &Tenant, call: &Call, tracking_id: &str) -> Answer {
    let mut state = tenant.state();
    let Some(run) = state.runs.get_mut(call.id()) else {
        let text = format!("There is no task result with the id {:?}.", call.id());
        return answers::problem(StatusCode::NOT_FOUND, tracking_id, &[text]);
    };
    if let Some(end) = run.end() {
        let text = format!("The report has ended with {} and cannot be cancelled.", end.status);
        return answers::problem(StatusCode::BAD_REQUEST, tracking_id, &[text]);
    }
    run.cancel();
    answers::empty(StatusCode::NO_CONTENT)
}

/// `getReport`: the file of a run that has ended well.
pub(super) async fn file(
    tenant: &Tenant,
    call: &Call,
    request: &RecordedRequest,
    tracking_id: &str,
) -> Answer {
    let format = call.query("fileFormat").unwrap_or_default();
    let media_type = format!("application/{format}");
    if !accept::admits(request.header_values("accept"), &media_type) {
        return not_acceptable(tracking_id);
    }
    let (run, settings) = {
        let state = tenant.state();
        (state.runs.get(call.id()).cloned(), state.settings.clone())
    };
    match run {
        Some(run) if run.end().is_none() => in_progress(tracking_id),
        Some(run) if run.has_file(format) => {
            let name = call.query("name").map_or_else(|| run.name(), str::to_owned);
            match make_file(&run, format, settings.csv_size).await {
                Ok(file) => send(file, &name, settings),
                Err(error) => {
                    let texts = [error.to_string()];
                    answers::problem(StatusCode::INTERNAL_SERVER_ERROR, tracking_id, &texts)
                }
            }
        }
        _ => no_file(tracking_id),
    }
}

/// A tenant treats this as a fault of its own rather than with a 406.
fn not_acceptable(tracking_id: &str) -> Answer {
    let text = "NotAcceptableException: the Accept header does not admit the format of the file.";
    answers::problem(StatusCode::INTERNAL_SERVER_ERROR, tracking_id, &[text.to_owned()])
}

fn in_progress(tracking_id: &str) -> Answer {
    let code = "400.2.0 Operation in progress";
    let texts = ["The report is not finished yet.".to_owned()];
    answers::coded_problem(StatusCode::BAD_REQUEST, code, tracking_id, &texts)
}

fn no_file(tracking_id: &str) -> Answer {
    let text = "<h1>File Not Found - 404 Error</h1> The requested file was not found.";
    answers::problem(StatusCode::NOT_FOUND, tracking_id, &[text.to_owned()])
}

async fn make_file(run: &Run, format: &str, csv_size: u64) -> io::Result<ReportFile> {
    let csv = Csv::of_size(csv_size);
    if run.is_search_export() {
        // Its checksum takes a moment that the connections should not spend waiting.
        return tokio::task::spawn_blocking(move || files::zip_file(&csv)).await?;
    }
    Ok(if format == "pdf" { files::pdf_file(&run.name()) } else { files::csv_file(&csv) })
}

fn send(file: ReportFile, name: &str, settings: Settings) -> Answer {
    let length = (!settings.chunked).then_some(file.size);
    let body = AnswerBody::pieces(file.pieces, length);
    let media_type = HeaderValue::from_static(file.media_type);
    let mut answer = answers::with_body(StatusCode::OK, media_type, body);
    let value = match settings.disposition {
        Disposition::OfReport => files::attachment(&format!("{name}.{}", file.extension)),
        Disposition::Fixed(value) => value,
        Disposition::Absent => return answer,
    };
    answer.headers_mut().insert(CONTENT_DISPOSITION, value);
    answer
}
