//! Masks the secrets of a request in its response.
//!
//! Takes the secrets that were sent, and replaces them in the parts of a response that errors show.
//! [`sensitive`](super::sensitive) decides which headers and parameters are secret. The body of the
//! response is unchanged.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use http::HeaderMap;

use super::Secret;
use super::parameter::percent_encode;
use super::sensitive::MASK;

/// The minimum length of a masked secret, in bytes. A shorter one would match within words.
const MIN_LENGTH: usize = 4;

/// A secret that was sent.
#[derive(Clone)]
pub(crate) struct SentSecret {
    /// The user name or id that is Base64-encoded together with the secret, or an empty string.
    id: String,
    secret: Secret,
}

impl SentSecret {
    /// Returns a secret that is sent alone.
    pub(crate) fn alone(secret: Secret) -> Self {
        Self::with_id("", secret)
    }

    /// Returns a secret that is sent together with an id (RFC 7617; RFC 6749, section 2.3.1).
    pub(crate) fn with_id(id: &str, secret: Secret) -> Self {
        Self { id: id.to_owned(), secret }
    }

    /// Adds the encodings in which text may contain the secret.
    fn add_forms(&self, forms: &mut Vec<Secret>) {
        let plain = self.secret.expose_secret();
        if plain.len() < MIN_LENGTH {
            return;
        }
        let encoded = Secret::from(percent_encode(plain));
        let encoded = encoded.expose_secret();
        let pair = self.secret.bytes(&format!("{}:", self.id), "");
        let unquoted = |text: String| Secret::from(text.get(1..text.len() - 1).unwrap_or_default());
        let json = unquoted(serde_json::Value::from(plain).to_string());
        let debugged = unquoted(format!("{plain:?}"));
        let texts = [
            plain.to_owned(),
            encoded.replace("%20", "+"),
            lower_case_escapes(encoded),
            encoded.to_owned(),
            STANDARD.encode(plain),
            STANDARD_NO_PAD.encode(plain),
            URL_SAFE_NO_PAD.encode(plain),
            STANDARD.encode(&pair),
            STANDARD_NO_PAD.encode(&pair),
            URL_SAFE_NO_PAD.encode(&pair),
            json.expose_secret().replace('/', "\\/"),
            json.expose_secret().to_owned(),
            // The encodings of `Debug` for strings and bytes.
            debugged.expose_secret().to_owned(),
            plain.as_bytes().escape_ascii().to_string(),
        ];
        forms.extend(texts.into_iter().map(Secret::from));
    }
}

/// The secrets of a request. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct SentSecrets(Arc<[SentSecret]>);

impl SentSecrets {
    /// Collects the secrets of a request: those of the client, the token, and sensitive headers.
    pub(crate) fn new(client: &[SentSecret], token: Option<&Secret>, headers: &HeaderMap) -> Self {
        let values = headers.values().filter(|value| value.is_sensitive());
        let headers = values
            .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
            .flat_map(|value| {
                // A scheme such as `Bearer` is not part of the secret.
                let last_word = value.rsplit_once(' ').map(|(_, word)| word);
                [Some(value), last_word].into_iter().flatten().map(Secret::from)
            });
        let secrets = token.cloned().into_iter().chain(headers).map(SentSecret::alone);
        Self(client.iter().cloned().chain(secrets).collect())
    }

    /// Masks the secrets in a string, in all encodings.
    pub(crate) fn masked(&self, text: &str) -> String {
        mask(text.to_owned(), &self.forms())
    }

    /// Masks the secrets in the beginning of a string. `write` returns at most the given number of
    /// bytes, and whether they are the whole string. The result has at most `most` bytes.
    pub(crate) fn beginning(
        &self,
        most: usize,
        write: impl FnOnce(usize) -> (String, bool),
    ) -> (String, bool) {
        let forms = self.forms();
        let longest = forms.first().map_or(0, |form| form.expose_secret().len());
        let (text, is_whole) = write(most.saturating_add(longest));
        let mut text = mask(text, &forms);
        // The end may be the beginning of a secret.
        let end = if is_whole { text.len() } else { text.len().saturating_sub(longest) };
        let end = end.min(most);
        let cut = (0..=end).rev().find(|cut| text.is_char_boundary(*cut)).unwrap_or(0);
        let is_whole = is_whole && cut == text.len();
        text.truncate(cut);
        (text, is_whole)
    }

