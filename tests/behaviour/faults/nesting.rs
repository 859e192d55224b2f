//! JSON that is nested deeper than any stack: it must cost an error and not the process.

use sailpoint_reports::{Client, Error};
use tests::mock_tenant::{Fault, MockTenant, Operation};

use super::server::{Act, Server, json};
use super::{client, ends, fails};
use crate::setup::{any_report, builder, tenant};

/// So many levels that a stack would need hundreds of megabytes for them.
const LEVELS: usize = 1_000_000;

/// Values that are nested so deep: arrays, objects, both by turns, and arrays that never close.
fn nested() -> [String; 4] {
    let [open, object] = [("[", "]"), ("{\"a\":", "}")];
    let levels = |(start, end): (&str, &str), value: &str| {
        format!("{}{value}{}", start.repeat(LEVELS), end.repeat(LEVELS))
    };
    let mixed = format!("{}{}", "[{\"a\":".repeat(LEVELS / 2), "1");
    let mixed = format!("{mixed}{}", "}]".repeat(LEVELS / 2));
    [levels(open, ""), levels(object, "1"), mixed, "[".repeat(LEVELS)]
}

/// The bodies of a response: the value alone, as each kind of property, and as one that nobody
/// knows.
fn bodies(value: &str) -> [String; 5] {
    [
        value.to_owned(),
        format!(r#"{{"id":{value}}}"#),
        format!(r#"{{"messages":{value}}}"#),
        format!(r#"{{"id":"1","status":{value}}}"#),
        format!(r#"{{"id":"1","unknown":{value}}}"#),
    ]
}

/// Either it is an error, or the response comes through with what could be decoded.
fn outcome<T: std::fmt::Debug + Clone + PartialEq>(outcome: Result<T, Error>) {
    match outcome {
        Err(Error::Decode(_)) => {}
        Err(error) => panic!("{}", error.to_string().chars().take(200).collect::<String>()),
        // Whatever was kept can be compared, copied and printed, and dropped in the end.
        Ok(value) => {
            assert!(value.clone() == value);
            drop(format!("{value:?}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nesting_without_end_in_a_response_is_an_error_and_no_crash() {
    for value in nested() {
        for body in bodies(&value) {
            let server = Server::play(vec![Act::Send(json(&body))]).await;
            outcome(ends(client(server.url()).start_report(&any_report())).await);
            outcome(ends(client(server.url()).get_report_result("1")).await);
            assert_eq!(server.requests(), 2, "another attempt cannot help");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nesting_without_end_in_an_error_is_the_error_of_its_status() {
    for value in nested() {
        for body in [value.clone(), format!(r#"{{"detailCode":"x","messages":{value}}}"#)] {
            let mut response =
                b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n".to_vec();
            response.extend(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
            let server = Server::play(vec![Act::Send(response)]).await;
            let error = fails(client(server.url()).start_report(&any_report())).await;
            assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
            assert_eq!(server.requests(), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nesting_without_end_in_a_token_response_is_an_error_of_authentication() {
    for value in nested() {
        for body in [
            value.clone(),
            format!(r#"{{"access_token":{value}}}"#),
            // Longer than a token response may be.
            format!(r#"{{"access_token":"t","scope":{value}}}"#),
        ] {
            for status in [200, 400] {
                let tenant: MockTenant = tenant().await;
                let fault = Fault::answer(status, "application/json", body.clone());
                tenant.inject(Operation::Token, fault);
                let client: Client = builder(&tenant).build().unwrap();
                let error = fails(client.start_report(&any_report())).await;
                assert!(matches!(error, Error::Auth(_)), "{error}");
                assert!(tenant.requests_to(Operation::StartReport).is_empty());
            }
        }
    }
}

/// A poller reads a response as JSON before it reads it as a state.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nesting_without_end_does_not_crash_a_poller() {
    for value in nested() {
        let server = Server::play(vec![Act::Send(json(&format!(r#"{{"id":{value}}}"#)))]).await;
        let waited = ends(client(server.url()).start_report(&any_report()).poll()).await;
        assert!(waited.is_err());
        assert_eq!(server.requests_to("POST"), 1);
    }
}
