//! Responses whose optional properties are not of their documented types.

use sailpoint_reports::types::TaskResultDetails;
use sailpoint_reports::{Error, Value};
use tests::mock_tenant::{Fault, Operation};

use crate::process::is_alone;
use crate::setup::{any_report, builder, client, tenant};
use crate::spans::Capture;

/// A task whose properties all have a wrong type.
const MISTYPED_TASK: &str = r#"{"id":"t-1","type":{"a":1},"description":["x"],"launcher":9007199254740993000000000001,
    "created":{},"launched":[],"completed":17,"completionStatus":false,"messages":[{"type":7}],
    "returns":"x","attributes":["a"],"progress":1.50,"extra":[1]}"#;

/// The wire names of the properties that cannot be decoded and are kept.
const UNDECODED: [&str; 9] = [
    "attributes",
    "completionStatus",
    "created",
    "description",
    "launched",
    "launcher",
    "progress",
    "returns",
    "type",
];

async fn start_with_response(body: &str) -> TaskResultDetails {
    let tenant = tenant().await;
    tenant
        .inject(Operation::StartReport, Fault::response(200, "application/json", body.to_owned()));
    client(&tenant).start_report(&any_report()).await.unwrap()
}

#[tokio::test]
async fn a_started_report_keeps_its_id() {
    let task = start_with_response(MISTYPED_TASK).await;
    assert_eq!(task.id.as_deref(), Some("t-1"));
    assert_eq!((task.returns, task.r#type), (None, None));
}

#[tokio::test]
async fn properties_of_other_types_are_kept_and_serialized() {
    let task = start_with_response(MISTYPED_TASK).await;
    let names: Vec<&str> = task.undecoded().map(|(name, _)| name).collect();
    assert_eq!(names, UNDECODED);
    // A date is kept as its JSON, also if it is a number. An object is decoded as far as possible.
    assert_eq!(task.completed.value().unwrap().as_str(), "17");
    let message = &task.messages.as_ref().unwrap()[0];
    assert_eq!(message.undecoded().next().unwrap().0, "type");
    let encoded = serde_json::to_string(&task).unwrap();
    let [received, serialized]: [Value; 2] =
        [MISTYPED_TASK, &encoded].map(|text| serde_json::from_str(text).unwrap());
    assert_eq!(serialized, received);
    for digits in ["9007199254740993000000000001", "1.50"] {
        assert!(encoded.contains(digits), "{encoded}");
    }
    let again: TaskResultDetails = serde_json::from_str(&encoded).unwrap();
    assert_eq!(again, task);
    let cleared = task.with_launcher("me").with_returns([]);
    let encoded = serde_json::to_value(&cleared).unwrap();
    assert_eq!((&encoded["launcher"], &encoded["returns"]), (&"me".into(), &Value::Array(vec![])));
}

#[tokio::test]
async fn a_result_with_unexpected_values_is_decoded() {
    let tenant = tenant().await;
    let body = r#"{"id":"1","status":"ON_HOLD","availableFormats":["CSV",{"x":1}],"duration":1e3}"#;
    tenant.inject(Operation::GetReportResult, Fault::response(200, "application/json", body));
    let result = client(&tenant).get_report_result("1").await.unwrap();
    assert_eq!(result.status.as_ref().unwrap().as_str(), "ON_HOLD");
    assert_eq!((result.duration, &result.available_formats), (Some(1000), &None));
    let (name, kept) = result.undecoded().next().unwrap();
    assert_eq!((name, kept.json()), ("availableFormats", r#"["CSV",{"x":1}]"#));
}

#[tokio::test]
async fn strict_decoding_is_a_setting_of_one_client() {
    let tenant = tenant().await;
    let strict = builder(&tenant).strict_decoding().build().unwrap();
    let lenient = client(&tenant);
    for _ in 0..2 {
        tenant.inject(
            Operation::StartReport,
            Fault::response(200, "application/json", MISTYPED_TASK),
        );
        let error = strict.start_report(&any_report()).await.unwrap_err();
        let Error::Decode(error) = error else { panic!("{error:?}") };
        assert_eq!((error.path(), error.bytes().as_ref()), ("type", MISTYPED_TASK.as_bytes()));
        tenant.inject(
            Operation::StartReport,
            Fault::response(200, "application/json", MISTYPED_TASK),
        );
        assert!(lenient.start_report(&any_report()).await.is_ok());
    }
}

#[tokio::test]
async fn a_log_event_has_the_path_but_not_the_value() {
    if !is_alone("lenient::a_log_event_has_the_path_but_not_the_value") {
        return;
    }
    let (capture, _guard) = Capture::begin();
    start_with_response(
        r#"{"id":"t-1","messages":[{},{"type":{"hush":"hunter2"}}],"returns":"hunter3"}"#,
    )
    .await;
    let text = capture.text();
    for part in ["WARN", "messages[1].type", "returns", "a string", "startReport"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("hunter"), "{text}");
}

/// What may stand beside the id of what was started.
fn odd_bodies() -> Vec<Vec<u8>> {
    let deep = format!("{}{}", "[".repeat(2_000_000), "]".repeat(2_000_000));
    let beside =
        ["1e400", r#""\ud800""#, &format!("{}1{}", "[".repeat(130), "]".repeat(130)), &deep];
    let mut bodies: Vec<Vec<u8>> = Vec::new();
    for name in ["launcher", "unknown"] {
        for value in beside {
            bodies.push(format!(r#"{{"id":"t-1","{name}":{value}}}"#).into());
        }
        bodies.push([br#"{"id":"t-1",""#, name.as_bytes(), b"\":\"caf\xe9\"}"].concat());
    }
    bodies.push(b"\xef\xbb\xbf{\"id\":\"t-1\"}".to_vec());
    bodies.push(b"{\"caf\xe9\":1,\"\\ud800\":2,\"id\":\"t-1\"}".to_vec());
    bodies
}

#[tokio::test]
async fn nothing_beside_the_id_of_what_was_started_costs_it() {
    for body in odd_bodies() {
        let shown = String::from_utf8_lossy(&body).chars().take(80).collect::<String>();
        let tenant = tenant().await;
        let fault = Fault::response(200, "application/json", body);
        tenant.inject(Operation::StartReport, fault.times(2));
        let task = client(&tenant).start_report(&any_report()).await.unwrap();
        assert_eq!(task.id.as_deref(), Some("t-1"), "{shown}");
        let mut poller = client(&tenant).start_report(&any_report()).poll();
        assert_eq!(poller.started().await.unwrap(), "t-1", "{shown}");
    }
}

#[tokio::test]
async fn the_id_of_what_was_started_keeps_its_digits() {
    let tenant = tenant().await;
    let id = "12345678901234567890123";
    let fault = Fault::response(200, "application/json", format!(r#"{{"id":{id}}}"#));
    tenant.inject(Operation::StartReport, fault);
    let mut poller = client(&tenant).start_report(&any_report()).poll();
    assert_eq!(poller.started().await.unwrap(), id);
}

/// Bytes that are not UTF-8 cost what holds them, and are kept as an escape.
#[tokio::test]
async fn a_property_that_is_not_utf_8_is_kept_and_a_required_one_is_an_error() {
    let tenant = tenant().await;
    let body = b"{\"id\":\"t-1\",\"launcher\":\"caf\xe9\"}".to_vec();
    tenant.inject(Operation::StartReport, Fault::response(200, "application/json", body.clone()));
    let task = client(&tenant).start_report(&any_report()).await.unwrap();
    let (name, kept) = task.undecoded().next().unwrap();
    assert_eq!((name, kept.json()), ("launcher", r#""caf\udce9""#));
    tenant.inject(Operation::StartReport, Fault::response(200, "application/json", body));
    let strict = builder(&tenant).strict_decoding().build().unwrap();
    let error = strict.start_report(&any_report()).await.unwrap_err();
    let Error::Decode(error) = error else { panic!("{error:?}") };
    assert_eq!(error.path(), "launcher");
}

#[tokio::test]
async fn deep_nesting_in_a_property_costs_the_property() {
    let tenant = tenant().await;
    let deep = 2_000_000;
    let body = format!(r#"{{"id":"1","launcher":{}{}}}"#, "[".repeat(deep), "]".repeat(deep));
    tenant.inject(Operation::StartReport, Fault::response(200, "application/json", body.clone()));
    let task = client(&tenant).start_report(&any_report()).await.unwrap();
    assert_eq!(task.undecoded().map(|(name, _)| name).collect::<Vec<_>>(), ["launcher"]);
    assert!(serde_json::to_string(&task).unwrap() == body);
    tenant.inject(Operation::StartReport, Fault::response(200, "application/json", body));
    let strict = builder(&tenant).strict_decoding().build().unwrap();
    strict.start_report(&any_report()).await.unwrap_err();
}
