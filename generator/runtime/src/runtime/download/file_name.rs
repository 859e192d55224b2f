//! File names that are safe on every platform.
//!
//! Takes any string and returns a name that is not empty, fits into a directory entry, is a single
//! path segment, and has no special meaning to Windows, a shell or a terminal. The function is
//! idempotent.

use super::FileKind;

/// The maximum length of a name, in bytes. Most file systems allow 255; the difference leaves space
/// for a number, as in `report (12).csv`.
pub(super) const MAX_BYTES: usize = 200;

/// Returns a name that is safe in any directory on every platform.
pub(super) fn safe(given: Option<&str>, kind: FileKind) -> String {
    // Only the last segment is used; replacing the separators would make the name longer.
    let own = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = own.chars().map(|c| if is_harmless(c) { c } else { '_' }).collect();
    let mut name = clean;
    // One rule can undo another: a shortened name can end with a dot, or be a device name.
    for _ in 0..4 {
        let next = shorten(with_extension(without_device(trim(&name)), kind));
        if next == name {
            break;
        }
        name = next;
    }
    name
}

/// Removes leading dots, which hide a file, trailing dots and spaces, which Windows drops, and
/// replaces a leading `-` (an option) or `~` (a home directory, as in `~root`).
fn trim(name: &str) -> String {
    let trimmed = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    match trimmed.strip_prefix(['-', '~']) {
        _ if trimmed.is_empty() => "download".to_owned(),
        Some(rest) => format!("_{rest}"),
        None => trimmed.to_owned(),
    }
}

fn without_device(name: String) -> String {
    if is_device(&name) { format!("_{name}") } else { name }
}

fn with_extension(name: String, kind: FileKind) -> String {
    match kind.extension() {
        Some(extension) if !has_extension(&name) => format!("{name}.{extension}"),
        _ => name,
    }
}

/// Returns whether a character has no special meaning to a file system, a shell or a terminal.
fn is_harmless(c: char) -> bool {
    let reserved = r#"<>:"/\|?*"#.contains(c);
    !reserved && !c.is_control() && !is_invisible(c)
}

/// Returns whether a character is invisible, or changes how others are displayed. Direction marks
/// turn `exe.pdf` into `fdp.exe` on screen, and tag characters hide a whole message.
///
/// These are the characters with the property `Default_Ignorable_Code_Point` (Unicode Standard,
/// section 5.21), and line separators, annotations, blanks and noncharacters.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Returns whether Windows treats a name as a device, which it does with any extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    match stem.as_str() {
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$" => true,
        other => {
            let number = other.strip_prefix("COM").or_else(|| other.strip_prefix("LPT"));
            number.is_some_and(|number| {
                number.chars().count() == 1 && "0123456789¹²³".contains(number)
            })
        }
    }
}

fn has_extension(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && (1..=8).contains(&extension.len())
            && extension.chars().all(|c| c.is_ascii_alphanumeric())
    })
}

