//! The cases below `tests/`: small documents, each about one feature of OpenAPI or one fault.
//!
//! This file is also a module of `generator/tests/documents`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clientgen::source::Directory;
use clientgen::{Attributes, Config, Customization, Extra, Generation, Methods};

/// A small document about one feature.
#[derive(Debug, Clone)]
pub struct Case {
    /// The name of the folder, which is that of the feature.
    pub name: String,
    /// The folder of the document.
    pub path: PathBuf,
}

impl Case {
    /// Returns the configuration of the case: its document, its overlay if it has one, and the
    /// options in the file `with`.
    pub fn config(&self, crate_name: &str) -> Config {
        let config = Config::new("spec.yaml", crate_name);
        let config = match self.path.join("overlay.yaml").exists() {
            true => config.with_overlay("overlay.yaml"),
            false => config,
        };
        let config = match (self.has("methods-by-tag"), self.has("methods-by-id")) {
            (true, _) => config.with_methods(Methods::ByTag),
            (_, true) => config.with_methods(Methods::ById),
            (false, false) => config,
        };
        let config = match self.has("group-features") {
            true => config.with_group_features(),
            false => config,
        };
        let mut config = self.extras().into_iter().fold(config, Config::with_extra);
        config.customization = self.customization();
        for (name, feature) in self.pairs("feature-of") {
            config.package.dependencies.entry(name).or_default().features.push(feature);
        }
        config
    }

    /// Returns the names, types and attributes in the file `with`.
    fn customization(&self) -> Customization {
        let mut custom = Customization::default();
        custom.formats = self.pairs("format").into_iter().collect();
        custom.replace = self.pairs("replace").into_iter().collect();
        custom.rename.types = self.pairs("rename-type").into_iter().collect();
        custom.rename.operations = self.pairs("rename-operation").into_iter().collect();
        let tags = self.pairs("rename-tag").into_iter();
        custom.rename.tags = tags.map(|(tag, name)| (tag.replace('_', " "), name)).collect();
        for (option, names) in [
            ("rename-field", &mut custom.rename.fields),
            ("rename-value", &mut custom.rename.values),
        ] {
            for (member, name) in self.pairs(option) {
                let (schema, member) = member.rsplit_once('.').expect("a schema and a member");
                names.entry(schema.to_owned()).or_default().insert(member.to_owned(), name);
            }
        }
        let derive = self.pairs("derive").into_iter().map(|(schema, path)| Attributes {
            schemas: vec![schema],
            derive: vec![path],
            attributes: Vec::new(),
        });
        let attributes = self.pairs("attribute").into_iter().map(|(schema, attribute)| {
            Attributes { schemas: vec![schema], derive: Vec::new(), attributes: vec![attribute] }
        });
        custom.attributes = derive.chain(attributes).collect();
        custom
    }

    /// Returns the keys and values of an option of the form `option=key=value`.
    fn pairs(&self, option: &str) -> Vec<(String, String)> {
        let options = fs::read_to_string(self.path.join("with")).unwrap_or_default();
        let words = options.split_whitespace();
        let pairs =
            words.filter_map(|word| word.strip_prefix(option)?.strip_prefix('=')?.split_once('='));
        pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    /// Returns the extras of the crate.
    pub fn extras(&self) -> Vec<Extra> {
        Extra::ALL.into_iter().filter(|extra| self.has(extra.feature())).collect()
    }

    /// Returns whether the file `with` lists an option.
    fn has(&self, option: &str) -> bool {
        let options = fs::read_to_string(self.path.join("with")).unwrap_or_default();
        options.split_whitespace().any(|listed| listed == option)
    }

    /// Generates a crate from the document.
    pub fn generate(&self, crate_name: &str) -> Generation {
        clientgen::generate(&Directory::new(&self.path), &self.config(crate_name))
    }
}

/// Returns the cases in a folder below `tests/`, sorted by name. If the environment variable `CASE` is
/// set, returns only the cases that it lists, with commas between them, and `minimal`, which others are
/// compared with.
///
/// # Errors
///
/// The folder cannot be read.
pub fn cases(folder: &str) -> io::Result<Vec<Case>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests").join(folder);
    let wanted = std::env::var("CASE").ok();
    let is_listed = |list: &String, name: &str| list.split(',').any(|listed| listed == name);
    let is_wanted =
        |name: &str| name == "minimal" || wanted.as_ref().is_none_or(|list| is_listed(list, name));
    let mut cases = Vec::new();
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        if path.join("spec.yaml").exists() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if is_wanted(&name) {
                cases.push(Case { name, path });
            }
        }
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(cases)
}
