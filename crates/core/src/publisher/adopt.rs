//! Keys that were made elsewhere or earlier: import, and restoring from a backup.

use std::path::Path;

use super::{KeepIn, Publisher, PublisherError};
use crate::backup::{self, Opened};
use crate::key::{KeyId, SecretKey};
use crate::keystore::KeyStoreError;
use crate::keystore::file::FileKeyError;
use crate::records::{Done, Kept, Origin, Record};
use crate::{Code, Explain as _};

/// What to do about a key that this machine knows by another id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameKey {
    /// Refuse it: operators know a key by its name, and one that has two is taken for two.
    Refuse,
    /// Keep it under the second id too.
    Allow,
}

/// A key that came out of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Restored {
    /// What is remembered of it now.
    pub record: Record,
    /// Whether it was remembered already, so that its record goes on: hand-over, rotation and revocation stand.
    pub reattached: bool,
}

impl Publisher<'_> {
    /// Keeps a key that was made elsewhere. [`pem`](crate::key::pem) reads it from a file, a stream or a variable.
    ///
    /// A record of this very key under this id goes on, where the key itself is no longer kept. A key that is kept under this
    /// id already and whose record was lost is only remembered again. A key that was revoked under
    /// another id is revoked under this one.
    ///
    /// # Errors
    /// [`PublisherError::SameKey`] for a key that is known by another id, unless told otherwise;
    /// [`PublisherError::IdTaken`] where operators may know another key by this id; others as for [`Publisher::create`].
    pub fn import(
        &self,
        id: &KeyId,
        key: &SecretKey,
        keep: KeepIn<'_>,
        same: SameKey,
    ) -> Result<Restored, PublisherError> {
        self.adopt(id, key, keep, same, |record| record.origin = Origin::Imported, |_| {})
    }

    /// Keeps a key that comes out of a backup, which thereby counts as tried.
    ///
    /// Without an `id` it gets the one that the backup's text names. A record of this very key goes on.
    ///
    /// # Errors
    /// [`PublisherError::Backup`] where the backup does not open; [`PublisherError::AmongKeyFiles`];
    /// [`PublisherError::NoIdInBackup`]; others as for [`Publisher::import`].
    pub fn restore(
        &self,
        file: &Path,
        passphrase: &str,
        id: Option<&KeyId>,
        keep: KeepIn<'_>,
        same: SameKey,
    ) -> Result<Restored, PublisherError> {
        // The record's place is read in three years, from another folder.
        let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        self.expect_apart(&path)?;
        let Opened { label, key } = backup::open(file, passphrase, None)?;
        let Some(id) = id.cloned().or(label.key_id) else {
            return Err(PublisherError::NoIdInBackup { path: file.to_owned() });
        };
        let tried = |record: &mut Record| record.backed_up = Some(Done::now(&path));
        self.adopt(&id, &key, keep, same, |record| record.origin = Origin::Restored, tried)
    }

    fn adopt(
        &self,
        id: &KeyId,
        key: &SecretKey,
        keep: KeepIn<'_>,
        same: SameKey,
        new: impl FnOnce(&mut Record),
        always: impl FnOnce(&mut Record),
    ) -> Result<Restored, PublisherError> {
        keep.check()?;
        let _lock = self.lock()?;
        let all = self.records.all()?;
        let twins = || all.iter().filter(|known| known.spki == *key.public() && known.key_id != *id);
        if let Some(twin) = twins().next().filter(|_| same == SameKey::Refuse) {
            return Err(PublisherError::SameKey { id: id.clone(), known: twin.key_id.clone() });
        }
        // A second name makes a stolen key no better.
        let revoked = twins().find_map(|twin| twin.revoked);
        let mut is_there = false;
        let (mut record, reattached) = match all.into_iter().find(|known| known.key_id == *id) {
            Some(known) if known.spki != *key.public() => {
                return Err(PublisherError::IdTaken { id: id.clone(), recorded: known.fingerprint });
            }
            Some(known) => {
                self.expect_gone(id, keep.kept())?;
                (Record { kept: keep.kept(), deleted: None, ..known }, true)
            }
            None => {
                is_there = self.has_very_key(id, key, keep)?;
                if !is_there {
                    self.expect_free(id, keep.kept())?;
                }
                let mut record = Record::of_new_key(id.clone(), key.public(), keep.kept());
                new(&mut record);
                (record, false)
            }
        };
        always(&mut record);
        record.revoked = record.revoked.or(revoked);
        if is_there {
            return Ok(Restored { record: self.remember(&record)?, reattached });
        }
        self.try_out(keep)?;
        Ok(Restored { record: self.keep(key, keep, record)?, reattached })
    }

    /// Tells whether this very key is kept in this place under this id, and nothing in the other one.
    fn has_very_key(&self, id: &KeyId, key: &SecretKey, keep: KeepIn<'_>) -> Result<bool, PublisherError> {
        let is_it = |there: &SecretKey| there.public() == key.public();
        let files = self.files();
        // Whatever else is there is told by who looks whether the id is free.
        Ok(match keep {
            KeepIn::Keyring => !files.contains(id)? && self.store.load(id).is_ok_and(|there| is_it(&there)),
            KeepIn::File { passphrase } => {
                files.load(id, passphrase).is_ok_and(|there| is_it(&there))
                    && !matches!(self.store.contains(id), Ok(true))
            }
        })
    }

    /// Fails where something is kept under this id after all. Into a file a key may come while the keyring is out of reach:
    /// it is the same key.
    fn expect_gone(&self, id: &KeyId, place: Kept) -> Result<(), PublisherError> {
        match self.store.contains(id) {
            Ok(true) => return Err(KeyStoreError::Exists { id: id.clone() }.into()),
            Err(error) if place == Kept::Keyring || error.code() == Code::Cancelled => return Err(error.into()),
            _ => {}
        }
        let files = self.files();
        match files.contains(id)? {
            true => Err(FileKeyError::Exists { id: id.clone(), path: files.path(id) }.into()),
            false => Ok(()),
        }
    }
}
