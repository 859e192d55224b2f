//! Limits on the size of a document and on the work of a run.
//!
//! Documents are untrusted. Each limit is far above what real documents need, and exceeding one is an
//! error that names the limit. Set them with [`Config::limits`](crate::Config::limits), or with
//! `--limit NAME=NUMBER` on the command line.

mod size;
mod steps;

pub(crate) use size::Size;
pub use steps::Steps;

/// The limits of a run. On the command line each has the name of its field, with hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The size of a file in bytes. Defaults to 64 MiB.
    pub file_bytes: u64,
    /// The size of all files of a document in bytes, including overlays. Defaults to 256 MiB.
    pub total_bytes: u64,
    /// The number of files of a document, including overlays. Defaults to 20,000.
    pub files: u64,
    /// The length of a chain of references, and the depth of schemas that combine others with `allOf`,
    /// `oneOf` and `anyOf`. Defaults to 100.
    pub references: u64,
    /// The depth of nested objects and arrays, after overlays are applied and files are bundled.
    /// Defaults to 200. Within a file the parsers have a fixed limit of 128.
    pub depth: u64,
    /// The number of JSON values of a document, after YAML aliases are expanded, overlays are applied
    /// and files are bundled. Defaults to 5,000,000.
    pub nodes: u64,
    /// The number of properties of all objects of the crate. Schemas that extend another one (`allOf`)
    /// repeat its properties, so that there can be many more than in the document. Defaults to
    /// 1,000,000, which take about 1 GiB of memory.
    pub properties: u64,
    /// The number of [steps](Steps) of all stages. Defaults to 200,000,000, which take a few minutes.
    pub steps: u64,
}

/// The usage of each limit so far.
#[derive(Debug, Clone)]
pub(crate) struct Usage(pub(crate) Limits);

impl Default for Usage {
    fn default() -> Self {
        Self(Limits::zero())
    }
}

impl Usage {
    /// Records the size of the document after a stage.
    pub(crate) fn record_size(&mut self, size: Size) {
        let Self(used) = self;
        used.nodes = used.nodes.max(size.nodes());
        used.depth = used.depth.max(size.depth());
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            total_bytes: 256 << 20,
            files: 20_000,
            references: 100,
            depth: 200,
            nodes: 5_000_000,
            properties: 1_000_000,
            steps: 200_000_000,
        }
    }
}

impl Limits {
    /// The code of diagnostics about an exceeded limit.
    pub const CODE: &'static str = "limit-exceeded";

    /// Sets a limit by its name.
    ///
    /// # Errors
    ///
    /// Returns an error that lists the existing limits if there is no limit of this name.
    pub fn set(&mut self, name: &str, value: u64) -> Result<(), String> {
        let names = self.entries_mut().map(|(name, _)| name).join("`, `");
        let mut entries = self.entries_mut();
        match entries.iter_mut().find(|(known, _)| *known == name) {
            Some((_, limit)) => **limit = value,
            None => return Err(format!("there is no limit `{name}`; the limits are `{names}`")),
        }
        Ok(())
    }

    /// Creates limits that are all zero: the usage before a document is read.
    pub(crate) fn zero() -> Self {
        let mut limits = Self::default();
        limits.entries_mut().into_iter().for_each(|(_, limit)| *limit = 0);
        limits
    }

    /// Returns the limits with their names on the command line.
    pub fn entries(&self) -> Vec<(&'static str, u64)> {
        self.clone().entries_mut().into_iter().map(|(name, limit)| (name, *limit)).collect()
    }

    fn entries_mut(&mut self) -> [(&'static str, &mut u64); 8] {
        [
            ("file-bytes", &mut self.file_bytes),
            ("total-bytes", &mut self.total_bytes),
            ("files", &mut self.files),
            ("references", &mut self.references),
            ("depth", &mut self.depth),
            ("nodes", &mut self.nodes),
            ("properties", &mut self.properties),
            ("steps", &mut self.steps),
        ]
    }

    /// Returns the help of a diagnostic about an exceeded limit.
    pub fn help(name: &str, limit: u64) -> String {
        let field = name.replace('-', "_");
        let higher = limit.saturating_mul(2);
        format!(
            "if you trust the document, raise the limit: `--limit {name}={higher}`, or \
             `Limits::{field}` in the library"
        )
    }
}
