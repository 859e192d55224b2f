//! Runs each example as a program. It must succeed in time and print the expected lines.
//!
//! Cargo builds the examples before the tests, except with `--test`: then run `cargo build -p tests
//! --examples` first.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tests::mock_tenant::MockTenant;

/// The timeout of an example. Each takes less than three seconds.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Defines a test for each example from the lines that it must print, and the list of names. A star
/// matches anything.
macro_rules! examples {
    ($($name:ident => $lines:expr,)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        $(#[test]
        fn $name() {
            let output = run(stringify!($name), &[]);
            let patterns: &[&str] = &$lines;
            for pattern in patterns {
                let is_printed = output.lines().any(|line| matches_pattern(line, pattern));
                assert!(is_printed, "{pattern:?} is missing:\n{output}");
            }
        })*
    };
}

examples! {
    report_lifecycle => [
        "state      SUCCESS",
        "saved as   People in London.zip",
        "cancelled  *, which is now TERMINATED",
        "refused    getReport: the server returned 404 Not Found*",
    ],
    nightly_export => [
        "accounts: 2 files of report *",
        "details: 2 files of report *",
        "identities: 2 files of report *",
        "errors: 2 files of report *",
        "orphans: 2 files of report *",
        "search: 1 files of report *",
        "uncorrelated: 2 files of report *",
    ],
    resume_after_a_crash => ["report * with 67 rows: *"],
    dashboard => [
        "identities * running",
        "identities * SUCCESS, 67 rows",
        "orphans * SUCCESS, 67 rows",
        "search * SUCCESS, 67 rows",
    ],
    search_export_unzipped => [
        "archive    Search Export.zip",
        "unpacked   *Search Export.csv, 200000 bytes",
    ],
    token_source => [
        "3 requests for 2 questions, 0 token requests",
        "without the file: authentication failed: *",
    ],
    retry_policy => [
        "startReport      attempts: 2, * s",
        "getReportResult  attempts: 5, * s",
        "getReportResult  attempts: 1, * s",
        "startReport      attempts: 1, * s",
    ],
    testing_with_mock => [
        "passed     accounts are the lines below the first",
        "passed     a report that is gone counts as empty",
    ],
    metrics => [
        "getReport               2         3 *  2 × 200, 1 × 503",
        "startReport             1         2 *  1 × 200, 1 × 429",
    ],
}

/// Whether a line matches a pattern, in which a star matches anything.
fn matches_pattern(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let at = if parts.peek().is_some() { rest.find(part) } else { rest.rfind(part) };
        let Some(at) = at else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty()
}

#[test]
fn parity() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let tenant = MockTenant::builder().report_duration(Duration::from_secs(1));
    let tenant = runtime.block_on(tenant.start()).unwrap();
    let environment = [
        ("SAIL_BASE_URL", tenant.base_url()),
        ("SAIL_CLIENT_ID", tenant.client_id()),
        ("SAIL_CLIENT_SECRET", tenant.client_secret()),
    ];
    assert_eq!(run("parity", &environment), "");
    // Three times seven reports, nine other calls, and one for the token.
    assert_eq!(tenant.requests().len(), 31);
}

#[test]
fn every_example_is_run() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut examples: Vec<_> =
        files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let mut tested = [NAMES, &["parity"]].concat();
    examples.sort();
    tested.sort();
    assert_eq!(examples, tested);
}

/// Runs an example, which must succeed, and returns its output. Its temporary files are removed.
fn run(name: &str, environment: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program(name));
    for variable in ["TMPDIR", "TMP", "TEMP"] {
        command.env(variable, folder.path());
    }
    command.envs(environment.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let start = Instant::now();
    let in_time = loop {
        match child.try_wait().unwrap() {
            Some(_) => break true,
            None if start.elapsed() > TIMEOUT => break false,
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    if !in_time {
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(in_time, "{name} did not end within {TIMEOUT:?}:\n{stdout}\n{stderr}");
    assert!(output.status.success(), "{name}: {}\n{stdout}\n{stderr}", output.status);
    stdout
}

/// Returns the path of an example's program, in a folder next to that of this test.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    let program = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.is_file(), "run `cargo build -p tests --examples` first: {program:?}");
    program
}
