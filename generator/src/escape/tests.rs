use super::*;

#[test]
fn hidden_characters_are_escaped() {
    let cases = [
        ("plain größe\u{a0}x", "plain größe\u{a0}x", "plain größe\u{a0}x"),
        ("a\tb\nc\r\n", "a\tb\nc\\r\n", "a\\tb\\nc\\r\\n"),
        (
            "\u{1b}[31mred\u{7}\u{9b}0m",
            "\\u{1b}[31mred\\u{7}\\u{9b}0m",
            "\\u{1b}[31mred\\u{7}\\u{9b}0m",
        ),
        (
            "\u{202e}txt\u{2066}\u{200f}",
            "\\u{202e}txt\\u{2066}\\u{200f}",
            "\\u{202e}txt\\u{2066}\\u{200f}",
        ),
        (
            "a\u{200b}b\u{feff}\u{ad}\u{e0041}",
            "a\\u{200b}b\\u{feff}\\u{ad}\\u{e0041}",
            "a\\u{200b}b\\u{feff}\\u{ad}\\u{e0041}",
        ),
        // A variation selector changes the display of an emoji, but is only hidden after a letter.
        ("⚠\u{fe0f} a\u{fe0f}", "⚠\u{fe0f} a\\u{fe0f}", "⚠\u{fe0f} a\\u{fe0f}"),
    ];
    for (text, in_lines, in_line) in cases {
        assert_eq!(visible(text), in_lines);
        assert_eq!(line(text), in_line);
    }
}

#[test]
fn every_string_is_escaped_for_every_output() {
    for text in HOSTILE {
        let string = toml_string(text);
        assert!(!string.contains(is_hidden), "{string}");
        let comment = comment(text);
        assert!(!comment.contains(is_hidden) && !comment.contains("--") && !comment.contains("*/"));
        let encoded = serde_json::to_string(text).unwrap();
        let escaped = json(&encoded);
        assert!(!escaped.contains(is_hidden));
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), *text);
        let name = path_component(text);
        assert!(!name.is_empty() && name.len() <= 255);
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
        assert!(!name.starts_with(|c: char| c.is_ascii_digit()));
    }
}

#[test]
fn a_file_name_is_never_reserved_or_a_path() {
    for (text, name) in [
        ("Größe", "gro_udf_e"),
        ("..", "empty"),
        ("../../etc", "etc"),
        ("COM1", "com1_"),
        ("COM\u{b9}", "com1_"),
        ("nul", "nul_"),
        ("nul.txt", "nul_txt"),
        ("7 days", "n7_days"),
        ("", "empty"),
        ("\u{30e6}", "u30e6"),
        ("e\u{301}", "e"),
        ("\u{e9}", "e"),
    ] {
        assert_eq!(path_component(text), name, "{text}");
    }
    assert_eq!(path_component(&"a".repeat(300)).len(), MAX_NAME_BYTES);
}

/// Strings that contain the syntax of one of the output formats.
pub(super) const HOSTILE: &[&str] = &[
    "",
    " ",
    "plain",
    "\n",
    "a\nb",
    "\r\n\r",
    "\u{0}\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{7f}",
    "\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{200b}\u{200d}\u{feff}\u{ad}\u{61c}\u{180e}\u{e0001}",
    "\"quote\\\"\\",
    "'''\"\"\"",
    "*/ fn main() {} /*",
    "--> <!-- <script>alert(1)</script> -->",
    "{{x}} ${y} #{z} %s",
    "`tick` ``ticks`` ```",
    "a|b\\|c\\\\|d|",
    "</details><b>&lt;&amp;&#x202e;&#27;",
    "\"# r#\"x\"#",
    "[name] = \"x\"\n[dependencies]\nevil = \"1\"",
    "../../../etc/passwd",
    "C:\\Windows",
    "con",
    "\u{2028}\u{2029}\u{85}",
    "# heading\n\n- list\n\n1. one\n\n> quote",
];
