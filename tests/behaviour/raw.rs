//! A server for what the mock tenant does not do: it answers every connection with the same bytes
//! and then says nothing more.

use std::net::Ipv4Addr;
use std::time::Duration;

use sailpoint_reports::{Client, ClientBuilder, RetryPolicy};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// Starts the server on the current runtime, which ends it, and gives its URL.
pub(crate) async fn server(answer: impl Into<Vec<u8>>) -> String {
    let answer = answer.into();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            connections.spawn(serve(stream, answer.clone()));
        }
    });
    url
}

/// Sets up a client of a server that begins to send a file and then falls silent. Whoever waits for
/// the rest is told so soon.
pub(crate) async fn begun_file(headers: &str, body: &str) -> ClientBuilder {
    let url = server(format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{body}")).await;
    let client = Client::builder().base_url(url).token("t").retry(RetryPolicy::none());
    client.idle_timeout(Duration::from_millis(200))
}

async fn serve(mut stream: TcpStream, answer: Vec<u8>) {
    let mut request = vec![];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => return,
        }
    }
    if stream.write_all(&answer).await.is_ok() {
        // The connection stays open until the client has enough of it.
        let _ = stream.read_u8().await;
    }
}

/// A port on which nobody listens, for as long as the socket is kept, and its URL.
pub(crate) fn closed_port() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    (socket, url)
}
