//! What is remembered of keys beside the keys themselves: public facts, so that listing keys unlocks nothing.
//!
//! `keys.json` in the data folder, mode 0600, written whole or not at all. A file of a newer format, or one that cannot be
//! understood, is an error and stays as it is.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use crate::data_file::DataFileError as RecordsError;
use crate::data_file::{DataFile, Subject};
use crate::data_folder::DataFolder;
use crate::key::{Fingerprint, KeyId, PublicKey};

/// The format of `keys.json` that this version reads and writes.
pub const FORMAT: u64 = 1;

/// Where a private key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kept {
    /// In the operating system's keyring.
    Keyring,
    /// In a file of the data folder, under a passphrase; see [`FileKeyStore`](crate::keystore::FileKeyStore).
    File,
}

impl fmt::Display for Kept {
    /// Writes the place in words, as in "is still in the keyring".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keyring => "the keyring",
            Self::File => "its key file",
        })
    }
}

/// What is remembered of one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The key's id.
    pub key_id: KeyId,
    /// The public key.
    #[serde(with = "spki_hex")]
    pub spki: PublicKey,
    /// The fingerprint, for people who read the file.
    pub fingerprint: Fingerprint,
    /// When the key was made, in UTC and whole seconds; RFC 3339 in the file.
    pub created: jiff::Timestamp,
    /// Where the private half is kept.
    pub kept: Kept,
}

impl Record {
    /// Makes the record of a key that is made now.
    pub fn of_new_key(key_id: KeyId, public: &PublicKey, kept: Kept) -> Self {
        let now = jiff::Timestamp::now();
        let created = jiff::Timestamp::from_second(now.as_second()).unwrap_or(now);
        Self { key_id, spki: public.clone(), fingerprint: public.fingerprint(), created, kept }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    format: u64,
    keys: Vec<Record>,
}

/// The records of one user's keys.
#[derive(Debug, Clone)]
pub struct Records {
    file: DataFile<Contents>,
}

impl Records {
    /// Uses the records in this folder. Nothing is read or made yet.
    pub fn new(folder: DataFolder) -> Self {
        Self { file: DataFile::new(folder, Subject::Keys, FORMAT, check) }
    }

    /// Returns the folder that the records are in.
    pub fn folder(&self) -> &DataFolder {
        self.file.folder()
    }

    /// Returns the path of the file.
    pub fn path(&self) -> PathBuf {
        self.file.path()
    }

    /// Reads all records, by key id. None when there is no file.
    ///
    /// # Errors
    /// [`RecordsError`]; the file is never changed.
    pub fn all(&self) -> Result<Vec<Record>, RecordsError> {
        let mut keys = self.file.read()?.map(|contents| contents.keys).unwrap_or_default();
        keys.sort_by(|a, b| a.key_id.cmp(&b.key_id));
        Ok(keys)
    }

    /// Returns the record of one key.
    ///
    /// # Errors
    /// As [`Records::all`].
    pub fn find(&self, id: &KeyId) -> Result<Option<Record>, RecordsError> {
        Ok(self.all()?.into_iter().find(|record| record.key_id == *id))
    }

    /// Adds a record, and returns the one with its id that was there.
    ///
    /// # Errors
    /// As [`Records::all`], or the file could not be written and is as it was.
    pub fn put(&self, record: Record) -> Result<Option<Record>, RecordsError> {
        self.change(|keys| {
            let old = keys.iter().position(|known| known.key_id == record.key_id).map(|at| keys.remove(at));
            keys.push(record);
            old
        })
    }

    /// Removes a record, and returns it.
    ///
    /// # Errors
    /// As [`Records::put`].
    pub fn remove(&self, id: &KeyId) -> Result<Option<Record>, RecordsError> {
        self.change(|keys| keys.iter().position(|known| known.key_id == *id).map(|at| keys.remove(at)))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Vec<Record>) -> T) -> Result<T, RecordsError> {
        self.file.change(Contents { format: FORMAT, keys: Vec::new() }, |contents| {
            let result = change(&mut contents.keys);
            contents.keys.sort_by(|a, b| a.key_id.cmp(&b.key_id));
            result
        })
    }
}

fn check(contents: &Contents) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for record in &contents.keys {
        if !seen.insert(&record.key_id) {
            return Err(format!("it has two records of the key `{}`", record.key_id));
        }
        if record.spki.fingerprint() != record.fingerprint {
            return Err(format!("public key and fingerprint of the key `{}` do not belong together", record.key_id));
        }
    }
    Ok(())
}

pub(crate) mod spki_hex {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::key::PublicKey;

    pub(crate) fn serialize<S: Serializer>(key: &PublicKey, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(key.spki_der()))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PublicKey, D::Error> {
        let der = hex::decode(String::deserialize(deserializer)?).map_err(D::Error::custom)?;
        PublicKey::from_spki_der(&der).map_err(D::Error::custom)
    }
}
