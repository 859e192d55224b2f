//! The tenant over a socket: requests are raw bytes, so that no HTTP client hides what is sent.

mod checks;
mod faults;
mod reports;
mod server;

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::contract::schema;
use super::{Builder, MockTenant};

/// A response as received; empty if the connection was closed without one.
struct Response {
    head: String,
    body: Vec<u8>,
}

impl Response {
    fn status(&self) -> u16 {
        self.head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn error_text(&self) -> String {
        self.json()["messages"][0]["text"].as_str().unwrap().to_owned()
    }
}

/// An authenticated client, and its tenant.
struct Client {
    tenant: MockTenant,
    token: String,
}

impl Client {
    async fn start(builder: Builder) -> Self {
        let tenant = builder.start().await.unwrap();
        let granted = request_token(&tenant).await.json();
        let token = granted["access_token"].as_str().unwrap().to_owned();
        Self { tenant, token }
    }

    /// Starts a tenant whose reports finish immediately.
    async fn with_quick_reports() -> Self {
        Self::start(MockTenant::builder().report_duration(Duration::ZERO)).await
    }

    async fn send(&self, line: &str, headers: &str, body: &str) -> Response {
        let authorization = format!("Authorization: Bearer {}\r\n{headers}", self.token);
        send(&self.tenant, line, &authorization, body).await
    }

    async fn get(&self, path: &str) -> Response {
        self.send(&format!("GET {path}"), "", "").await
    }

    async fn post(&self, path: &str, body: &str) -> Response {
        self.send(
            &format!("POST {path}"),
            "Content-Type: application/json; charset=utf-8\r\n",
            body,
        )
        .await
    }

    /// Returns the final status of a run; null while it has none.
    async fn status_of(&self, id: &str) -> Value {
        let result = self.get(&format!("/v3/reports/{id}/result")).await;
        result.json()["status"].clone()
    }

    async fn run(&self, body: Value) -> String {
        let response = self.post("/v3/reports/run", &body.to_string()).await;
        assert_eq!(response.status(), 200, "{}", response.head);
        assert_valid(&response.json(), "TaskResultDetails");
        response.json()["id"].as_str().unwrap().to_owned()
    }
}

/// Requests a token with the credentials of the tenant.
async fn request_token(tenant: &MockTenant) -> Response {
    let (id, secret) = (tenant.client_id(), tenant.client_secret());
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let (id, secret) = (encoded(id), encoded(secret));
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    send(tenant, "POST /oauth/token", "Content-Type: application/x-www-form-urlencoded\r\n", &form)
        .await
}

/// Sends a request to a tenant on a new connection.
async fn send(tenant: &MockTenant, line: &str, headers: &str, body: &str) -> Response {
    let address = tenant.base_url().split("//").nth(1).unwrap();
    exchange(TcpStream::connect(address).await.unwrap(), line, headers, body).await
}

async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    line: &str,
    headers: &str,
    body: &str,
) -> Response {
    let length =
        if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let request = format!(
        "{line} HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n{headers}{length}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = vec![];
    // A truncated response may end with an error; the bytes before it are the result.
    let _ = stream.read_to_end(&mut bytes).await;
    let end = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .map_or(bytes.len(), |end| end + 4);
    let body = bytes.split_off(end);
    Response { head: String::from_utf8(bytes).unwrap(), body }
}

/// Parses the document of the API.
fn document() -> Value {
    clientgen::load::from_yaml(include_str!("../../../../spec/reports.yaml")).unwrap()
}

/// Asserts that a value in a response of the tenant is valid against the document.
fn assert_valid(value: &Value, schema: &str) {
    let document = document();
    let violations =
        schema::check(&document, &document["components"]["schemas"][schema], value, "$");
    assert!(violations.is_empty(), "{violations:?}");
}
