//! Determines the URL of the token endpoint.
//!
//! Takes a URL, or the URL of a discovery document, which it requests. Returns the URL of the token
//! endpoint. Requesting tokens is left to `credentials`.

use std::time::Duration;

use http::header::ACCEPT;
use serde::de::IgnoredAny;
use tokio::sync::OnceCell;

use super::credentials::Trouble;
use super::{Hosts, bounded};
use crate::runtime::base_url::checked;
use crate::runtime::error::one_line;
use crate::runtime::json;
use crate::runtime::redirect::moved;

/// The token endpoint: configured, or discovered when it is first needed.
pub(crate) struct Endpoint {
    discovery: Option<Discovery>,
    known: OnceCell<String>,
}

/// A document that names the token endpoint.
struct Discovery {
    url: String,
    /// The allowed hosts of the token endpoint, and whether plain HTTP is allowed.
    hosts: Hosts,
    allow_http: bool,
}

impl Endpoint {
    /// Creates an endpoint with a known URL.
    pub(crate) fn known(url: String) -> Self {
        Self { discovery: None, known: OnceCell::new_with(Some(url)) }
    }

    /// Creates an endpoint that a document names (OpenID Connect Discovery 1.0, section 4).
    pub(crate) fn discovered(url: String, hosts: Hosts, allow_http: bool) -> Self {
        let discovery = Some(Discovery { url, hosts, allow_http });
        Self { discovery, known: OnceCell::new() }
    }

    /// Returns the URL for messages: that of the endpoint, or that of the document until it was
    /// read.
    pub(crate) fn shown(&self) -> &str {
        let document = self.discovery.as_ref().map_or("", |discovery| &discovery.url);
        self.known.get().map_or(document, String::as_str)
    }

    /// Returns the host of that URL, with its port unless it is the default one.
    pub(crate) fn host(&self) -> Option<String> {
        let url = reqwest::Url::parse(self.shown()).ok()?;
        let host = url.host_str()?;
        Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
    }

    /// Returns the URL. The document is read once; after a failure it is requested again.
    pub(crate) async fn url(
        &self,
        http: &reqwest::Client,
        timeout: Duration,
        limit: usize,
    ) -> Result<&str, Trouble> {
        let read = async || match &self.discovery {
            Some(discovery) => discover(http, discovery, (timeout, limit)).await,
            None => Err(Trouble::Other("there is no token URL".to_owned(), None)),
        };
        self.known.get_or_try_init(read).await.map(String::as_str)
    }
}

async fn discover(
    http: &reqwest::Client,
    Discovery { url: document, hosts, allow_http }: &Discovery,
    (timeout, limit): (Duration, usize),
) -> Result<String, Trouble> {
    let request = http.get(document).header(ACCEPT, "application/json").timeout(timeout);
    let response = request.send().await.map_err(Trouble::Broken)?;
    let status = response.status();
    let failed = |why: &str| format!("the discovery document: {why}");
    if let Some(why) = moved(document, &response) {
        return Err(Trouble::Other(failed(&format!("{status}: {why}")), Some(status)));
    }
    if !status.is_success() {
        return Err(Trouble::Other(failed(status.as_str()), Some(status)));
    }
    let body = bounded::read(response, limit).await.map_err(Trouble::Broken)?;
    let refused = |why: String| Trouble::Other(failed(&why), None);
    bounded::check(&body, limit).map_err(refused)?;
    let text = json::text(&body).map_err(refused)?;
    if let Some(issuer) = json::string(&text, "/issuer")
        && !is_of(document, &issuer)
    {
        return Err(refused(format!("it is of another issuer, {}", one_line(&issuer))));
    }
    let Some(url) = json::string(&text, "/token_endpoint") else {
        let not_json = serde_json::from_str::<IgnoredAny>(&text).err();
        return Err(refused(match not_json {
            Some(error) => format!("it is not JSON: {error}"),
            None => "it has no `token_endpoint`".to_owned(),
        }));
    };
    let parsed = checked("token URL", &url, *allow_http);
    let parsed = parsed.map_err(|error| refused(error.to_string()))?;
    hosts.check(&parsed, "it").map_err(refused)?;
    Ok(url)
}

/// Returns whether a document belongs to the issuer that it names: its URL is that of the issuer,
/// followed by a well-known path (OpenID Connect Discovery 1.0, section 4.3). A document at another
/// path is not checked.
fn is_of(document: &str, issuer: &str) -> bool {
    let own = document.strip_suffix("/.well-known/openid-configuration");
    own.is_none_or(|own| own == issuer.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn a_document_is_of_the_issuer_at_its_own_url() {
        let document = "https://login.example/acme/.well-known/openid-configuration";
        assert!(is_of(document, "https://login.example/acme"));
        assert!(is_of(document, "https://login.example/acme/"));
        assert!(!is_of(document, "https://login.example"));
        assert!(!is_of(document, "https://evil.example/acme"));
        assert!(is_of("https://login.example/discovery.json", "https://other.example"));
    }
}
