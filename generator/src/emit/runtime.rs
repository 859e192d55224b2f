//! The runtime: real Rust, copied as it stands.

use super::{SourceFile, Sources};

macro_rules! runtime {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../runtime/src/runtime/", $path)))),*]
    };
}

/// Every file of the runtime. A test compares the list with the folder.
const FILES: &[(&str, &str)] = runtime![
    "api.rs",
    "auth/cache.rs",
    "auth/credentials.rs",
    "auth/endpoint.rs",
    "auth/mod.rs",
    "base_url.rs",
    "blocking.rs",
    "body/form.rs",
    "body/mod.rs",
    "body/pieces.rs",
    "body/upload.rs",
    "builder.rs",
    "client.rs",
    "credential_files.rs",
    "download/file_name.rs",
    "download/kind.rs",
    "download/mod.rs",
    "download/save.rs",
    "error/api.rs",
    "error/mod.rs",
    "header.rs",
    "incoming/events.rs",
    "incoming/items.rs",
    "incoming/lines.rs",
    "incoming/mod.rs",
    "media_type.rs",
    "mod.rs",
    "model/base64.rs",
    "model/decimal.rs",
    "model/kept.rs",
    "model/mod.rs",
    "model/nullable.rs",
    "model/object.rs",
    "model/open_enum.rs",
    "model/union.rs",
    "operation.rs",
    "parameter/encoding.rs",
    "parameter/mod.rs",
    "parameter/node.rs",
    "polling/export.rs",
    "polling/job.rs",
    "polling/mod.rs",
    "polling/outcome.rs",
    "polling/pace.rs",
    "polling/plan.rs",
    "polling/watch.rs",
    "rate_limit.rs",
    "reply.rs",
    "request/declare.rs",
    "request/mod.rs",
    "retry.rs",
    "secret.rs",
    "security.rs",
    "transport.rs",
];

/// `src/runtime/…`
pub(super) fn files() -> Sources {
    let file = |(path, text): &(&str, &str)| {
        (format!("src/runtime/{path}"), SourceFile::Rust(without_tests(text).to_owned()))
    };
    FILES.iter().map(file).collect()
}

/// The runtime is tested where it is written, and its tests need what is only there.
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
    fn every_file_of_the_runtime_is_copied() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime/src/runtime");
        let mut found = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("tests.rs") {
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
