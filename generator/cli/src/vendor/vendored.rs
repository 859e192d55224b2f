//! The selected part of the upstream document, ready to be written.

use std::collections::BTreeMap;

use clientgen::diagnostics::{Diagnostics, Effect};
use clientgen::load::{self, Document};

use super::facts::{self, Difference, Side};
use super::settings::{File, Prose};
use super::upstream::Upstream;
use super::{cut, header, names, yaml};

/// The upstream document, cut and named.
pub(super) struct Vendored {
    /// The root file.
    pub(super) root: Document,
    pub(super) document: Document,
    /// The origin lines for a document with its own prose.
    pub(super) origin: String,
    /// The document as text, with its origin lines.
    pub(super) text: String,
}

impl Vendored {
    /// Reads the upstream document and cuts it. Returns `None` after an error, which is reported.
    pub(super) fn read(
        source: &Upstream,
        name: &str,
        settings: &File<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let root = cut::root(source, name, diagnostics)?;
        let root_names = names::of(&root.value);
        let mut document = cut::cut(root.clone(), source, settings, diagnostics);
        names::rename_components(&mut document.value, &root_names);
        names::apply_table(&mut document.value, settings, diagnostics);
        let (files, digest) = source.digest();
        let origin = |prose| header::origin(prose, &settings.settings.source, files, &digest);
        let text = header::with_origin(&origin(Prose::Upstream), &yaml::text(&document.value));
        let vendored = Self { root, document, origin: origin(Prose::Own), text };
        vendored.check(source, settings, diagnostics);
        (!diagnostics.has_errors(false)).then_some(vendored)
    }

    /// Reports unresolved references in the selected part, and facts that were lost.
    fn check(&self, source: &Upstream, settings: &File<'_>, diagnostics: &mut Diagnostics) {
        let read_back = BTreeMap::from([("document".to_owned(), self.text.clone())]);
        let read_back = load::read(&read_back, "document", diagnostics);
        let document = read_back.unwrap_or_else(|| self.document.clone());
        let no_files = BTreeMap::new();
        let mut here = Side::new(document, &no_files);
        let mut upstream = Side::new(self.root.clone(), source);
        let lost = facts::differences(&mut upstream, &mut here, &|path| settings.keeps(path));
        let has_unresolved = upstream.report_to(diagnostics);
        let lost = lost.into_iter().filter(|_| !has_unresolved);
        for Difference { within, change, upstream, .. } in lost {
            let message = format!("a fact of {within} would be lost: {change}");
            let help = "this is a bug in the command, not in the document; please report it";
            diagnostics.report_in_file(Effect::Fatal, "lost-fact", upstream, None, message, help);
        }
    }
}
