//! Redirects (RFC 9110, section 15.4).
//!
//! Takes a prepared request and follows its redirects. Returns the last response, with a reason if
//! it is a redirect that was not followed. Only `GET` and `HEAD` without a body follow redirects,
//! and only within the origin of the request or to an origin that the caller has listed. A listed
//! origin receives no credentials, no cookies, and no headers of the caller. The transport treats a
//! response with a reason as an error, whatever its status.

use http::header::{ACCEPT, HeaderMap, IF_RANGE, LOCATION, RANGE, USER_AGENT};
use http::{Method, StatusCode};
use reqwest::{Client, Request, Response, Url};
use tokio::time::Instant;

use super::base_url::{checked_origin, is_loopback, shown_origin};
use super::rate_limit::{Limiter, Paused, Turn};
use super::sensitive::mark;
use super::{ConfigError, wire_log};

/// The maximum number of redirects per request.
const MAX_REDIRECTS: usize = 10;

/// The maximum length, in characters, of a URL in a message.
const MAX_SHOWN: usize = 200;

/// The headers that are sent to another origin: none that is secret, none that the caller has set.
const FORWARDED_HEADERS: [http::HeaderName; 4] = [ACCEPT, USER_AGENT, RANGE, IF_RANGE];

/// The policy for redirects.
#[derive(Debug, Default)]
pub(crate) struct Redirects {
    allow_http: bool,
    /// The allowed origins besides that of the request.
    listed: Vec<Url>,
}

/// The last response, and the reason if it is a redirect that was not followed.
pub(crate) struct Redirected {
    pub(crate) response: Response,
    pub(crate) refused: Option<String>,
}

impl Redirects {
    /// Returns a policy that follows redirects within an origin, and to the listed origins.
    ///
    /// # Errors
    ///
    /// A listed origin is invalid, or uses plain HTTP where that is not allowed.
    pub(crate) fn new(listed: &[String], allow_http: bool) -> Result<Self, ConfigError> {
        let mut urls = Vec::new();
        for origin in listed {
            urls.push(checked_origin("redirect origin", origin, allow_http)?);
        }
        Ok(Self { allow_http, listed: urls })
    }

