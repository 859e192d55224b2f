//! The exit codes and the error messages.

use serde_json::json;
use tests::mock_tenant::{Fault, Operation};

use crate::program::{Fixture, Run, finish};

const START: [&str; 3] = ["start-report", "--report-type", "IDENTITIES"];

/// Runs a start that the server rejects, without `--json`.
async fn rejected_start(fault: Fault) -> Run {
    let fixture = Fixture::new().await;
    fixture.tenant.inject(Operation::StartReport, fault);
    fixture.run(&START)
}

#[tokio::test(flavor = "multi_thread")]
async fn usage() {
    let fixture = Fixture::new().await;
    for words in [&["no-such-command"][..], &["start-report", "--no-such-flag"], &[]] {
        let run = fixture.run(words).expect(2);
        assert!(run.stderr.contains("Usage: sailpoint-reports"), "{}", run.stderr);
    }
    fixture.run(&["--help"]).expect(0);
    assert_eq!(fixture.run(&["--version"]).expect(0).stdout, "sailpoint-reports 0.1.0\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials() {
    let fixture = Fixture::new().await;
    let run = finish(fixture.bare().args(START), b"").expect(3);
    insta::assert_snapshot!(run.stderr, @"
    error: no credentials were found: the environment has no SAIL_BASE_URL, no SAIL_CLIENT_ID and no SAIL_CLIENT_SECRET; there is no ./config.json; there is no ~/.sailpoint/config.yaml
    hint: set SAIL_BASE_URL, SAIL_CLIENT_ID and SAIL_CLIENT_SECRET, or give --base-url, --client-id and --client-secret-file
    ");
    let run = finish(fixture.command().args(START).env("SAIL_CLIENT_SECRET", "wrong"), b"");
    assert!(run.expect(3).stderr.starts_with("error: authentication failed: "));
    let run = rejected_start(Fault::unauthorized().times(2)).await.expect(3);
    assert!(run.stderr.contains("hint: the token was rejected"), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_by_the_api() {
    for status in [400, 403, 404] {
        rejected_start(Fault::status(status)).await.expect(4);
    }
    let body = json!({
        "detailCode": "403.1.0",
        "trackingId": "b7",
        "messages": [{"locale": "en", "text": "Not\u{1b}[2J for you."}],
    });
    let fault = Fault::response(403, "application/json", body.to_string());
    let run = rejected_start(fault.clone()).await.expect(4);
    insta::assert_snapshot!(run.stderr, @"
    error: start-report: the server returned 403 Forbidden
      status       403
      code         403.1.0
      message      Not\u{fffd}[2J for you.
      tracking id  b7
    hint: start-report needs the scope sp:report:manage, and a user of one of the levels ORG_ADMIN, CERT_ADMIN, REPORT_ADMIN, ROLE_ADMIN, ROLE_SUBADMIN, SOURCE_ADMIN, SOURCE_SUBADMIN
    ");
    let fixture = Fixture::new().await;
    fixture.tenant.inject(Operation::StartReport, fault);
    let run = fixture.run(&[&START[..], &["--json"]].concat()).expect(4);
    assert_eq!(run.stdout, "");
    let error: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!((&error["exitCode"], &error["code"]), (&json!(4), &json!("403.1.0")));
    assert_eq!((&error["status"], &error["trackingId"]), (&json!("403"), &json!("b7")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_a_success() {
    let fixture = Fixture::new().await;
    for (command, operation) in [
        (&["cancel-report", "7"][..], Operation::CancelReport),
        (&START, Operation::StartReport),
        (&["get-report-result", "7"], Operation::GetReportResult),
    ] {
        for status in [301, 302, 303, 307, 308] {
            let location = "https://login.example/?state=hunter2";
            let away = Fault::status(status).header("Location", location);
            fixture.tenant.inject(operation, away);
            let run = fixture.run(command).expect(4);
            let expected = "redirected to https://login.example/?…, and not followed: ";
            assert!(run.stderr.contains(expected), "{}", run.stderr);
            assert!(!run.stderr.contains("hunter2") && run.stdout.is_empty(), "{run:?}");
        }
        assert_eq!(fixture.tenant.requests_to(operation).len(), 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_or_its_limits() {
    rejected_start(Fault::status(500)).await.expect(5);
    let run = rejected_start(Fault::rate_limited("4000")).await.expect(5);
    assert!(run.stderr.contains("hint: retry in 4000 seconds"), "{}", run.stderr);
    let fixture = Fixture::new().await;
    let mut command = fixture.command();
    command.args(START).env("SAIL_BASE_URL", "http://127.0.0.1:9");
    let run = finish(&mut command, b"").expect(5);
    let expected = "authentication: 127.0.0.1:9 could not be reached";
    assert!(run.stderr.contains(expected), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_or_terminated() {
    let fixture = Fixture::new().await;
    let words = ["run-report", "--report-type", "IDENTITIES", "--poll-interval", "0.1"];
    for (status, verb) in
        [("FAILURE", "has failed"), ("ERROR", "has failed"), ("TERMINATED", "was cancelled")]
    {
        fixture.tenant.set_next_final_status(status);
        let run = fixture.run(&words).expect(6);
        assert!(run.stderr.contains(verb) && run.stderr.contains(status), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    fixture.tenant.set_next_final_status("WARNING");
    fixture.run(&words).expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn timed_out() {
    let fixture = Fixture::new().await;
    let slow = Fault::delay(std::time::Duration::from_secs(5));
    fixture.tenant.inject(Operation::StartReport, slow);
    let run = fixture.run(&[&START[..], &["--timeout", "0.2"]].concat()).expect(7);
    assert!(run.stderr.contains("no response within 200ms"), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn anything_else() {
    let fixture = Fixture::new().await;
    fixture.tenant.inject(Operation::GetReportResult, Fault::malformed_json());
    let run = fixture.run(&["get-report-result", "1"]).expect(1);
    assert!(run.stderr.contains("cannot be decoded"), "{}", run.stderr);
}

/// Each case in which the response to a command is lost or not informative.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_reports_that_the_server_may_have_acted() {
    let fixture = Fixture::new().await;
    let late = Fault::delay(std::time::Duration::from_secs(600));
    let cases = [
        (Fault::status(500), 5, true),
        (Fault::status(503), 5, true),
        (Fault::status(408), 5, true),
        (Fault::drop_connection(), 5, true),
        (Fault::malformed_json(), 1, true),
        (Fault::response(200, "text/html", "<html>Sign in</html>"), 1, true),
        (late, 7, true),
        (Fault::status(400), 4, false),
        (Fault::status(404), 4, false),
        (Fault::rate_limited("4000"), 5, false),
        (Fault::unauthorized().times(2), 3, false),
    ];
    const MESSAGE: &str = "; the server may have acted on it";
    for (fault, code, may_have_acted) in cases {
        for (words, operation) in [
            (&START[..], Operation::StartReport),
            (&["cancel-report", "7"], Operation::CancelReport),
            (&["get-report-result", "7"], Operation::GetReportResult),
        ] {
            // A GET is retried, and a command without a result does not read the body.
            let is_get = operation == Operation::GetReportResult;
            let is_read = operation != Operation::CancelReport;
            for json in [&[][..], &["--json"]] {
                fixture.tenant.inject(operation, fault.clone().times(if is_get { 4 } else { 2 }));
                let run = fixture.run(&[words, &["--timeout", "2"], json].concat());
                fixture.tenant.clear_faults();
                let context = format!("{fault:?} {words:?}: {run:?}");
                if !is_read && run.code == Some(0) {
                    continue;
                }
                assert!(is_get || run.code == Some(code), "{context}");
                let may_have_acted = may_have_acted && !is_get;
                assert_eq!(
                    run.stderr.matches("may have acted").count(),
                    usize::from(may_have_acted),
                    "{context}"
                );
                match json {
                    [] => assert_eq!(run.stderr.contains(MESSAGE), may_have_acted, "{context}"),
                    _ => {
                        let error: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
                        assert_eq!(
                            error["mayHaveActed"] == json!(true),
                            may_have_acted,
                            "{context}"
                        );
                    }
                }
            }
        }
    }
}

/// The body is lost, and with it the id of the started report.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_with_a_truncated_response_reports_that_the_server_may_have_acted() {
    let fixture = Fixture::new().await;
    fixture.tenant.inject(Operation::StartReport, Fault::cut_body(1));
    let run = fixture.run(&START).expect(5);
    assert_eq!(run.stderr.matches("; the server may have acted on it").count(), 1, "{run:?}");
}

/// A server that was not reached cannot have acted.
#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_server_has_not_acted() {
    let fixture = Fixture::new().await;
    fixture.write("token", "t");
    let words = [&START[..], &["--token-file", "token", "--timeout", "2"]].concat();
    let run = finish(fixture.bare().args(words).env("SAIL_BASE_URL", "http://127.0.0.1:9"), b"");
    assert!(!run.stderr.contains("may have"), "{run:?}");
    assert!(run.stderr.contains("could not be reached"), "{run:?}");
}
