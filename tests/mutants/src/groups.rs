//! Which modules belong together, and which tests guard them.

/// Modules whose mutants are counted together.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) package: &'static Package,
    /// The modules below the folder of the package: a file, or all of a folder (`auth/*`).
    pub(crate) modules: &'static [&'static str],
    /// Parts of names of the tests that are likely to notice: they run first, to save time.
    pub(crate) likely: &'static [&'static str],
}

impl Group {
    /// Whether a file below the folder of the package is in one of the modules.
    pub(crate) fn has(&self, file: &str) -> bool {
        self.modules.iter().any(|module| match module.strip_suffix('*') {
            Some(folder) => file.starts_with(folder),
            None => file.strip_suffix(".rs") == Some(module),
        })
    }
}

/// A package whose code is changed.
pub(crate) struct Package {
    /// The folders that have the code; of the runtime, also its copy in the generated client.
    pub(crate) folders: &'static [&'static str],
    /// How many lines a file of the second folder has before those of the first.
    pub(crate) header: usize,
    /// The files that begin the crates.
    pub(crate) roots: &'static [&'static str],
    /// The suites, those that take longer last: the folder of their package, and what builds them.
    pub(crate) suites: &'static [(&'static str, &'static [&'static str])],
}

pub(crate) static RUNTIME: Package = Package {
    folders: &["generator/runtime/src/runtime", "generated-client/src/runtime"],
    header: 2,
    roots: &["generator/runtime/src/lib.rs", "generated-client/src/lib.rs"],
    suites: &[
        (
            "generator/runtime",
            &["-p", "clientgen-runtime", "--features=blocking,cli,config-files,mock", "--lib"],
        ),
        ("tests", &["-p", "tests", "--test=behaviour", "--test=cli"]),
    ],
};

pub(crate) static GENERATOR: Package = Package {
    folders: &["generator/src"],
    header: 0,
    roots: &["generator/src/lib.rs"],
    suites: &[
        ("generator", &["-p", "clientgen", "--lib"]),
        ("tests", &["-p", "tests", "--test=snapshots", "--test=diagnostics", "--test=hostile"]),
    ],
};

const fn group(
    name: &'static str,
    package: &'static Package,
    modules: &'static [&'static str],
    likely: &'static [&'static str],
) -> Group {
    Group { name, package, modules, likely }
}

pub(crate) static GROUPS: &[Group] = &[
    group("redirect", &RUNTIME, &["redirect"], &["redirect"]),
    group("retry", &RUNTIME, &["retry"], &["retry", "retries"]),
    group("auth", &RUNTIME, &["auth/*"], &["auth", "authentication"]),
    group(
        "credentials",
        &RUNTIME,
        &["credential_files", "credential_source", "secret"],
        &["credential", "environment", "secret"],
    ),
    group("rate_limit", &RUNTIME, &["rate_limit"], &["rate_limit", "waiting"]),
    group("success", &RUNTIME, &["success"], &["success"]),
    group("sensitive", &RUNTIME, &["sensitive"], &["sensitive", "secrets"]),
    group("download", &RUNTIME, &["download/*"], &["download", "resuming"]),
    group("polling", &RUNTIME, &["polling/*"], &["polling", "lifecycle"]),
    group(
        "transport",
        &RUNTIME,
        &["transport/*"],
        &["transport", "retries", "errors", "timeouts", "wire", "silence"],
    ),
    group("disk", &RUNTIME, &["disk/*"], &["disk", "saving"]),
    group("load", &GENERATOR, &["load/*"], &["load"]),
    group("overlay", &GENERATOR, &["overlay/*"], &["overlay"]),
    group("name", &GENERATOR, &["name/*"], &["name"]),
    group("lower", &GENERATOR, &["lower/*"], &["lower"]),
];
