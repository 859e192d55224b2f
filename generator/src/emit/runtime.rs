//! The runtime: real Rust, copied as it stands.

use super::{SourceFile, Sources};
use crate::config::{Config, Extra};

macro_rules! runtime {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../runtime/src/runtime/", $path)))),*]
    };
}

/// Every file of the runtime, those of extras among them. A test compares the list with the folder.
pub(crate) const FILES: &[(&str, &str)] = runtime![
    "api.rs",
    "auth/bounded.rs",
    "auth/cache.rs",
    "auth/credentials.rs",
    "auth/endpoint.rs",
    "auth/hosts.rs",
    "auth/mod.rs",
    "base_url.rs",
    "blocking.rs",
    "body/form.rs",
    "body/mod.rs",
    "body/pieces.rs",
    "body/upload.rs",
    "builder/body_limits.rs",
    "builder/build.rs",
    "builder/environment.rs",
    "builder/http_client.rs",
    "builder/mod.rs",
    "cli/auth.rs",
    "cli/body.rs",
    "cli/connect.rs",
    "cli/duration.rs",
    "cli/failure.rs",
    "cli/files.rs",
    "cli/grammar.rs",
    "cli/job.rs",
    "cli/lines.rs",
    "cli/mod.rs",
    "cli/operation.rs",
    "cli/pages.rs",
    "cli/request.rs",
    "cli/response.rs",
    "cli/screen.rs",
    "cli/signals.rs",
    "cli/table.rs",
    "cli/text.rs",
    "cli/value.rs",
    "cli/verbose.rs",
    "client.rs",
    "clock.rs",
    "credential_files.rs",
    "credential_source.rs",
    "disk/mod.rs",
    "disk/partial.rs",
    "disk/stale.rs",
    "download/body.rs",
    "download/disposition.rs",
    "download/file_name.rs",
    "download/kind.rs",
    "download/mod.rs",
    "download/resume.rs",
    "download/save.rs",
    "error/api.rs",
    "error/connection.rs",
    "error/mod.rs",
    "error/shown.rs",
    "header.rs",
    "json.rs",
    "masking.rs",
    "media_type.rs",
    "method.rs",
    "mock/bodies.rs",
    "mock/declare.rs",
    "mock/difference.rs",
    "mock/expectation.rs",
    "mock/expected.rs",
    "mock/mod.rs",
    "mock/response_template.rs",
    "mock/state.rs",
    "mod.rs",
    "model/base64.rs",
    "model/decimal.rs",
    "model/decode/capture.rs",
    "model/decode/memory.rs",
    "model/decode/mod.rs",
    "model/decode/number.rs",
    "model/decode/pass.rs",
    "model/decode/reader.rs",
    "model/kept.rs",
    "model/mod.rs",
    "model/nullable.rs",
    "model/object.rs",
    "model/open_enum.rs",
    "model/properties.rs",
    "model/union.rs",
    "operation.rs",
    "operation_servers.rs",
    "parameter/encoding.rs",
    "parameter/mod.rs",
    "parameter/node.rs",
    "polling/event.rs",
    "polling/export.rs",
    "polling/job.rs",
    "polling/mod.rs",
    "polling/outcome.rs",
    "polling/pace.rs",
    "polling/plan.rs",
    "polling/watch.rs",
    "rate_limit.rs",
    "redirect.rs",
    "request/declare.rs",
    "request/mod.rs",
    "response.rs",
    "retry.rs",
    "secret.rs",
    "security.rs",
    "sensitive.rs",
    "server.rs",
    "streaming/events.rs",
    "streaming/items.rs",
    "streaming/lines.rs",
    "streaming/mod.rs",
    "success.rs",
    "transport/exchange.rs",
    "transport/failure.rs",
    "transport/mod.rs",
    "transport/prepare.rs",
    "transport/read.rs",
    "transport/run.rs",
    "transport/sent.rs",
    "wire_log.rs",
];

/// `src/runtime/…`
pub(super) fn files(config: &Config) -> Sources {
    let left_out: Vec<&str> = Extra::ALL
        .into_iter()
        .filter(|extra| !config.extras.contains(extra))
        .map(Extra::feature)
        .collect();
    let is_wanted =
        |path: &str| path.split_once('/').is_none_or(|(folder, _)| !left_out.contains(&folder));
    let wanted = FILES.iter().filter(|(path, _)| is_wanted(path));
    let files = wanted.map(|(path, text)| {
        let text = without_tests(text);
        let text = if *path == "mod.rs" { without_items(text, &left_out) } else { text.to_owned() };
        (format!("src/runtime/{path}"), SourceFile::Rust(text))
    });
    files.collect()
}

/// Removes declarations that are behind some features from the runtime's root. Each is one line.
fn without_items(text: &str, features: &[&str]) -> String {
    let attributes: Vec<String> =
        features.iter().map(|feature| format!("#[cfg(feature = \"{feature}\")]")).collect();
    let mut kept = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if attributes.iter().any(|attribute| attribute == line) {
            lines.next();
        } else {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Removes the tests of a file: the runtime is tested where it is written.
fn without_tests(text: &str) -> &str {
    match text.find("\n#[cfg(test)]\nmod tests") {
        Some(end) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_is_not_asked_for_leaves_no_trace() {
        let config = Config::new("api.yaml", "api");
        let all = files(&config.clone().with_extra(Extra::Cli).with_extra(Extra::Mock));
        let none = files(&config);
        for extra in Extra::ALL.map(Extra::feature) {
            let text = |files: &Sources| format!("{files:?}").contains(&format!("\\\"{extra}\\\""));
            let has_files =
                |files: &Sources| files.keys().any(|path| path.contains(&format!("/{extra}/")));
            assert!(text(&all) && has_files(&all), "{extra}");
            assert!(!text(&none) && !has_files(&none), "{extra}");
        }
    }

    #[test]
    fn every_file_of_the_runtime_is_copied() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime/src/runtime");
        let mut found = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("tests.rs") && !path.with_file_name("").ends_with("tests")
                {
                    let path = path.strip_prefix(&root).unwrap();
                    found.push(path.to_str().unwrap().replace('\\', "/"));
                }
            }
        }
        found.sort();
        let listed: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
        assert_eq!(listed, found);
    }
}
