//! Which node of the document comes from where.
//!
//! Stages take things out, put things in and move things, and a diagnostic still has to name the
//! line that somebody wrote. So each stage that does such a thing says so here. A node of which
//! nothing is known comes from where the node above it does, under the same key; the root is that of
//! the document's own file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::diagnostics::{Place, Step};
use crate::pointer::Pointer;

/// Where a node stands in the files, and how it came into the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Where it stands.
    pub place: Place,
    /// What brought it to where it is in the document, the nearest to the place first.
    pub trail: Vec<Step>,
}

impl Origin {
    /// The origin of what nothing brought here.
    pub fn of(place: Place) -> Self {
        Self { place, trail: Vec::new() }
    }

    /// The origin of a node below this one.
    fn below(&self, steps: &[String]) -> Self {
        let mut below = self.clone();
        for step in steps {
            below.place.pointer = below.place.pointer.join(step);
        }
        below
    }

    /// The same node after something has brought it to one more place.
    fn brought(&mut self, by: &Origin, what: &'static str) {
        self.trail.push(Step { what, place: by.place.clone(), position: None });
        self.trail.extend(by.trail.iter().cloned());
    }
}

/// The origin of a node and of the nodes below it.
#[derive(Debug, Clone)]
pub(crate) struct Branch {
    own: Origin,
    /// By the way from the node: what below it comes from elsewhere.
    below: Vec<(Vec<String>, Origin)>,
}

impl Branch {
    /// A node that comes as a whole from one place.
    pub(crate) fn of(own: Origin) -> Self {
        Self { own, below: Vec::new() }
    }

    /// The same nodes after something has brought them to one more place.
    pub(crate) fn brought(mut self, by: &Origin, what: &'static str) -> Self {
        self.own.brought(by, what);
        self.below.iter_mut().for_each(|(_, origin)| origin.brought(by, what));
        self
    }
}

/// The origins of the nodes of a document.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins {
    /// The file of the document.
    document: String,
    known: BTreeMap<Pointer, Origin>,
}

impl Origins {
    /// Begins anew, with a document that is as it stands in its file.
    pub(crate) fn set_document(&mut self, path: &str) {
        *self = Self { document: path.to_owned(), known: BTreeMap::new() };
    }

    /// Where a node comes from. The nearest node above it of which something is known decides.
    pub(crate) fn of(&self, at: &Pointer) -> Origin {
        let mut above = at.clone();
        loop {
            if let (Some(origin), Some(rest)) = (self.known.get(&above), at.below(&above)) {
                return origin.below(rest);
            }
            if above.steps().is_empty() {
                return Origin::of(Place { file: self.document.clone(), pointer: at.clone() });
            }
            above = above.parent();
        }
    }

    /// Where a node and all below it come from.
    pub(crate) fn branch(&self, at: &Pointer) -> Branch {
        let rest = |(known, origin): (&Pointer, &Origin)| {
            Some((known.below(at)?.to_vec(), origin.clone()))
        };
        Branch { own: self.of(at), below: self.below(at).filter_map(rest).collect() }
    }

    /// What is known of a node and of those below it, and nothing else.
    pub(crate) fn part(&self, at: &Pointer) -> Self {
        let below = self.below(at).map(|(known, origin)| (known.clone(), origin.clone()));
        let known = std::iter::once((at.clone(), self.of(at))).chain(below).collect();
        Self { document: self.document.clone(), known }
    }

    /// Says where a node and all below it come from, whatever was there before.
    pub(crate) fn plant(&mut self, at: &Pointer, branch: Branch) {
        self.forget(at);
        self.known.insert(at.clone(), branch.own);
        for (rest, origin) in branch.below {
            let at = rest.iter().fold(at.clone(), |at, step| at.join(step));
            self.known.insert(at, origin);
        }
    }

    /// Forgets what is known of a node and of all below it. That is needless for a node that is gone:
    /// what comes to its place is planted there.
    fn forget(&mut self, at: &Pointer) {
        let gone: Vec<Pointer> = self.below(at).map(|(known, _)| known.clone()).collect();
        gone.iter().chain([at]).for_each(|gone| drop(self.known.remove(gone)));
    }

