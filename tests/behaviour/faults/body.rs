//! Bodies that are truncated, or whose length differs from the declared one.

use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Error, RetryPolicy};

use super::server::{Action, Server};
use super::{
    SUCCESS_BODY, assert_breaks_after_request, assert_broken, builder, client, expect_error,
    in_time,
};
use crate::setup::any_report;

/// Returns responses that declare a longer body than `body`, in each way that HTTP has.
fn truncated(body: &str) -> [String; 3] {
    let longer = body.len() + 100;
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/csv";
    [
        format!("{head}\r\nContent-Length: {longer}\r\n\r\n{body}"),
        // Within a chunk, and between two.
        format!("{head}\r\nTransfer-Encoding: chunked\r\n\r\n{longer:x}\r\n{body}"),
        format!("{head}\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n", body.len()),
    ]
}

#[tokio::test]
async fn a_truncated_body_is_a_broken_connection() {
    for head in truncated("") {
        if head.contains("\r\n0\r\n") {
            continue; // That is a body of no bytes, whose trailer is missing.
        }
        assert_breaks_after_request(vec![Action::send(&head)]).await;
        assert_breaks_after_request(vec![Action::send(&head), Action::Reset]).await;
    }
}

/// The JSON object is complete, but the declared bytes do not follow.
#[tokio::test]
async fn complete_json_in_a_truncated_body_is_not_a_success() {
    for head in truncated(SUCCESS_BODY) {
        let server = Server::with_script(vec![Action::send(head.replace("csv", "json"))]).await;
        let error = expect_error(client(server.url()).start_report(&any_report())).await;
        assert_broken(&error, true);
        assert_eq!(server.requests(), 1);
        let error = expect_error(client(server.url()).get_report_result("1")).await;
        assert_broken(&error, true);
        assert_eq!(server.requests(), 4);
    }
}

/// A started file returns its chunks and then the error, never its end.
#[tokio::test]
async fn a_truncated_file_is_an_error() {
    for head in truncated("id,name\n1,one\n") {
        for last in [vec![], vec![Action::Reset]] {
            let actions = [vec![Action::send(&head)], last].concat();
            let server = Server::with_script(actions).await;
            let client = builder(server.url()).retry(RetryPolicy::none()).build().unwrap();
            let mut file = match in_time(client.get_report("1", FileFormat::Csv)).await {
                Ok(file) => file,
                // The reset has overtaken the bytes.
                Err(error) => {
                    assert_broken(&error, true);
                    continue;
                }
            };
            let error = loop {
                match in_time(file.chunk()).await {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("the file has ended: {head:?}"),
                    Err(error) => break error,
                }
            };
            assert_broken(&error, true);
        }
    }
}

#[tokio::test]
async fn invalid_chunk_sizes_are_a_broken_connection() {
    for chunks in [
        "nonsense\r\n",
        "-1\r\n{}\r\n",
        "\r\n\r\n",
        // One more than fits into 64 bits.
        "10000000000000000\r\n{}\r\n0\r\n\r\n",
        // Smaller and larger than the chunk.
        "1\r\n{}\r\n0\r\n\r\n",
        "3\r\n{}\r\n0\r\n\r\n",
    ] {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
        let response = format!("{head}\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
        let server = Server::with_script(vec![Action::send(response)]).await;
        let error = expect_error(client(server.url()).start_report(&any_report())).await;
        assert_broken(&error, true);
        assert_eq!(server.requests(), 1, "{chunks:?}");
        let error = expect_error(client(server.url()).get_report_result("1")).await;
        assert_broken(&error, true);
        assert_eq!(server.requests(), 4, "{chunks:?}");
    }
}

/// Chunk extensions and trailers are ignored, so they must be bounded.
#[tokio::test]
async fn endless_chunk_extensions_and_trailers_are_an_error_in_bounded_memory() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let trailer = format!("{:x}\r\n{SUCCESS_BODY}\r\n0\r\n", SUCCESS_BODY.len());
    for (start, endless) in [("2;x=".to_owned(), "x"), (trailer, "X-Trailer: x\r\n")] {
        let actions =
            vec![Action::send(format!("{head}{start}")), Action::Flood(endless.repeat(512).into())];
        let server = Server::with_script(actions).await;
        let error = expect_error(client(server.url()).start_report(&any_report())).await;
        assert_broken(&error, true);
        assert_eq!(server.requests(), 1);
        assert!(server.bytes_taken() < 64 << 20, "{} bytes of {endless:?}", server.bytes_taken());
    }
}

/// RFC 9112, section 6.3: `Transfer-Encoding` overrides `Content-Length`.
#[tokio::test]
async fn a_content_length_does_not_truncate_a_chunked_body() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n";
    let response = format!("{head}{:x}\r\n{SUCCESS_BODY}\r\n0\r\n\r\n", SUCCESS_BODY.len());
    let server = Server::with_script(vec![Action::send(response)]).await;
    match in_time(client(server.url()).start_report(&any_report())).await {
        Ok(task) => assert_eq!(task.id.as_deref(), Some("1")),
        Err(error) => assert_broken(&error, true),
    }
    assert_eq!(server.requests(), 1);
}

/// The body is longer than its length. The extra bytes belong to no response, and the connection is
/// not reused.
#[tokio::test]
async fn bytes_after_a_response_are_not_the_next_response() {
    let forged = r#"{"id":"forged"}"#;
    let server = Server::start(move |mut connection| async move {
        while let Some(head) = connection.head().await {
            connection.body(&head).await;
            let id = head.line().split('/').nth(3).unwrap_or_default().to_owned();
            let body = format!(r#"{{"id":"{id}"}}"#);
            let mut response = super::server::json(&body);
            response.extend(super::server::json(forged));
            connection.send(&response).await;
        }
    })
    .await;
    let client = client(server.url());
    for number in 0..50 {
        let id = number.to_string();
        let result = in_time(client.get_report_result(&id)).await.unwrap();
        assert_eq!(result.id, Some(id), "the response to another request");
    }
}

/// An error with a truncated body is still the error of its status.
#[tokio::test]
async fn an_error_with_a_truncated_body_keeps_its_status() {
    for head in truncated(r#"{"detailCode":"400.1"}"#) {
        let head = head.replace("200 OK", "400 Bad Request").replace("csv", "json");
        let server = Server::with_script(vec![Action::send(head)]).await;
        let error = expect_error(client(server.url()).start_report(&any_report())).await;
        assert!(matches!(error, Error::Api(_)), "{error:?}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
        assert_eq!(server.requests(), 1);
    }
}
