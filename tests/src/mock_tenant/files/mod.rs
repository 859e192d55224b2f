//! The report files: their bytes, their media types and their `Content-Disposition`.
//!
//! Takes a run and a format, and returns the pieces of a file. Files are generated piece by piece
//! while they are sent, so a large one is never in memory as a whole.

mod csv;
mod disposition;
mod pdf;
mod zip;

use std::io;

use bytes::Bytes;

pub(super) use self::csv::Csv;
pub(super) use self::disposition::{Disposition, attachment};

/// A report file, ready to be sent.
pub(super) struct ReportFile {
    /// The media type of the bytes.
    pub(super) media_type: &'static str,
    /// The extension of the file name, without a dot.
    pub(super) extension: &'static str,
    /// The number of bytes.
    pub(super) size: u64,
    /// The bytes, in pieces of moderate size.
    pub(super) pieces: Box<dyn Iterator<Item = Bytes> + Send>,
}

/// Creates a report as CSV.
pub(super) fn csv_file(csv: &Csv) -> ReportFile {
    ReportFile {
        media_type: "application/csv",
        extension: "csv",
        size: csv.size(),
        pieces: Box::new(csv.pieces()),
    }
}

/// Creates a report as a PDF of one page.
pub(super) fn pdf_file(title: &str) -> ReportFile {
    let document = Bytes::from(pdf::document(title));
    ReportFile {
        media_type: "application/pdf",
        extension: "pdf",
        size: document.len() as u64,
        pieces: Box::new([document].into_iter()),
    }
}

/// Creates a search export: a zip archive with one CSV file.
///
/// The checksum precedes the file in the archive, so the CSV is generated once only for that. For a
/// large file this takes seconds and must not block other connections.
pub(super) fn zip_file(csv: &Csv) -> io::Result<ReportFile> {
    let entry = zip::Entry::new("Search Export.csv", csv.size(), zip::crc32(csv.pieces()))?;
    let (head, tail) = (Bytes::from(entry.local_header()), Bytes::from(entry.central_directory()));
    Ok(ReportFile {
        media_type: "application/zip",
        extension: "zip",
        size: head.len() as u64 + csv.size() + tail.len() as u64,
        pieces: Box::new([head].into_iter().chain(csv.pieces()).chain([tail])),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_pieces() {
        for file in [
            csv_file(&Csv::of_size(200_000)),
            pdf_file("A"),
            zip_file(&Csv::of_size(70_000)).unwrap(),
        ] {
            let sent: u64 = file.pieces.map(|piece| piece.len() as u64).sum();
            assert_eq!(sent, file.size, "{}", file.media_type);
        }
    }
}
