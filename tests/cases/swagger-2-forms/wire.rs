//! What a client sends for parameters in forms.

use case_swagger_2_forms::types::{SearchBody, UploadBody};
use case_swagger_2_forms::{Client, Upload};

use crate::loopback::{ReceivedRequest, Server};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

#[tokio::test]
async fn a_form_without_a_media_type_is_url_encoded() {
    let server = Server::start().await;
    let form = SearchBody::new(["a", "b c"])
        .with_spaced(["a", "b"])
        .with_piped(["a", "b"])
        .with_repeated(["a", "b"])
        .with_comment("x&y")
        .with_lang("de");
    client(&server).search(&form).await.unwrap();
    let received = server.take_request();
    assert_eq!(received.line, "POST /search");
    assert_eq!(received.header("content-type"), Some("application/x-www-form-urlencoded"));
    let expected =
        "words=a,b%20c&spaced=a%20b&piped=a%7Cb&repeated=a&repeated=b&comment=x%26y&lang=de";
    assert_eq!(received.text(), expected);
}

/// Returns the names of the parts, and their contents.
fn parts(received: &ReceivedRequest) -> Vec<(String, String)> {
    let media_type = received.header("content-type").unwrap();
    let boundary = media_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let separator = format!("--{boundary}");
    let pieces = received.text().split(separator.as_str());
    let part = |piece: &str| {
        let (head, content) = piece.split_once("\r\n\r\n")?;
        let name = head.split("name=\"").nth(1)?.split('"').next()?;
        Some((name.to_owned(), content.trim_end_matches("\r\n").to_owned()))
    };
    pieces.filter_map(part).collect()
}

#[tokio::test]
async fn a_form_with_a_file_has_parts() {
    let server = Server::start().await;
    let form = UploadBody::new("content")
        .with_others([Upload::from("one"), Upload::from("two")])
        .with_size(7)
        .with_tags(&["a".to_owned(), "b".to_owned()])
        .with_list("a,b")
        .with_comment("c");
    client(&server).upload(form).await.unwrap();
    let parts = parts(&server.take_request());
    let expected = [
        ("file", "content"),
        ("others", "one"),
        ("others", "two"),
        ("size", "7"),
        ("tags", "a"),
        ("tags", "b"),
        ("list", "a,b"),
        ("comment", "c"),
    ];
    let expected = expected.map(|(name, content)| (name.to_owned(), content.to_owned()));
    assert_eq!(parts, expected);
}
