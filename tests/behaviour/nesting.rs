//! Responses that are nested deeper than a stack.

use std::time::Duration;

use sailpoint_reports::{Client, Error, RetryPolicy};
use tests::loopback::{Answer, Server};

/// As many levels as no honest response has, and more than any stack holds.
const DEPTHS: [usize; 3] = [200, 100_000, 500_000];

/// JSON of many levels: lists, objects, and a property that nobody knows.
fn nested(depth: usize) -> [String; 3] {
    [("[", "]"), (r#"{"messages":[{"text":"#, "}]}"), (r#"{"detailCode":"a","more":"#, "}")]
        .map(|(open, close)| format!("{}null{}", open.repeat(depth), close.repeat(depth)))
}

fn client(server: &Server) -> sailpoint_reports::ClientBuilder {
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
                server.answer(Answer::body(status, "application/json", &body));
                let client = client(&server).token("token").build().unwrap();
                let outcome = client.get_report_result("id").await;
                // An optional property is kept as it came.
                if status == 200 && body.starts_with('{') {
                    assert!(serde_json::to_string(&outcome.unwrap()).unwrap() == body);
                    continue;
                }
                let error = outcome.unwrap_err();
                assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{error}");
                assert!(!format!("{error}{error:?}").is_empty());
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
                server.answer(Answer::body(status, "application/json", &body));
                let client = client(&server).client_credentials("id", "secret").build().unwrap();
                let error = client.get_report_result("id").await.unwrap_err();
                assert!(matches!(error, Error::Auth(_)), "{error}");
                assert!(!format!("{error}{error:?}").is_empty());
            }
        }
    }
}
