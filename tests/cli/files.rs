//! Files that the program writes: complete under their own name, or not there at all.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tests::mock_tenant::{Fault, Operation};

use crate::program::{Place, finish};

/// More than any test could read to its end.
const ENDLESS: u64 = 1 << 42;

fn is_part(name: &str) -> bool {
    name.starts_with(".sailpoint-reports-") && name.ends_with(".part")
}

/// A run that saves an endless file, as soon as a part of it is on disk.
fn begun(place: &Place, id: &str) -> (Child, String) {
    place.tenant.set_csv_size(ENDLESS);
    let before = place.names("");
    let mut command = place.command();
    command.args(["get-report", id, "--file-format", "csv"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    loop {
        let new = place.names("").into_iter().find(|name| !before.contains(name));
        let has_bytes =
            |name: &String| fs::metadata(place.path(name)).is_ok_and(|found| found.len() > 0);
        match new.filter(has_bytes) {
            Some(name) => return (child, name),
            None if begun.elapsed() > Duration::from_secs(60) => panic!("nothing was written"),
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_run_has_left_is_removed_by_the_next_one() {
    let place = Place::new().await;
    let id = place.started();
    let (mut killed, litter) = begun(&place, &id);
    assert!(is_part(&litter) && litter.contains(&format!("-{}-", killed.id())), "{litter}");
    let mode = fs::metadata(place.path(&litter)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // Another run does not touch the part of one that is still at work.
    place.tenant.set_csv_size(1000);
    let get = ["get-report", &id, "--file-format", "csv", "--if-exists", "replace"];
    place.run(&get).expect(0);
    assert_eq!(place.names(""), [litter.as_str(), "Identities Report.csv"]);
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_eq!(place.names(""), [litter.as_str(), "Identities Report.csv"]);
    place.run(&get).expect(0);
    assert_eq!(place.names(""), ["Identities Report.csv"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_run_has_left_is_removed_by_one_that_writes_json() {
    let place = Place::new().await;
    let id = place.started();
    let (mut killed, litter) = begun(&place, &id);
    killed.kill().unwrap();
    killed.wait().unwrap();
    // Neither a link nor a file with a name that only looks alike is taken for litter.
    let alike = litter.replace(".part", "-0.part");
    place.write(&alike, "mine");
    let link = litter.replacen(&format!("-{}-", killed.id()), "-1-", 1);
    std::os::unix::fs::symlink(place.path(&alike), place.path(&link)).unwrap();
    place.run(&["get-report-result", &id, "--json", "-o", "state.json"]).expect(0);
    let mut expected = vec![alike, link, "state.json".to_owned()];
    expected.sort();
    assert_eq!(place.names(""), expected);
}

/// Runs a command with a limit of no bytes for files, which is as good as a full disk.
fn on_a_full_disk(command: &Command) -> Command {
    let mut limited = Command::new("sh");
    limited.args(["-c", r#"trap "" XFSZ; ulimit -f 0; exec "$@""#, "sh"]);
    limited.arg(command.get_program()).args(command.get_args()).env_clear();
    limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited.current_dir(command.get_current_dir().unwrap());
    limited
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_does_not_cost_the_old_file() {
    let place = Place::new().await;
    let id = place.started();
    place.write("state.json", "old");
    for format in ["--json", "--json-lines"] {
        let mut command = place.command();
        command.args(["get-report-result", &id, format, "-o", "state.json"]);
        let run = finish(&mut on_a_full_disk(&command), b"").expect(1);
        assert!(run.stderr.contains("state.json could not be written"), "{}", run.stderr);
        assert_eq!(place.read("state.json"), b"old");
        assert_eq!(place.names(""), ["state.json"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_gets_the_usual_mode_and_links_are_followed() {
    let place = Place::new().await;
    let id = place.started();
    place.write("plain", "");
    place.write("real.json", "old");
    std::os::unix::fs::symlink("real.json", place.path("link.json")).unwrap();
    let mode = |name: &str| fs::metadata(place.path(name)).unwrap().permissions().mode();
    place.run(&["get-report-result", &id, "--json", "-o", "link.json"]).expect(0);
    assert!(place.read("real.json").starts_with(b"{"));
    assert!(fs::symlink_metadata(place.path("link.json")).unwrap().is_symlink());
    assert_eq!(mode("real.json"), mode("plain"));
    place.tenant.set_csv_size(1000);
    std::os::unix::fs::symlink("real.csv", place.path("link.csv")).unwrap();
    place.write("real.csv", "old");
    place.run(&["get-report", &id, "--file-format", "csv", "-o", "link.csv"]).expect(0);
    assert_eq!(place.read("real.csv").len(), 1000);
    assert_eq!(mode("real.csv"), mode("plain"));
    // A device is written to, and stays one.
    for words in [&["get-report-result", &id, "--json"][..], &get_csv(&id)] {
        place.run(&[words, &["-o", "/dev/null"]].concat()).expect(0);
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}

fn get_csv(id: &str) -> [&str; 4] {
    ["get-report", id, "--file-format", "csv"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_to_stay_is_told_before_a_job_is_started() {
    let place = Place::new().await;
    place.write("report.csv", "old");
    let words = ["run-report", "--report-type", "IDENTITIES", "--format", "csv"];
    let output = ["-o", "report.csv", "--if-exists", "fail"];
    let run = place.run(&[&words[..], &output].concat()).expect(1);
    assert!(run.stderr.contains("report.csv could not be written"), "{}", run.stderr);
    assert!(place.tenant.requests_to(Operation::StartReport).is_empty());
    assert_eq!(place.read("report.csv"), b"old");
    assert_eq!(place.names(""), ["report.csv"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_is_not_saved() {
    let place = Place::new().await;
    let id = place.started();
    let page = "<!DOCTYPE html><html>Sign in</html>";
    let faults = [
        Fault::answer(200, "text/html", page),
        Fault::answer(200, "application/json", r#"{"detailCode": "500.0 Internal Fault"}"#),
        Fault::answer(206, "application/csv", "id,name\n"),
        Fault::answer(200, "application/csv", "id").header("Content-Encoding", "gzip"),
        Fault::status(204),
    ];
    for fault in faults {
        place.tenant.inject(Operation::GetReport, fault);
        let run = place.run(&get_csv(&id)).expect(1);
        assert!(run.stderr.contains("is not what was requested"), "{}", run.stderr);
        assert_eq!((run.stdout.as_str(), place.names("")), ("", vec![]));
    }
    // Nor is a page the success of anything else.
    place.tenant.inject(Operation::CancelReport, Fault::answer(200, "text/html", page));
    let run = place.run(&["cancel-report", &id]).expect(1);
    assert!(run.stderr.contains("a web page"), "{}", run.stderr);
    place.tenant.inject(Operation::GetReportResult, Fault::answer(200, "application/zip", "PK"));
    let run = place.run(&["get-report-result", &id, "--json", "-o", "state.json"]).expect(1);
    assert!(run.stderr.contains("application/json was expected"), "{}", run.stderr);
    assert_eq!(place.names(""), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_breaks_off_is_fetched_on() {
    let place = Place::new().await;
    let id = place.started();
    place.tenant.set_csv_size(300_000);
    place.tenant.inject(Operation::GetReport, Fault::cut_body(200_000));
    place.run(&get_csv(&id)).expect(0);
    assert_eq!(place.tenant.requests_to(Operation::GetReport).len(), 2);
    assert_eq!(place.names(""), ["Identities Report.csv"]);
    assert_eq!(place.read("Identities Report.csv").len(), 300_000);
}
