//! A zip archive with one stored entry. Nothing is compressed, so it needs only a checksum and
//! three records.

use std::io;

use bytes::Bytes;

/// 1 January 1980, the first date of the format. It is fixed, so that the bytes are the same in
/// every run.
const DATE: u16 = (1 << 5) | 1;
const VERSION: u16 = 20;
const STORED: u16 = 0;

/// The one file in the archive.
#[derive(Debug)]
pub(super) struct Entry {
    name: &'static str,
    size: u32,
    crc: u32,
}

impl Entry {
    /// Creates an entry. Fails if it is too large for an archive without the 64-bit extension.
    pub(super) fn new(name: &'static str, size: u64, crc: u32) -> io::Result<Self> {
        // The records must be addressable too, so they are subtracted from the limit.
        let size = u32::try_from(size).ok().filter(|size| *size < u32::MAX - 1024);
        let too_large = || {
            io::Error::other(
                "a search export of 4 GiB or more does not fit into a plain zip archive",
            )
        };
        Ok(Self { name, size: size.ok_or_else(too_large)?, crc })
    }

    /// Returns the record before the bytes of the file.
    pub(super) fn local_header(&self) -> Vec<u8> {
        let mut record = b"PK\x03\x04".to_vec();
        self.push_common(&mut record);
        record.extend_from_slice(self.name.as_bytes());
        record
    }

    /// Returns the records after the bytes of the file: the directory and its end.
    pub(super) fn central_directory(&self) -> Vec<u8> {
        let mut record = b"PK\x01\x02".to_vec();
        push16(&mut record, VERSION);
        self.push_common(&mut record);
        // The comment, the disk, two sets of attributes and the offset of the entry are all zero.
        record.extend_from_slice(&[0; 14]);
        record.extend_from_slice(self.name.as_bytes());
        let directory_size = u32::try_from(record.len()).unwrap_or(0);
        let directory_at = u32::try_from(self.local_header().len()).unwrap_or(0) + self.size;
        record.extend_from_slice(b"PK\x05\x06");
        // This disk, the disk of the directory, the entries on this disk and in total.
        for number in [0, 0, 1, 1] {
            push16(&mut record, number);
        }
        push32(&mut record, directory_size);
        push32(&mut record, directory_at);
        push16(&mut record, 0);
        record
    }

    /// Appends the fields that both headers share, in the same order.
    fn push_common(&self, record: &mut Vec<u8>) {
        for number in [VERSION, 0, STORED, 0, DATE] {
            push16(record, number);
        }
        for number in [self.crc, self.size, self.size] {
            push32(record, number);
        }
        push16(record, u16::try_from(self.name.len()).unwrap_or(0));
        push16(record, 0);
    }
}

fn push16(record: &mut Vec<u8>, number: u16) {
    record.extend_from_slice(&number.to_le_bytes());
}

fn push32(record: &mut Vec<u8>, number: u32) {
    record.extend_from_slice(&number.to_le_bytes());
}

/// Computes the CRC-32 of the pieces, as zip, gzip and PNG define it.
pub(super) fn crc32(pieces: impl Iterator<Item = Bytes>) -> u32 {
    let mut crc = u32::MAX;
    for piece in pieces {
        for byte in piece.iter() {
            crc = TABLE[usize::from(crc.to_le_bytes()[0] ^ byte)] ^ (crc >> 8);
        }
    }
    !crc
}

/// The lookup table of CRC-32, with the reversed polynomial.
static TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_crc32() {
        let crc = |parts: &[&'static str]| {
            crc32(parts.iter().map(|part| Bytes::from_static(part.as_bytes())))
        };
        assert_eq!(crc(&[]), 0);
        assert_eq!(crc(&["123456789"]), 0xcbf4_3926);
        assert_eq!(crc(&["1234", "", "56789"]), 0xcbf4_3926);
    }

    #[test]
    fn the_records_have_the_right_sizes_and_offsets() {
        let entry = Entry::new("a.csv", 7, 0x1234_5678).unwrap();
        let (head, tail) = (entry.local_header(), entry.central_directory());
        assert_eq!((head.len(), tail.len()), (30 + 5, 46 + 5 + 22));
        assert_eq!(&head[14..18], &[0x78, 0x56, 0x34, 0x12]);
        let end = &tail[51..];
        assert_eq!(&end[12..20], &[51, 0, 0, 0, 42, 0, 0, 0]);
        assert!(Entry::new("a.csv", 1 << 32, 0).is_err());
    }
}
