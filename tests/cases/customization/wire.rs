use std::collections::HashSet;
use std::net::Ipv4Addr;

use case_customization::types::{Color, Contact, Machine, Point, Price};
use case_customization::{Client, json};

use crate::loopback::{Response, Server};

const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

#[tokio::test]
async fn types_of_the_user_are_sent_and_received() {
    let server = Server::start().await;
    let sent =
        json!({"hostName": "a", "address": "10.0.0.1", "price": 0.1, "others": ["10.0.0.2"]});
    server.respond_with(Response::status(204));
    let machine = Machine::new("a", ADDRESS, Price::from_f64(0.1).unwrap())
        .with_others([Ipv4Addr::new(10, 0, 0, 2)]);
    client(&server).put_host(&ADDRESS, &machine).await.unwrap();
    let request = server.take_request();
    assert_eq!(request.line, "PUT /hosts/10.0.0.1");
    assert_eq!(serde_json::from_str::<serde_json::Value>(request.text()).unwrap(), sent);
    server.respond_with(Response::json(200, &sent));
    let since = "2024-07-01".parse().unwrap();
    assert_eq!(client(&server).get_host(&ADDRESS).since(&since).await.unwrap(), machine);
    assert_eq!(server.take_request().line, "GET /hosts/10.0.0.1?since=2024-07-01");
}

#[test]
fn an_optional_value_that_the_type_does_not_accept_is_kept() {
    let received = json!({"hostName": "a", "address": "10.0.0.1", "price": 1, "started": "soon"});
    let machine: Machine = serde_json::from_value(received.clone()).unwrap();
    assert_eq!(machine.started, None);
    assert_eq!(machine.undecoded().map(|(name, _)| name).collect::<Vec<_>>(), ["started"]);
    assert_eq!(serde_json::to_value(&machine).unwrap(), received);
    let wrong = json!({"hostName": "a", "address": "here", "price": 1});
    assert!(serde_json::from_value::<Machine>(wrong).unwrap_err().to_string().contains("IPv4"));
}

#[test]
fn names_and_traits_are_those_of_the_configuration() {
    let machine = Machine::new("a", ADDRESS, 1.into()).with_color(Color::Red);
    assert_eq!(
        (machine.name.as_str(), serde_json::to_value(&machine).unwrap()["color"].as_str()),
        ("a", Some("1"))
    );
    assert!(Color::Red < Color::N2);
    let contacts = HashSet::from([Contact::from("me"), Point::new(1).into(), "me".into()]);
    assert_eq!(contacts.len(), 2);
}
