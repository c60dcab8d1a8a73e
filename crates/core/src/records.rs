//! What is remembered of keys outside the keyring: public facts, so that listing keys unlocks nothing.
//!
//! `keys.json` in the data folder, mode 0600, written whole or not at all. A file of a newer format, or one that cannot be
//! understood, is an error and stays as it is.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::data_folder::{DataFolder, DataFolderError};
use crate::key::{Fingerprint, KeyId, PublicKey};
use crate::regular::{self, Refused};
use crate::{Code, Explain, Place, atomic};

/// The format of `keys.json` that this version reads and writes.
pub const FORMAT: u64 = 1;

const FILE: &str = "keys.json";
const LOCK: &str = "keys.lock";
const LOCK_LIMIT: Duration = Duration::from_secs(10);
/// Room for tens of thousands of keys.
const MAX_FILE: usize = 16 << 20;

/// Where a private key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kept {
    /// In the operating system's keyring.
    Keyring,
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
        Self {
            key_id,
            spki: public.clone(),
            fingerprint: public.fingerprint(),
            created,
            kept,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    format: u64,
    keys: Vec<Record>,
}

/// The records of one user's keys.
#[derive(Debug, Clone)]
pub struct Records {
    folder: DataFolder,
}

impl Records {
    /// Uses the records in this folder. Nothing is read or made yet.
    pub fn new(folder: DataFolder) -> Self {
        Self { folder }
    }

    /// Returns the path of the file.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(FILE)
    }

    /// Reads all records, by key id. None when there is no file.
    ///
    /// # Errors
    /// [`RecordsError`]; the file is never changed.
    pub fn all(&self) -> Result<Vec<Record>, RecordsError> {
        let path = self.path();
        let bytes = match regular::read(&path, MAX_FILE) {
            Ok(bytes) => bytes,
            Err(Refused::Io(e)) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(Refused::Io(source)) => return Err(RecordsError::Io { path, source }),
            Err(Refused::NotAFile(what)) => {
                return Err(damaged(path, None, format!("it is {what}")));
            }
            Err(Refused::TooLarge) => {
                return Err(damaged(
                    path,
                    None,
                    format!("it is larger than {MAX_FILE} bytes"),
                ));
            }
        };
        let mut keys = parse(&bytes, path)?;
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
            let old = keys
                .iter()
                .position(|known| known.key_id == record.key_id)
                .map(|at| keys.remove(at));
            keys.push(record);
            old
        })
    }

    /// Removes a record, and returns it.
    ///
    /// # Errors
    /// As [`Records::put`].
    pub fn remove(&self, id: &KeyId) -> Result<Option<Record>, RecordsError> {
        self.change(|keys| {
            keys.iter()
                .position(|known| known.key_id == *id)
                .map(|at| keys.remove(at))
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Vec<Record>) -> T) -> Result<T, RecordsError> {
        let _lock = self.folder.lock(LOCK, LOCK_LIMIT)?;
        let mut keys = self.all()?;
        let result = change(&mut keys);
        keys.sort_by(|a, b| a.key_id.cmp(&b.key_id));
        let path = self.path();
        let mut text = serde_json::to_vec_pretty(&Contents {
            format: FORMAT,
            keys,
        })
        .map_err(|e| RecordsError::Io {
            path: path.clone(),
            source: e.into(),
        })?;
        text.push(b'\n');
        atomic::replace(&path, &text, 0o600)?;
        Ok(result)
    }
}

fn parse(bytes: &[u8], path: PathBuf) -> Result<Vec<Record>, RecordsError> {
    #[derive(Deserialize)]
    struct Head {
        format: u64,
    }
    let broken = |path: PathBuf, e: &serde_json::Error| {
        let position = u32::try_from(e.line())
            .ok()
            .zip(u32::try_from(e.column()).ok());
        damaged(path, position, e.to_string())
    };
    // The format first: a newer one may hold anything.
    let head: Head = match serde_json::from_slice(bytes) {
        Ok(head) => head,
        Err(e) => return Err(broken(path, &e)),
    };
    if head.format > FORMAT {
        return Err(RecordsError::Newer {
            path,
            format: head.format,
        });
    }
    if head.format != FORMAT {
        return Err(damaged(
            path,
            None,
            format!("its format is {}", head.format),
        ));
    }
    let contents: Contents = match serde_json::from_slice(bytes) {
        Ok(contents) => contents,
        Err(e) => return Err(broken(path, &e)),
    };
    let mut seen = std::collections::BTreeSet::new();
    for record in &contents.keys {
        if !seen.insert(&record.key_id) {
            return Err(damaged(
                path,
                None,
                format!("it has two records of the key `{}`", record.key_id),
            ));
        }
        if record.spki.fingerprint() != record.fingerprint {
            let what = format!(
                "public key and fingerprint of the key `{}` do not belong together",
                record.key_id
            );
            return Err(damaged(path, None, what));
        }
    }
    Ok(contents.keys)
}

fn damaged(path: PathBuf, position: Option<(u32, u32)>, reason: String) -> RecordsError {
    RecordsError::Damaged {
        path,
        position,
        reason,
    }
}

mod spki_hex {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::key::PublicKey;

    pub(super) fn serialize<S: Serializer>(
        key: &PublicKey,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(key.spki_der()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<PublicKey, D::Error> {
        let der = hex::decode(String::deserialize(deserializer)?).map_err(D::Error::custom)?;
        PublicKey::from_spki_der(&der).map_err(D::Error::custom)
    }
}

/// The records cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// The operating system refused.
    #[error("read the records of keys in `{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The file could not be written; it is as it was.
    #[error(transparent)]
    Write(#[from] atomic::Error),
    /// The folder cannot be made or locked.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// The file is damaged. It was not touched.
    #[error("read the records of keys in `{}`: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Line and column, where they are known.
        position: Option<(u32, u32)>,
        /// What is wrong.
        reason: String,
    },
    /// A newer version wrote the file. It was not touched.
    #[error("read the records of keys in `{}`: format {format} is newer than this version, which knows {FORMAT}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The file's format.
        format: u64,
    },
}

impl Explain for RecordsError {
    fn code(&self) -> Code {
        match self {
            Self::Io { .. } => Code::Io,
            Self::Write(error) => error.code(),
            Self::DataFolder(error) => error.code(),
            Self::Damaged { .. } => Code::RecordsDamaged,
            Self::Newer { .. } => Code::RecordsNewer,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Io { .. } => None,
            Self::Write(error) => error.hint(),
            Self::DataFolder(error) => error.hint(),
            Self::Damaged { path, .. } => Some(format!(
                "mend `{0}` or move it away; the private keys are not in it and stay in the keyring",
                path.display()
            )),
            Self::Newer { .. } => Some("update this program".to_owned()),
        }
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::Io { path, .. } | Self::Newer { path, .. } => Some(Place {
                path: path.clone(),
                position: None,
            }),
            Self::Damaged { path, position, .. } => Some(Place {
                path: path.clone(),
                position: *position,
            }),
            Self::Write(error) => error.place(),
            Self::DataFolder(error) => error.place(),
        }
    }
}
