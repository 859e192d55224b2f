//! JSON that is nested deeper than any stack: it is kept or an error, and never a crash.

use sailpoint_reports::{Client, Error};
use tests::mock_tenant::{Fault, MockTenant, Operation};

use super::server::{Action, Server, json};
use super::{client, expect_error, in_time};
use crate::setup::{any_report, builder, tenant};

/// So many levels that a stack would need hundreds of megabytes.
const DEPTH: usize = 1_000_000;

/// Returns deeply nested values: arrays, objects, both alternating, and unclosed arrays.
fn nested() -> [String; 4] {
    let [open, object] = [("[", "]"), ("{\"a\":", "}")];
    let levels = |(start, end): (&str, &str), value: &str| {
        format!("{}{value}{}", start.repeat(DEPTH), end.repeat(DEPTH))
    };
    let mixed = format!("{}{}", "[{\"a\":".repeat(DEPTH / 2), "1");
    let mixed = format!("{mixed}{}", "}]".repeat(DEPTH / 2));
    [levels(open, ""), levels(object, "1"), mixed, "[".repeat(DEPTH)]
}

/// Returns bodies with a value: alone, as properties of several types, and as an unknown property.
fn bodies(value: &str) -> [String; 5] {
    [
        value.to_owned(),
        format!(r#"{{"id":{value}}}"#),
        format!(r#"{{"messages":{value}}}"#),
        format!(r#"{{"id":"1","status":{value}}}"#),
        format!(r#"{{"id":"1","unknown":{value}}}"#),
    ]
}

/// Asserts that a result is a decoding error, or a value that can be used.
fn check_outcome<T: std::fmt::Debug + Clone + PartialEq>(outcome: Result<T, Error>) {
    match outcome {
        Err(Error::Decode(_)) => {}
        Err(error) => panic!("{}", error.to_string().chars().take(200).collect::<String>()),
        // The value can be compared, cloned, printed and dropped.
        Ok(value) => {
            assert!(value.clone() == value);
            drop(format!("{value:?}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deep_nesting_in_a_response_does_not_overflow_the_stack() {
    for value in nested() {
        for body in bodies(&value) {
            let server = Server::with_script(vec![Action::Send(json(&body))]).await;
            check_outcome(in_time(client(server.url()).start_report(&any_report())).await);
            check_outcome(in_time(client(server.url()).get_report_result("1")).await);
            assert_eq!(server.requests(), 2, "another attempt cannot help");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deep_nesting_in_an_error_keeps_its_status() {
    for value in nested() {
        for body in [value.clone(), format!(r#"{{"detailCode":"x","messages":{value}}}"#)] {
            let mut response =
                b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n".to_vec();
            response.extend(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
            let server = Server::with_script(vec![Action::Send(response)]).await;
            let error = expect_error(client(server.url()).start_report(&any_report())).await;
            assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
            assert_eq!(server.requests(), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deep_nesting_in_a_token_response_is_an_authentication_error() {
    for value in nested() {
        for body in [
            value.clone(),
            format!(r#"{{"access_token":{value}}}"#),
            // Longer than a token response may be.
            format!(r#"{{"access_token":"t","scope":{value}}}"#),
        ] {
            for status in [200, 400] {
                let tenant: MockTenant = tenant().await;
                let fault = Fault::response(status, "application/json", body.clone());
                tenant.inject(Operation::Token, fault);
                let client: Client = builder(&tenant).build().unwrap();
                let error = expect_error(client.start_report(&any_report())).await;
                assert!(matches!(error, Error::Auth(_)), "{error}");
                assert!(tenant.requests_to(Operation::StartReport).is_empty());
            }
        }
    }
}

/// A poller looks up the id of what was started.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deep_nesting_does_not_overflow_the_stack_of_a_poller() {
    for value in nested() {
        let server =
            Server::with_script(vec![Action::Send(json(&format!(r#"{{"id":{value}}}"#)))]).await;
        let waited = in_time(client(server.url()).start_report(&any_report()).poll()).await;
        assert!(waited.is_err());
        assert_eq!(server.requests_to("POST"), 1);
    }
}
