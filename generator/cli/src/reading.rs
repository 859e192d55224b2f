//! Command-line options for reading documents: the root folder and the limits.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use clap::Args;
use clientgen::Limits;
use clientgen::source::Root;

use crate::project::settings::Client;

/// The options of all commands that read documents.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Reading {
    /// The root folder: references to files outside it, after symbolic links are resolved, are
    /// rejected [default: the folder of the document]
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// Change a limit on documents: `file-bytes`, `total-bytes`, `files`, `references`, `depth`,
    /// `nodes`, `properties` or `steps`. Can be repeated
    #[arg(long, value_name = "NAME=NUMBER", value_parser = limit)]
    pub(crate) limit: Vec<(String, u64)>,
}

impl Reading {
    /// Returns the limits, with those of the command line.
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        for (name, value) in &self.limit {
            // `limit` has rejected unknown names.
            let _ = limits.set(name, *value);
        }
        limits
    }

    /// Returns these options over the settings of a client.
    ///
    /// # Errors
    ///
    /// The settings have a limit that does not exist.
    pub(crate) fn over(&self, client: &Client) -> Result<Self, String> {
        let mut limits = Limits::default();
        for (name, value) in &client.limits {
            limits.set(name, *value)?;
        }
        let set = client.limits.iter().map(|(name, value)| (name.clone(), *value));
        Ok(Self {
            root: self.root.clone().or_else(|| client.root.clone()),
            limit: set.chain(self.limit.iter().cloned()).collect(),
        })
    }

    /// Returns the options that were given, as names and values.
    pub(crate) fn given(&self) -> Vec<(&'static str, Option<String>)> {
        let root = self.root.iter().map(|root| ("root", Some(root.display().to_string())));
        let limit = |(name, value): &(String, u64)| ("limit", Some(format!("{name}={value}")));
        root.chain(self.limit.iter().map(limit)).collect()
    }

    /// Returns these options as arguments for a child process.
    pub(crate) fn to_arguments(&self) -> Vec<OsString> {
        let root = self.root.iter().flat_map(|root| ["--root".into(), root.as_os_str().to_owned()]);
        let limit = |(name, value): &(String, u64)| format!("--limit={name}={value}").into();
        root.chain(self.limit.iter().map(limit)).collect()
    }

    /// Returns the root for a document.
    pub(crate) fn root_of(&self, document: &Path) -> Root {
        let folder = self.root.as_deref().or(document.parent()).unwrap_or(Path::new(""));
        Root::new(folder).with_max_bytes(self.limits().file_bytes)
    }
}

/// Parses `NAME=NUMBER`.
fn limit(text: &str) -> Result<(String, u64), String> {
    let (name, value) =
        text.split_once('=').ok_or("a limit is written as `NAME=NUMBER`, such as `files=100`")?;
    let value = value.parse().map_err(|_| format!("`{value}` is not an integer"))?;
    Limits::default().set(name, value)?;
    Ok((name.to_owned(), value))
}

/// Returns a path relative to a folder, with `..` where it leads out of the folder. The paths need not exist.
pub(crate) fn relative(folder: &Path, path: &Path) -> PathBuf {
    let (folder, path) = (lexical(folder), lexical(path));
    let common = folder.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(common).map(|_| "..".as_ref());
    let down = path.components().skip(common).map(|component| component.as_os_str());
    up.chain(down).collect()
}

/// Returns an absolute path without `.` and `..`. The path need not exist.
pub(crate) fn lexical(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut normalized = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::ParentDir => drop(normalized.pop()),
            Component::CurDir => {}
            other => normalized.push(other),
        }
    }
    normalized
}
