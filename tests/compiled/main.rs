//! The crates of the cases, compiled and run: each compiles without a warning, carries instances of
//! its schemas unchanged, and says on the wire what its document says.

mod cost;
mod hostile;
mod round_trips;
mod wire;
mod workspace;

use workspace::WORKSPACE;

#[test]
fn every_case_compiles_without_warnings() {
    let output = WORKSPACE.cargo(&["build", "--workspace", "--keep-going"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("warning"), "{said}");
}
