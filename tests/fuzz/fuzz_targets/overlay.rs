//! Any bytes as a document and its overlay: a crate comes of them, or an error, and never a panic.

#![no_main]

mod files;

use clientgen::Config;
use libfuzzer_sys::{Corpus, fuzz_target};

/// A document in which paths find something.
const DOCUMENT: &str = include_str!("../../cases/overlay/spec.yaml");

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(mut source) = files::files(bytes) else { return Corpus::Reject };
    // The first file is the overlay, and a second one stands for the document.
    let overlay = source.remove("spec.yaml").unwrap_or_default();
    let document = source.remove("document").unwrap_or_else(|| DOCUMENT.to_owned());
    source.insert("overlay.yaml".to_owned(), overlay);
    source.insert("spec.yaml".to_owned(), document);
    let config = Config::new("spec.yaml", "example").with_overlay("overlay.yaml");
    let mut diagnostics = clientgen::diagnostics::Diagnostics::default();
    if let Some(document) = clientgen::load::load(&source, "spec.yaml", &mut diagnostics) {
        clientgen::overlay::apply(document, &source, &config.overlays, &mut diagnostics);
    }
    Corpus::Keep
});
