//! Downloads whose body breaks off: they are fetched on, and never become a mixture of two files.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use sailpoint_reports::runtime::{Method, Operation, Request, StreamingResponse, Value};
use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{
    AccessToken, Client, ClientBuilder, Download, Error, RetryPolicy, TokenFuture, TokenSource,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::setup::{HOUR, any_report, at_once, line};

const TAG: &str = "ETag: \"one\"\r\n";
const WEAK: &str = "ETag: W/\"one\"\r\n";
const DATES: &str =
    "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Sun, 06 Nov 1994 09:49:37 GMT\r\n";

/// A thousand bytes, each thirteen of which are another text.
fn file() -> String {
    let lines: String = (0..100).map(|number| format!("{number:04},name\n")).collect();
    lines[..1000].to_owned()
}

/// What else may be there under the same address later.
fn other() -> String {
    "other".repeat(150)
}

/// A server that answers one request for a file after the other as it is told, and then closes the
/// connection. The last answer is repeated. What is not a file is answered at once.
struct Server {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            let mut answers = answers.into_iter();
            let mut answer = answers.next().unwrap();
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
                        let own = answer.clone();
                        answer = answers.next().unwrap_or(answer);
                        own
                    }
                };
                tokio::spawn(async move {
                    stream.write_all(own.as_bytes()).await.unwrap();
                    if own.contains("X-Silent") {
                        tokio::time::sleep(HOUR).await;
                    }
                    // What is unread would make a reset of the end, and lose what was sent.
                    stream.shutdown().await.unwrap();
                    let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_u8()).await;
                });
            }
        });
        Self { url, requests }
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder().base_url(&self.url).token("t").retry(at_once(4)).without_rate_limit()
    }

    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    /// A header of each request for a file.
    fn header(&self, name: &str) -> Vec<Option<String>> {
        let requests = self.requests.lock().unwrap();
        let value = |request: &String| {
            let mut lines = request.lines();
            let line = lines.find_map(|line| line.strip_prefix(&format!("{name}: ")));
            line.map(str::to_owned)
        };
        requests.iter().map(value).collect()
    }
}

/// The beginning of a file of which so much is sent.
fn begun(file: &str, headers: &str, sent: usize) -> String {
    let (length, body) = (file.len(), &file[..sent]);
    format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/csv\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    )
}

/// The same with a length that is not told before.
fn begun_in_chunks(file: &str, headers: &str, sent: usize) -> String {
    let (length, body) = (file.len(), &file[..sent]);
    let end = if sent == file.len() { "\r\n0\r\n\r\n" } else { "" };
    format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/csv\r\n\
         Transfer-Encoding: chunked\r\n{headers}\r\n{length:x}\r\n{body}{end}"
    )
}

/// A part of a file, of which so much is sent.
fn part(from: usize, headers: &str, sent: usize) -> String {
    let file = file();
    let (last, length, body) = (file.len() - 1, file.len() - from, &file[from..from + sent]);
    format!(
        "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nContent-Type: application/csv\r\n\
         Content-Length: {length}\r\nContent-Range: bytes {from}-{last}/{}\r\n{headers}\r\n{body}",
        file.len()
    )
}

fn status(status: &str, headers: &str) -> String {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n")
}

/// The ways to read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    SaveTo,
    SaveIn,
    Export,
    Bytes,
    Stream,
    Chunk,
}

impl Way {
    const ALL: [Self; 6] =
        [Self::SaveTo, Self::SaveIn, Self::Export, Self::Bytes, Self::Stream, Self::Chunk];

    /// Those that can take back what they have.
    const WHOLE: [Self; 4] = [Self::SaveTo, Self::SaveIn, Self::Export, Self::Bytes];

    /// Those that have handed out what they had.
    const PIECES: [Self; 2] = [Self::Stream, Self::Chunk];

    /// What arrives. On disk there is nothing but the file, or nothing at all.
    async fn read(self, client: &Client) -> Result<String, Error> {
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
        assert_eq!(left, usize::from(outcome.is_ok() && self.saves()), "{self:?}");
        outcome.map(|bytes| String::from_utf8(bytes).unwrap())
    }

    fn saves(self) -> bool {
        matches!(self, Self::SaveTo | Self::SaveIn | Self::Export)
    }
}

