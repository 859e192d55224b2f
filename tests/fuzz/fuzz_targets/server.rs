//! A server on a thread, which gives each connection the response that a target has made up, and
//! the client that asks it.

use std::cell::LazyCell;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fuzz_client::{Client, RetryPolicy};

/// What the server sends next, head and body.
type Next = Arc<Mutex<Vec<u8>>>;

struct Setup {
    client: Client,
    runtime: tokio::runtime::Runtime,
    next: Next,
}

impl Setup {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let next = Next::default();
        let responses = Arc::clone(&next);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // A client that has gone is the target's business.
                let _ = respond(stream, &responses);
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let client = Client::builder()
            .base_url(url)
            .retry(RetryPolicy::none())
            .timeout(Duration::from_secs(5))
            .build()
            .expect("a client");
        Self { client, runtime, next }
    }
}

fn respond(mut stream: TcpStream, next: &Next) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut bytes = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut bytes)?;
        if count == 0 {
            return Ok(());
        }
        head.extend_from_slice(&bytes[..count]);
    }
    let response = next.lock().expect("no panic").clone();
    stream.write_all(&response)?;
    stream.shutdown(std::net::Shutdown::Write)
}

/// A response: its head without the end, and its body, which ends with the connection.
pub(crate) fn response(status: u16, header: &[u8], body: &[u8]) -> Vec<u8> {
    let start = format!("HTTP/1.1 {status} Fuzzed\r\nConnection: close\r\n");
    [start.as_bytes(), header, b"\r\n\r\n", body].concat()
}

/// Calls the client, which gets a response.
pub(crate) fn call<F: Future>(response: Vec<u8>, ask: impl FnOnce(Client) -> F) -> F::Output {
    thread_local! {
        static SETUP: LazyCell<Setup> = LazyCell::new(Setup::new);
    }
    SETUP.with(|setup| {
        *setup.next.lock().expect("no panic") = response;
        setup.runtime.block_on(ask(setup.client.clone()))
    })
}
