//! Decides how to resume a download that broke off.
//!
//! Takes the headers of the first response and the number of received bytes. Returns the headers of
//! the next request (`Range` and `If-Range`; RFC 9110, sections 13.1.5 and 14.2), and whether its
//! response is the rest, the whole file again, or something else. Sending and reading are left to
//! `body`.

use http::StatusCode;
use http::header::{
    ACCEPT_RANGES, CONTENT_RANGE, CONTENT_TYPE, DATE, ETAG, HeaderMap, HeaderValue, IF_RANGE,
    LAST_MODIFIED, RANGE,
};

use crate::runtime::media_type;

/// The proof that two responses have the same content (RFC 9110, section 8.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Validator {
    /// A strong entity tag.
    Tag(HeaderValue),
    /// A modification date that is a strong validator.
    Date(HeaderValue),
}

impl Validator {
    /// Returns the strong validator of a response, if it has one. A date is used only without an
    /// entity tag, and if the content was at least one second old (sections 8.8.2.2 and 13.1.5).
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        if let Some(tag) = headers.get(ETAG) {
            let text = tag.as_bytes();
            let is_strong = text.len() >= 2 && text.starts_with(b"\"") && text.ends_with(b"\"");
            return is_strong.then(|| Self::Tag(tag.clone()));
        }
        let modified = headers.get(LAST_MODIFIED)?;
        let time = |value: &HeaderValue| httpdate::parse_http_date(value.to_str().ok()?).ok();
        let age = time(headers.get(DATE)?)?.duration_since(time(modified)?).ok()?;
        (age.as_secs() >= 1).then(|| Self::Date(modified.clone()))
    }

    fn value(&self) -> &HeaderValue {
        match self {
            Self::Tag(value) | Self::Date(value) => value,
        }
    }

    /// Returns whether a partial response belongs to another version. It may omit the validator,
    /// because the server has compared it already.
    fn is_contradicted(&self, part: &HeaderMap) -> bool {
        let name = match self {
            Self::Tag(_) => ETAG,
            Self::Date(_) => LAST_MODIFIED,
        };
        part.get_all(name).iter().any(|value| value != self.value())
    }
}

/// The known facts about a file that is being downloaded.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) validator: Option<Validator>,
    /// The size of the file in bytes, if the server announced it.
    pub(super) total: Option<u64>,
    /// Whether ranges can be requested.
    pub(super) ranges: bool,
    media_type: Option<String>,
}

/// The relation of a response to the bytes that were received before.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Continuation {
    /// The missing bytes.
    Rest,
    /// The same file from the beginning.
    Same,
    /// Possibly another version of the file, from the beginning.
    Another,
    /// No bytes are missing.
    Complete,
    /// An unusable response.
    Unfit,
}

