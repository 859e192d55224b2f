//! Compares the existing document with upstream, or writes it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clientgen::diagnostics::{Diagnostics, Location};
use clientgen::load::{self, Document};
use clientgen::pointer::Pointer;
use clientgen::source::read_named;
use clientgen::{Limits, Position, Source, load::locate};

use super::carry::{self, Carried};
use super::facts::{self, Difference, Side};
use super::settings::{File, Prose};
use super::upstream::Upstream;
use super::vendored::Vendored;
use super::{Arguments, header, print, yaml};
use crate::atomic;
use crate::labelled::label;
use crate::terminal::{note, output};

/// The document to write, with its existing content.
pub(super) struct Target {
    path: PathBuf,
    /// Its name in the output.
    name: String,
    existing: Option<(String, Document)>,
}

impl Target {
    /// Reads the document at a path, if there is one.
    pub(super) fn read(path: &Path, project: Option<&Path>) -> Result<Self, String> {
        let name = label(path, project);
        let (path, mut diagnostics) = (path.to_owned(), Diagnostics::default());
        if !path.exists() {
            return Ok(Self { path, name, existing: None });
        }
        let text = read_named(&path, Limits::default().file_bytes)
            .map_err(|error| format!("{name}: {error}"))?;
        let source = BTreeMap::from([(name.clone(), text.clone())]);
        let Some(document) = load::load(&source, &name, &mut diagnostics) else {
            print(&diagnostics.located(&source, false), true);
            return Err(format!("nothing was written because {name} cannot be read"));
        };
        Ok(Self { path, name, existing: Some((text, document)) })
    }
}

/// The last step of the command: check or write the document.
pub(super) struct Job<'j> {
    pub(super) arguments: &'j Arguments,
    pub(super) facts: Facts<'j>,
}

/// The facts of the upstream document, and the settings that select them.
pub(super) struct Facts<'f> {
    pub(super) settings: &'f File<'f>,
    pub(super) vendored: &'f Vendored,
    pub(super) source: &'f Upstream,
}

/// An updated document.
pub(super) struct Updated {
    pub(super) text: String,
    /// The facts that differed before.
    differences: Vec<Difference>,
    /// The locations of new nodes, which have no prose yet.
    without_prose: Vec<Pointer>,
}

impl Facts<'_> {
    /// Compares the facts of a document with upstream's.
    fn differences(&self, document: &Document) -> Vec<Difference> {
        let no_files = BTreeMap::new();
        let mut upstream = Side::new(self.vendored.root.clone(), self.source);
        let mut here = Side::new(document.clone(), &no_files);
        facts::differences(&mut upstream, &mut here, &|path| self.settings.keeps(path))
    }

    /// Updates a document with upstream's facts and keeps its prose.
    ///
    /// # Errors
    ///
    /// A fact would be lost, which is a bug in the command.
    pub(super) fn update(
        &self,
        name: &str,
        text: &str,
        document: &Document,
    ) -> Result<Updated, String> {
        let origin = &self.vendored.origin;
        let differences = self.differences(document);
        if differences.is_empty() {
            let text = header::with_origin(origin, text);
            return Ok(Updated { text, differences, without_prose: Vec::new() });
        }
        let Carried { document: carried, without_prose } =
            carry::carry(&self.vendored.document.value, &document.value);
        let carried_text = yaml::text(&carried);
        let written = Document { path: name.to_owned(), value: carried };
        if let Some(lost) = self.differences(&written).first() {
            return Err(format!(
                "a fact of {} would be lost: {}; nothing was written. This is a bug in the command, please report it",
                lost.within, lost.change
            ));
        }
        let (comment, _) = header::comment(text);
        let text = header::with_origin(origin, &format!("{comment}{carried_text}"));
        Ok(Updated { text, differences, without_prose })
    }
}