/// Shortens a long name before its extension, at a character boundary.
fn shorten(name: String) -> String {
    if name.len() <= MAX_BYTES {
        return name;
    }
    let (stem, extension) = match name.rsplit_once('.').filter(|_| has_extension(&name)) {
        Some((stem, extension)) => (stem, format!(".{extension}")),
        None => (name.as_str(), String::new()),
    };
    let limit = MAX_BYTES - extension.len();
    let end = (0..=limit).rev().find(|end| stem.is_char_boundary(*end)).unwrap_or_default();
    let stem = stem[..end].trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    format!("{stem}{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_names_are_changed() {
        let cases = [
            ("report.csv", "report.csv"),
            ("../../etc/passwd", "passwd.csv"),
            (r"..\..\boot.ini", "boot.ini"),
            ("..", "download.csv"),
            (".", "download.csv"),
            ("", "download.csv"),
            ("a/", "download.csv"),
            (".bashrc", "bashrc.csv"),
            ("con", "_con.csv"),
            ("Com1.txt", "_Com1.txt"),
            ("LPT¹.csv", "_LPT¹.csv"),
            ("com²", "_com².csv"),
            ("COM³ .tar.gz", "_COM³ .tar.gz"),
            ("-com1.csv", "_com1.csv"),
            (".con", "_con.csv"),
            ("company.csv", "company.csv"),
            ("a\r\nb\0c.csv", "a__b_c.csv"),
            ("C:evil?.csv", "C_evil_.csv"),
            ("exe.\u{202e}fdp", "exe._fdp.csv"),
            ("exe.\u{61c}fdp", "exe._fdp.csv"),
            ("re\u{ad}port.csv", "re_port.csv"),
            ("re\u{180e}port.csv", "re_port.csv"),
            ("a\u{e0041}\u{e007f}.csv", "a__.csv"),
            ("a\u{fe0f}\u{3164}\u{2800}.csv", "a___.csv"),
            ("-rf.csv", "_rf.csv"),
            ("--help", "_-help.csv"),
            ("~root", "_root.csv"),
            ("~", "_.csv"),
            ("~/.ssh/~+", "_+.csv"),
            ("-~x.csv", "_~x.csv"),
            ("trailing. . .", "trailing.csv"),
            ("Ünïcödé 报告.pdf", "Ünïcödé 报告.pdf"),
            ("Version 1.2 of it", "Version 1.2 of it.csv"),
        ];
        for (given, expected) in cases {
            assert_eq!(safe(Some(given), FileKind::Csv), expected, "{given:?}");
        }
        assert_eq!(safe(None, FileKind::Other), "download");
    }

    #[test]
    fn long_names_keep_their_extension() {
        let name = safe(Some(&format!("{}.csv", "é".repeat(300))), FileKind::Csv);
        assert!(name.len() <= MAX_BYTES && name.ends_with("é.csv"), "{name}");
    }

    #[test]
    fn a_shortened_name_is_safe_as_well() {
        let dots = format!("{}{}x y", "a".repeat(190), " .".repeat(50));
        assert_eq!(safe(Some(&dots), FileKind::Other), "a".repeat(190));
        assert_eq!(safe(Some(&format!("{dots}.csv")), FileKind::Csv), "a".repeat(190) + ".csv");
        let device = format!("com1{}x", " ".repeat(300));
        assert_eq!(safe(Some(&device), FileKind::Other), "_com1");
        assert_eq!(safe(Some(&format!("{device}.csv")), FileKind::Csv), "_com1.csv");
    }

    /// Checks the properties of every name, independently of the implementation above.
    fn check(given: &str, kind: FileKind) {
        let name = safe(Some(given), kind);
        let because = format!("{given:?} as {kind:?} is {name:?}");
        assert!(!name.is_empty() && name.len() <= MAX_BYTES, "{because}");
        assert_eq!(safe(Some(&name), kind), name, "{because}");
        let path = std::path::Path::new(&name);
        assert_eq!(path.file_name().and_then(|own| own.to_str()), Some(name.as_str()), "{because}");
        assert!(
            !name.contains(['/', '\\', ':', '\0', '\u{61c}', '\u{ad}', '\u{180e}']),
            "{because}"
        );
        assert!(!name.chars().any(|c| c.is_control() || ('\u{e0000}'..='\u{e0fff}').contains(&c)));
        assert!(!name.starts_with(['.', '-', ' ']) && !name.ends_with(['.', ' ']), "{because}");
        let stem = name.split('.').next().unwrap().trim_end().to_lowercase();
        let devices = ["con", "prn", "aux", "nul", "com1", "lpt9", "com¹", "lpt³", "conin$"];
        assert!(!devices.contains(&stem.as_str()), "{because}");
    }

    #[test]
    fn invisible_characters_and_devices_are_recognized() {
        assert!(['\u{ad}', '\u{fffe}', '\u{1ffff}'].into_iter().all(is_invisible));
        assert!(!['a', 'é', '\u{fffd}', '\u{10000}', '\u{1fffd}'].into_iter().any(is_invisible));
        assert!(["COM1", "lpt0.txt", "com¹", "nul.tar.gz", "Con .txt"].into_iter().all(is_device));
        assert!(!["COM", "COM12", "COMA", "LPTx.txt", "comic"].into_iter().any(is_device));
    }

    #[test]
    fn every_name_becomes_safe_and_is_then_unchanged() {
        let pieces = [
            "con",
            "COM",
            "lpt",
            "nul",
            "1",
            "9",
            "¹",
            "³",
            ".",
            "..",
            " ",
            "-",
            "/",
            "\\",
            "_",
            "csv",
            ".csv",
            ".tar.gz",
            "é",
            "报",
            "\u{202e}",
            "\u{61c}",
            "\u{ad}",
            "\u{180e}",
            "\u{e0041}",
            "\u{fe0f}",
            "\u{3000}",
            "\u{a0}",
            "\0",
            "\r\n",
            "\u{1b}[2J",
            "$",
            "~",
            ":",
        ];
        let seed = fastrand::u64(..);
        println!("seed {seed}");
        let mut random = fastrand::Rng::with_seed(seed);
        let kinds = [FileKind::Csv, FileKind::Other, FileKind::Gzip, FileKind::Text];
        for _ in 0..20_000 {
            let mut name = String::new();
            for _ in 0..random.usize(..12) {
                let times = if random.u8(..8) == 0 { random.usize(..250) } else { 1 };
                let piece = pieces[random.usize(..pieces.len())];
                let any = random.char(..).to_string();
                let piece = if random.u8(..6) == 0 { &any } else { piece };
                name.push_str(&piece.repeat(times));
            }
            check(&name, kinds[random.usize(..kinds.len())]);
        }
    }
}
