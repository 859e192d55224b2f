//! An HTTP server on loopback that sends queued responses and records requests.
//!
//! This file is also a module of the program that runs the tests in `tests/cases/*/wire.rs`. The
//! server knows nothing of the documents.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

/// A server for one test. It stops when it is dropped.
#[derive(Debug)]
pub struct Server {
    url: String,
    shared: Arc<Shared>,
    _connections: JoinSet<()>,
}

#[derive(Debug, Default)]
struct Shared {
    responses: Mutex<VecDeque<Response>>,
    received: Mutex<Vec<ReceivedRequest>>,
}

impl Server {
    /// Starts a server. While no response is queued, it responds with 204.
    ///
    /// # Panics
    ///
    /// No port is available.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Shared::default());
        let mut connections = JoinSet::new();
        connections.spawn(accept(listener, Arc::clone(&shared)));
        Self { url, shared, _connections: connections }
    }

    /// Returns the base URL of the server.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Queues a response to the next request that has none yet.
    pub fn respond_with(&self, response: Response) {
        lock(&self.shared.responses).push_back(response);
    }

    /// Removes and returns the recorded requests.
    pub fn take_requests(&self) -> Vec<ReceivedRequest> {
        std::mem::take(&mut *lock(&self.shared.received))
    }

    /// Removes and returns the only recorded request.
    ///
    /// # Panics
    ///
    /// No request is recorded, or more than one.
    pub fn take_request(&self) -> ReceivedRequest {
        let mut all = self.take_requests();
        assert_eq!(all.len(), 1, "expected one request: {all:?}");
        all.remove(0)
    }
}

/// A request as received.
#[derive(Debug, Clone)]
pub struct ReceivedRequest {
    /// The method, a space, and the raw request target.
    pub line: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl ReceivedRequest {
    /// Returns the value of a header.
    ///
    /// # Panics
    ///
    /// The header occurs more than once, or is not ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().map(|value| value.to_str().expect("ASCII"));
        assert!(values.next().is_none(), "{name} occurs more than once: {:?}", self.headers);
        value
    }

    /// Returns the body as a string.
    ///
    /// # Panics
    ///
    /// The body is not UTF-8.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("UTF-8")
    }
}

/// A response of the server.
#[derive(Debug)]
pub struct Response {
    head: hyper::Response<()>,
    body: Pieces,
}

impl Response {
    /// Creates a response without a body.
    ///
    /// # Panics
    ///
    /// The status code is invalid.
    pub fn status(status: u16) -> Self {
        let head = hyper::Response::builder().status(status).body(()).expect("a status");
        Self { head, body: Pieces::of(&[]) }
    }

    /// Creates a response with a body.
    pub fn body(status: u16, media_type: &str, body: impl AsRef<[u8]>) -> Self {
        let mut response = Self::status(status).header("content-type", media_type);
        response.body = Pieces::of(body.as_ref());
        response
    }

    /// Creates a JSON response.
    pub fn json(status: u16, json: &serde_json::Value) -> Self {
        Self::body(status, "application/json", json.to_string())
    }

    /// Creates a successful response whose body is sent piece by piece, and ends when the sender is
    /// dropped.
    pub fn stream(media_type: &str) -> (Self, Sender) {
        let mut response = Self::body(200, media_type, "");
        let (sender, pieces) = unbounded_channel();
        response.body = Pieces(pieces);
        (response, Sender(sender))
    }

    /// Adds a header.
    ///
    /// # Panics
    ///
    /// The name or value is invalid.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a name");
        self.head.headers_mut().append(name, HeaderValue::from_str(value).expect("a value"));
        self
    }
}

/// Sends the body of a response.
#[derive(Debug)]
pub struct Sender(UnboundedSender<Bytes>);

impl Sender {
    /// Sends a piece.
    ///
    /// # Panics
    ///
    /// The client has closed the connection.
    pub fn send(&self, piece: &str) {
        self.0.send(Bytes::from(piece.to_owned())).expect("a reader");
    }
}

/// A body that is sent piece by piece.
#[derive(Debug)]
struct Pieces(UnboundedReceiver<Bytes>);

impl Pieces {
    fn of(bytes: &[u8]) -> Self {
        let (sender, pieces) = unbounded_channel();
        sender.send(Bytes::copy_from_slice(bytes)).expect("the other end is here");
        Self(pieces)
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|bytes| Ok(Frame::data(bytes))))
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        let service = service_fn(move |request| serve(Arc::clone(&shared), request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // The client reports why a connection ended.
        connections.spawn(async move { drop(connection.await) });
    }
}

async fn serve(
    shared: Arc<Shared>,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Pieces>, hyper::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let line = format!("{} {}", head.method, head.uri);
    lock(&shared.received).push(ReceivedRequest { line, headers: head.headers, body });
    let response = lock(&shared.responses).pop_front().unwrap_or_else(|| Response::status(204));
    Ok(response.head.map(|()| response.body))
}

/// Locks a mutex, also after another thread has panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
