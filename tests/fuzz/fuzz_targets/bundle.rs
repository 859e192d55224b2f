//! Any bytes as a document in several files: reading and bundling end without a panic, and
//! what they give is bounded.

#![no_main]

mod files;

use clientgen::diagnostics::Diagnostics;
use clientgen::{bundle, load};
use libfuzzer_sys::{Corpus, fuzz_target};

/// A file that references can lead to.
const OTHER: &str = include_str!("../../faults/other-file/paths.yaml");

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(mut source) = files::files(bytes) else { return Corpus::Reject };
    source.entry("other.yaml".to_owned()).or_insert_with(|| OTHER.to_owned());
    let mut diagnostics = Diagnostics::default();
    if let Some(document) = load::load(&source, "spec.yaml", &mut diagnostics) {
        let bundled = bundle::bundle(document, &source, &mut diagnostics);
        assert!(bundled.value.to_string().len() < 64 << 20, "it grows without bounds");
    }
    Corpus::Keep
});
