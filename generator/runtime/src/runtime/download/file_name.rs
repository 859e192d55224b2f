//! The name of a file, as a server gives it and as a disk may have it.

use percent_encoding::percent_decode_str;

use super::FileKind;

/// The longest name, in bytes, that is left of a longer one. Most file systems allow 255; a part of
/// that is for the ending of the file that is being written.
const LONGEST: usize = 200;

/// The file name in a `Content-Disposition` header (RFC 6266): `filename*` before `filename`.
///
/// Read generously. The header of the reports API is documented as
/// `attachment;filename=\"fileName"`, with a backslash before the first quote and none before the
/// second, which no grammar covers.
pub(super) fn given(header: &[u8]) -> Option<String> {
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

/// The parameters of a header value, quoted or not, with escapes taken back.
fn parameters(header: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
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
        found.push((name, value));
        rest = next;
    }
    found
}

/// The text up to the closing quote, and what follows it.
fn unquote(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => match characters.next() {
                // A backslash before the last quote closes a value that was opened with one.
                Some((at, '"')) if quoted[at + 1..].trim_start().is_empty() => return (value, ""),
                Some((_, escaped)) => value.push(escaped),
                None => {}
            },
            other => value.push(other),
        }
    }
    (value, "")
}

/// A value in the extended notation (RFC 8187), as in `UTF-8''na%C3%AFve.csv`.
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

/// A name that is safe in any directory of any system.
pub(super) fn safe(given: Option<&str>, kind: FileKind) -> String {
    // Directories in the name are dropped, not spelled out: what counts is the file's own name.
    let own = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = own.chars().map(|c| if is_harmless(c) { c } else { '_' }).collect();
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let mut name = match clean {
        "" => "download".to_owned(),
        device if is_device(device) => format!("_{device}"),
        other => other.to_owned(),
    };
    if let (false, Some(extension)) = (has_extension(&name), kind.extension()) {
        name = format!("{name}.{extension}");
    }
    shorten(name)
}

/// Letters and signs that mean nothing to a file system, a shell's listing or a terminal.
fn is_harmless(c: char) -> bool {
    let reserved = r#"<>:"/\|?*"#.contains(c);
    // Marks that turn the direction of text make `fdp.exe` out of `exe.pdf` on a screen.
    let invisible = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !reserved && !invisible && !c.is_control()
}

/// The names of devices on Windows, which they are with any ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    match stem.as_str() {
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" => true,
        other => {
            let number = other.strip_prefix("COM").or_else(|| other.strip_prefix("LPT"));
            number.is_some_and(|number| {
                number.chars().count() == 1 && "0123456789¹²³".contains(number)
            })
        }
    }
}

fn has_extension(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && (1..=8).contains(&extension.len())
            && extension.chars().all(|c| c.is_ascii_alphanumeric())
    })
}

/// Cuts a long name before its ending, between characters.
fn shorten(name: String) -> String {
    if name.len() <= LONGEST {
        return name;
    }
    let (stem, extension) = match name.rsplit_once('.').filter(|_| has_extension(&name)) {
        Some((stem, extension)) => (stem, format!(".{extension}")),
        None => (name.as_str(), String::new()),
    };
    let room = LONGEST - extension.len();
    let end = (0..=room).rev().find(|end| stem.is_char_boundary(*end)).unwrap_or_default();
    format!("{}{extension}", &stem[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_generously() {
        let name = |header: &str| given(header.as_bytes()).unwrap_or_default();
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

    #[test]
    fn names_on_disk_are_harmless() {
        let cases = [
            ("report.csv", "report.csv"),
            ("../../etc/passwd", "passwd.csv"),
            (r"..\..\boot.ini", "boot.ini"),
            ("..", "download.csv"),
            (".", "download.csv"),
            ("", "download.csv"),
            ("a/", "download.csv"),
            (".bashrc", "bashrc.csv"),
            ("con", "_con.csv"),
            ("Com1.txt", "_Com1.txt"),
            ("LPT¹.csv", "_LPT¹.csv"),
            ("company.csv", "company.csv"),
            ("a\r\nb\0c.csv", "a__b_c.csv"),
            ("C:evil?.csv", "C_evil_.csv"),
            ("exe.\u{202e}fdp", "exe._fdp.csv"),
            ("trailing. . .", "trailing.csv"),
            ("Ünïcödé 报告.pdf", "Ünïcödé 报告.pdf"),
            ("Version 1.2 of it", "Version 1.2 of it.csv"),
        ];
        for (given, expected) in cases {
            assert_eq!(safe(Some(given), FileKind::Csv), expected, "{given:?}");
        }
        assert_eq!(safe(None, FileKind::Other), "download");
    }

    #[test]
    fn long_names_keep_their_ending() {
        let name = safe(Some(&format!("{}.csv", "é".repeat(300))), FileKind::Csv);
        assert!(name.len() <= LONGEST && name.ends_with("é.csv"), "{name}");
    }
}
