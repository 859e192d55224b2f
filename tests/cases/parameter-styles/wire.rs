//! The rows of OpenAPI 3.0's table "Style Examples", and styles that it does not show.

use case_parameter_styles::types::{Color, Filter, Level};
use case_parameter_styles::{Client, Error};

use crate::loopback::Server;

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

fn colors() -> [String; 3] {
    ["blue", "black", "brown"].map(str::to_owned)
}

fn color() -> Color {
    Color::new().with_r(100).with_g(200).with_b(150)
}

#[tokio::test]
async fn matrix() {
    let server = Server::start().await;
    let client = client(&server);
    client.matrix("", "", &colors(), &colors(), &color(), &color()).await.unwrap();
    let expected = "GET /matrix/;string/;stringExploded/;array=blue,black,brown\
        /;arrayExploded=blue;arrayExploded=black;arrayExploded=brown\
        /;object=R,100,G,200,B,150/;R=100;G=200;B=150";
    assert_eq!(server.take_request().line, expected);
    client.matrix("blue", "blue", &colors(), &colors(), &color(), &color()).await.unwrap();
    let line = server.take_request().line;
    assert!(line.starts_with("GET /matrix/;string=blue/;stringExploded=blue/;array="), "{line}");
}

#[tokio::test]
async fn label() {
    let server = Server::start().await;
    let client = client(&server);
    client.label("blue", "blue", &colors(), &colors(), &color(), &color()).await.unwrap();
    let expected = "GET /label/.blue/.blue/.blue,black,brown/.blue.black.brown\
        /.R,100,G,200,B,150/.R=100.G=200.B=150";
    assert_eq!(server.take_request().line, expected);
}

#[tokio::test]
async fn simple() {
    let server = Server::start().await;
    let client = client(&server);
    client.simple("blue", "a/b, c", &colors(), &colors(), &color(), &color()).await.unwrap();
    let expected = "GET /simple/blue/a%2Fb%2C%20c/blue,black,brown/blue,black,brown\
        /R,100,G,200,B,150/R=100,G=200,B=150";
    assert_eq!(server.take_request().line, expected);
}

/// An empty segment would address another path.
#[tokio::test]
async fn empty_path_parameters_are_rejected() {
    let server = Server::start().await;
    let client = client(&server);
    let nothing = Color::new();
    let results = [
        client.label("", "a", &colors(), &colors(), &color(), &color()).await,
        client.label("a", ".", &colors(), &[], &color(), &color()).await,
        client.simple("", "a", &colors(), &colors(), &color(), &color()).await,
        client.simple("a", "..", &colors(), &colors(), &color(), &color()).await,
        client.simple("a", "a", &[], &colors(), &color(), &color()).await,
        client.simple("a", "a", &colors(), &colors(), &color(), &nothing).await,
    ];
    for result in results {
        assert!(matches!(result, Err(Error::Config(_))), "{result:?}");
    }
    assert!(server.take_requests().is_empty());
}

#[tokio::test]
async fn form() {
    let server = Server::start().await;
    let client = client(&server);
    let colors = colors();
    let request = client.form().string("").string_exploded("").array(&colors);
    let request = request.array_exploded(&colors).object(&color()).object_exploded(&color());
    request.await.unwrap();
    let expected = "GET /form?string=&stringExploded=&array=blue,black,brown\
        &arrayExploded=blue&arrayExploded=black&arrayExploded=brown\
        &object=R,100,G,200,B,150&R=100&G=200&B=150";
    assert_eq!(server.take_request().line, expected);
    client.form().string("blue").string_exploded("a&b=c d+é").await.unwrap();
    let expected = "GET /form?string=blue&stringExploded=a%26b%3Dc%20d%2B%C3%A9";
    assert_eq!(server.take_request().line, expected);
    client.form().array(&[]).array_exploded(&[]).object(&Color::new()).await.unwrap();
    assert_eq!(server.take_request().line, "GET /form");
}

