//! Round trips: an instance of a component schema is decoded as its generated type and encoded again.
//! The result must be equal and valid.
//!
//! [`plan`] creates the instances, [`program`] returns the source of a program that links the crates,
//! [`send`] runs it, and [`compare`] checks the results.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use clientgen::diagnostics::Diagnostics;
use clientgen::limits::Steps;
use clientgen::source::BoundedSource;
use clientgen::{Config, Source, bundle, load, overlay, swagger};
use serde_json::Value;

use crate::instances::{Budget, MAX_INSTANCES, Validators, convert, instances, is_equal};

/// The number of steps for the instances of a component.
const STEPS: u64 = 2_000_000;

/// An instance for a round trip.
#[derive(Debug, Clone)]
pub struct Trip {
    /// The name of the type in the program: see [`key`].
    pub key: String,
    /// The component.
    pub component: String,
    /// The instance.
    pub instance: Value,
}

/// The round trips of a crate.
#[derive(Debug)]
pub struct Plan {
    /// The instances. All are valid.
    pub trips: Vec<Trip>,
    /// The number of instances that could not be created, or that the independent validator rejects.
    pub skipped: usize,
    validators: Validators,
}

/// Returns the name of a type in the program.
pub fn key(crate_name: &str, component: &str) -> String {
    format!("{crate_name}/{component}")
}

/// Creates valid instances of the component schemas that have types.
///
/// # Errors
///
/// The document cannot be read, or the validator rejects it.
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
    let document = bundle::bundle(document, source, &mut diagnostics);
    let document = convert(swagger::convert(document, &mut diagnostics).value);
    let validators = Validators::new(&document)?;
    let steps = Steps::new(&config.limits);
    let mut plan = Plan { trips: Vec::new(), skipped: 0, validators };
    for (component, _) in components {
        let schema = &document["components"]["schemas"][component.as_str()];
        let (Ok(validator), false) = (plan.validators.component(component), schema.is_null())
        else {
            plan.skipped += 1;
            continue;
        };
        let budget = Budget::new(&steps, STEPS);
        let instances = instances(&document, &[schema], &budget, MAX_INSTANCES);
        let count = instances.len();
        let valid = instances.into_iter().filter(|instance| validator.is_valid(instance));
        let (key, before) = (key(&config.package.name, component), plan.trips.len());
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
    /// Adds a hand-written instance.
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
        let validator = self.validators.component(component)?;
        validator.validate(&instance).map_err(|error| format!("{instance}: {error}"))?;
        let (key, component) = (key(crate_name, component), component.to_owned());
        self.trips.push(Trip { key, component, instance });
        Ok(())
    }
}

/// Returns the source of the program. It reads a line for each instance, with the name of the type and
/// the instance as JSON. It writes a line for each, with `=` and the result or `!` and the error.
pub fn program(crates: &[(String, Vec<(String, String)>)]) -> String {
    let mut arms = String::new();
    for (crate_name, components) in crates {
        let module = crate_name.replace('-', "_");
        for (component, rust) in components {
            let key = key(crate_name, component);
            // `Option`, because only the use of a component declares whether it is nullable. Writing to
            // a string cannot fail.
            let _ = writeln!(
                arms,
                "        {key:?} => round_trip::<Option<{module}::types::{rust}>>(instance),"
            );
        }
    }
    format!(
        "{PROGRAM}\n#[allow(deprecated, reason = \"deprecated types are tested too\")]\nfn send(key: &str, instance: &str) -> Result<String, String> {{\n    match key {{\n{arms}        _ => {{\n            let _ = instance;\n            Err(format!(\"there is no type for {{key}}\"))\n        }}\n    }}\n}}\n"
    )
}

/// The part of the source that all programs share.
const PROGRAM: &str = r#"//! Decodes and encodes instances with generated types.

use std::io::{BufRead, Write};

fn main() {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let (key, instance) = line.split_once('\t').expect("a name and an instance");
        let key: String = serde_json::from_str(key).expect("a name");
        let (marker, text) = match send(&key, instance) {
            Ok(text) => ('=', text),
            Err(error) => ('!', error.replace('\n', " ")),
        };
        writeln!(out, "{marker}{text}").expect("a reader");
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

/// Returns the manifest of the program, which is a member of the workspace of the crates.
pub fn manifest(name: &str, crates: &[(String, String)]) -> String {
    let crates: String =
        crates.iter().map(|(name, path)| format!("{name} = {{ path = {path:?} }}\n")).collect();
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\nserde = \"1\"\nserde_json = \"1\"\n{crates}"
    )
}

/// Runs the program on instances. Keeps its input and output in files of a folder.
///
/// # Errors
///
/// The program cannot be run, or ended before it returned all results.
pub fn send(
    program: &Path,
    folder: &Path,
    trips: &[Trip],
) -> Result<Vec<Result<Value, String>>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", program.display());
    let [input, output] = ["input.jsonl", "output.jsonl"].map(|file| folder.join(file));
    let line = |trip: &Trip| format!("{}\t{}\n", Value::from(trip.key.as_str()), trip.instance);
    fs::write(&input, trips.iter().map(line).collect::<String>()).map_err(failed)?;
    let status = Command::new(program)
        .stdin(File::open(&input).map_err(failed)?)
        .stdout(File::create(&output).map_err(failed)?)
        .stderr(Stdio::null())
        .status()
        .map_err(failed)?;
    let text = fs::read_to_string(&output).map_err(failed)?;
    let results: Vec<_> = text.lines().map(result).collect();
    if !status.success() || results.len() != trips.len() {
        let component = trips.get(results.len()).map_or("", |trip| trip.component.as_str());
        return Err(format!(
            "the program of the round trips ended with {status} at an instance of {component}"
        ));
    }
    Ok(results)
}

fn result(line: &str) -> Result<Value, String> {
    match line.strip_prefix('=') {
        Some(text) => serde_json::from_str(text).map_err(|error| error.to_string()),
        None => Err(line.trim_start_matches('!').to_owned()),
    }
}

/// Compares an instance with its result. Returns an error message if the round trip failed.
pub fn compare(plan: &Plan, trip: &Trip, result: &Result<Value, String>) -> Option<String> {
    let output = match result {
        Ok(output) => output,
        Err(error) => return Some(error.clone()),
    };
    if !is_equal(&trip.instance, output) {
        return Some(format!("the result is {output}"));
    }
    let validator = plan.validators.component(&trip.component).ok()?;
    validator.validate(output).err().map(|error| format!("the result is invalid: {error}"))
}