impl Known {
    /// Reads the headers of a full response of the given length.
    pub(super) fn of(headers: &HeaderMap, total: Option<u64>) -> Self {
        let none =
            |value: &HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"none");
        Self {
            validator: Validator::of(headers),
            total,
            ranges: !headers.get(ACCEPT_RANGES).is_some_and(none),
            media_type: media_type::of(headers).map(str::to_ascii_lowercase),
        }
    }

    /// Requests the bytes after those received, or the whole file. Returns whether a range is
    /// requested.
    pub(super) fn set_range(&self, headers: &mut HeaderMap, arrived: u64) -> bool {
        headers.remove(RANGE);
        headers.remove(IF_RANGE);
        let Some(validator) = self.validator.as_ref().filter(|_| self.ranges && arrived > 0) else {
            return false;
        };
        let Ok(range) = HeaderValue::try_from(format!("bytes={arrived}-")) else { return false };
        headers.insert(RANGE, range);
        headers.insert(IF_RANGE, validator.value().clone());
        true
    }

    /// Classifies a response.
    pub(super) fn classify(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        arrived: u64,
    ) -> Continuation {
        let range = Range::of(headers);
        let fits =
            |total: Option<u64>| total.is_none() || self.total.is_none() || total == self.total;
        let contradicted =
            self.validator.as_ref().is_some_and(|validator| validator.is_contradicted(headers));
        match (status, range) {
            (StatusCode::PARTIAL_CONTENT, Some(Range::Part { start, end, total }))
                if start == arrived
                    && end >= start
                    && fits(total)
                    && total.or(self.total).is_some_and(|total| end < total)
                    && !contradicted =>
            {
                // Without the total length, the end of the range could not be verified.
                Continuation::Rest
            }
            (StatusCode::RANGE_NOT_SATISFIABLE, Some(Range::Total(total)))
                if total == arrived && fits(Some(total)) && !contradicted =>
            {
                Continuation::Complete
            }
            (StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE, _) => {
                Continuation::Unfit
            }
            _ if self.validator.is_some() && Validator::of(headers) == self.validator => {
                Continuation::Same
            }
            _ if self.is_of_other_type(headers) => Continuation::Unfit,
            _ => Continuation::Another,
        }
    }

    /// Returns whether the media type has changed, as for an error page.
    fn is_of_other_type(&self, headers: &HeaderMap) -> bool {
        headers.contains_key(CONTENT_TYPE)
            && media_type::of(headers).map(str::to_ascii_lowercase) != self.media_type
    }

    /// Learns the length from a partial response.
    pub(super) fn learn(&mut self, part: &HeaderMap) {
        if let Some(Range::Part { total, .. }) = Range::of(part) {
            self.total = self.total.or(total);
        }
    }
}

/// A `Content-Range` in bytes (RFC 9110, section 14.4).
#[derive(Debug, PartialEq, Eq)]
enum Range {
    Part { start: u64, end: u64, total: Option<u64> },
    Total(u64),
}

