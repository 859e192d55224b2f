//! Writes a Rust client crate from an OpenAPI document.
//!
//! A build script generates a module with [`Builder`]. The program `clientgen` generates crates.
//!
//! [`generate`] takes the files of a document from a [`Source`] and returns the files of a crate. It leaves
//! the file system to the caller, and runs the whole pipeline in one direction:
//!
//! | stage | takes | returns |
//! |---|---|---|
//! | [`load`] | YAML or JSON text | a JSON value |
//! | [`overlay`] | the value and overlays | the value with the overlays applied |
//! | [`bundle`] | the value and other files | one value in which every reference is local and resolves |
//! | [`swagger`] | Swagger 2.0 | OpenAPI 3.0 |
//! | [`downlevel`] | OpenAPI 3.0, 3.1 or 3.2 | OpenAPI 3.0 |
//! | [`slice`](mod@slice) | the whole document | the selected operations and the components they reach |
//! | [`parse`] | the value | the [`document`] model: typed, with resolved references |
//! | [`lower`] | the document model | the intermediate representation ([`ir`]) |
//! | [`name`] | wire names | Rust identifiers, each decided once |
//! | [`analyze`] | the finished representation | facts about it |
//! | [`emit`] | representation and facts | tokens |
//! | layout | tokens of a crate | tokens of a crate or of a module |
//! | [`format`](mod@format) | tokens | text |
//!
//! [`describe`] stops after [`analyze`] and returns the API of the crate, for [`changes`] to compare
//! with that of another document.

pub mod analyze;
mod build_script;
pub mod bundle;
pub mod changes;
pub mod config;
mod custom;
pub mod diagnostics;
pub mod document;
pub mod downlevel;
pub mod emit;
pub mod escape;
pub mod format;
pub mod ir;
mod layout;
pub mod limits;
pub mod load;
pub mod lower;
pub mod metamodel;
pub mod name;
pub mod origin;
pub mod overlay;
pub mod parse;
mod path;
pub mod pointer;
pub mod slice;
pub mod source;
pub mod suggest;
pub mod swagger;

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::thread;

pub use build_script::{BuildError, Builder};
pub use changes::Description;
pub use config::{Config, Dependency, Extra, Layout, Methods, Package, Selection};
pub use custom::{Attributes, Customization, Rename};
pub use diagnostics::{Diagnostic, Effect, Inclusion, Position, Severity};
pub use limits::{Limits, Steps};
pub use source::Source;

use diagnostics::Diagnostics;
use source::BoundedSource;

/// The files of a crate by their relative paths, with `/` as the separator on every system.
pub type FileTree = BTreeMap<String, String>;

/// The result of a generation.
#[derive(Debug, Clone)]
pub struct Generation {
    /// The files of the crate, or `None` if there are errors.
    pub files: Option<FileTree>,
    /// The diagnostics, sorted by location.
    pub diagnostics: Vec<Diagnostic>,
    /// The value of `openapi` or `swagger` in the document.
    pub openapi: String,
    /// The number of selected operations in the document.
    pub operations_in_document: usize,
    /// The number of operations in the crate.
    pub operations: usize,
    /// The number of types in the crate.
    pub types: usize,
    /// The component schemas that have a type: the name of the component, and the name of the type in
    /// the module `types`.
    pub components: Vec<(String, String)>,
    /// The number of [steps](Steps) of each stage, by its name.
    pub steps: BTreeMap<&'static str, u64>,
    /// The usage of each limit.
    pub used: Limits,
}

impl Default for Generation {
    fn default() -> Self {
        Self {
            files: None,
            diagnostics: Vec::new(),
            openapi: String::new(),
            operations_in_document: 0,
            operations: 0,
            types: 0,
            components: Vec::new(),
            steps: BTreeMap::new(),
            used: Limits::zero(),
        }
    }
}

impl Generation {
    fn record_api(&mut self, api: &name::Named<'_>) {
        self.operations = api.operations.len();
        self.types = api.types.len();
        let components = api.types.iter().filter(|def| def.component);
        self.components = components
            .map(|def| (def.hint.concat(), api.names.ty(def.number).to_string()))
            .collect();
    }
}

/// Generates a client crate.
///
/// Reports all problems of the document together. Returns the files of the crate only if none of the
/// diagnostics is an [error](Severity::Error).
pub fn generate(source: &dyn Source, config: &Config) -> Generation {
    on_large_stack(|| generate_on_this_stack(source, config))
}

fn generate_on_this_stack(source: &dyn Source, config: &Config) -> Generation {
    let mut diagnostics = Diagnostics::new(Steps::new(&config.limits));
    let mut generation = Generation::default();
    check_layout(config, &mut diagnostics);
    let files = pipeline(source, config, &mut generation, &mut diagnostics);
    generation.files = files.filter(|_| !diagnostics.has_errors(config.strict));
    generation.steps = diagnostics.steps().by_stage();
    generation.used = diagnostics.used.0.clone();
    generation.used.steps = generation.steps.values().sum();
    generation.diagnostics = diagnostics.located(source, config.strict);
    generation
}

/// Reports the path of a module that no module can have.
fn check_layout(config: &Config, diagnostics: &mut Diagnostics) {
    if let Layout::Module(path) = &config.layout
        && !layout::is_path(path)
    {
        let at = pointer::Pointer::root();
        diagnostics.fatal("invalid-configuration", &at, layout::fault(path), layout::HELP);
    }
}