    /// Returns all encodings, the longest first, because one may be a part of another.
    fn forms(&self) -> Vec<Secret> {
        let mut forms = Vec::new();
        self.0.iter().for_each(|secret| secret.add_forms(&mut forms));
        forms.sort_by_key(|form| std::cmp::Reverse(form.expose_secret().len()));
        forms
    }
}

fn mask(text: String, forms: &[Secret]) -> String {
    forms.iter().fold(text, |text, form| match text.contains(form.expose_secret()) {
        true => text.replace(form.expose_secret(), MASK),
        false => text,
    })
}

/// Converts `%2F` to `%2f`, which is equivalent (RFC 3986, section 2.1).
fn lower_case_escapes(text: &str) -> String {
    let mut left = 0;
    let lower = |c: char| {
        left = if c == '%' { 2 } else { i32::max(left - 1, -1) };
        if left >= 0 && c != '%' { c.to_ascii_lowercase() } else { c }
    };
    text.chars().map(lower).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(id: &str, secret: &str) -> SentSecrets {
        SentSecrets::new(&[SentSecret::with_id(id, secret.into())], None, &HeaderMap::new())
    }

    #[test]
    fn a_secret_header_is_masked_whatever_its_characters_are() {
        let mut value = http::HeaderValue::from_bytes("Key pässword".as_bytes()).unwrap();
        value.set_sensitive(true);
        let headers = HeaderMap::from_iter([(http::HeaderName::from_static("x-key"), value)]);
        let sent = SentSecrets::new(&[], None, &headers);
        assert!(!sent.masked("it was pässword").contains("pässword"));
    }

    #[test]
    fn only_escapes_are_converted_to_lower_case() {
        assert_eq!(lower_case_escapes("AB%2FCD%C3%9CE%"), "AB%2fCD%c3%9cE%");
    }

    #[test]
    fn all_encodings_of_a_secret_are_masked() {
        let plain = "s=3+c%r/t ü\"x";
        let basic = STANDARD.encode(format!("me:{plain}"));
        let [long, short] = [STANDARD.encode(plain), STANDARD_NO_PAD.encode(plain)];
        for form in [
            plain,
            "s%3D3%2Bc%25r%2Ft%20%C3%BC%22x",
            "s%3d3%2bc%25r%2ft%20%c3%bc%22x",
            "s%3D3%2Bc%25r%2Ft+%C3%BC%22x",
            r#"s=3+c%r/t ü\"x"#,
            r#"s=3+c%r\/t ü\"x"#,
            r#"s=3+c%r/t \xc3\xbc\"x"#,
            &basic,
            basic.trim_end_matches('='),
            &long,
            &short,
        ] {
            let text = format!("you sent {form}, which is wrong: {form}");
            let masked = sent("me", plain).masked(&text);
            assert_eq!(masked, "you sent ***, which is wrong: ***", "{form}");
        }
        for short in ["", "s", "are"] {
            assert_eq!(sent("", short).masked("as they are"), "as they are");
        }
        assert_eq!(sent("", "they").masked("as they are"), "as *** are");
    }

    #[test]
    fn tokens_and_marked_headers_are_masked() {
        let mut headers = HeaderMap::new();
        headers.insert("x-plain", "visible".parse().unwrap());
        headers.insert("authorization", Secret::from("hush-1").header("Custom ").unwrap());
        headers.insert("x-key", Secret::from("hush 2").header("").unwrap());
        let sent = SentSecrets::new(&[], Some(&"hush-3".into()), &headers);
        let masked = sent.masked("visible hush-1 Custom hush-1 hush 2 hush-3 hush-4");
        assert_eq!(masked, "visible *** *** *** *** hush-4");
    }

    /// Wherever a string is cut, its end contains no part of a secret.
    #[test]
    fn a_shortened_string_does_not_end_with_part_of_a_secret() {
        let sent = sent("", "hunter2hunter2");
        let text = format!("abc {}", "hunter2hunter2 ".repeat(9));
        for most in 0..text.len() + 20 {
            let (shown, is_whole) = sent.beginning(most, |most| {
                (text[..most.min(text.len())].to_owned(), most >= text.len())
            });
            assert!(shown.len() <= most && !shown.contains('h'), "{most}: {shown}");
            assert_eq!(is_whole, shown == format!("abc {}", "*** ".repeat(9)), "{most}: {shown}");
        }
        let none = SentSecrets::default().beginning(3, |most| ("abcdef"[..most].to_owned(), false));
        assert_eq!(none, ("abc".to_owned(), false));
    }
}
