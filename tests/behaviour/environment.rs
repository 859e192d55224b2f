//! Clients that are set up by the environment.

use sailpoint_reports::Client;
use tests::mock_tenant::{MockTenant, Operation};

use crate::process::{is_child, run};
use crate::setup::{line, only_request, tenant};

const VARIABLES: [&str; 3] = ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"];

#[test]
fn from_env_names_the_variable_that_is_missing_or_empty() {
    if is_child() {
        return println!("<{}>", line(&Client::from_env().unwrap_err()));
    }
    let name = "environment::from_env_names_the_variable_that_is_missing_or_empty";
    let all = VARIABLES.map(|name| (name, "https://acme.example"));
    for missing in VARIABLES {
        let others: Vec<_> = all.into_iter().filter(|(name, _)| *name != missing).collect();
        let text = run(name, &[missing], &others);
        let told = format!("<the environment variable {missing} is not set>");
        assert!(text.contains(&told), "{text}");
        let empty: Vec<_> = others.into_iter().chain([(missing, " ")]).collect();
        let text = run(name, &[], &empty);
        let told = format!("<the environment variable {missing} is empty>");
        assert!(text.contains(&told), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn from_env_signs_in_with_what_the_environment_holds() {
    if is_child() {
        Client::from_env().unwrap().get_report_result("1").await.unwrap();
        return;
    }
    let tenant: MockTenant = tenant().await;
    let url = format!(" {}/v3\n", tenant.base_url());
    let variables = [url.as_str(), tenant.client_id(), tenant.client_secret()].map(str::to_owned);
    let child = tokio::task::spawn_blocking(move || {
        let set: Vec<_> = VARIABLES.into_iter().zip(variables.iter().map(String::as_str)).collect();
        run("environment::from_env_signs_in_with_what_the_environment_holds", &[], &set)
    });
    child.await.unwrap();
    only_request(&tenant, Operation::GetReportResult);
}
