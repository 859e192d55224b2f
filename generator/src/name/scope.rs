//! Identifiers that stand side by side, and must differ.

use std::collections::{BTreeMap, BTreeSet};

use crate::escape;
use crate::ir::Ident;
use crate::limits::Steps;

/// The keywords of the 2024 edition, with those reserved for later (The Rust Reference, Keywords).
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "Self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Whether a name is a word of the language.
pub fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// Keywords that cannot be written as raw identifiers.
const NEVER_RAW: [&str; 4] = ["crate", "self", "Self", "super"];

/// A set of identifiers that must differ.
pub(super) struct Scope<'s> {
    steps: &'s Steps,
    reserved: &'static [&'static str],
    taken: BTreeSet<String>,
    /// The number behind a name that was tried last. Many names can be alike.
    numbers: BTreeMap<String, usize>,
}

impl<'s> Scope<'s> {
    /// A scope in which some names are not free.
    pub(super) fn new(steps: &'s Steps, reserved: &'static [&'static str]) -> Self {
        Self { steps, reserved, taken: BTreeSet::new(), numbers: BTreeMap::new() }
    }

    /// Takes a name, or one like it: with a word behind it if it is reserved, with a number if it is
    /// taken. Keywords count as reserved.
    pub(super) fn claim(&mut self, name: &str, word: &str) -> Ident {
        self.take(name, word, is_keyword)
    }

    /// Takes a name, which is written as a raw identifier if it is a keyword.
    pub(super) fn claim_raw(&mut self, name: &str, word: &str) -> Ident {
        let Ident(name) = self.take(name, word, |name| NEVER_RAW.contains(&name));
        if is_keyword(&name) { Ident(format!("r#{name}")) } else { Ident(name) }
    }

    /// Takes a name for a module, which is that of its file as well: it has no letters that are not the
    /// same on every system, and is the same as no other even if case does not count.
    pub(super) fn claim_file(&mut self, name: &str, word: &str) -> Ident {
        let file = escape::path_component(name);
        // What ends like this would be the name of a device.
        let file = if file.ends_with('_') { file + word } else { file };
        self.claim(&file, word)
    }

    fn take(&mut self, name: &str, word: &str, forbidden: impl Fn(&str) -> bool) -> Ident {
        let lower = name.chars().next().is_some_and(char::is_lowercase);
        let join = |word: &str| {
            if lower { format!("{name}_{word}") } else { format!("{name}{word}") }
        };
        let free = if forbidden(name) || self.reserved.contains(&name) {
            join(word)
        } else {
            name.to_owned()
        };
        let mut candidate = free.clone();
        // A long name takes longer to make and to compare.
        let cost = 1 + candidate.len() / 64;
        while self.steps.take_each(cost) && !self.taken.insert(candidate.clone()) {
            let number = self.numbers.entry(free.clone()).or_insert(1);
            *number += 1;
            candidate = if lower { format!("{free}_{number}") } else { format!("{free}{number}") };
        }
        Ident(candidate)
    }
}

/// Names that mean something else where the generated ones stand.
pub(super) mod reserved {
    /// The prelude, and what files of types import.
    pub(in crate::name) const TYPES: &[&str] = &[
        "AsMut",
        "AsRef",
        "Box",
        "Clone",
        "Copy",
        "Base64",
        "Date",
        "DateTime",
        "Debug",
        "Decimal",
        "Default",
        "Drop",
        "Eq",
        "Err",
        "Fn",
        "FnMut",
        "FnOnce",
        "Form",
        "From",
        "FromIterator",
        "Future",
        "Hash",
        "Into",
        "IntoFuture",
        "IntoIterator",
        "Iterator",
        "Json",
        "None",
        "Nullable",
        "Ok",
        "Option",
        "Ord",
        "PartialEq",
        "PartialOrd",
        "Properties",
        "Result",
        "Secret",
        "Send",
        "Sized",
        "Some",
        "Span",
        "String",
        "Sync",
        "Test",
        "Time",
        "ToOwned",
        "ToString",
        "TryFrom",
        "TryInto",
        "Unpin",
        "Upload",
        "Value",
        "Vec",
        "ErrorBody",
    ];
    /// Names that a file of a module cannot have.
    pub(in crate::name) const MODULES: &[&str] = &["mod", "lib", "main"];
    /// The same, and what files that declare the modules of groups import, or look for in paths.
    pub(in crate::name) const GROUPS: &[&str] =
        &["mod", "lib", "main", "alloc", "cli", "core", "std", "types"];
    /// The field that every object has.
    pub(in crate::name) const FIELDS: &[&str] = &["additional_properties"];
    /// The variable in the methods of forms.
    pub(in crate::name) const PARTS: &[&str] = &["form"];
    /// The variant, and the constant, that every enum has.
    pub(in crate::name) const VALUES: &[&str] = &["Unknown"];
    /// The variant that every union has.
    pub(in crate::name) const VARIANTS: &[&str] = &["Other"];
    /// The variant that the enum of error bodies has.
    pub(in crate::name) const ERROR_BODIES: &[&str] = &["Undocumented"];
    /// The methods that every client has.
    pub(in crate::name) const METHODS: &[&str] = &[
        "borrow",
        "borrow_mut",
        "builder",
        "clone",
        "clone_from",
        "fmt",
        "from",
        "from_env",
        "into",
        "to_owned",
        "try_from",
        "try_into",
        "type_id",
    ];
    /// What files of operations import, and the prelude.
    pub(in crate::name) const REQUEST_TYPES: &[&str] = &[
        "Base64",
        "Box",
        "ResponseCase",
        "Client",
        "Date",
        "Decimal",
        "Download",
        "Err",
        "Error",
        "EventStream",
        "From",
        "Future",
        "StreamingResponse",
        "JsonLines",
        "Location",
        "Method",
        "None",
        "Ok",
        "Operation",
        "Option",
        "Parameter",
        "Properties",
        "Request",
        "Response",
        "Result",
        "Secret",
        "Send",
        "Some",
        "Span",
        "String",
        "Style",
        "Time",
        "Upload",
        "Value",
        "Vec",
        "DateTime",
        "ErrorBody",
        "ErrorCase",
        "Statuses",
        "IntoFuture",
        "Into",
        "Debug",
    ];
    /// The methods that every request has, and the variables in them.
    pub(in crate::name) const SETTERS: &[&str] = &[
        "attempt_timeout",
        "into_future",
        "response",
        "retry",
        "send",
        "timeout",
        "with_header",
        "with_secret_header",
        "client",
        "request",
    ];
    /// The methods that every mock has.
    pub(in crate::name) const MOCK: &[&str] =
        &["base_url", "client", "start", "verify", "with_builder"];
    /// The methods that every expectation has, and the variables in them.
    pub(in crate::name) const EXPECTATION: &[&str] = &[
        "any_times",
        "expect",
        "given",
        "new",
        "once",
        "respond",
        "respond_status",
        "times",
        "to",
        "with_header",
    ];
    /// The methods that every builder has, those that are not public among them.
    pub(in crate::name) const BUILDER: &[&str] = &[
        "allow_http",
        "attempt_timeout",
        "base_path",
        "base_url",
        "build",
        "certificates",
        "client_credentials",
        "connect_timeout",
        "credential",
        "discover",
        "endpoint",
        "environment",
        "given",
        "http_client",
        "http_client_for",
        "idle_timeout",
        "limiter",
        "max_error_bytes",
        "max_response_bytes",
        "max_shared_pause",
        "max_token_bytes",
        "new",
        "new_http_client",
        "rate_limit",
        "redirect_origins",
        "refused_host",
        "retry",
        "root_certificate",
        "secret_leaves_its_host",
        "send_secret_to_other_host",
        "server_variable",
        "strict_decoding",
        "timeout",
        "token",
        "token_origins",
        "token_source",
        "tokens",
        "user_agent",
        "with_source",
        "without_rate_limit",
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_methods_of_builders_are_all_listed() {
        let sources = [
            include_str!("../../runtime/src/runtime/builder/body_limits.rs"),
            include_str!("../../runtime/src/runtime/builder/build.rs"),
            include_str!("../../runtime/src/runtime/builder/environment.rs"),
            include_str!("../../runtime/src/runtime/builder/http_client.rs"),
            include_str!("../../runtime/src/runtime/builder/mod.rs"),
        ];
        let methods = sources.iter().flat_map(|source| source.lines()).filter_map(|line| {
            let line = line.strip_prefix("    ")?;
            let line = line.strip_prefix("pub ").unwrap_or(line);
            let line = line.strip_prefix("pub(crate) ").unwrap_or(line);
            let line = line.strip_prefix("pub(super) ").unwrap_or(line);
            Some(line.strip_prefix("fn ")?.split(['(', '<']).next()?.to_owned())
        });
        let mut methods: Vec<String> = methods.filter(|name| name != "fmt").collect();
        methods.sort();
        assert_eq!(methods, reserved::BUILDER);
    }

    #[test]
    fn names_differ() {
        let steps = Steps::default();
        let mut scope = Scope::new(&steps, &["Other"]);
        let claimed: Vec<String> = ["Asc", "Asc", "Asc", "Other", "Self"]
            .iter()
            .map(|name| scope.claim(name, "Value").0)
            .collect();
        assert_eq!(claimed, ["Asc", "Asc2", "Asc3", "OtherValue", "SelfValue"]);
        let raw: Vec<String> = ["type", "type", "self", "gen"]
            .iter()
            .map(|name| scope.claim_raw(name, "property").0)
            .collect();
        assert_eq!(raw, ["r#type", "type_2", "self_property", "r#gen"]);
    }
}
