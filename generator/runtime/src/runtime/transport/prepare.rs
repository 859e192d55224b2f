//! Builds the HTTP request of an attempt: headers, credentials and body.

use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderMap,
    HeaderValue, USER_AGENT,
};

use super::super::auth::Ticket;
use super::super::security::Chosen;
use super::super::{Method, Request, wire_log};
use super::failure::Failure;

/// The credentials of an attempt, and its token.
pub(super) type AttemptCredentials<'a> = (&'a Chosen<'a>, Option<&'a Ticket>);

pub(super) async fn prepare(
    request: &Request,
    (chosen, ticket): AttemptCredentials<'_>,
) -> Result<reqwest::RequestBuilder, Failure> {
    let shared = &request.client.shared;
    let (mut query, mut cookies) = (request.query.clone(), request.cookies.clone());
    let mut headers = HeaderMap::new();
    if let (false, Ok(accept)) = (request.accept.is_empty(), HeaderValue::from_str(request.accept))
    {
        headers.insert(ACCEPT, accept);
    }
    // Without this header, a server may send any encoding (RFC 9110, section 12.5.3).
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Ok(user_agent) = HeaderValue::from_str(&shared.user_agent) {
        headers.insert(USER_AGENT, user_agent);
    }
    chosen.add(&mut headers, &mut query, &mut cookies);
    if let (false, Ok(mut cookies)) = (cookies.is_empty(), HeaderValue::try_from(cookies)) {
        cookies.set_sensitive(true);
        headers.insert(COOKIE, cookies);
    }
    if let Some(ticket) = ticket {
        // The cache has rejected tokens that are not valid in a header.
        headers.extend(ticket.token.header("Bearer ").map(|bearer| (AUTHORIZATION, bearer)));
    }
    let body = match &request.body {
        Some(body) => {
            headers.insert(CONTENT_TYPE, body.media_type.clone());
            let pieces = body.open().await.map_err(Failure::Unsendable)?;
            // A streamed body does not know its length.
            headers.extend(pieces.len().map(|len| (CONTENT_LENGTH, HeaderValue::from(len))));
            Some(pieces.into_body())
        }
        None => None,
    };
    if body.is_none() && request.operation.method == Method::POST {
        // A method that usually has content sends its length, even if it is zero (RFC 9110,
        // section 8.6).
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    // The caller's headers come last, so that they replace the client's.
    headers.extend(request.headers.clone());
    let base_url = shared.base_url_of(request.operation).map_err(Failure::Unsendable)?;
    let address = base_url.operation(&request.path, &request.query);
    let method = request.operation.method.http().map_err(Failure::Unsendable)?;
    wire_log::request(&method, &address, &headers);
    let url = base_url.operation(&request.path, &query);
    let builder = shared.http.request(method, url).headers(headers);
    Ok(match body {
        Some(body) => builder.body(body),
        None => builder,
    })
}