async fn chunks(mut file: Download) -> Result<Vec<u8>, Error> {
    let mut read = Vec::new();
    while let Some(piece) = file.chunk().await? {
        read.extend_from_slice(&piece);
    }
    assert!(file.chunk().await?.is_none(), "the end stays the end");
    Ok(read)
}

#[tokio::test]
async fn a_file_that_breaks_off_is_fetched_on_from_there() {
    for way in Way::ALL {
        for (validator, if_range) in [(TAG, "\"one\""), (DATES, "Sun, 06 Nov 1994 08:49:37 GMT")] {
            for begin in [begun, begun_in_chunks] {
                let answers =
                    vec![begin(&file(), validator, 300), part(300, TAG, 400), part(700, "", 300)];
                let server = Server::start(answers).await;
                let read = way.read(&server.client()).await;
                if validator == DATES {
                    // The tag of the part says nothing of the date.
                    assert_eq!(read.unwrap(), file(), "{way:?}");
                } else {
                    assert_eq!(read.unwrap(), file(), "{way:?}");
                }
                let some = |text: &str| Some(text.to_owned());
                assert_eq!(server.header("range"), [None, some("bytes=300-"), some("bytes=700-")]);
                assert_eq!(server.header("if-range"), [None, some(if_range), some(if_range)]);
            }
        }
    }
}

#[tokio::test]
async fn without_a_strong_validator_a_file_begins_again() {
    let no_date = "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    let weak_and_date = format!("{WEAK}{DATES}");
    let no_ranges = format!("{TAG}Accept-Ranges: none\r\n");
    for way in Way::WHOLE {
        for headers in ["", WEAK, no_date, &weak_and_date, &no_ranges] {
            // What comes then is shorter, and nothing of the first is left.
            let server =
                Server::start(vec![begun(&file(), headers, 900), begun(&other(), "", 750)]).await;
            assert_eq!(way.read(&server.client()).await.unwrap(), other(), "{way:?} {headers}");
            assert_eq!(server.header("range"), [None, None]);
            assert_eq!(server.header("if-range"), [None, None]);
        }
    }
    for way in Way::PIECES {
        for headers in ["", WEAK, no_date, &weak_and_date] {
            let server = Server::start(vec![begun(&file(), headers, 900)]).await;
            let error = way.read(&server.client()).await.unwrap_err();
            assert!(matches!(error, Error::Connection(_)), "{error:?}");
            assert_eq!(server.count(), 1, "no response could continue it");
        }
    }
}

#[tokio::test]
async fn a_server_that_sends_the_whole_once_more_is_read_from_where_it_broke_off() {
    for way in Way::ALL {
        for (begin, validator) in
            [(begun as fn(&str, &str, usize) -> String, TAG), (begun_in_chunks, DATES)]
        {
            // The second one breaks off before what is there already, the third behind it.
            let answers = [300, 200, 500, 1000].map(|sent| begin(&file(), validator, sent));
            let server = Server::start(answers.to_vec()).await;
            assert_eq!(way.read(&server.client()).await.unwrap(), file(), "{way:?}");
            assert_eq!(server.count(), 4);
        }
    }
}

#[tokio::test]
async fn a_file_that_has_changed_is_not_mixed_with_what_was_there() {
    let changed = || begun(&other(), "ETag: \"two\"\r\n", 750);
    for way in Way::WHOLE {
        let server = Server::start(vec![begun(&file(), TAG, 900), changed()]).await;
        assert_eq!(way.read(&server.client()).await.unwrap(), other(), "{way:?}");
    }
    for way in Way::PIECES {
        for answer in [changed(), begun(&other(), "", 750)] {
            let server = Server::start(vec![begun(&file(), TAG, 900), answer]).await;
            let error = way.read(&server.client()).await.unwrap_err();
            assert!(line(&error).contains("the file has changed since"), "{error}");
            assert_eq!(server.count(), 2);
        }
    }
    // Nor with what only claims to be a part of it.
    let wrong = [
        part(300, "ETag: \"two\"\r\n", 700),
        part(299, TAG, 701),
        part(301, TAG, 699),
        part(300, TAG, 700).replace("/1000", "/1001"),
        part(300, TAG, 700).replace("bytes 300-999/1000", "bytes */1000"),
        part(300, TAG, 700).replace("Content-Range", "X-Range"),
        part(300, TAG, 700).replace("bytes 300", "lines 300"),
        status("416 Range Not Satisfiable", "Content-Range: bytes */300\r\n"),
        status("416 Range Not Satisfiable", ""),
    ];
    for way in Way::ALL {
        for wrong in &wrong {
            let answers = vec![begun(&file(), TAG, 300), wrong.clone(), begun(&file(), TAG, 1000)];
            let server = Server::start(answers).await;
            assert_eq!(way.read(&server.client()).await.unwrap(), file(), "{way:?} {wrong}");
            assert_eq!(server.header("range"), [None, Some("bytes=300-".to_owned()), None]);
        }
    }
}

