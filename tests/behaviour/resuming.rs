//! Truncated downloads: they are resumed, and never become a mixture of two files.

mod server;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sailpoint_reports::runtime::{Method, Operation, Request, StreamingResponse, Value};
use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{AccessToken, Error, RetryPolicy, TokenFuture, TokenSource};
use server::*;

use crate::setup::{HOUR, at_once, line};

#[tokio::test]
async fn a_truncated_download_is_resumed_at_its_end() {
    for method in ReadMethod::ALL {
        for (validator, if_range) in
            [(STRONG_ETAG, "\"one\""), (DATES, "Sun, 06 Nov 1994 08:49:37 GMT")]
        {
            for make_partial in [partial, partial_chunked] {
                let responses = vec![
                    make_partial(&file(), validator, 300),
                    part(300, STRONG_ETAG, 400),
                    part(700, "", 300),
                ];
                let server = Server::start(responses).await;
                // The `ETag` of a part does not contradict a date.
                let read = method.read(&server.client()).await;
                assert_eq!(read.unwrap(), file(), "{method:?}");
                let some = |text: &str| Some(text.to_owned());
                assert_eq!(server.header("range"), [None, some("bytes=300-"), some("bytes=700-")]);
                assert_eq!(server.header("if-range"), [None, some(if_range), some(if_range)]);
            }
        }
    }
}

#[tokio::test]
async fn without_a_strong_validator_a_download_restarts() {
    let no_date = "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    let weak_and_date = format!("{WEAK_ETAG}{DATES}");
    let no_ranges = format!("{STRONG_ETAG}Accept-Ranges: none\r\n");
    for method in ReadMethod::BUFFERED {
        for headers in ["", WEAK_ETAG, no_date, &weak_and_date, &no_ranges] {
            // The second file is shorter, and nothing of the first one remains.
            let server =
                Server::start(vec![partial(&file(), headers, 900), partial(&other(), "", 750)])
                    .await;
            assert_eq!(
                method.read(&server.client()).await.unwrap(),
                other(),
                "{method:?} {headers}"
            );
            assert_eq!(server.header("range"), [None, None]);
            assert_eq!(server.header("if-range"), [None, None]);
        }
    }
    for method in ReadMethod::STREAMED {
        for headers in ["", WEAK_ETAG, no_date, &weak_and_date] {
            let server = Server::start(vec![partial(&file(), headers, 900)]).await;
            let error = method.read(&server.client()).await.unwrap_err();
            assert!(matches!(error, Error::Connection(_)), "{error:?}");
            assert_eq!(server.count(), 1, "no response could continue it");
        }
    }
}

#[tokio::test]
async fn a_complete_response_to_a_range_request_is_read_from_where_the_download_stopped() {
    for method in ReadMethod::ALL {
        for (make_partial, validator) in
            [(partial as fn(&str, &str, usize) -> String, STRONG_ETAG), (partial_chunked, DATES)]
        {
            // The second response ends before the bytes that were read, the third after them.
            let responses =
                [300, 200, 500, 1000].map(|sent| make_partial(&file(), validator, sent));
            let server = Server::start(responses.to_vec()).await;
            assert_eq!(method.read(&server.client()).await.unwrap(), file(), "{method:?}");
            assert_eq!(server.count(), 4);
        }
    }
}

