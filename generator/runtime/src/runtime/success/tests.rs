use http::HeaderValue;
use http::header::CONTENT_TYPE;

use super::*;

fn requested(media_types: &'static str, reading: Reading) -> Requested<'static> {
    let media_types = [media_types, "", ""];
    let errors = &ErrorFormat::COMMON;
    Requested { media_types, reading, method: Method::GET, part: false, encodings: false, errors }
}

/// Returns the headers of a response, except empty ones.
fn headers(media_type: &'static str, disposition: &'static str) -> HeaderMap {
    let all = [(CONTENT_TYPE, media_type), (CONTENT_DISPOSITION, disposition)];
    let present = all.into_iter().filter(|(_, value)| !value.is_empty());
    present.map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
}

/// Returns why a complete response with status 200 is rejected, or an empty string.
fn rejection(requested: &Requested<'_>, headers: &HeaderMap, body: &str) -> String {
    reason(requested.check(StatusCode::OK, headers, body.as_bytes(), true))
}

fn reason(outcome: Result<(), Mismatch>) -> String {
    outcome.map_or_else(|Mismatch(why)| why, |()| String::new())
}

/// The documented and the received media type, the body, and a part of the reason for its rejection.
type Row = (&'static str, &'static str, &'static str, &'static str);

fn check(reading: Reading, rows: &[Row]) {
    for (documented, received, body, why) in rows {
        let reason = rejection(&requested(documented, reading), &headers(received, ""), body);
        let case = format!("{documented}, {received}, {body}: {reason}");
        assert_eq!(reason.is_empty(), why.is_empty(), "{case}");
        assert!(reason.contains(why), "{case}");
    }
}

const JSON: &str = "application/json";
const PAGE: &str = "a web page";
const FILE: &str = "a file of another type";
const REPORT: &str = "JSON that reports an error: no";

#[test]
fn a_page_or_a_file_is_not_a_value() {
    check(
        Reading::Whole,
        &[
            (JSON, JSON, "{}", ""),
            (JSON, "application/problem+json", "{}", ""),
            (JSON, "text/html", "<html>", PAGE),
            (JSON, "application/xhtml+xml", "<html>", PAGE),
            (JSON, "TEXT/HTML; charset=utf-8", "<html>", PAGE),
            // Some servers send JSON, or nothing, as `text/html`.
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
fn a_page_or_an_error_is_not_text() {
    check(
        Reading::Whole,
        &[
            ("text/plain", "text/html", "<html>", PAGE),
            ("text/plain", "text/html", "{}", PAGE),
            // Without a media type, the content may be any text.
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
fn another_syntax_is_not_the_requested_stream() {
    const OTHER: &str = "content of another type";
    const LINES: &str = "application/x-ndjson";
    check(
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
fn a_page_or_an_error_is_not_a_file() {
    const PDF: &str = "application/pdf";
    const ERROR: &str = r#" {"message": "no"}"#;
    check(
        Reading::File,
        &[
            (PDF, PDF, "%PDF", ""),
            (PDF, "application/zip", "PK", ""),
            (PDF, "text/html", "", PAGE),
            (PDF, "text/plain", "<html>", PAGE),
            (PDF, "text/plain", "id,name", ""),
            (PDF, JSON, ERROR, REPORT),
            (PDF, JSON, r#"{"a": 1}"#, "but received JSON"),
            ("*/*", JSON, ERROR, REPORT),
            ("*/*", JSON, r#"{"a": 1}"#, ""),
            (PDF, "", ERROR, REPORT),
            (PDF, "text/plain", ERROR, REPORT),
            (PDF, "", r#"["message"]"#, ""),
            (PDF, "application/zip", ERROR, ""),
            (JSON, "", ERROR, ""),
            (PDF, "application/xml", "<a/>", "but received XML"),
            (PDF, "application/atom+xml", "<a/>", "but received XML"),
            ("application/octet-stream", "application/xml", "<a/>", ""),
            (PDF, "text/csv", "a,b", ""),
        ],
    );
    let part = reason(requested(PDF, Reading::File).check(
        StatusCode::OK,
        &headers("", ""),
        ERROR.as_bytes(),
        false,
    ));
    assert_eq!(part, "", "the rest may make it something else");
}

#[test]
fn an_attachment_is_a_file_of_any_type() {
    let result = |documented, came, disposition, body: &str| {
        rejection(&requested(documented, Reading::File), &headers(came, disposition), body)
    };
    for disposition in ["attachment", "Attachment; filename=a"] {
        assert_eq!(result("*/*", "text/html", disposition, "<html>"), "");
        assert!(result("application/pdf", "text/html", disposition, "<html>").contains(PAGE));
        assert_eq!(result("application/pdf", JSON, disposition, r#"{"a": 1}"#), "");
        assert_eq!(result("application/pdf", "application/xml", disposition, "<a/>"), "");
        assert!(result("*/*", JSON, disposition, r#"{"error": "no"}"#).contains(REPORT));
    }
    for disposition in ["", "inline", "form-data; attachment"] {
        assert!(result("*/*", "text/html", disposition, "<html>").contains(PAGE), "{disposition}");
        assert!(result("application/pdf", JSON, disposition, "{}").contains("but received JSON"));
    }
}

#[test]
fn if_cases_decide_the_documented_media_types_are_compared() {
    check(
        Reading::ByCase,
        &[
            (JSON, "application/pdf", "%PDF", FILE),
            (JSON, "text/html", "<html>", PAGE),
            ("application/pdf", JSON, r#"{"a": 1}"#, "but received JSON"),
            ("application/pdf", "text/plain", "<html>", PAGE),
            ("application/pdf, application/json", "application/xml", "<a/>", FILE),
        ],
    );
    check(
        Reading::ByMediaType,
        &[
            (JSON, "application/pdf", "%PDF", FILE),
            ("application/pdf", JSON, r#"{"a": 1}"#, "but received JSON"),
            ("application/pdf", "application/xml", "<a/>", "but received XML"),
        ],
    );
    check(Reading::ByStatus, &[(JSON, "text/html", "<html>", PAGE), (JSON, "text/html", "{}", "")]);
}

#[test]
fn a_part_is_not_the_whole() {
    let of_part = |reading, part, status| {
        let requested = Requested { part, ..requested("application/pdf", reading) };
        reason(requested.check(status, &headers("text/html", ""), b"<html>", true))
    };
    let partial = StatusCode::PARTIAL_CONTENT;
    for reading in [Reading::File, Reading::Whole, Reading::ByMediaType] {
        assert!(of_part(reading, false, partial).contains("a part of the content"));
        assert_eq!(of_part(reading, true, partial), "", "its bytes do not identify the whole");
    }
    for reading in [Reading::ByStatus, Reading::ByCase] {
        assert!(of_part(reading, false, partial).contains(PAGE));
    }
    assert!(of_part(Reading::File, true, StatusCode::OK).contains(PAGE));
}

#[test]
fn a_status_without_content_is_not_a_file() {
    let result = |reading, status: u16, came, body: &[u8]| {
        let status = StatusCode::from_u16(status).unwrap();
        reason(requested("application/pdf", reading).check(status, &headers(came, ""), body, true))
    };
    for status in [204, 205, 202] {
        assert!(result(Reading::File, status, "", b"").contains("received no file"), "{status}");
        assert_eq!(result(Reading::Whole, status, "", b""), "");
    }
    assert_eq!(result(Reading::File, 202, "", b"%PDF"), "");
    assert_eq!(result(Reading::File, 202, "application/pdf", b""), "");
    assert_eq!(result(Reading::File, 200, "", b""), "");
    assert_eq!(result(Reading::File, 201, "", b""), "");
}

#[test]
fn an_encoding_that_was_not_requested_is_rejected() {
    let result = |coding: &'static str, requested: &Requested<'_>, body: &[u8], complete| {
        let mut headers = headers(JSON, "");
        headers.append(CONTENT_ENCODING, HeaderValue::from_static(coding));
        reason(requested.check(StatusCode::OK, &headers, body, complete))
    };
    let plain = requested(JSON, Reading::Whole);
    for coding in ["gzip", "identity, br", "zstd"] {
        let message = result(coding, &plain, b"{}", true);
        assert!(
            message.contains(&format!("encoded as `{coding}`, which was not requested")),
            "{message}"
        );
    }
    for coding in ["", "identity", " Identity , identity"] {
        assert_eq!(result(coding, &plain, b"{}", true), "");
    }
    let encodings = Requested { encodings: true, ..requested(JSON, Reading::Whole) };
    assert_eq!(result("gzip", &encodings, b"{}", true), "");
    // Without content, nothing is encoded.
    assert_eq!(result("gzip", &plain, b"", true), "");
    assert_ne!(result("gzip", &plain, b"", false), "");
    let head = Requested { method: Method::HEAD, ..requested(JSON, Reading::Whole) };
    assert_eq!(result("gzip", &head, b"{}", true), "");
}

#[test]
fn a_response_to_head_has_no_content_to_check() {
    let head = Requested { method: Method::HEAD, ..requested(JSON, Reading::Whole) };
    assert_eq!(rejection(&head, &headers("application/pdf", ""), ""), "");
}

#[test]
fn each_expected_media_type_is_listed_once() {
    let of = |media_types| Requested { media_types, ..requested("", Reading::Whole) }.expected();
    assert_eq!(of(["", "", ""]), "expected no content");
    assert_eq!(of([JSON, "", ""]), "expected application/json");
    let several = [JSON, "text/csv;q=0.5, application/json", "text/csv"];
    assert_eq!(of(several), "expected application/json or text/csv");
}

#[test]
fn the_message_of_a_json_error_is_shown() {
    let reported = |json: &str| requested("", Reading::Whole).reported(json.as_bytes());
    for (json, message) in [
        (r#"{"code": "E1"}"#, "E1"),
        (r#"{"error": null, "title": null, "message": "no\nway"}"#, "no way"),
        (r#"{"errors": [1]}"#, "[1]"),
        (r#"{"error": {"other": 1}}"#, r#"{"other": 1}"#),
    ] {
        let expected = format!("JSON that reports an error: {message}");
        assert_eq!(reported(json), Some(expected), "{json}");
    }
    for json in [r#"{"errors": 1}"#, r#"[{"message": "no"}]"#, r#"{"message": null}"#, "{", ""] {
        assert_eq!(reported(json), None, "{json}");
    }
}

#[test]
fn more_bytes_are_read_only_if_they_can_decide() {
    let needed = |documented, reading, came, first: &str| {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(came))]);
        requested(documented, reading).needed(&headers, first.as_bytes())
    };
    for first in ["", "{\"a\": 1", " <html", "\u{feff}{"] {
        assert_eq!(needed("application/pdf", Reading::File, "text/plain", first), MAX_INSPECTED);
        assert_eq!(needed("application/pdf", Reading::Stream, "text/plain", first), 0);
    }
    assert_eq!(needed("application/pdf", Reading::File, "text/plain", "id,name"), 0);
    assert_eq!(needed("application/pdf", Reading::File, "application/pdf", "{"), 0);
    assert_eq!(needed("application/pdf", Reading::File, "application/json", "id"), MAX_INSPECTED);
    assert_eq!(needed("application/json", Reading::File, "application/json", "{"), 0);
    assert_eq!(needed("application/pdf", Reading::Whole, "application/json", "{"), 0);
}
