//! Bytes as several files.

use std::collections::BTreeMap;

/// Cuts a text at each line `=== name` into files. The first one is `spec.yaml`.
pub(crate) fn files(bytes: &[u8]) -> Option<BTreeMap<String, String>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut files = BTreeMap::new();
    let mut name = "spec.yaml".to_owned();
    let mut file = String::new();
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("=== ") {
            Some(next) => {
                files.insert(std::mem::replace(&mut name, next.trim().to_owned()), file);
                file = String::new();
            }
            None => file.push_str(line),
        }
    }
    files.insert(name, file);
    Some(files)
}
