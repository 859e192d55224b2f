//! Paths of files, as references contain them. Leaves the file system to [`crate::source`].

/// Returns whether a path begins with a scheme (RFC 3986, 3.1) or a host.
pub(crate) fn is_remote(path: &str) -> bool {
    let scheme = path.split_once(':').map(|(scheme, _)| scheme);
    path.starts_with("//")
        || scheme.is_some_and(|scheme| {
            scheme.len() > 1
                && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
        })
}

/// Returns whether a path is absolute on any system: it begins with a root or a drive.
pub(crate) fn is_absolute(path: &str) -> bool {
    let mut characters = path.chars();
    let drive = characters.next().is_some_and(|c| c.is_ascii_alphabetic());
    path.starts_with(['/', '\\']) || (drive && characters.next() == Some(':'))
}

/// Resolves a path that is relative to the folder of a file.
pub(crate) fn relative_to(file: &str, path: &str) -> String {
    match file.rsplit_once('/') {
        Some((folder, _)) if !path.starts_with('/') => normalize_path(&format!("{folder}/{path}")),
        _ => normalize_path(path),
    }
}

/// Removes `.` and `..` from a path, as far as possible without the file system.
pub(crate) fn normalize_path(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, ".." | "")) => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Decodes the percent-encoding of a part of a reference (RFC 3986, 2.1). Returns the part unchanged if
/// the result is not UTF-8.
pub(crate) fn percent_decoded(encoded: &str) -> String {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let code = others.get(..2).filter(|code| code.iter().all(u8::is_ascii_hexdigit));
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        match code {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = others.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| encoded.to_owned())
}

/// Returns the last segment of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_two_hexadecimal_digits() {
        assert_eq!(percent_decoded("a%20%7Bid%7d"), "a {id}");
        assert_eq!(percent_decoded("100% %+f %f"), "100% %+f %f");
        assert_eq!(percent_decoded("%ff"), "%ff");
    }

    #[test]
    fn a_remote_path_begins_with_a_scheme_or_a_host() {
        for path in ["https://example.com/a.yaml", "urn:a", "//example.com/a.yaml"] {
            assert!(is_remote(path), "{path}");
        }
        for path in ["a.yaml", "c:/a.yaml", "1.0:a.yaml", "a/b:c.yaml", ""] {
            assert!(!is_remote(path), "{path}");
        }
    }
}
