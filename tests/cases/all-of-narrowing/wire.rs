use case_all_of_narrowing::types::{Both, Flag, Station, Untyped};
use case_all_of_narrowing::{Client, json};

use crate::loopback::{Response, Server};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

#[tokio::test]
async fn enum_values_keep_their_types() {
    let server = Server::start().await;
    let sent = json!({
        "id": "a", "revoked": true, "status": "revoked", "ratio": 0.5, "attempts": 1
    });
    server.respond_with(Response::json(200, &sent));
    let revoked = client(&server).revoke_invitation("a").await.unwrap();
    assert!(revoked.revoked);
    assert_eq!((revoked.ratio, revoked.attempts), (Some(0.5), Some(1)));
    assert_eq!(serde_json::to_value(&revoked).unwrap(), sent);
    let flag: Flag = serde_json::from_str("true").unwrap();
    assert!(flag);
}

#[tokio::test]
async fn items_have_the_type_of_the_narrowest_schema() {
    let server = Server::start().await;
    server.respond_with(Response::json(200, &json!({"data": [{"name": "Bern", "lines": ["S1"]}]})));
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
