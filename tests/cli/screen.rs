//! The output at a terminal.

use std::time::Duration;

use tests::mock_tenant::Operation;

use crate::program::Fixture;
use crate::terminal::{Terminal, normalize};

const PROGRAM: &str = env!("CARGO_BIN_EXE_sailpoint-reports-cli");

const EXPORT: [&str; 7] =
    ["run-report", "--report-type", "SEARCH_EXPORT", "--query", "name:a*", "--output", "exports/"];

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_shown_and_removed() {
    let fixture = Fixture::new().await;
    fixture.tenant.set_report_duration(Duration::from_millis(2500));
    let terminal = Terminal::start(&fixture, PROGRAM, &EXPORT, &[]);
    let waiting = terminal.wait("state", |text| text.contains("under way"));
    insta::assert_snapshot!("waiting", normalize(&waiting));
    let (code, screen) = terminal.end();
    assert_eq!(code, 0);
    insta::assert_snapshot!("exported", normalize(&screen));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_shows_its_progress() {
    let fixture = Fixture::new().await;
    let id = fixture.started();
    fixture.tenant.set_csv_size(2 << 30);
    let words = ["get-report", &id, "--file-format", "csv"];
    let mut terminal = Terminal::start(&fixture, PROGRAM, &words, &[]);
    let bar = terminal.wait("bar", |text| text.contains('=') && text.contains("left"));
    let line = bar.lines().last().unwrap();
    let parts = ["Identities Report.csv  [=", "] ", " of 2.00 GiB  ", "iB/s  ", " left"];
    assert!(parts.iter().all(|part| line.contains(part)), "{bar}");
    terminal.press("\x03");
    let (code, screen) = terminal.end();
    assert_eq!((code, screen.lines().last()), (130, Some("error: interrupted")));
    assert_eq!(fixture.names("."), [""; 0]);
    fixture.tenant.set_csv_size(1 << 20);
    fixture.tenant.set_chunked(true);
    let (code, screen) = Terminal::start(&fixture, PROGRAM, &words, &[]).end();
    assert_eq!((code, screen.as_str()), (0, "./Identities Report.csv"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_at_the_keyboard_prints_how_to_resume() {
    let fixture = Fixture::new().await;
    fixture.tenant.set_report_duration(Duration::from_secs(600));
    let mut terminal = Terminal::start(&fixture, PROGRAM, &EXPORT, &[]);
    terminal.wait("state", |text| text.contains("under way"));
    terminal.press("\x03");
    let (code, screen) = terminal.end();
    assert_eq!(code, 130);
    insta::assert_snapshot!("interrupted", normalize(&screen));
}

#[tokio::test(flavor = "multi_thread")]
async fn colours_are_only_used_if_the_terminal_supports_them() {
    let fixture = Fixture::new().await;
    let words = ["start-report", "--report-type", "ACCOUNTS", "--application", "1"];
    let red = "\x1b[31m";
    for (env, is_coloured) in [(&[][..], true), (&[("NO_COLOR", "1")][..], false)] {
        let terminal = Terminal::start(&fixture, PROGRAM, &words, env);
        terminal.wait("error", |text| text.contains("error: ACCOUNTS needs --source-name"));
        let text = terminal.with_colours();
        assert_eq!(text.contains(red) || text.contains("\x1b[31;1m"), is_coloured, "{text:?}");
    }
    assert!(!fixture.run(&words).stderr.contains('\x1b'));
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_shows_no_progress() {
    let fixture = Fixture::new().await;
    fixture.tenant.set_report_duration(Duration::from_millis(1500));
    let words = [&EXPORT[..], &["--quiet"]].concat();
    let terminal = Terminal::start(&fixture, PROGRAM, &words, &[]);
    let is_asked = |_: &str| !fixture.tenant.requests_to(Operation::GetReportResult).is_empty();
    assert_eq!(terminal.wait("question for the state", is_asked), "");
    let (code, screen) = terminal.end();
    assert_eq!((code, screen.as_str()), (0, "exports/Search Export.zip"));
}
