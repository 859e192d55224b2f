//! Names of all items that the crate declares.
//!
//! Takes the IR, and returns a table ([`Names`]) from the numbers of its items to identifiers, files, Cargo
//! features, commands and flags. The IR does not change. Names are claimed in sorted order, in a `Scope`
//! for each namespace, so neither the order of the document nor the names of the runtime matter.
//!
//! Leaves to others: tokens ([`emit`](crate::emit)), and which types belong to a group
//! ([`analyze`](crate::analyze)). Emitters look names up and make none.
//!
//! | module | what it does |
//! |---|---|
//! | [`commands`] | names the commands and flags of the program |
//! | `groups` | names groups of operations, and keeps their namespaces |
//! | `ident` | the type of identifiers, which only these modules create |
//! | `identifier` | converts any string to an identifier |
//! | `mock` | names the items of the mock server |
//! | `operations` | names operations, their parameters, bodies and responses |
//! | `reserved` | lists the reserved names of each scope |
//! | `scope` | keeps the names of a namespace distinct |
//! | `shared` | names modules and features of groups, errors, headers, settings of the builder |
//! | `table` | the table |
//! | `types` | names types and their members |
//! | `variants` | names the variants of unions |

pub mod commands;
mod groups;
mod ident;
mod identifier;
mod mock;
mod operations;
mod reserved;
mod scope;
mod shared;
mod table;
mod types;
mod variants;

use crate::config::{Config, Extra};
use crate::ir::{Api, Type, WireName};
use crate::limits::Steps;
pub use ident::Ident;
use identifier::{Case, identifier};
pub use scope::is_keyword;
pub use table::{Named, Names};

/// Names all items.
///
/// If the step limit is exceeded, names may be equal, and the table must not be used.
pub fn name(api: &Api, config: &Config, steps: &Steps) -> Names {
    let mut names = Names::new(config);
    types::types(api, config, &mut names, steps);
    shared::groups(api, config, &mut names, steps);
    operations::operations(api, config, &mut names, steps);
    shared::errors(api, &mut names, steps);
    shared::headers(api, &mut names, steps);
    shared::builder(api, &mut names, steps);
    mock::names(api, &mut names, steps);
    // They repeat the properties of a body for each operation that takes it.
    if config.extras.contains(&Extra::Cli) {
        names.commands = commands::commands(api, steps);
    }
    names
}

/// Describes a type in a form that does not depend on the order of declarations.
fn shown(ty: &Type, names: &Names) -> String {
    match ty {
        Type::Named(id) => names.ty(*id).to_string(),
        Type::Array(item) => format!("[{}]", shown(item, names)),
        Type::Map(item) => format!("{{{}}}", shown(item, names)),
        Type::Nullable(item) => format!("{}?", shown(item, names)),
        Type::Tuple(items) => items.iter().map(|item| shown(item, names) + ",").collect(),
        Type::Extern(of) => of.path.to_string(),
        Type::Any | Type::Boolean | Type::Integer(_) | Type::Number(_) | Type::String(_) => {
            format!("{ty:?}")
        }
    }
}

/// Returns the sort key of a name: names that already are identifiers come first.
fn claim_order(wire: &WireName, case: Case) -> (bool, WireName) {
    (identifier(&wire.0, case) != wire.0, wire.clone())
}

/// Returns the items, sorted by a key.
fn sorted_by<T, K: Ord>(items: &[T], key: impl Fn(&T) -> K) -> Vec<&T> {
    let mut sorted: Vec<&T> = items.iter().collect();
    sorted.sort_by_cached_key(|item| key(item));
    sorted
}

/// Joins a prefix and an identifier.
fn joined(prefix: &str, ident: &Ident) -> Ident {
    Ident::new(format!("{prefix}_{}", ident.plain()))
}

#[cfg(test)]
mod tests;
