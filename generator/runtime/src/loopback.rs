//! A loopback server for tests of requests.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Serves the given responses, one connection after the other, and returns the base URL and the
/// received requests.
pub(crate) async fn serve(responses: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let mut requests = Vec::new();
        for response in responses {
            let (mut connection, _) = listener.accept().await.unwrap();
            requests.push(read(&mut connection).await);
            // A client that has read enough closes the connection.
            let _ = connection.write_all(response.as_bytes()).await;
            let _ = connection.shutdown().await;
        }
        requests
    });
    (address, task)
}

/// Returns a response with a body, after which the connection is closed.
pub(crate) fn response(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
}

/// Reads one request: up to its length, or up to the last chunk.
async fn read(connection: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let complete = match length {
                Some(length) => body.len() >= length.parse().unwrap(),
                None if head.contains("transfer-encoding: chunked") => body.ends_with("0\r\n\r\n"),
                None => true,
            };
            if complete {
                return text;
            }
        }
        let more = connection.read(&mut buffer).await.unwrap();
        if more == 0 {
            return text;
        }
        read.extend_from_slice(&buffer[..more]);
    }
}
