//! Each example does what it says: it is run as a program, ends well and in time, and prints what
//! tells that it has come to its end.
//!
//! Cargo builds the examples before the tests, unless a single target is asked for: then
//! `cargo build -p tests --examples` has to be run before.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tests::mock_tenant::MockTenant;

/// The time that an example may take. Each takes less than three seconds.
const LIMIT: Duration = Duration::from_secs(60);

/// Makes a test for each example, of the lines that it must print, and a list of their names. A star
/// stands for anything.
macro_rules! examples {
    ($($name:ident => $lines:expr,)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        $(#[test]
        fn $name() {
            let printed = run(stringify!($name), &[]);
            let wanted: &[&str] = &$lines;
            for wanted in wanted {
                let found = printed.lines().any(|line| is_like(line, wanted));
                assert!(found, "{wanted:?} is missing:\n{printed}");
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
        "3 requests for 2 questions, 0 sign-ins",
        "without the file: sign-in failed: *",
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

/// Whether a line begins and ends as it should, with anything where the stars are.
fn is_like(line: &str, wanted: &str) -> bool {
    let mut parts = wanted.split('*');
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
fn no_example_is_left_out() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> =
        files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let mut known = [NAMES, &["parity"]].concat();
    found.sort();
    known.sort();
    assert_eq!(found, known);
}

/// Runs an example, which must end well, and gives what it has printed. Its files go into a folder
/// that is removed afterwards.
fn run(name: &str, environment: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program(name));
    for variable in ["TMPDIR", "TMP", "TEMP"] {
        command.env(variable, folder.path());
    }
    command.envs(environment.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let begun = Instant::now();
    let in_time = loop {
        match child.try_wait().unwrap() {
            Some(_) => break true,
            None if begun.elapsed() > LIMIT => break false,
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    if !in_time {
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(in_time, "{name} did not end within {LIMIT:?}:\n{printed}\n{complaints}");
    assert!(output.status.success(), "{name}: {}\n{printed}\n{complaints}", output.status);
    printed
}

/// The example's program, which is in a folder beside that of this test.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    let program = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.is_file(), "run `cargo build -p tests --examples` before: {program:?}");
    program
}
