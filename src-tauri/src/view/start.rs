//! The first answer.

use serde::Serialize;

use super::{FolderHandle, KeyringStatus, PublisherKey, RecentPlugin};

/// Everything the window needs to draw itself for the first time.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Start {
    /// The program's version.
    pub(crate) version: String,
    pub(crate) keyring: KeyringStatus,
    pub(crate) keys: Vec<PublisherKey>,
    pub(crate) recents: Vec<RecentPlugin>,
    /// The folder named on the command line.
    pub(crate) argument: Option<FolderHandle>,
    /// The fewest characters a passphrase may have; the backend refuses shorter ones.
    pub(crate) passphrase_minimum: usize,
    /// The most bytes of UTF-8 that the passphrase of a backup may have: what other programs take.
    pub(crate) passphrase_maximum: usize,
}