#[tokio::test]
async fn a_changed_file_is_not_mixed_with_the_old_one() {
    let changed = || partial(&other(), "ETag: \"two\"\r\n", 750);
    for method in ReadMethod::BUFFERED {
        let server = Server::start(vec![partial(&file(), STRONG_ETAG, 900), changed()]).await;
        assert_eq!(method.read(&server.client()).await.unwrap(), other(), "{method:?}");
    }
    for method in ReadMethod::STREAMED {
        for response in [changed(), partial(&other(), "", 750)] {
            let server = Server::start(vec![partial(&file(), STRONG_ETAG, 900), response]).await;
            let error = method.read(&server.client()).await.unwrap_err();
            assert!(line(&error).contains("the file has changed since"), "{error}");
            assert_eq!(server.count(), 2);
        }
    }
    // An invalid partial response is not appended either.
    let wrong = [
        part(300, "ETag: \"two\"\r\n", 700),
        part(299, STRONG_ETAG, 701),
        part(301, STRONG_ETAG, 699),
        part(300, STRONG_ETAG, 700).replace("/1000", "/1001"),
        part(300, STRONG_ETAG, 700).replace("bytes 300-999/1000", "bytes */1000"),
        part(300, STRONG_ETAG, 700).replace("Content-Range", "X-Range"),
        part(300, STRONG_ETAG, 700).replace("bytes 300", "lines 300"),
        status("416 Range Not Satisfiable", "Content-Range: bytes */300\r\n"),
        status("416 Range Not Satisfiable", ""),
    ];
    for method in ReadMethod::ALL {
        for wrong in &wrong {
            let responses = vec![
                partial(&file(), STRONG_ETAG, 300),
                wrong.clone(),
                partial(&file(), STRONG_ETAG, 1000),
            ];
            let server = Server::start(responses).await;
            assert_eq!(method.read(&server.client()).await.unwrap(), file(), "{method:?} {wrong}");
            assert_eq!(server.header("range"), [None, Some("bytes=300-".to_owned()), None]);
        }
    }
}

/// One policy covers the download: the attempts of a failed request for the rest count, too.
#[tokio::test]
async fn all_requests_of_a_download_share_the_attempts() {
    let unavailable = || status("503 Service Unavailable", "");
    let refused = status("416 Range Not Satisfiable", "Content-Range: bytes */300\r\n");
    for method in ReadMethod::ALL {
        let responses = vec![
            partial(&file(), STRONG_ETAG, 300),
            unavailable(),
            unavailable(),
            refused.clone(),
            unavailable(),
        ];
        let server = Server::start(responses).await;
        method.read(&server.client()).await.unwrap_err();
        assert_eq!(server.count(), 4, "{method:?}: the default policy allows four attempts");
    }
}

/// A part of the file from byte 300 on that has these bytes, whatever it announces.
fn chunked_part(bytes: &str) -> String {
    format!(
        "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nContent-Type: application/csv\r\n\
         Transfer-Encoding: chunked\r\nContent-Range: bytes 300-999/1000\r\n{STRONG_ETAG}\r\n\
         {:x}\r\n{bytes}\r\n0\r\n\r\n",
        bytes.len()
    )
}

#[tokio::test]
async fn a_part_with_more_bytes_than_announced_does_not_continue_a_download() {
    let longer = chunked_part(&format!("{}more", &file()[300..]));
    let begin = || partial(&file(), STRONG_ETAG, 300);
    for method in ReadMethod::ALL {
        let responses = vec![begin(), longer.clone(), part(300, STRONG_ETAG, 700)];
        let server = Server::start(responses).await;
        assert_eq!(method.read(&server.client()).await.unwrap(), file(), "{method:?}");
        let again = Some("bytes=300-".to_owned());
        assert_eq!(server.header("range"), [None, again.clone(), again]);
        let server = Server::start(vec![begin(), longer.clone()]).await;
        let error = method.read(&server.client()).await.unwrap_err();
        assert!(line(&error).contains("longer than the announced 1000 bytes"), "{error}");
    }
}

#[tokio::test]
async fn a_part_with_fewer_bytes_than_announced_is_continued() {
    for method in ReadMethod::ALL {
        let shorter = chunked_part(&file()[300..400]);
        let responses =
            vec![partial(&file(), STRONG_ETAG, 300), shorter, part(400, STRONG_ETAG, 600)];
        let server = Server::start(responses).await;
        assert_eq!(method.read(&server.client()).await.unwrap(), file(), "{method:?}");
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(server.header("range"), [None, some("bytes=300-"), some("bytes=400-")]);
    }
}