    /// Says that items of a list are gone. Those behind them move up.
    pub(crate) fn forget_items(&mut self, list: &Pointer, gone: &BTreeSet<usize>, length: usize) {
        let Some(first) = gone.first() else { return };
        let stay = (*first..length).filter(|index| !gone.contains(index));
        let mut free = *first;
        for index in stay {
            let branch = self.branch(&list.join(index));
            self.plant(&list.join(free), branch);
            free += 1;
        }
        (free..length).for_each(|index| self.forget(&list.join(index)));
    }

    /// What is known of nodes below another. Pointers are sorted by their steps, so that those
    /// below a node follow it without a gap.
    fn below(&self, at: &Pointer) -> impl Iterator<Item = (&Pointer, &Origin)> {
        let behind = self.known.range((Bound::Excluded(at.clone()), Bound::Unbounded));
        behind.take_while(move |(known, _)| known.below(at).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Pointer {
        Pointer::parse(text).unwrap()
    }

    fn from(file: &str, pointer: &str) -> Branch {
        Branch::of(Origin::of(Place { file: file.to_owned(), pointer: at(pointer) }))
    }

    fn of(origins: &Origins, pointer: &str) -> String {
        let Place { file, pointer } = origins.of(&at(pointer)).place;
        format!("{file}{pointer}")
    }

    #[test]
    fn the_nearest_node_above_decides_and_what_is_planted_anew_forgets_the_old() {
        let mut origins = Origins::default();
        origins.set_document("a");
        origins.plant(&at("/x"), from("b", "/y"));
        origins.plant(&at("/x/1/z"), from("c", ""));
        origins.plant(&at("/x!"), from("d", ""));
        assert_eq!(of(&origins, "/w"), "a#/w");
        assert_eq!(of(&origins, "/x/2"), "b#/y/2");
        assert_eq!(of(&origins, "/x/1/z/q"), "c#/q");
        origins.plant(&at("/x"), from("e", ""));
        assert_eq!((of(&origins, "/x/1/z"), of(&origins, "/x!")), ("e#/1/z".into(), "d#".into()));
        origins.forget(&at("/x"));
        assert_eq!(of(&origins, "/x/1"), "a#/x/1");
    }

    #[test]
    fn items_keep_their_origins_when_one_before_them_goes() {
        let mut origins = Origins::default();
        origins.set_document("a");
        origins.plant(&at("/l/11/k"), from("b", ""));
        origins.plant(&at("/l/12"), from("c", ""));
        origins.forget_items(&at("/l"), &BTreeSet::from([1]), 13);
        assert_eq!(of(&origins, "/l/0"), "a#/l/0");
        assert_eq!(of(&origins, "/l/9"), "a#/l/10");
        assert_eq!(
            (of(&origins, "/l/10"), of(&origins, "/l/10/k")),
            ("a#/l/11".into(), "b#".into())
        );
        assert_eq!((of(&origins, "/l/11"), of(&origins, "/l/12")), ("c#".into(), "a#/l/12".into()));
    }

    #[test]
    fn a_copied_branch_keeps_its_origins_and_says_what_copied_it() {
        let mut origins = Origins::default();
        origins.set_document("a");
        origins.plant(&at("/x/y"), from("b", "/q"));
        let by = Origin::of(Place { file: "o".to_owned(), pointer: at("/copy") });
        let copied = origins.branch(&at("/x")).brought(&by, "the copy");
        origins.plant(&at("/z"), copied);
        assert_eq!(
            (of(&origins, "/z/w"), of(&origins, "/z/y/v")),
            ("a#/x/w".into(), "b#/q/v".into())
        );
        let step = Step { what: "the copy", place: by.place, position: None };
        assert_eq!(origins.of(&at("/z/y/v")).trail, [step]);
        assert_eq!(origins.of(&at("/x/y")).trail, []);
    }
}
