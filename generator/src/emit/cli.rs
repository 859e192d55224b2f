//! The program for the command line: a table for the runtime.

use quote::quote;

use super::{SourceFile, Sources};
use crate::analyze::Facts;
use crate::config::Config;
use crate::ir::Api;

/// `src/cli.rs`, `src/main.rs`
pub(super) fn files(_: &Api, _: &Facts, _: &Config) -> Sources {
    Sources::from([(
        "src/cli.rs".to_owned(),
        SourceFile::Tokens(quote!(
            //! The program for the command line.
        )),
    )])
}
