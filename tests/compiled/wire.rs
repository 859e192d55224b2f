//! The requests that generated clients send, and the results that they return for responses.
//!
//! A case can have a file `wire.rs`: a module of tests that call the case's crate (`case_…`)
//! against the server of [`tests::loopback`] (`crate::loopback`). These modules are compiled into
//! one test program, which is run here.

use std::fmt::Write as _;
use std::path::Path;

use crate::workspace::{Member, PROGRAMS, WORKSPACE};

#[test]
fn clients_send_and_read_the_messages_of_their_documents() {
    let output = WORKSPACE.cargo(&["test", "--package", PROGRAMS, "--test", "wire"]);
    let (stdout, stderr) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stderr}\n{stdout}");
    assert!(!stdout.contains("running 0 tests"), "no case has a file `wire.rs`");
}

/// Returns the source of the program: the server, and the tests of each case as a module.
pub(crate) fn program(members: &[Member]) -> String {
    let mut source = "//! The tests of the cases over the wire.\n\n#![allow(dead_code, reason = \"the cases do not use everything of the server\")]\n".to_owned();
    let mut module = |name: &str, path: &Path| {
        // Writing to a string cannot fail.
        let _ = writeln!(source, "\n#[path = {path:?}]\nmod {name};");
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    module("loopback", &root.join("src/loopback.rs"));
    for Member { case, .. } in members {
        let path = case.path.join("wire.rs");
        if path.exists() {
            module(&case.name.replace('-', "_"), &path);
        }
    }
    source
}
