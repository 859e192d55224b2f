//! A server that produces faults, byte by byte.
//!
//! Takes the behaviour for each connection, as an async function of a [`Connection`] or as a list
//! of [`Action`]s, and counts requests, connections and sent bytes. The mock tenant uses an HTTP
//! library, which cannot violate HTTP; what complies with HTTP is left to the tenant.

use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Returns a successful response with a JSON body.
pub(crate) fn json(body: &str) -> Vec<u8> {
    let length = body.len();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
    format!("{head}\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

/// An action on a connection.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// Sends bytes.
    Send(Vec<u8>),
    /// Sends bytes one by one, with a pause after each.
    Drip(Vec<u8>, Duration),
    /// Sends the same bytes repeatedly, as long as the client accepts them.
    Flood(Vec<u8>),
    /// Sends nothing more. The connection stays open until the client closes it.
    Silence,
    /// Resets the connection (RST).
    Reset,
}

impl Action {
    /// Creates an action that sends bytes.
    pub(crate) fn send(text: impl AsRef<[u8]>) -> Self {
        Self::Send(text.as_ref().to_vec())
    }
}

/// A server for one test. Dropping it closes its connections.
pub(crate) struct Server {
    url: String,
    seen: Arc<Seen>,
    accepting: JoinHandle<()>,
}

/// Counters of what clients have done.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    connections: AtomicUsize,
    open: AtomicUsize,
    heads: Mutex<Vec<String>>,
    taken: AtomicU64,
}

impl Server {
    /// Starts a server with the same behaviour for each connection.
    pub(crate) async fn start<F: Future<Output = ()> + Send + 'static>(
        serve: impl Fn(Connection) -> F + Send + Sync + 'static,
    ) -> Self {
        Self::listen("http", None, serve).await
    }

    /// Starts a server for TLS connections.
    pub(crate) async fn start_encrypted<F: Future<Output = ()> + Send + 'static>(
        tls: TlsAcceptor,
        serve: impl Fn(Connection) -> F + Send + Sync + 'static,
    ) -> Self {
        Self::listen("https", Some(tls), serve).await
    }

    /// Starts a server that reads one request from each connection and then performs the actions.
    pub(crate) async fn with_script(actions: Vec<Action>) -> Self {
        Self::with_scripts(vec![actions]).await
    }

    /// Starts a server with separate actions for the first requests, one from each connection. The
    /// last list applies to all later requests.
    pub(crate) async fn with_scripts(actions: Vec<Vec<Action>>) -> Self {
        let turn = Arc::new(AtomicUsize::new(0));
        Self::start(move |mut connection| {
            let (actions, turn) = (actions.clone(), Arc::clone(&turn));
            async move {
                let Some(head) = connection.head().await else { return };
                if connection.body(&head).await.is_some() {
                    let turn = turn.fetch_add(1, Ordering::SeqCst).min(actions.len() - 1);
                    connection.perform(&actions[turn]).await;
                }
            }
        })
        .await
    }

    async fn listen<F: Future<Output = ()> + Send + 'static>(
        scheme: &str,
        tls: Option<TlsAcceptor>,
        serve: impl Fn(Connection) -> F + Send + Sync + 'static,
    ) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let listener = socket.listen(4096).unwrap();
        let url = format!("{scheme}://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let seen = Arc::new(Seen::default());
        let accepting = tokio::spawn(accept(listener, tls, Arc::new(serve), Arc::clone(&seen)));
        Self { url, seen, accepting }
    }

    /// Returns the base URL of the server.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Returns the number of complete request heads.
    pub(crate) fn requests(&self) -> usize {
        self.seen.heads.lock().unwrap().len()
    }

    /// Returns the number of request heads that start with `line`.
    pub(crate) fn requests_to(&self, line: &str) -> usize {
        let heads = self.seen.heads.lock().unwrap();
        heads.iter().filter(|head| head.starts_with(line)).count()
    }

    /// Returns the number of accepted connections.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// Returns the number of open connections.
    pub(crate) fn open(&self) -> usize {
        self.seen.open.load(Ordering::SeqCst)
    }

    /// Returns the number of bytes that clients, and the socket buffers, have accepted.
    pub(crate) fn bytes_taken(&self) -> u64 {
        self.seen.taken.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept<F: Future<Output = ()> + Send + 'static>(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    serve: Arc<impl Fn(Connection) -> F + Send + Sync + 'static>,
    seen: Arc<Seen>,
) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let Ok((stream, _)) = accepted else {
            // Most likely the process has no file descriptors left: others have to close first.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        seen.connections.fetch_add(1, Ordering::SeqCst);
        let open = Open::new(&seen);
        let (tls, serve) = (tls.clone(), Arc::clone(&serve));
        connections.spawn(async move {
            let wire = match tls {
                None => Wire::Plain(stream),
                Some(tls) => match tls.accept(stream).await {
                    Ok(stream) => Wire::Encrypted(Box::new(stream)),
                    // The handshake fails if the client does not trust the certificate.
                    Err(_) => return,
                },
            };
            serve(Connection { wire, unread: Vec::new(), open }).await;
        });
    }
}

