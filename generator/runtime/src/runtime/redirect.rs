//! Redirects (RFC 9110, section 15.4): which are followed, and with what.
//!
//! Takes a prepared request, and returns the response that is left when no redirect is followed any
//! more, with the reason if one was not. Only `GET` and `HEAD` without a body follow redirects, and
//! only within the origin of the request or to an origin that the caller has listed; a listed one
//! gets no credentials, no cookies, and no header of the caller. Everything else is left to the
//! transport: a response with a reason is an error, whatever its status.

use http::header::{ACCEPT, HeaderMap, IF_RANGE, LOCATION, RANGE, USER_AGENT};
use http::{Method, StatusCode};
use reqwest::{Client, Request, Response, Url};
use tokio::time::Instant;

use super::base_url::{checked, is_loopback, shown_origin};
use super::rate_limit::{Limiter, Paused, Turn};
use super::sensitive::mark;
use super::{ConfigError, wire_log};

/// How many redirects of a request are followed.
const MOST: usize = 10;

/// How much of a location a message shows.
const SHOWN: usize = 200;

/// What another origin gets: nothing that is secret, and nothing that the caller has set.
const HARMLESS: [http::HeaderName; 4] = [ACCEPT, USER_AGENT, RANGE, IF_RANGE];

/// Which redirects are followed.
#[derive(Debug, Default)]
pub(crate) struct Redirects {
    allow_http: bool,
    /// The origins beside that of the request.
    listed: Vec<Url>,
}

/// A response, and why it is not the one that was asked for, if it is not.
pub(crate) struct Arrived {
    pub(crate) response: Response,
    pub(crate) refused: Option<String>,
}

impl Redirects {
    /// Follows redirects within an origin, and to those that are listed.
    ///
    /// # Errors
    ///
    /// An origin is not a URL of scheme and host, or would show a request to the network.
    pub(crate) fn new(listed: &[String], allow_http: bool) -> Result<Self, ConfigError> {
        let mut urls = Vec::new();
        for origin in listed {
            let url = checked("redirect origin", origin, allow_http)?;
            if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
                return Err(ConfigError::new(format!(
                    "redirect origin `{}`: it must have neither a path nor a query, as in `https://host`",
                    shown(&url)
                )));
            }
            urls.push(url);
        }
        Ok(Self { allow_http, listed: urls })
    }

    /// Sends a request, and follows redirects as far as they may be followed.
    ///
    /// # Errors
    ///
    /// A request could not be sent, or there was no response.
    pub(crate) async fn execute(
        &self,
        http: &Client,
        (limiter, mut turn): (Option<(&Limiter, Instant)>, Option<Turn<'_>>),
        request: Request,
    ) -> Result<Arrived, reqwest::Error> {
        let first = request.url().clone();
        let method = request.method().clone();
        let has_body = request.body().is_some();
        let mut headers = request.headers().clone();
        let (mut next, mut hops) = (request, 0);
        loop {
            let sent = next.url().clone();
            let mut response = http.execute(next).await?;
            // The request has arrived, and leaves the window of the rate limit from now on.
            drop(turn.take());
            mark(response.headers_mut());
            let target = match self.strayed(&method, &sent, &response) {
                Some(why) => Err(why),
                None => match target(&sent, &response) {
                    Some(target) => self.decide(&method, has_body, &first, &sent, target, hops),
                    None => return Ok(Arrived { response, refused: None }),
                },
            };
            let target = match target {
                Ok(target) => target,
                Err(why) => return Ok(Arrived { response, refused: Some(why) }),
            };
            wire_log::response(response.status(), response.headers());
            if target.origin() != first.origin() {
                headers = harmless(&headers);
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
                        return Ok(Arrived { response, refused: Some(why) });
                    }
                },
            };
            wire_log::request(&method, &shown(&target), &headers);
            hops += 1;
            next = Request::new(method.clone(), target);
            *next.headers_mut() = headers.clone();
        }
    }

    /// Where a redirect is followed to, or why it is not.
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
            return refuse("it has a user name or a password in it");
        }
        if from.scheme() == "https" && to.scheme() != "https" {
            return refuse("it leaves encryption");
        }
        if !is_same && !is_listed {
            return refuse(&format!(
                "it leads to another host than {}; `redirect_origins` can allow it",
                shown_origin(first)
            ));
        }
        if to.scheme() != "https" && !self.allow_http && !is_loopback(&to) {
            return refuse("plain http would show the request to the network");
        }
        if hops >= MOST {
            return refuse(&format!("{MOST} redirects were followed already"));
        }
        Ok(to)
    }

    /// Why a response is not one to the request that was sent, as far as that shows: a client that
    /// the caller gave may have followed redirects by itself.
    fn strayed(&self, method: &Method, sent: &Url, response: &Response) -> Option<String> {
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
            "that left encryption".to_owned()
        } else if sent.origin() != came_from.origin() && !listed() {
            "that is another host, which may have seen the headers of the request".to_owned()
        } else {
            return None;
        };
        let place = shown(came_from);
        Some(format!("the client of `http_client` followed a redirect to {place}: {why}"))
    }
}

/// Why a response came from elsewhere than a request was sent to, for who follows nothing at all.
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

/// Where a response redirects to, if it does.
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
        return Err("it has no `Location`, or several".to_owned());
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

fn harmless(headers: &HeaderMap) -> HeaderMap {
    let kept = HARMLESS.iter().filter_map(|name| Some((name.clone(), headers.get(name)?.clone())));
    kept.collect()
}

/// A URL as messages show it: bounded, without user name and password, and without the values of
/// its query, which may be secret.
pub(crate) fn shown(url: &Url) -> String {
    let query = if url.query().is_some() { "?…" } else { "" };
    let text = format!("{}{}", shown_origin(url), url.path());
    let mut short: String = text.chars().take(SHOWN).collect();
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
        assert!(left.contains("leaves encryption"), "{left}");
        assert!(decide(&["http://b.com"], "http://a.com/x", "http://b.com/y").is_ok());
        assert!(decide(&[], "https://a.com/x", "https://u:hunter2@a.com/").is_err());
    }

    #[test]
    fn a_location_is_shown_short_and_without_secrets() {
        let told = decide(&[], "https://a.com", "https://u:hunter2@b.com/p?token=hunter2#hunter2");
        let told = told.unwrap_err();
        assert!(told.contains("https://b.com/p?…") && !told.contains("hunter2"), "{told}");
        let long = format!("https://b.com/{}", "x".repeat(10_000));
        assert!(decide(&[], "https://a.com", &long).unwrap_err().len() < 400);
    }

    #[test]
    fn a_listed_origin_is_an_origin() {
        for wrong in
            ["b.com", "https://b.com/path", "https://b.com?q", "ftp://b.com", "https://u:p@b.com"]
        {
            assert!(Redirects::new(&[wrong.to_owned()], false).is_err(), "{wrong}");
        }
        assert!(Redirects::new(&["http://b.com".to_owned()], false).is_err());
        assert!(Redirects::new(&["https://b.com".to_owned()], false).is_ok());
    }
}
