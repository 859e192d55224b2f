//! A server for responses that the mock tenant cannot send: each connection gets the same bytes,
//! and then nothing more.

use std::net::Ipv4Addr;
use std::time::Duration;

use sailpoint_reports::{Client, ClientBuilder, RetryPolicy};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// Starts the server on the current runtime, which ends it, and returns its URL.
pub(crate) async fn server(response: impl Into<Vec<u8>>) -> String {
    let response = response.into();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            connections.spawn(serve(stream, response.clone()));
        }
    });
    url
}

/// Returns the builder of a client whose server starts to send a file and then stalls. The idle
/// timeout is short.
pub(crate) async fn begun_file(headers: &str, body: &str) -> ClientBuilder {
    let url = server(format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{body}")).await;
    let client = Client::builder().base_url(url).token("t").retry(RetryPolicy::none());
    client.idle_timeout(Duration::from_millis(200))
}

async fn serve(mut stream: TcpStream, response: Vec<u8>) {
    let mut request = vec![];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => return,
        }
    }
    if stream.write_all(&response).await.is_ok() {
        // The connection stays open until the client closes it.
        let _ = stream.read_u8().await;
    }
}

/// Returns a port on which nobody listens as long as the socket exists, and its URL.
pub(crate) fn closed_port() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    (socket, url)
}
