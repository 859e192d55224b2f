//! Puts all mutants of a file into it, so that one program has all of them.
//!
//! Takes the text of a file and its mutants as cargo-mutants lists them, and returns a text in which
//! each changed place asks whether its mutant is the one that is switched on. Which mutants the
//! compiler refuses is left to [`crate::build`], which gets the places of all of them.

use std::collections::BTreeMap;
use std::ops::Range;

use proc_macro2::Span;
use serde::{Deserialize, Serialize};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Arm, BinOp, Expr, ExprBinary, ExprUnary};

/// A mutant, as `cargo mutants --list --json` describes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mutant {
    pub(crate) file: String,
    pub(crate) name: String,
    genre: String,
    replacement: String,
    span: Place,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Place {
    start: Position,
    end: Position,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Position {
    line: usize,
    column: usize,
}

impl Mutant {
    /// Whether it changes the value of a constant, which cannot ask whether a mutant is switched on.
    pub(crate) fn is_of_constant(&self) -> bool {
        self.genre == "BinaryOperator" && !self.name.contains(" in ")
    }

    /// The same mutant in a copy of its file that has some lines before it.
    pub(crate) fn moved_by(&self, lines: usize) -> Self {
        let mut moved = self.clone();
        moved.span.start.line += lines;
        moved.span.end.line += lines;
        moved
    }
}

/// A file with its mutants.
#[derive(Debug, Default)]
pub(crate) struct Embedded {
    pub(crate) text: String,
    /// Which bytes belong to which mutant, and which to an expression that has some.
    places: Vec<(Range<usize>, Vec<usize>)>,
}

impl Embedded {
    /// The mutants that are in the text.
    pub(crate) fn mutants(&self) -> impl Iterator<Item = usize> {
        self.places.iter().flat_map(|(_, ids)| ids.iter().copied())
    }

    /// The mutants that an error of the compiler is about: those of the smallest place around it.
    pub(crate) fn at(&self, error: &Range<usize>) -> Vec<usize> {
        let around = |place: &Range<usize>| place.start <= error.start && error.start < place.end;
        let around = self.places.iter().filter(|(place, _)| around(place));
        around.min_by_key(|(place, _)| place.len()).map(|(_, ids)| ids.clone()).unwrap_or_default()
    }

    /// The mutants of the first place behind an error. A match that lacks an arm is wrong at its head.
    pub(crate) fn after(&self, error: &Range<usize>) -> Vec<usize> {
        let after = self.places.iter().filter(|(place, _)| place.start >= error.end);
        after.min_by_key(|(place, _)| place.start).map(|(_, ids)| ids.clone()).unwrap_or_default()
    }
}

/// A text that is put in at a place. It opens an expression, or closes one.
struct Edit {
    at: usize,
    /// Sorts the edits of one place: expressions are closed from the inside, and opened from the outside.
    order: (bool, isize),
    /// The mutants with their texts, and what is between them.
    parts: Vec<(String, Option<usize>)>,
    /// All mutants of the expression, where it opens.
    all: Vec<usize>,
}

/// Puts mutants, each with its number, into the text of a file.
pub(crate) fn embed(text: &str, mutants: &[(usize, &Mutant)]) -> Option<Embedded> {
    let mut expressions = Expressions::default();
    expressions.visit_file(&syn::parse_file(text).ok()?);
    let lines = line_starts(text);
    let mut groups: BTreeMap<(usize, usize), Vec<(usize, &Mutant)>> = BTreeMap::new();
    for (id, mutant) in mutants {
        let Place { start, end } = &mutant.span;
        let place = (offset(text, &lines, start), offset(text, &lines, end));
        groups.entry(place).or_default().push((*id, mutant));
    }
    let mut edits = Vec::new();
    for ((start, end), group) in groups {
        let ids: Vec<usize> = group.iter().map(|(id, _)| *id).collect();
        let alternatives = |expression: &dyn Fn(&Mutant) -> String| {
            group.iter().map(|(id, mutant)| (*id, expression(mutant))).collect::<Vec<_>>()
        };
        match group[0].1.genre.as_str() {
            "FnValue" => edits.push(returns(start, &group)),
            "MatchArmGuard" => {
                edits.extend(choice(start..end, ids, alternatives(&|it| it.replacement.clone())));
            }
            "MatchArm" => {
                let Some(arrow) = expressions.arrows.get(&start) else { continue };
                let guard = format!(" if !crate::mutant({}) ", ids[0]);
                let order = (true, 0);
                edits.push(Edit {
                    at: *arrow,
                    order,
                    parts: vec![(guard, Some(ids[0]))],
                    all: ids,
                });
            }
            "UnaryOperator" => {
                let Some((whole, operand)) = expressions.unary.get(&start) else { continue };
                let operand = text[operand.clone()].to_owned();
                edits.extend(choice(whole.clone(), ids, alternatives(&|_| operand.clone())));
            }
            "BinaryOperator" => {
                let Some((whole, left, right)) = expressions.binary.get(&start) else { continue };
                let (left, right) = (&text[left.clone()], &text[right.clone()]);
                let mutated = |it: &Mutant| format!("{left} {} {right}", it.replacement);
                edits.extend(choice(whole.clone(), ids, alternatives(&mutated)));
            }
            _ => {}
        }
    }
    Some(apply(text, edits))
}

/// Returns early from a function: what is put before its first statement. A function that returns
/// `impl Iterator` has one type only, so an empty one cannot stand beside what it returns else.
fn returns(at: usize, group: &[(usize, &Mutant)]) -> Edit {
    let has_one_type = |it: &&(usize, &Mutant)| !it.1.replacement.contains("::std::iter::");
    let group: Vec<(usize, &Mutant)> = group.iter().filter(has_one_type).copied().collect();
    let early = |(id, mutant): &(usize, &Mutant)| {
        (format!("if crate::mutant({id}) {{ return {}; }} ", mutant.replacement), Some(*id))
    };
    let order = (true, isize::MIN);
    Edit { at, order, parts: group.iter().map(early).collect(), all: Vec::new() }
}

/// Chooses between an expression and what it is in its mutants.
fn choice(whole: Range<usize>, ids: Vec<usize>, mutated: Vec<(usize, String)>) -> [Edit; 2] {
    let mut parts = vec![("(".to_owned(), None)];
    for (id, text) in mutated {
        parts.push((format!("if crate::mutant({id}) {{ {text} }} else "), Some(id)));
    }
    parts.push(("{ ".to_owned(), None));
    let size = isize::try_from(whole.len()).unwrap_or(isize::MAX);
    [
        Edit { at: whole.start, order: (true, -size), parts, all: ids },
        Edit {
            at: whole.end,
            order: (false, size),
            parts: vec![(" })".to_owned(), None)],
            all: Vec::new(),
        },
    ]
}

fn apply(text: &str, mut edits: Vec<Edit>) -> Embedded {
    edits.sort_by_key(|edit| (edit.at, edit.order));
    let mut embedded = Embedded::default();
    let (mut from, mut open) = (0, Vec::new());
    for Edit { at, order, parts, all } in edits {
        embedded.text.push_str(&text[from..at]);
        from = at;
        let begin = embedded.text.len();
        for (part, id) in parts {
            let start = embedded.text.len();
            embedded.text.push_str(&part);
            embedded.places.extend(id.map(|id| (start..embedded.text.len(), vec![id])));
        }
        match order {
            // What is put in at a point has no end of its own.
            (true, 0 | isize::MIN) => {}
            (true, _) => open.push((begin, all)),
            (false, _) => {
                if let Some((begin, all)) = open.pop() {
                    embedded.places.push((begin..embedded.text.len(), all));
                }
            }
        }
    }
    embedded.text.push_str(&text[from..]);
    embedded
}

/// The expressions of a file by the offsets at which cargo-mutants has their mutants.
#[derive(Default)]
struct Expressions {
    /// By the offset of the operator: the whole, and its two operands.
    binary: BTreeMap<usize, (Range<usize>, Range<usize>, Range<usize>)>,
    unary: BTreeMap<usize, (Range<usize>, Range<usize>)>,
    /// By the offset of an arm of a match, that of its arrow.
    arrows: BTreeMap<usize, usize>,
}

impl<'ast> Visit<'ast> for Expressions {
    fn visit_expr_binary(&mut self, node: &'ast ExprBinary) {
        // A condition that binds names cannot be put into another expression.
        let binds = matches!(node.op, BinOp::And(_)) && (binds(&node.left) || binds(&node.right));
        if !binds {
            let places = (bytes(node.span()), bytes(node.left.span()), bytes(node.right.span()));
            self.binary.insert(bytes(node.op.span()).start, places);
        }
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_unary(&mut self, node: &'ast ExprUnary) {
        let places = (bytes(node.span()), bytes(node.expr.span()));
        self.unary.insert(places.0.start, places);
        visit::visit_expr_unary(self, node);
    }

    fn visit_arm(&mut self, node: &'ast Arm) {
        self.arrows.insert(bytes(node.span()).start, bytes(node.fat_arrow_token.span()).start);
        visit::visit_arm(self, node);
    }
}

fn binds(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(ExprBinary { op: BinOp::And(_), left, right, .. }) => {
            binds(left) || binds(right)
        }
        _ => false,
    }
}

fn bytes(span: Span) -> Range<usize> {
    span.byte_range()
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

/// The offset of a position, whose line and column count from 1, and columns in characters.
fn offset(text: &str, lines: &[usize], position: &Position) -> usize {
    let start = lines[position.line - 1];
    let characters = text[start..].char_indices();
    characters.map(|(at, _)| start + at).nth(position.column - 1).unwrap_or(text.len())
}
