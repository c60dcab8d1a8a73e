//! What the clone's script makes of a manifest: where it stops for everybody, and what it drops or fills in (contract §9).

use std::cmp::Ordering;

use aisoc_canonical::{Format, Kind, Value};

use super::{Error, Notice};
use crate::code::Code;
use crate::explain::Place;
use crate::index::compare_versions;
use crate::manifest::{Manifest, kind_name};
use crate::tree::Tree;

/// The fields that the script strips, which only a text can be.
const STRIPPED: [&str; 2] = ["description", "tier"];

/// The fields that it copies into the item as they are.
const COPIED: [&str; 6] = ["name", "version", "author", "license", "homepage", "min_aisoc_version"];

/// What `preflight` finds and reviewers at AiSOC look for.
pub(super) const REVIEWED: [Code; 12] = [
    Code::IdForValidator,
    Code::VersionForValidator,
    Code::TypeForValidator,
    Code::ManifestFieldsAdvised,
    Code::TierSelfDeclared,
    Code::EntryFieldMissing,
    Code::ReadmeMissing,
    Code::PluginPyMissing,
    Code::PluginPyFails,
    Code::CrlfInPython,
    Code::GoOnly,
    Code::ManifestLookAlike,
];

/// Refuses a manifest that stops the script, or makes it write an index that is no JSON, and with it everybody's.
///
/// An id that is no text and a date anywhere were refused before: such a manifest has no signature.
pub(super) fn refuse_crashes(manifest: &Manifest) -> Result<(), Error> {
    if manifest.format() == Format::Json {
        // The script reads `plugin.yaml` alone.
        return Ok(());
    }
    let crash = |field: &'static str, value: Value<'_>, what: &'static str| {
        let position = value.position();
        let place = Place { path: manifest.path().to_owned(), position: Some((position.line, position.column)) };
        Err(Error::CrashesScript { place, field, what })
    };
    for field in STRIPPED {
        if let Some(value) = manifest.get(field)
            && value.is_truthy()
            && !matches!(value.kind(), Kind::Str(_))
        {
            return crash(field, value, kind_name(value));
        }
    }
    for field in COPIED {
        if let Some(value) = manifest.get(field)
            && holds_no_json_number(value)
        {
            return crash(field, value, "a number that JSON does not have");
        }
    }
    Ok(())
}

/// Tells whether a value is or holds NaN or an infinity; Python writes them, and no other reader of JSON takes them.
fn holds_no_json_number(value: Value<'_>) -> bool {
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        if matches!(value.kind(), Kind::Float(number) if !number.is_finite()) {
            return true;
        }
        waiting.extend(value.items());
        waiting.extend(value.entries().flat_map(|(key, value)| [key, value]));
    }
    false
}

/// Says what the item will hold otherwise than the manifest does.
pub(super) fn notices(manifest: &Manifest, plugin: &Tree) -> Vec<Notice> {
    let mut notices = Vec::new();
    if manifest.format() == Format::Json {
        notices.push(Notice::NoItem);
        return notices;
    }
    let text = |field| manifest.get(field).and_then(|value| value.python_str()).map(|text| text.to_string_lossy());
    if let Some(id) = text("id").filter(|id| !is_conventional(id)) {
        notices.push(Notice::IdConvention { id });
    }
    if manifest.get("author").is_none() {
        notices.push(Notice::AuthorFilledIn);
    }
    for field in COPIED {
        if let Some(value) = manifest.get(field)
            && !matches!(value.kind(), Kind::Str(_) | Kind::Null)
        {
            notices.push(Notice::NotText { field, what: kind_name(value) });
        }
    }
    if let Some(tags) = manifest.get("tags") {
        let dropped = tags.items().filter(|tag| !matches!(tag.kind(), Kind::Str(_))).count();
        match tags.kind() {
            Kind::List if dropped > 0 => notices.push(Notice::TagsDropped { dropped }),
            Kind::List => {}
            _ if tags.is_truthy() => notices.push(Notice::TagsNoList { what: kind_name(tags) }),
            _ => {}
        }
    }
    if !plugin.contains(b"plugin.py") && !plugin.contains(b"go/main.go") {
        notices.push(Notice::NoSdk);
    }
    notices
}

/// `community-<github-handle>-<short-name>`.
fn is_conventional(id: &str) -> bool {
    let parts = id.strip_prefix("community-").map(|rest| rest.split('-').filter(|part| !part.is_empty()).count());
    parts.is_some_and(|parts| parts >= 2)
}

/// Tells whether the version that is there is higher. Where one of them is no version as PEP 440 has it, that is not known.
pub(super) fn is_higher(there: &str, here: &str) -> bool {
    compare_versions(there, here).is_some_and(Ordering::is_gt)
}

/// Tells whether a version is the same as, or lower than, the one that is there. Where one of them is no version as PEP 440
/// has it, only equality is known.
pub(super) fn is_not_newer(here: &str, there: &str) -> bool {
    compare_versions(here, there).is_some_and(Ordering::is_le)
}
