//! The settings of a client as inputs of the generator: a source and a configuration.

use std::path::Path;

use clientgen::Config;
use clientgen::source::read_named;

use super::Project;
use super::settings::{Client, Package};
use crate::labelled::LabelledFiles;
use crate::reading::Reading;

impl Project {
    /// Returns the source and the configuration of a client.
    ///
    /// # Errors
    ///
    /// A setting has a value that is not allowed, or the licence cannot be read.
    pub(crate) fn inputs(
        &self,
        client: &Client,
        reading: &Reading,
    ) -> Result<(LabelledFiles, Config), String> {
        let folder = self.folder();
        let reading = reading.over(client)?;
        let mut source = LabelledFiles::new(&client.input, folder, &reading);
        let document = source.add(&client.input, folder);
        let mut config = Config::new(document, &client.package.name).with_limits(reading.limits());
        config.overlays =
            client.overlays.iter().map(|overlay| source.add(overlay, folder)).collect();
        config.selection.paths.clone_from(&client.select.paths);
        config.selection.tags.clone_from(&client.select.tags);
        config.selection.operations.clone_from(&client.select.operations);
        config.extras = client.extras.iter().map(|extra| (*extra).into()).collect();
        config.methods = client.methods.into();
        config.group_features = client.group_features;
        config.strict = client.strict;
        package(&client.package, &mut config.package)?;
        Ok((source, config))
    }
}

/// Copies the metadata of a crate.
fn package(settings: &Package, package: &mut clientgen::Package) -> Result<(), String> {
    if let Some(version) = &settings.version {
        package.version.clone_from(version);
    }
    if let Some(version) = &settings.rust_version {
        package.rust_version.clone_from(version);
    }
    package.authors.clone_from(&settings.authors);
    package.description.clone_from(&settings.description);
    package.license.clone_from(&settings.license);
    package.license_text = settings.license_file.as_deref().map(license).transpose()?;
    package.repository.clone_from(&settings.repository);
    package.homepage.clone_from(&settings.homepage);
    package.keywords.clone_from(&settings.keywords);
    package.categories.clone_from(&settings.categories);
    package.publish = settings.publish;
    Ok(())
}

/// The maximum size of a licence, in bytes.
const MAX_LICENSE_BYTES: u64 = 1 << 20;

fn license(file: &Path) -> Result<String, String> {
    read_named(file, MAX_LICENSE_BYTES).map_err(|error| format!("{}: {error}", file.display()))
}
