//! The settings of a client as inputs of the generator: a source and a configuration.

use std::path::Path;

use clientgen::source::read_named;
use clientgen::{Attributes, Config};

use super::Project;
use super::settings::{Client, Dependency, Derive, Package};
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
        customize(client, &mut config.customization);
        package(&client.package, &mut config.package)?;
        config.package.dependencies =
            client.dependencies.iter().map(|(name, one)| (name.clone(), dependency(one))).collect();
        Ok((source, config))
    }
}

/// Copies the names, types and attributes of the generated code.
fn customize(client: &Client, custom: &mut clientgen::Customization) {
    custom.formats.clone_from(&client.formats);
    custom.replace.clone_from(&client.replace);
    let (from, to) = (&client.rename, &mut custom.rename);
    to.types.clone_from(&from.types);
    to.fields.clone_from(&from.fields);
    to.values.clone_from(&from.values);
    to.operations.clone_from(&from.operations);
    to.tags.clone_from(&from.tags);
    let attributes = |one: &Derive| Attributes {
        schemas: one.schemas.clone(),
        derive: one.traits.clone(),
        attributes: one.attributes.clone(),
    };
    custom.attributes = client.derive.iter().map(attributes).collect();
}

fn dependency(settings: &Dependency) -> clientgen::Dependency {
    let mut dependency = clientgen::Dependency::default();
    match settings {
        Dependency::Version(version) => dependency.version = Some(version.clone()),
        Dependency::Detailed(detailed) => {
            dependency.version.clone_from(&detailed.version);
            dependency.path.clone_from(&detailed.path);
            dependency.git.clone_from(&detailed.git);
            dependency.rev.clone_from(&detailed.rev);
            dependency.package.clone_from(&detailed.package);
            dependency.features.clone_from(&detailed.features);
            dependency.no_default_features = detailed.default_features == Some(false);
        }
    }
    dependency
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
