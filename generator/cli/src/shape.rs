//! The options that say which operations a crate has, and how they are grouped: for commands that generate
//! or describe a crate.

use clap::{Args, ValueEnum};

use crate::project::settings::{Client, Methods};

/// Which operations a crate has, and how they are grouped.
#[derive(Debug, Default, Args)]
pub(crate) struct Shape {
    /// Keep this path of the API and the paths below it; `*` matches any characters except a slash,
    /// `**` any characters. --path, --tag and --operation can be repeated and combined: an
    /// operation is kept if one of them matches
    #[arg(long, value_name = "PATH")]
    path: Vec<String>,
    /// Keep the operations with this tag; `*` matches any characters
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Keep the operation with this id; `*` matches any characters
    #[arg(long, value_name = "ID")]
    operation: Vec<String>,
    /// How the methods of operations are grouped
    #[arg(long, value_enum, value_name = "GROUPING")]
    methods: Option<Methods>,
    /// Put each group of operations behind a Cargo feature of its own; all are on by default
    #[arg(long)]
    group_features: bool,
}

impl Shape {
    /// Overrides the settings of a client with the options that were given.
    pub(crate) fn apply(&self, client: &mut Client) {
        let select = &mut client.select;
        if !(self.path.is_empty() && self.tag.is_empty() && self.operation.is_empty()) {
            select.paths.clone_from(&self.path);
            select.tags.clone_from(&self.tag);
            select.operations.clone_from(&self.operation);
        }
        client.methods = self.methods.unwrap_or(client.methods);
        client.group_features |= self.group_features;
    }

    /// Returns the options that were given, as names and values.
    pub(crate) fn given(&self) -> Vec<(&'static str, Option<String>)> {
        let texts = |name, values: &[String]| {
            values.iter().map(|value| (name, Some(value.clone()))).collect::<Vec<_>>()
        };
        let mut given = texts("path", &self.path);
        given.extend(texts("tag", &self.tag));
        given.extend(texts("operation", &self.operation));
        let methods = self.methods.and_then(|methods| methods.to_possible_value());
        given.extend(methods.map(|value| ("methods", Some(value.get_name().to_owned()))));
        given.extend(self.group_features.then_some(("group-features", None)));
        given
    }
}
