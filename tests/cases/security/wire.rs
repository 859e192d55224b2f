use case_security::{Client, ClientBuilder, Credential, Error, json};

use crate::loopback::{ResponseTemplate, Received, Server};

fn builder(server: &Server) -> ClientBuilder {
    Client::builder().base_url(server.url())
}

/// A client that holds everything.
fn rich(server: &Server) -> Client {
    let keys = builder(server).header_key("key1").query_key("key 2").cookie_key("key3");
    keys.password("Aladdin", "open sesame").token("token1").build().unwrap()
}

/// The example of RFC 7617, section 2.
const BASIC: &str = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";

/// What a request shows: key in a header, `Authorization`, cookies.
fn shown(received: &Received) -> [Option<&str>; 3] {
    ["x-key", "authorization", "cookie"].map(|name| received.header(name))
}

#[tokio::test]
async fn an_operation_shows_what_it_asks_for_and_nothing_else() {
    let server = Server::start().await;
    let client = rich(&server);
    client.get_inherited().await.unwrap();
    assert_eq!(shown(&server.received()), [Some("key1"), None, None]);
    client.get_by_query_key().q("a").await.unwrap();
    let received = server.received();
    assert_eq!(received.line, "GET /query-key?q=a&api%20key=key%202");
    assert_eq!(shown(&received), [None; 3]);
    client.get_by_cookie_key().lang("en").await.unwrap();
    assert_eq!(shown(&server.received()), [None, None, Some("lang=en; session=key3")]);
    client.get_by_password().await.unwrap();
    assert_eq!(shown(&server.received()), [None, Some(BASIC), None]);
    client.get_by_token().await.unwrap();
    assert_eq!(shown(&server.received()), [None, Some("Bearer token1"), None]);
    client.get_by_identity().await.unwrap();
    assert_eq!(shown(&server.received()), [None, Some("Bearer token1"), None]);
}

#[tokio::test]
async fn an_open_operation_shows_nothing() {
    let server = Server::start().await;
    rich(&server).get_open().await.unwrap();
    let received = server.received();
    assert_eq!((received.line.as_str(), shown(&received)), ("GET /open", [None; 3]));
    builder(&server).build().unwrap().get_open().await.unwrap();
}

#[tokio::test]
async fn the_first_alternative_at_hand_is_shown() {
    let server = Server::start().await;
    rich(&server).get_by_either().await.unwrap();
    assert_eq!(shown(&server.received()), [Some("key1"), None, None]);
    let user = builder(&server).token("token1").password("Aladdin", "open sesame");
    user.build().unwrap().get_by_either().await.unwrap();
    assert_eq!(shown(&server.received()), [None, Some(BASIC), None]);
    let token = builder(&server).token("token1").build().unwrap();
    token.get_by_either().await.unwrap();
    assert_eq!(shown(&server.received()), [None, Some("Bearer token1"), None]);
}

#[tokio::test]
async fn schemes_that_are_needed_together_are_shown_together() {
    let server = Server::start().await;
    rich(&server).get_by_both().await.unwrap();
    assert_eq!(shown(&server.received()), [Some("key1"), Some("Bearer token1"), None]);
    let keys = builder(&server).header_key("key1").query_key("key2").cookie_key("key3");
    keys.build().unwrap().get_by_both().await.unwrap();
    let received = server.received();
    assert_eq!(received.line, "GET /both?api%20key=key2");
    assert_eq!(shown(&received), [None, None, Some("session=key3")]);
}

#[tokio::test]
async fn what_may_be_shown_is_shown_if_it_is_there() {
    let server = Server::start().await;
    rich(&server).get_optionally().await.unwrap();
    assert_eq!(shown(&server.received()), [None, Some("Bearer token1"), None]);
    builder(&server).header_key("key1").build().unwrap().get_optionally().await.unwrap();
    assert_eq!(shown(&server.received()), [None; 3]);
}

#[tokio::test]
async fn nothing_is_sent_without_what_is_needed() {
    let server = Server::start().await;
    let client = builder(&server).header_key("key1").build().unwrap();
    let Err(Error::Config(error)) = client.get_by_both().await else { panic!("it was sent") };
    let error = error.to_string();
    assert!(error.contains("`token(…)`") && error.contains("queryKey"), "{error}");
    assert!(!error.contains("headerKey") && !error.contains("key1"), "{error}");
    assert!(matches!(client.get_by_password().await, Err(Error::Config(_))));
    assert!(server.all_received().is_empty());
}

#[tokio::test]
async fn client_credentials_are_exchanged_for_a_token_once() {
    let server = Server::start().await;
    let token = json!({"access_token": "token2", "token_type": "Bearer", "expires_in": 3600});
    let client = builder(&server).client_credentials("me", "secret").build().unwrap();
    client.get_open().await.unwrap();
    assert_eq!(server.received().line, "GET /open");
    server.answer(ResponseTemplate::json(200, &token));
    client.get_by_grant().await.unwrap();
    client.get_by_grant().await.unwrap();
    let [exchange, first, second] = server.all_received().try_into().unwrap();
    assert_eq!(exchange.line, "POST /oauth/token");
    assert_eq!(exchange.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert!(exchange.text().contains("grant_type=client_credentials"), "{exchange:?}");
    assert_eq!(shown(&first), [None, Some("Bearer token2"), None]);
    assert_eq!(shown(&second), [None, Some("Bearer token2"), None]);
}

#[tokio::test]
async fn a_scheme_can_have_a_token_of_its_own() {
    let server = Server::start().await;
    let client = builder(&server).token("token1").credential("token", Credential::bearer("token2"));
    let client = client.build().unwrap();
    client.get_by_token().await.unwrap();
    assert_eq!(server.received().header("authorization"), Some("Bearer token2"));
    client.get_by_identity().await.unwrap();
    assert_eq!(server.received().header("authorization"), Some("Bearer token1"));
}
