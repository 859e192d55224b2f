use case_constants::types::{
    Content, Level, Message, Part, Ping, SendFileBody, SystemMessage, UserMessage,
};
use case_constants::{Client, Upload, json};

use crate::loopback::{Response, Server};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

#[test]
fn a_union_is_created_from_its_variants() {
    let user: Message = UserMessage::new("hi").into();
    let sent = json!({"role": "user", "content": "hi"});
    assert_eq!(serde_json::to_value(&user).unwrap(), sent);
    let parts = UserMessage::new(vec![Part::new("a"), Part::new("b")]);
    let Content::Array(items) = &parts.content else { panic!("{parts:?}") };
    assert_eq!((items.len(), items[0].r#type.as_str()), (2, "text"));
    let reply = UserMessage::new("hi".to_owned()).with_previous(SystemMessage::new("be brief"));
    let sent = json!({
        "role": "user", "content": "hi",
        "previous": {"role": "system", "level": "high", "content": "be brief"}
    });
    assert_eq!(serde_json::to_value(&reply).unwrap(), sent);
    assert_eq!(SystemMessage::new("").level, Level::High);
}

#[tokio::test]
async fn a_constant_is_always_sent_and_another_value_is_kept() {
    let server = Server::start().await;
    let received = json!({"role": "robot", "content": "hi"});
    server.respond_with(Response::json(200, &received));
    let response = client(&server).send_message(&UserMessage::new("hi").into()).await.unwrap();
    assert_eq!(response.role, "robot");
    assert_eq!(serde_json::to_value(&response).unwrap(), received);
    let received = server.take_request();
    let sent: serde_json::Value = serde_json::from_str(received.text()).unwrap();
    assert_eq!(sent, json!({"role": "user", "content": "hi"}));
}

#[tokio::test]
async fn a_form_contains_its_constants() {
    let server = Server::start().await;
    client(&server).send_file(SendFileBody::new(Upload::from("A"))).await.unwrap();
    let received = server.take_request();
    let text = received.text();
    assert!(text.contains("name=\"purpose\"\r\n\r\nmessages"), "{text}");
}

#[test]
fn an_object_of_constants_contains_all_of_them() {
    let sent = json!({"kind": "ping", "version": 2, "loud": true});
    assert_eq!(serde_json::to_value(Ping::new()).unwrap(), sent);
    assert_eq!(Ping::default(), Ping::new());
    let other = json!({"kind": "pong", "version": 3, "loud": false});
    let ping: Ping = serde_json::from_value(other.clone()).unwrap();
    assert_eq!((ping.kind.as_str(), ping.version, ping.loud), ("pong", 3, false));
    assert_eq!(serde_json::to_value(&ping).unwrap(), other);
}
