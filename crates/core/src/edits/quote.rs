//! Putting one value or key of a manifest in quotes.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;

use aisoc_canonical::{Document, Format, Kind, Style, Value};

use super::{Edit, EditKind, read};
use crate::manifest::Manifest;
use crate::readings::{Reading, ReadingCode};

/// The largest manifest that is edited, in bytes. Each edit reads the whole text again to prove itself.
const MAX_MANIFEST: usize = 256 << 10;

/// How many edits of one manifest are offered.
const MAX_EDITS: usize = 50;

/// Makes edits of one manifest.
pub(crate) struct Quoter<'a> {
    root: &'a Path,
    name: String,
    bytes: Vec<u8>,
    before: Document,
    left: usize,
}

impl<'a> Quoter<'a> {
    /// Reads the manifest's bytes; nothing where they cannot be edited: JSON, a symlink, too large, or no longer readable.
    pub(crate) fn new(root: &'a Path, manifest: &Manifest) -> Option<Self> {
        if manifest.format() != Format::Yaml || manifest.is_symlink() {
            return None;
        }
        let name = manifest.path().file_name()?.to_str()?.to_owned();
        let (bytes, _) = read(manifest.path()).ok().filter(|(bytes, _)| bytes.len() <= MAX_MANIFEST)?;
        let before = Document::read(&bytes, Format::Yaml).ok()?;
        Some(Self { root, name, bytes, before, left: MAX_EDITS })
    }

    /// Puts the value or key of a reading in quotes.
    ///
    /// There is an edit only where the manifest then reads as the same mapping but for this one text. Where an alias or a
    /// merge names anything twice, more than one place might change, so none is offered.
    pub(crate) fn quote(&mut self, reading: &Reading) -> Option<Edit> {
        if reading.code == ReadingCode::RepeatedKey || reading.suggestion.is_empty() || self.left == 0 {
            return None;
        }
        let text = std::str::from_utf8(&self.bytes).ok()?;
        let range = byte_offset(text, reading.span.start)?..byte_offset(text, reading.span.end)?;
        if text.get(range.clone())? != reading.written {
            return None;
        }
        let after = [&text[..range.start], &reading.suggestion, &text[range.end..]].concat().into_bytes();
        let document = Document::read(&after, Format::Yaml).ok()?;
        if !differs_only_at(&self.before, &document, &reading.span, &reading.written) {
            return None;
        }
        self.left -= 1;
        Some(Edit::new(EditKind::Quote, self.root, &self.name, Some(self.bytes.clone()), after))
    }
}

/// Finds where the character at `index` begins, in a text whose CRLF count as one character, as the reader counts them.
fn byte_offset(text: &str, index: usize) -> Option<usize> {
    let mut seen = 0;
    let mut after_return = false;
    for (offset, c) in text.char_indices() {
        if !(c == '\n' && after_return) {
            if seen == index {
                return Some(offset);
            }
            seen += 1;
        }
        after_return = c == '\r';
    }
    (seen == index).then_some(text.len())
}

/// Tells whether two documents are the same but for one plain scalar, which is text in the second.
fn differs_only_at(before: &Document, after: &Document, span: &Range<usize>, text: &str) -> bool {
    let mut seen = HashSet::new();
    let mut hits = 0;
    let mut waiting = vec![(before.root(), after.root())];
    while let Some((old, new)) = waiting.pop() {
        if !seen.insert(old) {
            return false;
        }
        if old.span() == *span && old.style() == Style::Plain {
            hits += 1;
            if !matches!(new.kind(), Kind::Str(new) if new == text) {
                return false;
            }
            continue;
        }
        if !is_same(old, new) {
            return false;
        }
        if old.items().count() != new.items().count() || old.entries().count() != new.entries().count() {
            return false;
        }
        waiting.extend(old.items().zip(new.items()));
        for ((old_key, old_value), (new_key, new_value)) in old.entries().zip(new.entries()) {
            waiting.push((old_key, new_key));
            waiting.push((old_value, new_value));
        }
    }
    hits == 1
}

/// Compares what a value is, apart from what is in it.
fn is_same(old: Value<'_>, new: Value<'_>) -> bool {
    match (old.kind(), new.kind()) {
        (Kind::Float(old), Kind::Float(new)) => old.to_bits() == new.to_bits(),
        (Kind::Date, Kind::Date)
        | (Kind::DateTime, Kind::DateTime)
        | (Kind::Bytes, Kind::Bytes)
        | (Kind::Set, Kind::Set) => old.written() == new.written(),
        (old, new) => old == new,
    }
}
