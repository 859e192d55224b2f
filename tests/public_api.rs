//! The public items of the committed crate and their signatures, so that a change of the API is
//! seen for what it is.

use std::fs;
use std::path::Path;

use clientgen::FileTree;

#[test]
fn the_public_api_is_as_before() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated-client");
    let mut files = FileTree::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
    let text = tests::public_api::list(&files).unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("cases");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("public_api", text));
}
