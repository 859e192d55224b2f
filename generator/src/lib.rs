//! Writes a Rust client crate from an OpenAPI document.
//!
//! In comes the text of a document, out go the files of a crate; the file system is left to the
//! caller. [`generate`] is the whole pipeline, one stage after the other, and no stage looks back:
//!
//! | stage | from | to |
//! |---|---|---|
//! | [`load`] | text | a plain value |
//! | [`overlay`] | value and overlays | what the API means and its document does not say, added |
//! | [`bundle`] | a value and other files | one value in which every reference leads somewhere |
//! | [`downlevel`] | any OpenAPI 3 | OpenAPI 3.0 |
//! | [`slice`](mod@slice) | the whole document | the chosen operations and what they reach |
//! | [`parse`] | value | the [`document`] model: types, with every reference resolved |
//! | [`lower`] | document model | the intermediate representation, [`ir`] |
//! | [`name`] | wire names | Rust identifiers, each decided once |
//! | [`analyze`] | finished representation | facts about it |
//! | [`emit`] | representation and facts | tokens |
//! | [`format`](mod@format) | tokens | text |
//!
//! [`describe`] goes as far as [`analyze`] and gives what the API of the crate would be made of, for
//! [`changes`] to compare it with that of another document.

pub mod analyze;
pub mod bundle;
pub mod changes;
pub mod config;
pub mod diagnostics;
pub mod document;
pub mod downlevel;
pub mod emit;
pub mod escape;
pub mod format;

pub mod ir;
pub mod limits;
pub mod load;
pub mod lower;
pub mod metamodel;
pub mod name;
pub mod near;
pub mod origin;
pub mod overlay;
pub mod parse;
mod path;
pub mod pointer;
pub mod slice;
pub mod source;

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::thread;

pub use changes::Description;
pub use config::{Config, Extra, Selection};
pub use diagnostics::{Diagnostic, Effect, Position, Severity, Step};
pub use limits::{Limits, Steps};
pub use source::Source;

use diagnostics::Diagnostics;
use source::Bounded;

/// The files of a crate by their paths in it, with `/` between the parts on every system.
pub type FileTree = BTreeMap<String, String>;

/// What became of a document.
#[derive(Debug, Clone)]
pub struct Generation {
    /// The files of the crate, or none if the document has errors.
    pub files: Option<FileTree>,
    /// What is to be said about the document, in the order of its places.
    pub diagnostics: Vec<Diagnostic>,
    /// The version of OpenAPI that the document says it is in.
    pub openapi: String,
    /// How many operations the chosen part of the document has.
    pub operations_in_document: usize,
    /// How many operations the crate has.
    pub operations: usize,
    /// How many types the crate has.
    pub types: usize,
    /// The types of the document's component schemas: the name of the component, and the type's
    /// name in the module `types`.
    pub components: Vec<(String, String)>,
    /// The [steps](Steps) that each stage has taken, by its name.
    pub steps: BTreeMap<&'static str, u64>,
    /// What the document has used of each limit. The limits are far beyond what documents need.
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
            used: Limits::none(),
        }
    }
}

impl Generation {
    fn count(&mut self, api: &name::Named<'_>) {
        self.operations = api.operations.len();
        self.types = api.types.len();
        let components = api.types.iter().filter(|def| def.component);
        self.components = components
            .map(|def| (def.hint.concat(), api.names.ty(def.number).to_string()))
            .collect();
    }
}

/// Writes a client crate.
///
/// All faults of the document are reported together. The crate is there only if there is no
/// [error](Severity::Error) among them.
pub fn generate(source: &dyn Source, config: &Config) -> Generation {
    with_room(|| generate_here(source, config))
}

fn generate_here(source: &dyn Source, config: &Config) -> Generation {
    let mut diagnostics = Diagnostics::new(Steps::new(&config.limits));
    let mut generation = Generation::default();
    let files = pipeline(source, config, &mut generation, &mut diagnostics);
    generation.files = files.filter(|_| !diagnostics.has_errors(config.strict));
    generation.steps = diagnostics.steps().by_stage();
    generation.used = diagnostics.used.0.clone();
    generation.used.steps = generation.steps.values().sum();
    generation.diagnostics = diagnostics.located(source, config.strict);
    generation
}

