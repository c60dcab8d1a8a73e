//! Texts that are read twice: by `serde_json`, and by this crate once it has written them.

use std::str;

use aisoc_canonical::{Code, Document, Error, Format, Kind, Value};
use serde::de::IgnoredAny;

use super::walk::Found;

/// Longer output is not read again: the time is better spent on other texts.
const LONGEST: usize = 1 << 16;

/// The JSON reader takes what RFC 8259 takes, and nothing else but NaN and the infinities.
pub(super) fn check_grammar(bytes: &[u8], read: &Result<Document, Error>) {
    let Ok(text) = str::from_utf8(bytes) else {
        assert_eq!(read.as_ref().err().map(Error::code), Some(Code::NotUtf8));
        return;
    };
    let strict = serde_json::from_str::<IgnoredAny>(text);
    match (read, &strict) {
        (Ok(_), Err(refused)) => {
            assert!(text.contains("NaN") || text.contains("Infinity"), "serde_json refuses this: {refused}");
        }
        (Err(error), Ok(_)) => {
            assert!(!error.loader_fails() || error.code() == Code::IntTooLong, "serde_json takes this: {error:?}");
        }
        (Ok(document), Ok(_)) => {
            // It cannot hold lone surrogates and large exponents, which is no disagreement.
            if let Ok(value) = serde_json::from_str::<serde_json::Value>(text) {
                assert_same(document.root(), &value);
            }
        }
        (Err(_), Err(_)) => {}
    }
}

/// Compares all but large numbers and fractions, which `serde_json` rounds in its own way.
fn assert_same(ours: Value<'_>, theirs: &serde_json::Value) {
    use serde_json::Value as Json;
    match (ours.kind(), theirs) {
        (Kind::Null, Json::Null) => {}
        (Kind::Bool(a), Json::Bool(b)) => assert_eq!(a, *b),
        (Kind::Int(a), Json::Number(b)) if b.is_i64() || b.is_u64() => assert_eq!(a.to_string(), b.to_string()),
        (Kind::Int(_) | Kind::Float(_), Json::Number(b)) if b.is_f64() => {}
        (Kind::Str(a), Json::String(b)) => assert_eq!(a.as_str(), Some(b.as_str())),
        (Kind::List, Json::Array(items)) => {
            assert_eq!(ours.items().count(), items.len());
            ours.items().zip(items).for_each(|(ours, theirs)| assert_same(ours, theirs));
        }
        (Kind::Map, Json::Object(members)) => {
            assert_eq!(ours.entries().count(), members.len());
            for (key, value) in ours.entries() {
                let Kind::Str(name) = key.kind() else { panic!("the key {:?} is no string", key.written()) };
                let theirs = name.as_str().and_then(|name| members.get(name));
                assert_same(value, theirs.unwrap_or_else(|| panic!("serde_json has no key {name:?}")));
            }
        }
        (ours, theirs) => panic!("{ours:?} and {theirs:?}"),
    }
}

/// Canonical bytes are ASCII and JSON, and mean themselves to both readers.
pub(super) fn check_output(canonical: &[u8], found: &Found) {
    assert!(canonical.is_ascii());
    if canonical.len() > LONGEST {
        return;
    }
    if let Err(refused) = serde_json::from_slice::<IgnoredAny>(canonical) {
        let text = String::from_utf8_lossy(canonical);
        assert!(text.contains("NaN") || text.contains("Infinity"), "serde_json refuses {text}: {refused}");
    }
    let once = rewrite(canonical, Format::Json);
    if found.keeps_order_in_json {
        assert_eq!(show(&once), show(canonical));
    }
    // With every key a string and every pair of surrogates a character, there is nothing left to change.
    assert_eq!(show(&rewrite(&once, Format::Json)), show(&once));
    if found.keeps_meaning_in_yaml {
        assert_eq!(show(&rewrite(canonical, Format::Yaml)), show(canonical));
    }
}

/// None of the omitted keys is left at the top.
pub(super) fn check_omission(signed: &[u8]) {
    if signed.len() > LONGEST {
        return;
    }
    match Document::read(signed, Format::Json) {
        Ok(document) => {
            for key in super::OMITTED {
                assert!(document.root().get(key).is_none(), "`{key}` is left in {}", show(signed));
            }
        }
        Err(error) => panic!("{error:?} in {}", show(signed)),
    }
}

fn rewrite(canonical: &[u8], format: Format) -> Vec<u8> {
    match Document::read(canonical, format).and_then(|document| document.canonical()) {
        Ok(bytes) => bytes,
        Err(error) => panic!("{error:?} in {}", show(canonical)),
    }
}

fn show(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
