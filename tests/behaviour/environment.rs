//! Clients that are configured by the environment.

use sailpoint_reports::Client;
use tests::mock_tenant::{MockTenant, Operation};

use crate::process::{is_child, run};
use crate::setup::{line, only_request, tenant};

const VARIABLES: [&str; 3] = ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"];

#[test]
fn from_env_names_the_missing_or_empty_variable() {
    if is_child() {
        return println!("<{}>", line(&Client::from_env().unwrap_err()));
    }
    let name = "environment::from_env_names_the_missing_or_empty_variable";
    let all = VARIABLES.map(|name| (name, "https://acme.example"));
    for missing in VARIABLES {
        let others: Vec<_> = all.into_iter().filter(|(name, _)| *name != missing).collect();
        let text = run(name, &[missing], &others);
        let told = format!("{missing} is not set;");
        assert!(text.contains(&told), "{text}");
        let empty: Vec<_> = others.into_iter().chain([(missing, " ")]).collect();
        let text = run(name, &[], &empty);
        let told = format!("{missing} is empty;");
        assert!(text.contains(&told), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn from_env_authenticates_with_the_environment() {
    if is_child() {
        Client::from_env().unwrap().get_report_result("1").await.unwrap();
        return;
    }
    let tenant: MockTenant = tenant().await;
    let url = format!(" {}/v3\n", tenant.base_url());
    let variables = [url.as_str(), tenant.client_id(), tenant.client_secret()].map(str::to_owned);
    let child = tokio::task::spawn_blocking(move || {
        let set: Vec<_> = VARIABLES.into_iter().zip(variables.iter().map(String::as_str)).collect();
        run("environment::from_env_authenticates_with_the_environment", &[], &set)
    });
    child.await.unwrap();
    only_request(&tenant, Operation::GetReportResult);
}

/// Returns the `Debug` output of a client that discovers its credentials in two folders, or the
/// error.
fn discovered(folder: &std::path::Path, home: &std::path::Path, set: &[(&str, &str)]) -> String {
    let paths = [("CASE_FOLDER", folder), ("HOME", home)];
    let paths = paths.map(|(name, path)| (name, path.to_str().unwrap()));
    let set: Vec<_> = set.iter().copied().chain(paths).collect();
    let name = "environment::credentials_are_found_in_the_files_of_other_tools";
    let text = run(name, &VARIABLES, &set);
    text.split('<').nth(1).and_then(|rest| rest.split('>').next()).unwrap().to_owned()
}

#[test]
fn credentials_are_found_in_the_files_of_other_tools() {
    if is_child() {
        std::env::set_current_dir(std::env::var("CASE_FOLDER").unwrap()).unwrap();
        let client = Client::builder().discover().and_then(sailpoint_reports::ClientBuilder::build);
        return match client {
            Ok(client) => println!("<{client:?}>"),
            Err(error) => println!("<{}>", line(&error)),
        };
    }
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (folder, home) = (folder.path(), home.path());
    let nothing = discovered(folder, home, &[]);
    for told in ["SAIL_BASE_URL", "no ./config.json", "no ~/.sailpoint/config.yaml"] {
        assert!(nothing.contains(told), "{nothing}");
    }
    let yaml = "activeenvironment: one\nenvironments:\n  one:\n    baseurl: https://yaml.example\n    pat: {clientid: a, clientsecret: b}\n";
    std::fs::create_dir(home.join(".sailpoint")).unwrap();
    std::fs::write(home.join(".sailpoint/config.yaml"), yaml).unwrap();
    assert!(discovered(folder, home, &[]).contains("https://yaml.example/v3"));
    let json =
        r#"{"BaseURL": "https://json.example", "ClientId": "a", "ClientSecret": "b", "more": 1}"#;
    std::fs::write(folder.join("config.json"), json).unwrap();
    assert!(discovered(folder, home, &[]).contains("https://json.example/v3"));
    // An incomplete source is an error: it is neither completed from the next one nor ignored.
    let part = [("SAIL_BASE_URL", "https://environment.example")];
    assert!(discovered(folder, home, &part).contains("SAIL_CLIENT_SECRET is not set"));
    let all = [part[0], ("SAIL_CLIENT_ID", "a"), ("SAIL_CLIENT_SECRET", "b")];
    assert!(discovered(folder, home, &all).contains("https://environment.example/v3"));
    std::fs::write(folder.join("config.json"), "{").unwrap();
    assert!(discovered(folder, home, &[]).starts_with("./config.json: "));
}
