//! The file name in a `Content-Disposition` header.
//!
//! Takes the header as received and returns the server's name, unchanged. `file_name` makes it safe
//! for use on disk.

use percent_encoding::percent_decode_str;

/// Returns the file name of a `Content-Disposition` header (RFC 6266); `filename*` precedes
/// `filename`.
///
/// Invalid headers are tolerated. The reports API documents its header as
/// `attachment;filename=\"fileName"`, with a backslash before the first quote only, which matches
/// no grammar.
pub(super) fn parse(header: &[u8]) -> Option<String> {
    let header = String::from_utf8_lossy(header);
    let mut plain = None;
    for (name, value) in parameters(&header) {
        match name.to_ascii_lowercase().as_str() {
            "filename*" => {
                if let Some(value) = extended(&value) {
                    return Some(value);
                }
            }
            "filename" => plain = plain.or(Some(value)),
            _ => {}
        }
    }
    plain.filter(|name| !name.is_empty())
}

/// Returns the parameters of a header value, without quotes and escapes.
fn parameters(header: &str) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    let mut rest = header.split_once(';').map_or("", |(_, rest)| rest);
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches(|c: char| c == ';' || c.is_whitespace()).to_owned();
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix("\\\"").or_else(|| after.strip_prefix('"')) {
            Some(quoted) => unquote(quoted),
            None => {
                let (value, next) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), next)
            }
        };
        parameters.push((name, value));
        rest = next;
    }
    parameters
}

/// Returns the string up to the closing quote, and the rest of the header.
fn unquote(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => match characters.next() {
                // A backslash before the last quote closes a value that began with one.
                Some((at, '"')) if quoted[at + 1..].trim_start().is_empty() => return (value, ""),
                Some((_, escaped)) => value.push(escaped),
                None => {}
            },
            other => value.push(other),
        }
    }
    (value, "")
}

/// Decodes an extended value (RFC 8187), as in `UTF-8''na%C3%AFve.csv`.
fn extended(value: &str) -> Option<String> {
    let mut parts = value.splitn(3, '\'');
    let (charset, _language, text) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" => String::from_utf8(bytes).ok(),
        "iso-8859-1" => Some(bytes.into_iter().map(char::from).collect()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_headers_are_tolerated() {
        let name = |header: &str| parse(header.as_bytes()).unwrap_or_default();
        assert_eq!(name("attachment; filename=report.csv"), "report.csv");
        assert_eq!(name(r#"attachment; filename="a report.csv"; size=3"#), "a report.csv");
        assert_eq!(name(r#"attachment; filename="a \"b\".csv""#), r#"a "b".csv"#);
        assert_eq!(name(r#"attachment;filename=\"fileName""#), "fileName");
        assert_eq!(name(r#"attachment;filename=\"fileName\""#), "fileName");
        assert_eq!(name(r#"ATTACHMENT; FileName="x.csv""#), "x.csv");
        assert_eq!(
            name("attachment; filename=x.csv; filename*=UTF-8''na%C3%AFve%20name.csv"),
            "naïve name.csv"
        );
        assert_eq!(name("attachment; filename*=UTF-8''%FF; filename=x.csv"), "x.csv");
        assert_eq!(name("attachment; filename*=iso-8859-1'en'%A3.csv"), "£.csv");
        for nothing in
            ["attachment", "", "attachment; filename=", r#"attachment; filename=""#, ";;;=;"]
        {
            assert_eq!(name(nothing), "", "{nothing}");
        }
    }
}
