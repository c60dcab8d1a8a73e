//! A publisher's keys as a whole: the private half in the keyring or in a file, the public facts in the records.
//!
//! A key id names one key of this machine, wherever it is kept: operators know a key by this name alone.

use std::path::PathBuf;
use std::time::Duration;

use crate::data_folder::{DataFolderError, Lock};
use crate::key::{KeyId, PublicKey, SecretKey, SecretKeyError};
use crate::keystore::file::{self, FileKeyError, FileKeyStore};
use crate::keystore::{KeyStore, KeyStoreError};
use crate::records::{Kept, Record, Records, RecordsError};
use crate::{Code, Explain, Place};

const LOCK: &str = "create.lock";
/// Longer than a keyring is waited for, so that a second run finds out what became of the first.
const LOCK_LIMIT: Duration = Duration::from_secs(30);

/// Makes a new key, keeps it in the keyring and remembers it.
///
/// # Errors
/// [`PublisherError`], also where a key with this id is kept in a file. When the key cannot be remembered it is taken out
/// of the store again; only if that fails too does it stay there, and [`PublisherError::Unrecorded`] says so.
pub fn create_key(store: &dyn KeyStore, records: &Records, id: &KeyId) -> Result<Record, PublisherError> {
    let _lock = lock(records)?;
    let files = files(records);
    // Read before anything is made, so that damaged records stop it here.
    match records.find(id)?.map(|record| record.kept) {
        Some(Kept::Keyring) if !store.contains(id)? => return Err(without_key(id, Kept::Keyring)),
        Some(Kept::File) if !files.contains(id)? => return Err(without_key(id, Kept::File)),
        _ => {}
    }
    if files.contains(id)? {
        return Err(FileKeyError::Exists { id: id.clone(), path: files.path(id) }.into());
    }
    let key = SecretKey::generate()?;
    store.create(id, &key)?;
    remember(records, id, &key, Kept::Keyring, || Ok(store.delete(id)?))
}

/// Makes a new key, keeps it in a file under a passphrase and remembers it. The choice for machines without a keyring.
///
/// `store` is asked whether it holds a key with this id. One that does not answer counts as empty, after its own time
/// limit: the file is the way out for whoever cannot reach a keyring, and the records know the keys made here.
///
/// # Errors
/// [`PublisherError::File`] with a passphrase that is too short or long, before anything is done; others as for
/// [`create_key`].
pub fn create_key_in_file(
    store: &dyn KeyStore,
    records: &Records,
    id: &KeyId,
    passphrase: &str,
) -> Result<Record, PublisherError> {
    file::check_passphrase(passphrase).map_err(FileKeyError::from)?;
    let _lock = lock(records)?;
    let files = files(records);
    let recorded = records.find(id)?.map(|record| record.kept);
    match (recorded, store.contains(id)) {
        (_, Ok(true)) => return Err(KeyStoreError::Exists { id: id.clone() }.into()),
        (Some(Kept::Keyring), Ok(false)) => return Err(without_key(id, Kept::Keyring)),
        (Some(Kept::Keyring), Err(keyring)) => return Err(PublisherError::Taken { id: id.clone(), keyring }),
        (Some(Kept::File), _) if !files.contains(id)? => return Err(without_key(id, Kept::File)),
        _ => {}
    }
    let key = SecretKey::generate()?;
    files.create(id, &key, passphrase)?;
    remember(records, id, &key, Kept::File, || match files.delete(id) {
        // Gone is gone here; only that it stays so is not promised.
        Err(FileKeyError::Write(error)) if error.took_effect() => Ok(()),
        other => Ok(other?),
    })
}

/// Tells where a key is kept, and so whether loading it takes a passphrase.
///
/// The record decides. A key without one is looked for among the files and otherwise taken to be in the keyring, which is
/// not asked.
///
/// # Errors
/// [`PublisherError::Records`], [`PublisherError::File`].
pub fn kept(records: &Records, id: &KeyId) -> Result<Kept, PublisherError> {
    Ok(match records.find(id)? {
        Some(record) => record.kept,
        None if files(records).contains(id)? => Kept::File,
        None => Kept::Keyring,
    })
}

