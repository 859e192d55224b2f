//! Round trips: instances of component schemas are decoded into their generated types and encoded
//! again, and must come back equal and valid.
//!
//! [`plan`] makes the instances, [`program`] writes the program that is linked with the crates,
//! [`send`] runs it, and [`judge`] says what is wrong with what came back.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use clientgen::diagnostics::Diagnostics;
use clientgen::source::BoundedSource;
use clientgen::{Config, Source, bundle, load, overlay};
use serde_json::Value;

use crate::instances::{Validators, convert, make};

/// An instance to be sent.
#[derive(Debug, Clone)]
pub struct Trip {
    /// The name by which the program knows the type: see [`key`].
    pub key: String,
    /// The component.
    pub component: String,
    /// The instance.
    pub instance: Value,
}

/// What is to be sent through a crate.
#[derive(Debug)]
pub struct Plan {
    /// The instances, all of them valid.
    pub trips: Vec<Trip>,
    /// How many instances are not valid by the independent validator, or could not be made.
    pub skipped: usize,
    validators: Validators,
}

/// The name by which the program knows a type.
pub fn key(crate_name: &str, component: &str) -> String {
    format!("{crate_name}/{component}")
}

/// Makes valid instances of the component schemas that have become types.
///
/// # Errors
///
/// The document cannot be read, or the validator does not take it.
pub fn plan(
    source: &dyn Source,
    config: &Config,
    components: &[(String, String)],
) -> Result<Plan, String> {
    let mut diagnostics = Diagnostics::default();
    let source = &BoundedSource::new(source, &config.limits);
    let document = load::load(source, &config.document, &mut diagnostics);
    let document = document.ok_or("the document cannot be read")?;
    let document = overlay::apply(document, source, &config.overlays, &mut diagnostics);
    let document = convert(bundle::bundle(document, source, &mut diagnostics).value);
    let validators = Validators::new(&document)?;
    let mut plan = Plan { trips: Vec::new(), skipped: 0, validators };
    for (component, _) in components {
        let schema = &document["components"]["schemas"][component.as_str()];
        let (Ok(validator), false) = (plan.validators.of(component), schema.is_null()) else {
            plan.skipped += 1;
            continue;
        };
        let made = make(&document, schema);
        let count = made.len();
        let valid = made.into_iter().filter(|instance| validator.is_valid(instance));
        let (key, before) = (key(&config.crate_name, component), plan.trips.len());
        plan.trips.extend(valid.map(|instance| Trip {
            key: key.clone(),
            component: component.clone(),
            instance,
        }));
        plan.skipped += count.max(1) - (plan.trips.len() - before);
    }
    Ok(plan)
}

impl Plan {
    /// Adds an instance that somebody has written.
    ///
    /// # Errors
    ///
    /// It is not valid, or there is no such component.
    pub fn add(
        &mut self,
        crate_name: &str,
        component: &str,
        instance: Value,
    ) -> Result<(), String> {
        let validator = self.validators.of(component)?;
        validator.validate(&instance).map_err(|error| format!("{instance}: {error}"))?;
        let (key, component) = (key(crate_name, component), component.to_owned());
        self.trips.push(Trip { key, component, instance });
        Ok(())
    }
}

/// The text of the program: it reads a line for each instance, with the type's name and the instance
/// as JSON, and writes one for each, with `=` and what came back or `!` and what went wrong.
pub fn program(crates: &[(String, Vec<(String, String)>)]) -> String {
    let mut arms = String::new();
    for (crate_name, components) in crates {
        let module = crate_name.replace('-', "_");
        for (component, rust) in components {
            let key = key(crate_name, component);
            // Whether a component can be null is said where it is used. A text takes any number of
            // writes.
            let _ = writeln!(
                arms,
                "        {key:?} => round_trip::<Option<{module}::types::{rust}>>(instance),"
            );
        }
    }
    format!(
        "{PROGRAM}\n#[allow(deprecated, reason = \"what should not be used comes through as well\")]\nfn send(key: &str, instance: &str) -> Result<String, String> {{\n    match key {{\n{arms}        _ => {{\n            let _ = instance;\n            Err(format!(\"there is no type for {{key}}\"))\n        }}\n    }}\n}}\n"
    )
}