#[tokio::test]
async fn another_response_is_no_rest() {
    let page = "<html>".repeat(20);
    let encoded = part(300, &format!("{TAG}Content-Encoding: gzip\r\n"), 700);
    let page = begun(&page, "", page.len()).replace("application/csv", "text/html");
    for way in Way::ALL {
        for answer in [&page, &encoded] {
            let server = Server::start(vec![begun(&file(), TAG, 300), answer.clone()]).await;
            let error = way.read(&server.client()).await.unwrap_err();
            assert!(line(&error).contains("is not what was asked for"), "{error}");
        }
        let gone = vec![begun(&file(), TAG, 300), status("404 Not Found", "")];
        let error = way.read(&Server::start(gone).await.client()).await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
    }
}

#[tokio::test]
async fn a_file_of_unknown_length_that_is_complete_ends() {
    let complete = || status("416 Range Not Satisfiable", "Content-Range: bytes */300\r\n");
    for way in Way::ALL {
        let server = Server::start(vec![begun_in_chunks(&file(), TAG, 300), complete()]).await;
        assert_eq!(way.read(&server.client()).await.unwrap(), file()[..300], "{way:?}");
        assert_eq!(server.count(), 2);
    }
}

#[tokio::test]
async fn a_file_is_asked_for_as_often_as_the_policy_says() {
    for way in Way::ALL {
        let server = Server::start(vec![begun(&file(), TAG, 300), part(300, TAG, 0)]).await;
        let error = way.read(&server.client()).await.unwrap_err();
        let Error::Connection(broken) = &error else { panic!("{error:?}") };
        assert_eq!((broken.attempts(), server.count()), (4, 4), "{way:?}");
        assert!(broken.may_have_reached_server());
        // The attempts before the first byte count.
        let answers =
            vec![status("503 Slow Down", ""), begun(&file(), TAG, 300), part(300, TAG, 0)];
        let server = Server::start(answers).await;
        way.read(&server.client()).await.unwrap_err();
        assert_eq!(server.count(), 4, "{way:?}");
        let server = Server::start(vec![begun(&file(), TAG, 300)]).await;
        let once = server.builder().retry(RetryPolicy::none()).build().unwrap();
        way.read(&once).await.unwrap_err();
        assert_eq!(server.count(), 1, "{way:?}");
    }
}

#[tokio::test]
async fn the_waits_and_the_time_of_the_request_hold_for_the_rest() {
    let begin = || begun(&file(), TAG, 300);
    // A server that is busy for a moment.
    let busy = status("503 Slow Down", "Retry-After: 0\r\n");
    let server = Server::start(vec![begin(), busy, part(300, TAG, 700)]).await;
    let ages = || at_once(4).with_max_delay(100_000 * HOUR);
    let client = server.builder().retry(ages()).build().unwrap();
    assert_eq!(Way::SaveTo.read(&client).await.unwrap(), file());
    assert_eq!(server.count(), 3);
    // One that is busy for longer than the request may take.
    let busy = status("429 Too Many", "Retry-After: 7200\r\n");
    let server = Server::start(vec![begin(), busy]).await;
    let error = Way::Stream.read(&server.client()).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(429));
    assert_eq!(server.count(), 2);
    // A wait that there is no time for.
    let server = Server::start(vec![begin()]).await;
    let client = server.builder().retry(ages().with_base_delay(100_000 * HOUR)).build().unwrap();
    Way::SaveTo.read(&client).await.unwrap_err();
    assert_eq!(server.count(), 1);
}