/// Loads a key from where it is kept, and makes sure that it is the one that is remembered.
///
/// A key without a record is loaded: the records may have been moved away, and the key itself is what counts. The
/// passphrase is for keys in files; one that is given for a key in the keyring is ignored.
///
/// # Errors
/// [`PublisherError::PassphraseNeeded`] for a key in a file without a passphrase, so that the caller can ask for one;
/// [`PublisherError::Mismatch`] when the key is another than the remembered one; others as they come.
pub fn load_key(
    store: &dyn KeyStore,
    records: &Records,
    id: &KeyId,
    passphrase: Option<&str>,
) -> Result<SecretKey, PublisherError> {
    let kept = kept(records, id)?;
    let key = match (kept, passphrase) {
        (Kept::Keyring, _) => store.load(id)?,
        (Kept::File, Some(passphrase)) => files(records).load(id, passphrase)?,
        (Kept::File, None) => {
            let files = files(records);
            // Nobody should be asked for the passphrase of a key that is gone.
            if !files.contains(id)? {
                return Err(FileKeyError::NoSuchKey { id: id.clone(), path: files.path(id) }.into());
            }
            return Err(PublisherError::PassphraseNeeded { id: id.clone() });
        }
    };
    if let Some(record) = records.find(id)?
        && record.spki != *key.public()
    {
        return Err(PublisherError::Mismatch {
            id: id.clone(),
            place: kept,
            recorded: record.fingerprint.short(),
            kept: key.public().fingerprint().short(),
        });
    }
    Ok(key)
}

/// Returns the public half of a key, without asking for a passphrase.
///
/// The record answers where there is one, and then nothing has to be unlocked. A key in the keyring without a record is
/// loaded from there.
///
/// # Errors
/// [`PublisherError::PublicKeyUnknown`] for a key in a file without a record: its public half is under the passphrase too.
/// Others as for [`load_key`].
pub fn public_key(store: &dyn KeyStore, records: &Records, id: &KeyId) -> Result<PublicKey, PublisherError> {
    if let Some(record) = records.find(id)? {
        return Ok(record.spki);
    }
    let files = files(records);
    if files.contains(id)? {
        return Err(PublisherError::PublicKeyUnknown { id: id.clone(), path: files.path(id) });
    }
    Ok(store.load(id)?.public().clone())
}

/// The files that belong to these records.
fn files(records: &Records) -> FileKeyStore {
    FileKeyStore::new(records.folder().clone())
}

/// Keeps other processes from making a key while this one does: neither keyring nor file knows of the other.
fn lock(records: &Records) -> Result<Lock, PublisherError> {
    Ok(records.folder().lock(LOCK, LOCK_LIMIT)?)
}

fn without_key(id: &KeyId, kept: Kept) -> PublisherError {
    PublisherError::RecordWithoutKey { id: id.clone(), kept }
}

/// Records a key that was just made, or unmakes it.
fn remember(
    records: &Records,
    id: &KeyId,
    key: &SecretKey,
    kept: Kept,
    unmake: impl FnOnce() -> Result<(), PublisherError>,
) -> Result<Record, PublisherError> {
    let record = Record::of_new_key(id.clone(), key.public(), kept);
    match records.put(record.clone()) {
        Ok(_) => Ok(record),
        Err(cause) => match unmake() {
            Ok(()) => Err(cause.into()),
            Err(removal) => {
                let (cause, removal) = (Box::new(cause), Box::new(removal));
                Err(PublisherError::Unrecorded { id: id.clone(), kept, cause, removal })
            }
        },
    }
}

/// A key could not be made or loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublisherError {
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] SecretKeyError),
    /// The keyring failed.
    #[error(transparent)]
    Store(#[from] KeyStoreError),
    /// The key's file failed.
    #[error(transparent)]
    File(#[from] FileKeyError),
    /// The records failed. A key that had been made for them was removed again.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// Another process makes a key, or the data folder cannot be used.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// The key is in a file, and no passphrase was given.
    #[error("load the key `{id}`: it is kept in a file under a passphrase, and none was given")]
    PassphraseNeeded {
        /// The key's id.
        id: KeyId,
    },
    /// The key is in a file under a passphrase, and no record says what its public half is.
    #[error("find the public key of `{id}`: there is no record of it, and `{}` does not tell without its passphrase", path.display())]
    PublicKeyUnknown {
        /// The key's id.
        id: KeyId,
        /// The key's file.
        path: PathBuf,
    },
    /// A key is kept and not in the records.
    #[error("{cause}; and the key `{id}`, made before, is still in {kept}: {removal}")]
    Unrecorded {
        /// The key's id.
        id: KeyId,
        /// Where it still is.
        kept: Kept,
        /// Why it was not recorded.
        #[source]
        cause: Box<RecordsError>,
        /// Why it could not be removed.
        removal: Box<PublisherError>,
    },
    /// A key is in the records and not where it was kept.
    #[error("make the key `{id}`: a key with this id was made before, and is no longer in {kept}")]
    RecordWithoutKey {
        /// The key's id.
        id: KeyId,
        /// Where it was kept.
        kept: Kept,
    },
    /// The records say that a key with this id is in the keyring, which cannot be asked.
    #[error(
        "make the key `{id}`: a key with this id was made before and kept in the keyring, which does not answer ({keyring})"
    )]
    Taken {
        /// The key's id.
        id: KeyId,
        /// Why the keyring cannot be asked.
        #[source]
        keyring: KeyStoreError,
    },
    /// What is kept is another key than the recorded one.
    #[error("load the key `{id}`: {place} holds {kept}, and the key that was made here is {recorded}")]
    Mismatch {
        /// The key's id.
        id: KeyId,
        /// Where it is kept.
        place: Kept,
        /// The recorded key's short fingerprint.
        recorded: String,
        /// The kept key's short fingerprint.
        kept: String,
    },
}

