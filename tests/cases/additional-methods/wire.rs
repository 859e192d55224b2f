use case_additional_methods::Client;
use case_additional_methods::types::QueryThingsBody;

use crate::loopback::{Response, Server};

#[tokio::test]
async fn methods_are_sent_as_they_are_written() {
    let server = Server::start().await;
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let body = QueryThingsBody::default().with_name("lamp");
    client.query_things(&body).await.unwrap();
    let request = server.take_request();
    assert_eq!((request.line.as_str(), request.text()), ("QUERY /things", r#"{"name":"lamp"}"#));
    client.purge_thing("7").await.unwrap();
    assert_eq!(server.take_request().line, "purge /things/7");
    server.respond_with(Response::json(200, &serde_json::json!({"links": 2})));
    let linked = client.link_thing("7").await.unwrap();
    assert_eq!((server.take_request().line.as_str(), linked.links), ("LINK /things/7", Some(2)));
}

/// `QUERY` is idempotent, and a method that nobody knows may not be.
#[tokio::test]
async fn only_idempotent_methods_are_retried() {
    let server = Server::start().await;
    let client = Client::builder().base_url(server.url()).build().unwrap();
    server.respond_with(Response::status(500));
    client.query_things(&QueryThingsBody::default()).await.unwrap();
    assert_eq!(server.take_requests().len(), 2);
    server.respond_with(Response::status(500));
    client.purge_thing("7").await.unwrap_err();
    assert_eq!(server.take_requests().len(), 1);
}
