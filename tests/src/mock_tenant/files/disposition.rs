//! The `Content-Disposition` header of files.

use hyper::header::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The value of the header.
#[derive(Clone, Debug, Default)]
pub(in super::super) enum Disposition {
    /// The name of the report, or the requested name.
    #[default]
    OfReport,
    /// A fixed value for all files.
    Fixed(HeaderValue),
    /// No header.
    Absent,
}

/// The characters that are encoded in an extended parameter value (RFC 8187, `attr-char`).
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

/// Creates the header value for a file name. The name is not sanitized, even if it looks like a
/// path: the client must handle that. A name that is not ASCII is also sent in the extended
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
    // The value contains only printable ASCII, so it is always valid.
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
