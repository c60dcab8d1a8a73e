//! The acts of a key's life: what they need to know before, and what came of them.

use serde::Serialize;

use super::standing::Done;
use super::{FileHandle, FolderHandle, PublisherKey};

/// A plugin that a key signed on this machine, as it was when it last did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct SignedPlugin {
    pub(crate) plugin_id: String,
    pub(crate) version: String,
    /// Display: the folder it was in.
    #[serde(rename = "where")]
    pub(crate) place: String,
    pub(crate) signed: String,
    /// The folder, where it is still there and among the plugins opened earlier.
    pub(crate) folder: Option<FolderHandle>,
}

/// What a key signed on this machine, as far as there are receipts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct SignedPlugins {
    pub(crate) plugins: Vec<SignedPlugin>,
    /// How many receipts cannot be read. Any of them may be one of this key's.
    pub(crate) unreadable: usize,
}

/// A file that a dialog named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ChosenFile {
    pub(crate) file: FileHandle,
    /// Display: the file.
    #[serde(rename = "where")]
    pub(crate) place: String,
}

/// A backup that was written, opened again and tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct BackedUp {
    pub(crate) key: PublisherKey,
    /// Display: the file.
    #[serde(rename = "where")]
    pub(crate) place: String,
    /// Why the file should lie elsewhere, if it should: what it lies in.
    pub(crate) risks: Vec<String>,
    /// Whether it lies on the disk that the key's data are on; null where that is not known.
    pub(crate) same_disk: Option<bool>,
}

/// A backup that was opened and tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Drilled {
    /// The key's id, as the file's text says it.
    pub(crate) key_id: Option<String>,
    /// When the backup was made, as the file's text says it.
    pub(crate) made: Option<String>,
    /// Of the key that the file holds.
    pub(crate) fingerprint: String,
    /// The key, where this machine knows it.
    pub(crate) key: Option<PublisherKey>,
}

/// A private key's file, as far as it tells without its passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct KeyFile {
    pub(crate) file: FileHandle,
    /// Display: the file.
    #[serde(rename = "where")]
    pub(crate) place: String,
    /// Whether it takes a passphrase to open it.
    pub(crate) encrypted: bool,
    /// Whether its text says that it is a backup.
    pub(crate) backup: bool,
    /// The id that its text or its name proposes.
    pub(crate) key_id: Option<String>,
    /// When the backup was made, as its text says it.
    pub(crate) made: Option<String>,
    /// Of the key; of an encrypted one as its text says it, which proves nothing.
    pub(crate) fingerprint: Option<String>,
    /// The id by which this machine knows this fingerprint.
    pub(crate) known: Option<String>,
}

/// A key that was taken in from a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Adopted {
    pub(crate) key: PublisherKey,
    /// Whether it was remembered already, so that its record goes on.
    pub(crate) reattached: bool,
}

/// What is to be done next of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum NextStep {
    /// Hand the newer key over, beside the older one.
    HandOver,
    /// Sign again what is listed.
    SignAgain,
    /// The older key may go, as soon as every operator runs what the newer one signed.
    OldMayGo,
    Nothing,
}

/// Two keys of which the newer takes over from the older.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Rotation {
    pub(crate) old: PublisherKey,
    pub(crate) new: PublisherKey,
    pub(crate) next: NextStep,
    pub(crate) to_sign_again: Vec<SignedPlugin>,
    pub(crate) signed_again: Vec<SignedPlugin>,
    /// How many receipts cannot be read. Any of them may be of a plugin that has to be signed again.
    pub(crate) unreadable: usize,
}

/// A key that was revoked, and what is to be done now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Revocation {
    pub(crate) key: PublisherKey,
    /// Plain text for every operator who has the key.
    pub(crate) notice: String,
    /// The notice's file.
    pub(crate) file_name: String,
    pub(crate) to_sign_again: Vec<SignedPlugin>,
    pub(crate) unreadable: usize,
}

/// What deleting a key would mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Deletion {
    /// As the key is now.
    pub(crate) key: PublisherKey,
    /// Whether no backup of it was ever opened again.
    pub(crate) only_copy: bool,
    pub(crate) backup: Option<Done>,
    /// Whether a file is where that backup was. A stick that is not plugged in is no lost backup.
    pub(crate) backup_in_reach: bool,
    pub(crate) signed: SignedPlugins,
}
