//! The layout of the generated code: a crate, or a module of another crate.
//!
//! Takes the files of a crate before they are formatted. For a module it keeps the source code, and rewrites
//! what depends on the place of the code: paths from the root of the crate, Cargo features, and examples,
//! which do not know the name of the crate. Leaves what the code says to [`crate::emit`].
//!
//! A module is included in another file, so its root has no inner attributes and names the file of each
//! module below it.

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::parse::Parser;
use syn::{Attribute, File, Item};

use crate::config::{Config, Layout};
use crate::custom::Customization;
use crate::emit::{SourceFile, Sources};
use crate::name;

/// The key of conditional compilation in a module. Its values are the features of a crate.
pub(crate) const CFG: &str = "clientgen";

/// Returns whether a string is the path of a module from the root of its crate.
pub(crate) fn is_path(path: &str) -> bool {
    let is_name =
        |part: &str| syn::parse_str::<syn::Ident>(part).is_ok() && !name::is_keyword(part);
    path.split("::").all(is_name)
}

/// Returns the message about a path that no module can have.
pub(crate) fn fault(path: &str) -> String {
    format!("`{path}` is not the path of a module")
}

/// The help for such a path.
pub(crate) const HELP: &str =
    "write the names of its modules from the root of the crate, such as `sdk::pets`";

/// Words that depend on the place of the code, and what stands for them in parts that the user wrote.
const WORDS: [(&str, &str); 2] =
    [("crate", "__crate_as_written"), ("feature", "__feature_as_written")];

/// Marks Rust of the configuration, so that the layout does not rewrite it: its paths begin in the crate of the
/// user, and its features are those of that crate.
pub(crate) fn as_written(tokens: TokenStream) -> TokenStream {
    replaced(tokens, &|word| WORDS.iter().find(|(own, _)| word == own).map(|(_, mark)| *mark))
}

/// Removes the marks.
fn restored(tokens: TokenStream) -> TokenStream {
    replaced(tokens, &|word| WORDS.iter().find(|(_, mark)| word == mark).map(|(own, _)| *own))
}

/// Replaces words.
fn replaced(
    tokens: TokenStream,
    by: &dyn Fn(&proc_macro2::Ident) -> Option<&'static str>,
) -> TokenStream {
    let replaced = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(word) => {
            TokenTree::Ident(by(&word).map_or(word, |word| format_ident!("{word}")))
        }
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), replaced(group.stream(), by));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    });
    replaced.collect()
}

/// Returns the files of the layout.
pub(crate) fn apply(sources: Sources, config: &Config) -> Sources {
    match &config.layout {
        Layout::Crate if config.customization == Customization::default() => sources,
        Layout::Crate => sources
            .into_iter()
            .map(|(file, source)| match source {
                SourceFile::Tokens(tokens) => (file, SourceFile::Tokens(restored(tokens))),
                other => (file, other),
            })
            .collect(),
        Layout::Module(path) if is_path(path) => module(sources, path),
        // It was reported, and nothing is generated.
        Layout::Module(_) => Sources::new(),
    }
}

fn module(sources: Sources, path: &str) -> Sources {
    let place = Place { segments: path.split("::").map(str::to_owned).collect() };
    let folders: Vec<String> =
        sources.keys().filter_map(|file| Some(file.strip_suffix("/mod.rs")?.to_owned())).collect();
    let name = place.name().to_owned();
    let files = sources.into_iter().filter_map(|(file, source)| {
        let below = file.strip_prefix("src/")?.to_owned();
        Some(match (below.as_str(), source) {
            ("main.rs", _) => return None,
            ("lib.rs", SourceFile::Tokens(tokens)) => {
                (format!("{name}.rs"), SourceFile::Tokens(root(tokens, &place, &folders)))
            }
            (_, source) => (format!("{name}/{below}"), place.moved(source)),
        })
    });
    files.collect()
}