#[tokio::test]
async fn an_unexpected_response_does_not_continue_a_download() {
    let page = "<html>".repeat(20);
    let encoded = part(300, &format!("{STRONG_ETAG}Content-Encoding: gzip\r\n"), 700);
    let page = partial(&page, "", page.len()).replace("application/csv", "text/html");
    for method in ReadMethod::ALL {
        for response in [&page, &encoded] {
            let server =
                Server::start(vec![partial(&file(), STRONG_ETAG, 300), response.clone()]).await;
            let error = method.read(&server.client()).await.unwrap_err();
            assert!(line(&error).contains("is not what was requested"), "{error}");
        }
        let gone = vec![partial(&file(), STRONG_ETAG, 300), status("404 Not Found", "")];
        let error = method.read(&Server::start(gone).await.client()).await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
    }
}

#[tokio::test]
async fn a_complete_file_of_unknown_length_ends() {
    let complete = || status("416 Range Not Satisfiable", "Content-Range: bytes */300\r\n");
    for method in ReadMethod::ALL {
        let server =
            Server::start(vec![partial_chunked(&file(), STRONG_ETAG, 300), complete()]).await;
        assert_eq!(method.read(&server.client()).await.unwrap(), file()[..300], "{method:?}");
        assert_eq!(server.count(), 2);
    }
}

#[tokio::test]
async fn a_download_is_resumed_as_often_as_the_policy_allows() {
    for method in ReadMethod::ALL {
        let server =
            Server::start(vec![partial(&file(), STRONG_ETAG, 300), part(300, STRONG_ETAG, 0)])
                .await;
        let error = method.read(&server.client()).await.unwrap_err();
        let Error::Connection(broken) = &error else { panic!("{error:?}") };
        assert_eq!((broken.attempts(), server.count()), (4, 4), "{method:?}");
        assert!(broken.may_have_reached_server());
        // Attempts before the first byte count too.
        let responses = vec![
            status("503 Slow Down", ""),
            partial(&file(), STRONG_ETAG, 300),
            part(300, STRONG_ETAG, 0),
        ];
        let server = Server::start(responses).await;
        method.read(&server.client()).await.unwrap_err();
        assert_eq!(server.count(), 4, "{method:?}");
        // So do those that the server has refused.
        let responses = vec![
            partial(&file(), STRONG_ETAG, 300),
            status("416 Range Not Satisfiable", ""),
            partial(&file(), STRONG_ETAG, 300),
        ];
        let server = Server::start(responses).await;
        method.read(&server.client()).await.unwrap_err();
        assert_eq!(server.count(), 4, "{method:?}");
        let server = Server::start(vec![partial(&file(), STRONG_ETAG, 300)]).await;
        let once = server.builder().retry(RetryPolicy::none()).build().unwrap();
        method.read(&once).await.unwrap_err();
        assert_eq!(server.count(), 1, "{method:?}");
    }
}

#[tokio::test]
async fn delays_and_the_timeout_apply_to_resumed_downloads() {
    let make_partial = || partial(&file(), STRONG_ETAG, 300);
    // A server that is overloaded for a moment.
    let busy = status("503 Slow Down", "Retry-After: 0\r\n");
    let server = Server::start(vec![make_partial(), busy, part(300, STRONG_ETAG, 700)]).await;
    let huge_delay = || at_once(4).with_max_delay(100_000 * HOUR);
    let client = server.builder().retry(huge_delay()).build().unwrap();
    assert_eq!(ReadMethod::SaveTo.read(&client).await.unwrap(), file());
    assert_eq!(server.count(), 3);
    // A `Retry-After` beyond the timeout.
    let busy = status("429 Too Many", "Retry-After: 7200\r\n");
    let server = Server::start(vec![make_partial(), busy]).await;
    let error = ReadMethod::Stream.read(&server.client()).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(429));
    assert_eq!(server.count(), 2);
    // A delay of the policy beyond the timeout.
    let server = Server::start(vec![make_partial()]).await;
    let client =
        server.builder().retry(huge_delay().with_base_delay(100_000 * HOUR)).build().unwrap();
    ReadMethod::SaveTo.read(&client).await.unwrap_err();
    assert_eq!(server.count(), 1);
}

