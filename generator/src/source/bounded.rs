//! A source with limits on the files that it reads.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Mutex, PoisonError};

use super::{Refusal, Source};
use crate::limits::{Limits, Usage};

/// Reads from another source as long as its files are within the limits.
pub struct BoundedSource<'s> {
    source: &'s dyn Source,
    limits: Limits,
    totals: Mutex<Totals>,
}

/// The files read so far. A file that is read again does not count again.
#[derive(Default)]
struct Totals {
    files: BTreeSet<String>,
    bytes: u64,
    /// The size of the largest file in bytes.
    largest: u64,
}

impl<'s> BoundedSource<'s> {
    /// Creates a source that applies the limits to another source.
    pub fn new(source: &'s dyn Source, limits: &Limits) -> Self {
        Self { source, limits: limits.clone(), totals: Mutex::default() }
    }

    /// Records the number and size of the files read so far.
    pub(crate) fn record_usage(&self, Usage(used): &mut Usage) {
        let totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        used.files = totals.files.len() as u64;
        used.total_bytes = totals.bytes;
        used.file_bytes = totals.largest;
    }
}

impl Source for BoundedSource<'_> {
    fn read(&self, path: &str) -> io::Result<String> {
        let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        let Limits { file_bytes, total_bytes, files, .. } = self.limits;
        let is_new = !totals.files.contains(path);
        if is_new && totals.files.len() as u64 >= files {
            let message = format!("the document has more files than {files}");
            return Err(Refusal::exceeded("files", files, message));
        }
        let text = self.source.read(path)?;
        let bytes = text.len() as u64;
        if bytes > file_bytes {
            return Err(Refusal::too_large(path, file_bytes));
        }
        if is_new {
            if totals.bytes.saturating_add(bytes) > total_bytes {
                let message = format!("the files have more than {total_bytes} bytes in total");
                return Err(Refusal::exceeded("total-bytes", total_bytes, message));
            }
            totals.bytes += bytes;
            totals.largest = totals.largest.max(bytes);
            totals.files.insert(path.to_owned());
        }
        Ok(text)
    }

    fn limits(&self) -> Limits {
        self.limits.clone()
    }
}
