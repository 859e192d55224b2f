//! The cases: a document, a change of it, and the program of a user.

use std::fs;
use std::path::{Path, PathBuf};

use clientgen::changes::{Impact, Surface};
use clientgen::{Config, FileTree, source};

/// A change of a document.
pub(crate) struct Case {
    pub(crate) name: String,
    /// A description of the change.
    pub(crate) title: String,
    /// The expected impact on the program.
    pub(crate) impact: Impact,
    /// The folder.
    pub(crate) path: PathBuf,
    /// Whether the case has its own `base.yaml`.
    pub(crate) has_base: bool,
}

/// Returns all cases, sorted by impact and name.
pub(crate) fn cases() -> Vec<Case> {
    let impacts = [Impact::Breaking, Impact::Silent, Impact::Behaviour, Impact::Compatible];
    let cases = impacts.into_iter().flat_map(|impact| {
        let folder = root().join("cases").join(impact.name());
        let mut folders: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        folders.into_iter().map(move |path| case(impact, path))
    });
    cases.collect()
}

fn case(impact: Impact, path: PathBuf) -> Case {
    let change = fs::read_to_string(path.join("change.yaml")).unwrap();
    let change: serde_json::Value = clientgen::load::from_yaml(&change).unwrap();
    Case {
        name: path.file_name().unwrap().to_string_lossy().into_owned(),
        title: change["info"]["title"].as_str().unwrap().to_owned(),
        impact,
        has_base: path.join("base.yaml").exists(),
        path,
    }
}

impl Case {
    /// Returns the API of the crate before the change.
    pub(crate) fn before(&self) -> Surface {
        describe(&self.base("old"))
    }

    /// Returns the API of the crate after the change.
    pub(crate) fn after(&self) -> Surface {
        describe(&self.changed("new"))
    }

    /// Generates the crate before the change.
    pub(crate) fn old_crate(&self, name: &str) -> FileTree {
        generate(&self.base(name))
    }

    /// Generates the crate after the change.
    pub(crate) fn new_crate(&self, name: &str) -> FileTree {
        generate(&self.changed(name))
    }

    fn base(&self, name: &str) -> Config {
        let folder = if self.has_base { &self.path } else { root() };
        Config::new(relative_to_root(&folder.join("base.yaml")), name).strict()
    }

    fn changed(&self, name: &str) -> Config {
        self.base(name).with_overlay(relative_to_root(&self.path.join("change.yaml")))
    }
}

fn describe(config: &Config) -> Surface {
    let description = clientgen::describe(&source::Directory::new(root()), config);
    assert!(description.diagnostics.is_empty(), "{:#?}", description.diagnostics);
    description.surface.unwrap()
}

fn generate(config: &Config) -> FileTree {
    clientgen::generate(&source::Directory::new(root()), config).files.unwrap()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/changes"))
}

fn relative_to_root(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/")
}
