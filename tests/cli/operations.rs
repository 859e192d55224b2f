//! The command of each operation: what it sends, and what it makes of the answer.

use serde_json::json;
use tests::mock_tenant::{Fault, Operation};

use crate::program::{Place, finish};

#[tokio::test(flavor = "multi_thread")]
async fn properties_of_the_body_are_flags() {
    let place = Place::new().await;
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
    let run = place.run(&words).expect(0);
    let body = place.request(Operation::StartReport).json().unwrap();
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
    let place = Place::new().await;
    place.run(&["start-report", "--report-type", "IDENTITIES"]).expect(0);
    let body = place.request(Operation::StartReport).json().unwrap();
    assert_eq!(body, json!({"reportType": "IDENTITIES", "arguments": {}}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boolean_is_sent_only_if_it_is_given() {
    let place = Place::new().await;
    for (words, sent) in [
        (&[][..], json!({})),
        (&["--correlated-only"][..], json!({"correlatedOnly": true})),
        (&["--correlated-only=false"][..], json!({"correlatedOnly": false})),
    ] {
        place.tenant.clear_requests();
        let all = [&["start-report", "--report-type", "IDENTITIES"][..], words].concat();
        place.run(&all).expect(0);
        let body = place.request(Operation::StartReport).json().unwrap();
        assert_eq!(body["arguments"], sent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_body_can_be_json_a_file_or_standard_input() {
    let place = Place::new().await;
    let text = r#"{"reportType":"IDENTITIES","arguments":{"more":1.50},"x":[]}"#;
    place.write("body.json", text);
    for body in [text, "body.json", "-"] {
        place.tenant.clear_requests();
        let mut command = place.command();
        finish(command.args(["start-report", "--body", body]), text.as_bytes()).expect(0);
        assert_eq!(place.request(Operation::StartReport).text(), text, "nothing is changed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn query_parameters_are_flags_and_sent_only_if_given() {
    let place = Place::new().await;
    let id = place.started();
    place.run(&["get-report-result", &id]).expect(0);
    assert_eq!(place.request(Operation::GetReportResult).query, None);
    place.tenant.clear_requests();
    place.run(&["get-report-result", &id, "--completed"]).expect(0);
    let query = place.request(Operation::GetReportResult).query;
    assert_eq!(query.as_deref(), Some("completed=true"));
    let words = ["get-report", &id, "--file-format", "pdf", "--name", "a b", "--auditable=false"];
    place.run(&words).expect(0);
    let request = place.request(Operation::GetReport);
    assert_eq!(request.query.as_deref(), Some("fileFormat=pdf&name=a%20b&auditable=false"));
    assert_eq!(request.header("accept"), Some("application/pdf"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_where_it_is_wanted() {
    let place = Place::new().await;
    let id = place.started();
    let get = |words: &[&str]| {
        let all = [&["get-report", &id, "--file-format", "csv"][..], words].concat();
        place.run(&all).expect(0)
    };
    let name = "Identities Report.csv";
    assert_eq!(get(&[]).stdout, format!("./{name}\n"));
    let text = place.read(name);
    assert_eq!(text.len(), 4096);
    assert_eq!(get(&["--output", "new/"]).stdout, format!("new/{name}\n"));
    assert_eq!(get(&["-o", "new"]).stdout, "new/Identities Report (1).csv\n", "nothing is lost");
    assert_eq!(get(&["-o", "own.csv"]).stdout, "own.csv\n");
    place.write("own.csv", "before");
    assert_eq!(get(&["-o", "own.csv"]).stdout, "own.csv\n");
    assert_eq!(place.read("own.csv"), text);
    assert_eq!(get(&["-o", "-"]).stdout.into_bytes(), text);
    let run = get(&["-o", "new", "--if-exists", "replace", "--json"]);
    assert_eq!(run.json(), json!({"file": format!("new/{name}")}));
    assert_eq!(place.names("new"), ["Identities Report (1).csv", name]);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_what_the_server_sent() {
    let place = Place::new().await;
    let body = r#"{ "z": 1.50, "a": {"new": [ 1, "x y" ]} }"#;
    let answer = || Fault::answer(200, "application/json", body.as_bytes().to_vec()).times(1);
    place.tenant.inject(Operation::GetReportResult, answer());
    let run = place.run(&["get-report-result", "1", "--json"]).expect(0);
    assert_eq!(run.stdout, format!("{body}\n"));
    place.tenant.inject(Operation::GetReportResult, answer());
    let run = place.run(&["--json-lines", "get-report-result", "1"]).expect(0);
    assert_eq!(run.stdout, "{\"z\":1.50,\"a\":{\"new\":[1,\"x y\"]}}\n");
    place.tenant.inject(Operation::GetReportResult, answer());
    let run = place.run(&["get-report-result", "1", "-o", "out.json", "--json"]).expect(0);
    assert_eq!((run.stdout.as_str(), place.read("out.json")), ("", format!("{body}\n").into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_a_body_is_told_beside_the_results() {
    let place = Place::new().await;
    place.tenant.set_report_duration(std::time::Duration::from_secs(600));
    let id = place.started();
    let run = place.run(&["cancel-report", &id]).expect(0);
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("", "cancel-report: done (204 No Content)\n")
    );
    let id = place.started();
    let run = place.run(&["cancel-report", &id, "--quiet"]).expect(0);
    assert_eq!((run.stdout, run.stderr), (String::new(), String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_answer_is_no_silence() {
    let place = Place::new().await;
    let run = place.run(&["get-report-result", "unknown"]).expect(0);
    let said = "get-report-result: the response is empty\n";
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", said));
    let run = place.run(&["get-report-result", "unknown", "--json", "--quiet"]).expect(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("{}\n", ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_of_the_api_is_a_flag() {
    let place = Place::new().await;
    place.run(&["get-report-result", "1", "--api-version", "v2025"]);
    let requests = place.tenant.requests();
    let path = &requests.last().unwrap().path;
    assert_eq!(path, "/v2025/reports/1/result");
}
