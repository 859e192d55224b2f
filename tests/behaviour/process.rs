//! Tests that need their own process: each runs itself again in a child process.
//!
//! These are tests of the environment, which must not change while threads may read it; of memory,
//! which is measured per process; and of tracing, because the first thread that reaches a callsite
//! decides for all threads whether it is enabled.

use std::process::Command;

/// The variable that marks a child process.
const MARKER: &str = "BEHAVIOUR_TEST_CHILD";

/// Whether this process was started by [`run`].
pub(crate) fn is_child() -> bool {
    std::env::var_os(MARKER).is_some()
}

/// Whether the test runs in its own process. If not, it is run in one, and the caller returns.
pub(crate) fn is_alone(test: &str) -> bool {
    if !is_child() {
        print!("{}", run(test, &[], &[]));
    }
    is_child()
}

/// Runs one test in a child process, without some environment variables and with others, and
/// returns its output. The test must exist and succeed.
pub(crate) fn run(test: &str, without: &[&str], with: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--include-ignored", "--nocapture", "--test-threads=1"]);
    for name in without {
        command.env_remove(name);
    }
    let output = command.env(MARKER, "1").envs(with.iter().copied()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("1 passed"), "there is no test {test}:\n{text}");
    text
}