/// Counts a connection while it is open.
struct Open(Arc<Seen>);

impl Open {
    fn new(seen: &Arc<Seen>) -> Self {
        seen.open.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(seen))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

enum Wire {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

/// The head of a request.
#[derive(Debug, Clone)]
pub(crate) struct Head(String);

impl Head {
    /// The method, a space, and the target.
    pub(crate) fn line(&self) -> &str {
        self.0.split_once(" HTTP/").map_or("", |(line, _)| line)
    }

    /// Returns the value of a header. The name is case-insensitive.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.0.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A connection of a client. Dropping it closes it; a TLS connection then ends without
/// `close_notify`, as if it were truncated.
pub(crate) struct Connection {
    wire: Wire,
    /// Received bytes that were not used yet.
    unread: Vec<u8>,
    open: Open,
}

impl Connection {
    /// Reads the head of the next request, or returns `None` if the client has closed the
    /// connection.
    pub(crate) async fn head(&mut self) -> Option<Head> {
        let end = loop {
            if let Some(at) = self.unread.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let head: Vec<u8> = self.unread.drain(..end).collect();
        let head = String::from_utf8(head).expect("a head in ASCII");
        self.open.0.heads.lock().unwrap().push(head.clone());
        Some(Head(head))
    }

    /// Reads the body of a request, or returns `None` if it does not arrive.
    pub(crate) async fn body(&mut self, head: &Head) -> Option<Vec<u8>> {
        let length = head.header("content-length").map_or(0, |length| length.parse().unwrap());
        self.read(length).await
    }

    /// Reads `length` bytes, or returns `None` if they do not arrive.
    pub(crate) async fn read(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.unread.len() < length {
            self.more().await?;
        }
        Some(self.unread.drain(..length).collect())
    }

    async fn more(&mut self) -> Option<()> {
        let read = match &mut self.wire {
            Wire::Plain(stream) => stream.read_buf(&mut self.unread).await,
            Wire::Encrypted(stream) => stream.read_buf(&mut self.unread).await,
        };
        read.is_ok_and(|count| count > 0).then_some(())
    }

    /// Performs actions in order. The connection is closed when it is dropped.
    pub(crate) async fn perform(&mut self, actions: &[Action]) {
        for action in actions {
            match action {
                Action::Send(bytes) => drop(self.send(bytes).await),
                Action::Drip(bytes, pause) => {
                    for byte in bytes {
                        if self.send(&[*byte]).await.is_none() {
                            break;
                        }
                        tokio::time::sleep(*pause).await;
                    }
                }
                Action::Flood(bytes) => while self.send(bytes).await.is_some() {},
                Action::Silence => self.silence().await,
                Action::Reset => self.reset(),
            }
        }
    }

    /// Sends bytes. Returns `None` if the client does not accept them.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Option<()> {
        let sent = match &mut self.wire {
            Wire::Plain(stream) => send(stream, bytes).await,
            Wire::Encrypted(stream) => send(stream, bytes).await,
        };
        self.open.0.taken.fetch_add(bytes.len() as u64, Ordering::SeqCst);
        match sent {
            Ok(()) => Some(()),
            Err(error) => {
                assert_ne!(error.kind(), ErrorKind::InvalidInput, "{error}");
                None
            }
        }
    }

    /// Waits for the next byte without consuming it.
    pub(crate) async fn peek(&mut self) {
        while self.unread.is_empty() && self.more().await.is_some() {}
    }

    /// Closes the sending side (FIN). What the client sends can still be read.
    pub(crate) async fn end(&mut self) {
        let ended = match &mut self.wire {
            Wire::Plain(stream) => stream.shutdown().await,
            Wire::Encrypted(stream) => stream.shutdown().await,
        };
        // The client may have closed the connection already.
        drop(ended);
    }

    /// Waits until the client has closed the connection.
    pub(crate) async fn silence(&mut self) {
        while self.more().await.is_some() {}
    }

    /// Closes the connection gracefully: TLS sends `close_notify`.
    pub(crate) async fn close(mut self) {
        self.end().await;
    }

    /// Makes the system reset the connection (RST) when it is closed.
    pub(crate) fn reset(&mut self) {
        let stream = match &self.wire {
            Wire::Plain(stream) => stream,
            Wire::Encrypted(stream) => stream.get_ref().0,
        };
        stream.set_zero_linger().unwrap();
    }
}

async fn send(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    bytes: &[u8],
) -> std::io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}
