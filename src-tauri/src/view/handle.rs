//! Names that mean something to this process only.

use serde::{Deserialize, Serialize};

/// Names a plugin folder that the backend gave out for a dialog, a drop, a recent plugin or an argument.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct FolderHandle(pub(crate) String);

/// Names a file that a dialog named: one to read a key from, or one to write a backup to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct FileHandle(pub(crate) String);

/// Names a publisher key of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct KeyHandle(pub(crate) String);

/// Names what a pull request needs, until the next one is made.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct KitHandle(pub(crate) String);

/// Names a change to a file of the plugin that is shown, until it is read again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct EditHandle(pub(crate) String);