    /// Sends a request, and follows the redirects that are allowed.
    ///
    /// # Errors
    ///
    /// A request could not be sent, or there was no response.
    pub(crate) async fn execute(
        &self,
        http: &Client,
        (limiter, mut turn): (Option<(&Limiter, Instant)>, Option<Turn<'_>>),
        request: Request,
    ) -> Result<Redirected, reqwest::Error> {
        let first = request.url().clone();
        let method = request.method().clone();
        let has_body = request.body().is_some();
        let mut headers = request.headers().clone();
        let (mut next, mut hops) = (request, 0);
        loop {
            let sent = next.url().clone();
            let mut response = http.execute(next).await?;
            // The request has arrived; the rate limit counts it from now on.
            drop(turn.take());
            mark(response.headers_mut());
            let target = match self.check_origin(&method, &sent, &response) {
                Some(why) => Err(why),
                None => match target(&sent, &response) {
                    Some(target) => self.decide(&method, has_body, &first, &sent, target, hops),
                    None => return Ok(Redirected { response, refused: None }),
                },
            };
            let target = match target {
                Ok(target) => target,
                Err(why) => return Ok(Redirected { response, refused: Some(why) }),
            };
            wire_log::response(response.status(), response.headers());
            if target.origin() != first.origin() {
                headers = forwarded(&headers);
            }
            turn = match limiter {
                None => None,
                Some((limiter, deadline)) => match limiter.turn(deadline).await {
                    Ok(turn) => Some(turn),
                    Err(Paused { left, cause }) => {
                        let why = format!(
                            "redirected to {}, and not followed: the server asks for a pause of {} s ({cause})",
                            shown(&target),
                            left.as_secs_f64().ceil()
                        );
                        return Ok(Redirected { response, refused: Some(why) });
                    }
                },
            };
            wire_log::request(&method, &shown(&target), &headers);
            hops += 1;
            next = Request::new(method.clone(), target);
            *next.headers_mut() = headers.clone();
        }
    }

    /// Returns the URL to follow a redirect to, or the reason not to.
    fn decide(
        &self,
        method: &Method,
        has_body: bool,
        first: &Url,
        from: &Url,
        target: Result<Url, String>,
        hops: usize,
    ) -> Result<Url, String> {
        let to = target.map_err(|why| format!("redirected, and not followed: {why}"))?;
        let refuse =
            |why: &str| Err(format!("redirected to {}, and not followed: {why}", shown(&to)));
        let is_same = to.origin() == first.origin();
        let is_listed = self.listed.iter().any(|origin| origin.origin() == to.origin());
        if !is_safe(method) {
            return refuse(&format!("only GET and HEAD follow redirects, and this is {method}"));
        }
        if has_body {
            return refuse("the request has a body");
        }
        if !to.username().is_empty() || to.password().is_some() {
            return refuse("it contains a user name or a password");
        }
        if from.scheme() == "https" && to.scheme() != "https" {
            return refuse("it leaves https");
        }
        if !is_same && !is_listed {
            return refuse(&format!(
                "it leads to another host than {}; `redirect_origins` can allow it",
                shown_origin(first)
            ));
        }
        if to.scheme() != "https" && !self.allow_http && !is_loopback(&to) {
            return refuse("plain http would expose the request to the network");
        }
        if hops >= MAX_REDIRECTS {
            return refuse(&format!("{MAX_REDIRECTS} redirects were followed before"));
        }
        Ok(to)
    }

    /// Returns the reason if a response comes from another URL than the request was sent to, which
    /// is not allowed. This happens if the caller's HTTP client follows redirects itself.
    fn check_origin(&self, method: &Method, sent: &Url, response: &Response) -> Option<String> {
        let came_from = response.url();
        if is_same_resource(sent, came_from) {
            return None;
        }
        let listed = || self.listed.iter().any(|origin| origin.origin() == came_from.origin());
        let why = if !is_safe(method) {
            format!(
                "only GET and HEAD follow redirects, and this was {method}, which the server may have carried out"
            )
        } else if sent.scheme() == "https" && came_from.scheme() != "https" {
            "that is not https".to_owned()
        } else if sent.origin() != came_from.origin() && !listed() {
            "that is another host, which may have seen the headers of the request".to_owned()
        } else {
            return None;
        };
        let place = shown(came_from);
        Some(format!("the client of `http_client` followed a redirect to {place}: {why}"))
    }
}

/// Returns the reason if a response was redirected, for requests that follow no redirects.
pub(crate) fn moved(sent: &str, response: &Response) -> Option<String> {
    let sent = Url::parse(sent).ok()?;
    let from = response.url();
    if !is_same_resource(&sent, from) {
        return Some(format!("the client of `http_client` followed a redirect to {}", shown(from)));
    }
    Some(match target(&sent, response)? {
        Ok(to) => format!("redirected to {}, and not followed", shown(&to)),
        Err(why) => format!("redirected, and not followed: {why}"),
    })
}

/// Returns the target of a redirect, if the response is one.
fn target(from: &Url, response: &Response) -> Option<Result<Url, String>> {
    let is_redirect = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    is_redirect.then(|| location(from, response.headers()))
}

fn location(from: &Url, headers: &HeaderMap) -> Result<Url, String> {
    let mut all = headers.get_all(LOCATION).iter();
    let (Some(location), None) = (all.next(), all.next()) else {
        return Err("it has no `Location` header, or several".to_owned());
    };
    let parsed = location.to_str().ok().and_then(|text| from.join(text).ok());
    match parsed {
        Some(mut url) if matches!(url.scheme(), "http" | "https") => {
            url.set_fragment(None);
            Ok(url)
        }
        Some(_) | None => Err("its `Location` is not a URL that can be requested".to_owned()),
    }
}

fn is_safe(method: &Method) -> bool {
    *method == Method::GET || *method == Method::HEAD
}

fn is_same_resource(one: &Url, other: &Url) -> bool {
    let plain = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        url
    };
    plain(one) == plain(other)
}

fn forwarded(headers: &HeaderMap) -> HeaderMap {
    let kept = FORWARDED_HEADERS
        .iter()
        .filter_map(|name| Some((name.clone(), headers.get(name)?.clone())));
    kept.collect()
}

