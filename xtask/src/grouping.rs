//! The options that say how methods are grouped, for commands that generate or describe a crate.

use clap::Args;
use clientgen::{Config, Methods};

/// How operations are grouped.
#[derive(Debug, Args)]
pub(crate) struct Grouping {
    /// How methods are grouped: `flat`, all are methods of the client; `tag`, by tag
    /// (`client.users().list()`); `id`, by the part of operation ids before a `/` [default: flat]
    #[arg(long, value_name = "GROUPING", value_parser = methods, default_value = "flat", hide_default_value = true)]
    methods: Methods,
    /// Put each group of operations behind a Cargo feature of its own; all are on by default
    #[arg(long)]
    group_features: bool,
}

/// The values of `--methods`.
const METHODS: [(&str, Methods); 3] =
    [("flat", Methods::Flat), ("tag", Methods::ByTag), ("id", Methods::ById)];

fn methods(name: &str) -> Result<Methods, String> {
    let named = METHODS.iter().find(|(known, _)| *known == name).map(|(_, methods)| *methods);
    named.ok_or_else(|| "the groupings are `flat`, `tag` and `id`".to_owned())
}

impl Grouping {
    /// Applies the options to a configuration.
    pub(crate) fn apply(&self, config: &mut Config) {
        config.methods = self.methods;
        config.group_features = self.group_features;
    }

    /// Returns the options as words of a command line, without defaults.
    pub(crate) fn words(&self) -> Vec<String> {
        let grouping = METHODS.iter().find(|(_, methods)| *methods == self.methods);
        let grouping = grouping.filter(|(_, methods)| *methods != Methods::default());
        let mut words: Vec<String> =
            grouping.into_iter().map(|(name, _)| format!("--methods {name}")).collect();
        words.extend(self.group_features.then(|| "--group-features".to_owned()));
        words
    }
}
