use case_streams::operations::untagged::ListThingsResponse;
use case_streams::types::ChangeKind;
use case_streams::{Client, Error};

use crate::loopback::{Response, Server};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

#[tokio::test]
async fn events_are_read_while_the_response_is_received() {
    let server = Server::start().await;
    let (response, sender) = Response::stream("text/event-stream");
    server.respond_with(response);
    sender.send(": welcome\n\nid: 1\nevent: change\ndata: {\"id\":\"a\",\"kind\":\"added\"}\n\n");
    let mut events = client(&server).watch_things().await.unwrap();
    assert_eq!(server.take_request().header("accept"), Some("text/event-stream"));
    let first = events.next().await.unwrap().unwrap();
    assert_eq!((first.id.as_deref(), first.event.as_deref()), (Some("1"), Some("change")));
    assert_eq!((first.data.id.as_str(), first.data.kind), ("a", ChangeKind::Added));
    // The next one is sent only now, in two pieces.
    sender.send("data: {\"id\":\"b\",\ndata: \"kind\":");
    sender.send("\"vanished\",\"more\":1}\r\n\r\n");
    let second = events.next().await.unwrap().unwrap();
    assert_eq!(second.data.kind, ChangeKind::from("vanished"));
    assert_eq!(second.id.as_deref(), Some("1"));
    drop(sender);
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn an_invalid_event_does_not_end_the_stream() {
    let server = Server::start().await;
    let body = "data: [DONE]\n\ndata: {\"id\":\"b\",\"kind\":\"removed\"}\n\n";
    server.respond_with(Response::body(200, "text/event-stream; charset=utf-8", body));
    let mut events = client(&server).watch_things().await.unwrap();
    let Some(Err(Error::Decode(error))) = events.next().await else { panic!("it was decoded") };
    assert_eq!(error.bytes().as_ref(), b"[DONE]");
    assert_eq!(events.next().await.unwrap().unwrap().data.kind, ChangeKind::Removed);
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn events_without_json_are_strings() {
    let server = Server::start().await;
    server.respond_with(Response::body(
        200,
        "text/event-stream",
        "data: started at\ndata: noon\n\n",
    ));
    let mut events = client(&server).watch_log().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().data, "started at\nnoon");
}

#[tokio::test]
async fn lines_are_read_while_the_response_is_received() {
    let server = Server::start().await;
    let (response, sender) = Response::stream("application/x-ndjson");
    server.respond_with(response);
    sender.send("{\"id\":\"a\",\"kind\":\"added\"}\n\n{\"id\"");
    let mut changes = client(&server).export_things().await.unwrap();
    assert_eq!(server.take_request().header("accept"), Some("application/x-ndjson"));
    assert_eq!(changes.next().await.unwrap().unwrap().id, "a");
    sender.send(":\"b\",\"kind\":\"removed\"}");
    drop(sender);
    assert_eq!(changes.next().await.unwrap().unwrap().id, "b");
    assert!(changes.next().await.is_none());
}

#[tokio::test]
async fn lines_can_be_numbers() {
    let server = Server::start().await;
    server.respond_with(Response::body(200, "application/jsonl", "1\n9007199254740993\nx\n3\n"));
    let mut sizes = client(&server).export_sizes().await.unwrap();
    assert_eq!(sizes.next().await.unwrap().unwrap(), 1);
    assert_eq!(sizes.next().await.unwrap().unwrap(), 9_007_199_254_740_993);
    assert!(matches!(sizes.next().await, Some(Err(Error::Decode(_)))));
    assert_eq!(sizes.next().await.unwrap().unwrap(), 3);
    assert!(sizes.next().await.is_none());
}

#[tokio::test]
async fn the_media_type_decides_whether_a_response_is_a_stream() {
    let server = Server::start().await;
    let change = "{\"id\":\"a\",\"kind\":\"added\"}";
    server.respond_with(Response::body(200, "application/json", format!("[{change}]")));
    server.respond_with(Response::body(200, "text/event-stream", format!("data: {change}\n\n")));
    let client = client(&server);
    let ListThingsResponse::Json(all) = client.list_things().await.unwrap() else {
        panic!("it was a stream")
    };
    assert_eq!(all.len(), 1);
    let response = client.list_things().follow(true).await.unwrap();
    let ListThingsResponse::Events(mut events) = response else { panic!("it was not a stream") };
    assert_eq!(events.next().await.unwrap().unwrap().data, all[0]);
    let [first, second] = server.take_requests().try_into().unwrap();
    assert_eq!(first.header("accept"), Some("application/json, text/event-stream"));
    assert_eq!(second.line, "GET /things?follow=true");
}
