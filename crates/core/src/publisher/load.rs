//! Taking a key out to sign with it, and finding its public half.

use super::{Publisher, PublisherError};
use crate::key::{KeyId, PublicKey, SecretKey};
use crate::keystore::file::FileKeyError;
use crate::records::{Kept, Record};

impl Publisher<'_> {
    /// Tells where a key is kept, and so whether loading it takes a passphrase.
    ///
    /// The record decides. A key without one is looked for among the files and otherwise taken to be in the keyring, which is
    /// not asked.
    ///
    /// # Errors
    /// [`PublisherError::Records`], [`PublisherError::File`].
    pub fn kept(&self, id: &KeyId) -> Result<Kept, PublisherError> {
        Ok(match self.records.find(id)? {
            Some(record) => record.kept,
            None if self.files().contains(id)? => Kept::File,
            None => Kept::Keyring,
        })
    }

    /// Fails for a key that does not sign any more, so that nobody is asked for the passphrase of one.
    ///
    /// # Errors
    /// [`PublisherError::Revoked`], [`PublisherError::Deleted`]; the records' own. A key without a record is none.
    pub fn expect_signing(&self, id: &KeyId) -> Result<(), PublisherError> {
        match self.records.find(id)? {
            Some(record) => {
                self.refuse_revoked(&record)?;
                refuse_deleted(&record)
            }
            None => Ok(()),
        }
    }

    /// Loads a key to sign with from where it is kept, and makes sure that it is the one that is remembered.
    ///
    /// A key without a record is loaded: the records may have been moved away, and the key itself is what counts. The
    /// passphrase is for keys in files; one that is given for a key in the keyring is ignored.
    ///
    /// # Errors
    /// [`PublisherError::Revoked`] and [`PublisherError::Deleted`], before anything is asked;
    /// [`PublisherError::PassphraseNeeded`] for a key in a file without a passphrase, so that the caller can ask for one;
    /// [`PublisherError::Mismatch`] when the key is another than the remembered one; others as they come.
    pub fn load(&self, id: &KeyId, passphrase: Option<&str>) -> Result<SecretKey, PublisherError> {
        let record = self.records.find(id)?;
        if let Some(record) = &record {
            self.refuse_revoked(record)?;
        }
        let key = self.take_out(id, record.as_ref(), passphrase)?;
        // The same key may have been revoked under another id.
        self.refuse_revoked_key(key.public())?;
        Ok(key)
    }

    /// Loads a key whether or not it may sign still.
    pub(super) fn take_out(
        &self,
        id: &KeyId,
        record: Option<&Record>,
        passphrase: Option<&str>,
    ) -> Result<SecretKey, PublisherError> {
        record.map_or(Ok(()), refuse_deleted)?;
        let kept = self.kept(id)?;
        let files = self.files();
        let key = match (kept, passphrase) {
            (Kept::Keyring, _) => self.store.load(id)?,
            (Kept::File, Some(passphrase)) => files.load(id, passphrase)?,
            // Nobody should be asked for the passphrase of a key that is gone.
            (Kept::File, None) if !files.contains(id)? => {
                return Err(FileKeyError::NoSuchKey { id: id.clone(), path: files.path(id) }.into());
            }
            (Kept::File, None) => return Err(PublisherError::PassphraseNeeded { id: id.clone() }),
        };
        match record {
            Some(record) if record.spki != *key.public() => Err(PublisherError::Mismatch {
                id: id.clone(),
                place: kept,
                recorded: record.fingerprint.short(),
                kept: key.public().fingerprint().short(),
            }),
            _ => Ok(key),
        }
    }

    /// Returns the public half of a key, without asking for a passphrase.
    ///
    /// The record answers where there is one, and then nothing has to be unlocked. A key in the keyring without a record is
    /// loaded from there.
    ///
    /// # Errors
    /// [`PublisherError::PublicKeyUnknown`] for a key in a file without a record: its public half is under the passphrase too.
    /// Others as for [`Publisher::load`].
    pub fn public_key(&self, id: &KeyId) -> Result<PublicKey, PublisherError> {
        if let Some(record) = self.records.find(id)? {
            return Ok(record.spki);
        }
        let files = self.files();
        if files.contains(id)? {
            return Err(PublisherError::PublicKeyUnknown { id: id.clone(), path: files.path(id) });
        }
        Ok(self.store.load(id)?.public().clone())
    }
}

/// Fails for a key that was deleted here.
pub(super) fn refuse_deleted(record: &Record) -> Result<(), PublisherError> {
    match record.deleted {
        Some(at) => Err(PublisherError::Deleted { id: record.key_id.clone(), at }),
        None => Ok(()),
    }
}
