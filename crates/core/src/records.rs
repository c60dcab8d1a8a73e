//! What is remembered of keys beside the keys themselves: public facts, so that listing keys unlocks nothing.
//!
//! `keys.json` in the data folder, mode 0600, written whole or not at all. A file of a newer format, or one that cannot be
//! understood, is an error and stays as it is. Format 1, which knew a key's name, public half, place and age alone, is read
//! and becomes format 2 with the next change.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use crate::data_file::DataFileError as RecordsError;
use crate::data_file::{DataFile, Subject};
use crate::data_folder::DataFolder;
use crate::key::{Fingerprint, KeyId, PublicKey};

/// The format of `keys.json` that this version writes. It reads format 1 too.
pub const FORMAT: u64 = 2;

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

/// How a key came to this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Origin {
    /// It was made here.
    Created,
    /// It was made by another program, or by this one as a plain file.
    Imported,
    /// It came out of a backup.
    Restored,
}

/// Something that was done with a key: when, and where to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// When, in UTC and whole seconds.
    pub at: jiff::Timestamp,
    /// The file or folder, as a person is shown it.
    pub place: String,
}

impl Done {
    /// Notes that something was done now.
    pub fn now(place: &Path) -> Self {
        Self { at: now(), place: place.display().to_string() }
    }
}

/// Why a key is no longer to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// Nobody has it any more.
    Lost,
    /// Somebody else has it, or may have it.
    Stolen,
    /// Anything else.
    Other,
}

impl fmt::Display for Reason {
    /// Writes the reason in words, as in "was revoked, because it was lost".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lost => "it was lost",
            Self::Stolen => "somebody else has it or may have it",
            Self::Other => "its publisher gave it up",
        })
    }
}

/// That a key was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// When, in UTC and whole seconds.
    pub at: jiff::Timestamp,
    /// Why.
    pub reason: Reason,
}

/// What is remembered of one key. All of it is public.
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
    /// When the key was made, or came to this machine, in UTC and whole seconds; RFC 3339 in the file.
    pub created: jiff::Timestamp,
    /// Where the private half is kept.
    pub kept: Kept,
    /// How the key came to this machine.
    pub origin: Origin,
    /// The newest backup file that was opened again, and when that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backed_up: Option<Done>,
    /// When the key last signed here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<jiff::Timestamp>,
    /// When a folder for the operator was last written, and which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_over: Option<Done>,
    /// The older key that this one takes over from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succeeds: Option<KeyId>,
    /// The newer key that takes over from this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succeeded_by: Option<KeyId>,
    /// That the key is no longer to be trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revoked>,
    /// When the private half was deleted here. Operators may trust the public half still, so the record stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<jiff::Timestamp>,
}

impl Record {
    /// Makes the record of a key that is made now.
    pub fn of_new_key(key_id: KeyId, public: &PublicKey, kept: Kept) -> Self {
        Self {
            key_id,
            spki: public.clone(),
            fingerprint: public.fingerprint(),
            created: now(),
            kept,
            origin: Origin::Created,
            backed_up: None,
            last_used: None,
            handed_over: None,
            succeeds: None,
            succeeded_by: None,
            revoked: None,
            deleted: None,
        }
    }
}

/// Returns the time as records have it: in whole seconds.
pub(crate) fn now() -> jiff::Timestamp {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_second(now.as_second()).unwrap_or(now)
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
        Self { file: DataFile::new(folder, Subject::Keys, FORMAT, check).reading(format_1::read) }
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

    /// Changes one record, and returns it as it is now; `None` where there is none, and then nothing is written.
    ///
    /// # Errors
    /// As [`Records::put`].
    pub fn update(&self, id: &KeyId, update: impl FnOnce(&mut Record)) -> Result<Option<Record>, RecordsError> {
        if self.find(id)?.is_none() {
            return Ok(None);
        }
        self.change(|keys| {
            let record = keys.iter_mut().find(|known| known.key_id == *id)?;
            update(record);
            Some(record.clone())
        })
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Vec<Record>) -> T) -> Result<T, RecordsError> {
        self.file.change(Contents { format: FORMAT, keys: Vec::new() }, |contents| {
            let result = change(&mut contents.keys);
            contents.format = FORMAT;
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

/// The first format, in which keys could only be made.
mod format_1 {
    use serde::Deserialize;

    use super::{Contents, Kept, Record, spki_hex};
    use crate::key::{Fingerprint, KeyId, PublicKey};

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct OldContents {
        format: u64,
        keys: Vec<OldRecord>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct OldRecord {
        key_id: KeyId,
        #[serde(with = "spki_hex")]
        spki: PublicKey,
        fingerprint: Fingerprint,
        created: jiff::Timestamp,
        kept: Kept,
    }

    impl OldRecord {
        fn upgraded(self) -> Record {
            let (fingerprint, created) = (self.fingerprint, self.created);
            Record { fingerprint, created, ..Record::of_new_key(self.key_id, &self.spki, self.kept) }
        }
    }

    pub(super) fn read(format: u64, bytes: &[u8]) -> Option<Result<Contents, serde_json::Error>> {
        let old = (format == 1).then(|| serde_json::from_slice::<OldContents>(bytes))?;
        Some(old.map(|OldContents { format, keys }| Contents {
            format,
            keys: keys.into_iter().map(OldRecord::upgraded).collect(),
        }))
    }
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
