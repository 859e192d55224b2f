use case_xml_bodies::operations::untagged::SendEitherResponse;
use case_xml_bodies::types::SendFormBody;
use case_xml_bodies::{Client, Upload};

use crate::loopback::{Response, Server};

/// XML is sent and returned as it is.
#[tokio::test]
async fn xml_is_text() {
    let server = Server::start().await;
    let client = Client::builder().base_url(server.url()).build().unwrap();
    server.respond_with(Response::body(200, "application/vnd.things+xml", "<thing/>"));
    assert_eq!(client.send_xml("<thing>a</thing>").await.unwrap(), "<thing/>");
    let request = server.take_request();
    assert_eq!(request.header("content-type"), Some("application/xml"));
    assert_eq!(request.text(), "<thing>a</thing>");
    server.respond_with(Response::body(200, "application/xml", "<thing/>"));
    let either = client.send_either().await.unwrap();
    assert!(matches!(either, SendEitherResponse::Text(text) if text == "<thing/>"));
}

/// An object in a part with the media type of XML is never sent as JSON.
#[tokio::test]
async fn a_part_in_xml_is_a_file() {
    let server = Server::start().await;
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let form = SendFormBody::new(Upload::from("<thing/>"));
    client.send_form(form).await.unwrap();
    let request = server.take_request();
    assert!(request.text().contains("application/xml") && request.text().contains("<thing/>"));
}
