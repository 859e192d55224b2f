//! Error responses: their messages and bodies, whatever shape the body has.

use std::time::Duration;

use sailpoint_reports::types::ErrorResponseDto;
use sailpoint_reports::{Error, ErrorBody, Nullable, json};
use tests::mock_tenant::{Fault, Operation};

use crate::setup::{any_report, api, client, line, start, tenant};

/// Returns the error of `getReportResult` for a response.
async fn error_of_response(status: u16, media_type: &str, body: &str) -> Error {
    let tenant = tenant().await;
    // More often than the client retries.
    let fault = Fault::response(status, media_type, body.to_owned()).times(9);
    tenant.inject(Operation::GetReportResult, fault);
    client(&tenant).get_report_result("1").await.unwrap_err()
}

const PROBLEM: &str = r#"{
    "detailCode": "400.1 Bad Request Content",
    "trackingId": "e7eab60924f64aa284175b9fa3309599",
    "messages": [
        {"locale": "en-US", "localeOrigin": "DEFAULT", "text": "The request was\nsyntactically wrong."},
        {"locale": null, "text": "second"}
    ],
    "causes": []
}"#;

#[tokio::test]
async fn a_documented_error_is_decoded_and_has_a_one_line_message() {
    let error = error_of_response(400, "application/json", PROBLEM).await;
    assert_eq!(
        line(&error),
        "getReportResult: the server returned 400 Bad Request [400.1 Bad Request Content]: The \
         request was syntactically wrong. (tracking id e7eab60924f64aa284175b9fa3309599)"
    );
    let api = api(&error);
    assert_eq!(api.status(), 400);
    assert_eq!(api.code(), Some("400.1 Bad Request Content"));
    assert_eq!(api.message(), Some("The request was\nsyntactically wrong."));
    assert_eq!(api.tracking_id(), Some("e7eab60924f64aa284175b9fa3309599"));
    assert_eq!(error.tracking_id(), api.tracking_id());
    assert_eq!(error.status(), Some(api.status()));
    assert_eq!(api.bytes(), PROBLEM);
    let ErrorBody::ErrorResponseDto(ErrorResponseDto { messages: Some(messages), .. }) = api.body()
    else {
        panic!("{:?}", api.body());
    };
    assert_eq!(messages[1].text.as_deref(), Some("second"));
    assert!(messages[1].locale.is_null() && messages[1].locale_origin.is_absent());
}

#[tokio::test]
async fn the_body_has_the_type_of_its_status() {
    for status in [400, 403, 500] {
        let error = error_of_response(status, "application/json", PROBLEM).await;
        assert!(matches!(api(&error).body(), ErrorBody::ErrorResponseDto(_)), "{status}");
    }
    // 404 and 418 are not documented for this operation.
    for status in [404, 418, 502] {
        let error = error_of_response(status, "application/json", PROBLEM).await;
        assert_eq!(*api(&error).body(), ErrorBody::Undocumented, "{status}");
        assert_eq!(api(&error).code(), Some("400.1 Bad Request Content"), "{status}");
    }
}

#[tokio::test]
async fn a_rejected_token_has_the_message_of_the_gateway() {
    let body = r#"{"error": "JWT validation failed: JWT is expired"}"#;
    let error = error_of_response(401, "application/json", body).await;
    assert_eq!(
        line(&error),
        "getReportResult: the server returned 401 Unauthorized: JWT validation failed: JWT is \
         expired"
    );
    let ErrorBody::UnauthorizedError(body) = api(&error).body() else {
        panic!("{:?}", api(&error).body());
    };
    assert_eq!(body.error, Nullable::Value(json!("JWT validation failed: JWT is expired")));
    assert_eq!((api(&error).code(), api(&error).tracking_id()), (None, None));
}

#[tokio::test]
async fn a_rate_limit_error_has_the_requested_pause() {
    let tenant = tenant().await;
    tenant.inject(Operation::StartReport, Fault::rate_limited("100000"));
    let error = client(&tenant).start_report(&any_report()).await.unwrap_err();
    assert_eq!(
        line(&error),
        "startReport: the server returned 429 Too Many Requests: Rate Limit Exceeded; it asks for a \
         pause of 100000 s"
    );
    assert_eq!(error.retry_after(), Some(Duration::from_secs(100_000)));
    assert_eq!(api(&error).headers()["retry-after"], "100000");
    let ErrorBody::RateLimitError(body) = api(&error).body() else {
        panic!("{:?}", api(&error).body());
    };
    assert_eq!(body.message, Nullable::Value(json!(" Rate Limit Exceeded ")));
}

#[tokio::test]
async fn an_error_of_the_platform_is_decoded_too() {
    let body = r#"{"errorName": "NotAcceptable", "errorMessage": "no", "trackingId": "t-1"}"#;
    let error = error_of_response(500, "application/json", body).await;
    assert_eq!(
        line(&error),
        "getReportResult: the server returned 500 Internal Server Error [NotAcceptable]: no \
         (tracking id t-1)"
    );
}

#[tokio::test]
async fn a_plain_text_body_is_the_message() {
    let error =
        error_of_response(503, "text/plain", "upstream connect error\r\n or disconnect").await;
    assert_eq!(
        line(&error),
        "getReportResult: the server returned 503 Service Unavailable: upstream connect error or \
         disconnect"
    );
    assert_eq!(*api(&error).body(), ErrorBody::Undocumented);
    assert_eq!(api(&error).bytes(), "upstream connect error\r\n or disconnect");
}

#[tokio::test]
async fn a_long_page_is_truncated_in_the_message_but_not_in_the_bytes() {
    let page = format!("<html>\n<body>{}</body></html>", "ü ".repeat(5000));
    let error = error_of_response(403, "text/html", &page).await;
    assert!(line(&error).len() < 600, "{error}");
    assert!(line(&error).contains(": <html> <body>ü ü"), "{error}");
    assert_eq!(api(&error).bytes(), &page);
}

#[tokio::test]
async fn an_error_without_body_has_its_status() {
    let error = error_of_response(500, "application/json", "").await;
    assert_eq!(line(&error), "getReportResult: the server returned 500 Internal Server Error");
    assert_eq!((api(&error).message(), api(&error).code()), (None, None));
    assert!(api(&error).bytes().is_empty());
    assert_eq!(error.retry_after(), None);
}

#[tokio::test]
async fn an_uninformative_body_leaves_only_the_status() {
    for body in
        ["null", r#"" ""#, "[]", "{}", "true", r#"{"message": {"a": 1}}"#, r#"{"messages": 7}"#]
    {
        let error = error_of_response(403, "application/json", body).await;
        let text = line(&error);
        assert_eq!(text, "getReportResult: the server returned 403 Forbidden", "{body}");
    }
}

#[tokio::test]
async fn a_missing_file_is_an_error_with_a_typed_body() {
    let tenant = tenant().await;
    let client = client(&tenant);
    tenant.set_next_final_status("FAILURE");
    let id = start(&client).await;
    let error = client.get_report(&id, "csv".into()).await.unwrap_err();
    assert_eq!((api(&error).status().as_u16(), api(&error).code()), (404, Some("404 Not found")));
    assert!(matches!(api(&error).body(), ErrorBody::ErrorResponseDto(_)));
    let tracking_id = api(&error).headers()["slpt-request-id"].to_str().unwrap();
    assert_eq!(error.tracking_id(), Some(tracking_id));
    let cause = std::error::Error::source(&error);
    assert!(cause.is_none(), "whoever prints the causes would read the line twice: {cause:?}");
}
