//! The sources of credentials, and what the program prints about them.

use std::fs;

use serde_json::json;
use tests::mock_tenant::Operation;

use crate::program::{Fixture, finish};

const CHECK: [&str; 3] = ["auth", "check", "--json"];

#[tokio::test(flavor = "multi_thread")]
async fn auth_check_prints_the_client_and_the_host_and_no_secret() {
    let fixture = Fixture::new().await;
    let run = fixture.run(&CHECK).expect(0);
    let url = format!("{}/v3", fixture.tenant.base_url());
    let output = json!({"baseUrl": url, "clientId": fixture.tenant.client_id(), "credentialsFrom": "the environment"});
    assert_eq!(run.json(), output);
    assert_eq!(fixture.tenant.token_requests(), 1);
    let run = fixture.run(&["auth", "check"]).expect(0);
    assert!(run.stdout.contains("credentialsFrom  the environment"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_take_precedence_over_the_environment_and_the_environment_over_files() {
    let fixture = Fixture::new().await;
    let (id, secret) = (fixture.tenant.client_id(), fixture.tenant.client_secret());
    let config =
        json!({"BaseURL": fixture.tenant.base_url(), "ClientId": id, "ClientSecret": secret});
    fixture.write("config.json", &config.to_string());
    let from = |run: crate::program::Run| run.expect(0).json()["credentialsFrom"].clone();
    assert_eq!(from(finish(fixture.bare().args(CHECK), b"")), "./config.json");
    fixture.write("config.json", "{\"BaseURL\": \"https://elsewhere.invalid\"}");
    assert_eq!(from(fixture.run(&CHECK)), "the environment");
    // A file without these keys belongs to another tool.
    fixture.write("config.json", "{\"compilerOptions\": {}}");
    fs::create_dir(fixture.path(".sailpoint")).unwrap();
    let yaml = format!(
        "activeenvironment: here\nenvironments:\n  here:\n    baseurl: {}\n    pat: {{clientid: {id}, clientsecret: {secret}}}\n",
        fixture.tenant.base_url()
    );
    fixture.write(".sailpoint/config.yaml", &yaml);
    assert_eq!(from(finish(fixture.bare().args(CHECK), b"")), "~/.sailpoint/config.yaml");
    let mut command = fixture.command();
    command.env("SAIL_CLIENT_SECRET", "wrong").env("SAIL_CLIENT_ID", "wrong");
    command.args(CHECK).args(["--client-id", id, "--client-secret-file", "-"]);
    assert_eq!(from(finish(&mut command, format!("{secret}\n").as_bytes())), "the environment");
    fixture.write("secret", secret);
    let mut command = fixture.bare();
    command.args(CHECK).args(["--base-url", fixture.tenant.base_url(), "--client-id", id]);
    let run = finish(command.args(["--client-secret-file", "secret"]), b"");
    assert_eq!(from(run), "the command line");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tenant_flag_takes_precedence_over_the_environment() {
    let fixture = Fixture::new().await;
    // The host is invalid, so no request is sent.
    let run = fixture.run(&["get-report-result", "1", "--tenant", "a b"]).expect(2);
    assert!(run.stderr.contains("server variable `tenant`: `a b`"), "{}", run.stderr);
    assert!(fixture.tenant.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_can_replace_credentials() {
    let fixture = Fixture::new().await;
    fixture.run(&["get-report-result", "1"]);
    let request = fixture.request(Operation::GetReportResult);
    let token = request.header("authorization").unwrap().strip_prefix("Bearer ").unwrap();
    fixture.write("token", &format!("{token}\n"));
    fixture.tenant.clear_requests();
    let words = ["get-report-result", "1", "--token-file", "token"];
    let base_url = fixture.tenant.base_url().to_owned();
    finish(fixture.bare().args(words).args(["--base-url", &base_url]), b"").expect(0);
    finish(fixture.bare().args(words).env("SAIL_BASE_URL", &base_url), b"").expect(0);
    assert_eq!(fixture.tenant.requests_to(Operation::GetReportResult).len(), 2);
    let words = ["auth", "check", "--json", "--token-file", "token"];
    let output = finish(fixture.bare().args(words).env("SAIL_BASE_URL", &base_url), b"");
    let output = output.expect(0).json();
    assert_eq!(output["credentialsFrom"], "the command line");
    assert_eq!(output["tokenChecked"], false);
    assert_eq!(fixture.tenant.requests_to(Operation::Token).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn authentication_is_bounded_by_the_timeout() {
    let fixture = Fixture::new().await;
    let slow = tests::mock_tenant::Fault::delay(std::time::Duration::from_secs(20));
    fixture.tenant.inject(Operation::Token, slow);
    let since = std::time::Instant::now();
    let run = fixture.run(&["auth", "check", "--timeout", "0.3"]).expect(7);
    assert!(run.stderr.contains("no response within 300ms"), "{}", run.stderr);
    assert!(since.elapsed().as_secs() < 10);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_readable_credential_file_is_a_warning() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::new().await;
    let config = json!({
        "BaseURL": fixture.tenant.base_url(),
        "ClientId": fixture.tenant.client_id(),
        "ClientSecret": fixture.tenant.client_secret(),
    });
    fixture.write("config.json", &config.to_string());
    for (mode, is_warned) in [(0o644, true), (0o600, false)] {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(fixture.path("config.json"), permissions).unwrap();
        let run = finish(fixture.bare().args(CHECK), b"").expect(0);
        assert_eq!(run.stderr.starts_with("warning: other users can read this file"), is_warned);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verbose_output_shows_requests_without_secrets() {
    let fixture = Fixture::new().await;
    let run = fixture
        .run(&["--verbose", "run-report", "--report-type", "IDENTITIES", "-o", "out/"])
        .expect(0);
    let token = fixture.tenant.requests_to(Operation::StartReport)[0]
        .header("authorization")
        .unwrap()
        .to_owned();
    let token = token.strip_prefix("Bearer ").unwrap();
    let base = fixture.tenant.base_url();
    for line in [
        format!("> POST {base}/oauth/token"),
        format!("> POST {base}/v3/reports/run"),
        ">   authorization: ***".to_owned(),
        "< 200 OK".to_owned(),
    ] {
        assert!(run.stderr.lines().any(|shown| shown == line), "{line}\n{}", run.stderr);
    }
    let all = format!("{}{}", run.stdout, run.stderr);
    assert!(!all.contains(token) && !all.contains(fixture.tenant.client_secret()));
    assert_eq!(run.stdout, "out/Identities Report.csv\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_not_sent_to_the_host_of_another_flag() {
    let (fixture, other) = (Fixture::new().await, Fixture::new().await);
    let foreign = other.tenant.base_url();
    let config = json!({
        "BaseURL": fixture.tenant.base_url(),
        "ClientId": fixture.tenant.client_id(),
        "ClientSecret": fixture.tenant.client_secret(),
    });
    fixture.write("config.json", &config.to_string());
    for command in [|fixture: &Fixture| fixture.command(), |fixture: &Fixture| fixture.bare()] {
        for words in [["--base-url", foreign], ["--tenant", "another"]] {
            let run = finish(command(&fixture).args(["get-report-result", "1"]).args(words), b"");
            let run = run.expect(3);
            assert!(run.stderr.contains("the secret of "), "{}", run.stderr);
            assert!(run.stderr.contains("--send-secret-to-other-host"), "{}", run.stderr);
            assert!(!run.stderr.contains(fixture.tenant.client_secret()), "{}", run.stderr);
        }
    }
    assert!(other.tenant.requests().is_empty() && fixture.tenant.requests().is_empty());
    let words = ["get-report-result", "1", "--base-url", foreign];
    let allowed = ["--send-secret-to-other-host"];
    finish(fixture.command().args(words).args(allowed), b"");
    assert_eq!(other.tenant.token_requests(), 1);
    // The host of the environment is compared with the host of the file in the same way.
    let run =
        finish(fixture.bare().args(["get-report-result", "1"]).env("SAIL_BASE_URL", foreign), b"");
    let run = run.expect(3);
    assert!(run.stderr.contains("SAIL_CLIENT_ID is not set, SAIL_CLIENT_SECRET is not set"));
    assert_eq!(other.tenant.token_requests(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_environment_is_not_completed_by_a_file() {
    let fixture = Fixture::new().await;
    let (url, id, secret) =
        (fixture.tenant.base_url(), fixture.tenant.client_id(), fixture.tenant.client_secret());
    fixture.write("secret", secret);
    let config = json!({"BaseURL": url, "ClientId": id, "ClientSecret": secret});
    fixture.write("config.json", &config.to_string());
    let base_url = ["--base-url", "https://corp.invalid"];
    let cases: [(&str, &str, &[&str], &str); 4] = [
        ("SAIL_BASE_URL", "https://corp.invalid", &[], "SAIL_CLIENT_SECRET is not set"),
        ("SAIL_CLIENT_ID", "corp", &[], "SAIL_BASE_URL is not set"),
        ("SAIL_CLIENT_ID", "corp", &base_url, "SAIL_CLIENT_SECRET is not set"),
        ("SAIL_CLIENT_SECRET", "", &base_url, "SAIL_CLIENT_SECRET is empty"),
    ];
    for (name, value, words, expected) in cases {
        let mut command = fixture.bare();
        let run = finish(command.env(name, value).args(CHECK).args(words), b"").expect(3);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
    // An id alone is not combined with the secret of another id.
    let run = fixture.run(&["auth", "check", "--client-id", "another"]).expect(3);
    assert!(run.stderr.contains("belongs to another id"), "{}", run.stderr);
    assert!(fixture.tenant.requests().is_empty());
    // The flags complete the environment.
    let mut command = fixture.bare();
    command.args(CHECK).env("SAIL_BASE_URL", url).env("SAIL_CLIENT_ID", id);
    finish(command.args(["--client-secret-file", "secret"]), b"").expect(0);
}