/// What is the same in every program.
const PROGRAM: &str = r#"//! Sends instances through generated types.

use std::io::{BufRead, Write};

fn main() {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let (key, instance) = line.split_once('\t').expect("a name and an instance");
        let key: String = serde_json::from_str(key).expect("a name");
        let (sign, text) = match send(&key, instance) {
            Ok(text) => ('=', text),
            Err(error) => ('!', error.replace('\n', " ")),
        };
        writeln!(out, "{sign}{text}").expect("a reader");
    }
}

#[allow(dead_code, reason = "a document may have no components")]
fn round_trip<T: serde::de::DeserializeOwned + serde::Serialize>(
    instance: &str,
) -> Result<String, String> {
    let value: T = serde_json::from_str(instance).map_err(|error| format!("decoding: {error}"))?;
    serde_json::to_string(&value).map_err(|error| format!("encoding: {error}"))
}
"#;

/// The manifest of the program's package, which is beside the crates in their workspace.
pub fn manifest(name: &str, crates: &[(String, String)]) -> String {
    let crates: String =
        crates.iter().map(|(name, path)| format!("{name} = {{ path = {path:?} }}\n")).collect();
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\nserde = \"1\"\nserde_json = \"1\"\n{crates}"
    )
}

/// Runs the program on instances; what is sent and what comes back is kept in files of a folder.
///
/// # Errors
///
/// The program cannot be run, or ended before it had answered everything.
pub fn send(
    program: &Path,
    folder: &Path,
    trips: &[Trip],
) -> Result<Vec<Result<Value, String>>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", program.display());
    let [sent, came] = ["sent.jsonl", "came-back.jsonl"].map(|file| folder.join(file));
    let line = |trip: &Trip| format!("{}\t{}\n", Value::from(trip.key.as_str()), trip.instance);
    fs::write(&sent, trips.iter().map(line).collect::<String>()).map_err(failed)?;
    let status = Command::new(program)
        .stdin(File::open(&sent).map_err(failed)?)
        .stdout(File::create(&came).map_err(failed)?)
        .stderr(Stdio::null())
        .status()
        .map_err(failed)?;
    let text = fs::read_to_string(&came).map_err(failed)?;
    let results: Vec<_> = text.lines().map(result).collect();
    if !status.success() || results.len() != trips.len() {
        let at = trips.get(results.len()).map_or("", |trip| trip.component.as_str());
        return Err(format!("the program ended with {status} at an instance of {at}"));
    }
    Ok(results)
}

fn result(line: &str) -> Result<Value, String> {
    match line.strip_prefix('=') {
        Some(text) => serde_json::from_str(text).map_err(|error| error.to_string()),
        None => Err(line.trim_start_matches('!').to_owned()),
    }
}

/// What is wrong with what came back, if anything is.
pub fn judge(plan: &Plan, trip: &Trip, result: &Result<Value, String>) -> Option<String> {
    let came = match result {
        Ok(came) => came,
        Err(error) => return Some(error.clone()),
    };
    if !is_equal(&trip.instance, came) {
        return Some(format!("came back as {came}"));
    }
    let validator = plan.validators.of(&trip.component).ok()?;
    validator.validate(came).err().map(|error| format!("came back invalid: {error}"))
}

/// Equal as JSON: the order of properties does not count, and numbers count by value.
fn is_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let same = |(key, value): (&String, &Value)| {
                other.get(key).is_some_and(|other| is_equal(value, other))
            };
            one.len() == other.len() && one.iter().all(same)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_equal(one, other))
        }
        (Value::Number(one), Value::Number(other)) => {
            let whole = one.is_f64() || other.is_f64();
            one == other || (whole && one.as_f64() == other.as_f64())
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_equal_by_value_and_nothing_is_lost() {
        assert!(is_equal(&json!({"a": 1, "b": [2.0]}), &json!({"b": [2], "a": 1.0})));
        for other in [json!({}), json!({"a": null}), json!({"a": "1"}), json!({"a": 1, "b": 1})] {
            assert!(!is_equal(&json!({"a": 1}), &other), "{other}");
        }
        assert!(!is_equal(&json!(9_007_199_254_740_993_i64), &json!(9_007_199_254_740_992_i64)));
    }
}
