//! A credential belongs to the host that it came with, and no host stands in for another.
//!
//! The tests of sources run in a process of their own, with an environment and a home of their own.
//! Two tenants stand for two hosts: what the second one receives has left the first.

use std::fs;
use std::path::Path;

use sailpoint_reports::{Client, ClientBuilder, Error};
use tempfile::TempDir;
use tests::mock_tenant::{MockTenant, Operation};

use crate::process::{is_child, run};
use crate::setup::{line, tenant};

const VARIABLES: [&str; 3] = ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"];

/// A folder that is the home and the working directory, and what its environment holds.
struct Place {
    folder: TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    fn env(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    /// All three variables, for a tenant.
    fn env_of(self, tenant: &MockTenant) -> Self {
        let values = [tenant.base_url(), tenant.client_id(), tenant.client_secret()];
        VARIABLES.into_iter().zip(values).fold(self, |place, (name, value)| place.env(name, value))
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

    /// Runs a test in this place, and gives what it has said.
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

/// In the child: sets up a client in the place, sends a request, and says how that went.
async fn outcome(set_up: impl FnOnce() -> Result<ClientBuilder, Error>) {
    std::env::set_current_dir(Path::new(&std::env::var("CASE_FOLDER").unwrap())).unwrap();
    let said = match set_up().and_then(ClientBuilder::build) {
        Ok(client) => match client.get_report_result("1").await {
            Ok(_) => "sent".to_owned(),
            Err(error) => line(&error),
        },
        Err(error) => line(&error),
    };
    println!("<{said}>");
}

fn other() -> String {
    std::env::var("CASE_OTHER").unwrap()
}

/// Refuses whatever has come.
fn assert_untouched(tenant: &MockTenant) {
    assert!(tenant.requests().is_empty(), "{:?}", tenant.requests());
}

#[tokio::test]
async fn a_partial_environment_is_an_error_and_no_file_stands_in() {
    if is_child() {
        return outcome(|| Client::builder().discover()).await;
    }
    let test = "hosts::a_partial_environment_is_an_error_and_no_file_stands_in";
    let tenant = tenant().await;
    let (id, secret) = (tenant.client_id(), tenant.client_secret());
    for missing in VARIABLES {
        for empty in [false, true] {
            let mut place = Place::new().config(tenant.base_url(), id, secret);
            for name in VARIABLES.into_iter().filter(|name| *name != missing) {
                place = place.env(name, "https://env.invalid");
            }
            if empty {
                place = place.env(missing, "  ");
            }
            let said = place.run(test).await;
            let why = if empty { "is empty" } else { "is not set" };
            assert!(said.starts_with("the environment does not have all"), "{said}");
            assert!(said.contains(&format!("{missing} {why}")), "{said}");
            assert!(!said.contains(secret), "{said}");
        }
    }
    // One variable alone, even an empty one, shows that the environment is meant.
    for (name, value) in [(VARIABLES[2], "hunter2"), (VARIABLES[1], "")] {
        let place = Place::new().config(tenant.base_url(), id, secret).env(name, value);
        let said = place.run(test).await;
        assert!(said.contains("SAIL_BASE_URL is not set") && !said.contains("hunter2"), "{said}");
    }
    assert_untouched(&tenant);
    let place = Place::new().config(tenant.base_url(), id, secret);
    assert_eq!(place.run(test).await, "sent", "without an environment the file counts");
}

#[tokio::test]
async fn a_partial_file_is_an_error_and_no_other_stands_in() {
    if is_child() {
        return outcome(|| Client::builder().discover()).await;
    }
    let test = "hosts::a_partial_file_is_an_error_and_no_other_stands_in";
    let tenant = tenant().await;
    let (url, id, secret) = (tenant.base_url(), tenant.client_id(), tenant.client_secret());
    let yaml = format!(
        "activeenvironment: one\nenvironments:\n  one:\n    baseurl: {url}\n    pat: {{clientid: {id}, clientsecret: {secret}}}\n"
    );
    let with_yaml = || Place::new().file(".sailpoint/config.yaml", &yaml);
    for (text, lacks) in [
        (r#"{"BaseURL": "https://a.invalid"}"#, "/ClientId is not set, /ClientSecret is not set"),
        (r#"{"ClientId": "a", "ClientSecret": 5}"#, "/BaseURL is not set, /ClientSecret is not"),
    ] {
        let said = with_yaml().file("config.json", text).run(test).await;
        assert!(said.starts_with("./config.json does not have all"), "{said}");
        assert!(said.contains(lacks), "{said}");
    }
    for yaml in [
        yaml.replace("activeenvironment: one", "activeenvironment: two"),
        yaml.replace("activeenvironment: one\n", ""),
        yaml.replace(&format!(", clientsecret: {secret}"), ""),
    ] {
        let said = Place::new().file(".sailpoint/config.yaml", &yaml).run(test).await;
        assert!(said.starts_with("~/.sailpoint/config.yaml does not have all"), "{said}");
        assert!(!said.contains(secret), "{said}");
    }
    assert_untouched(&tenant);
    // A file that has none of it belongs to somebody else.
    let said = with_yaml().file("config.json", r#"{"compilerOptions": {}}"#).run(test).await;
    assert_eq!(said, "sent");
}

#[tokio::test]
async fn a_secret_of_the_environment_is_not_sent_to_another_host() {
    if is_child() {
        return outcome(|| {
            let builder = Client::builder();
            match std::env::var("CASE_ORDER").unwrap().as_str() {
                "before" => builder.base_url(other()).discover(),
                "tenant" => Ok(builder.discover()?.tenant("another")),
                "host" => builder.api_url("another.invalid").discover(),
                "allowed" => {
                    Ok(builder.discover()?.base_url(other()).send_secret_to_other_host(true))
                }
                "own" => {
                    let secret = std::env::var("CASE_SECRET").unwrap();
                    Ok(builder
                        .discover()?
                        .base_url(other())
                        .client_credentials("tenant-id", secret))
                }
                _ => Ok(builder.discover()?.base_url(other())),
            }
        })
        .await;
    }
    let test = "hosts::a_secret_of_the_environment_is_not_sent_to_another_host";
    let (own, foreign) = (tenant().await, tenant().await);
    for source in ["environment", "file"] {
        let place = |order: &str| {
            let place = match source {
                "environment" => Place::new().env_of(&own),
                _ => Place::new().config(own.base_url(), own.client_id(), own.client_secret()),
            };
            place
                .env("CASE_OTHER", foreign.base_url())
                .env("CASE_SECRET", foreign.client_secret())
                .env("CASE_ORDER", order)
        };
        for order in ["before", "after", "tenant", "host"] {
            let said = place(order).run(test).await;
            assert!(said.starts_with("the secret of "), "{order}: {said}");
            assert!(
                said.contains(own.base_url()) && said.contains("send_secret_to_other_host"),
                "{said}"
            );
            assert!(!said.contains(own.client_secret()), "{said}");
        }
        assert_untouched(&foreign);
        let said = place("allowed").run(test).await;
        assert_eq!(foreign.requests_to(Operation::Token).len(), 1, "{said}");
        foreign.clear_requests();
    }
    assert_untouched(&own);
}

#[tokio::test]
async fn another_path_scheme_or_port_is_compared_as_an_origin() {
    if is_child() {
        return outcome(|| Ok(Client::builder().discover()?.base_url(other()))).await;
    }
    let test = "hosts::another_path_scheme_or_port_is_compared_as_an_origin";
    let tenant = tenant().await;
    let place = |other: &str| Place::new().env_of(&tenant).env("CASE_OTHER", other);
    let url = tenant.base_url();
    for same in [format!("{url}/v3"), format!("{url}/"), url.replace("http", "HTTP")] {
        assert_eq!(place(&same).run(test).await, "sent", "{same}");
    }
    let port = url.rsplit_once(':').unwrap().1;
    for another in [
        url.replace("http:", "https:"),
        url.replace("127.0.0.1", "localhost"),
        url.replace("127.0.0.1", "127.0.0.2"),
        url.replace(port, "9"),
    ] {
        let said = place(&another).run(test).await;
        assert!(said.starts_with("the secret of "), "{another}: {said}");
    }
}

#[tokio::test]
async fn what_is_set_completes_what_a_source_has() {
    if is_child() {
        return outcome(|| {
            let builder = Client::builder();
            match std::env::var("CASE_ORDER").unwrap().as_str() {
                "url" => builder.base_url(other()).discover(),
                "token" => builder.token("t").discover(),
                _ => builder.discover(),
            }
        })
        .await;
    }
    let test = "hosts::what_is_set_completes_what_a_source_has";
    let tenant = tenant().await;
    // A secret that came without a host goes to the one that the caller names.
    let place = Place::new()
        .env(VARIABLES[1], tenant.client_id())
        .env(VARIABLES[2], tenant.client_secret())
        .env("CASE_OTHER", tenant.base_url());
    assert_eq!(place.env("CASE_ORDER", "url").run(test).await, "sent");
    // A token of the caller goes to the host of the environment, which needs to have nothing else.
    let place = Place::new().env(VARIABLES[0], tenant.base_url()).env("CASE_ORDER", "token");
    assert!(place.run(test).await.contains("401"));
    let place = Place::new().env(VARIABLES[1], "id").env("CASE_ORDER", "token");
    assert!(place.run(test).await.contains("SAIL_BASE_URL is not set"));
}

#[tokio::test]
async fn from_env_never_looks_anywhere_else() {
    if is_child() {
        return outcome(|| {
            drop(Client::from_env()?);
            Ok(Client::builder())
        })
        .await;
    }
    let test = "hosts::from_env_never_looks_anywhere_else";
    let place = Place::new().config("http://127.0.0.1:9", "id", "hunter2");
    let said = place.run(test).await;
    for name in VARIABLES {
        assert!(said.contains(&format!("{name} is not set")), "{said}");
    }
}

#[test]
fn there_is_no_default_tenant() {
    let secret = || Client::builder().client_credentials("id", "hunter2");
    for builder in [Client::builder(), Client::builder().token("hunter2"), secret()] {
        let error = builder.build().unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        let said = line(&error);
        for part in ["`tenant`", "`server_variable(\"tenant\", …)`", "`base_url(…)`", VARIABLES[0]]
        {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(!said.contains("hunter2") && !said.contains("sailpoint.api"), "{said}");
    }
    for builder in [secret().tenant("acme"), secret().api_url("acme.api.example.com")] {
        assert!(format!("{:?}", builder.build().unwrap()).contains("https://acme.api."));
    }
}
