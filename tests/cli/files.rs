//! Files that the program writes: a file is complete, or it does not exist.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tests::mock_tenant::{Fault, Operation};

use crate::program::{Fixture, finish};

/// More bytes than a test can read.
const HUGE: u64 = 1 << 42;

fn is_part(name: &str) -> bool {
    name.starts_with(".sailpoint-reports-") && name.ends_with(".part")
}

/// Starts a run that saves an endless file, and waits for its partial file.
fn start_download(fixture: &Fixture, id: &str) -> (Child, String) {
    fixture.tenant.set_csv_size(HUGE);
    let before = fixture.names("");
    let mut command = fixture.command();
    command.args(["get-report", id, "--file-format", "csv"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let start_download = Instant::now();
    loop {
        let new = fixture.names("").into_iter().find(|name| !before.contains(name));
        let has_bytes =
            |name: &String| fs::metadata(fixture.path(name)).is_ok_and(|found| found.len() > 0);
        match new.filter(has_bytes) {
            Some(name) => return (child, name),
            None if start_download.elapsed() > Duration::from_secs(60) => {
                panic!("nothing was written")
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_killed_run_are_removed_by_the_next_run() {
    let fixture = Fixture::new().await;
    let id = fixture.started();
    let (mut killed, stale) = start_download(&fixture, &id);
    assert!(is_part(&stale) && stale.contains(&format!("-{}-", killed.id())), "{stale}");
    let mode = fs::metadata(fixture.path(&stale)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // Another run does not remove the partial file of a running process.
    fixture.tenant.set_csv_size(1000);
    let get = ["get-report", &id, "--file-format", "csv", "--if-exists", "replace"];
    fixture.run(&get).expect(0);
    assert_eq!(fixture.names(""), [stale.as_str(), "Identities Report.csv"]);
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_eq!(fixture.names(""), [stale.as_str(), "Identities Report.csv"]);
    fixture.run(&get).expect(0);
    assert_eq!(fixture.names(""), ["Identities Report.csv"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_killed_run_are_removed_by_a_run_that_writes_json() {
    let fixture = Fixture::new().await;
    let id = fixture.started();
    let (mut killed, stale) = start_download(&fixture, &id);
    killed.kill().unwrap();
    killed.wait().unwrap();
    // Neither a link nor a file with a similar name is removed.
    let alike = stale.replace(".part", "-0.part");
    fixture.write(&alike, "mine");
    let link = stale.replacen(&format!("-{}-", killed.id()), "-1-", 1);
    std::os::unix::fs::symlink(fixture.path(&alike), fixture.path(&link)).unwrap();
    fixture.run(&["get-report-result", &id, "--json", "-o", "state.json"]).expect(0);
    let mut expected = vec![alike, link, "state.json".to_owned()];
    expected.sort();
    assert_eq!(fixture.names(""), expected);
}

/// Wraps a command so that it cannot write any bytes to files, like on a full disk.
fn on_a_full_disk(command: &Command) -> Command {
    let mut limited = Command::new("sh");
    limited.args(["-c", r#"trap "" XFSZ; ulimit -f 0; exec "$@""#, "sh"]);
    limited.arg(command.get_program()).args(command.get_args()).env_clear();
    limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited.current_dir(command.get_current_dir().unwrap());
    limited
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_does_not_change_the_old_file() {
    let fixture = Fixture::new().await;
    let id = fixture.started();
    fixture.write("state.json", "old");
    for format in ["--json", "--json-lines"] {
        let mut command = fixture.command();
        command.args(["get-report-result", &id, format, "-o", "state.json"]);
        let run = finish(&mut on_a_full_disk(&command), b"").expect(1);
        assert!(run.stderr.contains("state.json could not be written"), "{}", run.stderr);
        assert_eq!(fixture.read("state.json"), b"old");
        assert_eq!(fixture.names(""), ["state.json"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn results_have_the_default_mode_and_links_are_followed() {
    let fixture = Fixture::new().await;
    let id = fixture.started();
    fixture.write("plain", "");
    fixture.write("real.json", "old");
    std::os::unix::fs::symlink("real.json", fixture.path("link.json")).unwrap();
    let mode = |name: &str| fs::metadata(fixture.path(name)).unwrap().permissions().mode();
    fixture.run(&["get-report-result", &id, "--json", "-o", "link.json"]).expect(0);
    assert!(fixture.read("real.json").starts_with(b"{"));
    assert!(fs::symlink_metadata(fixture.path("link.json")).unwrap().is_symlink());
    assert_eq!(mode("real.json"), mode("plain"));
    fixture.tenant.set_csv_size(1000);
    std::os::unix::fs::symlink("real.csv", fixture.path("link.csv")).unwrap();
    fixture.write("real.csv", "old");
    fixture.run(&["get-report", &id, "--file-format", "csv", "-o", "link.csv"]).expect(0);
    assert_eq!(fixture.read("real.csv").len(), 1000);
    assert_eq!(mode("real.csv"), mode("plain"));
    // A device is written to and not replaced.
    for words in [&["get-report-result", &id, "--json"][..], &get_csv(&id)] {
        fixture.run(&[words, &["-o", "/dev/null"]].concat()).expect(0);
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}

fn get_csv(id: &str) -> [&str; 4] {
    ["get-report", id, "--file-format", "csv"]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_existing_file_is_an_error_before_a_job_starts() {
    let fixture = Fixture::new().await;
    fixture.write("report.csv", "old");
    let words = ["run-report", "--report-type", "IDENTITIES", "--format", "csv"];
    let output = ["-o", "report.csv", "--if-exists", "fail"];
    let run = fixture.run(&[&words[..], &output].concat()).expect(1);
    assert!(run.stderr.contains("report.csv could not be written"), "{}", run.stderr);
    assert!(fixture.tenant.requests_to(Operation::StartReport).is_empty());
    assert_eq!(fixture.read("report.csv"), b"old");
    assert_eq!(fixture.names(""), ["report.csv"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn responses_that_are_not_files_are_not_saved() {
    let fixture = Fixture::new().await;
    let id = fixture.started();
    let page = "<!DOCTYPE html><html>Sign in</html>";
    let faults = [
        Fault::response(200, "text/html", page),
        Fault::response(200, "application/json", r#"{"detailCode": "500.0 Internal Fault"}"#),
        Fault::response(206, "application/csv", "id,name\n"),
        Fault::response(200, "application/csv", "id").header("Content-Encoding", "gzip"),
        Fault::status(204),
    ];
    for fault in faults {
        fixture.tenant.inject(Operation::GetReport, fault);
        let run = fixture.run(&get_csv(&id)).expect(1);
        assert!(run.stderr.contains("is not what was requested"), "{}", run.stderr);
        assert_eq!((run.stdout.as_str(), fixture.names("")), ("", vec![]));
    }
    // A page is not a success of other commands either.
    fixture.tenant.inject(Operation::CancelReport, Fault::response(200, "text/html", page));
    let run = fixture.run(&["cancel-report", &id]).expect(1);
    assert!(run.stderr.contains("a web page"), "{}", run.stderr);
    fixture
        .tenant
        .inject(Operation::GetReportResult, Fault::response(200, "application/zip", "PK"));
    let run = fixture.run(&["get-report-result", &id, "--json", "-o", "state.json"]).expect(1);
    assert!(run.stderr.contains("expected application/json"), "{}", run.stderr);
    assert_eq!(fixture.names(""), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_download_is_resumed() {
    let fixture = Fixture::new().await;
    let id = fixture.started();
    fixture.tenant.set_csv_size(300_000);
    fixture.tenant.inject(Operation::GetReport, Fault::cut_body(200_000));
    fixture.run(&get_csv(&id)).expect(0);
    assert_eq!(fixture.tenant.requests_to(Operation::GetReport).len(), 2);
    assert_eq!(fixture.names(""), ["Identities Report.csv"]);
    assert_eq!(fixture.read("Identities Report.csv").len(), 300_000);
}
