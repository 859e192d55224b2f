//! Invalid arguments: the error message, and that nothing is sent.

use crate::program::{Fixture, finish};

/// What is output of words that are rejected_start. Nothing of the kind may reach the server.
async fn rejection(words: &[&str]) -> String {
    let fixture = Fixture::new().await;
    let run = fixture.run(words).expect(2);
    assert_eq!(run.stdout, "");
    let requests = fixture.tenant.requests();
    assert!(requests.is_empty(), "{requests:#?}");
    run.stderr
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_value_is_reported_with_its_flag_and_the_allowed_values() {
    let cases: [(&[&str], &[&str]); 11] = [
        (
            &["start-report", "--report-type", "IDENTITES"],
            &["'IDENTITES'", "--report-type", "UNCORRELATED_ACCOUNTS", "similar value exists"],
        ),
        (&["get-report", "1", "--file-format", "xls"], &["'xls'", "--file-format", "csv, pdf"]),
        (
            &["get-report", "1", "--file-format", "csv", "--auditable=maybe"],
            &["'maybe'", "--auditable", "true, false"],
        ),
        (
            &[
                "start-report",
                "--report-type",
                "SEARCH_EXPORT",
                "--query",
                "a",
                "--indices",
                "moons",
            ],
            &["'moons'", "--indices", "identities"],
        ),
        (
            &["run-report", "--report-type", "IDENTITIES", "--format", "csv,doc"],
            &["'doc'", "--format", "csv, pdf"],
        ),
        (&["run-report", "--resume", "1", "--timeout", "soon"], &["'soon'", "--timeout", "1h30m"]),
        (
            &["run-report", "--resume", "1", "--poll-interval=-1s"],
            &["'-1s'", "--poll-interval", "90s"],
        ),
        (&["run-report", "--resume", "1", "--poll-interval", "0"], &["--poll-interval", "0.1 s"]),
        (&["auth", "check", "--base-url", ""], &["--base-url"]),
        (
            &["get-report", "1", "--file-format", "csv", "--if-exists", "ask"],
            &["'ask'", "--if-exists", "number, replace, fail"],
        ),
        (&["start-report", "--body", "{"], &["--body", "not JSON", "line 1 column 1"]),
    ];
    for (words, parts) in cases {
        let message = rejection(words).await;
        for part in parts {
            assert!(message.contains(part), "{words:?} does not name {part}:\n{message}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_of_another_report_are_rejected() {
    let start = ["start-report", "--report-type", "ACCOUNTS", "--application", "1"];
    let missing_argument = rejection(&start).await;
    assert_eq!(missing_argument, "error: ACCOUNTS needs --source-name\n");
    let words = [&start[..], &["--source-name", "HR", "--query", "a"]].concat();
    assert_eq!(
        rejection(&words).await,
        "error: --query belongs to SEARCH_EXPORT, not to ACCOUNTS\n"
    );
    let words = ["start-report", "--report-type", "IDENTITIES_DETAILS"];
    let expected_message = "error: IDENTITIES_DETAILS needs --correlated-only=true|false\n";
    assert_eq!(rejection(&words).await, expected_message);
    let words = ["start-report", "--query", "a"];
    assert_eq!(rejection(&words).await, "error: the body needs --report-type\n");
    let words = ["start-report"];
    assert_eq!(
        rejection(&words).await,
        "error: the request needs a body: set --report-type, or --body\n"
    );
    rejection(&["start-report", "--body", "{}", "--report-type", "ACCOUNTS"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undocumented_values_can_be_allowed() {
    let fixture = Fixture::new().await;
    let words = ["start-report", "--allow-unknown", "--report-type", "NEW", "--query", "a"];
    fixture.run(&words).expect(0);
    let body = fixture.tenant.requests().pop().unwrap().json().unwrap();
    assert_eq!(body, serde_json::json!({"reportType": "NEW", "arguments": {"query": "a"}}));
}

#[tokio::test(flavor = "multi_thread")]
async fn unreadable_files_are_reported() {
    let fixture = Fixture::new().await;
    fixture.write("empty", " \n");
    for (words, part) in [
        (&["start-report", "--body", "nowhere.json"][..], "--body: nowhere.json cannot be read"),
        (&["auth", "check", "--client-secret-file", "nowhere"], "--client-secret-file: nowhere"),
        (&["auth", "check", "--client-secret-file", "empty"], "empty is empty"),
        (
            &["start-report", "--body", "-", "--client-secret-file", "-"],
            "only be used for one flag",
        ),
    ] {
        let run = finish(fixture.command().args(words), b"{}").expect(2);
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
    let run = finish(fixture.bare().args(["auth", "check", "--client-id", "x"]), b"").expect(3);
    assert!(run.stderr.contains("no SAIL_CLIENT_ID and no SAIL_CLIENT_SECRET;"), "{}", run.stderr);
}
