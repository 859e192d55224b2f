use case_operation_servers::{Client, ClientBuilder, Error};

use crate::loopback::{ReceivedRequest, Server};

const FILES: &str = "https://{region}.files.example.com/upload";
const STATUS: &str = "https://status.example.com";

/// A client whose servers are all on this machine, each at its own port.
fn builder(api: &Server, files: &Server, status: &Server) -> ClientBuilder {
    Client::builder()
        .base_url(api.url())
        .server_url(FILES, files.url())
        .server_url(STATUS, status.url())
        .key("hunter2")
}

fn key(request: &ReceivedRequest) -> Option<&str> {
    request.header("x-key")
}

fn config_error<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(Error::Config(error)) => error.to_string(),
        other => panic!("expected a configuration error: {other:?}"),
    }
}

#[tokio::test]
async fn a_server_with_the_same_host_only_has_another_path() {
    let (api, other) = (Server::start().await, Server::start().await);
    let client = builder(&api, &other, &other).build().unwrap();
    client.list_things().await.unwrap();
    client.replace_things().await.unwrap();
    client.add_thing().await.unwrap();
    client.delete_files().await.unwrap();
    let requests = api.take_requests();
    let lines: Vec<&str> = requests.iter().map(|request| request.line.as_str()).collect();
    assert_eq!(
        lines,
        ["GET /v1/things", "PUT /v1/things", "POST /v2/things", "DELETE /admin/files"]
    );
    assert!(requests.iter().all(|request| key(request) == Some("hunter2")));
    assert_eq!(other.take_requests().len(), 0);
}

#[tokio::test]
async fn another_host_receives_no_credentials() {
    let (api, files, status) =
        (Server::start().await, Server::start().await, Server::start().await);
    let client = builder(&api, &files, &status).build().unwrap();
    let message = config_error(client.upload_file().await);
    let call = format!("`credential_origins([\"{}\"])`", files.url());
    assert!(message.contains("uploadFile") && message.contains(&call), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
    assert_eq!(files.take_requests().len(), 0, "nothing is sent");
    // These may be requested without a key.
    client.list_files().await.unwrap();
    client.get_status().await.unwrap();
    let request = files.take_request();
    assert_eq!((request.line.as_str(), key(&request)), ("GET /upload/files", None));
    let request = status.take_request();
    assert_eq!((request.line.as_str(), key(&request)), ("GET /status", None));
    assert_eq!(api.take_requests().len(), 0);
}

#[tokio::test]
async fn a_listed_origin_receives_credentials() {
    let (api, files, status) =
        (Server::start().await, Server::start().await, Server::start().await);
    let client = builder(&api, &files, &status).credential_origins([files.url()]).build().unwrap();
    client.upload_file().await.unwrap();
    let request = files.take_request();
    assert_eq!((request.line.as_str(), key(&request)), ("POST /upload/files", Some("hunter2")));
}

#[tokio::test]
async fn a_server_on_the_origin_of_the_base_url_receives_credentials() {
    let server = Server::start().await;
    let client = builder(&server, &server, &server).build().unwrap();
    client.upload_file().await.unwrap();
    let request = server.take_request();
    assert_eq!((request.line.as_str(), key(&request)), ("POST /upload/files", Some("hunter2")));
}

#[tokio::test]
async fn a_base_url_does_not_leave_the_servers_of_operations_behind() {
    let server = Server::start().await;
    let client = Client::builder().base_url(server.url()).key("hunter2").build().unwrap();
    let message = config_error(client.get_status().await);
    assert!(message.contains("`server_url(\"https://status.example.com\", …)`"), "{message}");
    client.list_things().await.unwrap();
}

#[test]
fn invalid_settings_are_reported() {
    let unknown =
        Client::builder().server_url("https://elsewhere.example.com", "https://a.example");
    let message = config_error(unknown.build());
    assert!(message.contains(FILES) && message.contains(STATUS), "{message}");
    for url in ["http://files.example.com", "https://files.example.com?a=b", "files"] {
        let message = config_error(Client::builder().server_url(FILES, url).build());
        assert!(message.contains("URL of the server"), "{url}: {message}");
    }
    for origin in ["https://a.example/path", "http://a.example"] {
        let message = config_error(Client::builder().credential_origins([origin]).build());
        assert!(message.contains("credential origin"), "{origin}: {message}");
    }
}

/// A variable that only such a server has does not select a server of the API.
#[test]
fn variables_of_these_servers_can_be_set() {
    let client = Client::builder().region("us").tenant("corp").build().unwrap();
    assert!(format!("{client:?}").contains("https://corp.example.com/v1"), "{client:?}");
    let message = config_error(Client::builder().region("u s").build());
    assert!(message.contains("`region`"), "{message}");
}
