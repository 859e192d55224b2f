//! What becomes of the document that is there: nothing, a new text, or a list of what differs.

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
use super::settings::{File, Words};
use super::upstream::Upstream;
use super::vendored::Vendored;
use super::{Arguments, header, say, yaml};
use crate::labelled::label;
use crate::terminal::{note, say};
use crate::{atomic, root};

/// The document that is written, and what is there.
pub(super) struct Target {
    path: PathBuf,
    /// What it is called in the output.
    name: String,
    there: Option<(String, Document)>,
}

impl Target {
    /// Reads the document at a path, if there is one.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let name = label(path, &root());
        let (path, mut diagnostics) = (path.to_owned(), Diagnostics::default());
        if !path.exists() {
            return Ok(Self { path, name, there: None });
        }
        let text = read_named(&path, Limits::default().file_bytes)
            .map_err(|error| format!("{name}: {error}"))?;
        let source = BTreeMap::from([(name.clone(), text.clone())]);
        let Some(document) = load::load(&source, &name, &mut diagnostics) else {
            say(&diagnostics.located(&source, false), true);
            return Err(format!("{name} cannot be read, nothing was written"));
        };
        Ok(Self { path, name, there: Some((text, document)) })
    }
}

/// What the command knows when it comes to the document that is there.
pub(super) struct Job<'j> {
    pub(super) arguments: &'j Arguments,
    pub(super) facts: Facts<'j>,
}

/// The facts of upstream's document, and which of them are kept.
pub(super) struct Facts<'f> {
    pub(super) settings: &'f File<'f>,
    pub(super) vendored: &'f Vendored,
    pub(super) source: &'f Upstream,
}

/// A document that has been brought up to date.
pub(super) struct Updated {
    pub(super) text: String,
    /// In which facts it differed before.
    differences: Vec<Difference>,
    /// What is new in it, and has no words of its own.
    new: Vec<Pointer>,
}

impl Facts<'_> {
    /// Compares the facts of a document with upstream's.
    fn differences(&self, document: &Document) -> Vec<Difference> {
        let no_files = BTreeMap::new();
        let mut upstream = Side::new(self.vendored.root.clone(), self.source);
        let mut here = Side::new(document.clone(), &no_files);
        facts::differences(&mut upstream, &mut here, &|path| self.settings.keeps(path))
    }

    /// Gives a document upstream's facts and leaves it its own words.
    ///
    /// # Errors
    ///
    /// A fact would be lost, which is a fault of the command.
    pub(super) fn update(
        &self,
        name: &str,
        text: &str,
        document: &Document,
    ) -> Result<Updated, String> {
        let origin = &self.vendored.origin;
        let differences = self.differences(document);
        if differences.is_empty() {
            let text = header::put(origin, text);
            return Ok(Updated { text, differences, new: Vec::new() });
        }
        let Carried { document: carried, new } =
            carry::carry(&self.vendored.document.value, &document.value);
        let carried_text = yaml::text(&carried);
        let written = Document { path: name.to_owned(), value: carried };
        if let Some(lost) = self.differences(&written).first() {
            return Err(format!(
                "a fact would be lost, of {}: {}; nothing was written. This is a fault of the command, please report it",
                lost.within, lost.what
            ));
        }
        let (comment, _) = header::comment(text);
        let text = header::put(origin, &format!("{comment}{carried_text}"));
        Ok(Updated { text, differences, new })
    }
}

