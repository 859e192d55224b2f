//! Fetching the rest of a file whose body broke off.
//!
//! Takes the headers of the response that broke off and how many bytes have arrived. Says what to ask
//! for (`Range` and `If-Range`; RFC 9110, sections 13.1.5 and 14.2), and what a response to that is:
//! the rest, the whole once more, or something else. ResponseFuture and reading are left to others.

use http::StatusCode;
use http::header::{
    ACCEPT_RANGES, CONTENT_RANGE, CONTENT_TYPE, DATE, ETAG, HeaderMap, HeaderValue, IF_RANGE,
    LAST_MODIFIED, RANGE,
};

use crate::runtime::media_type;

/// What proves that two responses have the same bytes (RFC 9110, section 8.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Validator {
    /// A strong entity tag.
    Tag(HeaderValue),
    /// A date that is as good as one.
    Date(HeaderValue),
}

impl Validator {
    /// The strong validator of a response, if it has one. A date counts only without any entity tag,
    /// and if the content had not changed for a second when it was sent (sections 8.8.2.2, 13.1.5).
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

    /// Whether a part says that it is of something else. It need not say anything: the server has
    /// compared the validator, or it would have sent the whole.
    fn is_contradicted(&self, part: &HeaderMap) -> bool {
        let name = match self {
            Self::Tag(_) => ETAG,
            Self::Date(_) => LAST_MODIFIED,
        };
        part.get_all(name).iter().any(|value| value != self.value())
    }
}

/// What is known of a file that is being fetched.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) validator: Option<Validator>,
    /// How many bytes there are, if the server has said so.
    pub(super) total: Option<u64>,
    /// Whether parts can be asked for.
    pub(super) ranges: bool,
    media_type: Option<String>,
}

/// What a response is to somebody who has the first bytes already.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Continuation {
    /// The bytes that are missing.
    Rest,
    /// The same bytes from the beginning.
    Same,
    /// Perhaps other bytes, from the beginning.
    Another,
    /// Nothing is missing.
    Complete,
    /// Nothing that fits.
    Unfit,
}

impl Known {
    /// What the headers of a whole response say. `total`: its length.
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

    /// Asks for what is behind the bytes that have arrived, or for the whole.
    pub(super) fn ask(&self, headers: &mut HeaderMap, arrived: u64) -> bool {
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

    /// What a response is.
    pub(super) fn judge(
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
                // Without a length nothing would tell the end of the part from that of the file.
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

    /// A file that was csv does not become something else while it is fetched.
    fn is_of_other_type(&self, headers: &HeaderMap) -> bool {
        headers.contains_key(CONTENT_TYPE)
            && media_type::of(headers).map(str::to_ascii_lowercase) != self.media_type
    }

    /// Learns the length from a part.
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
    /// The range that headers name, if they name one and no other.
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
    fn ranges_are_read_strictly() {
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
    fn responses_are_judged_by_what_is_known() {
        let first = headers(&[("etag", "\"a\""), ("content-type", "application/csv")]);
        let known = Known::of(&first, Some(10));
        let judge = |status, pairs: &[_]| {
            known.judge(StatusCode::from_u16(status).unwrap(), &headers(pairs), 4)
        };
        let range = |value| ("content-range", value);
        use Continuation::{Another, Complete, Rest, Same, Unfit};
        assert_eq!(judge(206, &[range("bytes 4-9/10")]), Rest);
        assert_eq!(judge(206, &[range("bytes 4-7/10"), ("etag", "\"a\"")]), Rest);
        assert_eq!(judge(206, &[range("bytes 4-9/*")]), Rest);
        assert_eq!(judge(206, &[range("bytes 4-9/10"), ("etag", "\"b\"")]), Unfit);
        assert_eq!(judge(206, &[range("bytes 4-10/11")]), Unfit);
        assert_eq!(judge(206, &[range("bytes 3-9/10")]), Unfit);
        assert_eq!(judge(206, &[range("bytes 5-9/10")]), Unfit);
        assert_eq!(judge(206, &[("content-type", "multipart/byteranges")]), Unfit);
        assert_eq!(judge(416, &[range("bytes */4")]), Unfit, "ten were announced");
        assert_eq!(judge(416, &[range("bytes */3")]), Unfit);
        assert_eq!(judge(416, &[]), Unfit);
        assert_eq!(judge(200, &[("etag", "\"a\"")]), Same);
        assert_eq!(judge(200, &[("etag", "\"b\"")]), Another);
        assert_eq!(judge(200, &[("etag", "W/\"a\"")]), Another);
        assert_eq!(judge(200, &[]), Another);
        assert_eq!(judge(200, &[("content-type", "text/plain")]), Unfit);
        let unknown = Known::of(&first, None);
        for (value, expected) in [
            ("bytes 4-9/10", Rest),
            ("bytes 4-9/*", Unfit),
            ("bytes 4-18446744073709551615/*", Unfit),
        ] {
            let part = headers(&[range(value)]);
            assert_eq!(unknown.judge(StatusCode::PARTIAL_CONTENT, &part, 4), expected, "{value}");
        }
        assert_eq!(judge(206, &[range("bytes 4-10/*")]), Unfit, "ten were announced");
        let end = headers(&[range("bytes */4")]);
        assert_eq!(unknown.judge(StatusCode::RANGE_NOT_SATISFIABLE, &end, 4), Complete);
    }

    #[test]
    fn a_part_is_asked_for_only_where_it_can_be_checked() {
        let ask = |pairs: &[_], arrived| {
            let mut asked = headers(&[("range", "old"), ("if-range", "old")]);
            let part = Known::of(&headers(pairs), None).ask(&mut asked, arrived);
            assert_eq!(part, asked.contains_key(RANGE));
            assert_eq!(part, asked.contains_key(IF_RANGE));
            asked.get(RANGE).map(|range| range.to_str().unwrap().to_owned())
        };
        assert_eq!(ask(&[("etag", "\"a\"")], 4).as_deref(), Some("bytes=4-"));
        assert_eq!(ask(&[("etag", "\"a\"")], 0), None);
        assert_eq!(ask(&[("etag", "W/\"a\"")], 4), None);
        assert_eq!(ask(&[], 4), None);
        assert_eq!(ask(&[("etag", "\"a\""), ("accept-ranges", "none")], 4), None);
    }
}
