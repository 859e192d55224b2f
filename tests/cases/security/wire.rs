use case_security::{Client, ClientBuilder, Credential, Error, json};

use crate::loopback::{ReceivedRequest, Response, Server};

fn builder(server: &Server) -> ClientBuilder {
    Client::builder().base_url(server.url())
}

/// Creates a client with credentials for all schemes.
fn client_with_all_credentials(server: &Server) -> Client {
    let keys = builder(server).header_key("key1").query_key("key 2").cookie_key("key3");
    keys.password("Aladdin", "open sesame").token("token1").build().unwrap()
}

/// The example of RFC 7617, section 2.
const BASIC: &str = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";

/// Returns the credentials of a request: the key header, `Authorization`, and the cookies.
fn credentials(received: &ReceivedRequest) -> [Option<&str>; 3] {
    ["x-key", "authorization", "cookie"].map(|name| received.header(name))
}

#[tokio::test]
async fn an_operation_sends_only_the_credentials_that_it_requires() {
    let server = Server::start().await;
    let client = client_with_all_credentials(&server);
    client.get_inherited().await.unwrap();
    assert_eq!(credentials(&server.take_request()), [Some("key1"), None, None]);
    client.get_by_query_key().q("a").await.unwrap();
    let received = server.take_request();
    assert_eq!(received.line, "GET /query-key?q=a&api%20key=key%202");
    assert_eq!(credentials(&received), [None; 3]);
    client.get_by_cookie_key().lang("en").await.unwrap();
    assert_eq!(credentials(&server.take_request()), [None, None, Some("lang=en; session=key3")]);
    client.get_by_password().await.unwrap();
    assert_eq!(credentials(&server.take_request()), [None, Some(BASIC), None]);
    client.get_by_token().await.unwrap();
    assert_eq!(credentials(&server.take_request()), [None, Some("Bearer token1"), None]);
    client.get_by_identity().await.unwrap();
    assert_eq!(credentials(&server.take_request()), [None, Some("Bearer token1"), None]);
}

#[tokio::test]
async fn an_operation_without_security_sends_no_credentials() {
    let server = Server::start().await;
    client_with_all_credentials(&server).get_open().await.unwrap();
    let received = server.take_request();
    assert_eq!((received.line.as_str(), credentials(&received)), ("GET /open", [None; 3]));
    builder(&server).build().unwrap().get_open().await.unwrap();
}

#[tokio::test]
async fn the_first_alternative_with_credentials_is_used() {
    let server = Server::start().await;
    client_with_all_credentials(&server).get_by_either().await.unwrap();
    assert_eq!(credentials(&server.take_request()), [Some("key1"), None, None]);
    let user = builder(&server).token("token1").password("Aladdin", "open sesame");
    user.build().unwrap().get_by_either().await.unwrap();
    assert_eq!(credentials(&server.take_request()), [None, Some(BASIC), None]);
    let token = builder(&server).token("token1").build().unwrap();
    token.get_by_either().await.unwrap();
    assert_eq!(credentials(&server.take_request()), [None, Some("Bearer token1"), None]);
}

#[tokio::test]
async fn schemes_that_are_required_together_are_sent_together() {
    let server = Server::start().await;
    client_with_all_credentials(&server).get_by_both().await.unwrap();
    assert_eq!(credentials(&server.take_request()), [Some("key1"), Some("Bearer token1"), None]);
    let keys = builder(&server).header_key("key1").query_key("key2").cookie_key("key3");
    keys.build().unwrap().get_by_both().await.unwrap();
    let received = server.take_request();
    assert_eq!(received.line, "GET /both?api%20key=key2");
    assert_eq!(credentials(&received), [None, None, Some("session=key3")]);
}

#[tokio::test]
async fn optional_credentials_are_sent_if_set() {
    let server = Server::start().await;
    client_with_all_credentials(&server).get_optionally().await.unwrap();
    assert_eq!(credentials(&server.take_request()), [None, Some("Bearer token1"), None]);
    builder(&server).header_key("key1").build().unwrap().get_optionally().await.unwrap();
    assert_eq!(credentials(&server.take_request()), [None; 3]);
}

#[tokio::test]
async fn nothing_is_sent_without_the_required_credentials() {
    let server = Server::start().await;
    let client = builder(&server).header_key("key1").build().unwrap();
    let Err(Error::Config(error)) = client.get_by_both().await else { panic!("it was sent") };
    let error = error.to_string();
    assert!(error.contains("`token(…)`") && error.contains("queryKey"), "{error}");
    assert!(!error.contains("headerKey") && !error.contains("key1"), "{error}");
    assert!(matches!(client.get_by_password().await, Err(Error::Config(_))));
    assert!(server.take_requests().is_empty());
}

#[tokio::test]
async fn client_credentials_are_exchanged_for_a_token_once() {
    let server = Server::start().await;
    let token = json!({"access_token": "token2", "token_type": "Bearer", "expires_in": 3600});
    let client = builder(&server).client_credentials("me", "secret").build().unwrap();
    client.get_open().await.unwrap();
    assert_eq!(server.take_request().line, "GET /open");
    server.respond_with(Response::json(200, &token));
    client.get_by_grant().await.unwrap();
    client.get_by_grant().await.unwrap();
    let [exchange, first, second] = server.take_requests().try_into().unwrap();
    assert_eq!(exchange.line, "POST /oauth/token");
    assert_eq!(exchange.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert!(exchange.text().contains("grant_type=client_credentials"), "{exchange:?}");
    assert_eq!(credentials(&first), [None, Some("Bearer token2"), None]);
    assert_eq!(credentials(&second), [None, Some("Bearer token2"), None]);
}

#[tokio::test]
async fn a_scheme_can_have_a_separate_token() {
    let server = Server::start().await;
    let client = builder(&server).token("token1").credential("token", Credential::bearer("token2"));
    let client = client.build().unwrap();
    client.get_by_token().await.unwrap();
    assert_eq!(server.take_request().header("authorization"), Some("Bearer token2"));
    client.get_by_identity().await.unwrap();
    assert_eq!(server.take_request().header("authorization"), Some("Bearer token1"));
}
