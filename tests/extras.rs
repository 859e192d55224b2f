//! What the committed crate has besides its client costs those nothing who do not ask for it.

use std::process::Command;

/// The crates that only an extra needs, by the feature that it is behind.
const ONLY_FOR: [(&str, &str); 8] = [
    ("cli", "clap"),
    ("cli", "clap_complete"),
    ("cli", "clap_mangen"),
    ("cli", "comfy-table"),
    ("cli", "console"),
    ("cli", "indicatif"),
    ("cli", "tracing-subscriber"),
    ("mock", "wiremock"),
];

/// What the crate depends on, with more features than those that are on by default.
fn tree(features: &[&str]) -> String {
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

fn has(tree: &str, name: &str) -> bool {
    tree.lines().any(|line| line.split(' ').next() == Some(name))
}

#[test]
fn dependencies_of_extras_come_with_their_features_alone() {
    let by_default = tree(&[]);
    assert!(has(&by_default, "reqwest"), "{by_default}");
    for (feature, name) in ONLY_FOR {
        assert!(!has(&by_default, name), "`{name}` is there without `{feature}`:\n{by_default}");
        let with = tree(&[feature]);
        assert!(has(&with, name), "`{name}` is not there with `{feature}`:\n{with}");
    }
}
