//! What the generated clients say on the wire, and what they make of answers.
//!
//! A case may have a file `wire.rs`: a module with tests of its own, which calls the case's crate
//! (`case_…`) against the server of [`tests::loopback`] (`crate::loopback`). They are compiled into
//! one test program, which is run here.

use std::fmt::Write as _;
use std::path::Path;

use crate::workspace::{Member, PROGRAMS, WORKSPACE};

#[test]
fn clients_say_on_the_wire_what_their_documents_say() {
    let output = WORKSPACE.cargo(&["test", "--package", PROGRAMS, "--test", "wire"]);
    let (said, trouble) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{trouble}\n{said}");
    assert!(!said.contains("running 0 tests"), "no case has a file `wire.rs`");
}

/// The text of the program: the server, and the tests of each case as a module of its name.
pub(crate) fn program(members: &[Member]) -> String {
    let mut text = "//! The tests of the cases over the wire.\n\n#![allow(dead_code, reason = \"the server can do more than the cases need\")]\n".to_owned();
    let mut module = |name: &str, path: &Path| {
        // A text takes any number of writes.
        let _ = writeln!(text, "\n#[path = {path:?}]\nmod {name};");
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    module("loopback", &root.join("src/loopback.rs"));
    for Member { case, .. } in members {
        let path = case.path.join("wire.rs");
        if path.exists() {
            module(&case.name.replace('-', "_"), &path);
        }
    }
    text
}
