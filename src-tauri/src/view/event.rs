//! What the backend says of its own accord.

use aisoc_publisher_core::task;
use serde::{Deserialize, Serialize};

use super::{Changes, ChosenFile, Failure, Finding, FolderHandle, Uncovered};

/// Names one long call, chosen by the window, so that progress and Cancel find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Operation(pub(crate) u32);

/// What a long call is doing. `listing` counts entries, `hashing` bytes, `keyring` waits for the keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Step {
    Listing,
    Hashing,
    Keyring,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Progress {
    pub(crate) step: Step,
    pub(crate) done: u64,
    /// Null where it is not known.
    pub(crate) total: Option<u64>,
}

impl Progress {
    /// Says that the keyring is being waited for.
    pub(crate) const KEYRING: Self = Self { step: Step::Keyring, done: 0, total: None };

    /// Writes a report of the core's; nothing for a step that the window does not know.
    pub(crate) fn of(report: task::Progress) -> Option<Self> {
        let step = match report.step {
            task::Step::Listing => Step::Listing,
            task::Step::Hashing => Step::Hashing,
            _ => return None,
        };
        Some(Self { step, done: report.done, total: report.total })
    }
}

/// What the backend says of its own accord.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum BackendEvent {
    Progress {
        operation: Operation,
        progress: Progress,
    },
    /// The opened folder differs from what was shown. Differences add up until the folder is opened again.
    PluginChanged {
        folder: FolderHandle,
        changes: Changes,
        signature_stale: bool,
        /// Whether something else than this window wrote or removed `plugin.sig`.
        signature_changed: bool,
        /// Whether the folder is gone or cannot be read now.
        unreadable: bool,
    },
    /// What there is to know of the opened folder differs from what was told, whether or not anything that is signed does.
    FindingsChanged {
        folder: FolderHandle,
        findings: Vec<Finding>,
        uncovered: Option<Uncovered>,
    },
    DragOver,
    DragLeft,
    FolderDropped {
        folder: FolderHandle,
    },
    PackageDropped {
        package: ChosenFile,
    },
    DropRefused {
        failure: Failure,
    },
}
