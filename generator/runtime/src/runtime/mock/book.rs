//! What is expected of a server, and what has come.

use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use wiremock::Request;

use super::ResponseTemplate;
use super::difference::{shown, shown_bytes};
use super::wanted::Wanted;

/// The expectations of a server, in the order in which they were said, and the requests that fitted
/// none of them.
#[derive(Debug, Default)]
pub(super) struct Book(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    entries: Vec<Entry>,
    unexpected: Vec<String>,
}

/// An expectation.
#[derive(Debug)]
pub(super) struct Entry {
    wanted: Wanted,
    response: ResponseTemplate,
    how_often: HowOften,
    came: usize,
}

/// How many requests an expectation is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum HowOften {
    /// One or more.
    AtLeastOnce,
    /// None or more.
    AnyTimes,
    /// So many.
    Times(usize),
}

impl Entry {
    pub(super) fn new(wanted: Wanted, response: ResponseTemplate, how_often: HowOften) -> Self {
        Self { wanted, response, how_often, came: 0 }
    }

    fn is_used_up(&self) -> bool {
        matches!(self.how_often, HowOften::Times(times) if self.came >= times)
    }

    fn is_met(&self) -> bool {
        match self.how_often {
            HowOften::AtLeastOnce => self.came > 0,
            HowOften::AnyTimes => true,
            HowOften::Times(times) => self.came == times,
        }
    }

    fn fits(&self, request: &Request) -> bool {
        !self.is_used_up()
            && self.wanted.is_of_operation(request)
            && self.wanted.difference(request).is_none()
    }
}

impl Book {
    /// Writes an expectation down.
    pub(super) fn add(&self, entry: Entry) {
        self.pages().entries.push(entry);
    }

    /// Success a request: as the first expectation says that it fits, or with words for why it fits
    /// none.
    pub(super) fn respond(&self, request: &Request) -> wiremock::ResponseTemplate {
        let mut pages = self.pages();
        let fitting = pages.entries.iter_mut().filter(|entry| entry.fits(request));
        // Op two that are open to the same degree, the first counts.
        if let Some(entry) = fitting.min_by_key(|entry| entry.wanted.openness()) {
            entry.came += 1;
            return entry.response.to(request);
        }
        let text = unexpected(request, &pages.entries);
        pages.unexpected.push(text.clone());
        // A status that no client tries again, and hardly a document has.
        ResponseTemplate::body(501, "text/plain; charset=utf-8", text).to(request)
    }

    /// What was not as expected, if there is anything.
    pub(super) fn report(&self) -> Option<String> {
        let pages = self.pages();
        let mut unmet = pages.entries.iter().filter(|entry| !entry.is_met()).peekable();
        let mut text = String::new();
        if unmet.peek().is_some() {
            text.push_str("these requests were expected:\n");
            unmet.for_each(|entry| describe(entry, &mut text));
        }
        if !pages.unexpected.is_empty() {
            text.push_str("these requests came, and fitted no expectation:\n");
            pages.unexpected.iter().for_each(|request| text.push_str(request));
        }
        (!text.is_empty()).then(|| format!("the mock was not used as expected\n{text}"))
    }

    /// What one thread has written is good for another, even if the first has failed since.
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An expectation that was not met: what was expected how often, and how often it came.
fn describe(entry: &Entry, text: &mut String) {
    let Entry { wanted, how_often, came, .. } = entry;
    let expected = match how_often {
        HowOften::AtLeastOnce => "at least once".to_owned(),
        HowOften::AnyTimes => "any number of times".to_owned(),
        HowOften::Times(times) => counted(*times),
    };
    let (id, method) = (wanted.operation.id, &wanted.operation.method);
    let path = wanted.shown_path();
    let came = match came {
        0 => "never".to_owned(),
        came => counted(*came),
    };
    // A text takes any number of writes.
    let _ = writeln!(text, "- {id} ({method} {path}): {expected}, but came {came}");
    let mut line = |what: &str, value: &str| {
        let _ = writeln!(text, "    {what} {value}");
    };
    if !wanted.query.is_empty() {
        line("query", &shown(&wanted.query.join("&")));
    }
    wanted.headers.iter().for_each(|(name, value)| line("header", &format!("{name}: {value:?}")));
    if !wanted.cookies.is_empty() {
        line("cookies", &shown(&wanted.cookies.join("; ")));
    }
    if let Some(body) = &wanted.body {
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

/// A request that fitted nothing, and what each expectation of its operation says against it.
fn unexpected(request: &Request, entries: &[Entry]) -> String {
    let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut text = format!("- {} {}{query}\n", request.method, request.url.path());
    if !request.body.is_empty() {
        let _ = writeln!(text, "    body {}", shown_bytes(&request.body));
    }
    let of_operation = entries.iter().filter(|entry| entry.wanted.is_of_operation(request));
    let mut reasons = of_operation.map(reason(request)).peekable();
    if reasons.peek().is_none() {
        text.push_str("    nothing was expected of this operation\n");
    }
    reasons.for_each(|reason| {
        let _ = writeln!(text, "    {reason}");
    });
    text
}

/// Why a request does not fit an expectation of its operation.
fn reason(request: &Request) -> impl Fn(&Entry) -> String {
    move |entry| {
        let id = entry.wanted.operation.id;
        match entry.wanted.difference(request) {
            Some(difference) => format!("not {id}: {difference}"),
            None => format!("not {id}: it has come {} already", counted(entry.came)),
        }
    }
}
