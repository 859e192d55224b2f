//! Where tokens are to be had.

use std::time::Duration;

use http::header::ACCEPT;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::bounded;
use super::credentials::Trouble;
use crate::runtime::base_url::checked;
use crate::runtime::redirect::moved;

/// The token endpoint: known from the beginning, or found out when it is first needed.
pub(crate) struct Endpoint {
    /// The document that names it, and whether it may be on plain HTTP.
    discovery: Option<(String, bool)>,
    known: OnceCell<String>,
}

impl Endpoint {
    /// An endpoint whose URL is known.
    pub(crate) fn known(url: String) -> Self {
        Self { discovery: None, known: OnceCell::new_with(Some(url)) }
    }

    /// An endpoint that a document names (OpenID Connect Discovery 1.0, section 4).
    pub(crate) fn discovered(document: String, allow_http: bool) -> Self {
        Self { discovery: Some((document, allow_http)), known: OnceCell::new() }
    }

    /// The URL for messages: that of the endpoint, or of the document as long as that is unread.
    pub(crate) fn shown(&self) -> &str {
        let document = self.discovery.as_ref().map_or("", |(document, _)| document);
        self.known.get().map_or(document, String::as_str)
    }

    /// The host of that URL, with its port if that is not the usual one.
    pub(crate) fn host(&self) -> Option<String> {
        let url = reqwest::Url::parse(self.shown()).ok()?;
        let host = url.host_str()?;
        Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
    }

    /// The URL. The document is read once; a failure is not kept.
    pub(crate) async fn url(
        &self,
        http: &reqwest::Client,
        timeout: Duration,
        limit: usize,
    ) -> Result<&str, Trouble> {
        let read = async || match &self.discovery {
            Some((document, allow_http)) => {
                discover(http, document, *allow_http, (timeout, limit)).await
            }
            None => Err(Trouble::Other("there is no token URL".to_owned(), None)),
        };
        self.known.get_or_try_init(read).await.map(String::as_str)
    }
}

async fn discover(
    http: &reqwest::Client,
    document: &str,
    allow_http: bool,
    (timeout, limit): (Duration, usize),
) -> Result<String, Trouble> {
    let request = http.get(document).header(ACCEPT, "application/json").timeout(timeout);
    let response = request.send().await.map_err(Trouble::Broken)?;
    let status = response.status();
    if let Some(why) = moved(document, &response) {
        let why = format!("the discovery document: {status}: {why}");
        return Err(Trouble::Other(why, Some(status)));
    }
    if !status.is_success() {
        return Err(Trouble::Other(format!("the discovery document: {status}"), Some(status)));
    }
    let body = bounded::read(response, limit).await.map_err(Trouble::Broken)?;
    bounded::check(&body, limit).map_err(|why| Trouble::Other(why, None))?;
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(url) = json.get("token_endpoint").and_then(Value::as_str) else {
        let message = "the discovery document has no `token_endpoint`";
        return Err(Trouble::Other(message.to_owned(), None));
    };
    checked("token URL", url, allow_http)
        .map_err(|error| Trouble::Other(error.to_string(), None))?;
    Ok(url.to_owned())
}
