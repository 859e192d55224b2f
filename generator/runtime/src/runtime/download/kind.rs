//! The format of a downloaded file.

/// The format of a downloaded file, detected from its first bytes and the headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// Comma-separated values (RFC 4180).
    Csv,
    /// A PDF document.
    Pdf,
    /// A zip archive.
    Zip,
    /// A file compressed with gzip (RFC 1952).
    Gzip,
    /// JSON (RFC 8259).
    Json,
    /// Other text.
    Text,
    /// Any other format.
    Other,
}

impl FileKind {
    /// Detects the format from the first bytes, else the media type, else the name.
    pub(crate) fn of(first: &[u8], content_type: Option<&str>, name: Option<&str>) -> Self {
        let by_name = || name.map_or(Self::Other, Self::of_name);
        Self::of_bytes(first)
            .or_else(|| content_type.and_then(Self::of_media_type))
            .unwrap_or_else(by_name)
    }

    /// Returns the usual file extension, without the dot.
    pub fn extension(self) -> Option<&'static str> {
        match self {
            Self::Csv => Some("csv"),
            Self::Pdf => Some("pdf"),
            Self::Zip => Some("zip"),
            Self::Gzip => Some("gz"),
            Self::Json => Some("json"),
            Self::Text => Some("txt"),
            Self::Other => None,
        }
    }

    fn of_bytes(first: &[u8]) -> Option<Self> {
        let marks: [(&[u8], Self); 5] = [
            (b"%PDF-", Self::Pdf),
            (b"PK\x03\x04", Self::Zip),
            (b"PK\x05\x06", Self::Zip),
            (b"PK\x07\x08", Self::Zip),
            (b"\x1f\x8b", Self::Gzip),
        ];
        marks.into_iter().find(|(mark, _)| first.starts_with(mark)).map(|(_, kind)| kind)
    }

    fn of_media_type(media_type: &str) -> Option<Self> {
        let media_type = media_type.split(';').next()?.trim().to_ascii_lowercase();
        let (kind, subtype) = media_type.split_once('/')?;
        match subtype {
            "csv" => Some(Self::Csv),
            "pdf" => Some(Self::Pdf),
            "zip" | "x-zip-compressed" => Some(Self::Zip),
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "json" => Some(Self::Json),
            other if other.ends_with("+json") => Some(Self::Json),
            _ if kind == "text" => Some(Self::Text),
            _ => None,
        }
    }

    fn of_name(name: &str) -> Self {
        let extension =
            name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
        let all = [Self::Csv, Self::Pdf, Self::Zip, Self::Gzip, Self::Json, Self::Text];
        let named = all.into_iter().find(|kind| kind.extension() == Some(extension.as_str()));
        named.unwrap_or(Self::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_precede_the_headers() {
        let kind = |first: &[u8], media_type, name| FileKind::of(first, media_type, name);
        assert_eq!(kind(b"PK\x03\x04....", Some("application/csv"), Some("a.csv")), FileKind::Zip);
        assert_eq!(kind(b"%PDF-1.7", None, None), FileKind::Pdf);
        assert_eq!(kind(b"id,name\n", Some("application/csv"), None), FileKind::Csv);
        assert_eq!(kind(b"id,name\n", Some("Text/CSV; charset=utf-8"), None), FileKind::Csv);
        assert_eq!(
            kind(b"id,name\n", Some("application/octet-stream"), Some("A.CSV")),
            FileKind::Csv
        );
        assert_eq!(kind(b"{}", Some("application/problem+json"), None), FileKind::Json);
        assert_eq!(kind(b"", None, None), FileKind::Other);
    }
    #[test]
    fn a_media_type_has_a_format() {
        for (media_type, kind) in [
            ("application/pdf", Some(FileKind::Pdf)),
            ("application/zip", Some(FileKind::Zip)),
            ("application/x-zip-compressed", Some(FileKind::Zip)),
            ("application/gzip; a=b", Some(FileKind::Gzip)),
            ("application/x-gzip", Some(FileKind::Gzip)),
            ("Application/JSON", Some(FileKind::Json)),
            ("application/problem+json", Some(FileKind::Json)),
            ("text/csv", Some(FileKind::Csv)),
            ("text/markdown", Some(FileKind::Text)),
            ("image/png", None),
            ("pdf", None),
        ] {
            assert_eq!(FileKind::of_media_type(media_type), kind, "{media_type}");
        }
    }
}