#[tokio::test]
async fn delimited_and_deep() {
    let server = Server::start().await;
    let client = client(&server);
    let colors = colors();
    let request = client.delimited().space_array(&colors).space_object(&color());
    request.pipe_array(&colors).pipe_object(&color()).await.unwrap();
    let expected = "GET /delimited?spaceArray=blue%20black%20brown\
        &spaceObject=R%20100%20G%20200%20B%20150\
        &pipeArray=blue%7Cblack%7Cbrown&pipeObject=R%7C100%7CG%7C200%7CB%7C150";
    assert_eq!(server.take_request().line, expected);
    let filter = Filter::new().with_name("a b").with_tags(["x", "y"]).with_color(color());
    client.delimited().deep(&filter).await.unwrap();
    let expected = "GET /delimited?deep%5Bname%5D=a%20b&deep%5Btags%5D=x&deep%5Btags%5D=y\
        &deep%5Bcolor%5D%5BR%5D=100&deep%5Bcolor%5D%5BG%5D=200&deep%5Bcolor%5D%5BB%5D=150";
    assert_eq!(server.take_request().line, expected);
}

#[tokio::test]
async fn headers() {
    let server = Server::start().await;
    let client = client(&server);
    let colors = colors();
    let request = client.headers().x_string("").x_string_exploded("blue").x_array(&colors);
    let request = request.x_array_exploded(&colors).x_object(&color()).x_object_exploded(&color());
    request.await.unwrap();
    let received = server.take_request();
    for (name, value) in [
        ("x-string", ""),
        ("x-string-exploded", "blue"),
        ("x-array", "blue,black,brown"),
        ("x-array-exploded", "blue,black,brown"),
        ("x-object", "R,100,G,200,B,150"),
        ("x-object-exploded", "R=100,G=200,B=150"),
    ] {
        assert_eq!(received.header(name), Some(value), "{name}");
    }
    let result = client.headers().x_string("a\r\nX-Other: b").await;
    assert!(matches!(result, Err(Error::Config(_))), "{result:?}");
    client.headers().x_array(&[]).await.unwrap();
    assert_eq!(server.take_request().header("x-array"), None);
}

#[tokio::test]
async fn cookies() {
    let server = Server::start().await;
    let client = client(&server);
    let colors = colors();
    let request = client.cookies().string("").string_exploded("a; b").array(&colors);
    let request = request.array_exploded(&colors).object(&color()).object_exploded(&color());
    request.await.unwrap();
    let expected = "string=; stringExploded=a%3B%20b; array=blue,black,brown; \
        arrayExploded=blue; arrayExploded=black; arrayExploded=brown; \
        object=R,100,G,200,B,150; R=100; G=200; B=150";
    assert_eq!(server.take_request().header("cookie"), Some(expected));
}

#[tokio::test]
async fn scalars_and_enums_and_json() {
    let server = Server::start().await;
    let client = client(&server);
    let request = client.others().ids(&[1, 2]).level(Level::VeryHigh);
    let request = request.levels(&[Level::Low, Level::from("new one")]).verbose(false);
    request.share(0.5).count(9_007_199_254_740_993).await.unwrap();
    let expected = "GET /others?ids%5B%5D=1&ids%5B%5D=2&level=very%20high\
        &levels=low%7Cnew%20one&verbose=false&share=0.5&count=9007199254740993";
    assert_eq!(server.take_request().line, expected);
    client.others().color(&color()).x_color(&Color::new().with_r(1)).await.unwrap();
    let received = server.take_request();
    let expected = "GET /others?color=%7B%22R%22%3A100%2C%22G%22%3A200%2C%22B%22%3A150%7D";
    assert_eq!(received.line, expected);
    assert_eq!(received.header("x-color"), Some("{\"R\":1}"));
}

#[tokio::test]
async fn reserved_characters_are_kept_with_allow_reserved() {
    let server = Server::start().await;
    let client = client(&server);
    client.others().next("https://a/b?c=[d]&e=f#g").await.unwrap();
    assert_eq!(server.take_request().line, "GET /others?next=https://a/b?c=[d]%26e=f%23g");
}
