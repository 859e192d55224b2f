//! The spans of requests in `tracing`: one each, without secrets or query values.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use sailpoint_reports::types::FileFormat;
use tests::mock_tenant::{Fault, Operation};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::process::is_alone;
use crate::setup::{any_report, at_once, builder, client, start, tenant};

/// A span with its final fields.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    id: u64,
    name: &'static str,
    fields: Fields,
}

/// The last recorded value of each field.
#[derive(Clone, Debug, Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

/// Records all spans and events of this thread, at any level.
#[derive(Clone, Default)]
pub(crate) struct Capture(Arc<Mutex<Captured>>);

#[derive(Default)]
struct Captured {
    spans: Vec<Span>,
    text: String,
}

impl Capture {
    /// Records until the guard is dropped. The test must be alone in its process.
    pub(crate) fn begin() -> (Self, DefaultGuard) {
        let capture = Self::default();
        let subscriber = tracing_subscriber::registry().with(capture.clone());
        let guard = tracing::subscriber::set_default(subscriber);
        (capture, guard)
    }

    /// Returns the fields of the spans named `request`.
    fn requests(&self) -> Vec<BTreeMap<&'static str, String>> {
        let captured = self.0.lock().unwrap();
        let requests = captured.spans.iter().filter(|span| span.name == "request");
        requests.map(|span| span.fields.0.clone()).collect()
    }

    /// Returns everything that was recorded.
    pub(crate) fn text(&self) -> String {
        let captured = self.0.lock().unwrap();
        format!("{}{:?}", captured.text, captured.spans)
    }
}

/// Removes the events of the level TRACE.
pub(crate) fn without_trace(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with("TRACE ")).collect()
}

impl<S: Subscriber> Layer<S> for Capture {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let name = attributes.metadata().name();
        self.0.lock().unwrap().spans.push(Span { id: id.into_u64(), name, fields });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut captured = self.0.lock().unwrap();
        // Ids are reused after the end of a span, so the last one matches.
        let span = captured.spans.iter_mut().rfind(|span| span.id == id.into_u64());
        values.record(&mut span.unwrap().fields);
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let (level, target) = (event.metadata().level(), event.metadata().target());
        writeln!(self.0.lock().unwrap().text, "{level} {target}: {fields:?}").unwrap();
    }
}

fn fields<const N: usize>(fields: [(&'static str, &str); N]) -> BTreeMap<&'static str, String> {
    fields.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

#[tokio::test]
async fn each_operation_is_a_span_with_its_path_template() {
    if !is_alone("spans::each_operation_is_a_span_with_its_path_template") {
        return;
    }
    let tenant = tenant().await;
    let client = client(&tenant);
    let (capture, _guard) = Capture::begin();
    let id = client.start_report(&any_report()).await.unwrap().id.unwrap();
    client.get_report_result(&id).await.unwrap();
    client.get_report(&id, FileFormat::Csv).await.unwrap();
    client.cancel_report(&id).await.unwrap_err();
    let expected = [
        ("startReport", "POST", "/reports/run", "200"),
        ("getReportResult", "GET", "/reports/{taskResultId}/result", "200"),
        ("getReport", "GET", "/reports/{taskResultId}", "200"),
        ("cancelReport", "POST", "/reports/{id}/cancel", "400"),
    ];
    let expected = expected.map(|(operation, method, template, status)| {
        fields([
            ("otel.kind", "client"),
            ("operation", operation),
            ("http.request.method", method),
            ("url.template", template),
            ("http.response.status_code", status),
            ("attempt", "1"),
        ])
    });
    assert_eq!(capture.requests(), expected);
}

#[tokio::test]
async fn attempts_are_counted_in_one_span() {
    if !is_alone("spans::attempts_are_counted_in_one_span") {
        return;
    }
    let tenant = tenant().await;
    let client = client(&tenant);
    let (capture, _guard) = Capture::begin();
    tenant.inject(Operation::GetReportResult, Fault::status(503));
    tenant.inject(Operation::GetReportResult, Fault::drop_connection());
    client.get_report_result("1").await.unwrap();
    let requests = capture.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0]["attempt"], "3");
    assert_eq!(requests[0]["http.response.status_code"], "200");
    let text = capture.text();
    assert!(text.contains("the server returned an error"), "{text}");
    assert!(text.contains("there was no response"), "{text}");
}

#[tokio::test]
async fn a_request_without_a_response_has_no_status() {
    if !is_alone("spans::a_request_without_a_response_has_no_status") {
        return;
    }
    let tenant = tenant().await;
    let client = builder(&tenant).retry(at_once(1)).build().unwrap();
    start(&client).await;
    let (capture, _guard) = Capture::begin();
    tenant.inject(Operation::GetReportResult, Fault::drop_connection());
    client.get_report_result("1").await.unwrap_err();
    assert_eq!(capture.requests()[0].get("http.response.status_code"), None);
}
