//! The four operations of the reports document.
//!
//! Takes valid, authenticated calls and returns the responses of a tenant. Behaviour that the
//! document does not describe is commented on where it occurs.

use std::io;

use hyper::StatusCode;
use hyper::header::{CONTENT_DISPOSITION, HeaderValue};
use serde_json::json;

use super::accept;
use super::body::{Response, ResponseBody};
use super::contract::Call;
use super::files::{self, Csv, Disposition, ReportFile};
use super::record::RecordedRequest;
use super::responses;
use super::runs::Run;
use super::tenant::{Settings, Tenant};

/// `startReport`: starts a run. Every call starts a new one, also while one of the same type is
/// running.
pub(super) fn start(tenant: &Tenant, call: &Call, tracking_id: &str) -> Response {
    if call.body["reportType"].is_null() {
        // The document requires no property, but a tenant rejects a report without a type.
        return responses::problem(
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
    responses::json(StatusCode::OK, &details)
}

/// `getReportResult`: returns the state of a run. For an unknown id, tenants return an empty
/// result, not an error.
pub(super) fn result(tenant: &Tenant, call: &Call) -> Response {
    let state = tenant.state();
    let csv = Csv::of_size(state.settings.csv_size);
    let results = state.runs.get(call.id()).map_or_else(|| json!({}), |run| run.results(&csv));
    responses::json(StatusCode::OK, &results)
}

/// `cancelReport`: terminates a run that has not finished.
pub(super) fn cancel(tenant: &Tenant, call: &Call, tracking_id: &str) -> Response {
    let mut state = tenant.state();
    let Some(run) = state.runs.get_mut(call.id()) else {
        let text = format!("There is no task result with the id {:?}.", call.id());
        return responses::problem(StatusCode::NOT_FOUND, tracking_id, &[text]);
    };
    if let Some(end) = run.end() {
        let text = format!("The report has ended with {} and cannot be cancelled.", end.status);
        return responses::problem(StatusCode::BAD_REQUEST, tracking_id, &[text]);
    }
    run.cancel();
    responses::empty(StatusCode::NO_CONTENT)
}

/// `getReport`: returns the file of a run that has finished successfully.
pub(super) async fn file(
    tenant: &Tenant,
    call: &Call,
    request: &RecordedRequest,
    tracking_id: &str,
) -> Response {
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
                    responses::problem(StatusCode::INTERNAL_SERVER_ERROR, tracking_id, &texts)
                }
            }
        }
        _ => no_file(tracking_id),
    }
}

/// Tenants respond with a 500 here, not with a 406.
fn not_acceptable(tracking_id: &str) -> Response {
    let text = "NotAcceptableException: the Accept header does not admit the format of the file.";
    responses::problem(StatusCode::INTERNAL_SERVER_ERROR, tracking_id, &[text.to_owned()])
}

fn in_progress(tracking_id: &str) -> Response {
    let code = "400.2.0 Operation in progress";
    let texts = ["The report is not finished yet.".to_owned()];
    responses::coded_problem(StatusCode::BAD_REQUEST, code, tracking_id, &texts)
}

fn no_file(tracking_id: &str) -> Response {
    let text = "<h1>File Not Found - 404 Error</h1> The requested file was not found.";
    responses::problem(StatusCode::NOT_FOUND, tracking_id, &[text.to_owned()])
}

async fn make_file(run: &Run, format: &str, csv_size: u64) -> io::Result<ReportFile> {
    let csv = Csv::of_size(csv_size);
    if run.is_search_export() {
        // Computing its checksum would block the connections.
        return tokio::task::spawn_blocking(move || files::zip_file(&csv)).await?;
    }
    Ok(if format == "pdf" { files::pdf_file(&run.name()) } else { files::csv_file(&csv) })
}

fn send(file: ReportFile, name: &str, settings: Settings) -> Response {
    let length = (!settings.chunked).then_some(file.size);
    let body = ResponseBody::pieces(file.pieces, length);
    let media_type = HeaderValue::from_static(file.media_type);
    let mut response = responses::with_body(StatusCode::OK, media_type, body);
    let value = match settings.disposition {
        Disposition::OfReport => files::attachment(&format!("{name}.{}", file.extension)),
        Disposition::Fixed(value) => value,
        Disposition::Absent => return response,
    };
    response.headers_mut().insert(CONTENT_DISPOSITION, value);
    response
}
