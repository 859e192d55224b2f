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

#[tokio::test]
async fn deep_nesting_in_a_property_is_an_error() {
    let tenant = tenant().await;
    let deep = 2_000_000;
    let body = format!(r#"{{"id":"1","launcher":{}{}}}"#, "[".repeat(deep), "]".repeat(deep));
    tenant.inject(Operation::StartReport, Fault::response(200, "application/json", body));
    let error = client(&tenant).start_report(&any_report()).await.unwrap_err();
    assert!(error.to_string().contains("recursion limit exceeded"), "{error}");
}
