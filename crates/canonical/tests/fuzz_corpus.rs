//! The texts that fuzzing found to reach all of the readers' code: what holds for every text holds for them, and each
//! gets the answer that Python gave.
//!
//! `fuzz/run` makes them; `fuzz/keep` says what a line holds.

#![allow(clippy::unwrap_used)]

mod invariants;

use aisoc_canonical::{Document, Format};
use serde::Deserialize;

#[derive(Deserialize)]
struct Kept {
    text: Option<String>,
    hex: Option<String>,
    canonical: Option<String>,
    error: Option<String>,
    gave_up: Option<String>,
    sanitized_canonical: Option<String>,
    sanitized_error: Option<String>,
}

#[test]
fn yaml_texts_get_pythons_answers() {
    replay(include_str!("../fuzz/corpus/yaml.jsonl"), Format::Yaml);
}

#[test]
fn json_texts_get_pythons_answers() {
    replay(include_str!("../fuzz/corpus/json.jsonl"), Format::Json);
}

fn replay(corpus: &str, format: Format) {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for line in corpus.lines() {
        let kept: Kept = serde_json::from_str(line).unwrap();
        let bytes = kept.bytes();
        invariants::check(&bytes, format);
        if kept.gave_up.is_some() {
            continue;
        }
        compared += 1;
        for (omitted, canonical, error) in kept.answers() {
            let ours = Document::read(&bytes, format).and_then(|document| document.canonical_without(omitted));
            let agrees = match (&ours, canonical, error) {
                (Ok(bytes), Some(canonical), None) => bytes == canonical.as_bytes(),
                // Where Python goes on, this crate may decline, and may not say that Python fails.
                (Err(ours), Some(_), None) => !ours.loader_fails(),
                (Err(_), None, Some(_)) => true,
                _ => false,
            };
            if !agrees {
                let ours = ours.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
                wrong.push(format!("{line}\n  here, without {omitted:?}: {ours:?}"));
            }
        }
    }
    assert!(compared > 100, "the corpus is cut: {compared} texts");
    assert!(wrong.is_empty(), "{} of {compared} texts differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Keys to leave out, and Python's canonical text or its exception.
type Answer<'a> = (&'static [&'static str], Option<&'a str>, Option<&'a str>);

impl Kept {
    fn bytes(&self) -> Vec<u8> {
        match (&self.text, &self.hex) {
            (Some(text), None) => text.as_bytes().to_vec(),
            (None, Some(hex)) => {
                let byte = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap();
                hex.as_bytes().chunks(2).map(byte).collect()
            }
            _ => panic!("a line holds one of `text` and `hex`"),
        }
    }

    fn answers(&self) -> [Answer<'_>; 2] {
        let whole = (self.canonical.as_deref(), self.error.as_deref());
        let sanitized = match (self.sanitized_canonical.as_deref(), self.sanitized_error.as_deref()) {
            (None, None) => whole,
            changed => changed,
        };
        [(&[], whole.0, whole.1), (&["signature", "trust"], sanitized.0, sanitized.1)]
    }
}
