//! Responses that are nested deeper than a stack allows.

use std::time::Duration;

use sailpoint_reports::{Client, Error, RetryPolicy};
use tests::loopback::{Response, Server};

/// More levels than a legitimate response has, and more than any stack can hold.
const DEPTHS: [usize; 3] = [200, 100_000, 500_000];

/// Returns deeply nested JSON: arrays, objects, and an unknown property.
fn nested(depth: usize) -> [String; 3] {
    [("[", "]"), (r#"{"messages":[{"text":"#, "}]}"), (r#"{"detailCode":"a","more":"#, "}")]
        .map(|(open, close)| format!("{}null{}", open.repeat(depth), close.repeat(depth)))
}

fn client_builder(server: &Server) -> sailpoint_reports::ClientBuilder {
    Client::builder()
        .base_url(server.url())
        .retry(RetryPolicy::none())
        .timeout(Duration::from_secs(60))
}

#[tokio::test]
async fn a_nested_response_is_an_error_or_costs_what_is_nested() {
    let server = Server::start().await;
    for depth in DEPTHS {
        for body in nested(depth) {
            for status in [200, 400] {
                server.respond_with(Response::body(status, "application/json", &body));
                let client_builder = client_builder(&server).token("token").build().unwrap();
                let outcome = client_builder.get_report_result("id").await;
                // An optional property is kept as it came.
                if status == 200 && body.starts_with('{') {
                    assert!(serde_json::to_string(&outcome.unwrap()).unwrap() == body);
                    continue;
                }
                let error = outcome.unwrap_err();
                assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{error}");
                assert!(format!("{error}{error:?}").len() < 10_000, "a bounded message");
            }
        }
    }
}

#[tokio::test]
async fn a_nested_response_of_the_token_endpoint_is_an_error() {
    let server = Server::start().await;
    for depth in DEPTHS {
        for body in nested(depth) {
            for status in [200, 401] {
                server.respond_with(Response::body(status, "application/json", &body));
                let client_builder =
                    client_builder(&server).client_credentials("id", "secret").build().unwrap();
                let error = client_builder.get_report_result("id").await.unwrap_err();
                assert!(matches!(error, Error::Auth(_)), "{error}");
                assert!(format!("{error}{error:?}").len() < 10_000, "a bounded message");
            }
        }
    }
}
