//! The public items of the committed crate and their signatures, so that a change of the API is
//! seen for what it is.

mod public_items;

use std::fs;
use std::path::Path;

use syn::Item;

use public_items::list;

#[test]
fn the_public_api_is_as_before() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated-client/src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let mut text = String::new();
    for path in files {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
        let mut lines = Vec::new();
        // The macros of the runtime are no API, but what the rest declares with them is.
        let in_runtime = name.starts_with("runtime/");
        let items = file.items.iter();
        let items = items.filter(|item| !(in_runtime && matches!(item, Item::Macro(_))));
        items.for_each(|item| list(item, &mut lines));
        if !lines.is_empty() {
            text.push_str(&format!("// {name}\n{}\n\n", lines.join("\n")));
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("cases");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("public_api", text));
}
