use std::io::Write;

use case_request_bodies::operations::untagged::SendAnyBody;
use case_request_bodies::types::{Search, SendPartsBody, Step, StepOp, Thing};
use case_request_bodies::{Client, Error, Nullable, Properties, Upload, json};
use futures_util::stream;

use crate::loopback::{ReceivedRequest, Response, Server};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

fn thing() -> Thing {
    Thing::new("a").with_note("b c")
}

/// Returns the media type, the `Content-Length` and the body of a request.
fn body(received: &ReceivedRequest) -> (Option<&str>, Option<&str>, &str) {
    (received.header("content-type"), received.header("content-length"), received.text())
}

#[tokio::test]
async fn json_bodies_have_the_documented_media_type() {
    let server = Server::start().await;
    let client = client(&server);
    client.put_json(&thing()).await.unwrap();
    let received = server.take_request();
    assert_eq!(received.line, "PUT /json");
    let json = r#"{"name":"a","note":"b c"}"#;
    assert_eq!(body(&received), (Some("application/json"), Some("25"), json));
    let steps = [Step::new(StepOp::Remove, "/a"), Step::new("add", "/b").with_value(json!([1]))];
    client.patch_json(&steps).await.unwrap();
    let received = server.take_request();
    assert_eq!(received.line, "PATCH /json");
    let json = r#"[{"op":"remove","path":"/a"},{"op":"add","path":"/b","value":[1]}]"#;
    assert_eq!(body(&received), (Some("application/json-patch+json"), Some("66"), json));
    let problem = Properties::from_iter([("title".to_owned(), json!("Gone"))]);
    client.report_problem(&problem).await.unwrap();
    let media_type = "application/problem+json; charset=utf-8";
    assert_eq!(body(&server.take_request()), (Some(media_type), Some("16"), r#"{"title":"Gone"}"#));
}

#[tokio::test]
async fn an_optional_body_can_be_omitted() {
    let server = Server::start().await;
    let client = client(&server);
    client.merge_json().thing(&Thing::new("a").with_note(Nullable::Null)).await.unwrap();
    let json = r#"{"name":"a","note":null}"#;
    assert_eq!(
        body(&server.take_request()),
        (Some("application/merge-patch+json"), Some("24"), json)
    );
    client.merge_json().await.unwrap();
    let received = server.take_request();
    assert_eq!((received.header("content-type"), received.text()), (None, ""));
}

#[tokio::test]
async fn forms_have_a_style_for_each_property() {
    let server = Server::start().await;
    let search = Search::new("a&b =é+")
        .with_tags(["x", "y"])
        .with_words(["x", "y"])
        .with_sizes([1, 2])
        .with_thing(Thing::new("a"))
        .with_within(thing());
    client(&server).send_form(&search).await.unwrap();
    let received = server.take_request();
    assert_eq!(received.header("content-type"), Some("application/x-www-form-urlencoded"));
    let expected = "q=a%26b%20%3D%C3%A9%2B&tags=x&tags=y&words=x,y&sizes=1%7C2\
        &name=a&within%5Bname%5D=a&within%5Bnote%5D=b%20c";
    assert_eq!(received.text(), expected);
}

/// Returns the parts of a form: their headers without `Content-Disposition: form-data; `, and their
/// contents.
fn parts(received: &ReceivedRequest) -> Vec<(String, String)> {
    let media_type = received.header("content-type").unwrap();
    let boundary = media_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let text = received.text();
    let text = text.strip_prefix(&format!("--{boundary}\r\n")).unwrap();
    let text = text.strip_suffix(&format!("\r\n--{boundary}--\r\n")).unwrap();
    let part = |part: &str| {
        let (head, content) = part.split_once("\r\n\r\n").unwrap();
        let head = head.strip_prefix("Content-Disposition: form-data; ").unwrap();
        (head.replace("\r\nContent-Type: ", " "), content.to_owned())
    };
    text.split(&format!("\r\n--{boundary}\r\n")).map(part).collect()
}

#[tokio::test]
async fn parts_have_names_and_media_types() {
    let server = Server::start().await;
    let mut file = tempfile::Builder::new().prefix("page").suffix(".pdf").tempfile().unwrap();
    file.write_all(b"%PDF").unwrap();
    let file_name = file.path().file_name().unwrap().to_str().unwrap();
    let files =
        [Upload::from("one").file_name("1 \"é\".txt").media_type("text/plain"), "two".into()];
    let form = SendPartsBody::new("a\r\nb", files)
        .with_count(3)
        .with_tags(&["x".to_owned(), "y".to_owned()])
        .with_things(&[Thing::new("a"), Thing::new("b")])
        .with_pages([Upload::file(file.path())])
        .with_thing(&thing())
        .with_picture(Upload::from(b"PNG".as_slice()).media_type("image/png"))
        .with_table("1,2")
        .with_patch(&Thing::new("c"));
    client(&server).send_parts(form).await.unwrap();
    let received = server.take_request();
    assert_eq!(received.header("content-length"), Some(received.body.len().to_string().as_str()));
    let page = format!("name=\"pages\"; filename=\"{file_name}\" application/pdf");
    let expected = [
        ("name=\"title\"", "a\r\nb"),
        ("name=\"files\"; filename=\"1 %22é%22.txt\" text/plain", "one"),
        ("name=\"files\"; filename=\"files\" application/octet-stream", "two"),
        ("name=\"count\"", "3"),
        ("name=\"tags\"", "x"),
        ("name=\"tags\"", "y"),
        ("name=\"things\" application/json", r#"{"name":"a"}"#),
        ("name=\"things\" application/json", r#"{"name":"b"}"#),
        (&page, "%PDF"),
        ("name=\"thing\" application/json", r#"{"name":"a","note":"b c"}"#),
        ("name=\"picture\"; filename=\"picture\" image/png", "PNG"),
        ("name=\"table\" text/csv", "1,2"),
        ("name=\"patch\" application/merge-patch+json", r#"{"name":"c"}"#),
    ];
    let expected = expected.map(|(head, content)| (head.to_owned(), content.to_owned()));
    assert_eq!(parts(&received), expected);
}

#[tokio::test]
async fn strings_and_files_are_sent_unchanged() {
    let server = Server::start().await;
    let client = client(&server);
    client.send_text("{\"é\"}").await.unwrap();
    assert_eq!(body(&server.take_request()), (Some("text/plain"), Some("6"), "{\"é\"}"));
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"content").unwrap();
    client.send_bytes(Upload::file(file.path())).await.unwrap();
    let octets = Some("application/octet-stream");
    assert_eq!(body(&server.take_request()), (octets, Some("7"), "content"));
    let missing = client.send_bytes(Upload::file("/nowhere/at all")).await;
    assert!(matches!(missing, Err(Error::Config(_))), "{missing:?}");
    assert!(server.take_requests().is_empty());
}

#[tokio::test]
async fn a_stream_is_sent_chunked_and_is_not_retried() {
    let server = Server::start().await;
    let pieces = || stream::iter(["one, ", "two"].map(|piece| Ok(piece.into())));
    client(&server).send_bytes(Upload::stream(pieces()).media_type("text/csv")).await.unwrap();
    let received = server.take_request();
    assert_eq!(body(&received), (Some("text/csv"), None, "one, two"));
    assert_eq!(received.header("transfer-encoding"), Some("chunked"));
    server.respond_with(Response::status(503));
    let error = client(&server).send_bytes(Upload::stream(pieces())).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 503);
    assert_eq!(server.take_request().text(), "one, two");
}

#[tokio::test]
async fn a_file_is_sent_from_its_start_on_retry() {
    let server = Server::start().await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"content").unwrap();
    server.respond_with(Response::status(503).header("retry-after", "0"));
    client(&server).send_bytes(Upload::file(file.path())).await.unwrap();
    let bodies = server.take_requests().into_iter().map(|received| received.text().to_owned());
    assert_eq!(bodies.collect::<Vec<_>>(), ["content", "content"]);
}

#[tokio::test]
async fn one_of_several_media_types_is_sent() {
    let server = Server::start().await;
    let client = client(&server);
    let thing = thing();
    client.send_any().await.unwrap();
    assert_eq!(server.take_request().header("content-type"), None);
    let json = r#"{"name":"a","note":"b c"}"#;
    client.send_any().body(&thing).await.unwrap();
    assert_eq!(body(&server.take_request()), (Some("application/json"), Some("25"), json));
    client.send_any().body(SendAnyBody::Text("a")).await.unwrap();
    assert_eq!(body(&server.take_request()), (Some("text/plain"), Some("1"), "a"));
    client.send_any().body(SendAnyBody::Form(&thing)).await.unwrap();
    let form = Some("application/x-www-form-urlencoded");
    assert_eq!(body(&server.take_request()), (form, Some("17"), "name=a&note=b%20c"));
    client.send_any().body(SendAnyBody::Bytes("PNG".into())).await.unwrap();
    assert_eq!(body(&server.take_request()), (Some("image/png"), Some("3"), "PNG"));
}
