//! Upstream's document as it is written where there is none yet, with all its facts.

use std::collections::BTreeMap;

use clientgen::diagnostics::{Diagnostics, Effect};
use clientgen::load::{self, Document};

use super::facts::{self, Difference, Side};
use super::settings::{File, Words};
use super::upstream::Upstream;
use super::{cut, header, names, yaml};

/// Upstream's document, cut and named.
pub(super) struct Vendored {
    /// The root that it was made from.
    pub(super) root: Document,
    pub(super) document: Document,
    /// The lines that say where the facts of a document with words of its own come from.
    pub(super) origin: String,
    /// What is written, with lines that say where it comes from.
    pub(super) text: String,
}

impl Vendored {
    /// Reads upstream's document and cuts it. If there is an error, it is reported and there is none.
    pub(super) fn read(
        source: &Upstream,
        name: &str,
        settings: &File<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let root = cut::root(source, name, diagnostics)?;
        let own_names = names::of(&root.value);
        let mut document = cut::cut(root.clone(), source, settings, diagnostics);
        names::settle(&mut document.value, &own_names);
        names::apply_table(&mut document.value, settings, diagnostics);
        let (files, digest) = source.digest();
        let origin = |words| header::origin(words, &settings.settings.source, files, &digest);
        let text = header::put(&origin(Words::Upstream), &yaml::text(&document.value));
        let vendored = Self { root, document, origin: origin(Words::Own), text };
        vendored.check(source, settings, diagnostics);
        (!diagnostics.has_errors(false)).then_some(vendored)
    }

    /// Reports what is kept of upstream's document but leads nowhere, and any fact that was lost.
    fn check(&self, source: &Upstream, settings: &File<'_>, diagnostics: &mut Diagnostics) {
        let read_back = BTreeMap::from([("document".to_owned(), self.text.clone())]);
        let read_back = load::read(&read_back, "document", diagnostics);
        let document = read_back.unwrap_or_else(|| self.document.clone());
        let no_files = BTreeMap::new();
        let mut here = Side::new(document, &no_files);
        let mut upstream = Side::new(self.root.clone(), source);
        let lost = facts::differences(&mut upstream, &mut here, &|path| settings.keeps(path));
        let broken = upstream.report_to(diagnostics);
        for Difference { within, what, upstream, .. } in lost.into_iter().filter(|_| !broken) {
            let message = format!("a fact would be lost, of {within}: {what}");
            let help = "this is a fault of the command and not of the document; please report it";
            diagnostics.report_in_file(Effect::Fatal, "lost-fact", upstream, None, message, help);
        }
    }
}
