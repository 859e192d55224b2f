//! The state of a mock server: its expectations and the requests that it has received.

use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use wiremock::Request;

use super::ResponseTemplate;
use super::difference::{shown, shown_bytes};
use super::expected::ExpectedRequest;

/// The expectations of a server, in the order in which they were added, and the requests that
/// matched none of them.
#[derive(Debug, Default)]
pub(super) struct State(Mutex<Log>);

#[derive(Debug, Default)]
struct Log {
    entries: Vec<Entry>,
    unexpected: Vec<String>,
}

/// An expectation.
#[derive(Debug)]
pub(super) struct Entry {
    expected: ExpectedRequest,
    response: ResponseTemplate,
    count: CallCount,
    received: usize,
}

/// The number of requests that an expectation is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum CallCount {
    /// One or more.
    AtLeastOnce,
    /// Zero or more.
    AnyTimes,
    /// Exactly this number.
    Times(usize),
}

impl Entry {
    pub(super) fn new(
        expected: ExpectedRequest,
        response: ResponseTemplate,
        count: CallCount,
    ) -> Self {
        Self { expected, response, count, received: 0 }
    }

    fn is_used_up(&self) -> bool {
        matches!(self.count, CallCount::Times(times) if self.received >= times)
    }

    fn is_satisfied(&self) -> bool {
        match self.count {
            CallCount::AtLeastOnce => self.received > 0,
            CallCount::AnyTimes => true,
            CallCount::Times(times) => self.received == times,
        }
    }

    fn matches(&self, request: &Request) -> bool {
        !self.is_used_up()
            && self.expected.is_of_operation(request)
            && self.expected.difference(request).is_none()
    }
}

impl State {
    /// Adds an expectation.
    pub(super) fn add(&self, entry: Entry) {
        self.log().entries.push(entry);
    }

    /// Responds to a request: with the response of the first expectation that matches, or with an
    /// error that explains why none does.
    pub(super) fn respond(&self, request: &Request) -> wiremock::ResponseTemplate {
        let mut log = self.log();
        let matching = log.entries.iter_mut().filter(|entry| entry.matches(request));
        // Expectations with fewer variable path segments come first, then the order decides.
        if let Some(entry) = matching.min_by_key(|entry| entry.expected.variable_count()) {
            entry.received += 1;
            return entry.response.to(request);
        }
        let text = unexpected(request, &log.entries);
        log.unexpected.push(text.clone());
        // This status is not retried, and rarely documented.
        ResponseTemplate::body(501, "text/plain; charset=utf-8", text).to(request)
    }

    /// Reports all deviations from the expectations, if there are any.
    pub(super) fn report(&self) -> Option<String> {
        let log = self.log();
        let mut unsatisfied = log.entries.iter().filter(|entry| !entry.is_satisfied()).peekable();
        let mut text = String::new();
        if unsatisfied.peek().is_some() {
            text.push_str("these expectations were not met:\n");
            unsatisfied.for_each(|entry| describe(entry, &mut text));
        }
        if !log.unexpected.is_empty() {
            text.push_str("these requests matched no expectation:\n");
            log.unexpected.iter().for_each(|request| text.push_str(request));
        }
        (!text.is_empty()).then(|| format!("the mock server was not used as expected\n{text}"))
    }

    /// Locks the log. It stays usable after a panic in another thread.
    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Describes an expectation that was not met: the request, and how often it was received.
fn describe(entry: &Entry, text: &mut String) {
    let Entry { expected, count, received, .. } = entry;
    let times = match count {
        CallCount::AtLeastOnce => "at least once".to_owned(),
        CallCount::AnyTimes => "any number of times".to_owned(),
        CallCount::Times(times) => counted(*times),
    };
    let (id, method) = (expected.operation.id, expected.operation.method);
    let path = expected.shown_path();
    let received = match received {
        0 => "never received".to_owned(),
        received => format!("received {}", counted(*received)),
    };
    // Writing to a string cannot fail.
    let _ = writeln!(text, "- {id} ({method} {path}): expected {times}, but {received}");
    let mut line = |what: &str, value: &str| {
        let _ = writeln!(text, "    {what} {value}");
    };
    if !expected.query.is_empty() {
        line("query", &shown(&expected.query.join("&")));
    }
    expected.headers.iter().for_each(|(name, value)| line("header", &format!("{name}: {value:?}")));
    if !expected.cookies.is_empty() {
        line("cookies", &shown(&expected.cookies.join("; ")));
    }
    if let Some(body) = &expected.body {
        line("body", &shown_bytes(&body.bytes));
    }
}

fn counted(times: usize) -> String {
    match times {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        times => format!("{times} times"),
    }
}

/// Describes an unexpected request, and why each expectation of its operation does not match.
fn unexpected(request: &Request, entries: &[Entry]) -> String {
    let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut text = format!("- {} {}{query}\n", request.method, request.url.path());
    if !request.body.is_empty() {
        let _ = writeln!(text, "    body {}", shown_bytes(&request.body));
    }
    let of_operation = entries.iter().filter(|entry| entry.expected.is_of_operation(request));
    let mut reasons = of_operation.map(reason(request)).peekable();
    if reasons.peek().is_none() {
        text.push_str("    there is no expectation for this operation\n");
    }
    reasons.for_each(|reason| {
        let _ = writeln!(text, "    {reason}");
    });
    text
}

/// Explains why an expectation of the same operation does not match a request.
fn reason(request: &Request) -> impl Fn(&Entry) -> String {
    move |entry| {
        let id = entry.expected.operation.id;
        match entry.expected.difference(request) {
            Some(difference) => format!("not {id}: {difference}"),
            None => format!("not {id}: already received {}", counted(entry.received)),
        }
    }
}
