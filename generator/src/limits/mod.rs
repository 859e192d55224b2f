//! How large a document may be.
//!
//! A document is written by somebody else. Each limit is far beyond what real documents have, and
//! what exceeds one is an error that names it. [`Config::limits`](crate::Config::limits) holds them,
//! and `--limit NAME=NUMBER` sets one at the command line.

mod size;
mod steps;

pub(crate) use size::Size;
pub use steps::Steps;

/// The limits of a run. Each has a name for the command line, its own with hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The bytes of a file. Defaults to 64 MiB.
    pub file_bytes: u64,
    /// The bytes of all files of a document together, overlays included. Defaults to 256 MiB.
    pub total_bytes: u64,
    /// The files of a document, overlays included. Defaults to 20,000.
    pub files: u64,
    /// The references that lead from one to the next, and the schemas that are combined of one another
    /// by `allOf`, `oneOf` and `anyOf`. Defaults to 100.
    pub references: u64,
    /// How many objects and arrays can be inside of one another, after overlays are applied and
    /// files are joined. Defaults to 200. The parsers have a limit of 128 for a text.
    pub depth: u64,
    /// The JSON values of a document, after aliases of YAML are expanded, overlays are applied, and
    /// files are joined. Defaults to 5,000,000.
    pub nodes: u64,
    /// The properties of all objects of the crate together. Schemas that are combined of another one
    /// (`allOf`) have its properties, too, so that there can be many more than in the document.
    /// Defaults to 1,000,000, which takes about 1 GiB of memory.
    pub properties: u64,
    /// The [steps](Steps) that the stages take together. Defaults to
    /// 200,000,000, which is some minutes.
    pub steps: u64,
}

/// What a document has used of each limit, so far.
#[derive(Debug, Clone)]
pub(crate) struct Used(pub(crate) Limits);

impl Default for Used {
    fn default() -> Self {
        Self(Limits::none())
    }
}

impl Used {
    /// Notes the size that the document has at some stage.
    pub(crate) fn size(&mut self, size: Size) {
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
    /// The code of diagnostics about what exceeds a limit.
    pub const CODE: &'static str = "limit-exceeded";

    /// Sets a limit by its name.
    ///
    /// # Errors
    ///
    /// There is no limit of this name. The error lists those that there are.
    pub fn set(&mut self, name: &str, value: u64) -> Result<(), String> {
        let names = self.all().map(|(name, _)| name).join("`, `");
        let mut all = self.all();
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, limit)) => **limit = value,
            None => return Err(format!("there is no limit `{name}`; the limits are `{names}`")),
        }
        Ok(())
    }

    /// All limits are zero: what a document has used of them before it is read.
    pub(crate) fn none() -> Self {
        let mut none = Self::default();
        none.all().into_iter().for_each(|(_, limit)| *limit = 0);
        none
    }

    /// Returns the limits by their names.
    pub fn entries(&self) -> Vec<(&'static str, u64)> {
        self.clone().all().into_iter().map(|(name, limit)| (name, *limit)).collect()
    }

    fn all(&mut self) -> [(&'static str, &mut u64); 8] {
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

    /// Says what to do about a document that exceeds a limit, for the help of a diagnostic.
    pub fn help(name: &str, limit: u64) -> String {
        let field = name.replace('-', "_");
        let more = limit.saturating_mul(2);
        format!(
            "if the document can be trusted, raise the limit: `--limit {name}={more}`, or \
             `Limits::{field}` in the library"
        )
    }
}