/// Tokens with numbers.
struct Tokens(AtomicUsize);

impl TokenSource for Tokens {
    fn token(&self) -> TokenFuture<'_> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(Ok(AccessToken::new(format!("t{number}")))))
    }
}

#[tokio::test]
async fn the_rest_is_asked_for_with_a_fresh_token() {
    let answers =
        vec![begun(&file(), TAG, 300), status("401 Unauthorized", ""), part(300, TAG, 700)];
    let server = Server::start(answers).await;
    let client = server.builder().token_source(Tokens(AtomicUsize::new(0))).build().unwrap();
    assert_eq!(Way::Stream.read(&client).await.unwrap(), file());
    let tokens = ["Bearer t0", "Bearer t0", "Bearer t1"].map(|token| Some(token.to_owned()));
    assert_eq!(server.header("authorization"), tokens);
    let ranges = [None, Some("bytes=300-".to_owned()), Some("bytes=300-".to_owned())];
    assert_eq!(server.header("range"), ranges);
}

#[tokio::test]
async fn a_silent_server_is_asked_for_the_rest() {
    let answers =
        vec![begun(&file(), &format!("{TAG}X-Silent: yes\r\n"), 300), part(300, TAG, 700)];
    let server = Server::start(answers).await;
    let client = server.builder().idle_timeout(Duration::from_millis(100)).build().unwrap();
    assert_eq!(Way::SaveTo.read(&client).await.unwrap(), file());
}

#[tokio::test]
async fn a_future_that_is_dropped_on_the_way_costs_nothing() {
    let answers = vec![begun_in_chunks(&file(), TAG, 300), part(300, TAG, 700)];
    let server = Server::start(answers).await;
    let client = server.builder().retry(at_once(4).with_base_delay(Duration::from_secs(1)));
    let client = client.build().unwrap();
    let mut file_of = client.get_report("1", FileFormat::Csv).await.unwrap();
    let mut read = Vec::new();
    let mut dropped = 0;
    loop {
        match tokio::time::timeout(Duration::from_millis(5), file_of.chunk()).await {
            Ok(Ok(Some(piece))) => read.extend_from_slice(&piece),
            Ok(Ok(None)) => break,
            Ok(Err(error)) => panic!("{error}"),
            // What is under way is kept, so that each of these gets nearer to the end.
            Err(_) => dropped += 1,
        }
        assert!(dropped < 2_000, "the wait for the rest begins again and again");
    }
    assert_eq!(String::from_utf8(read).unwrap(), file());
}

const fn operation(method: Method, accept: &'static str) -> Operation {
    Operation { id: "own", method, path: "/x", accept, security: &[], errors: &[] }
}

#[tokio::test]
async fn what_is_no_file_is_not_asked_for_twice() {
    static POST: Operation = operation(Method::POST, "application/csv");
    static EVENTS: Operation = operation(Method::GET, "text/event-stream");
    let server = Server::start(vec![begun(&file(), TAG, 300)]).await;
    // A POST may have acted.
    let file_of = Request::new(&server.client(), &POST).download().await.unwrap().body;
    assert!(matches!(chunks(file_of).await, Err(Error::Connection(_))));
    assert_eq!(server.count(), 1);
    // Events happen once.
    let events =
        begun("data: 1\n\ndata: 2\n\n", TAG, 12).replace("application/csv", "text/event-stream");
    let server = Server::start(vec![events]).await;
    let stream = Request::new(&server.client(), &EVENTS).stream(StreamingResponse::events::<Value>);
    let mut events = stream.await.unwrap().body;
    assert_eq!(events.next().await.unwrap().unwrap().data, 1);
    assert!(matches!(events.next().await, Some(Err(Error::Connection(_)))));
    assert!(events.next().await.is_none());
    assert_eq!(server.count(), 1);
    // The caller's own range is the caller's.
    let server = Server::start(vec![part(300, TAG, 100)]).await;
    let client = server.client();
    let request = client.get_report("1", FileFormat::Csv).with_header("Range", "bytes=300-");
    assert!(matches!(chunks(request.await.unwrap()).await, Err(Error::Connection(_))));
    assert_eq!(server.count(), 1);
}
