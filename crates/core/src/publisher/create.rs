//! Making a key.

use super::{KeepIn, Publisher, PublisherError};
use crate::key::{KeyId, SecretKey};
use crate::records::Record;

impl Publisher<'_> {
    /// Makes a new key, keeps it and remembers it. A keyring is tried out before there is a key.
    ///
    /// For a key in a file the keyring is asked whether it holds one with this id. One that does not answer counts as empty,
    /// after its own time limit.
    ///
    /// # Errors
    /// [`PublisherError`], also where a key with this id is kept elsewhere. [`PublisherError::File`] for a passphrase that
    /// is too short or long, before anything is done. When the key cannot be remembered it is taken out of the store again;
    /// only if that fails too does it stay there, and [`PublisherError::Unrecorded`] says so.
    pub fn create(&self, id: &KeyId, keep: KeepIn<'_>) -> Result<Record, PublisherError> {
        self.make(id, keep, None)
    }

    pub(super) fn make(
        &self,
        id: &KeyId,
        keep: KeepIn<'_>,
        succeeds: Option<&KeyId>,
    ) -> Result<Record, PublisherError> {
        keep.check()?;
        let _lock = self.lock()?;
        if let Some(old) = succeeds {
            // Somebody else may have been faster.
            self.expect_no_successor(old)?;
        }
        // Read before anything is made, so that damaged records stop it here.
        self.expect_free(id, keep.kept())?;
        self.try_out(keep)?;
        let key = SecretKey::generate()?;
        let record = Record::of_new_key(id.clone(), key.public(), keep.kept());
        self.keep(&key, keep, Record { succeeds: succeeds.cloned(), ..record })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atomic::failing;
    use crate::data_folder::DataFolder;
    use crate::keystore::{KeyStore as _, MemoryKeyStore};
    use crate::records::Records;

    #[test]
    fn a_folder_that_cannot_be_flushed_keeps_neither_key_nor_record() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::new(DataFolder::at(folder.path().join("data")));
        let store = MemoryKeyStore::new();
        let publisher = Publisher::new(&store, &records);
        let in_file = KeepIn::File { passphrase: "four words in a row" };
        let (acme, other): (KeyId, KeyId) = ("acme".parse().unwrap(), "other".parse().unwrap());
        // First without a file of records, then with one.
        for with_file in [false, true] {
            let known = if with_file { vec![publisher.create(&other, KeepIn::Keyring).unwrap()] } else { vec![] };
            failing::flushes(failing::EIO, || {
                publisher.create(&acme, KeepIn::Keyring).unwrap_err();
                publisher.create(&acme, in_file).unwrap_err();
            });
            assert!(!store.contains(&acme).unwrap());
            assert!(!publisher.files().contains(&acme).unwrap());
            assert_eq!(records.all().unwrap(), known);
        }
    }
}
