//! What a client of a document in Swagger 2.0 sends and receives.

use case_swagger_2::types::{Animal, Cat, Dog};
use case_swagger_2::{Client, Error};

use crate::loopback::{Response, Server};

fn client(server: &Server) -> Client {
    let url = format!("{}/v1", server.url());
    Client::builder().base_url(url).token_credential("t").basic("u", "p").build().unwrap()
}

fn strings() -> [String; 2] {
    ["a", "b c"].map(str::to_owned)
}

#[tokio::test]
async fn each_collection_format_has_its_separator() {
    let server = Server::start().await;
    server.respond_with(Response::body(200, "application/json", "[]"));
    let request = client(&server)
        .list_animals()
        .kinds(&strings())
        .spaced(&strings())
        .piped(&strings())
        .ids(&[1, 2])
        .tabbed("a\tb")
        .grid(&["1|2".to_owned(), "3".to_owned()])
        .limit(5)
        .x_trace("7");
    assert_eq!(request.await.unwrap(), []);
    let received = server.take_request();
    let expected = "GET /v1/animals?kinds=a,b%20c&spaced=a%20b%20c&piped=a%7Cb%20c&ids=1&ids=2\
        &tabbed=a%09b&grid=1%7C2,3&limit=5";
    assert_eq!(received.line, expected);
    assert_eq!(received.header("x-trace"), Some("7"));
    assert_eq!(received.header("x-token"), Some("t"));
    assert_eq!(received.header("accept"), Some("application/json"));
}

#[tokio::test]
async fn a_shared_body_has_the_media_type_of_the_document() {
    let server = Server::start().await;
    let text = r#"{"kind":"canis","name":"Rex","tricks":["sit"]}"#;
    server.respond_with(Response::body(201, "application/json", text));
    let animal = Animal::from(Cat::new("Cat", "Tom").with_lives(9));
    #[allow(deprecated, reason = "the case has a deprecated operation")]
    let added = client(&server).add_animal(&animal).await.unwrap();
    let received = server.take_request();
    assert_eq!(received.line, "POST /v1/animals");
    assert_eq!(received.header("content-type"), Some("application/json"));
    assert_eq!(received.header("x-token"), None, "the operation needs no authentication");
    assert_eq!(received.text(), r#"{"kind":"Cat","name":"Tom","lives":9}"#);
    let Animal::Canis(dog) = added else { panic!("{added:?}") };
    let tricks: Option<Vec<String>> = dog.tricks;
    assert_eq!(tricks, Some(vec!["sit".to_owned()]));
}

#[tokio::test]
async fn an_operation_overrides_the_media_types() {
    let server = Server::start().await;
    server.respond_with(Response::body(200, "text/csv", "a,b"));
    let animals = [Animal::from(Dog::new("canis", "Rex"))];
    let table: String = client(&server).replace_animals(&strings(), &animals).await.unwrap();
    assert_eq!(table, "a,b");
    let received = server.take_request();
    assert_eq!(received.line, "PUT /v1/animals/a,b%20c");
    assert_eq!(received.header("content-type"), Some("application/vnd.zoo+json"));
    assert_eq!(received.header("accept"), Some("text/csv"));
    assert_eq!(received.header("authorization"), Some("Basic dTpw"));
}

#[tokio::test]
async fn a_shared_error_response_has_a_type() {
    let server = Server::start().await;
    let text = r#"{"message":"no"}"#;
    server.respond_with(Response::body(418, "application/json", text));
    let error = client(&server).list_animals().await.unwrap_err();
    let Error::Api(error) = error else { panic!("{error:?}") };
    assert!(format!("{:?}", error.body()).contains("Problem"), "{error:?}");
}
