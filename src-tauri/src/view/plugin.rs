//! A plugin's folder: facts, findings, what would be signed.

use std::path::Path;

use aisoc_publisher_core::files::{self, FileMap};
use aisoc_publisher_core::manifest::{FieldAsRead, ReadAs};
use aisoc_publisher_core::{manifest, payload, preflight};
use serde::Serialize;

use super::failure::relative;
use super::{Causes, EditHandle, FolderHandle, KeyHandle, OfferedEdit, Place, Signed};

/// A plugin opened earlier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct RecentPlugin {
    pub(crate) folder: FolderHandle,
    pub(crate) name: String,
    pub(crate) plugin_id: String,
    pub(crate) version: String,
    /// Display: the folder.
    #[serde(rename = "where")]
    pub(crate) place: String,
    pub(crate) opened: String,
    /// The key that signed it last.
    pub(crate) key_id: Option<String>,
    /// Whether the folder is still there.
    pub(crate) present: bool,
}

/// One plugin folder, as it was read at one moment.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct PluginView {
    pub(crate) folder: FolderHandle,
    /// Display: the folder.
    #[serde(rename = "where")]
    pub(crate) place: String,
    pub(crate) manifest: Option<Manifest>,
    pub(crate) findings: Vec<Finding>,
    /// What would be signed; null where the canonical form does not exist.
    pub(crate) payload: Option<Payload>,
    /// What no signature covers; null where the folder cannot be listed.
    pub(crate) uncovered: Option<Uncovered>,
    pub(crate) signature: SignatureState,
    /// Whether it lies in a Git repository.
    pub(crate) in_repository: bool,
    /// The key used for this plugin last, where it is still there.
    pub(crate) last_key: Option<KeyHandle>,
}

/// The manifest's facts, as AiSOC reads them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Manifest {
    /// `plugin.yaml` or `aisoc-plugin.json`.
    pub(crate) file: String,
    pub(crate) id: ManifestFact,
    pub(crate) name: ManifestFact,
    pub(crate) version: ManifestFact,
    pub(crate) plugin_type: ManifestFact,
}

/// One field as AiSOC's YAML or JSON reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ManifestFact {
    /// The value's text; null where the field is missing.
    pub(crate) text: Option<String>,
    /// What kind of value it is to AiSOC.
    #[cfg_attr(test, ts(type = "ReadAs"))]
    pub(crate) read_as: ReadAs,
}

/// How much a finding matters at the operator's, most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Severity {
    Stops,
    Exposes,
    BreaksLater,
    Surprise,
    Note,
}

/// One thing the author should know. Names in backticks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Finding {
    pub(crate) code: String,
    pub(crate) severity: Severity,
    pub(crate) title: String,
    pub(crate) place: Option<Place>,
    /// What happens at the operator's.
    pub(crate) why: String,
    /// What to do about it.
    pub(crate) cure: Option<String>,
    /// A change that does it.
    pub(crate) edit: Option<OfferedEdit>,
}

/// What is hashed and signed.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Payload {
    /// 64 lower-case hex digits.
    pub(crate) digest: String,
    /// In the order of the canonical form.
    pub(crate) files: Vec<CoveredFile>,
    /// Sum of the covered files' sizes in bytes.
    pub(crate) bytes: u64,
    /// The manifest in canonical JSON, without `signature` and `trust`: ASCII, no white space outside strings.
    pub(crate) manifest_json: String,
}

/// One covered file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct CoveredFile {
    /// Relative POSIX path.
    pub(crate) path: String,
    /// 64 lower-case hex digits.
    pub(crate) sha256: String,
    /// In bytes.
    pub(crate) size: u64,
    /// Whether the path is a symlink, whose target is hashed.
    pub(crate) symlink: bool,
}

/// The files in the folder that no signature covers, those that Git ignores included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Uncovered {
    pub(crate) count: usize,
    /// Sum of their sizes in bytes.
    pub(crate) bytes: u64,
    /// Sorted by path, and of very many those that are code or pose as it before the others.
    pub(crate) files: Vec<UncoveredFile>,
}

/// A file that no signature covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct UncoveredFile {
    /// Relative POSIX path.
    pub(crate) path: String,
    /// In bytes; null for a folder, and where it cannot be looked at.
    pub(crate) size: Option<u64>,
    pub(crate) kind: UncoveredKind,
    /// Whether it is reached through a symlink.
    pub(crate) symlink: bool,
}

/// What a file that is not covered is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum UncoveredKind {
    /// Compiled code, which Python or the system runs.
    Executable,
    /// A second manifest, which the loader ignores.
    IgnoredManifest,
    /// A symlink to a folder, from which Python imports.
    LinkedFolder,
    Other,
}

/// What differs between two readings of a folder: relative paths of covered files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Changes {
    pub(crate) added: Vec<String>,
    pub(crate) removed: Vec<String>,
    pub(crate) changed: Vec<String>,
    pub(crate) manifest_changed: bool,
}

