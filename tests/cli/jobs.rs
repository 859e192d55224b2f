//! The whole job: start, wait, save.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::mock_tenant::{Fault, Operation};

use crate::program::{Place, Run, exists, finish};

const SOON: [&str; 2] = ["--poll-interval", "0.1"];

#[tokio::test(flavor = "multi_thread")]
async fn a_search_export_is_saved_under_its_own_name() {
    let place = Place::new().await;
    let words = [
        "run-report",
        "--report-type",
        "SEARCH_EXPORT",
        "--query",
        "name:a*",
        "--output",
        "exports/",
    ];
    let run = place.run(&[&words[..], &SOON].concat()).expect(0);
    assert_eq!(run.stdout, "exports/Search Export.zip\n");
    assert!(place.read("exports/Search Export.zip").starts_with(b"PK"));
    let lines: Vec<&str> = run.stderr.lines().collect();
    let [started, ended] = lines.as_slice() else { panic!("{}", run.stderr) };
    assert!(started.starts_with("started ") && ended.starts_with("ended with SUCCESS after "));
    let request = place.request(Operation::GetReport);
    assert_eq!(request.query.as_deref(), Some("fileFormat=csv"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_run_gives_several_formats() {
    let place = Place::new().await;
    let words = ["run-report", "--report-type", "IDENTITIES", "--format", "csv,pdf", "--format"];
    let words = [&words[..], &["csv", "--name", "mine", "--json", "-o", "out"], &SOON].concat();
    let run = place.run(&words).expect(0);
    assert_eq!(place.tenant.requests_to(Operation::StartReport).len(), 1);
    let downloads = place.tenant.requests_to(Operation::GetReport);
    let queries: Vec<_> = downloads.iter().filter_map(|one| one.query.as_deref()).collect();
    assert_eq!(queries, ["name=mine&fileFormat=csv", "name=mine&fileFormat=pdf"]);
    let accepted: Vec<_> = downloads.iter().filter_map(|one| one.header("accept")).collect();
    assert_eq!(accepted, ["application/csv", "application/pdf"]);
    let said = run.json();
    assert_eq!(said["files"], json!(["out/mine.csv", "out/mine.pdf"]));
    assert_eq!(said["state"]["status"], "SUCCESS");
    assert_eq!(said["id"], said["state"]["id"]);
    assert_eq!(place.names("out"), ["mine.csv", "mine.pdf"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_can_be_a_line() {
    let place = Place::new().await;
    place.tenant.set_report_duration(Duration::from_millis(1300));
    let words = ["run-report", "--report-type", "IDENTITIES", "--json-lines", "--quiet"];
    let run = place.run(&[&words[..], &["--poll-interval", "0.3"]].concat()).expect(0);
    let lines: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let phases: Vec<_> = lines.iter().filter_map(|line| line["phase"].as_str()).collect();
    assert!(phases.len() > 2 && phases.first() == Some(&"pending"), "{phases:?}");
    assert_eq!((phases.last(), lines.len()), (Some(&"succeeded"), phases.len() + 1));
    assert_eq!(lines.last().unwrap()["files"], json!(["./Identities Report.csv"]));
    assert_eq!(run.stderr, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_started_before_is_waited_for() {
    let place = Place::new().await;
    let id = place.started();
    let run = place.run(&[&["run-report", "--resume", &id][..], &SOON].concat()).expect(0);
    assert!(run.stderr.starts_with(&format!("waiting for {id}\n")), "{}", run.stderr);
    assert_eq!(place.tenant.requests_to(Operation::StartReport).len(), 0);
    assert!(exists(&place.path("Identities Report.csv")));
    let words = ["run-report", "--resume", &id, "--report-type", "IDENTITIES"];
    place.run(&words).expect(2);
    place.run(&["run-report"]).expect(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_too_long_is_told_how_to_go_on() {
    let place = Place::new().await;
    place.tenant.set_report_duration(Duration::from_secs(600));
    let words = [
        "run-report",
        "--report-type",
        "IDENTITIES",
        "--timeout",
        "0.5",
        "--format",
        "pdf",
        "-o",
        "a b/",
    ];
    let run = place.run(&[&words[..], &SOON].concat()).expect(7);
    let resume = run.stderr.lines().find(|line| line.starts_with("hint: to go on: ")).unwrap();
    assert!(resume.contains("sailpoint-reports run-report --resume "), "{resume}");
    assert!(
        resume.ends_with("--timeout 0.5 --poll-interval 0.1 --format pdf --output 'a b/'"),
        "{resume}"
    );
    assert!(place.tenant.requests_to(Operation::CancelReport).is_empty());
    let words = [&words[..], &["--cancel-on-timeout"], &SOON].concat();
    let run = place.run(&words).expect(7);
    assert!(run.stderr.contains("and was cancelled") && !run.stderr.contains("to go on"));
    assert_eq!(place.tenant.requests_to(Operation::CancelReport).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_odd_while_it_is_waited_is_said_once() {
    let place = Place::new().await;
    let words = ["run-report", "--resume", "unknown", "--timeout", "0.6"];
    let run = place.run(&[&words[..], &SOON].concat()).expect(7);
    let said = "the server says nothing of unknown, and may not know it: waiting on\n";
    assert_eq!(run.stderr.matches(said).count(), 1, "{}", run.stderr);
    place.tenant.set_next_final_status("TEMP_ERROR");
    let words = ["run-report", "--report-type", "IDENTITIES", "--timeout", "0.6"];
    let run = place.run(&[&words[..], &SOON].concat()).expect(7);
    let said = "`TEMP_ERROR` is no status that ends it: waiting on\n";
    assert_eq!(run.stderr.matches(said).count(), 1, "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_under_way_already_is_joined() {
    let place = Place::new().await;
    let id = place.started();
    let body = json!({"id": id, "created": "2020-07-01T10:00:00.000Z"}).to_string();
    place.tenant.inject(Operation::StartReport, Fault::answer(200, "application/json", body));
    let words = ["run-report", "--report-type", "IDENTITIES"];
    let run = place.run(&[&words[..], &SOON].concat()).expect(0);
    let joined = format!("joined, as it was under way already: {id}\n");
    assert!(run.stderr.starts_with(&joined), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_started_if_nothing_can_be_saved() {
    let place = Place::new().await;
    place.write("file", "");
    let words = ["run-report", "--report-type", "IDENTITIES", "-o"];
    let run = place.run(&[&words[..], &["file/below/"]].concat()).expect(1);
    assert!(run.stderr.contains("file/below/ could not be written"), "{}", run.stderr);
    place.run(&[&words[..], &["one.csv", "--format", "csv,pdf"]].concat()).expect(2);
    place.run(&[&words[..], &["-", "--format", "csv,pdf"]].concat()).expect(2);
    assert!(place.tenant.requests().is_empty());
}

/// A program that was started and has said the id of its report.
fn waiting(place: &Place, words: &[&str]) -> (Child, String) {
    place.tenant.set_report_duration(Duration::from_secs(600));
    place.tenant.clear_requests();
    let mut command = place.command();
    let command = command.args(["run-report", "--report-type", "IDENTITIES"]).args(SOON);
    let command = command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let since = Instant::now();
    while place.tenant.requests_to(Operation::GetReportResult).is_empty() {
        assert!(since.elapsed() < Duration::from_secs(30), "nobody asks for the state");
        std::thread::sleep(Duration::from_millis(20));
    }
    let path = place.tenant.requests_to(Operation::GetReportResult)[0].path.clone();
    (child, path.split('/').nth(3).unwrap().to_owned())
}

#[cfg(unix)]
fn stop(child: Child, signal: &str) -> Run {
    let id = child.id().to_string();
    let killed = std::process::Command::new("kill").args([signal, &id]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_says_how_to_go_on() {
    let place = Place::new().await;
    let secret = place.tenant.client_secret().to_owned();
    place.write("secret", &secret);
    let words = ["--client-secret-file", "secret", "--api-version", "v3", "--format", "csv,pdf"];
    let (child, id) = waiting(&place, &words);
    let run = stop(child, "-INT").expect(130);
    assert_eq!(run.stdout, "");
    let text = run.stderr.replace(&id, "ID");
    insta::assert_snapshot!(text, @"
    started ID
    error: interrupted: ID goes on at the server
      id  ID
    hint: to go on: sailpoint-reports run-report --resume ID --poll-interval 0.1 --format csv,pdf --api-version v3 --client-secret-file secret
    hint: to stop it: sailpoint-reports cancel-report ID --api-version v3 --client-secret-file secret
    ");
    assert!(place.tenant.requests_to(Operation::CancelReport).is_empty());
    let (child, id) = waiting(&place, &["--json"]);
    let run = stop(child, "-TERM").expect(143);
    let error: Value = serde_json::from_str(run.stderr.lines().last().unwrap()).unwrap();
    assert_eq!((&error["exitCode"], &error["id"]), (&json!(143), &json!(id)));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_leaves_no_half_file() {
    let place = Place::new().await;
    let id = place.started();
    place.tenant.set_csv_size(1 << 30);
    let mut command = place.command();
    let command = command.args(["get-report", &id, "--file-format", "csv", "-o", "out/"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let since = Instant::now();
    let is_growing = || {
        let names = place.names("out");
        let sizes = names.iter().map(|name| place.path("out").join(name).metadata());
        sizes.flatten().any(|file| file.len() > 1 << 20)
    };
    while !is_growing() {
        assert!(since.elapsed() < Duration::from_secs(30), "nothing arrives");
        std::thread::sleep(Duration::from_millis(5));
    }
    let run = stop(child, "-INT").expect(130);
    assert!(run.stderr.contains("interrupted"), "{}", run.stderr);
    assert_eq!(place.names("out"), [""; 0]);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_with_what_was_needed() {
    let place = Place::new().await;
    let id = place.started();
    place.tenant.set_csv_size(3_000_000);
    // No file may have more than half a megabyte, which is what a full disk looks like.
    let script = "trap '' XFSZ; ulimit -f 1000; exec \"$@\"";
    let inner = place.command();
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script, "sh"]).arg(inner.get_program());
    command.args(["get-report", &id, "--file-format", "csv", "-o", "out/"]);
    command.env_clear().current_dir(place.path("."));
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let run = finish(&mut command, b"").expect(1);
    assert!(run.stderr.contains("could not be written"), "{}", run.stderr);
    assert!(run.stderr.contains("the file has 3000000 bytes"), "{}", run.stderr);
    assert_eq!(place.names("out"), [""; 0], "what was written is removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_fails_can_be_repeated() {
    let place = Place::new().await;
    place.tenant.inject(Operation::GetReport, Fault::status(403));
    let words = ["run-report", "--report-type", "IDENTITIES"];
    let run = place.run(&[&words[..], &SOON].concat()).expect(4);
    assert!(run.stderr.contains("has ended well, but its file is not here"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: get-report needs one of the scopes sp:report:read, "));
    assert!(run.stderr.contains("hint: to go on: sailpoint-reports run-report --resume "));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_is_kept_before_it_is_waited_for() {
    let place = Place::new().await;
    place.write("id", "old");
    let (child, id) = waiting(&place, &["--quiet", "--id-file", "id"]);
    assert_eq!(place.read("id"), format!("{id}\n").into_bytes());
    assert_eq!(place.names("."), ["id"], "nothing is left beside it");
    stop(child, "-TERM").expect(143);
    let words = ["run-report", "--report-type", "IDENTITIES", "--id-file", "no/where"];
    let run = place.run(&[&words[..], &SOON].concat()).expect(1);
    assert!(run.stderr.contains("was started, but no/where cannot be written"), "{}", run.stderr);
}

/// A program that was started, as soon as the tenant has read its request for this.
#[cfg(unix)]
fn under_way(place: &Place, words: &[&str], operation: Operation) -> Child {
    place.tenant.clear_requests();
    let mut command = place.command();
    command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let since = Instant::now();
    while place.tenant.requests_to(operation).is_empty() {
        assert!(since.elapsed() < Duration::from_secs(30), "nobody asks for {operation:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
    child
}

/// The tenant has read the request and does not respond: nobody but the tenant knows what it has done.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_before_the_response_says_what_may_have_happened() {
    let place = Place::new().await;
    let late = || Fault::delay(Duration::from_secs(600));
    let started = "interrupted before there was a response: it may have been started";
    let acted = "interrupted; the server may have acted on it";
    for (words, operation, told) in [
        (&["run-report", "--report-type", "IDENTITIES"][..], Operation::StartReport, started),
        (&["start-report", "--report-type", "IDENTITIES"], Operation::StartReport, acted),
        (&["cancel-report", "7"], Operation::CancelReport, acted),
        // A GET changes nothing.
        (&["get-report-result", "7"], Operation::GetReportResult, "interrupted"),
    ] {
        for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
            place.tenant.inject(operation, late());
            let run = stop(under_way(&place, words, operation), signal).expect(code);
            assert_eq!(run.stderr, format!("error: {told}\n"), "{words:?}");
            place.tenant.inject(operation, late());
            let words = [words, &["--json"]].concat();
            let run = stop(under_way(&place, &words, operation), signal).expect(code);
            let error: Value = serde_json::from_str(&run.stderr).unwrap();
            assert_eq!(error["mayHaveActed"] == json!(true), told != "interrupted", "{error}");
            assert_eq!(place.tenant.requests_to(operation).len(), 1);
        }
    }
}

/// Whoever has not authenticated yet has started nothing.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_while_authenticating_does_not_say_that_anything_happened() {
    let place = Place::new().await;
    for (command, told) in
        [("run-report", "interrupted: nothing was started"), ("start-report", "interrupted")]
    {
        place.tenant.inject(Operation::Token, Fault::delay(Duration::from_secs(600)));
        let words = [command, "--report-type", "IDENTITIES"];
        let run = stop(under_way(&place, &words, Operation::Token), "-INT").expect(130);
        assert_eq!(run.stderr, format!("error: {told}\n"));
        assert!(place.tenant.requests_to(Operation::StartReport).is_empty());
    }
}

/// While it waits for another attempt, the last one was refused.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_after_a_refusal_does_not_say_that_anything_happened() {
    let place = Place::new().await;
    let refused = Fault::rate_limited("120");
    place.tenant.inject(Operation::StartReport, refused);
    let words = ["start-report", "--report-type", "IDENTITIES"];
    let child = under_way(&place, &words, Operation::StartReport);
    // The response has to arrive first, and there is nothing to be seen of that.
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(stop(child, "-INT").expect(130).stderr, "error: interrupted\n");
}

/// Time that runs out is told as an interruption is: what may have happened, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_runs_out_of_time_says_what_may_have_happened() {
    let place = Place::new().await;
    let words = ["run-report", "--report-type", "IDENTITIES", "--timeout", "1", "--json"];
    for (operation, may_have) in [(Operation::Token, false), (Operation::StartReport, true)] {
        place.tenant.inject(operation, Fault::delay(Duration::from_secs(600)));
        let run = place.run(&words).expect(7);
        let error: Value = serde_json::from_str(&run.stderr).unwrap();
        assert_eq!(error["mayHaveActed"] == json!(true), may_have, "{error}");
        assert_eq!(run.stderr.contains("may have been started"), may_have, "{error}");
    }
}
