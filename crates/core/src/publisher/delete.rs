//! Deleting a key, and forgetting one that is gone.

use std::path::{Path, PathBuf};

use super::load::refuse_deleted;
use super::{Publisher, PublisherError, SignedPlugins, Standing};
use crate::key::KeyId;
use crate::keystore::KeyStoreError;
use crate::keystore::file::FileKeyError;
use crate::records::{self, Done, Kept, Record};

/// What deleting a key would mean.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deletion {
    /// What is remembered of the key.
    pub record: Record,
    /// Whether it is where its record says.
    pub standing: Standing,
    /// The key's file; `None` for a key in the keyring.
    pub path: Option<PathBuf>,
    /// Whether this is the only copy that this program knows of: no backup was ever opened again, or the one that was is gone
    /// from a folder that is there.
    pub only_copy: bool,
    /// The backup that was opened, if one was.
    pub backup: Option<Done>,
    /// Whether a file is where that backup was. A stick that is not plugged in is no lost backup.
    pub backup_in_reach: bool,
    /// What the key signed here.
    pub signed: SignedPlugins,
}

fn in_reach(backup: &Done) -> bool {
    Path::new(&backup.place).is_file()
}

/// Tells whether no backup is known, or the known one is gone. Of a disk that is not plugged in the folder is missing too.
fn no_backup(record: &Record) -> bool {
    let is_gone = |backup: &Done| !in_reach(backup) && Path::new(&backup.place).parent().is_some_and(Path::is_dir);
    record.backed_up.as_ref().is_none_or(is_gone)
}

/// Whether a key of which no backup is known may be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnlyCopy {
    /// Refuse it.
    Refuse,
    /// Delete it: whoever asks was told, and means it.
    Delete,
}

impl Publisher<'_> {
    /// Tells what deleting a key would mean. Nothing is changed, and the user is asked for nothing.
    ///
    /// # Errors
    /// [`PublisherError::NoRecord`]; [`PublisherError::Deleted`]; [`PublisherError::Receipts`]; the records' own.
    pub fn plan_deletion(&self, id: &KeyId) -> Result<Deletion, PublisherError> {
        let record = self.undeleted(id)?;
        let (standing, backup) = (self.standing(&record), record.backed_up.clone());
        Ok(Deletion {
            path: (record.kept == Kept::File).then(|| self.key_file(id)),
            only_copy: no_backup(&record) && standing != Standing::Missing,
            standing,
            backup_in_reach: backup.as_ref().is_some_and(in_reach),
            backup,
            signed: self.signed_by(&record.fingerprint)?,
            record,
        })
    }

    /// Deletes a key for good: first from where it is kept, then its record is marked. The record stays, since operators may
    /// trust the public half still.
    ///
    /// `typed` is what a person typed to confirm it, and must be the key's id.
    ///
    /// # Errors
    /// [`PublisherError::NotTyped`]; [`PublisherError::OnlyCopy`] unless told otherwise; [`PublisherError::Mismatch`] where
    /// another key is kept under this id, which stays. A key that is gone already is no error.
    pub fn delete(&self, id: &KeyId, typed: &str, only_copy: OnlyCopy) -> Result<Record, PublisherError> {
        if typed != id.as_str() {
            return Err(PublisherError::NotTyped { id: id.clone() });
        }
        let _lock = self.lock()?;
        let record = self.undeleted(id)?;
        let is_only = no_backup(&record) && self.standing(&record) != Standing::Missing;
        if is_only && only_copy == OnlyCopy::Refuse {
            return Err(PublisherError::OnlyCopy { id: id.clone(), kept: record.kept, lost: record.backed_up });
        }
        if record.kept == Kept::Keyring {
            // What somebody else put there is not ours to delete. A file shows whose it is to nobody without its passphrase.
            match self.take_out(id, Some(&record), None) {
                Ok(_) | Err(PublisherError::Store(KeyStoreError::NoSuchKey { .. })) => {}
                Err(other) => return Err(other),
            }
        }
        match self.remove_private(id, record.kept) {
            Ok(())
            | Err(PublisherError::Store(KeyStoreError::NoSuchKey { .. }))
            | Err(PublisherError::File(FileKeyError::NoSuchKey { .. })) => {}
            Err(other) => return Err(other),
        }
        self.changed(id, |record| record.deleted = Some(records::now()))
    }

    /// Forgets the record of a key that is gone, and with it its public half and that another key took over from it or it from
    /// another, which can be rotated anew. Its id is free again afterwards.
    ///
    /// `typed` is what a person typed to confirm it, and must be the key's id.
    ///
    /// # Errors
    /// [`PublisherError::NotTyped`]; [`PublisherError::NotGone`] where the key is kept still, or the keyring does not tell.
    pub fn forget(&self, id: &KeyId, typed: &str) -> Result<Record, PublisherError> {
        if typed != id.as_str() {
            return Err(PublisherError::NotTyped { id: id.clone() });
        }
        let _lock = self.lock()?;
        let status = self.show(id)?;
        match status.standing {
            Standing::Missing | Standing::Deleted => {}
            Standing::Unknown { reason, .. } => return Err(PublisherError::NotGone { id: id.clone(), why: reason }),
            _ => {
                let why = format!("something is kept under its id in {}", status.record.kept);
                return Err(PublisherError::NotGone { id: id.clone(), why });
            }
        }
        // With the links to it in one step: its id is free now, and another key under it is neither's successor.
        self.records.change(|keys| {
            keys.retain(|known| known.key_id != *id);
            for known in keys {
                known.succeeds.take_if(|other| other == id);
                known.succeeded_by.take_if(|other| other == id);
            }
        })?;
        Ok(status.record)
    }

    fn undeleted(&self, id: &KeyId) -> Result<Record, PublisherError> {
        let record = self.record(id)?;
        refuse_deleted(&record)?;
        Ok(record)
    }
}