impl Changes {
    /// Writes a difference of the core's.
    pub(crate) fn of(files: &files::Difference, manifest_changed: bool) -> Self {
        let paths = |paths: &[files::RelPath]| paths.iter().map(path).collect();
        Self {
            added: paths(&files.added),
            removed: paths(&files.removed),
            changed: paths(&files.changed),
            manifest_changed,
        }
    }
}

impl Changes {
    /// Adds what is new in a later difference from the same reading; tells whether anything was.
    pub(crate) fn add(&mut self, later: Self) -> bool {
        let mut grew = later.manifest_changed && !self.manifest_changed;
        self.manifest_changed |= later.manifest_changed;
        let parts =
            [(&mut self.added, later.added), (&mut self.removed, later.removed), (&mut self.changed, later.changed)];
        for (known, new) in parts {
            for path in new {
                if !known.contains(&path) {
                    known.push(path);
                    grew = true;
                }
            }
            known.sort_unstable();
        }
        grew
    }
}

/// What `plugin.sig` in the folder is worth, with the keys of this machine trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum SignatureState {
    None,
    Good {
        signed: Signed,
    },
    /// It fits none of this machine's keys, or cannot be checked.
    Mismatch {
        why: Causes,
    },
    Malformed {
        message: String,
    },
}

impl Finding {
    /// Writes a finding of the core's about the plugin in `folder`; `edit` names its change.
    pub(crate) fn of(finding: &preflight::Finding, edit: Option<&EditHandle>, folder: &Path) -> Self {
        let sentence = |text: &str| super::sentence(&relative(text, Some(folder)));
        Self {
            code: finding.code.clone(),
            severity: match finding.severity {
                preflight::Severity::Stops => Severity::Stops,
                preflight::Severity::Exposes => Severity::Exposes,
                preflight::Severity::BreaksLater => Severity::BreaksLater,
                preflight::Severity::Surprise => Severity::Surprise,
                _ => Severity::Note,
            },
            title: relative(&finding.title, Some(folder)),
            place: finding.place.as_ref().map(|place| Place::of(place, Some(folder))),
            why: finding.why.as_deref().map(sentence).unwrap_or_default(),
            cure: finding.cure.as_deref().map(sentence),
            edit: OfferedEdit::of(finding, edit, folder),
        }
    }
}

impl Manifest {
    /// Writes the manifest's facts.
    pub(crate) fn of(manifest: &manifest::Manifest) -> Self {
        let fact = |field| ManifestFact::of(manifest.field_as_read(field));
        Self {
            file: manifest.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            id: fact("id"),
            name: fact("name"),
            version: fact("version"),
            plugin_type: fact("plugin_type"),
        }
    }
}

impl ManifestFact {
    fn of(field: FieldAsRead) -> Self {
        // What has no text of its own in Python is shown as it is written.
        Self { text: field.text.or(field.written), read_as: field.read_as }
    }
}

impl Payload {
    /// Writes what would be signed.
    pub(crate) fn of(payload: &payload::Payload) -> Self {
        Self {
            digest: payload.digest().to_string(),
            files: covered(payload.files()),
            bytes: payload.files().bytes(),
            // JSON with every character beyond ASCII escaped.
            manifest_json: String::from_utf8_lossy(payload.manifest_bytes()).into_owned(),
        }
    }
}

/// How many uncovered files cross. A folder under Git has thousands that nobody made by hand.
const MAX_UNCOVERED: usize = 20_000;

impl Uncovered {
    /// Writes what no signature covers.
    pub(crate) fn of(found: &[files::UncoveredFile]) -> Self {
        let mut chosen: Vec<_> = found.iter().collect();
        if chosen.len() > MAX_UNCOVERED {
            // Stable, so that those of one sort stay in the order of their paths.
            chosen.sort_by_key(|file| UncoveredKind::of(file.kind) == UncoveredKind::Other);
            chosen.truncate(MAX_UNCOVERED);
        }
        Self {
            count: found.len(),
            bytes: found.iter().filter_map(|file| file.size).sum(),
            files: chosen.into_iter().map(UncoveredFile::of).collect(),
        }
    }
}

impl UncoveredFile {
    fn of(file: &files::UncoveredFile) -> Self {
        Self { path: path(&file.path), size: file.size, kind: UncoveredKind::of(file.kind), symlink: file.symlink }
    }
}

impl UncoveredKind {
    fn of(kind: files::UncoveredKind) -> Self {
        match kind {
            files::UncoveredKind::Executable => Self::Executable,
            files::UncoveredKind::IgnoredManifest => Self::IgnoredManifest,
            files::UncoveredKind::LinkedFolder => Self::LinkedFolder,
            _ => Self::Other,
        }
    }
}

/// Writes the covered files. Names are not escaped: the window makes hidden characters visible.
fn covered(files: &FileMap) -> Vec<CoveredFile> {
    files
        .iter()
        .map(|file| CoveredFile {
            path: path(&file.path),
            sha256: file.sha256.to_string(),
            size: file.size,
            symlink: file.symlink,
        })
        .collect()
}

fn path(path: &files::RelPath) -> String {
    path.as_py().to_string_lossy()
}
