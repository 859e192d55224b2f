//! Tests that need a process of their own: each runs itself once more, in another one.
//!
//! That is so for tests of the environment, which cannot be changed while threads may read it, of
//! memory, which is counted per process, and of what is traced: which places in the code say
//! anything at all is settled for all threads at once, by whichever thread comes there first.

use std::process::Command;

/// Says to a process that it is the one that was started for a test.
const MARKER: &str = "BEHAVIOUR_TEST_CHILD";

/// Whether this process was started by [`run`].
pub(crate) fn is_child() -> bool {
    std::env::var_os(MARKER).is_some()
}

/// Whether the test has a process of its own now. If not, it is run in one, and has nothing more
/// to do here.
pub(crate) fn is_alone(test: &str) -> bool {
    if !is_child() {
        print!("{}", run(test, &[], &[]));
    }
    is_child()
}

/// Runs one test in another process, without some variables and with others, and gives what it has
/// printed. The test must be there and succeed.
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
