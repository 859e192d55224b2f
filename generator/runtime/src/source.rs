//! The files of [`runtime`](crate::runtime) as text, for the generator, which copies them into each client.

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("runtime/", $path)))),*]
    };
}

/// The path and the text of each file, in the order of their paths.
pub const FILES: &[(&str, &str)] = files![
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_is_listed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/runtime");
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
