//! Any bytes as a document: the same must hold as for the mutants of the tests.

#![no_main]

#[path = "../../mutations/properties.rs"]
mod properties;

use std::cell::RefCell;
use std::collections::BTreeMap;

use clientgen::Config;
use libfuzzer_sys::{Corpus, fuzz_target};

use properties::Properties;

thread_local! {
    static PROPERTIES: RefCell<Properties> = RefCell::default();
}

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else { return Corpus::Reject };
    let source = BTreeMap::from([("spec.yaml".to_owned(), text.to_owned())]);
    let config = Config::new("spec.yaml", "example");
    let faults = PROPERTIES.with_borrow_mut(|properties| properties.faults(&source, &config));
    assert!(faults.is_empty(), "{faults:#?}");
    Corpus::Keep
});