/// Describes the API of the crate that [`generate`] would return.
///
/// Reports all problems of the document together. Returns a surface only if none of the diagnostics is
/// an [error](Severity::Error).
pub fn describe(source: &dyn Source, config: &Config) -> Description {
    on_large_stack(|| {
        let mut diagnostics = Diagnostics::new(Steps::new(&config.limits));
        let mut generation = Generation::default();
        let analyzed = analyzed_api(source, config, &mut generation, &mut diagnostics);
        let analyzed = analyzed.filter(|_| !diagnostics.has_errors(config.strict));
        let surface = analyzed.map(|(api, names, facts)| {
            let named = name::Named { api: &api, names: &names };
            changes::surface::surface(&named, &facts, &diagnostics)
        });
        Description { surface, diagnostics: diagnostics.located(source, config.strict) }
    })
}

/// Runs the pipeline. Returns `None` if a stage has no result for the next one.
fn pipeline(
    source: &dyn Source,
    config: &Config,
    generation: &mut Generation,
    diagnostics: &mut Diagnostics,
) -> Option<FileTree> {
    let (api, names, facts) = analyzed_api(source, config, generation, diagnostics)?;
    let named = name::Named { api: &api, names: &names };
    custom::check(&named, config, diagnostics)?;
    let steps = diagnostics.steps().clone();
    let sources = stage("emit", diagnostics, |_| emit::emit(&named, &facts, config, &steps))?;
    generation.record_api(&named);
    let sources = stage("layout", diagnostics, |_| layout::apply(sources, config))?;
    stage("format", diagnostics, |_| format::format(sources, config, &steps))
}

/// Runs the stages before code is emitted.
fn analyzed_api(
    source: &dyn Source,
    config: &Config,
    generation: &mut Generation,
    diagnostics: &mut Diagnostics,
) -> Option<(ir::Api, name::Names, analyze::Facts)> {
    let source = &BoundedSource::new(source, &config.limits);
    let steps = diagnostics.steps().clone();
    let document =
        stage("load", diagnostics, |reports| load::load(source, &config.document, reports))??;
    let apply = |reports: &mut _| overlay::apply(document, source, &config.overlays, reports);
    let document = stage("overlay", diagnostics, apply)?;
    generation.openapi = downlevel::version(&document);
    let document = within_limits(document, source, diagnostics)?;
    let document =
        stage("bundle", diagnostics, |reports| bundle::bundle(document, source, reports))?;
    source.record_usage(&mut diagnostics.used);
    let document = within_limits(document, source, diagnostics)?;
    let document = stage("swagger", diagnostics, |reports| swagger::convert(document, reports))?;
    let document =
        stage("downlevel", diagnostics, |reports| downlevel::downlevel(document, reports))??;
    let select = |reports: &mut _| slice::slice(document, &config.selection, reports);
    let document = stage("slice", diagnostics, select)?;
    generation.operations_in_document = slice::count_operations(&document);
    let document = stage("parse", diagnostics, |reports| parse::parse(document, reports))?;
    let api = stage("lower", diagnostics, |reports| lower::lower(&document, config, reports))?;
    let names = stage("name", diagnostics, |_| name::name(&api, config, &steps))?;
    let named = name::Named { api: &api, names: &names };
    let facts = stage("analyze", diagnostics, |_| analyze::analyze(&named, config, &steps))?;
    Some((api, names, facts))
}

/// Runs a stage. Returns `None` if it was aborted, or if the [step](Steps) limit is exceeded.
fn stage<T>(
    name: &'static str,
    diagnostics: &mut Diagnostics,
    run: impl FnOnce(&mut Diagnostics) -> T,
) -> Option<T> {
    diagnostics.steps().begin_stage(name);
    let result = run(diagnostics);
    if diagnostics.steps().is_exceeded() {
        diagnostics.report_step_limit();
        return None;
    }
    Some(result).filter(|_| !diagnostics.is_aborted())
}

/// Returns the document if it is within the limits on its size.
fn within_limits(
    document: load::Document,
    source: &dyn Source,
    diagnostics: &mut Diagnostics,
) -> Option<load::Document> {
    let size = limits::Size::of(&document.value, diagnostics.steps());
    diagnostics.used.record_size(size);
    let Some((message, help)) = size.excess(&source.limits()) else {
        return Some(document);
    };
    diagnostics.fatal(Limits::CODE, &pointer::Pointer::root(), message, help);
    None
}

/// The stack size for the recursive stages. The system commits its pages lazily.
const STACK_BYTES: usize = 512 << 20;

/// Runs a function on a thread with a large stack. Most stages recurse into nested schemas, and so do
/// the libraries that parse and format code. Falls back to the caller's stack if no thread can start.
fn on_large_stack<T: Send>(run: impl Fn() -> T + Sync) -> T {
    thread::scope(|scope| {
        match thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, &run) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(_) => run(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_schemas_are_generated_for_a_caller_with_a_small_stack() {
        let deep = (0..50).fold("{type: string}".to_owned(), |inner, _| {
            format!("{{type: object, additionalProperties: {inner}}}")
        });
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: A, version: '1'}}\npaths: {{}}\ncomponents: {{schemas: {{A: {deep}}}}}"
        );
        let source = BTreeMap::from([("a.yaml".to_owned(), text)]);
        let small = thread::Builder::new().stack_size(128 << 10);
        let generate = move || generate(&source, &Config::new("a.yaml", "a")).types;
        assert_eq!(small.spawn(generate).unwrap().join().unwrap(), 1);
    }
}
