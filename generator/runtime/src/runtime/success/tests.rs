use http::HeaderValue;
use http::header::CONTENT_TYPE;

use super::*;

static GET: Method = Method::GET;
static HEAD: Method = Method::HEAD;

fn asked(media_types: &'static str, reading: Reading) -> Asked<'static> {
    let media_types = [media_types, "", ""];
    let errors = &ErrorFormat::COMMON;
    Asked { media_types, reading, method: &GET, part: false, encodings: false, errors }
}

/// The headers of a response; one that is empty is not there.
fn headers(media_type: &'static str, disposition: &'static str) -> HeaderMap {
    let all = [(CONTENT_TYPE, media_type), (CONTENT_DISPOSITION, disposition)];
    let there = all.into_iter().filter(|(_, value)| !value.is_empty());
    there.map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
}

/// Why a whole response with status 200 is refused, or nothing if it passes.
fn refused(asked: &Asked<'_>, headers: &HeaderMap, body: &str) -> String {
    of(asked.check(StatusCode::OK, headers, body.as_bytes(), true))
}

fn of(outcome: Result<(), Unlike>) -> String {
    outcome.map_or_else(|Unlike(why)| why, |()| String::new())
}

/// What was asked for, what came, and a part of why it is refused; nothing if it passes.
type Row = (&'static str, &'static str, &'static str, &'static str);

fn hold(reading: Reading, rows: &[Row]) {
    for (documented, came, body, why) in rows {
        let said = refused(&asked(documented, reading), &headers(came, ""), body);
        assert_eq!(said.is_empty(), why.is_empty(), "{documented}, {came}, {body}: {said}");
        assert!(said.contains(why), "{documented}, {came}, {body}: {said}");
    }
}

const JSON: &str = "application/json";
const PAGE: &str = "a web page came";
const FILE: &str = "a file of another kind came";
const REPORT: &str = "JSON came that reports an error: no";

#[test]
fn a_value_is_refused_where_a_page_or_a_file_came() {
    hold(
        Reading::Whole,
        &[
            (JSON, JSON, "{}", ""),
            (JSON, "application/problem+json", "{}", ""),
            (JSON, "text/html", "<html>", PAGE),
            (JSON, "application/xhtml+xml", "<html>", PAGE),
            (JSON, "TEXT/HTML; charset=utf-8", "<html>", PAGE),
            // Servers are met that send JSON, or nothing, with the type of a page.
            (JSON, "text/html", "{}", ""),
            (JSON, "text/html", "\u{feff} ", ""),
            (JSON, "text/html", "{", PAGE),
            (JSON, "", "\u{feff} <!DOCTYPE HTML><p>", PAGE),
            (JSON, "application/octet-stream", "<head>", PAGE),
            (JSON, "", "{}", ""),
            (JSON, "", "<p>", ""),
            (JSON, "application/pdf", "%PDF", FILE),
            (JSON, "text/csv", "a,b", FILE),
            (JSON, "image/svg+xml", "<svg/>", FILE),
            (JSON, "application/xml", "<a/>", FILE),
            (JSON, "application/atom+xml", "<a/>", FILE),
            (JSON, "text/plain", "{}", ""),
            (JSON, "application/x-ndjson", "{}", ""),
            ("application/json, */*", "application/pdf", "%PDF", ""),
            ("*/*", "application/pdf", "%PDF", ""),
            ("application/pdf", "application/xml", "<a/>", ""),
            ("text/*", "text/html", "<html>", ""),
        ],
    );
}

#[test]
fn a_text_is_refused_where_a_page_or_an_error_came() {
    hold(
        Reading::Whole,
        &[
            ("text/plain", "text/html", "<html>", PAGE),
            ("text/plain", "text/html", "{}", PAGE),
            // What no header names can be a text of any kind.
            ("text/plain", "", "<html>", ""),
            ("text/plain, application/json", "", "<html>", PAGE),
            ("application/pdf", "", "<html>", PAGE),
            ("text/plain", JSON, r#"{"message": "no"}"#, REPORT),
            ("text/plain", JSON, r#"{"a": 1}"#, ""),
            ("application/xml", JSON, r#"{"message": "no"}"#, ""),
        ],
    );
}

#[test]
fn a_stream_is_refused_where_another_syntax_came() {
    const OTHER: &str = "content of another kind came";
    const LINES: &str = "application/x-ndjson";
    hold(
        Reading::Stream,
        &[
            (LINES, LINES, "", ""),
            (LINES, "application/jsonl", "", ""),
            (LINES, "", "", ""),
            (LINES, "text/html", "", PAGE),
            (LINES, "", "<body>", PAGE),
            (LINES, EVENTS, "", OTHER),
            (EVENTS, LINES, "", OTHER),
            (EVENTS, "Text/Event-Stream", "", ""),
            (LINES, JSON, "{}", ""),
            (LINES, "text/plain", "{}", ""),
            (EVENTS, JSON, "{}", OTHER),
            (EVENTS, "text/plain", "data:", OTHER),
            (LINES, "application/pdf", "", OTHER),
            (LINES, "application/xml", "", OTHER),
            ("application/pdf", EVENTS, "", ""),
            ("application/pdf", LINES, "", ""),
        ],
    );
}

#[test]
fn a_file_is_refused_where_a_page_or_an_error_came() {
    const PDF: &str = "application/pdf";
    const ERROR: &str = r#" {"message": "no"}"#;
    hold(
        Reading::File,
        &[
            (PDF, PDF, "%PDF", ""),
            (PDF, "application/zip", "PK", ""),
            (PDF, "text/html", "", PAGE),
            (PDF, "text/plain", "<html>", PAGE),
            (PDF, "text/plain", "id,name", ""),
            (PDF, JSON, ERROR, REPORT),
            (PDF, JSON, r#"{"a": 1}"#, "JSON came"),
            ("*/*", JSON, ERROR, REPORT),
            ("*/*", JSON, r#"{"a": 1}"#, ""),
            (PDF, "", ERROR, REPORT),
            (PDF, "text/plain", ERROR, REPORT),
            (PDF, "", r#"["message"]"#, ""),
            (PDF, "application/zip", ERROR, ""),
            (JSON, "", ERROR, ""),
            (PDF, "application/xml", "<a/>", "XML came"),
            (PDF, "application/atom+xml", "<a/>", "XML came"),
            ("application/octet-stream", "application/xml", "<a/>", ""),
            (PDF, "text/csv", "a,b", ""),
        ],
    );
    let part = of(asked(PDF, Reading::File).check(
        StatusCode::OK,
        &headers("", ""),
        ERROR.as_bytes(),
        false,
    ));
    assert_eq!(part, "", "what comes later may make it something else");
}

#[test]
fn an_attachment_is_a_file_of_any_kind() {
    let said = |documented, came, disposition, body: &str| {
        refused(&asked(documented, Reading::File), &headers(came, disposition), body)
    };
    for disposition in ["attachment", "Attachment; filename=a"] {
        assert_eq!(said("*/*", "text/html", disposition, "<html>"), "");
        assert!(said("application/pdf", "text/html", disposition, "<html>").contains(PAGE));
        assert_eq!(said("application/pdf", JSON, disposition, r#"{"a": 1}"#), "");
        assert_eq!(said("application/pdf", "application/xml", disposition, "<a/>"), "");
        assert!(said("*/*", JSON, disposition, r#"{"error": "no"}"#).contains(REPORT));
    }
    for disposition in ["", "inline", "form-data; attachment"] {
        assert!(said("*/*", "text/html", disposition, "<html>").contains(PAGE), "{disposition}");
        assert!(said("application/pdf", JSON, disposition, "{}").contains("JSON came"));
    }
}

#[test]
fn where_cases_decide_a_value_or_a_file_is_refused_as_the_document_has_one() {
    hold(
        Reading::ByCase,
        &[
            (JSON, "application/pdf", "%PDF", FILE),
            (JSON, "text/html", "<html>", PAGE),
            ("application/pdf", JSON, r#"{"a": 1}"#, "JSON came"),
            ("application/pdf", "text/plain", "<html>", PAGE),
            ("application/pdf, application/json", "application/xml", "<a/>", FILE),
        ],
    );
    hold(
        Reading::ByMediaType,
        &[
            (JSON, "application/pdf", "%PDF", FILE),
            ("application/pdf", JSON, r#"{"a": 1}"#, "JSON came"),
            ("application/pdf", "application/xml", "<a/>", "XML came"),
        ],
    );
    hold(Reading::ByStatus, &[(JSON, "text/html", "<html>", PAGE), (JSON, "text/html", "{}", "")]);
}

#[test]
fn a_part_is_refused_where_the_whole_was_asked_for() {
    let of_part = |reading, part, status| {
        let asked = Asked { part, ..asked("application/pdf", reading) };
        of(asked.check(status, &headers("text/html", ""), b"<html>", true))
    };
    let partial = StatusCode::PARTIAL_CONTENT;
    for reading in [Reading::File, Reading::Whole, Reading::ByMediaType] {
        assert!(of_part(reading, false, partial).contains("a part of the content came"));
        assert_eq!(of_part(reading, true, partial), "", "its bytes say nothing of the whole");
    }
    for reading in [Reading::ByStatus, Reading::ByCase] {
        assert!(of_part(reading, false, partial).contains(PAGE));
    }
    assert!(of_part(Reading::File, true, StatusCode::OK).contains(PAGE));
}

#[test]
fn a_file_is_refused_where_the_status_brings_none() {
    let said = |reading, status: u16, came, body: &[u8]| {
        let status = StatusCode::from_u16(status).unwrap();
        of(asked("application/pdf", reading).check(status, &headers(came, ""), body, true))
    };
    for status in [204, 205, 202] {
        assert!(said(Reading::File, status, "", b"").contains("no file came"), "{status}");
        assert_eq!(said(Reading::Whole, status, "", b""), "");
    }
    assert_eq!(said(Reading::File, 202, "", b"%PDF"), "");
    assert_eq!(said(Reading::File, 202, "application/pdf", b""), "");
    assert_eq!(said(Reading::File, 200, "", b""), "");
    assert_eq!(said(Reading::File, 201, "", b""), "");
}

#[test]
fn an_encoding_is_refused_that_nobody_has_asked_for() {
    let said = |coding: &'static str, asked: &Asked<'_>, body: &[u8], complete| {
        let mut headers = headers(JSON, "");
        headers.append(CONTENT_ENCODING, HeaderValue::from_static(coding));
        of(asked.check(StatusCode::OK, &headers, body, complete))
    };
    let plain = asked(JSON, Reading::Whole);
    for coding in ["gzip", "identity, br", "zstd"] {
        let said = said(coding, &plain, b"{}", true);
        assert!(
            said.contains(&format!("encoded as `{coding}`, which was not asked for")),
            "{said}"
        );
    }
    for coding in ["", "identity", " Identity , identity"] {
        assert_eq!(said(coding, &plain, b"{}", true), "");
    }
    let encodings = Asked { encodings: true, ..asked(JSON, Reading::Whole) };
    assert_eq!(said("gzip", &encodings, b"{}", true), "");
    // Where there is no content, nothing is encoded.
    assert_eq!(said("gzip", &plain, b"", true), "");
    assert_ne!(said("gzip", &plain, b"", false), "");
    let head = Asked { method: &HEAD, ..asked(JSON, Reading::Whole) };
    assert_eq!(said("gzip", &head, b"{}", true), "");
}

#[test]
fn the_headers_of_a_page_are_all_that_is_asked_for_with_head() {
    let head = Asked { method: &HEAD, ..asked(JSON, Reading::Whole) };
    assert_eq!(refused(&head, &headers("application/pdf", ""), ""), "");
}

#[test]
fn what_was_expected_is_listed_once() {
    let of = |media_types| Asked { media_types, ..asked("", Reading::Whole) }.expected();
    assert_eq!(of(["", "", ""]), "no content was expected");
    assert_eq!(of([JSON, "", ""]), "application/json was expected");
    let several = [JSON, "text/csv;q=0.5, application/json", "text/csv"];
    assert_eq!(of(several), "application/json or text/csv was expected");
}

#[test]
fn an_error_is_told_by_its_first_words() {
    let reported = |json: &str| asked("", Reading::Whole).reported(json.as_bytes());
    for (json, told) in [
        (r#"{"code": "E1"}"#, "E1"),
        (r#"{"error": null, "title": null, "message": "no\nway"}"#, "no way"),
        (r#"{"errors": [1]}"#, "[1]"),
        (r#"{"error": {"other": 1}}"#, r#"{"other":1}"#),
    ] {
        let expected = format!("JSON came that reports an error: {told}");
        assert_eq!(reported(json), Some(expected), "{json}");
    }
    for json in [r#"{"errors": 1}"#, r#"[{"message": "no"}]"#, r#"{"message": null}"#, "{", ""] {
        assert_eq!(reported(json), None, "{json}");
    }
}

#[test]
fn more_of_a_body_is_waited_for_only_where_it_can_decide() {
    let needed = |documented, reading, came, first: &str| {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(came))]);
        asked(documented, reading).needed(&headers, first.as_bytes())
    };
    for first in ["", "{\"a\": 1", " <html", "\u{feff}{"] {
        assert_eq!(needed("application/pdf", Reading::File, "text/plain", first), LOOKED_AT);
        assert_eq!(needed("application/pdf", Reading::Stream, "text/plain", first), 0);
    }
    assert_eq!(needed("application/pdf", Reading::File, "text/plain", "id,name"), 0);
    assert_eq!(needed("application/pdf", Reading::File, "application/pdf", "{"), 0);
    assert_eq!(needed("application/pdf", Reading::File, "application/json", "id"), LOOKED_AT);
    assert_eq!(needed("application/json", Reading::File, "application/json", "{"), 0);
    assert_eq!(needed("application/pdf", Reading::Whole, "application/json", "{"), 0);
}
