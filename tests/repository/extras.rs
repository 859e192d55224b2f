//! The extras of the committed crate add no dependencies unless their features are enabled.

use std::process::Command;

/// The dependencies that only an extra needs, with its feature.
const EXTRA_DEPENDENCIES: [(&str, &str); 8] = [
    ("cli", "clap"),
    ("cli", "clap_complete"),
    ("cli", "clap_mangen"),
    ("cli", "comfy-table"),
    ("cli", "console"),
    ("cli", "indicatif"),
    ("cli", "tracing-subscriber"),
    ("mock", "wiremock"),
];

/// Returns the dependencies of the crate with the default features and `features`.
fn dependencies(features: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--package", "sailpoint-reports"])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(["--features", &features.join(",")])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn has(dependencies: &str, name: &str) -> bool {
    dependencies.lines().any(|line| line.split(' ').next() == Some(name))
}

#[test]
fn dependencies_of_extras_need_their_features() {
    let by_default = dependencies(&[]);
    assert!(has(&by_default, "reqwest"), "{by_default}");
    for (feature, name) in EXTRA_DEPENDENCIES {
        assert!(!has(&by_default, name), "`{name}` is used without `{feature}`:\n{by_default}");
        let with_feature = dependencies(&[feature]);
        assert!(has(&with_feature, name), "`{name}` is not used with `{feature}`:\n{with_feature}");
    }
}
