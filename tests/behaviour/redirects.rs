//! Redirects: only GET requests follow them, and only within their origin.
//!
//! Two servers on two ports are two origins. What the second one receives has left the first
//! origin.

use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Client, ClientBuilder, Error, StatusCode};
use serde_json::json;
use tests::loopback::{ReceivedRequest, Response, Server};

use crate::setup::{any_report, api, at_once, line};

const REDIRECT_STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

fn builder(server: &Server) -> ClientBuilder {
    Client::builder().base_url(server.url()).token("hunter2").retry(at_once(3)).without_rate_limit()
}

fn redirect_to(status: u16, location: &str) -> Response {
    Response::body(status, "text/html", "<h1>Sign in</h1>").header("location", location)
}

fn page() -> Response {
    Response::body(200, "text/html", "<h1>Sign in</h1>")
}

fn task() -> Response {
    Response::json(200, &json!({"id": "7", "type": "REPORT", "status": "SUCCESS"}))
}

/// Returns the request lines that a server received.
fn request_lines(server: &Server) -> Vec<String> {
    server.take_requests().into_iter().map(|received| received.line).collect()
}

#[tokio::test]
async fn a_post_is_not_redirected_and_a_page_is_not_a_success() {
    let (server, other) = (Server::start().await, Server::start().await);
    let client = builder(&server).redirect_origins([other.url()]).build().unwrap();
    for status in REDIRECT_STATUSES {
        for location in ["/login".to_owned(), format!("{}/login?state=hunter2", other.url())] {
            server.respond_with(redirect_to(status, &location));
            let error = client.start_report(&any_report()).await.unwrap_err();
            assert_eq!(api(&error).status().as_u16(), status);
            let message = line(&error);
            assert!(message.contains("/login") && message.contains("this is POST"), "{message}");
            let all = format!("{message} {error:?} {error:#?}");
            assert!(!all.contains("hunter2"), "{all}");
            assert_eq!(
                request_lines(&server),
                ["POST /v3/reports/run"],
                "sent once and not retried"
            );

            server.respond_with(redirect_to(status, &location));
            let error = client.cancel_report("7").await.unwrap_err();
            assert_eq!(api(&error).status().as_u16(), status);
            assert_eq!(request_lines(&server).len(), 1);
        }
    }
    assert!(other.take_requests().is_empty());
}

#[tokio::test]
async fn a_get_is_redirected_within_its_origin_and_keeps_its_headers() {
    let server = Server::start().await;
    let client = builder(&server).build().unwrap();
    for status in REDIRECT_STATUSES {
        server.respond_with(redirect_to(status, "/v4/reports/7/result?x=y"));
        server.respond_with(task());
        let task = client.get_report_result("7").await.unwrap();
        assert_eq!(task.id.as_deref(), Some("7"));
        let [_, second] = <[ReceivedRequest; 2]>::try_from(server.take_requests()).unwrap();
        assert_eq!(second.line, "GET /v4/reports/7/result?x=y");
        assert_eq!(second.header("authorization"), Some("Bearer hunter2"));
    }
}

#[tokio::test]
async fn a_get_is_not_redirected_to_another_origin() {
    let (server, other) = (Server::start().await, Server::start().await);
    let client = builder(&server).build().unwrap();
    for status in REDIRECT_STATUSES {
        server
            .respond_with(redirect_to(status, &format!("{}/file?signature=hunter2", other.url())));
        let error = client.get_report("7", FileFormat::Csv).await.unwrap_err();
        assert_eq!(api(&error).status().as_u16(), status);
        let message = line(&error);
        assert!(message.contains(other.url()) && message.contains("redirect_origins"), "{message}");
        assert!(!format!("{message} {error:?}").contains("hunter2"), "{error:?}");
    }
    assert!(other.take_requests().is_empty());
}

#[tokio::test]
async fn an_allowed_origin_receives_no_secrets() {
    let (server, other) = (Server::start().await, Server::start().await);
    let client = builder(&server).redirect_origins([other.url()]).build().unwrap();
    for status in REDIRECT_STATUSES {
        server.respond_with(redirect_to(status, &format!("{}/files/7", other.url())));
        // A request that has left its origin stays without secrets, even if it is redirected back.
        other.respond_with(redirect_to(302, &format!("{}/back", server.url())));
        server.respond_with(task());
        let request = client.get_report_result("7").with_header("X-Api-Key", "hunter2");
        request.with_header("X-Trace", "mine").with_header("Cookie", "a=hunter2").await.unwrap();
        let received = other.take_request();
        assert_eq!(received.line, "GET /files/7");
        let [first, back] = <[ReceivedRequest; 2]>::try_from(server.take_requests()).unwrap();
        assert_eq!(first.header("x-api-key"), Some("hunter2"));
        for received in [received, back] {
            assert!(!format!("{:?}", received.headers).contains("hunter2"), "{received:?}");
            assert_eq!(received.header("x-trace"), None);
            assert_eq!(received.header("authorization"), None);
            assert_eq!(received.header("accept"), Some("application/json"));
        }
    }
}

#[tokio::test]
async fn the_number_of_redirects_is_limited() {
    let server = Server::start().await;
    let client = builder(&server).build().unwrap();
    for _ in 0..20 {
        server.respond_with(redirect_to(302, "/v3/again"));
    }
    let error = client.get_report_result("7").await.unwrap_err();
    assert!(line(&error).contains("10 redirects"), "{error}");
    assert_eq!(request_lines(&server).len(), 11);
}

