//! CSV of an exact size, generated block by block.
//!
//! Every row starts with its number, so a test notices if blocks were lost, duplicated or swapped.

use bytes::Bytes;

const HEADER: &str = "row,displayName,city,email,note";
/// The rest of every row. The name is quoted and contains a comma, which naive readers split.
const AFTER_NUMBER: &str = ",\"Lovelace, Ada\",London,ada.lovelace@example.com,\n";
const NUMBER_LENGTH: usize = 10;
const ROW_LENGTH: usize = NUMBER_LENGTH + AFTER_NUMBER.len();
/// Rows are generated in blocks of a thousand: the last three digits of the numbers are the same in
/// every block.
const ROWS_IN_BLOCK: u64 = 1000;
const DIGITS_OF_BLOCK: usize = NUMBER_LENGTH - 3;

/// A CSV file, described by its header and its number of rows.
#[derive(Clone, Debug)]
pub(in super::super) struct Csv {
    header: String,
    rows: u64,
}

impl Csv {
    /// Creates a file of `size` bytes. The name of the last column is padded so that whole rows
    /// fill the rest. If the size is smaller than the header, the header is truncated.
    pub(in super::super) fn of_size(size: u64) -> Self {
        let shortest = HEADER.len() as u64 + 1;
        if size < shortest {
            let header = HEADER.chars().take(usize::try_from(size).unwrap_or(0)).collect();
            return Self { header, rows: 0 };
        }
        let row_length = ROW_LENGTH as u64;
        let (rows, rest) = ((size - shortest) / row_length, (size - shortest) % row_length);
        let padding: String = (0..rest).map(|_| '_').collect();
        Self { header: format!("{HEADER}{padding}\n"), rows }
    }

    /// Returns the number of rows below the header.
    pub(in super::super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the number of bytes.
    pub(super) const fn size(&self) -> u64 {
        self.header.len() as u64 + self.rows * ROW_LENGTH as u64
    }

    /// Returns the bytes: the header, then blocks of up to a thousand rows.
    pub(super) fn pieces(&self) -> impl Iterator<Item = Bytes> + Send + use<> {
        let mut block: Vec<u8> = (0..ROWS_IN_BLOCK)
            .flat_map(|row| format!("{row:0NUMBER_LENGTH$}{AFTER_NUMBER}").into_bytes())
            .collect();
        let rows = self.rows;
        let blocks = (0..rows.div_ceil(ROWS_IN_BLOCK)).map(move |number| {
            // Writing only the digits that differ makes even a debug build faster than the socket.
            let digits = format!("{number:0DIGITS_OF_BLOCK$}");
            for row in block.chunks_exact_mut(ROW_LENGTH) {
                row[..DIGITS_OF_BLOCK].copy_from_slice(&digits.as_bytes()[..DIGITS_OF_BLOCK]);
            }
            let in_block = (rows - number * ROWS_IN_BLOCK).min(ROWS_IN_BLOCK);
            Bytes::copy_from_slice(&block[..usize::try_from(in_block).unwrap_or(0) * ROW_LENGTH])
        });
        [Bytes::from(self.header.clone())].into_iter().chain(blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(csv: &Csv) -> String {
        csv.pieces().map(|piece| String::from_utf8(piece.to_vec()).unwrap()).collect()
    }

    #[test]
    fn the_size_is_exact() {
        for size in [0, 5, 31, 32, 33, 64, 95, 4096, 200_001] {
            let csv = Csv::of_size(size);
            assert_eq!((csv.size(), text(&csv).len() as u64), (size, size));
        }
    }

    #[test]
    fn rows_are_numbered_across_blocks() {
        let csv = Csv::of_size(200_000);
        let text = text(&csv);
        assert!(csv.rows() > 2 * ROWS_IN_BLOCK);
        assert_eq!(text.lines().count() as u64, csv.rows() + 1);
        for (number, line) in text.lines().skip(1).enumerate() {
            assert!(line.starts_with(&format!("{number:010},\"Lovelace, Ada\",")), "{line}");
        }
    }
}
