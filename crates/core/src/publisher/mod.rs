//! A publisher's keys as a whole: the private half in the keyring or in a file, the public facts in the records.
//!
//! A key id names one key of this machine, wherever it is kept: operators know a key by this name alone. Each act of a key's
//! life has a file here: [`create`](Publisher::create), [`load`](Publisher::load), [`import`](Publisher::import) and
//! [`restore`](Publisher::restore), [`back_up`](Publisher::back_up) and [`drill`](Publisher::drill),
//! [`list`](Publisher::list), [`delete`](Publisher::delete), [`rotate`](Publisher::rotate), [`revoke`](Publisher::revoke).

mod adopt;
mod agreement;
mod backup;
mod create;
mod delete;
mod error;
mod load;
mod revoke;
mod rotate;
mod signed;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use adopt::{Restored, SameKey};
pub use agreement::{KeyStatus, Standing, WayOut};
pub use backup::{BackedUp, Drilled};
pub use delete::{Deletion, OnlyCopy};
pub use error::PublisherError;
pub use revoke::Revocation;
pub use rotate::{NextStep, Overlap};
pub use signed::{SignedPlugin, SignedPlugins};

use crate::atomic;
use crate::handover::{self, HandoverError, Saved};
use crate::key::{KeyId, PublicKey, SecretKey};
use crate::keystore::file::{FileKeyError, FileKeyStore, check_passphrase};
use crate::keystore::{KeyStore, KeyStoreError};
use crate::lock::Lock;
use crate::records::{self, Done, Kept, Origin, Record, Records, RecordsError};
use crate::{Code, Explain as _};

const LOCK: &str = "create.lock";
/// Longer than a keyring is waited for, so that a second run finds out what became of the first.
const LOCK_LIMIT: Duration = Duration::from_secs(30);

/// A publisher's keys: a keyring, and the data folder with the records and the key files.
///
/// Calls that touch the keyring block, up to its time limit; a window makes them off its main thread.
#[derive(Clone, Copy)]
pub struct Publisher<'a> {
    store: &'a dyn KeyStore,
    records: &'a Records,
}

/// Where a new key is to be kept.
#[derive(Clone, Copy)]
pub enum KeepIn<'a> {
    /// In the keyring.
    Keyring,
    /// In a file of the data folder. The choice for machines without a keyring.
    File {
        /// Of at least [`MIN_PASSPHRASE_CHARS`](crate::keystore::file::MIN_PASSPHRASE_CHARS) characters.
        passphrase: &'a str,
    },
}

impl KeepIn<'_> {
    /// Fails where the passphrase is none, before anything is asked or done.
    fn check(&self) -> Result<(), PublisherError> {
        match self {
            Self::Keyring => Ok(()),
            Self::File { passphrase } => Ok(check_passphrase(passphrase).map_err(FileKeyError::from)?),
        }
    }

    /// Returns the place as the records name it.
    pub fn kept(&self) -> Kept {
        match self {
            Self::Keyring => Kept::Keyring,
            Self::File { .. } => Kept::File,
        }
    }
}

impl<'a> Publisher<'a> {
    /// Uses this keyring and these records. Nothing is read or asked yet.
    pub fn new(store: &'a dyn KeyStore, records: &'a Records) -> Self {
        Self { store, records }
    }

    /// Returns the path of a key's file, whether the key is kept there or not.
    pub fn key_file(&self, id: &KeyId) -> PathBuf {
        self.files().path(id)
    }

    /// Returns what is remembered of a key. The keyring is not asked.
    ///
    /// # Errors
    /// [`PublisherError::NoRecord`]; the records' own.
    pub fn record(&self, id: &KeyId) -> Result<Record, PublisherError> {
        self.records.find(id)?.ok_or_else(|| PublisherError::NoRecord { id: id.clone() })
    }

    /// Fails where a key cannot be kept in this place, as far as can be told without keeping one, so that nobody is asked for
    /// passphrases in vain.
    ///
    /// # Errors
    /// [`PublisherError::Store`] for a keyring that is out of reach.
    pub fn expect_place(&self, place: Kept) -> Result<(), PublisherError> {
        match place {
            Kept::Keyring => Ok(self.store.probe()?),
            Kept::File => Ok(()),
        }
    }

    /// Notes that a key signed just now. `public` is its public half.
    ///
    /// A key without a record gets one: that it signs is the proof that it is here. Records that were damaged and moved away
    /// come back so, key by key.
    ///
    /// # Errors
    /// The records' own; [`PublisherError::File`] where the folder of key files cannot be looked into.
    pub fn note_use(&self, id: &KeyId, public: &PublicKey) -> Result<(), PublisherError> {
        let now = Some(records::now());
        if self.records.update(id, |record| record.last_used = now)?.is_none() {
            let kept = self.kept(id)?;
            let record = Record::of_new_key(id.clone(), public, kept);
            let record = Record { origin: Origin::Imported, last_used: now, ..record };
            // Another process may have been faster, and its record may say more.
            self.records.change(|keys| match keys.iter_mut().find(|known| known.key_id == *id) {
                Some(known) => known.last_used = now,
                None => keys.push(record),
            })?;
        }
        Ok(())
    }

