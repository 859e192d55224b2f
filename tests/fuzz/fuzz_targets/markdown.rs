//! Any text as a description: nothing in its documentation can be run, shown as HTML, or hidden.

#![no_main]

use clientgen::escape::markdown::{cell, faults, first_block, inline, markdown};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else { return Corpus::Reject };
    for written in [markdown(text), first_block(text), inline(text)] {
        assert!(faults(&written).is_empty(), "{written:?}: {:?}", faults(&written));
    }
    let table = format!("| {} | b |\n|---|---|\n", cell(text));
    assert!(faults(&table).is_empty(), "{table:?}: {:?}", faults(&table));
    Corpus::Keep
});
