//! Where the program finds its credentials, and what it says of them.

use std::fs;

use serde_json::json;
use tests::mock_tenant::Operation;

use crate::program::{Place, finish};

const CHECK: [&str; 3] = ["auth", "check", "--json"];

#[tokio::test(flavor = "multi_thread")]
async fn auth_check_says_who_and_where_and_nothing_secret() {
    let place = Place::new().await;
    let run = place.run(&CHECK).expect(0);
    let url = format!("{}/v3", place.tenant.base_url());
    let said = json!({"baseUrl": url, "clientId": place.tenant.client_id(), "credentialsFrom": "the environment"});
    assert_eq!(run.json(), said);
    assert_eq!(place.tenant.token_requests(), 1);
    let run = place.run(&["auth", "check"]).expect(0);
    assert!(run.stdout.contains("credentialsFrom  the environment"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_comes_before_files_and_flags_before_it() {
    let place = Place::new().await;
    let (id, secret) = (place.tenant.client_id(), place.tenant.client_secret());
    let config =
        json!({"BaseURL": place.tenant.base_url(), "ClientId": id, "ClientSecret": secret});
    place.write("config.json", &config.to_string());
    let from = |run: crate::program::Run| run.expect(0).json()["credentialsFrom"].clone();
    assert_eq!(from(finish(place.bare().args(CHECK), b"")), "./config.json");
    place.write("config.json", "{\"BaseURL\": \"https://elsewhere.invalid\"}");
    assert_eq!(from(place.run(&CHECK)), "the environment");
    // A file that has none of it belongs to another tool.
    place.write("config.json", "{\"compilerOptions\": {}}");
    fs::create_dir(place.path(".sailpoint")).unwrap();
    let yaml = format!(
        "activeenvironment: here\nenvironments:\n  here:\n    baseurl: {}\n    pat: {{clientid: {id}, clientsecret: {secret}}}\n",
        place.tenant.base_url()
    );
    place.write(".sailpoint/config.yaml", &yaml);
    assert_eq!(from(finish(place.bare().args(CHECK), b"")), "~/.sailpoint/config.yaml");
    let mut command = place.command();
    command.env("SAIL_CLIENT_SECRET", "wrong").env("SAIL_CLIENT_ID", "wrong");
    command.args(CHECK).args(["--client-id", id, "--client-secret-file", "-"]);
    assert_eq!(from(finish(&mut command, format!("{secret}\n").as_bytes())), "the environment");
    place.write("secret", secret);
    let mut command = place.bare();
    command.args(CHECK).args(["--base-url", place.tenant.base_url(), "--client-id", id]);
    let run = finish(command.args(["--client-secret-file", "secret"]), b"");
    assert_eq!(from(run), "the command line");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_is_named_counts_more_than_the_environment() {
    let place = Place::new().await;
    // No such host can be, so that nobody is asked for it.
    let run = place.run(&["get-report-result", "1", "--tenant", "a b"]).expect(2);
    assert!(run.stderr.contains("server variable `tenant`: `a b`"), "{}", run.stderr);
    assert!(place.tenant.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_can_be_given_instead() {
    let place = Place::new().await;
    place.run(&["get-report-result", "1"]);
    let request = place.request(Operation::GetReportResult);
    let token = request.header("authorization").unwrap().strip_prefix("Bearer ").unwrap();
    place.write("token", &format!("{token}\n"));
    place.tenant.clear_requests();
    let words = ["get-report-result", "1", "--token-file", "token"];
    let base_url = place.tenant.base_url().to_owned();
    finish(place.bare().args(words).args(["--base-url", &base_url]), b"").expect(0);
    finish(place.bare().args(words).env("SAIL_BASE_URL", &base_url), b"").expect(0);
    assert_eq!(place.tenant.requests_to(Operation::GetReportResult).len(), 2);
    let words = ["auth", "check", "--json", "--token-file", "token"];
    let said = finish(place.bare().args(words).env("SAIL_BASE_URL", &base_url), b"");
    let said = said.expect(0).json();
    assert_eq!(said["credentialsFrom"], "the command line");
    assert_eq!(said["tokenChecked"], false);
    assert_eq!(place.tenant.requests_to(Operation::Token).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_takes_no_longer_than_it_may() {
    let place = Place::new().await;
    let slow = tests::mock_tenant::Fault::delay(std::time::Duration::from_secs(20));
    place.tenant.inject(Operation::Token, slow);
    let since = std::time::Instant::now();
    let run = place.run(&["auth", "check", "--timeout", "0.3"]).expect(7);
    assert!(run.stderr.contains("nobody has answered in time"), "{}", run.stderr);
    assert!(since.elapsed().as_secs() < 10);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_others_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new().await;
    let config = json!({
        "BaseURL": place.tenant.base_url(),
        "ClientId": place.tenant.client_id(),
        "ClientSecret": place.tenant.client_secret(),
    });
    place.write("config.json", &config.to_string());
    for (mode, is_warned) in [(0o644, true), (0o600, false)] {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(place.path("config.json"), permissions).unwrap();
        let run = finish(place.bare().args(CHECK), b"").expect(0);
        assert_eq!(run.stderr.starts_with("warning: other users can read this file"), is_warned);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_shown_without_secrets() {
    let place = Place::new().await;
    let run = place
        .run(&["--verbose", "run-report", "--report-type", "IDENTITIES", "-o", "out/"])
        .expect(0);
    let token = place.tenant.requests_to(Operation::StartReport)[0]
        .header("authorization")
        .unwrap()
        .to_owned();
    let token = token.strip_prefix("Bearer ").unwrap();
    let base = place.tenant.base_url();
    for line in [
        format!("> POST {base}/oauth/token"),
        format!("> POST {base}/v3/reports/run"),
        ">   authorization: ***".to_owned(),
        "< 200 OK".to_owned(),
    ] {
        assert!(run.stderr.lines().any(|shown| shown == line), "{line}\n{}", run.stderr);
    }
    let all = format!("{}{}", run.stdout, run.stderr);
    assert!(!all.contains(token) && !all.contains(place.tenant.client_secret()));
    assert_eq!(run.stdout, "out/Identities Report.csv\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_not_sent_to_the_host_of_another_flag() {
    let (place, other) = (Place::new().await, Place::new().await);
    let foreign = other.tenant.base_url();
    let config = json!({
        "BaseURL": place.tenant.base_url(),
        "ClientId": place.tenant.client_id(),
        "ClientSecret": place.tenant.client_secret(),
    });
    place.write("config.json", &config.to_string());
    for command in [|place: &Place| place.command(), |place: &Place| place.bare()] {
        for words in [["--base-url", foreign], ["--tenant", "another"]] {
            let run = finish(command(&place).args(["get-report-result", "1"]).args(words), b"");
            let run = run.expect(3);
            assert!(run.stderr.contains("the secret of "), "{}", run.stderr);
            assert!(run.stderr.contains("--send-secret-to-other-host"), "{}", run.stderr);
            assert!(!run.stderr.contains(place.tenant.client_secret()), "{}", run.stderr);
        }
    }
    assert!(other.tenant.requests().is_empty() && place.tenant.requests().is_empty());
    let words = ["get-report-result", "1", "--base-url", foreign];
    let allowed = ["--send-secret-to-other-host"];
    finish(place.command().args(words).args(allowed), b"");
    assert_eq!(other.tenant.token_requests(), 1);
    // The variable of the environment is compared in the same way with the file's own host.
    let run =
        finish(place.bare().args(["get-report-result", "1"]).env("SAIL_BASE_URL", foreign), b"");
    let run = run.expect(3);
    assert!(run.stderr.contains("SAIL_CLIENT_ID is not set, SAIL_CLIENT_SECRET is not set"));
    assert_eq!(other.tenant.token_requests(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_environment_is_not_completed_by_a_file() {
    let place = Place::new().await;
    let (url, id, secret) =
        (place.tenant.base_url(), place.tenant.client_id(), place.tenant.client_secret());
    place.write("secret", secret);
    let config = json!({"BaseURL": url, "ClientId": id, "ClientSecret": secret});
    place.write("config.json", &config.to_string());
    let base_url = ["--base-url", "https://corp.invalid"];
    let cases: [(&str, &str, &[&str], &str); 4] = [
        ("SAIL_BASE_URL", "https://corp.invalid", &[], "SAIL_CLIENT_SECRET is not set"),
        ("SAIL_CLIENT_ID", "corp", &[], "SAIL_BASE_URL is not set"),
        ("SAIL_CLIENT_ID", "corp", &base_url, "SAIL_CLIENT_SECRET is not set"),
        ("SAIL_CLIENT_SECRET", "", &base_url, "SAIL_CLIENT_SECRET is empty"),
    ];
    for (name, value, words, told) in cases {
        let mut command = place.bare();
        let run = finish(command.env(name, value).args(CHECK).args(words), b"").expect(3);
        assert!(run.stderr.contains(told), "{}", run.stderr);
    }
    // An id alone does not get the secret of another.
    let run = place.run(&["auth", "check", "--client-id", "another"]).expect(3);
    assert!(run.stderr.contains("belongs to another id"), "{}", run.stderr);
    assert!(place.tenant.requests().is_empty());
    // What the flags say completes what the environment has.
    let mut command = place.bare();
    command.args(CHECK).env("SAIL_BASE_URL", url).env("SAIL_CLIENT_ID", id);
    finish(command.args(["--client-secret-file", "secret"]), b"").expect(0);
}