    /// Saves what the operator needs into a folder, see [`handover::save`], and remembers that it was. The folder is made
    /// unless it is there; the one that it lies in must be.
    ///
    /// # Errors
    /// [`PublisherError::NoRecord`]; [`PublisherError::Revoked`], since nobody should trust such a key anew; those of
    /// [`handover::save`].
    pub fn hand_over(&self, id: &KeyId, folder: &Path) -> Result<Saved, PublisherError> {
        let record = self.record(id)?;
        self.refuse_revoked(&record)?;
        // The same key may have been revoked under another id.
        self.refuse_revoked_key(&record.spki)?;
        match std::fs::create_dir(folder) {
            Err(source) if source.kind() != std::io::ErrorKind::AlreadyExists => {
                let error = atomic::Error::Io { action: "make", path: folder.to_owned(), source };
                return Err(HandoverError::from(error).into());
            }
            _ => {}
        }
        let saved = handover::save(folder, id, &record.spki)?;
        self.note_hand_over(id, folder)?;
        Ok(saved)
    }

    /// Remembers that a folder for the operator was written, by whatever means.
    ///
    /// # Errors
    /// [`PublisherError::NoRecord`]; the records' own.
    pub fn note_hand_over(&self, id: &KeyId, folder: &Path) -> Result<Record, PublisherError> {
        // The record's place is read in three years, from another folder.
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        self.changed(id, |record| record.handed_over = Some(Done::now(&folder)))
    }

    /// Changes a record that is there.
    fn changed(&self, id: &KeyId, update: impl FnOnce(&mut Record)) -> Result<Record, PublisherError> {
        self.records.update(id, update)?.ok_or_else(|| PublisherError::NoRecord { id: id.clone() })
    }

    /// The files that belong to these records.
    fn files(&self) -> FileKeyStore {
        FileKeyStore::new(self.records.folder().clone())
    }

    /// Keeps other processes from making a key while this one does: neither keyring nor file knows of the other.
    fn lock(&self) -> Result<Lock, PublisherError> {
        Ok(self.records.folder().lock(LOCK, LOCK_LIMIT)?)
    }

    fn refuse_revoked(&self, record: &Record) -> Result<(), PublisherError> {
        match record.revoked {
            Some(revoked) => Err(PublisherError::Revoked {
                id: record.key_id.clone(),
                revoked,
                successor: record.succeeded_by.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Fails unless nothing is kept or remembered under this id, as far as can be found out.
    ///
    /// For a key that goes into a file, a keyring that does not answer counts as empty, after its own time limit: the file
    /// is the way out for whoever cannot reach a keyring, and the records know the keys made here. Whoever cancels wants no key.
    fn expect_free(&self, id: &KeyId, place: Kept) -> Result<(), PublisherError> {
        let files = self.files();
        let gone = |kept| Err(PublisherError::RecordWithoutKey { id: id.clone(), kept });
        let record = self.records.find(id)?;
        record.as_ref().map_or(Ok(()), load::refuse_deleted)?;
        let recorded = record.map(|record| record.kept);
        match (recorded, self.store.contains(id)) {
            (_, Ok(true)) => return Err(KeyStoreError::Exists { id: id.clone() }.into()),
            (Some(Kept::Keyring), Ok(false)) => return gone(Kept::Keyring),
            (_, Err(keyring)) if place == Kept::Keyring || keyring.code() == Code::Cancelled => {
                return Err(keyring.into());
            }
            (Some(Kept::Keyring), Err(keyring)) => return Err(PublisherError::Taken { id: id.clone(), keyring }),
            _ => {}
        }
        match (recorded, files.contains(id)?) {
            (_, true) => Err(FileKeyError::Exists { id: id.clone(), path: files.path(id) }.into()),
            (Some(Kept::File), false) => gone(Kept::File),
            _ => Ok(()),
        }
    }

    /// Tries a keyring out, so that one that keeps nothing is found before there is a key.
    fn try_out(&self, keep: KeepIn<'_>) -> Result<(), PublisherError> {
        match keep {
            KeepIn::Keyring => Ok(self.store.trial()?),
            KeepIn::File { .. } => Ok(()),
        }
    }

    /// Keeps a key and records it, or does neither.
    fn keep(&self, key: &SecretKey, keep: KeepIn<'_>, record: Record) -> Result<Record, PublisherError> {
        let id = &record.key_id;
        match keep {
            KeepIn::Keyring => self.store.create(id, key)?,
            KeepIn::File { passphrase } => self.files().create(id, key, passphrase)?,
        }
        let cause = match self.remember(&record) {
            Ok(record) => return Ok(record),
            Err(cause) => cause,
        };
        match self.remove_private(id, record.kept) {
            Ok(()) => Err(cause.into()),
            Err(removal) => {
                let (cause, removal) = (Box::new(cause), Box::new(removal));
                Err(PublisherError::Unrecorded { id: id.clone(), kept: record.kept, cause, removal })
            }
        }
    }

    /// Puts a record in the place of the one with its id, if there is one.
    fn remember(&self, record: &Record) -> Result<Record, RecordsError> {
        let id = &record.key_id;
        // With its predecessor in one step: half a link would be none to whoever looks from the other side.
        self.records.change(|keys| {
            let mut record = record.clone();
            // Whoever revoked it while the keyring was waited for is heard.
            if let Some(known) = keys.iter().find(|known| known.key_id == *id) {
                record.revoked = known.revoked.or(record.revoked);
            }
            keys.retain(|known| known.key_id != *id);
            if let Some(old) = keys.iter_mut().find(|known| record.succeeds.as_ref() == Some(&known.key_id)) {
                old.succeeded_by = Some(id.clone());
            }
            keys.push(record.clone());
            record
        })
    }

    /// Removes the private half from where it is kept.
    fn remove_private(&self, id: &KeyId, kept: Kept) -> Result<(), PublisherError> {
        match kept {
            Kept::Keyring => Ok(self.store.delete(id)?),
            Kept::File => match self.files().delete(id) {
                // Gone is gone here; only that it stays so is not promised.
                Err(FileKeyError::Write(error)) if error.took_effect() => Ok(()),
                other => Ok(other?),
            },
        }
    }
}
