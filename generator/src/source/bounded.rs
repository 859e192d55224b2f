//! A source with limits: how many files are read, and how many bytes they have together.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Mutex, PoisonError};

use super::{Refused, Source};
use crate::limits::{Limits, Used};

/// Reads from another source as long as its files are within limits.
pub struct Bounded<'s> {
    source: &'s dyn Source,
    limits: Limits,
    spent: Mutex<Spent>,
}

/// What has been read.
#[derive(Default)]
struct Spent {
    files: BTreeSet<String>,
    bytes: u64,
    /// The bytes of the largest file.
    largest: u64,
}

impl<'s> Bounded<'s> {
    /// Limits what is read of a source.
    pub fn new(source: &'s dyn Source, limits: &Limits) -> Self {
        Self { source, limits: limits.clone(), spent: Mutex::default() }
    }

    /// Notes how much has been read.
    pub(crate) fn note(&self, Used(used): &mut Used) {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        used.files = spent.files.len() as u64;
        used.total_bytes = spent.bytes;
        used.file_bytes = spent.largest;
    }
}

impl Source for Bounded<'_> {
    fn read(&self, path: &str) -> io::Result<String> {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let Limits { file_bytes, total_bytes, files, .. } = self.limits;
        let is_new = !spent.files.contains(path);
        if is_new && spent.files.len() as u64 >= files {
            let message = format!("the document has more than {files} files");
            return Err(Refused::exceeding("files", files, message));
        }
        let text = self.source.read(path)?;
        let bytes = text.len() as u64;
        if bytes > file_bytes {
            return Err(Refused::too_large(path, file_bytes));
        }
        if is_new {
            if spent.bytes.saturating_add(bytes) > total_bytes {
                let message = format!("the files have more than {total_bytes} bytes together");
                return Err(Refused::exceeding("total-bytes", total_bytes, message));
            }
            spent.bytes += bytes;
            spent.largest = spent.largest.max(bytes);
            spent.files.insert(path.to_owned());
        }
        Ok(text)
    }

    fn limits(&self) -> Limits {
        self.limits.clone()
    }
}
