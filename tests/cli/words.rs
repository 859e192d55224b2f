//! Words that make no sense: what is said of them, and that nothing is sent.

use crate::program::{Place, finish};

/// What is said of words that are refused. Nothing of the kind may reach the server.
async fn said(words: &[&str]) -> String {
    let place = Place::new().await;
    let run = place.run(words).expect(2);
    assert_eq!(run.stdout, "");
    let requests = place.tenant.requests();
    assert!(requests.is_empty(), "{requests:#?}");
    run.stderr
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_value_is_named_with_its_flag_and_what_is_allowed() {
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
        (&["start-report", "--body", "{"], &["--body", "no JSON", "line 1 column 1"]),
    ];
    for (words, parts) in cases {
        let said = said(words).await;
        for part in parts {
            assert!(said.contains(part), "{words:?} says nothing of {part}:\n{said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_of_another_report_are_refused() {
    let start = ["start-report", "--report-type", "ACCOUNTS", "--application", "1"];
    let said_of_missing = said(&start).await;
    assert_eq!(said_of_missing, "error: ACCOUNTS needs --source-name\n");
    let words = [&start[..], &["--source-name", "HR", "--query", "a"]].concat();
    assert_eq!(said(&words).await, "error: --query belongs to SEARCH_EXPORT, not to ACCOUNTS\n");
    let words = ["start-report", "--report-type", "IDENTITIES_DETAILS"];
    let said_of_choice = "error: IDENTITIES_DETAILS needs --correlated-only=true|false\n";
    assert_eq!(said(&words).await, said_of_choice);
    let words = ["start-report", "--query", "a"];
    assert_eq!(said(&words).await, "error: the body needs --report-type\n");
    let words = ["start-report"];
    assert_eq!(
        said(&words).await,
        "error: the request needs a body: set --report-type, or --body\n"
    );
    said(&["start-report", "--body", "{}", "--report-type", "ACCOUNTS"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_that_the_document_does_not_know_can_be_allowed() {
    let place = Place::new().await;
    let words = ["start-report", "--allow-unknown", "--report-type", "NEW", "--query", "a"];
    place.run(&words).expect(0);
    let body = place.tenant.requests().pop().unwrap().json().unwrap();
    assert_eq!(body, serde_json::json!({"reportType": "NEW", "arguments": {"query": "a"}}));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_read_are_named() {
    let place = Place::new().await;
    place.write("empty", " \n");
    for (words, part) in [
        (&["start-report", "--body", "nowhere.json"][..], "--body: nowhere.json cannot be read"),
        (&["auth", "check", "--client-secret-file", "nowhere"], "--client-secret-file: nowhere"),
        (&["auth", "check", "--client-secret-file", "empty"], "empty is empty"),
        (&["start-report", "--body", "-", "--client-secret-file", "-"], "only be used for one flag"),
    ] {
        let run = finish(place.command().args(words), b"{}").expect(2);
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
    let run = finish(place.bare().args(["auth", "check", "--client-id", "x"]), b"").expect(3);
    assert!(run.stderr.contains("no SAIL_CLIENT_ID and no SAIL_CLIENT_SECRET;"), "{}", run.stderr);
}
