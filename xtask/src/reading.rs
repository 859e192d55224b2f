//! What may be read of the file system for a document, as the commands are told.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use clap::Args;
use clientgen::Limits;
use clientgen::source::Root;

/// The options that all commands share which read documents.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Reading {
    /// The folder that references of the document cannot leave: none is read of a file that is
    /// neither in it nor below it, after symbolic links are resolved [default: the folder of the
    /// document]
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// Change how large a document may be: `file-bytes`, `total-bytes`, `files`,
    /// `references`, `depth`, `nodes`, `properties`, `steps`.
    /// Can be given several times
    #[arg(long, value_name = "NAME=NUMBER", value_parser = limit)]
    pub(crate) limit: Vec<(String, u64)>,
}

impl Reading {
    /// The limits, with those that are set.
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        for (name, value) in &self.limit {
            // The parser has refused other names.
            let _ = limits.set(name, *value);
        }
        limits
    }

    /// The same options for another process.
    pub(crate) fn words(&self) -> Vec<OsString> {
        let root = self.root.iter().flat_map(|root| ["--root".into(), root.as_os_str().to_owned()]);
        let limit = |(name, value): &(String, u64)| format!("--limit={name}={value}").into();
        root.chain(self.limit.iter().map(limit)).collect()
    }

    /// The root for a document.
    pub(crate) fn root_of(&self, document: &Path) -> Root {
        let folder = self.root.as_deref().or(document.parent()).unwrap_or(Path::new(""));
        Root::new(folder).with_max_bytes(self.limits().file_bytes)
    }
}

fn limit(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("it is written as in `files=100`")?;
    let value = value.parse().map_err(|_| format!("`{value}` is not a whole number"))?;
    Limits::default().set(name, value)?;
    Ok((name.to_owned(), value))
}

/// An absolute path without `.` and `..`, whether it is there or not.
pub(crate) fn lexical(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut parts = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            Component::CurDir => {}
            part => parts.push(part),
        }
    }
    parts
}