/// A source of numbered tokens.
struct NumberedTokens(AtomicUsize);

impl TokenSource for NumberedTokens {
    fn token(&self) -> TokenFuture<'_> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(Ok(AccessToken::new(format!("t{number}")))))
    }
}

#[tokio::test]
async fn a_download_is_resumed_with_a_new_token() {
    let responses = vec![
        partial(&file(), STRONG_ETAG, 300),
        status("401 Unauthorized", ""),
        part(300, STRONG_ETAG, 700),
    ];
    let server = Server::start(responses).await;
    let client =
        server.builder().token_source(NumberedTokens(AtomicUsize::new(0))).build().unwrap();
    assert_eq!(ReadMethod::Stream.read(&client).await.unwrap(), file());
    let tokens = ["Bearer t0", "Bearer t0", "Bearer t1"].map(|token| Some(token.to_owned()));
    assert_eq!(server.header("authorization"), tokens);
    let ranges = [None, Some("bytes=300-".to_owned()), Some("bytes=300-".to_owned())];
    assert_eq!(server.header("range"), ranges);
}

#[tokio::test]
async fn a_stalled_download_is_resumed() {
    let responses = vec![
        partial(&file(), &format!("{STRONG_ETAG}X-Silent: yes\r\n"), 300),
        part(300, STRONG_ETAG, 700),
    ];
    let server = Server::start(responses).await;
    let client = server.builder().idle_timeout(Duration::from_millis(100)).build().unwrap();
    assert_eq!(ReadMethod::SaveTo.read(&client).await.unwrap(), file());
}

#[tokio::test]
async fn a_dropped_chunk_future_loses_no_data() {
    let responses = vec![partial_chunked(&file(), STRONG_ETAG, 300), part(300, STRONG_ETAG, 700)];
    let server = Server::start(responses).await;
    let client = server.builder().retry(at_once(4).with_base_delay(Duration::from_secs(1)));
    let client = client.build().unwrap();
    let mut download = client.get_report("1", FileFormat::Csv).await.unwrap();
    let mut read = Vec::new();
    let mut dropped = 0;
    loop {
        match tokio::time::timeout(Duration::from_millis(5), download.chunk()).await {
            Ok(Ok(Some(piece))) => read.extend_from_slice(&piece),
            Ok(Ok(None)) => break,
            Ok(Err(error)) => panic!("{error}"),
            // A request in progress is kept, so each of these makes progress.
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
async fn responses_that_are_not_files_are_not_resumed() {
    static POST: Operation = operation(Method::POST, "application/csv");
    static EVENTS: Operation = operation(Method::GET, "text/event-stream");
    let server = Server::start(vec![partial(&file(), STRONG_ETAG, 300)]).await;
    // A POST may have had an effect.
    let download = Request::new(&server.client(), &POST).download().await.unwrap().body;
    assert!(matches!(chunks(download).await, Err(Error::Connection(_))));
    assert_eq!(server.count(), 1);
    // Events cannot be repeated.
    let events = partial("data: 1\n\ndata: 2\n\n", STRONG_ETAG, 12)
        .replace("application/csv", "text/event-stream");
    let server = Server::start(vec![events]).await;
    let stream = Request::new(&server.client(), &EVENTS).stream(StreamingResponse::events::<Value>);
    let mut events = stream.await.unwrap().body;
    assert_eq!(events.next().await.unwrap().unwrap().data, 1);
    assert!(matches!(events.next().await, Some(Err(Error::Connection(_)))));
    assert!(events.next().await.is_none());
    assert_eq!(server.count(), 1);
    // A range of the caller is not changed.
    let server = Server::start(vec![part(300, STRONG_ETAG, 100)]).await;
    let client = server.client();
    let request = client.get_report("1", FileFormat::Csv).with_header("Range", "bytes=300-");
    assert!(matches!(chunks(request.await.unwrap()).await, Err(Error::Connection(_))));
    assert_eq!(server.count(), 1);
}
