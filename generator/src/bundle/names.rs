//! The names of components that come from other files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::files::Files;
use crate::diagnostics::{Diagnostics, Place};
use crate::metamodel::{self, ObjectKind, SECTIONS};
use crate::pointer::Pointer;

/// Which component each node of another file is.
#[derive(Default)]
pub(super) struct Names {
    taken: BTreeSet<(&'static str, String)>,
    given: BTreeMap<(&'static str, Place), String>,
    waiting: VecDeque<Pulled>,
    /// The number behind a name that was tried last. Many names can be alike.
    numbers: BTreeMap<String, usize>,
}

/// A component that is still to be put into the document.
pub(super) struct Pulled {
    pub(super) kind: ObjectKind,
    pub(super) section: &'static str,
    pub(super) name: String,
    pub(super) place: Place,
    /// The first reference to it.
    pub(super) reference: Pointer,
}

impl Names {
    /// The names of the root document. If one of its components is nothing but a reference to
    /// another file, what is there has that name.
    pub(super) fn of_root(files: &mut Files<'_>, diagnostics: &mut Diagnostics) -> Self {
        let mut names = Self::default();
        let root = files.root_place().file;
        for (_, section) in SECTIONS {
            let reference = format!("#/components/{section}");
            let Ok(place) = files.resolve(&root, &reference, diagnostics, 8) else { continue };
            let reference = at_end(files, &place, diagnostics);
            let place = match reference.map(|end| files.follow(&place.file, &end, diagnostics)) {
                Some(Ok(end)) => end,
                Some(Err(_)) | None => place,
            };
            names.add_section(section, &place, files, diagnostics);
        }
        names
    }

    fn add_section(
        &mut self,
        section: &'static str,
        place: &Place,
        files: &mut Files<'_>,
        diagnostics: &mut Diagnostics,
    ) {
        let Some(file) = files.file(&place.file, diagnostics) else { return };
        let Some(Value::Object(components)) = place.pointer.find(&file) else { return };
        for (name, component) in components {
            self.taken.insert((section, name.clone()));
            let own = Place { file: place.file.clone(), pointer: place.pointer.join(name) };
            let reference = metamodel::reference(component);
            let target =
                reference.map(|reference| files.follow(&place.file, reference, diagnostics));
            for place in std::iter::once(own).chain(target.and_then(Result::ok)) {
                if !files.is_root(&place) {
                    self.given.entry((section, place)).or_insert_with(|| name.clone());
                }
            }
        }
    }

    /// The reference within the document to a node of any file, which becomes a component if it is
    /// in another one; none if the node belongs at `at`, where the reference is.
    pub(super) fn local(
        &mut self,
        files: &Files<'_>,
        place: &Place,
        kind: ObjectKind,
        at: &Pointer,
        reference: &Pointer,
    ) -> Option<String> {
        if files.is_root(place) {
            return Some(place.pointer.to_string());
        }
        let section = kind.section()?;
        let component = |name: &str| Pointer::root().join("components").join(section).join(name);
        if let Some(name) = self.given.get(&(section, place.clone())) {
            let component = component(name);
            return (component != *at).then(|| component.to_string());
        }
        let name = self.choose(section, place);
        self.taken.insert((section, name.clone()));
        self.given.insert((section, place.clone()), name.clone());
        let local = component(&name).to_string();
        let (place, reference) = (place.clone(), reference.clone());
        self.waiting.push_back(Pulled { kind, section, name, place, reference });
        Some(local)
    }

    /// The next component that is to be put into the document.
    pub(super) fn next(&mut self) -> Option<Pulled> {
        self.waiting.pop_front()
    }

    /// The node's own name, or with that of its file or folder before it, or with a number.
    fn choose(&mut self, section: &'static str, place: &Place) -> String {
        let (base, longer) = candidates(place);
        let taken = &self.taken;
        let free = |name: &String| !taken.contains(&(section, name.clone()));
        if let Some(name) = [&base, &longer].into_iter().find(|name| free(name)) {
            return name.clone();
        }
        let number = self.numbers.entry(format!("{section} {longer}")).or_insert(1);
        loop {
            *number += 1;
            let name = format!("{longer}{number}");
            if free(&name) {
                return name;
            }
        }
    }
}

/// The reference that a node is.
fn at_end(files: &mut Files<'_>, place: &Place, diagnostics: &mut Diagnostics) -> Option<String> {
    let file = files.file(&place.file, diagnostics)?;
    metamodel::reference(place.pointer.find(&file)?).map(str::to_owned)
}

/// The name of a node after the last step of the way to it, or after its file if it is the whole of
/// it; and the same with the name of what it is in.
fn candidates(place: &Place) -> (String, String) {
    let mut parts = place.file.rsplit('/');
    let file = parts.next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let folder = parts.next().unwrap_or_default();
    let (name, parent) = match place.pointer.steps() {
        [] => (stem.to_owned(), folder),
        [.., list, index] if index.parse::<usize>().is_ok() => (format!("{list}_{index}"), stem),
        [.., last] => (last.clone(), stem),
    };
    let name = allowed(&name);
    let longer =
        if parent.is_empty() { name.clone() } else { format!("{}_{name}", allowed(parent)) };
    (name, longer)
}

/// A name with only such characters as the keys of `components` can have (OpenAPI 3.0, Components
/// Object).
fn allowed(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars().map(|c| if allowed(c) { c } else { '_' }).collect()
}
