//! A minimal valid PDF: one page with the title of the report.

/// Returns the bytes of the document.
pub(super) fn document(title: &str) -> Vec<u8> {
    let text = format!("BT /F1 18 Tf 72 720 Td ({}) Tj ET", escaped(title));
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut document = "%PDF-1.4\n".to_owned();
    let mut offsets = vec![];
    for (number, object) in (1..).zip(&objects) {
        offsets.push(document.len());
        document.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let table_at = document.len();
    // Each line of the table has exactly 20 bytes, because readers compute the offsets of lines.
    let lines: String = offsets.iter().map(|offset| format!("{offset:010} 00000 n \n")).collect();
    let count = objects.len() + 1;
    document.push_str(&format!("xref\n0 {count}\n0000000000 65535 f \n{lines}"));
    document.push_str(&format!(
        "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table_at}\n%%EOF\n"
    ));
    document.into_bytes()
}

/// Returns the title as a PDF string. Characters beyond ASCII are not in the font, and parentheses
/// would end the string, so both are replaced.
fn escaped(title: &str) -> String {
    let plain = |letter: char| {
        if letter == ' ' || letter.is_ascii_graphic() { letter } else { '?' }
    };
    title
        .chars()
        .map(plain)
        .map(|letter| if "()\\".contains(letter) { '?' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_point_to_their_objects() {
        let text = String::from_utf8(document("Identities (Details)")).unwrap();
        assert!(text.contains("(Identities ?Details?) Tj"));
        let table_at: usize = text.rsplit('\n').nth(2).unwrap().parse().unwrap();
        let offsets = text[table_at..].lines().skip(3).take(5);
        for (number, line) in (1..).zip(offsets) {
            let offset: usize = line[..10].parse().unwrap();
            assert!(text[offset..].starts_with(&format!("{number} 0 obj\n")));
        }
    }
}
