//! The whole job: start, poll, save.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::mock_tenant::{Fault, Operation};

use crate::program::{Fixture, Run, exists, finish};

const SHORT_INTERVAL: [&str; 2] = ["--poll-interval", "0.1"];

#[tokio::test(flavor = "multi_thread")]
async fn a_search_export_is_saved_under_its_name() {
    let fixture = Fixture::new().await;
    let words = [
        "run-report",
        "--report-type",
        "SEARCH_EXPORT",
        "--query",
        "name:a*",
        "--output",
        "exports/",
    ];
    let run = fixture.run(&[&words[..], &SHORT_INTERVAL].concat()).expect(0);
    assert_eq!(run.stdout, "exports/Search Export.zip\n");
    assert!(fixture.read("exports/Search Export.zip").starts_with(b"PK"));
    let lines: Vec<&str> = run.stderr.lines().collect();
    let [started, ended] = lines.as_slice() else { panic!("{}", run.stderr) };
    assert!(started.starts_with("started ") && ended.starts_with("ended with SUCCESS after "));
    let request = fixture.request(Operation::GetReport);
    assert_eq!(request.query.as_deref(), Some("fileFormat=csv"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_run_gives_several_formats() {
    let fixture = Fixture::new().await;
    let words = ["run-report", "--report-type", "IDENTITIES", "--format", "csv,pdf", "--format"];
    let words =
        [&words[..], &["csv", "--name", "mine", "--json", "-o", "out"], &SHORT_INTERVAL].concat();
    let run = fixture.run(&words).expect(0);
    assert_eq!(fixture.tenant.requests_to(Operation::StartReport).len(), 1);
    let downloads = fixture.tenant.requests_to(Operation::GetReport);
    let queries: Vec<_> = downloads.iter().filter_map(|one| one.query.as_deref()).collect();
    assert_eq!(queries, ["name=mine&fileFormat=csv", "name=mine&fileFormat=pdf"]);
    let accepted: Vec<_> = downloads.iter().filter_map(|one| one.header("accept")).collect();
    assert_eq!(accepted, ["application/csv", "application/pdf"]);
    let output = run.json();
    assert_eq!(output["files"], json!(["out/mine.csv", "out/mine.pdf"]));
    assert_eq!(output["state"]["status"], "SUCCESS");
    assert_eq!(output["id"], output["state"]["id"]);
    assert_eq!(fixture.names("out"), ["mine.csv", "mine.pdf"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn states_can_be_printed_as_json_lines() {
    let fixture = Fixture::new().await;
    fixture.tenant.set_report_duration(Duration::from_millis(1300));
    let words = ["run-report", "--report-type", "IDENTITIES", "--json-lines", "--quiet"];
    let run = fixture.run(&[&words[..], &["--poll-interval", "0.3"]].concat()).expect(0);
    let lines: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let phases: Vec<_> = lines.iter().filter_map(|line| line["phase"].as_str()).collect();
    assert!(phases.len() > 2 && phases.first() == Some(&"pending"), "{phases:?}");
    assert_eq!((phases.last(), lines.len()), (Some(&"succeeded"), phases.len() + 1));
    assert_eq!(lines.last().unwrap()["files"], json!(["./Identities Report.csv"]));
    assert_eq!(run.stderr, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_started_report_can_be_resumed() {
    let fixture = Fixture::new().await;
    let id = fixture.started();
    let run =
        fixture.run(&[&["run-report", "--resume", &id][..], &SHORT_INTERVAL].concat()).expect(0);
    assert!(run.stderr.starts_with(&format!("waiting for {id}\n")), "{}", run.stderr);
    assert_eq!(fixture.tenant.requests_to(Operation::StartReport).len(), 0);
    assert!(exists(&fixture.path("Identities Report.csv")));
    let words = ["run-report", "--resume", &id, "--report-type", "IDENTITIES"];
    fixture.run(&words).expect(2);
    fixture.run(&["run-report"]).expect(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeout_prints_how_to_resume() {
    let fixture = Fixture::new().await;
    fixture.tenant.set_report_duration(Duration::from_secs(600));
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
    let run = fixture.run(&[&words[..], &SHORT_INTERVAL].concat()).expect(7);
    let resume = run.stderr.lines().find(|line| line.starts_with("hint: to go on: ")).unwrap();
    assert!(resume.contains("sailpoint-reports run-report --resume "), "{resume}");
    assert!(
        resume.ends_with("--timeout 0.5 --poll-interval 0.1 --format pdf --output 'a b/'"),
        "{resume}"
    );
    assert!(fixture.tenant.requests_to(Operation::CancelReport).is_empty());
    let words = [&words[..], &["--cancel-on-timeout"], &SHORT_INTERVAL].concat();
    let run = fixture.run(&words).expect(7);
    assert!(run.stderr.contains("and was cancelled") && !run.stderr.contains("to go on"));
    assert_eq!(fixture.tenant.requests_to(Operation::CancelReport).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn unexpected_states_are_reported_once() {
    let fixture = Fixture::new().await;
    let words = ["run-report", "--resume", "unknown", "--timeout", "0.6"];
    let run = fixture.run(&[&words[..], &SHORT_INTERVAL].concat()).expect(7);
    let output = "the server says nothing of unknown, and may not know it: waiting on\n";
    assert_eq!(run.stderr.matches(output).count(), 1, "{}", run.stderr);
    fixture.tenant.set_next_final_status("TEMP_ERROR");
    let words = ["run-report", "--report-type", "IDENTITIES", "--timeout", "0.6"];
    let run = fixture.run(&[&words[..], &SHORT_INTERVAL].concat()).expect(7);
    let output = "`TEMP_ERROR` is no status that ends it: waiting on\n";
    assert_eq!(run.stderr.matches(output).count(), 1, "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_in_progress_is_joined() {
    let fixture = Fixture::new().await;
    let id = fixture.started();
    let body = json!({"id": id, "created": "2020-07-01T10:00:00.000Z"}).to_string();
    fixture.tenant.inject(Operation::StartReport, Fault::response(200, "application/json", body));
    let words = ["run-report", "--report-type", "IDENTITIES"];
    let run = fixture.run(&[&words[..], &SHORT_INTERVAL].concat()).expect(0);
    let joined = format!("joined, as it was under way already: {id}\n");
    assert!(run.stderr.starts_with(&joined), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_started_if_the_output_cannot_be_written() {
    let fixture = Fixture::new().await;
    fixture.write("file", "");
    let words = ["run-report", "--report-type", "IDENTITIES", "-o"];
    let run = fixture.run(&[&words[..], &["file/below/"]].concat()).expect(1);
    assert!(run.stderr.contains("file/below/ could not be written"), "{}", run.stderr);
    fixture.run(&[&words[..], &["one.csv", "--format", "csv,pdf"]].concat()).expect(2);
    fixture.run(&[&words[..], &["-", "--format", "csv,pdf"]].concat()).expect(2);
    assert!(fixture.tenant.requests().is_empty());
}

/// Starts the program, waits for its first poll, and returns the id of its report.
fn start_waiting(fixture: &Fixture, words: &[&str]) -> (Child, String) {
    fixture.tenant.set_report_duration(Duration::from_secs(600));
    fixture.tenant.clear_requests();
    let mut command = fixture.command();
    let command = command.args(["run-report", "--report-type", "IDENTITIES"]).args(SHORT_INTERVAL);
    let command = command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let since = Instant::now();
    while fixture.tenant.requests_to(Operation::GetReportResult).is_empty() {
        assert!(since.elapsed() < Duration::from_secs(30), "nobody asks for the state");
        std::thread::sleep(Duration::from_millis(20));
    }
    let path = fixture.tenant.requests_to(Operation::GetReportResult)[0].path.clone();
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
async fn ctrl_c_prints_how_to_resume() {
    let fixture = Fixture::new().await;
    let secret = fixture.tenant.client_secret().to_owned();
    fixture.write("secret", &secret);
    let words = ["--client-secret-file", "secret", "--api-version", "v3", "--format", "csv,pdf"];
    let (child, id) = start_waiting(&fixture, &words);
    let run = stop(child, "-INT").expect(130);
    assert_eq!(run.stdout, "");
    let text = run.stderr.replace(&id, "ID");
    insta::assert_snapshot!(text, @"
    started ID
    error: interrupted: ID is still running at the server
      id  ID
    hint: to go on: sailpoint-reports run-report --resume ID --poll-interval 0.1 --format csv,pdf --api-version v3 --client-secret-file secret
    hint: to stop it: sailpoint-reports cancel-report ID --api-version v3 --client-secret-file secret
    ");
    assert!(fixture.tenant.requests_to(Operation::CancelReport).is_empty());
    let (child, id) = start_waiting(&fixture, &["--json"]);
    let run = stop(child, "-TERM").expect(143);
    let error: Value = serde_json::from_str(run.stderr.lines().last().unwrap()).unwrap();
    assert_eq!((&error["exitCode"], &error["id"]), (&json!(143), &json!(id)));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_leaves_no_partial_file() {
    let fixture = Fixture::new().await;
    let id = fixture.started();
    fixture.tenant.set_csv_size(1 << 30);
    let mut command = fixture.command();
    let command = command.args(["get-report", &id, "--file-format", "csv", "-o", "out/"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let since = Instant::now();
    let is_growing = || {
        let names = fixture.names("out");
        let sizes = names.iter().map(|name| fixture.path("out").join(name).metadata());
        sizes.flatten().any(|file| file.len() > 1 << 20)
    };
    while !is_growing() {
        assert!(since.elapsed() < Duration::from_secs(30), "nothing arrives");
        std::thread::sleep(Duration::from_millis(5));
    }
    let run = stop(child, "-INT").expect(130);
    assert!(run.stderr.contains("interrupted"), "{}", run.stderr);
    assert_eq!(fixture.names("out"), [""; 0]);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_reported_with_the_required_size() {
    let fixture = Fixture::new().await;
    let id = fixture.started();
    fixture.tenant.set_csv_size(3_000_000);
    // The size limit of files has the effect of a full disk.
    let script = "trap '' XFSZ; ulimit -f 1000; exec \"$@\"";
    let inner = fixture.command();
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script, "sh"]).arg(inner.get_program());
    command.args(["get-report", &id, "--file-format", "csv", "-o", "out/"]);
    command.env_clear().current_dir(fixture.path("."));
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let run = finish(&mut command, b"").expect(1);
    assert!(run.stderr.contains("could not be written"), "{}", run.stderr);
    assert!(run.stderr.contains("the file has 3000000 bytes"), "{}", run.stderr);
    assert_eq!(fixture.names("out"), [""; 0], "what was written is removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_download_can_be_repeated() {
    let fixture = Fixture::new().await;
    fixture.tenant.inject(Operation::GetReport, Fault::status(403));
    let words = ["run-report", "--report-type", "IDENTITIES"];
    let run = fixture.run(&[&words[..], &SHORT_INTERVAL].concat()).expect(4);
    assert!(run.stderr.contains("has ended well, but its file is not here"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: get-report needs one of the scopes sp:report:read, "));
    assert!(run.stderr.contains("hint: to go on: sailpoint-reports run-report --resume "));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_is_written_before_the_report_is_polled() {
    let fixture = Fixture::new().await;
    fixture.write("id", "old");
    let (child, id) = start_waiting(&fixture, &["--quiet", "--id-file", "id"]);
    assert_eq!(fixture.read("id"), format!("{id}\n").into_bytes());
    assert_eq!(fixture.names("."), ["id"], "nothing is left beside it");
    stop(child, "-TERM").expect(143);
    let words = ["run-report", "--report-type", "IDENTITIES", "--id-file", "no/where"];
    let run = fixture.run(&[&words[..], &SHORT_INTERVAL].concat()).expect(1);
    assert!(run.stderr.contains("was started, but no/where cannot be written"), "{}", run.stderr);
}

/// Starts the program, and waits until the tenant has read its request.
#[cfg(unix)]
fn start_and_wait_for(fixture: &Fixture, words: &[&str], operation: Operation) -> Child {
    fixture.tenant.clear_requests();
    let mut command = fixture.command();
    command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let since = Instant::now();
    while fixture.tenant.requests_to(operation).is_empty() {
        assert!(since.elapsed() < Duration::from_secs(30), "nobody asks for {operation:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
    child
}

/// The tenant has read the request and does not respond, so the client does not know what happened.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_before_the_response_reports_what_may_have_happened() {
    let fixture = Fixture::new().await;
    let late = || Fault::delay(Duration::from_secs(600));
    let started = "interrupted before there was a response: it may have been started";
    let acted = "interrupted; the server may have acted on it";
    for (words, operation, expected) in [
        (&["run-report", "--report-type", "IDENTITIES"][..], Operation::StartReport, started),
        (&["start-report", "--report-type", "IDENTITIES"], Operation::StartReport, acted),
        (&["cancel-report", "7"], Operation::CancelReport, acted),
        // A GET changes nothing.
        (&["get-report-result", "7"], Operation::GetReportResult, "interrupted"),
    ] {
        for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
            fixture.tenant.inject(operation, late());
            let run = stop(start_and_wait_for(&fixture, words, operation), signal).expect(code);
            assert_eq!(run.stderr, format!("error: {expected}\n"), "{words:?}");
            fixture.tenant.inject(operation, late());
            let words = [words, &["--json"]].concat();
            let run = stop(start_and_wait_for(&fixture, &words, operation), signal).expect(code);
            let error: Value = serde_json::from_str(&run.stderr).unwrap();
            assert_eq!(error["mayHaveActed"] == json!(true), expected != "interrupted", "{error}");
            assert_eq!(fixture.tenant.requests_to(operation).len(), 1);
        }
    }
}

/// Before authentication, nothing was started.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_while_authenticating_reports_that_nothing_happened() {
    let fixture = Fixture::new().await;
    for (command, expected) in
        [("run-report", "interrupted: nothing was started"), ("start-report", "interrupted")]
    {
        fixture.tenant.inject(Operation::Token, Fault::delay(Duration::from_secs(600)));
        let words = [command, "--report-type", "IDENTITIES"];
        let run = stop(start_and_wait_for(&fixture, &words, Operation::Token), "-INT").expect(130);
        assert_eq!(run.stderr, format!("error: {expected}\n"));
        assert!(fixture.tenant.requests_to(Operation::StartReport).is_empty());
    }
}

/// During the delay before a retry, the last attempt was rejected.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_after_a_rejection_reports_that_nothing_happened() {
    let fixture = Fixture::new().await;
    let rejected_start = Fault::rate_limited("120");
    fixture.tenant.inject(Operation::StartReport, rejected_start);
    let words = ["start-report", "--report-type", "IDENTITIES"];
    let child = start_and_wait_for(&fixture, &words, Operation::StartReport);
    // The response must arrive first, and the output does not show that.
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(stop(child, "-INT").expect(130).stderr, "error: interrupted\n");
}

/// A timeout is reported like an interruption: what may have happened, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_times_out_reports_what_may_have_happened() {
    let fixture = Fixture::new().await;
    let words = ["run-report", "--report-type", "IDENTITIES", "--timeout", "1", "--json"];
    for (operation, may_have_acted) in [(Operation::Token, false), (Operation::StartReport, true)] {
        fixture.tenant.inject(operation, Fault::delay(Duration::from_secs(600)));
        let run = fixture.run(&words).expect(7);
        let error: Value = serde_json::from_str(&run.stderr).unwrap();
        assert_eq!(error["mayHaveActed"] == json!(true), may_have_acted, "{error}");
        assert_eq!(run.stderr.contains("may have been started"), may_have_acted, "{error}");
    }
}

/// The program prints what the server has sent, and waits for what it has started, whatever stands
/// beside the id and the status.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_beside_an_id_costs_it() {
    let fixture = Fixture::new().await;
    let words = ["run-report", "--report-type", "IDENTITIES", "--json", "--id-file", "id"];
    let deep = format!("{}1{}", "[".repeat(130), "]".repeat(130));
    for beside in ["1e400", r#""\ud800""#, &deep, "1.50"] {
        let id = "12345678901234567890123";
        let fault = |body: String| Fault::response(200, "application/json", body);
        let started = fault(format!(r#"{{"x":{beside},"id":{id}}}"#));
        fixture.tenant.inject(Operation::StartReport, started);
        let state = format!(r#"{{"id":"{id}","status":"SUCCESS","x":{beside}}}"#);
        fixture.tenant.inject(Operation::GetReportResult, fault(state.clone()));
        let fault = Fault::response(200, "application/csv", "id\n1\n".to_owned());
        fixture.tenant.inject(Operation::GetReport, fault);
        let run = fixture.run(&[&words[..], &SHORT_INTERVAL].concat()).expect(0);
        assert!(run.stdout.ends_with(&format!(r#""state":{state}}}{}"#, "\n")), "{}", run.stdout);
        assert_eq!(fixture.read("id"), format!("{id}\n").into_bytes());
    }
}
