//! A custom token source: another program authenticates and keeps its token in a file.
//!
//! `cargo run -p tests --example token_source` runs it against a mock tenant that it starts. The
//! client calls the source when it has no token, shortly before the last one expires, and once more
//! when the tenant rejects it. The same works with the output of a command, or with a vault.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sailpoint_reports::types::{IdentitiesArguments, ReportDetails};
use sailpoint_reports::{AccessToken, AuthError, Client, TokenFuture, TokenSource, Value, json};
use tests::mock_tenant::{MockTenant, Operation};

/// A file such as `{"access_token": "…", "expires_at": 1790000000}`.
struct TokenFile(PathBuf);

impl TokenFile {
    async fn read(&self) -> Result<AccessToken, AuthError> {
        println!("the client asks for a token");
        let unusable = |why: &str| AuthError::new(format!("{}: {why}", self.0.display()));
        let text = tokio::fs::read(&self.0).await.map_err(|error| unusable(&error.to_string()))?;
        // Neither the content nor the parser's message is shown: both may contain the token.
        let value: Value = serde_json::from_slice(&text).map_err(|_| unusable("it is no JSON"))?;
        let token = value["access_token"].as_str().ok_or(unusable("it has no access_token"))?;
        let end = value["expires_at"].as_u64().ok_or(unusable("it has no expires_at"))?;
        let end = UNIX_EPOCH.checked_add(Duration::from_secs(end));
        match end.and_then(|end| end.duration_since(SystemTime::now()).ok()) {
            Some(rest) => Ok(AccessToken::new(token).with_expires_in(rest)),
            None => Err(unusable("its token has expired; does the other program still run?")),
        }
    }
}

impl TokenSource for TokenFile {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(self.read())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tenant = MockTenant::start().await?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("token.json");
    renew(&tenant, &path)?;

    // With a real tenant: `.base_url("https://<tenant>.api.identitynow.com")`.
    let client = Client::builder()
        .base_url(tenant.base_url())
        .token_source(TokenFile(path.clone()))
        .build()?;
    let details = ReportDetails::Identities(IdentitiesArguments::new());
    let id = client.start_report(&details).await?.id.ok_or("a started report has an id")?;
    println!("started {id}");
    client.get_report_result(&id).await?;
    println!("asked about it, with the same token");

    tenant.revoke_tokens();
    renew(&tenant, &path)?;
    client.get_report_result(&id).await?;
    let requests = tenant.requests_to(Operation::GetReportResult).len();
    println!("asked once more: the tenant has refused the old token and taken the new one");
    println!("{requests} requests for 2 questions, {} token requests", tenant.token_requests());

    fs::remove_file(&path)?;
    tenant.revoke_tokens();
    match client.get_report_result(&id).await {
        Err(error) => println!("without the file: {error}"),
        Ok(_) => return Err("there is no token that could have been sent".into()),
    }
    Ok(())
}

/// Simulates the other program. The file gets its name when it is complete, so that no reader sees
/// a part of a token.
fn renew(tenant: &MockTenant, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let end = SystemTime::now().duration_since(UNIX_EPOCH)? + Duration::from_secs(720);
    let text = json!({"access_token": tenant.issue_token(), "expires_at": end.as_secs()});
    // Only its owner can read a temporary file.
    let mut file = tempfile::NamedTempFile::new_in(path.parent().ok_or("no folder")?)?;
    std::io::Write::write_all(&mut file, text.to_string().as_bytes())?;
    file.persist(path)?;
    Ok(())
}
