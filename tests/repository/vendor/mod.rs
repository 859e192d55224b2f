//! `clientgen vendor`: the document that it writes, and the crates that are generated from it.

mod library;
mod upstream;

use clientgen::{Config, Generation, Source, generate};
use tests::public_api;

/// Returns the public items of the crate that is generated from a document.
fn api(source: &dyn Source, config: &Config) -> String {
    let Generation { files, diagnostics, .. } = generate(source, config);
    public_api::list(&files.unwrap_or_else(|| panic!("{diagnostics:?}"))).unwrap()
}

/// Asserts that two strings are equal. The message has the lines that only one of them has.
fn assert_same_lines(one: &str, other: &str) {
    let only = |of: &str, than: &str| {
        let lines = of.lines().filter(|line| !than.lines().any(|other| other == *line));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(one == other, "{:#?}\n{:#?}", only(one, other), only(other, one));
}
