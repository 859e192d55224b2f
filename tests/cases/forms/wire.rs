use case_forms::types::{Color, Search, SendImageAgainBody, SendImageBody, SendTextBody};
use case_forms::{Client, Upload};

use crate::loopback::Server;

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

fn color() -> Color {
    Color::default().with_r(100).with_g(200)
}

/// Returns the headers of a part of the last request, after its name.
fn head(server: &Server, name: &str) -> String {
    let received = server.take_request();
    let text = received.text();
    let (_, part) = text.split_once(&format!("name=\"{name}\"")).unwrap();
    part.split("\r\n\r\n").next().unwrap().replace("\r\n", " ")
}

#[tokio::test]
async fn operations_that_share_a_schema_have_their_own_media_types() {
    let server = Server::start().await;
    let text = SendTextBody::new("a,b").with_details(&color());
    client(&server).send_text(text).await.unwrap();
    let received = server.take_request();
    assert!(received.text().contains("name=\"content\"\r\nContent-Type: text/csv\r\n\r\na,b"));
    assert!(received.text().contains("Content-Type: application/merge-patch+json"));
    let image = SendImageBody::new(Upload::from("PNG")).with_details(&color());
    client(&server).send_image(image).await.unwrap();
    assert_eq!(head(&server, "content"), "; filename=\"content\" Content-Type: image/png");
    let image = SendImageAgainBody::new(Upload::from("PNG")).with_details(&color());
    client(&server).send_image_again(image).await.unwrap();
    assert_eq!(head(&server, "details"), " Content-Type: application/json");
}

/// OpenAPI 3.0.3, "Support for x-www-form-urlencoded Request Bodies" and Encoding Object.
#[tokio::test]
async fn form_fields_have_the_defaults_of_query_parameters() {
    let server = Server::start().await;
    let send = async |search: &Search| {
        client(&server).search(search).await.unwrap();
        server.take_request().text().to_owned()
    };
    let words = ["x", "y"];
    assert_eq!(send(&Search::default().with_joined(words)).await, "joined=x,y");
    assert_eq!(send(&Search::default().with_flat(color())).await, "flat=R,100,G,200");
    assert_eq!(send(&Search::default().with_exploded(color())).await, "R=100&G=200");
    let json = "json=%7B%22R%22%3A100%2C%22G%22%3A200%7D";
    assert_eq!(send(&Search::default().with_json(color())).await, json);
    assert_eq!(send(&Search::default().with_spaced(words)).await, "spaced=x%20y");
    assert_eq!(send(&Search::default().with_plain(color())).await, "R=100&G=200");
    assert_eq!(send(&Search::default().with_items(words)).await, "items=x&items=y");
    assert_eq!(send(&Search::default().with_word("x y")).await, "word=x%20y");
}
