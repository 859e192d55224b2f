use case_forms_as_json::Client;
use case_forms_as_json::types::{Color, Paint};

use crate::loopback::Server;

/// OpenAPI 3.1.1, "Encoding the `x-www-form-urlencoded` Media Type".
#[tokio::test]
async fn an_object_is_json_unless_it_has_a_style() {
    let server = Server::start().await;
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let color = || Color::default().with_r(1);
    client.send_color(&Paint::default().with_exploded(color())).await.unwrap();
    assert_eq!(server.take_request().text(), "R=1");
    client.send_color(&Paint::default().with_plain(color())).await.unwrap();
    assert_eq!(server.take_request().text(), "plain=%7B%22R%22%3A1%7D");
}
