//! A server that truncates downloads, and the methods that read them.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Client, ClientBuilder, Download, Error};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::setup::{HOUR, any_report, at_once};

pub(super) const STRONG_ETAG: &str = "ETag: \"one\"\r\n";
pub(super) const WEAK_ETAG: &str = "ETag: W/\"one\"\r\n";
pub(super) const DATES: &str =
    "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Sun, 06 Nov 1994 09:49:37 GMT\r\n";

/// Returns 1000 bytes in which each row is different.
pub(super) fn file() -> String {
    let lines: String = (0..100).map(|number| format!("{number:04},name\n")).collect();
    lines[..1000].to_owned()
}

/// Returns another file, which may have replaced the first one.
pub(super) fn other() -> String {
    "other".repeat(150)
}

/// A server that sends queued responses to requests for the file, and then closes the connection.
/// The last response is repeated. Other requests get fixed responses.
pub(super) struct Server {
    pub(super) url: String,
    pub(super) requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) async fn start(responses: Vec<String>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            let mut responses = responses.into_iter();
            let mut response = responses.next().unwrap();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![];
                while !request.ends_with(b"\r\n\r\n") {
                    request.push(stream.read_u8().await.unwrap());
                }
                let request = String::from_utf8(request).unwrap();
                let json = |body: &str| {
                    format!(
                        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n\
                         Content-Length: {}\r\n\r\n{body}",
                        body.len()
                    )
                };
                let own = match request.split(' ').nth(1).unwrap() {
                    path if path.ends_with("/run") => json(r#"{"id": "1"}"#),
                    path if path.ends_with("/result") => json(r#"{"status": "SUCCESS"}"#),
                    _ => {
                        kept.lock().unwrap().push(request);
                        let own = response.clone();
                        response = responses.next().unwrap_or(response);
                        own
                    }
                };
                tokio::spawn(async move {
                    stream.write_all(own.as_bytes()).await.unwrap();
                    if own.contains("X-Silent") {
                        tokio::time::sleep(HOUR).await;
                    }
                    // Unread bytes would turn the close into a reset, and lose what was sent.
                    stream.shutdown().await.unwrap();
                    let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_u8()).await;
                });
            }
        });
        Self { url, requests }
    }

    pub(super) fn builder(&self) -> ClientBuilder {
        Client::builder().base_url(&self.url).token("t").retry(at_once(4)).without_rate_limit()
    }

    pub(super) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(super) fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    /// Returns a header of each request for the file.
    pub(super) fn header(&self, name: &str) -> Vec<Option<String>> {
        let requests = self.requests.lock().unwrap();
        let value = |request: &String| {
            let mut lines = request.lines();
            let line = lines.find_map(|line| line.strip_prefix(&format!("{name}: ")));
            line.map(str::to_owned)
        };
        requests.iter().map(value).collect()
    }
}

/// Creates a response with the first `sent` bytes of a file and its whole length.
pub(super) fn partial(file: &str, headers: &str, sent: usize) -> String {
    let (length, body) = (file.len(), &file[..sent]);
    format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/csv\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    )
}

/// Creates the same response with chunked encoding.
pub(super) fn partial_chunked(file: &str, headers: &str, sent: usize) -> String {
    let (length, body) = (file.len(), &file[..sent]);
    let end = if sent == file.len() { "\r\n0\r\n\r\n" } else { "" };
    format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/csv\r\n\
         Transfer-Encoding: chunked\r\n{headers}\r\n{length:x}\r\n{body}{end}"
    )
}

/// Creates a partial response with `sent` bytes.
pub(super) fn part(from: usize, headers: &str, sent: usize) -> String {
    let file = file();
    let (last, length, body) = (file.len() - 1, file.len() - from, &file[from..from + sent]);
    format!(
        "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nContent-Type: application/csv\r\n\
         Content-Length: {length}\r\nContent-Range: bytes {from}-{last}/{}\r\n{headers}\r\n{body}",
        file.len()
    )
}

pub(super) fn status(status: &str, headers: &str) -> String {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n")
}

/// The methods that read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadMethod {
    SaveTo,
    SaveIn,
    Export,
    Bytes,
    Stream,
    Chunk,
}

impl ReadMethod {
    pub(super) const ALL: [Self; 6] =
        [Self::SaveTo, Self::SaveIn, Self::Export, Self::Bytes, Self::Stream, Self::Chunk];

    /// Methods that can discard what they have read.
    pub(super) const BUFFERED: [Self; 4] = [Self::SaveTo, Self::SaveIn, Self::Export, Self::Bytes];

    /// Methods that have already returned what they read.
    pub(super) const STREAMED: [Self; 2] = [Self::Stream, Self::Chunk];

    /// Reads the file. On disk there is only the file, or nothing.
    pub(super) async fn read(self, client: &Client) -> Result<String, Error> {
        let directory = tempfile::tempdir().unwrap();
        let get = async || client.get_report("1", FileFormat::Csv).await;
        let outcome = match self {
            Self::SaveTo => {
                let path = directory.path().join("a.csv");
                let written = get().await?.save_to(&path).await;
                written.map(|size| {
                    assert_eq!(std::fs::metadata(&path).unwrap().len(), size);
                    std::fs::read(path).unwrap()
                })
            }
            Self::SaveIn => {
                let saved = get().await?.save_in(directory.path()).await;
                saved.map(|path| std::fs::read(path).unwrap())
            }
            Self::Export => {
                let export = client.start_report(&any_report()).export([FileFormat::Csv]);
                match export.save_in(directory.path()).await {
                    Ok(exported) => Ok(std::fs::read(&exported.files[0]).unwrap()),
                    Err(sailpoint_reports::WaitError::Download { error, .. }) => Err(error),
                    Err(other) => panic!("{other:?}"),
                }
            }
            Self::Bytes => get().await?.bytes(10_000).await.map(Vec::from),
            Self::Stream => {
                let (mut stream, mut read) = (get().await?.into_stream(), Vec::new());
                loop {
                    match stream.next().await {
                        Some(Ok(piece)) => read.extend_from_slice(&piece),
                        Some(Err(error)) => break Err(error),
                        None => break Ok(read),
                    }
                }
            }
            Self::Chunk => chunks(get().await?).await,
        };
        let left = std::fs::read_dir(directory.path()).unwrap().count();
        assert_eq!(left, usize::from(outcome.is_ok() && self.is_saved()), "{self:?}");
        outcome.map(|bytes| String::from_utf8(bytes).unwrap())
    }

    pub(super) fn is_saved(self) -> bool {
        matches!(self, Self::SaveTo | Self::SaveIn | Self::Export)
    }
}

pub(super) async fn chunks(mut file: Download) -> Result<Vec<u8>, Error> {
    let mut read = Vec::new();
    while let Some(piece) = file.chunk().await? {
        assert!(!piece.is_empty(), "the end is no empty piece");
        read.extend_from_slice(&piece);
    }
    assert!(file.chunk().await?.is_none(), "the end stays the end");
    Ok(read)
}
