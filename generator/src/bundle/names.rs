//! Names the components that come from other files.
//!
//! Takes the location of a node and returns a local reference to the component that it becomes. Leaves
//! copying to [`super`].

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::files::Files;
use crate::diagnostics::{Diagnostics, Location};
use crate::metamodel::{self, ObjectKind, Sections};
use crate::pointer::Pointer;

/// The names of components, existing and new.
pub(super) struct Names {
    /// The sections of the document.
    sections: Sections,
    /// The names in use, by section.
    used: BTreeSet<(&'static str, String)>,
    /// The name of the component for each node of another file, by section.
    by_location: BTreeMap<(&'static str, Location), String>,
    /// The new components that are not copied yet.
    queue: VecDeque<NewComponent>,
    /// The last number appended to a name, so that many equal names are numbered quickly.
    numbers: BTreeMap<String, usize>,
}

/// A node of another file that becomes a component.
pub(super) struct NewComponent {
    pub(super) kind: ObjectKind,
    pub(super) section: &'static str,
    pub(super) name: String,
    pub(super) location: Location,
    /// The first reference to the component.
    pub(super) reference: Pointer,
}

impl Names {
    /// Collects the names of the root document. If a component is a reference to a node of another file,
    /// that node gets the component's name.
    pub(super) fn of_root(files: &mut Files<'_>, diagnostics: &mut Diagnostics) -> Self {
        let root = files.root_location().file;
        let document = files.file(&root, diagnostics).unwrap_or_default();
        let sections = Sections::of(&document);
        let keys = sections.keys();
        let mut names = Self {
            sections,
            used: BTreeSet::new(),
            by_location: BTreeMap::new(),
            queue: VecDeque::new(),
            numbers: BTreeMap::new(),
        };
        for section in keys {
            let reference = names.sections.at(section).to_string();
            let Ok(location) = files.resolve(&root, &reference, diagnostics, 8) else { continue };
            let reference = reference_at(files, &location, diagnostics);
            let target =
                reference.map(|reference| files.follow(&location.file, &reference, diagnostics));
            let location = match target {
                Some(Ok(target)) => target,
                Some(Err(_)) | None => location,
            };
            names.add_section(section, &location, files, diagnostics);
        }
        names
    }

    fn add_section(
        &mut self,
        section: &'static str,
        section_at: &Location,
        files: &mut Files<'_>,
        diagnostics: &mut Diagnostics,
    ) {
        let Location { file: path, pointer } = section_at;
        let Some(file) = files.file(path, diagnostics) else { return };
        let Some(Value::Object(components)) = pointer.find(&file) else { return };
        for (name, component) in components {
            self.used.insert((section, name.clone()));
            let own = Location { file: path.clone(), pointer: pointer.join(name) };
            let reference = metamodel::reference(component);
            let target = reference.map(|reference| files.follow(path, reference, diagnostics));
            for location in std::iter::once(own).chain(target.and_then(Result::ok)) {
                if !files.is_root(&location) {
                    self.by_location.entry((section, location)).or_insert_with(|| name.clone());
                }
            }
        }
    }

    /// Returns the local reference to a node, which becomes a component if it is in another file.
    /// Returns `None` if the node must be inlined at `at`, the location of the reference.
    pub(super) fn local_reference(
        &mut self,
        files: &Files<'_>,
        target: &Location,
        kind: ObjectKind,
        at: &Pointer,
        reference: &Pointer,
    ) -> Option<String> {
        if files.is_root(target) {
            return Some(target.pointer.to_string());
        }
        let section = self.sections.of_kind(kind)?;
        let section_at = self.sections.at(section);
        let component = |name: &str| section_at.join(name);
        if let Some(name) = self.by_location.get(&(section, target.clone())) {
            let component = component(name);
            return (component != *at).then(|| component.to_string());
        }
        let name = self.choose(section, target);
        self.used.insert((section, name.clone()));
        self.by_location.insert((section, target.clone()), name.clone());
        let local = component(&name).to_string();
        let (location, reference) = (target.clone(), reference.clone());
        self.queue.push_back(NewComponent { kind, section, name, location, reference });
        Some(local)
    }

    /// Returns the location of a new component.
    pub(super) fn location(&self, new: &NewComponent) -> Pointer {
        self.sections.at(new.section).join(&new.name)
    }

    /// Returns whether objects of a kind can be components.
    pub(super) fn has_section(&self, kind: ObjectKind) -> bool {
        self.sections.of_kind(kind).is_some()
    }

    /// Removes the next new component from the queue.
    pub(super) fn next_component(&mut self) -> Option<NewComponent> {
        self.queue.pop_front()
    }

    /// Chooses an unused name: that of the node, with the name of its file or folder before it, or with
    /// a number after it.
    fn choose(&mut self, section: &'static str, location: &Location) -> String {
        let (short, qualified) = candidates(location);
        let used = &self.used;
        let is_free = |name: &String| !used.contains(&(section, name.clone()));
        if let Some(name) = [&short, &qualified].into_iter().find(|name| is_free(name)) {
            return name.clone();
        }
        let number = self.numbers.entry(format!("{section} {qualified}")).or_insert(1);
        loop {
            *number += 1;
            let name = format!("{qualified}{number}");
            if is_free(&name) {
                return name;
            }
        }
    }
}

/// Returns the reference of the node at a location, if it is a reference.
fn reference_at(
    files: &mut Files<'_>,
    location: &Location,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let file = files.file(&location.file, diagnostics)?;
    metamodel::reference(location.pointer.find(&file)?).map(str::to_owned)
}

/// Returns a short name for a node, after its last key or its file, and a qualified one, which begins
/// with the name of its file or folder.
fn candidates(location: &Location) -> (String, String) {
    let mut segments = location.file.rsplit('/');
    let file = segments.next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let folder = segments.next().unwrap_or_default();
    let (name, parent) = match location.pointer.tokens() {
        [] => (stem.to_owned(), folder),
        [.., array, index] if index.parse::<usize>().is_ok() => (format!("{array}_{index}"), stem),
        [.., last] => (last.clone(), stem),
    };
    let short = component_name(&name);
    let qualified = match parent.is_empty() {
        true => short.clone(),
        false => format!("{}_{short}", component_name(parent)),
    };
    (short, qualified)
}

/// Replaces the characters that are not allowed in keys of `components` (OpenAPI 3.0, Components
/// Object).
fn component_name(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars().map(|c| if allowed(c) { c } else { '_' }).collect()
}
