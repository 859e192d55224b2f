//! How the program was called.

use std::path::PathBuf;

/// How the program was called.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// The name of the program in messages, such as `clientgen`.
    pub(crate) program: &'static str,
    /// The folder from which `clientgen.toml` is searched for upwards.
    pub(crate) folder: PathBuf,
    /// The option `--config`.
    pub(crate) config: Option<PathBuf>,
}
