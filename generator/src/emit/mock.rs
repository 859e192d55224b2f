//! The server for the tests of those who use the crate.

use quote::quote;

use super::{SourceFile, Sources};
use crate::analyze::Facts;
use crate::ir::Api;

/// `src/mock.rs`
pub(super) fn files(_: &Api, _: &Facts) -> Sources {
    Sources::from([(
        "src/mock.rs".to_owned(),
        SourceFile::Tokens(quote!(
            //! A server for tests.
        )),
    )])
}
