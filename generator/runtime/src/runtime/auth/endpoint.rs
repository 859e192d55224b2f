//! Where tokens are to be had.

use std::time::Duration;

use http::header::ACCEPT;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::bounded;
use crate::runtime::base_url::checked;
use crate::runtime::builder::causes;
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

    /// The URL. The document is read once; a failure is not kept.
    pub(crate) async fn url(
        &self,
        http: &reqwest::Client,
        timeout: Duration,
        limit: usize,
    ) -> Result<&str, String> {
        let read = async || match &self.discovery {
            Some((document, allow_http)) => {
                discover(http, document, *allow_http, (timeout, limit)).await
            }
            None => Err("there is no token URL".to_owned()),
        };
        self.known.get_or_try_init(read).await.map(String::as_str)
    }
}

async fn discover(
    http: &reqwest::Client,
    document: &str,
    allow_http: bool,
    (timeout, limit): (Duration, usize),
) -> Result<String, String> {
    let failed = |error: reqwest::Error| causes(&error.without_url());
    let request = http.get(document).header(ACCEPT, "application/json").timeout(timeout);
    let response = request.send().await.map_err(failed)?;
    let status = response.status();
    if let Some(why) = moved(document, &response) {
        return Err(format!("the discovery document: {status}: {why}"));
    }
    if !status.is_success() {
        return Err(format!("the discovery document: {status}"));
    }
    let body = bounded::read(response, limit).await?;
    bounded::check(&body, limit)?;
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(url) = json.get("token_endpoint").and_then(Value::as_str) else {
        return Err("the discovery document has no `token_endpoint`".to_owned());
    };
    checked("token URL", url, allow_http).map_err(|error| error.to_string())?;
    Ok(url.to_owned())
}
