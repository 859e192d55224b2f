use case_responses::operations::untagged::GetThingResponse;
use case_responses::types::Thing;
use case_responses::{Client, Error, ErrorBody, ResponseHeader, RetryPolicy, headers, json};

use crate::loopback::{Response, Server};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).retry(RetryPolicy::none()).build().unwrap()
}

/// Returns the client's result for a response to `getThing`.
async fn thing(response: Response) -> Result<GetThingResponse, Error> {
    let server = Server::start().await;
    server.respond_with(response);
    let result = client(&server).get_thing("1").await;
    let accept = "application/json, application/vnd.part+json, text/csv, image/*";
    assert_eq!(server.take_request().header("accept"), Some(accept));
    result
}

/// Returns the body of an error response to `getThing`.
async fn error(status: u16, media_type: &str, body: &str) -> ErrorBody {
    let error = thing(Response::body(status, media_type, body)).await.unwrap_err();
    let Error::Api(error) = error else { panic!("{error}") };
    assert_eq!(error.status(), status);
    error.body().clone()
}

#[tokio::test]
async fn status_and_media_type_select_the_variant() {
    let json = Response::json(200, &json!({"name": "a"}));
    let GetThingResponse::OkJson(one) = thing(json).await.unwrap() else { panic!("no JSON") };
    assert_eq!(one.name, "a");
    let csv = Response::body(200, "Text/CSV; charset=utf-8", "a,b");
    let GetThingResponse::OkText(text) = thing(csv).await.unwrap() else { panic!("no text") };
    assert_eq!(text, "a,b");
    let png = Response::body(200, "image/png", b"\x89PNG");
    let GetThingResponse::OkFile(mut file) = thing(png).await.unwrap() else { panic!("no file") };
    assert_eq!(file.chunk().await.unwrap().unwrap().as_ref(), b"\x89PNG");
    let progress = Response::json(202, &json!({"percent": 3}));
    let GetThingResponse::Accepted(made) = thing(progress).await.unwrap() else { panic!("ready") };
    assert_eq!(made.percent, 3);
    let nothing = thing(Response::status(204)).await.unwrap();
    assert!(matches!(nothing, GetThingResponse::NoContent), "{nothing:?}");
    let part = Response::body(206, "application/vnd.part+json", "{\"part\":\"b\"}");
    let GetThingResponse::Success(part) = thing(part).await.unwrap() else { panic!("no part") };
    assert_eq!(part.part, "b");
}

#[tokio::test]
async fn an_undocumented_success_is_an_error_with_its_body() {
    let Err(Error::Decode(error)) = thing(Response::body(200, "application/pdf", "%PDF")).await
    else {
        panic!("a PDF was decoded as a thing")
    };
    assert_eq!((error.status().as_u16(), error.bytes().as_ref()), (200, b"%PDF".as_slice()));
    let Err(Error::Decode(error)) = thing(Response::json(200, &json!({"name": 1}))).await else {
        panic!("a number was decoded as a name")
    };
    assert_eq!(error.path(), "name");
}

#[tokio::test]
async fn a_status_code_takes_precedence_over_a_range_and_a_range_over_the_default() {
    let missing = error(404, "application/json", "{\"id\":\"1\"}").await;
    assert!(matches!(&missing, ErrorBody::Missing(missing) if missing.id == "1"), "{missing:?}");
    let problem = error(409, "application/problem+json", "{\"title\":\"Taken\"}").await;
    assert!(matches!(&problem, ErrorBody::Problem(one) if one.title == "Taken"), "{problem:?}");
    let failure = error(500, "application/json", "{\"code\":\"E1\"}").await;
    assert!(matches!(&failure, ErrorBody::Failure(one) if one.code == "E1"), "{failure:?}");
    let other = error(404, "text/html", "<p>Not here</p>").await;
    assert!(matches!(other, ErrorBody::Undocumented), "{other:?}");
}

#[tokio::test]
async fn headers_have_types() {
    let server = Server::start().await;
    let response = Response::json(200, &json!({"name": "a"}))
        .header("x-rate-limit", "7")
        .header("X-Fresh", "soon")
        .header("x-tags", "a, b")
        .header("x-tags", "c");
    server.respond_with(response);
    let response = client(&server).get_thing("1").response().await.unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(response.header(headers::X_RATE_LIMIT).unwrap(), Some(7));
    assert_eq!(response.header(headers::X_TAGS).unwrap().unwrap(), ["a", "b", "c"]);
    assert_eq!(response.header(headers::LAST_MODIFIED).unwrap(), None);
    assert!(matches!(response.header(headers::X_FRESH), Err(Error::Decode(_))));
    assert_eq!(response.header(ResponseHeader::<String>::new("x-fresh")).unwrap().unwrap(), "soon");
}

#[tokio::test]
async fn a_lone_default_response_applies_to_success_and_error() {
    let server = Server::start().await;
    server.respond_with(Response::json(201, &json!({"name": "a", "more": true})));
    server.respond_with(Response::json(400, &json!({"name": "b"})));
    let client = client(&server);
    let thing: Thing = client.add_thing().await.unwrap();
    assert_eq!((thing.name.as_str(), &thing.additional_properties["more"]), ("a", &json!(true)));
    let Err(Error::Api(error)) = client.add_thing().await else { panic!("400 was a success") };
    let body = error.body();
    assert!(matches!(body, ErrorBody::Thing(thing) if thing.name == "b"), "{body:?}");
}

#[tokio::test]
async fn empty_text_and_scalar_responses_are_decoded() {
    let server = Server::start().await;
    let client = client(&server);
    client.has_thing("1").await.unwrap();
    assert_eq!(server.take_request().line, "HEAD /things/1");
    server.respond_with(Response::status(404));
    assert_eq!(client.has_thing("1").await.unwrap_err().status().unwrap(), 404);
    server.respond_with(Response::body(203, "text/plain", "{\"é\"}"));
    assert_eq!(client.get_name().await.unwrap(), "{\"é\"}");
    server.respond_with(Response::body(200, "application/json", " 9007199254740993\n"));
    assert_eq!(client.get_count().await.unwrap(), 9_007_199_254_740_993);
    server.respond_with(Response::body(200, "application/json", ""));
    assert!(matches!(client.get_count().await, Err(Error::Decode(_))));
}

#[tokio::test]
async fn a_file_is_read_while_it_is_received() {
    let server = Server::start().await;
    let (response, sender) = Response::stream("image/png");
    server.respond_with(response.header("content-disposition", "attachment; filename=\"a.png\""));
    sender.send("the first bytes");
    let mut picture = client(&server).get_picture().await.unwrap();
    assert_eq!(picture.file_name().as_deref(), Some("a.png"));
    assert_eq!(picture.chunk().await.unwrap().unwrap(), "the first bytes");
    sender.send("more");
    drop(sender);
    assert_eq!(picture.chunk().await.unwrap().unwrap(), "more");
    assert!(picture.chunk().await.unwrap().is_none());
}
