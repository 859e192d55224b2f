//! A server on this machine that answers as it is told, and keeps what it was sent.
//!
//! The tests in `tests/cases/*/wire.rs` use it: this file is a module of their program too. It knows
//! nothing of the documents.

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
    answers: Mutex<VecDeque<Answer>>,
    received: Mutex<Vec<Received>>,
}

impl Server {
    /// Starts a server. Until it is told something else, it answers everything with 204.
    ///
    /// # Panics
    ///
    /// There is no port left.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Shared::default());
        let mut connections = JoinSet::new();
        connections.spawn(accept(listener, Arc::clone(&shared)));
        Self { url, shared, _connections: connections }
    }

    /// Where it is, as a base URL has it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Says what the next request is answered that has no answer yet.
    pub fn answer(&self, answer: Answer) {
        lock(&self.shared.answers).push_back(answer);
    }

    /// The requests that have come since this was asked last.
    pub fn all_received(&self) -> Vec<Received> {
        std::mem::take(&mut *lock(&self.shared.received))
    }

    /// The request that has come since this was asked last.
    ///
    /// # Panics
    ///
    /// It is none, or more than one.
    pub fn received(&self) -> Received {
        let mut all = self.all_received();
        assert_eq!(all.len(), 1, "one request was to come: {all:?}");
        all.remove(0)
    }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its method, a space, and its target, not decoded.
    pub line: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Received {
    /// The value of a header, which must not be there twice.
    ///
    /// # Panics
    ///
    /// It is there twice, or is no text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().map(|value| value.to_str().expect("a text"));
        assert!(values.next().is_none(), "{name} is there twice: {:?}", self.headers);
        value
    }

    /// The body, which must be a text.
    ///
    /// # Panics
    ///
    /// It is not in UTF-8.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("a text")
    }
}

/// What a request is answered.
#[derive(Debug)]
pub struct Answer {
    head: hyper::Response<()>,
    body: Pieces,
}

impl Answer {
    /// An answer without a body.
    ///
    /// # Panics
    ///
    /// There is no such status.
    pub fn status(status: u16) -> Self {
        let head = hyper::Response::builder().status(status).body(()).expect("a status");
        Self { head, body: Pieces::of(&[]) }
    }

    /// An answer with a body.
    pub fn body(status: u16, media_type: &str, body: impl AsRef<[u8]>) -> Self {
        let mut answer = Self::status(status).header("content-type", media_type);
        answer.body = Pieces::of(body.as_ref());
        answer
    }

    /// An answer with JSON.
    pub fn json(status: u16, json: &serde_json::Value) -> Self {
        Self::body(status, "application/json", json.to_string())
    }

    /// A good answer whose body is sent piece by piece, and ends when the sender is dropped.
    pub fn stream(media_type: &str) -> (Self, Sender) {
        let mut answer = Self::body(200, media_type, "");
        let (sender, pieces) = unbounded_channel();
        answer.body = Pieces(pieces);
        (answer, Sender(sender))
    }

    /// Adds a header.
    ///
    /// # Panics
    ///
    /// It cannot be a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a name");
        self.head.headers_mut().append(name, HeaderValue::from_str(value).expect("a value"));
        self
    }
}

/// Sends the body of an answer.
#[derive(Debug)]
pub struct Sender(UnboundedSender<Bytes>);

impl Sender {
    /// Sends a piece.
    ///
    /// # Panics
    ///
    /// Nobody reads the body any more.
    pub fn send(&self, piece: &str) {
        self.0.send(Bytes::from(piece.to_owned())).expect("a reader");
    }
}

/// A body on its way.
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
        // What ends a connection shows in the client.
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
    lock(&shared.received).push(Received { line, headers: head.headers, body });
    let answer = lock(&shared.answers).pop_front().unwrap_or_else(|| Answer::status(204));
    Ok(answer.head.map(|()| answer.body))
}

/// What a test holds is still good after another thread has failed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
