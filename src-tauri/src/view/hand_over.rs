//! What goes to an operator.

use std::path::Path;

use aisoc_publisher_core::handover;
use aisoc_publisher_core::key::KeyId;
use serde::Serialize;

use super::sign::{ModeVerdict, verdicts};
use super::{Failure, FolderHandle};

/// What the operator needs of a key.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct HandOver {
    /// `<key_id>.pem`.
    pub(crate) file_name: String,
    pub(crate) fingerprint: String,
    /// The public key, SPKI PEM.
    pub(crate) pem: String,
    /// Plain text for the operator.
    pub(crate) instructions: String,
    /// `<key_id>-instructions.txt`.
    pub(crate) instructions_file_name: String,
}

/// What came of saving both files into a folder that a dialog names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum HandOverAnswer {
    Saved {
        /// The folder that both files are in.
        folder: FolderHandle,
        /// Display: the public key's file.
        pem: String,
        /// Display: the instructions.
        instructions: String,
        /// When; null where the key is no longer known here.
        at: Option<String>,
    },
    Dismissed,
}

/// What AiSOC's loader does with a plugin where it trusts the folder of a hand-over and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct HandOverRehearsal {
    /// Whether an operator sees what the instructions promise: `verified` in strict mode, under this key's id.
    pub(crate) shows: bool,
    pub(crate) verdicts: Vec<ModeVerdict>,
    /// What stands between the plugin and that; null where nothing does.
    pub(crate) finding: Option<Failure>,
    /// What an operator should know of the folder.
    pub(crate) warnings: Vec<Failure>,
}

impl HandOverRehearsal {
    /// Writes a rehearsal of the core's with the files in `saved` and the plugin in `plugin`.
    pub(crate) fn of(rehearsal: &handover::Rehearsal, key_id: &KeyId, saved: &Path, plugin: &Path) -> Self {
        let finding = rehearsal.verdict.strict.finding.as_deref();
        Self {
            shows: rehearsal.shows(key_id),
            verdicts: verdicts(&rehearsal.verdict),
            finding: finding.map(|finding| Failure::of(finding, Some(plugin))),
            warnings: rehearsal.warnings.iter().map(|warning| Failure::of(warning, Some(saved))).collect(),
        }
    }
}