/// Returns the root of a module: the items of `lib.rs`, each with the attributes that the file had.
fn root(tokens: TokenStream, place: &Place, folders: &[String]) -> TokenStream {
    let parsed: Result<File, _> = syn::parse2(place.tokens(tokens));
    let mut file = match parsed {
        Ok(file) => file,
        Err(error) => unreachable!("emitters write Rust: {error}"),
    };
    // Users of the module see its code in their own lints, and may not need all of it.
    let lints =
        quote!(#[allow(clippy::all, dead_code, missing_docs, unreachable_pub, unused_imports)]);
    for item in &mut file.items {
        let attributes = match item {
            Item::Mod(module) => {
                let below = module.ident.to_string();
                let is_folder = folders.contains(&format!("src/{below}"));
                let below =
                    if is_folder { format!("{below}/mod.rs") } else { format!("{below}.rs") };
                let path = format!("{}/{below}", place.name());
                module.attrs.extend(attributes(quote!(#[path = #path])));
                &mut module.attrs
            }
            Item::Use(import) => &mut import.attrs,
            _ => continue,
        };
        attributes.extend(self::attributes(lints.clone()));
    }
    let items = file.items;
    quote!(#(#items)*)
}

fn attributes(tokens: TokenStream) -> Vec<Attribute> {
    Attribute::parse_outer.parse2(tokens).unwrap_or_default()
}

/// The place of a module in its crate.
struct Place {
    segments: Vec<String>,
}

impl Place {
    /// Returns the name of the module.
    fn name(&self) -> &str {
        self.segments.last().map_or("", String::as_str)
    }

    fn moved(&self, source: SourceFile) -> SourceFile {
        match source {
            SourceFile::Tokens(tokens) => SourceFile::Tokens(restored(self.tokens(tokens))),
            SourceFile::Rust(text) => SourceFile::Rust(self.text(&text)),
            other => other,
        }
    }

    /// Rewrites the code of the runtime, whose strings have neither paths nor features.
    fn text(&self, text: &str) -> String {
        let path = format!("crate::{}::", self.segments.join("::"));
        let text = text.replace("feature = \"", &format!("{CFG} = \""));
        let mut parts = text.split("crate::");
        let mut moved = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let is_word = moved.ends_with(|c: char| c.is_alphanumeric() || c == '_');
            moved.push_str(if is_word { "crate::" } else { &path });
            moved.push_str(part);
        }
        moved
    }

    /// Rewrites generated code.
    fn tokens(&self, tokens: TokenStream) -> TokenStream {
        let mut moved = TokenStream::new();
        let mut rest = tokens.into_iter().peekable();
        while let Some(token) = rest.next() {
            match token {
                TokenTree::Ident(word) if word == "crate" => {
                    let is_path =
                        matches!(rest.peek(), Some(TokenTree::Punct(p)) if p.as_char() == ':');
                    moved.extend([TokenTree::Ident(word)]);
                    if is_path {
                        for segment in &self.segments {
                            let segment = format_ident!("{segment}");
                            moved.extend(quote!(::#segment));
                        }
                    }
                }
                TokenTree::Group(group) => moved.extend([TokenTree::Group(self.group(&group))]),
                other => moved.extend([other]),
            }
        }
        moved
    }

    fn group(&self, group: &Group) -> Group {
        let is_attribute = group.delimiter() == Delimiter::Bracket;
        let tokens = match is_attribute.then(|| attribute_name(group.stream())).flatten().as_deref()
        {
            Some("doc") => self.doc(group.stream()),
            Some("cfg" | "cfg_attr") => with_cfg(group.stream()),
            _ => self.tokens(group.stream()),
        };
        let mut moved = Group::new(group.delimiter(), tokens);
        moved.set_span(group.span());
        moved
    }

    /// Rewrites a line of documentation: links to items, and the beginning of an example.
    fn doc(&self, tokens: TokenStream) -> TokenStream {
        let lines = tokens.into_iter().map(|token| {
            let TokenTree::Literal(literal) = &token else { return token };
            let Ok(text) = syn::parse2::<syn::LitStr>(literal.to_token_stream()) else {
                return token;
            };
            let path = self.segments.join("::");
            let text = text.value();
            let text = match text.trim_start().starts_with("```") && text.contains("no_run") {
                true => text.replace("no_run", "ignore"),
                false => text
                    .replace("](crate::", &format!("](crate::{path}::"))
                    .replace("[`crate::", &format!("[`crate::{path}::")),
            };
            TokenTree::Literal(Literal::string(&text))
        });
        lines.collect()
    }
}

/// Returns the first word of an attribute.
fn attribute_name(tokens: TokenStream) -> Option<String> {
    match tokens.into_iter().next()? {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    }
}

/// Replaces the key `feature` in a condition.
fn with_cfg(tokens: TokenStream) -> TokenStream {
    let replaced = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(word) if word == "feature" => TokenTree::Ident(format_ident!("{CFG}")),
        TokenTree::Group(group) => {
            TokenTree::Group(Group::new(group.delimiter(), with_cfg(group.stream())))
        }
        other => other,
    });
    replaced.collect()
}
