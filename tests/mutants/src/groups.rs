//! Which modules belong together, and which suites guard them.

/// Modules whose mutants are counted together.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) package: &'static Package,
    /// The modules below the folder of the package: a file, or all of a folder (`auth/*`).
    pub(crate) modules: &'static [&'static str],
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
    pub(crate) name: &'static str,
    /// The folders that have the code; of the runtime, also its copy in the generated client.
    pub(crate) folders: &'static [&'static str],
    /// How many lines a file of the second folder has before those of the first.
    pub(crate) header: usize,
    /// The files that begin the crates.
    pub(crate) roots: &'static [&'static str],
    /// The suites, those that take longer last: the folder of their package, and what builds them.
    pub(crate) suites: &'static [(&'static str, &'static [&'static str])],
    /// The tests that go through the cases of a folder, and the folder: they are run case by case.
    pub(crate) by_case: &'static [(&'static str, &'static str)],
}

pub(crate) static RUNTIME: Package = Package {
    name: "runtime",
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
    by_case: &[],
};

pub(crate) static GENERATOR: Package = Package {
    name: "generator",
    folders: &["generator/src"],
    header: 0,
    roots: &["generator/src/lib.rs"],
    suites: &[
        ("generator", &["-p", "clientgen", "--lib"]),
        ("generator", &["-p", "clientgen", "--test=documents"]),
    ],
    by_case: &[
        ("snapshots::cases_are_generated_as_before", "tests/cases"),
        ("diagnostics::faults_are_reported_as_before", "tests/faults"),
    ],
};

const fn group(
    name: &'static str,
    package: &'static Package,
    modules: &'static [&'static str],
) -> Group {
    Group { name, package, modules }
}

pub(crate) static GROUPS: &[Group] = &[
    group("redirect", &RUNTIME, &["redirect"]),
    group("auth", &RUNTIME, &["auth/*"]),
    group("credentials", &RUNTIME, &["credential_files", "credential_source", "secret"]),
    group("success", &RUNTIME, &["success"]),
    group("sensitive", &RUNTIME, &["sensitive", "masking"]),
    group("retry", &RUNTIME, &["retry"]),
    group("rate_limit", &RUNTIME, &["rate_limit"]),
    group("polling", &RUNTIME, &["polling/*"]),
    group("transport", &RUNTIME, &["transport/*"]),
    group("download", &RUNTIME, &["download/*"]),
    group("disk", &RUNTIME, &["disk/*"]),
    group("load", &GENERATOR, &["load/*"]),
    group("overlay", &GENERATOR, &["overlay/*"]),
    group("name", &GENERATOR, &["name/*"]),
    group("lower", &GENERATOR, &["lower/*"]),
];
