use super::*;

#[test]
fn safe_markdown_is_unchanged() {
    for text in [
        "A sentence. Another: with `code`, *stress*, **more** and snake_case_words.",
        "Two lines\nin one paragraph.\n\nAnother one.",
        "- one\n- two\n  - three\n\nEnd.",
        "1. one\n2. two",
        "| a | b |\n|---|--:|\n| 1 | `x` |",
        "> quoted\n>\n> twice",
        "## A heading\n\nand [a link](https://example.com/a?b=c#d).",
        "<https://example.com/>",
        "5 * 3 - 2 & more; ~5 % of $x {y} (z) = \"fine\"! Really? Yes.",
        "```text\nlet x = 1;\n\n  y\n```",
        "⚠\u{fe0f} Careful.",
        "hard\\\nbreak",
        "~~struck~~",
    ] {
        assert_eq!(markdown(text), text);
    }
}

#[test]
fn unsafe_constructs_are_escaped_or_removed() {
    for (text, expected) in [
        ("a list [1] of <b>", r"a list \[1\] of \<b>"),
        ("go to https://a.b/c.", "go to <https://a.b/c>."),
        ("[`code`](https://a.b/c) [1]", r"[`code`](https://a.b/c) \[1\]"),
        ("see [Item], [`Item`] and [x][Item]", r"see \[Item\], \[`Item`\] and \[x\]\[Item\]"),
        ("[local](../x.md) and [code](javascript:alert(1))", "local and code"),
        ("![logo](https://a.b/c.png)", "[logo](https://a.b/c.png)"),
        ("[x]: https://a.b\n\nsee [x]", "see [x](https://a.b)"),
        ("Title\n=====\n\nSmall\n---", "# Title\n\n## Small"),
        ("<p>one</p>\n\ntwo", "\\<p>one\\</p>\n\ntwo"),
        ("a\u{202e}b &#x202e; &#27;", "a\\u{202e}b \\u{202e} \\u{1b}"),
        ("* a\n* b", "- a\n- b"),
        ("- [x] done", r"- \[x\] done"),
        ("note[^1]\n\n[^1]: more", "note\\[^1\\]\n\n\\[^1\\]:\n\nmore"),
        ("***x*** *a*", "***x*** *a*"),
    ] {
        assert_eq!(markdown(text), expected, "{text}");
    }
}

/// Each syntax of a code block, at each level of nesting.
#[test]
fn every_code_block_is_marked_as_text() {
    let text = "```text\nx\n```";
    for source in [
        "```\nx\n```",
        "```rust\nx\n```",
        "``` rust\nx\n```",
        "```should_panic\nx\n```",
        "```no_run\nx\n```",
        "```json\nx\n```",
        "```{.rust}\nx\n```",
        "```text,rust\nx\n```",
        "````\nx\n````",
        "~~~\nx\n~~~",
        "~~~ rust\nx\n~~~",
        "    x",
        "\tx",
        "   ```rust\n   x\n   ```",
        "```rust\nx",
    ] {
        assert_eq!(markdown(source), text, "{source}");
        for (first, rest) in
            [("> ", "> "), ("- ", "  "), ("1. ", "   "), ("> - ", ">   "), ("- > ", "  > ")]
        {
            let within = |text: &str| {
                let mut lines = text.lines().map(|line| line.replace('\t', "    "));
                let begin = format!("{first}{}", lines.next().unwrap());
                lines.fold(begin, |text, line| format!("{text}\n{rest}{line}"))
            };
            let written = markdown(&within(source));
            assert_eq!(faults(&written), BTreeSet::new(), "{written}");
            assert!(written.contains("```text") && written.contains('x'), "{source}: {written}");
        }
    }
    assert_eq!(markdown("~~~\n````\nx\n~~~"), "`````text\n````\nx\n`````");
}

/// The pieces of random texts: the marks of CommonMark and of extensions, and hidden characters.
const PIECES: [&str; 52] = [
    "a",
    " ",
    "\n",
    "\n\n",
    "`",
    "``",
    "```",
    "~~~",
    "```rust\n",
    "    ",
    "\t",
    "> ",
    "- ",
    "1. ",
    "* ",
    "*",
    "**",
    "_",
    "[",
    "]",
    "(",
    ")",
    "]: ",
    "![",
    "<b>",
    "<!--",
    "-->",
    "<https://a.b>",
    "https://a.b/c",
    "|",
    "|---|",
    "---",
    "===",
    "# ",
    "\\",
    "&amp;",
    "&#27;",
    "\u{1b}",
    "\u{202e}",
    "~",
    "[^1]",
    "[^1]: ",
    "[x] ",
    "<pre>",
    "</pre>",
    "x@y.z",
    "mailto:x",
    "!",
    "+ ",
    "\r",
    "é",
    "⚠\u{fe0f}",
];

#[test]
fn random_texts_are_sanitized() {
    let mut random = 1_u64;
    for _ in 0..10_000 {
        let mut text = String::new();
        for _ in 0..14 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let piece = (random >> 33) as usize % PIECES.len();
            text.push_str(PIECES[piece]);
        }
        check(&text);
    }
    super::super::tests::HOSTILE.iter().for_each(|text| check(text));
}

/// Asserts that a text is sanitized without faults in each context, and that sanitizing is idempotent.
fn check(text: &str) {
    let written = markdown(text);
    assert_eq!(faults(&written), BTreeSet::new(), "{text:?} became {written:?}");
    assert_eq!(parse::parse(&markdown(&written)).blocks, parse::parse(&written).blocks, "{text:?}");
    let first = first_block(text);
    assert_eq!(faults(&first), BTreeSet::new(), "{text:?} became {first:?}");
    for line in [inline(text), code(text)] {
        assert_eq!(faults(&line), BTreeSet::new(), "{text:?} became {line:?}");
        assert!(!line.contains('\n'));
        let blocks = parse::parse(&line).blocks;
        assert!(
            matches!(blocks.as_slice(), [] | [Block::Paragraph(_)]),
            "{text:?} became {line:?}"
        );
    }
    for cell in [cell(text), code_cell(text)] {
        let table = format!("| before | {cell} | behind |\n|---|---|---|");
        let parsed = parse::parse(&table);
        assert_eq!(parsed.faults, BTreeSet::new(), "{text:?} became {cell:?}");
        let [Block::Table(table)] = parsed.blocks.as_slice() else {
            panic!("{text:?} became {cell:?}")
        };
        let neighbors = [&table.rows[0][0], &table.rows[0][2]];
        assert_eq!(
            neighbors,
            [&vec![Inline::Text("before".to_owned())], &vec![Inline::Text("behind".to_owned())]],
            "{text:?} became {cell:?}"
        );
    }
}

#[test]
fn the_output_for_long_and_deep_texts_is_linear_in_their_length() {
    for piece in [
        "> ",
        "- ",
        "*a ",
        "[",
        "`",
        "~",
        "&",
        "1. ",
        "<",
        "http",
        "https://a.b ",
        "| a ",
        "    ",
        "**",
        "![",
        "- a\n  ",
    ] {
        let text = piece.repeat(20_000);
        let written = markdown(&text);
        assert!(written.len() <= 12 * text.len() + 100, "{piece}: {}", written.len());
        assert_eq!(faults(&written), BTreeSet::new(), "{piece}");
    }
}
