//! The documents that mutants are derived from.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tests::cases::cases;

/// A document with all its files.
#[derive(Debug, Clone)]
pub(crate) struct Seed {
    /// The name in reports.
    pub(crate) name: String,
    /// The path of the document among the files.
    pub(crate) document: String,
    /// The path of its overlay, if it has one.
    pub(crate) overlay: Option<String>,
    /// The files by path.
    pub(crate) files: BTreeMap<String, String>,
}

/// Returns the documents of all cases, those with faults, and that of the generated client.
pub(crate) fn of_the_tests() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for case in [cases("cases").unwrap(), cases("faults").unwrap()].concat() {
        let mut files = BTreeMap::new();
        read(&case.path, "", &mut files);
        let overlay = files.contains_key("overlay.yaml").then(|| "overlay.yaml".to_owned());
        seeds.push(Seed { name: case.name, document: "spec.yaml".to_owned(), overlay, files });
    }
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let mut files = BTreeMap::new();
    read(&spec, "", &mut files);
    let overlay = Some("reports.overlay.yaml".to_owned());
    seeds.push(Seed { name: "reports".into(), document: "reports.yaml".into(), overlay, files });
    seeds
}

/// Returns the documents directly in a folder, each as a seed.
pub(crate) fn of_a_folder(folder: &Path) -> Vec<Seed> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            add(&path, path.file_name().unwrap().to_str().unwrap(), &mut files);
        }
    }
    let seed = |(path, content): (String, String)| Seed {
        name: path.replace('.', "-"),
        document: path.clone(),
        overlay: None,
        files: BTreeMap::from([(path, content)]),
    };
    files.into_iter().map(seed).collect()
}

/// Reads the YAML and JSON files in a folder and its subfolders.
fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = prefix.to_owned() + path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            read(&path, &(name + "/"), files);
        } else {
            add(&path, &name, files);
        }
    }
}

fn add(path: &Path, name: &str, files: &mut BTreeMap<String, String>) {
    if [".yaml", ".yml", ".json"].iter().any(|extension| name.ends_with(extension)) {
        files.insert(name.to_owned(), fs::read_to_string(path).unwrap());
    }
}