impl Range {
    /// Parses the header, if there is exactly one.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let mut ranges = headers.get_all(CONTENT_RANGE).iter();
        match (ranges.next(), ranges.next()) {
            (Some(range), None) => Self::read(range.to_str().ok()?),
            (_, _) => None,
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (unit, range) = text.trim().split_once(' ')?;
        let (range, total) = range.trim().split_once('/')?;
        let total = match total {
            "*" => None,
            total => Some(total.parse().ok()?),
        };
        if !unit.eq_ignore_ascii_case("bytes") {
            return None;
        }
        if range == "*" {
            return total.map(Self::Total);
        }
        let (start, end) = range.split_once('-')?;
        let (start, end) = (start.parse().ok()?, end.parse().ok()?);
        total.is_none_or(|total| end < total).then_some(Self::Part { start, end, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect::<HeaderMap>()
    }

    const MODIFIED: (&str, &str) = ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT");

    #[test]
    fn only_strong_validators_count() {
        let of = |pairs: &[_]| Validator::of(&headers(pairs));
        let tag = |text| Some(Validator::Tag(HeaderValue::from_static(text)));
        assert_eq!(of(&[("etag", "\"a\"")]), tag("\"a\""));
        assert_eq!(of(&[("etag", "\"a\""), MODIFIED]), tag("\"a\""));
        for weak in ["W/\"a\"", "a", "\"", ""] {
            let later = ("date", "Sun, 06 Nov 1994 09:49:37 GMT");
            assert_eq!(of(&[("etag", weak), MODIFIED, later]), None, "{weak}");
        }
        let date = Some(Validator::Date(HeaderValue::from_static(MODIFIED.1)));
        assert_eq!(of(&[MODIFIED, ("date", "Sun, 06 Nov 1994 08:49:38 GMT")]), date);
        assert_eq!(of(&[MODIFIED, ("date", "Sun, 06 Nov 1994 08:49:37 GMT")]), None);
        assert_eq!(of(&[MODIFIED, ("date", "Sun, 06 Nov 1994 08:00:00 GMT")]), None);
        assert_eq!(of(&[MODIFIED]), None);
        assert_eq!(of(&[("last-modified", "soon"), ("date", MODIFIED.1)]), None);
    }

    #[test]
    fn invalid_content_ranges_are_rejected() {
        let part = |start, end, total| Some(Range::Part { start, end, total });
        assert_eq!(Range::read("bytes 2-9/10"), part(2, 9, Some(10)));
        assert_eq!(Range::read("Bytes 2-9/*"), part(2, 9, None));
        assert_eq!(Range::read("bytes */10"), Some(Range::Total(10)));
        for wrong in [
            "",
            "bytes",
            "bytes 2-9",
            "bytes 2-10/10",
            "items 2-9/10",
            "bytes -9/10",
            "bytes */*",
            "bytes 2-9/x",
            "bytes 99999999999999999999-9/10",
        ] {
            assert_eq!(Range::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn responses_are_classified_by_the_known_facts() {
        let first = headers(&[("etag", "\"a\""), ("content-type", "application/csv")]);
        let known = Known::of(&first, Some(10));
        let classify = |status, pairs: &[_]| {
            known.classify(StatusCode::from_u16(status).unwrap(), &headers(pairs), 4)
        };
        let range = |value| ("content-range", value);
        use Continuation::{Another, Complete, Rest, Same, Unfit};
        assert_eq!(classify(206, &[range("bytes 4-9/10")]), Rest);
        assert_eq!(classify(206, &[range("bytes 4-7/10"), ("etag", "\"a\"")]), Rest);
        assert_eq!(classify(206, &[range("bytes 4-9/*")]), Rest);
        assert_eq!(classify(206, &[range("bytes 4-9/10"), ("etag", "\"b\"")]), Unfit);
        assert_eq!(classify(206, &[range("bytes 4-10/11")]), Unfit);
        assert_eq!(classify(206, &[range("bytes 3-9/10")]), Unfit);
        assert_eq!(classify(206, &[range("bytes 5-9/10")]), Unfit);
        assert_eq!(classify(206, &[("content-type", "multipart/byteranges")]), Unfit);
        assert_eq!(classify(416, &[range("bytes */4")]), Unfit, "ten were announced");
        assert_eq!(classify(416, &[range("bytes */3")]), Unfit);
        assert_eq!(classify(416, &[]), Unfit);
        assert_eq!(classify(200, &[("etag", "\"a\"")]), Same);
        assert_eq!(classify(200, &[("etag", "\"b\"")]), Another);
        assert_eq!(classify(200, &[("etag", "W/\"a\"")]), Another);
        assert_eq!(classify(200, &[]), Another);
        assert_eq!(classify(200, &[("content-type", "text/plain")]), Unfit);
        let unknown = Known::of(&first, None);
        for (value, expected) in [
            ("bytes 4-9/10", Rest),
            ("bytes 4-9/*", Unfit),
            ("bytes 4-18446744073709551615/*", Unfit),
        ] {
            let part = headers(&[range(value)]);
            assert_eq!(
                unknown.classify(StatusCode::PARTIAL_CONTENT, &part, 4),
                expected,
                "{value}"
            );
        }
        assert_eq!(classify(206, &[range("bytes 4-10/*")]), Unfit, "ten were announced");
        let end = headers(&[range("bytes */4")]);
        assert_eq!(unknown.classify(StatusCode::RANGE_NOT_SATISFIABLE, &end, 4), Complete);
    }

    #[test]
    fn a_range_is_requested_only_with_a_strong_validator() {
        let range = |pairs: &[_], arrived| {
            let mut sent = headers(&[("range", "old"), ("if-range", "old")]);
            let part = Known::of(&headers(pairs), None).set_range(&mut sent, arrived);
            assert_eq!(part, sent.contains_key(RANGE));
            assert_eq!(part, sent.contains_key(IF_RANGE));
            sent.get(RANGE).map(|range| range.to_str().unwrap().to_owned())
        };
        assert_eq!(range(&[("etag", "\"a\"")], 4).as_deref(), Some("bytes=4-"));
        assert_eq!(range(&[("etag", "\"a\"")], 0), None);
        assert_eq!(range(&[("etag", "W/\"a\"")], 4), None);
        assert_eq!(range(&[], 4), None);
        assert_eq!(range(&[("etag", "\"a\""), ("accept-ranges", "none")], 4), None);
    }
}