/// Says what the API of a document's crate is made of, without writing it.
///
/// All faults of the document are reported together. There is a surface only if there is no
/// [error](Severity::Error) among them.
pub fn describe(source: &dyn Source, config: &Config) -> Description {
    with_room(|| {
        let mut diagnostics = Diagnostics::new(Steps::new(&config.limits));
        let mut generation = Generation::default();
        let understood = understand(source, config, &mut generation, &mut diagnostics);
        let surface = understood.filter(|_| !diagnostics.has_errors(config.strict)).map(
            |(api, names, facts)| {
                let named = name::Named { api: &api, names: &names };
                changes::surface::surface(&named, &facts, &diagnostics)
            },
        );
        Description { surface, diagnostics: diagnostics.located(source, config.strict) }
    })
}

/// The pipeline. A stage that cannot give anything to the next one ends it.
fn pipeline(
    source: &dyn Source,
    config: &Config,
    generation: &mut Generation,
    diagnostics: &mut Diagnostics,
) -> Option<FileTree> {
    let (api, names, facts) = understand(source, config, generation, diagnostics)?;
    let named = name::Named { api: &api, names: &names };
    let steps = diagnostics.steps().clone();
    let sources = stage("emit", diagnostics, |_| emit::emit(&named, &facts, config, &steps))?;
    generation.count(&named);
    stage("format", diagnostics, |_| format::format(sources, config, &steps))
}

/// The part of the pipeline that has nothing to do with Rust's syntax.
fn understand(
    source: &dyn Source,
    config: &Config,
    generation: &mut Generation,
    diagnostics: &mut Diagnostics,
) -> Option<(ir::Api, name::Names, analyze::Facts)> {
    let source = &Bounded::new(source, &config.limits);
    let steps = diagnostics.steps().clone();
    let document =
        stage("load", diagnostics, |found| load::load(source, &config.document, found))??;
    let overlaid = |found: &mut _| overlay::apply(document, source, &config.overlays, found);
    let document = stage("overlay", diagnostics, overlaid)?;
    generation.openapi = downlevel::version(&document);
    let document = within_limits(document, source, diagnostics)?;
    let document = stage("bundle", diagnostics, |found| bundle::bundle(document, source, found))?;
    source.note(&mut diagnostics.used);
    let document = within_limits(document, source, diagnostics)?;
    let document = stage("downlevel", diagnostics, |found| downlevel::downlevel(document, found))??;
    let sliced = |found: &mut _| slice::slice(document, &config.selection, found);
    let document = stage("slice", diagnostics, sliced)?;
    generation.operations_in_document = slice::count_operations(&document);
    let document = stage("parse", diagnostics, |found| parse::parse(document, found))?;
    let api = stage("lower", diagnostics, |found| lower::lower(&document, found))?;
    let names = stage("name", diagnostics, |_| name::name(&api, config, &steps))?;
    let named = name::Named { api: &api, names: &names };
    let facts = stage("analyze", diagnostics, |_| analyze::analyze(&named, config, &steps))?;
    Some((api, names, facts))
}

/// Runs a stage. There is nothing to go on with if it had to stop, or if the run has no [steps](Steps)
/// left.
fn stage<T>(
    name: &'static str,
    diagnostics: &mut Diagnostics,
    work: impl FnOnce(&mut Diagnostics) -> T,
) -> Option<T> {
    diagnostics.steps().begin(name);
    let result = work(diagnostics);
    if diagnostics.steps().is_exceeded() {
        diagnostics.out_of_steps();
        return None;
    }
    Some(result).filter(|_| !diagnostics.is_cut_short())
}

/// A document that is no larger than it may be.
fn within_limits(
    document: load::Document,
    source: &dyn Source,
    diagnostics: &mut Diagnostics,
) -> Option<load::Document> {
    let size = limits::Size::of(&document.value, diagnostics.steps());
    diagnostics.used.size(size);
    let Some((message, help)) = size.fault(&source.limits()) else {
        return Some(document);
    };
    diagnostics.fatal(Limits::CODE, &pointer::Pointer::root(), message, help);
    None
}

/// How far stages can follow a document. Only what is used of it is ever taken from the system.
const ROOM: usize = 512 << 20;

/// Does something with a large stack. Most stages follow schemas as deep as they lead, and so does
/// whatever reads the code; nobody can say how deep that is, nor how small the caller's stack.
fn with_room<T: Send>(work: impl Fn() -> T + Sync) -> T {
    thread::scope(|scope| {
        match thread::Builder::new().stack_size(ROOM).spawn_scoped(scope, &work) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(_) => work(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_too_deep_for_a_caller_with_a_small_stack() {
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
