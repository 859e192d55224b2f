//! Bodies that are cut, or that are not as long as they say.

use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Error, RetryPolicy};

use super::server::{Act, Server};
use super::{GOOD, breaks_after_the_request, broke, builder, client, ends, fails};
use crate::setup::any_report;

/// A head that announces a longer body than `body`, in each way in which one can.
fn cut(body: &str) -> [String; 3] {
    let longer = body.len() + 100;
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/csv";
    [
        format!("{head}\r\nContent-Length: {longer}\r\n\r\n{body}"),
        // In a chunk, and between two.
        format!("{head}\r\nTransfer-Encoding: chunked\r\n\r\n{longer:x}\r\n{body}"),
        format!("{head}\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n", body.len()),
    ]
}

#[tokio::test]
async fn a_body_that_is_cut_is_a_broken_connection_however_it_is_cut() {
    for head in cut("") {
        if head.contains("\r\n0\r\n") {
            continue; // That is a body of no bytes, whose trailer is missing.
        }
        breaks_after_the_request(vec![Act::send(&head)]).await;
        breaks_after_the_request(vec![Act::send(&head), Act::Reset]).await;
    }
}

/// JSON that is whole although its body is not: the object ends, the announced bytes do not come.
#[tokio::test]
async fn json_that_is_whole_in_a_body_that_is_cut_is_not_success() {
    for head in cut(GOOD) {
        let server = Server::play(vec![Act::send(head.replace("csv", "json"))]).await;
        let error = fails(client(server.url()).start_report(&any_report())).await;
        broke(&error, true);
        assert_eq!(server.requests(), 1);
        let error = fails(client(server.url()).get_report_result("1")).await;
        broke(&error, true);
        assert_eq!(server.requests(), 4);
    }
}

/// Once a file has begun, its pieces come out, and then the error: never the end.
#[tokio::test]
async fn a_file_that_is_cut_does_not_end_well() {
    for head in cut("id,name\n1,one\n") {
        for last in [vec![], vec![Act::Reset]] {
            let acts = [vec![Act::send(&head)], last].concat();
            let server = Server::play(acts).await;
            let client = builder(server.url()).retry(RetryPolicy::none()).build().unwrap();
            let mut file = match ends(client.get_report("1", FileFormat::Csv)).await {
                Ok(file) => file,
                // The reset has overtaken the bytes.
                Err(error) => {
                    broke(&error, true);
                    continue;
                }
            };
            let error = loop {
                match ends(file.chunk()).await {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("the file has ended: {head:?}"),
                    Err(error) => break error,
                }
            };
            broke(&error, true);
        }
    }
}

#[tokio::test]
async fn chunks_whose_sizes_are_wrong_are_a_broken_connection() {
    for chunks in [
        "nonsense\r\n",
        "-1\r\n{}\r\n",
        "\r\n\r\n",
        // One more than 64 bits hold.
        "10000000000000000\r\n{}\r\n0\r\n\r\n",
        // Less and more than there is.
        "1\r\n{}\r\n0\r\n\r\n",
        "3\r\n{}\r\n0\r\n\r\n",
    ] {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
        let response = format!("{head}\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
        let server = Server::play(vec![Act::send(response)]).await;
        let error = fails(client(server.url()).start_report(&any_report())).await;
        broke(&error, true);
        assert_eq!(server.requests(), 1, "{chunks:?}");
        let error = fails(client(server.url()).get_report_result("1")).await;
        broke(&error, true);
        assert_eq!(server.requests(), 4, "{chunks:?}");
    }
}

/// What is behind a chunk's size, and behind the last chunk, is nobody's: it ends, or it is cut off.
#[tokio::test]
async fn extensions_and_trailers_without_end_are_an_error_in_bounded_memory() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let trailer = format!("{:x}\r\n{GOOD}\r\n0\r\n", GOOD.len());
    for (start, endless) in [("2;x=".to_owned(), "x"), (trailer, "X-Trailer: x\r\n")] {
        let acts =
            vec![Act::send(format!("{head}{start}")), Act::Flood(endless.repeat(512).into())];
        let server = Server::play(acts).await;
        let error = fails(client(server.url()).start_report(&any_report())).await;
        broke(&error, true);
        assert_eq!(server.requests(), 1);
        assert!(server.taken() < 64 << 20, "{} bytes of {endless:?}", server.taken());
    }
}

/// RFC 9112, section 6.3: a length beside chunks does not count, and the chunks tell the end.
#[tokio::test]
async fn a_length_beside_chunks_does_not_cut_the_body() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n";
    let response = format!("{head}{:x}\r\n{GOOD}\r\n0\r\n\r\n", GOOD.len());
    let server = Server::play(vec![Act::send(response)]).await;
    match ends(client(server.url()).start_report(&any_report())).await {
        Ok(task) => assert_eq!(task.id.as_deref(), Some("1")),
        Err(error) => broke(&error, true),
    }
    assert_eq!(server.requests(), 1);
}

/// A body that is longer than it says: what is behind its end belongs to no response, and the
/// connection is not used again.
#[tokio::test]
async fn what_follows_a_response_is_not_taken_for_the_next_one() {
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
        let result = ends(client.get_report_result(&id)).await.unwrap();
        assert_eq!(result.id, Some(id), "the response to another request");
    }
}

/// An error whose body is cut is still the error that its status says.
#[tokio::test]
async fn an_error_whose_body_is_cut_is_told_by_its_status() {
    for head in cut(r#"{"detailCode":"400.1"}"#) {
        let head = head.replace("200 OK", "400 Bad Request").replace("csv", "json");
        let server = Server::play(vec![Act::send(head)]).await;
        let error = fails(client(server.url()).start_report(&any_report())).await;
        assert!(matches!(error, Error::Api(_)), "{error:?}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
        assert_eq!(server.requests(), 1);
    }
}