impl Explain for PublisherError {
    fn code(&self) -> Code {
        match self {
            Self::Key(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::File(error) => error.code(),
            Self::Records(error) => error.code(),
            Self::DataFolder(error) => error.code(),
            Self::PassphraseNeeded { .. } => Code::PassphraseNeeded,
            Self::PublicKeyUnknown { .. } => Code::NoSuchKey,
            Self::Unrecorded { cause, .. } => cause.code(),
            Self::RecordWithoutKey { .. } | Self::Taken { .. } => Code::KeyExists,
            Self::Mismatch { .. } => Code::KeyMismatch,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Key(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::File(error) => error.hint(),
            Self::Records(error) => error.hint(),
            Self::DataFolder(error) => error.hint(),
            Self::PassphraseNeeded { .. } => {
                Some("give its passphrase: `--passphrase -` reads it from standard input, `--passphrase env:NAME` from a variable".to_owned())
            }
            Self::PublicKeyUnknown { path, .. } => Some(format!(
                "give the public half itself with `--public-key PEM`; `openssl pkey -in {} -pubout -out PEM` asks for the \
                 passphrase and writes it",
                path.display()
            )),
            Self::Unrecorded { id, kept: Kept::Keyring, .. } => {
                Some(format!("remove the item `{id}` of `aisoc-publisher` in the keyring's own window, and try again"))
            }
            Self::Unrecorded { id, kept: Kept::File, .. } => {
                Some(format!("remove the file `{id}.key` in the folder `keys` of the data folder, and try again"))
            }
            Self::RecordWithoutKey { .. } | Self::Taken { .. } => Some(
                "choose another key id, so that operators who trust the old key do not mix the two up".to_owned(),
            ),
            Self::Mismatch { .. } => Some(
                "something else replaced the key; sign with it only if you know what, and hand its public half out anew"
                    .to_owned(),
            ),
        }
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::Records(error) => error.place(),
            Self::Unrecorded { cause, .. } => cause.place(),
            Self::PublicKeyUnknown { path, .. } => Some(Place { path: path.clone(), position: None }),
            Self::Store(error) => error.place(),
            Self::File(error) => error.place(),
            Self::DataFolder(error) => error.place(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atomic::failing;
    use crate::data_folder::DataFolder;
    use crate::keystore::MemoryKeyStore;

    #[test]
    fn a_folder_that_cannot_be_flushed_keeps_neither_key_nor_record() {
        const PASSPHRASE: &str = "four words in a row";
        let folder = tempfile::tempdir().unwrap();
        let records = Records::new(DataFolder::at(folder.path().join("data")));
        let store = MemoryKeyStore::new();
        let (acme, other): (KeyId, KeyId) = ("acme".parse().unwrap(), "other".parse().unwrap());
        // First without a file of records, then with one.
        for with_file in [false, true] {
            let known = if with_file { vec![create_key(&store, &records, &other).unwrap()] } else { vec![] };
            failing::flushes(failing::EIO, || {
                create_key(&store, &records, &acme).unwrap_err();
                create_key_in_file(&store, &records, &acme, PASSPHRASE).unwrap_err();
            });
            assert!(!store.contains(&acme).unwrap());
            assert!(!files(&records).contains(&acme).unwrap());
            assert_eq!(records.all().unwrap(), known);
        }
    }
}
