//! What of the manifest is not what was signed.

use std::collections::BTreeMap;

use aisoc_canonical::{Document, Format, Kind, Position, Value};

use super::Cause;
use crate::manifest::Manifest;
use crate::receipts::Receipt;

/// The most characters of a value that are shown.
const MAX_SHOWN: usize = 120;

/// Compares the signed part of the manifest, field by field.
///
/// Both sides are canonical JSON, so what differs here differs in the signed bytes, and nothing else does.
pub(super) fn compare(manifest: &Manifest, receipt: &Receipt) -> Vec<Cause> {
    let at = manifest.path();
    let now = manifest.canonical().unwrap_or_default();
    if now == receipt.manifest.as_bytes() {
        return Vec::new();
    }
    let mut causes = Vec::new();
    let name = at.file_name().unwrap_or_default().to_string_lossy();
    if name != receipt.manifest_file {
        let (was, is) = (receipt.manifest_file.clone(), name.into_owned());
        causes.push(Cause::ManifestSwitched { was, is, at: at.to_owned() });
    }
    let read = |text: &[u8]| Document::read(text, Format::Json);
    match (read(receipt.manifest.as_bytes()), read(&now)) {
        (Ok(was), Ok(is)) => Comparison { manifest, causes: &mut causes }.mapping(was.root(), is.root(), &[]),
        _ => causes.push(Cause::Manifest { at: at.to_owned() }),
    }
    causes
}

struct Comparison<'a> {
    manifest: &'a Manifest,
    causes: &'a mut Vec<Cause>,
}

impl Comparison<'_> {
    fn mapping(&mut self, was: Value<'_>, is: Value<'_>, above: &[String]) {
        let (mut was, is) = (fields(was), fields(is));
        for (key, is) in is {
            let path = [above, std::slice::from_ref(&key)].concat();
            match was.remove(&key) {
                Some(was) if matches!((was.kind(), is.kind()), (Kind::Map, Kind::Map)) => self.mapping(was, is, &path),
                Some(was) if was.written() == is.written() => {}
                was => self.differs(was, Some(is), &path),
            }
        }
        for (key, was) in was {
            self.differs(Some(was), None, &[above, &[key]].concat());
        }
    }

    fn differs(&mut self, was: Option<Value<'_>>, is: Option<Value<'_>>, path: &[String]) {
        let texts = [was, is].into_iter().flatten().all(|value| matches!(value.kind(), Kind::Str(_)));
        let shown = |value: Value<'_>| {
            shortened(&match value.python_str() {
                Some(text) if texts && !text.is_empty() => text.to_string_lossy(),
                // As JSON, so that the number 1.1 and the text "1.1" are told apart.
                _ => value.written(),
            })
        };
        self.causes.push(Cause::Field {
            field: path.join("."),
            was: was.map(shown),
            is: is.map(shown),
            at: self.manifest.path().to_owned(),
            position: is.and_then(|_| self.position(path)),
        });
    }

    /// Finds where a field stands in the manifest itself.
    fn position(&self, path: &[String]) -> Option<Position> {
        let root = self.manifest.document().root();
        path.iter().try_fold(root, |value, key| value.get(key)).map(Value::position)
    }
}

fn fields(mapping: Value<'_>) -> BTreeMap<String, Value<'_>> {
    let name = |key: Value<'_>| key.python_str().map_or_else(|| key.written(), |text| text.to_string_lossy());
    mapping.entries().map(|(key, value)| (name(key), value)).collect()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
