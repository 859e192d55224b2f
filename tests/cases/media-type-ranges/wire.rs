use case_media_type_ranges::operations::untagged::PostThingsResponse;
use case_media_type_ranges::types::Thing;
use case_media_type_ranges::{Client, Error, ErrorBody, RetryPolicy, json};

use crate::loopback::{Response, Server};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).retry(RetryPolicy::none()).build().unwrap()
}

#[tokio::test]
async fn an_object_of_any_media_type_is_read_as_json() {
    let server = Server::start().await;
    for media_type in ["application/json", "application/vnd.thing+json", "application/hal"] {
        server.respond_with(Response::body(200, media_type, r#"{"name":"a"}"#));
        assert_eq!(client(&server).get_thing().await.unwrap(), Thing::new("a"));
        assert_eq!(server.take_request().header("accept"), Some("application/json, */*"));
    }
    server.respond_with(Response::json(404, &json!({"why": "gone"})));
    let Err(Error::Api(error)) = client(&server).get_thing().await else { panic!("not an error") };
    let ErrorBody::Problem(problem) = error.body() else { panic!("{error}") };
    assert_eq!(problem.why, "gone");
}

#[tokio::test]
async fn a_media_type_range_is_one_variant_among_others() {
    let server = Server::start().await;
    server.respond_with(Response::json(200, &json!(3)));
    let counted = client(&server).post_things(&[Thing::new("a")]).await.unwrap();
    assert_eq!(counted, PostThingsResponse::Json(3));
    let received = server.take_request();
    assert_eq!(received.header("content-type"), Some("application/json"));
    assert_eq!(received.text(), r#"[{"name":"a"}]"#);
    server.respond_with(Response::body(200, "text/csv", "a,b"));
    let table = client(&server).post_things(&[]).await.unwrap();
    assert_eq!(table, PostThingsResponse::Text("a,b".to_owned()));
}

#[tokio::test]
async fn a_range_that_need_not_be_json_stays_a_file() {
    let server = Server::start().await;
    server.respond_with(Response::body(200, "image/png", "PNG"));
    let file = client(&server).get_file().await.unwrap().bytes(100).await.unwrap();
    assert_eq!(file.as_ref(), b"PNG");
    server.respond_with(Response::body(200, "text/plain", "a"));
    let file = client(&server).get_anything().await.unwrap().bytes(100).await.unwrap();
    assert_eq!(file.as_ref(), b"a");
}
