//! The public items of the committed crate and their signatures, as a snapshot that shows each
//! change of the API.

use std::fs;
use std::path::Path;

use clientgen::FileTree;
use tests::snapshots;

#[test]
fn the_public_api_is_that_of_the_snapshot() {
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
    let api = tests::public_api::list(&files).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    snapshots::in_folder(&folder).bind(|| insta::assert_snapshot!("public_api", api));
}
