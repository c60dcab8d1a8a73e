//! Where a plugin's entry goes.

use serde::{Deserialize, Serialize};

use super::{FileHandle, FolderHandle};

/// Where the entry of a plugin went the last time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum EntryGoal {
    /// Nowhere: it is copied or saved.
    Entry,
    /// Into an index in a file.
    Index {
        file: FileHandle,
        /// Display: the file.
        #[serde(rename = "where")]
        place: String,
    },
    /// Into AiSOC's own repository, through a local clone.
    Checkout {
        folder: FolderHandle,
        /// Display: the clone.
        #[serde(rename = "where")]
        place: String,
    },
}

/// Where the entry of a plugin is to go.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum EntryGoalWish {
    Entry,
    Index { file: FileHandle },
    Checkout { folder: FolderHandle },
}

/// A folder that a dialog named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ChosenFolder {
    pub(crate) folder: FolderHandle,
    /// Display: the folder.
    #[serde(rename = "where")]
    pub(crate) place: String,
}
