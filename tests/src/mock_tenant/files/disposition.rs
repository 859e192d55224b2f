//! The `Content-Disposition` header: how a file is to be saved.

use hyper::header::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What the tenant puts into the header.
#[derive(Clone, Debug, Default)]
pub(in super::super) enum Disposition {
    /// The name of the report, or the one that was asked for.
    #[default]
    OfReport,
    /// This, whatever the file is.
    Fixed(HeaderValue),
    /// No header at all.
    Absent,
}

/// What may stand unencoded in an extended parameter value, by RFC 8187.
const EXTENDED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The header value for a file name. The name is passed on as it is, even if it looks like a path:
/// that is what a client has to be careful about. Letters beyond ASCII go into the extended
/// parameter.
pub(in super::super) fn attachment(file_name: &str) -> HeaderValue {
    let plain = |letter: char| {
        if letter == ' ' || letter.is_ascii_graphic() { letter } else { '_' }
    };
    let ascii: String = file_name.chars().map(plain).collect();
    let quoted = ascii.replace('\\', "\\\\").replace('"', "\\\"");
    let mut value = format!("attachment; filename=\"{quoted}\"");
    if ascii != file_name {
        value.push_str(&format!("; filename*=UTF-8''{}", utf8_percent_encode(file_name, EXTENDED)));
    }
    // Only printable ASCII is left, so the value is always a valid one.
    HeaderValue::from_str(&value).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_and_extended() {
        let value = |name| attachment(name).to_str().unwrap().to_owned();
        assert_eq!(value("A Report.csv"), "attachment; filename=\"A Report.csv\"");
        assert_eq!(value(r#"a"b\c.csv"#), r#"attachment; filename="a\"b\\c.csv""#);
        assert_eq!(
            value("é\n.csv"),
            "attachment; filename=\"__.csv\"; filename*=UTF-8''%C3%A9%0A.csv"
        );
        assert_eq!(value("../x.csv"), "attachment; filename=\"../x.csv\"");
    }
}