#[tokio::test]
async fn an_invalid_location_is_an_error_with_the_reason() {
    let server = Server::start().await;
    let client = builder(&server).build().unwrap();
    let user = server.url().replace("http://", "http://u:hunter2@");
    for (location, expected) in [
        ("ftp://127.0.0.1/x", "not a URL"),
        ("http://[", "not a URL"),
        ("javascript:alert(1)", "not a URL"),
        (user.as_str(), "a user name or a password"),
        ("https://127.0.0.1:9/%7f", "another"),
    ] {
        server.respond_with(redirect_to(302, location));
        let message = line(&client.get_report_result("7").await.unwrap_err());
        let has_message = message.contains(expected);
        assert!(has_message && !message.contains("hunter2"), "{location}: {message}");
    }
    server.respond_with(Response::status(302));
    let message = line(&client.get_report_result("7").await.unwrap_err());
    assert!(message.contains("no `Location`"), "{message}");
    server.respond_with(redirect_to(302, "/a").header("location", "/b"));
    assert!(client.get_report_result("7").await.is_err());
    server.respond_with(redirect_to(302, &format!("/{}", "x".repeat(5000))));
    server.respond_with(redirect_to(302, "ftp://x"));
    let error = client.get_report_result("7").await.unwrap_err();
    assert!(line(&error).len() < 600, "{error}");
}

#[tokio::test]
async fn other_redirection_statuses_are_errors() {
    let server = Server::start().await;
    let client = builder(&server).build().unwrap();
    for status in [300, 304, 305, 306, 399] {
        server.respond_with(redirect_to(status, "/elsewhere"));
        let error = client.get_report_result("7").await.unwrap_err();
        assert_eq!(error.status(), StatusCode::from_u16(status).ok());
        assert_eq!(request_lines(&server).len(), 1);
    }
}

#[tokio::test]
async fn a_token_request_is_not_redirected() {
    let (server, other) = (Server::start().await, Server::start().await);
    let following_client = reqwest::Client::builder().no_proxy().build().unwrap();
    for status in REDIRECT_STATUSES {
        for location in
            [format!("{}/oauth/token", other.url()), "/other/token?q=hunter3".to_owned()]
        {
            server.respond_with(redirect_to(status, &location));
            let client = builder(&server).client_credentials("id", "hunter2");
            let client = client.redirect_origins([other.url()]).build().unwrap();
            let error = client.get_report_result("7").await.unwrap_err();
            let Error::Auth(auth) = &error else { panic!("{error:?}") };
            assert_eq!(auth.status().map(|status| status.as_u16()), Some(status));
            let message = line(&error);
            assert!(message.contains("/token") && message.contains("not followed"), "{message}");
            assert!(!message.contains("hunter"), "{message}");
            assert_eq!(request_lines(&server), ["POST /oauth/token"], "not asked again");
        }
        assert!(other.take_requests().is_empty());
    }
    // An HTTP client that follows redirects itself: its response is not a token.
    server.respond_with(redirect_to(302, &format!("{}/login", other.url())));
    other.respond_with(Response::json(200, &json!({"access_token": "hunter3"})));
    let client = builder(&server).client_credentials("id", "hunter2").http_client(following_client);
    let error = client.build().unwrap().get_report_result("7").await.unwrap_err();
    assert!(matches!(error, Error::Auth(_)), "{error:?}");
    assert!(line(&error).contains("followed a redirect to"), "{error}");
    assert_eq!(request_lines(&server), ["POST /oauth/token"]);
}

#[tokio::test]
async fn redirects_that_a_custom_client_follows_are_detected() {
    let (server, other) = (Server::start().await, Server::start().await);
    let following_client = || reqwest::Client::builder().no_proxy().build().unwrap();
    let client = builder(&server).http_client(following_client()).build().unwrap();
    for status in REDIRECT_STATUSES {
        server.respond_with(redirect_to(status, "/login"));
        server.respond_with(page());
        let error = client.start_report(&any_report()).await.unwrap_err();
        let message = line(&error);
        assert!(
            message.contains("/login") && message.contains("may have carried out"),
            "{message}"
        );
        server.take_requests();

        server.respond_with(redirect_to(status, &format!("{}/file", other.url())));
        other.respond_with(task());
        let error = client.get_report_result("7").await.unwrap_err();
        assert!(line(&error).contains("another host"), "{error}");
        server.take_requests();
    }
    server.respond_with(redirect_to(302, "/v4/here"));
    server.respond_with(task());
    client.get_report_result("7").await.unwrap();
    let listing = builder(&server).http_client(following_client()).redirect_origins([other.url()]);
    server.respond_with(redirect_to(302, &format!("{}/file", other.url())));
    other.respond_with(task());
    listing.build().unwrap().get_report_result("7").await.unwrap();
}

#[test]
fn an_allowed_redirect_origin_must_be_valid() {
    for wrong in ["files.example", "https://files.example/path", "http://files.example"] {
        let builder = Client::builder().tenant("acme").redirect_origins([wrong]);
        let error = builder.build().unwrap_err();
        assert!(matches!(error, Error::Config(_)) && line(&error).contains("redirect origin"));
    }
}
