//! The command of each operation: its request and its output.

use serde_json::json;
use tests::mock_tenant::{Fault, Operation};

use crate::program::{Fixture, finish};

#[tokio::test(flavor = "multi_thread")]
async fn properties_of_the_body_are_flags() {
    let fixture = Fixture::new().await;
    let words = [
        "start-report",
        "--report-type",
        "SEARCH_EXPORT",
        "--query",
        "-name:a*",
        "--indices",
        "identities,roles",
        "--indices",
        "*",
        "--sort",
        "-created",
        "--sort=+name,x",
    ];
    let run = fixture.run(&words).expect(0);
    let body = fixture.request(Operation::StartReport).json().unwrap();
    let arguments = json!({
        "query": "-name:a*",
        "indices": ["identities", "roles", "*"],
        "sort": ["-created", "+name,x"],
    });
    assert_eq!(body, json!({"reportType": "SEARCH_EXPORT", "arguments": arguments}));
    assert!(run.stdout.contains("reportType        SEARCH_EXPORT\n"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_are_an_object_even_without_any() {
    let fixture = Fixture::new().await;
    fixture.run(&["start-report", "--report-type", "IDENTITIES"]).expect(0);
    let body = fixture.request(Operation::StartReport).json().unwrap();
    assert_eq!(body, json!({"reportType": "IDENTITIES", "arguments": {}}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boolean_is_sent_only_if_it_is_set() {
    let fixture = Fixture::new().await;
    for (words, sent) in [
        (&[][..], json!({})),
        (&["--correlated-only"][..], json!({"correlatedOnly": true})),
        (&["--correlated-only=false"][..], json!({"correlatedOnly": false})),
    ] {
        fixture.tenant.clear_requests();
        let all = [&["start-report", "--report-type", "IDENTITIES"][..], words].concat();
        fixture.run(&all).expect(0);
        let body = fixture.request(Operation::StartReport).json().unwrap();
        assert_eq!(body["arguments"], sent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_body_can_be_json_a_file_or_standard_input() {
    let fixture = Fixture::new().await;
    let text = r#"{"reportType":"IDENTITIES","arguments":{"more":1.50},"x":[]}"#;
    fixture.write("body.json", text);
    for body in [text, "body.json", "-"] {
        fixture.tenant.clear_requests();
        let mut command = fixture.command();
        finish(command.args(["start-report", "--body", body]), text.as_bytes()).expect(0);
        assert_eq!(fixture.request(Operation::StartReport).text(), text, "nothing is changed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn query_parameters_are_flags_and_sent_only_if_set() {
    let fixture = Fixture::new().await;
    let id = fixture.started();
    fixture.run(&["get-report-result", &id]).expect(0);
    assert_eq!(fixture.request(Operation::GetReportResult).query, None);
    fixture.tenant.clear_requests();
    fixture.run(&["get-report-result", &id, "--completed"]).expect(0);
    let query = fixture.request(Operation::GetReportResult).query;
    assert_eq!(query.as_deref(), Some("completed=true"));
    let words = ["get-report", &id, "--file-format", "pdf", "--name", "a b", "--auditable=false"];
    fixture.run(&words).expect(0);
    let request = fixture.request(Operation::GetReport);
    assert_eq!(request.query.as_deref(), Some("fileFormat=pdf&name=a%20b&auditable=false"));
    assert_eq!(request.header("accept"), Some("application/pdf"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_written_to_the_output() {
    let fixture = Fixture::new().await;
    let id = fixture.started();
    let get = |words: &[&str]| {
        let all = [&["get-report", &id, "--file-format", "csv"][..], words].concat();
        fixture.run(&all).expect(0)
    };
    let name = "Identities Report.csv";
    assert_eq!(get(&[]).stdout, format!("./{name}\n"));
    let text = fixture.read(name);
    assert_eq!(text.len(), 4096);
    assert_eq!(get(&["--output", "new/"]).stdout, format!("new/{name}\n"));
    assert_eq!(get(&["-o", "new"]).stdout, "new/Identities Report (1).csv\n", "nothing is lost");
    assert_eq!(get(&["-o", "own.csv"]).stdout, "own.csv\n");
    fixture.write("own.csv", "before");
    assert_eq!(get(&["-o", "own.csv"]).stdout, "own.csv\n");
    assert_eq!(fixture.read("own.csv"), text);
    assert_eq!(get(&["-o", "-"]).stdout.into_bytes(), text);
    let run = get(&["-o", "new", "--if-exists", "replace", "--json"]);
    assert_eq!(run.json(), json!({"file": format!("new/{name}")}));
    assert_eq!(fixture.names("new"), ["Identities Report (1).csv", name]);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_the_body_of_the_response() {
    let fixture = Fixture::new().await;
    let body = r#"{ "z": 1.50, "a": {"new": [ 1, "x y" ]} }"#;
    let response = || Fault::response(200, "application/json", body.as_bytes().to_vec()).times(1);
    fixture.tenant.inject(Operation::GetReportResult, response());
    let run = fixture.run(&["get-report-result", "1", "--json"]).expect(0);
    assert_eq!(run.stdout, format!("{body}\n"));
    fixture.tenant.inject(Operation::GetReportResult, response());
    let run = fixture.run(&["--json-lines", "get-report-result", "1"]).expect(0);
    assert_eq!(run.stdout, "{\"z\":1.50,\"a\":{\"new\":[1,\"x y\"]}}\n");
    fixture.tenant.inject(Operation::GetReportResult, response());
    let run = fixture.run(&["get-report-result", "1", "-o", "out.json", "--json"]).expect(0);
    assert_eq!((run.stdout.as_str(), fixture.read("out.json")), ("", format!("{body}\n").into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_without_a_body_is_reported_on_stderr() {
    let fixture = Fixture::new().await;
    fixture.tenant.set_report_duration(std::time::Duration::from_secs(600));
    let id = fixture.started();
    let run = fixture.run(&["cancel-report", &id]).expect(0);
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("", "cancel-report: done (204 No Content)\n")
    );
    let id = fixture.started();
    let run = fixture.run(&["cancel-report", &id, "--quiet"]).expect(0);
    assert_eq!((run.stdout, run.stderr), (String::new(), String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_response_is_reported() {
    let fixture = Fixture::new().await;
    let run = fixture.run(&["get-report-result", "unknown"]).expect(0);
    let output = "get-report-result: the response is empty\n";
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", output));
    let run = fixture.run(&["get-report-result", "unknown", "--json", "--quiet"]).expect(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("{}\n", ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_version_is_a_flag() {
    let fixture = Fixture::new().await;
    fixture.run(&["get-report-result", "1", "--api-version", "v2025"]);
    let requests = fixture.tenant.requests();
    let path = &requests.last().unwrap().path;
    assert_eq!(path, "/v2025/reports/1/result");
}
