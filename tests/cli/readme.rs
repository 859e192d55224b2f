//! The terminal session in the project's README is that of a real terminal.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::program::Fixture;
use crate::terminal::{Terminal, normalize};

/// If this variable is set, the test writes the session to the README.
const WRITE: &str = "WRITE_SESSION";

const BEGIN: &str = "<!-- session: begin -->\n\n```console\n";
const END: &str = "\n```\n\n<!-- session: end -->";

const COMMANDS: [&str; 4] = [
    "sailpoint-reports auth check",
    "sailpoint-reports run-report --report-type SEARCH_EXPORT --query 'name:a*' --output exports/",
    "sailpoint-reports run-report --report-type ACCOUNTS --application 2c91808a",
    "echo $?",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_session_in_the_readme_is_up_to_date() {
    let session = session().await;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the README has a session");
    let (shown, after) = rest.split_once(END).expect("the session has an end");
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, format!("{before}{BEGIN}{session}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(
        shown, session,
        "{WRITE}=1 cargo test -p tests --test cli readme brings it up to date"
    );
}

/// Types the commands into a shell, and returns the final screen. The progress line, which is
/// removed when a report finishes, is kept.
async fn session() -> String {
    let fixture = Fixture::new().await;
    fixture.tenant.set_report_duration(Duration::from_millis(2500));
    fs::create_dir(fixture.path("bin")).unwrap();
    let program = env!("CARGO_BIN_EXE_sailpoint-reports-cli");
    std::os::unix::fs::symlink(program, fixture.path("bin/sailpoint-reports")).unwrap();
    let path = format!("{}:/usr/bin:/bin", fixture.path("bin").display());
    let mut shell =
        Terminal::start(&fixture, "/bin/sh", &["-i"], &[("PATH", &path), ("PS1", "$ ")]);
    shell.wait("prompt", |text| text.ends_with('$'));
    let mut waiting = None;
    for (number, command) in COMMANDS.iter().enumerate() {
        shell.press(&format!("{command}\n"));
        let prompts = |text: &str| text.lines().filter(|line| line.starts_with('$')).count();
        let is_done = |text: &str| prompts(text) == number + 2 && text.ends_with('$');
        if command.contains("SEARCH_EXPORT") {
            let screen = shell.wait("state", |text| text.contains("under way"));
            waiting = screen.lines().last().map(str::to_owned);
        }
        shell.wait("prompt", is_done);
    }
    let screen = shell.text();
    let screen = screen.strip_suffix("\n$").unwrap();
    let waiting = waiting.expect("it was waited for");
    let ended = screen.lines().find(|line| line.starts_with("ended with")).unwrap();
    let screen = screen.replace(ended, &format!("{waiting}\n{ended}"));
    normalize(&screen)
}