/// Formats a URL for messages: shortened, without user name and password, and without the query,
/// which may contain secrets.
pub(crate) fn shown(url: &Url) -> String {
    let query = if url.query().is_some() { "?…" } else { "" };
    let text = format!("{}{}", shown_origin(url), url.path());
    let mut short: String = text.chars().take(MAX_SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short + query
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn decide(listed: &[&str], from: &str, to: &str) -> Result<Url, String> {
        let listed: Vec<String> = listed.iter().map(|one| (*one).to_owned()).collect();
        let redirects = Redirects::new(&listed, true).unwrap();
        redirects.decide(&Method::GET, false, &url(from), &url(from), Ok(url(to)), 0)
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert!(decide(&[], "https://a.com/x", "https://a.com:443/y?z").is_ok());
        for to in ["https://b.com/", "https://a.com:444/", "https://x.a.com/", "http://a.com/"] {
            assert!(decide(&[], "https://a.com/x", to).is_err(), "{to}");
        }
        assert!(decide(&["https://b.com"], "https://a.com/x", "https://b.com/y").is_ok());
        let left = decide(&["http://b.com"], "https://a.com/x", "http://b.com/y").unwrap_err();
        assert!(left.contains("leaves https"), "{left}");
        assert!(decide(&["http://b.com"], "http://a.com/x", "http://b.com/y").is_ok());
        assert!(decide(&[], "https://a.com/x", "https://u:hunter2@a.com/").is_err());
    }

    #[test]
    fn a_target_is_shown_shortened_and_without_secrets() {
        let refused =
            decide(&[], "https://a.com", "https://u:hunter2@b.com/p?token=hunter2#hunter2");
        let reason = refused.unwrap_err();
        assert!(reason.contains("https://b.com/p?…") && !reason.contains("hunter2"), "{reason}");
        let long = format!("https://b.com/{}", "x".repeat(10_000));
        assert!(decide(&[], "https://a.com", &long).unwrap_err().len() < 400);
    }

    #[test]
    fn a_location_with_credentials_is_not_followed() {
        for to in ["https://u@a.com/", "https://:p@a.com/", "https://u:p@a.com/"] {
            let why = decide(&[], "https://a.com/", to).unwrap_err();
            assert!(why.contains("a user name or a password"), "{to}: {why}");
        }
    }

    #[test]
    fn plain_http_is_only_followed_on_this_machine_unless_it_is_allowed() {
        let decide = |allow_http: bool, to: &str| {
            let redirects = Redirects { allow_http, listed: Vec::new() };
            redirects.decide(&Method::GET, false, &url(to), &url(to), Ok(url(to)), 0)
        };
        for to in ["https://a.com/", "http://127.0.0.1:1/"] {
            assert_eq!(decide(false, to), Ok(url(to)));
        }
        assert!(decide(false, "http://a.com/").unwrap_err().contains("plain http"));
        assert!(decide(true, "http://a.com/").is_ok());
    }

    /// The HTTP client of the caller may follow redirects itself.
    #[test]
    fn a_response_from_another_url_is_checked() {
        use reqwest::ResponseBuilderExt as _;

        let listed = ["http://b.com".to_owned(), "https://c.com".to_owned()];
        let redirects = Redirects::new(&listed, true).unwrap();
        let check = |method: Method, sent: &str, from: &str| {
            let response = http::Response::builder().url(url(from)).body("").unwrap();
            redirects.check_origin(&method, &url(sent), &response.into())
        };
        for (sent, from) in [
            ("https://a.com/x", "https://a.com/x#part"),
            ("https://a.com/x", "https://a.com/y"),
            ("https://a.com/x", "https://c.com/x"),
            ("http://a.com/x", "http://b.com/x"),
        ] {
            assert_eq!(check(Method::GET, sent, from), None, "{sent} {from}");
        }
        for (method, sent, from, why) in [
            (Method::POST, "https://a.com/x", "https://a.com/y", "only GET and HEAD"),
            (Method::GET, "https://a.com/x", "http://b.com/x", "that is not https"),
            (Method::GET, "https://a.com/x", "https://d.com/x", "that is another host"),
        ] {
            let reason = check(method, sent, from).unwrap_or_default();
            assert!(reason.contains(why), "{reason}");
        }
    }

    #[test]
    fn a_shortened_location_is_marked() {
        let path = "x".repeat(MAX_SHOWN - "https://a.com/".len());
        assert_eq!(shown(&url(&format!("https://a.com/{path}"))), format!("https://a.com/{path}"));
        let cut = shown(&url(&format!("https://a.com/{path}x?y")));
        assert_eq!(cut, format!("https://a.com/{path}…?…"));
    }

    #[test]
    fn a_listed_origin_has_no_path_and_no_credentials() {
        for wrong in
            ["b.com", "https://b.com/path", "https://b.com?q", "ftp://b.com", "https://u:p@b.com"]
        {
            assert!(Redirects::new(&[wrong.to_owned()], false).is_err(), "{wrong}");
        }
        assert!(Redirects::new(&["http://b.com".to_owned()], false).is_err());
        assert!(Redirects::new(&["https://b.com".to_owned()], false).is_ok());
    }
}