impl Job<'_> {
    /// Prints whether the document is up to date, and the facts that differ.
    pub(super) fn check(&self, target: &Target) -> ExitCode {
        let name = &target.name;
        let Some((text, document)) = &target.existing else {
            note!("error: {name} does not exist; run the same command without --check to write it");
            return ExitCode::FAILURE;
        };
        let differences = self.facts.differences(document);
        self.list(&differences, target);
        if !differences.is_empty() {
            output!("{name} is not up to date: {} facts differ", differences.len());
        } else if self.facts.settings.settings.prose == Prose::Upstream
            && *text != self.facts.vendored.text
        {
            output!("{name} is not up to date: the facts are equal, but the text differs");
        } else {
            self.print(&format!("{name} is up to date"));
            return ExitCode::SUCCESS;
        }
        output!("to update it, run the same command without --check");
        ExitCode::FAILURE
    }

    /// Writes the document, or updates the existing one.
    pub(super) fn write(&self, target: &Target) -> Result<ExitCode, String> {
        let settings = &self.facts.settings.settings;
        match &target.existing {
            Some((text, document)) if settings.prose == Prose::Own && !self.arguments.force => {
                self.carry(target, text, document)?;
            }
            Some((text, _)) if !self.arguments.force && !header::is_vendored(text) => {
                return Err(format!(
                    "{} was not written by this command and may have its own prose: set \
                     `prose = \"own\"` in the settings to keep it, or use --force to overwrite it",
                    target.name
                ));
            }
            Some((text, _)) => self.write_text(target, Some(text), &self.facts.vendored.text)?,
            None => self.write_text(target, None, &self.facts.vendored.text)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Updates a document that has its own prose.
    fn carry(&self, target: &Target, text: &str, document: &Document) -> Result<(), String> {
        let Updated { text: new_text, differences, without_prose } =
            self.facts.update(&target.name, text, document)?;
        if !self.arguments.quiet {
            self.list(&differences, target);
        }
        self.write_text(target, Some(text), &new_text)?;
        if !without_prose.is_empty() {
            self.print("new, without prose yet:");
        }
        let unique: BTreeSet<&Pointer> = without_prose.iter().collect();
        let pointers: Vec<&Pointer> = unique.into_iter().collect();
        for (pointer, position) in pointers.iter().zip(positions(&new_text, &pointers)) {
            self.print(&format!("  {}{} ({pointer})", target.name, shown(position.as_ref())));
        }
        Ok(())
    }

    /// Prints differences with their locations in both documents.
    fn list(&self, differences: &[Difference], target: &Target) {
        let text = target.existing.as_ref().map(|(text, _)| text.as_str()).unwrap_or_default();
        let places =
            |side: fn(&Difference) -> &Location| differences.iter().map(side).collect::<Vec<_>>();
        let in_upstream =
            located(&places(|one| &one.upstream), |file| self.facts.source.read(file).ok());
        let in_here = located(&places(|one| &one.here), |_| Some(text.to_owned()));
        for ((difference, upstream), here) in differences.iter().zip(in_upstream).zip(in_here) {
            let Difference { within, change, .. } = difference;
            output!("{within}: {change}\n  upstream {upstream}\n  here     {here}\n");
        }
    }

    fn write_text(&self, target: &Target, old: Option<&str>, new: &str) -> Result<(), String> {
        if old == Some(new) {
            self.print(&format!("{} is unchanged", target.name));
            return Ok(());
        }
        atomic::write(&target.path, new)?;
        self.print(&format!("wrote {}", target.name));
        Ok(())
    }

    fn print(&self, text: &str) {
        if !self.arguments.quiet {
            output!("{text}");
        }
    }
}

/// Formats locations with line and column. Each file is read once.
fn located(places: &[&Location], text: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let files: BTreeSet<&str> = places.iter().map(|place| place.file.as_str()).collect();
    let mut all = BTreeMap::new();
    for file in files {
        let in_file = places.iter().filter(|place| place.file == file);
        let pointers: Vec<&Pointer> = in_file.map(|place| &place.pointer).collect();
        let positions = text(file).map(|text| positions(&text, &pointers)).unwrap_or_default();
        all.extend(pointers.into_iter().zip(positions).map(|(pointer, at)| ((file, pointer), at)));
    }
    let line = |place: &&Location| {
        let position = all.get(&(place.file.as_str(), &place.pointer)).and_then(Option::as_ref);
        format!("{}{} ({})", place.file, shown(position), place.pointer)
    };
    places.iter().map(line).collect()
}

/// Returns the positions of nodes in a file.
fn positions(text: &str, pointers: &[&Pointer]) -> Vec<Option<Position>> {
    let mut positions = vec![None; pointers.len()];
    locate(text, pointers.iter().copied().zip(&mut positions).collect());
    positions
}

fn shown(position: Option<&Position>) -> String {
    position.map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default()
}
