use case_all_of_narrowing::types::{Both, Flag, Station, Untyped};
use case_all_of_narrowing::{Client, json};

use crate::loopback::{ResponseTemplate, Server};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

#[tokio::test]
async fn values_that_are_listed_keep_their_types() {
    let server = Server::start().await;
    let sent = json!({
        "id": "a", "revoked": true, "status": "revoked", "ratio": 0.5, "attempts": 1
    });
    server.answer(ResponseTemplate::json(200, &sent));
    let revoked = client(&server).revoke_invitation("a").await.unwrap();
    assert!(revoked.revoked);
    assert_eq!((revoked.ratio, revoked.attempts), (Some(0.5), Some(1)));
    assert_eq!(serde_json::to_value(&revoked).unwrap(), sent);
    let flag: Flag = serde_json::from_str("true").unwrap();
    assert!(flag);
}

#[tokio::test]
async fn items_are_what_the_narrowest_part_says() {
    let server = Server::start().await;
    server.answer(ResponseTemplate::json(200, &json!({"data": [{"name": "Bern", "lines": ["S1"]}]})));
    let stations = client(&server).list_stations().await.unwrap();
    let first: &Station = &stations.data[0];
    assert_eq!(first.name, "Bern");
    let untyped: Untyped = serde_json::from_str(r#"{"data": [{"name": "Bern"}]}"#).unwrap();
    let first: &Station = &untyped.data.unwrap()[0];
    assert_eq!(first.name, "Bern");
    let both: Both = serde_json::from_str(r#"{"data": [{"id": 1, "name": "Bern"}]}"#).unwrap();
    let data = both.data.unwrap();
    assert_eq!((data[0].id, data[0].name.as_str()), (1, "Bern"));
}
