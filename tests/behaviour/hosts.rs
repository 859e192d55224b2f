//! Credentials are sent only to the host that they belong to.
//!
//! The tests of sources run in a child process with their own environment and home. Two tenants
//! stand for two hosts: what the second one receives was sent to the wrong host.

use std::fs;
use std::path::Path;

use sailpoint_reports::{Client, ClientBuilder, Error};
use tempfile::TempDir;
use tests::mock_tenant::{MockTenant, Operation};

use crate::process::{is_child, run};
use crate::setup::{line, tenant};

const VARIABLES: [&str; 3] = ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"];

/// A folder that is the home and working directory of a child process, and its environment.
struct Fixture {
    folder: TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Fixture {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    fn env(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    /// Sets all three variables to a tenant.
    fn env_of(self, tenant: &MockTenant) -> Self {
        let values = [tenant.base_url(), tenant.client_id(), tenant.client_secret()];
        VARIABLES
            .into_iter()
            .zip(values)
            .fold(self, |fixture, (name, value)| fixture.env(name, value))
    }

    fn config(self, base_url: &str, id: &str, secret: &str) -> Self {
        let text = serde_json::json!({"BaseURL": base_url, "ClientId": id, "ClientSecret": secret});
        self.file("config.json", &text.to_string())
    }

    fn file(self, name: &str, text: &str) -> Self {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Runs a test in a child process with this fixture, and returns its output.
    async fn run(&self, test: &'static str) -> String {
        let folder = self.folder.path().to_str().unwrap().to_owned();
        let mut set = self.environment.clone();
        set.extend([("CASE_FOLDER", folder.clone()), ("HOME", folder)]);
        let child = tokio::task::spawn_blocking(move || {
            let set: Vec<_> = set.iter().map(|(name, value)| (*name, value.as_str())).collect();
            run(test, &VARIABLES, &set)
        });
        let text = child.await.unwrap();
        text.split('<').nth(1).and_then(|rest| rest.split('>').next()).unwrap().to_owned()
    }
}

/// In the child process: builds a client, sends a request, and prints the result.
async fn send_and_report(set_up: impl FnOnce() -> Result<ClientBuilder, Error>) {
    std::env::set_current_dir(Path::new(&std::env::var("CASE_FOLDER").unwrap())).unwrap();
    let output = match set_up().and_then(ClientBuilder::build) {
        Ok(client) => match client.get_report_result("1").await {
            Ok(_) => "sent".to_owned(),
            Err(error) => line(&error),
        },
        Err(error) => line(&error),
    };
    println!("<{output}>");
}

fn other_url() -> String {
    std::env::var("CASE_OTHER").unwrap()
}

/// Asserts that a tenant received no requests.
fn assert_no_requests(tenant: &MockTenant) {
    assert!(tenant.requests().is_empty(), "{:?}", tenant.requests());
}

#[tokio::test]
async fn a_partial_environment_is_an_error_and_is_not_completed_from_a_file() {
    if is_child() {
        return send_and_report(|| Client::builder().discover()).await;
    }
    let test = "hosts::a_partial_environment_is_an_error_and_is_not_completed_from_a_file";
    let tenant = tenant().await;
    let (id, secret) = (tenant.client_id(), tenant.client_secret());
    for missing in VARIABLES {
        for empty in [false, true] {
            let mut fixture = Fixture::new().config(tenant.base_url(), id, secret);
            for name in VARIABLES.into_iter().filter(|name| *name != missing) {
                fixture = fixture.env(name, "https://env.invalid");
            }
            if empty {
                fixture = fixture.env(missing, "  ");
            }
            let output = fixture.run(test).await;
            let why = if empty { "is empty" } else { "is not set" };
            assert!(output.starts_with("the environment is incomplete"), "{output}");
            assert!(output.contains(&format!("{missing} {why}")), "{output}");
            assert!(!output.contains(secret), "{output}");
        }
    }
    // A single variable, even an empty one, selects the environment as the source.
    for (name, value) in [(VARIABLES[2], "hunter2"), (VARIABLES[1], "")] {
        let fixture = Fixture::new().config(tenant.base_url(), id, secret).env(name, value);
        let output = fixture.run(test).await;
        assert!(
            output.contains("SAIL_BASE_URL is not set") && !output.contains("hunter2"),
            "{output}"
        );
    }
    assert_no_requests(&tenant);
    let fixture = Fixture::new().config(tenant.base_url(), id, secret);
    assert_eq!(fixture.run(test).await, "sent", "without an environment the file counts");
}

#[tokio::test]
async fn a_partial_file_is_an_error_and_is_not_completed_from_another() {
    if is_child() {
        return send_and_report(|| Client::builder().discover()).await;
    }
    let test = "hosts::a_partial_file_is_an_error_and_is_not_completed_from_another";
    let tenant = tenant().await;
    let (url, id, secret) = (tenant.base_url(), tenant.client_id(), tenant.client_secret());
    let yaml = format!(
        "activeenvironment: one\nenvironments:\n  one:\n    baseurl: {url}\n    pat: {{clientid: {id}, clientsecret: {secret}}}\n"
    );
    let with_yaml = || Fixture::new().file(".sailpoint/config.yaml", &yaml);
    for (text, missing_parts) in [
        (r#"{"BaseURL": "https://a.invalid"}"#, "/ClientId is not set, /ClientSecret is not set"),
        (r#"{"ClientId": "a", "ClientSecret": 5}"#, "/BaseURL is not set, /ClientSecret is not"),
    ] {
        let output = with_yaml().file("config.json", text).run(test).await;
        assert!(output.starts_with("./config.json is incomplete"), "{output}");
        assert!(output.contains(missing_parts), "{output}");
    }
    for yaml in [
        yaml.replace("activeenvironment: one", "activeenvironment: two"),
        yaml.replace("activeenvironment: one\n", ""),
        yaml.replace(&format!(", clientsecret: {secret}"), ""),
    ] {
        let output = Fixture::new().file(".sailpoint/config.yaml", &yaml).run(test).await;
        assert!(output.starts_with("~/.sailpoint/config.yaml is incomplete"), "{output}");
        assert!(!output.contains(secret), "{output}");
    }
    assert_no_requests(&tenant);
    // A file that has none of it belongs to somebody else.
    let output = with_yaml().file("config.json", r#"{"compilerOptions": {}}"#).run(test).await;
    assert_eq!(output, "sent");
}

#[tokio::test]
async fn credentials_of_the_environment_are_not_sent_to_another_host() {
    if is_child() {
        return send_and_report(|| {
            let builder = Client::builder();
            match std::env::var("CASE_ORDER").unwrap().as_str() {
                "before" => builder.base_url(other_url()).discover(),
                "tenant" => Ok(builder.discover()?.tenant("different")),
                "host" => builder.api_url("different.invalid").discover(),
                "allowed" => {
                    Ok(builder.discover()?.base_url(other_url()).send_secret_to_other_host(true))
                }
                "own" => {
                    let secret = std::env::var("CASE_SECRET").unwrap();
                    Ok(builder
                        .discover()?
                        .base_url(other_url())
                        .client_credentials("tenant-id", secret))
                }
                _ => Ok(builder.discover()?.base_url(other_url())),
            }
        })
        .await;
    }
    let test = "hosts::credentials_of_the_environment_are_not_sent_to_another_host";
    let (own, other) = (tenant().await, tenant().await);
    for source in ["environment", "file"] {
        let fixture = |order: &str| {
            let fixture = match source {
                "environment" => Fixture::new().env_of(&own),
                _ => Fixture::new().config(own.base_url(), own.client_id(), own.client_secret()),
            };
            fixture
                .env("CASE_OTHER", other.base_url())
                .env("CASE_SECRET", other.client_secret())
                .env("CASE_ORDER", order)
        };
        for order in ["before", "after", "tenant", "host"] {
            let output = fixture(order).run(test).await;
            assert!(output.starts_with("the secret of "), "{order}: {output}");
            assert!(
                output.contains(own.base_url()) && output.contains("send_secret_to_other_host"),
                "{output}"
            );
            assert!(!output.contains(own.client_secret()), "{output}");
        }
        assert_no_requests(&other);
        let output = fixture("allowed").run(test).await;
        assert_eq!(other.requests_to(Operation::Token).len(), 1, "{output}");
        other.clear_requests();
    }
    assert_no_requests(&own);
}

#[tokio::test]
async fn hosts_are_compared_as_origins() {
    if is_child() {
        return send_and_report(|| Ok(Client::builder().discover()?.base_url(other_url()))).await;
    }
    let test = "hosts::hosts_are_compared_as_origins";
    let tenant = tenant().await;
    let fixture = |other_url: &str| Fixture::new().env_of(&tenant).env("CASE_OTHER", other_url);
    let url = tenant.base_url();
    for same in [format!("{url}/v3"), format!("{url}/"), url.replace("http", "HTTP")] {
        assert_eq!(fixture(&same).run(test).await, "sent", "{same}");
    }
    let port = url.rsplit_once(':').unwrap().1;
    for different in [
        url.replace("http:", "https:"),
        url.replace("127.0.0.1", "localhost"),
        url.replace("127.0.0.1", "127.0.0.2"),
        url.replace(port, "9"),
    ] {
        let output = fixture(&different).run(test).await;
        assert!(output.starts_with("the secret of "), "{different}: {output}");
    }
}

#[tokio::test]
async fn settings_complete_a_source() {
    if is_child() {
        return send_and_report(|| {
            let builder = Client::builder();
            match std::env::var("CASE_ORDER").unwrap().as_str() {
                "url" => builder.base_url(other_url()).discover(),
                "token" => builder.token("t").discover(),
                _ => builder.discover(),
            }
        })
        .await;
    }
    let test = "hosts::settings_complete_a_source";
    let tenant = tenant().await;
    // A secret without a host is sent to the host that the caller sets.
    let fixture = Fixture::new()
        .env(VARIABLES[1], tenant.client_id())
        .env(VARIABLES[2], tenant.client_secret())
        .env("CASE_OTHER", tenant.base_url());
    assert_eq!(fixture.env("CASE_ORDER", "url").run(test).await, "sent");
    // A token of the caller is sent to the host of the environment, which needs no other variables.
    let fixture = Fixture::new().env(VARIABLES[0], tenant.base_url()).env("CASE_ORDER", "token");
    assert!(fixture.run(test).await.contains("401"));
    let fixture = Fixture::new().env(VARIABLES[1], "id").env("CASE_ORDER", "token");
    assert!(fixture.run(test).await.contains("SAIL_BASE_URL is not set"));
}

#[tokio::test]
async fn from_env_reads_only_the_environment() {
    if is_child() {
        return send_and_report(|| {
            drop(Client::from_env()?);
            Ok(Client::builder())
        })
        .await;
    }
    let test = "hosts::from_env_reads_only_the_environment";
    let fixture = Fixture::new().config("http://127.0.0.1:9", "id", "hunter2");
    let output = fixture.run(test).await;
    for name in VARIABLES {
        assert!(output.contains(&format!("{name} is not set")), "{output}");
    }
}

#[test]
fn there_is_no_default_tenant() {
    let secret = || Client::builder().client_credentials("id", "hunter2");
    for builder in [Client::builder(), Client::builder().token("hunter2"), secret()] {
        let error = builder.build().unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        let output = line(&error);
        for part in ["`tenant`", "`server_variable(\"tenant\", …)`", "`base_url(…)`", VARIABLES[0]]
        {
            assert!(output.contains(part), "{part}: {output}");
        }
        assert!(!output.contains("hunter2") && !output.contains("sailpoint.api"), "{output}");
    }
    for builder in [secret().tenant("acme"), secret().api_url("acme.api.example.com")] {
        assert!(format!("{:?}", builder.build().unwrap()).contains("https://acme.api."));
    }
}
