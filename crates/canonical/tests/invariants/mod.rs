//! What holds for every text, whatever is in it. Shared by the fuzz targets and by the replay of what they found.
//!
//! Each check follows from the crate's documentation, or compares with a second reader: `serde_json`, the crate's other
//! reader, or the same reader within tighter limits. What Python answers is compared elsewhere, since it takes Python.

mod again;
mod place;
mod walk;

use aisoc_canonical::{Code, Document, Error, Format, Limits};

use place::Text;

/// The keys of a manifest that AiSOC's loader leaves out of what is signed.
const OMITTED: [&str; 2] = ["signature", "trust"];

/// Limits that many a short text goes beyond.
const TIGHT: Limits = Limits { text_bytes: 1024, nodes: 24, depth: 4, merged_pairs: 4, output_bytes: 256 };

/// Reads a text in every way that the crate offers, and panics where something does not hold.
pub(crate) fn check(bytes: &[u8], format: Format) {
    let text = Text::of(bytes);
    let read = Document::read(bytes, format);
    if format == Format::Json {
        again::check_grammar(bytes, &read);
    }
    let canonical = match &read {
        Ok(document) => check_document(document, &text, format),
        Err(error) => Err(error.clone()),
    };
    if let Err(error) = &canonical {
        check_error(error, &text);
    }
    check_limits(bytes, format, &canonical);
}

fn check_document(document: &Document, text: &Text, format: Format) -> Result<Vec<u8>, Error> {
    let found = walk::check_values(document, text, format);
    let canonical = document.canonical();
    let signed = document.canonical_without(&OMITTED);
    match (&canonical, &signed) {
        (Ok(canonical), Ok(signed)) => {
            assert!(!found.is_unwritable, "Python cannot write one of these values");
            again::check_output(canonical, &found);
            // Nothing else than these keys is left out.
            assert!(signed.len() <= canonical.len());
            if !OMITTED.iter().any(|key| document.root().get(key).is_some()) {
                assert_eq!(signed, canonical);
            }
        }
        (Ok(_), Err(error)) => panic!("the value is written whole and not in part: {error:?}"),
        (Err(_), _) => {}
    }
    if let Ok(signed) = &signed {
        again::check_omission(signed);
    }
    if let Err(error) = &signed {
        check_error(error, text);
    }
    canonical
}

/// An error has words, a place in the text unless the whole text is meant, and quotes what stands there.
fn check_error(error: &Error, text: &Text) {
    assert!(!error.message().is_empty() && !error.message().ends_with('.'), "{error:?}");
    assert!(error.to_string().starts_with(error.message()), "{error:?}");
    assert!(error.hint().is_none_or(|hint| !hint.is_empty()), "{error:?}");
    assert_eq!(error.loader_fails(), error.code().loader_fails());
    match (error.code(), error.position()) {
        (Code::TextTooLarge, None) => {}
        (_, None) => panic!("no place: {error:?}"),
        (Code::NotUtf8, Some(position)) => {
            let rest = text.from(position).unwrap_or_else(|| panic!("outside of the text: {error:?}"));
            assert!(rest.starts_with(&[char::REPLACEMENT_CHARACTER]), "{error:?}");
        }
        (_, Some(position)) => {
            let rest = text.from(position).unwrap_or_else(|| panic!("outside of the text: {error:?}"));
            assert!(place::starts_with(rest, error.offending()), "not what stands there: {error:?}");
        }
    }
}

/// Tighter limits decline a text or change nothing about its answer.
fn check_limits(bytes: &[u8], format: Format, canonical: &Result<Vec<u8>, Error>) {
    let tight = Document::read_within(bytes, format, &TIGHT).and_then(|document| document.canonical());
    match &tight {
        Err(error) if !error.loader_fails() => check_error(error, &Text::of(bytes)),
        _ => assert_eq!(&tight, canonical, "limits changed an answer"),
    }
}