impl Job<'_> {
    /// Says whether the document is up to date, and if not, which facts differ.
    pub(super) fn check(&self, target: &Target) -> ExitCode {
        let name = &target.name;
        let Some((text, document)) = &target.there else {
            note!("error: {name} is not there; the same command without --check writes it");
            return ExitCode::FAILURE;
        };
        let differences = self.facts.differences(document);
        self.list(&differences, target);
        if !differences.is_empty() {
            say!("{name} is not up to date: {} facts differ", differences.len());
        } else if self.facts.settings.settings.words == Words::Upstream
            && *text != self.facts.vendored.text
        {
            say!("{name} is not up to date: the facts are the same, the text is not");
        } else {
            self.says(&format!("{name} is up to date"));
            return ExitCode::SUCCESS;
        }
        say!("to mend it: the same command without --check");
        ExitCode::FAILURE
    }

    /// Writes the document, or brings the one that is there up to date.
    pub(super) fn write(&self, target: &Target) -> Result<ExitCode, String> {
        let settings = &self.facts.settings.settings;
        match &target.there {
            Some((text, document)) if settings.words == Words::Own && !self.arguments.force => {
                self.carry(target, text, document)?;
            }
            Some((text, _)) if !self.arguments.force && !header::is_vendored(text) => {
                return Err(format!(
                    "{} has not been written by this command, so its words may be its own: say \
                     `words = \"own\"` in the settings to keep them, or --force to lose them",
                    target.name
                ));
            }
            Some((text, _)) => self.put(target, Some(text), &self.facts.vendored.text)?,
            None => self.put(target, None, &self.facts.vendored.text)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Brings a document with words of its own up to date.
    fn carry(&self, target: &Target, text: &str, document: &Document) -> Result<(), String> {
        let Updated { text: new_text, differences, new } =
            self.facts.update(&target.name, text, document)?;
        if !self.arguments.quiet {
            self.list(&differences, target);
        }
        self.put(target, Some(text), &new_text)?;
        if !new.is_empty() {
            self.says("new, and without words of their own yet:");
        }
        let new: BTreeSet<&Pointer> = new.iter().collect();
        let pointers: Vec<&Pointer> = new.into_iter().collect();
        for (pointer, position) in pointers.iter().zip(positions(&new_text, &pointers)) {
            self.says(&format!("  {}{} ({pointer})", target.name, shown(position.as_ref())));
        }
        Ok(())
    }

    /// Prints differences with their places in both documents.
    fn list(&self, differences: &[Difference], target: &Target) {
        let text = target.there.as_ref().map(|(text, _)| text.as_str()).unwrap_or_default();
        let places =
            |side: fn(&Difference) -> &Location| differences.iter().map(side).collect::<Vec<_>>();
        let of_upstream =
            located(&places(|found| &found.upstream), |file| self.facts.source.read(file).ok());
        let of_here = located(&places(|found| &found.here), |_| Some(text.to_owned()));
        for ((found, upstream), here) in differences.iter().zip(of_upstream).zip(of_here) {
            say!("{}: {}\n  upstream {upstream}\n  here     {here}\n", found.within, found.what);
        }
    }

    fn put(&self, target: &Target, old: Option<&str>, new: &str) -> Result<(), String> {
        if old == Some(new) {
            self.says(&format!("{} is as it was", target.name));
            return Ok(());
        }
        atomic::write(&target.path, new)?;
        self.says(&format!("wrote {}", target.name));
        Ok(())
    }

    fn says(&self, text: &str) {
        if !self.arguments.quiet {
            say!("{text}");
        }
    }
}

/// Places with their lines and columns. Each file is read once.
fn located(places: &[&Location], text: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let files: BTreeSet<&str> = places.iter().map(|place| place.file.as_str()).collect();
    let mut all = BTreeMap::new();
    for file in files {
        let of_file = places.iter().filter(|place| place.file == file);
        let pointers: Vec<&Pointer> = of_file.map(|place| &place.pointer).collect();
        let found = text(file).map(|text| positions(&text, &pointers)).unwrap_or_default();
        all.extend(pointers.into_iter().zip(found).map(|(pointer, at)| ((file, pointer), at)));
    }
    let line = |place: &&Location| {
        let position = all.get(&(place.file.as_str(), &place.pointer)).and_then(Option::as_ref);
        format!("{}{} ({})", place.file, shown(position), place.pointer)
    };
    places.iter().map(line).collect()
}

/// Where nodes are in a text.
fn positions(text: &str, pointers: &[&Pointer]) -> Vec<Option<Position>> {
    let mut positions = vec![None; pointers.len()];
    locate(text, pointers.iter().copied().zip(&mut positions).collect());
    positions
}

fn shown(position: Option<&Position>) -> String {
    position.map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default()
}
