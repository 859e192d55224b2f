//! Media types (RFC 9110, section 8.3.1), and the choice of a documented response.

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap};

use super::Statuses;

/// A documented response (OpenAPI 3.0, Responses Object and Media Type Object).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResponseCase {
    /// The statuses of the response.
    pub statuses: Statuses,
    /// The media type or media type range (`text/*`, `*/*`). `None` for a response without a body.
    pub media_type: Option<&'static str>,
}

/// Returns the media type in the headers, without parameters.
pub(crate) fn of(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(essence(value)).filter(|media_type| !media_type.is_empty())
}

/// Returns a media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// Returns whether a media type is JSON (RFC 8259; RFC 6839, section 3.1).
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type).to_ascii_lowercase();
    matches!(essence.as_str(), "application/json" | "text/json") || essence.ends_with("+json")
}

/// Returns whether a media type is a sequence of items: server-sent events, or JSON lines.
pub(crate) fn is_sequence(media_type: &str) -> bool {
    let sequences = [
        "text/event-stream",
        "application/jsonl",
        "application/x-jsonl",
        "application/x-ndjson",
        "application/ndjson",
        JSON_SEQUENCE,
    ];
    sequences.iter().any(|sequence| essence(media_type).eq_ignore_ascii_case(sequence))
}

/// JSON text sequences (RFC 7464).
pub(crate) const JSON_SEQUENCE: &str = "application/json-seq";

/// Chooses the case of a response. The status is compared first: a code precedes a range, which
/// precedes the default. Then the media type: the type itself precedes `text/*`, which precedes
/// `*/*`. If a status has a single case, the media type is not compared.
pub(crate) fn choose(
    status: StatusCode,
    media_type: Option<&str>,
    cases: &[ResponseCase],
) -> Option<usize> {
    let precise = |(_, case): &(usize, &ResponseCase)| case.statuses.precision();
    let fitting = || cases.iter().enumerate().filter(|(_, case)| case.statuses.contain(status));
    let best = fitting().map(|case| precise(&case)).max()?;
    let of_status: Vec<(usize, &ResponseCase)> =
        fitting().filter(|case| precise(case) == best).collect();
    if let [(only, _)] = of_status.as_slice() {
        return Some(*only);
    }
    let ranked = of_status.iter().filter_map(|(index, case)| {
        Some((fit(case.media_type, media_type)?, std::cmp::Reverse(*index)))
    });
    ranked.max().map(|(_, index)| index.0)
}

/// Returns how well the media type of a case matches that of a response: 0 for `*/*`, 1 for a range
/// such as `text/*`, and more for the type itself.
pub(crate) fn fit(case: Option<&str>, response: Option<&str>) -> Option<u8> {
    let (case, response) = match (case, response) {
        (None, None) => return Some(3),
        (Some(case), Some(response)) => (essence(case), essence(response)),
        (Some(_), None) | (None, Some(_)) => return None,
    };
    if case.eq_ignore_ascii_case(response) {
        return Some(2);
    }
    match case.strip_suffix("/*") {
        Some("*") => Some(0),
        Some(range) => {
            let (kind, _) = response.split_once('/')?;
            kind.eq_ignore_ascii_case(range).then_some(1)
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(status: u16, media_type: Option<&str>) -> Option<usize> {
        let case = |statuses, media_type| ResponseCase { statuses, media_type };
        let cases = [
            case(Statuses::Default, Some("application/json")),
            case(Statuses::Class(2), Some("text/plain")),
            case(Statuses::Code(200), Some("*/*")),
            case(Statuses::Code(200), Some("text/*")),
            case(Statuses::Code(200), Some("application/json; charset=utf-8")),
            case(Statuses::Code(200), Some("application/vnd.x+json")),
            case(Statuses::Code(202), Some("application/json")),
            case(Statuses::Code(202), None),
        ];
        choose(StatusCode::from_u16(status).unwrap(), media_type, &cases)
    }

    #[test]
    fn the_status_precedes_the_media_type() {
        assert_eq!(chosen(200, Some("Application/JSON; a=b")), Some(4));
        assert_eq!(chosen(200, Some("application/vnd.x+json")), Some(5));
        assert_eq!(chosen(200, Some("application/problem+json")), Some(2));
        assert_eq!(chosen(200, Some("text/csv")), Some(3));
        assert_eq!(chosen(200, None), None);
        assert_eq!(chosen(201, Some("application/json")), Some(1));
        assert_eq!(chosen(202, None), Some(7));
        assert_eq!(chosen(202, Some("text/plain")), None);
        assert_eq!(chosen(301, Some("image/png")), Some(0));
        assert_eq!(choose(StatusCode::OK, None, &[]), None);
    }
}
