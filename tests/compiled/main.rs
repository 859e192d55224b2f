//! The crates of the cases, compiled and run: each compiles without a warning, round-trips
//! instances of its schemas, and sends and reads the messages of its document.

mod cost;
mod hostile;
mod round_trips;
mod wire;
mod workspace;

use workspace::WORKSPACE;

#[test]
fn every_case_compiles_without_warnings() {
    let output = WORKSPACE.cargo(&["build", "--workspace", "--keep-going"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !stderr.contains("warning"), "{stderr}");
}
