//! A key store in memory: the twin of the keyring, for tests.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::{KeyStore, KeyStoreError, Look};
use crate::key::{KeyId, SecretKey};

/// Keeps keys until it is dropped, in the format of the keyring.
#[derive(Default)]
pub struct MemoryKeyStore {
    keys: Mutex<BTreeMap<KeyId, Zeroizing<Vec<u8>>>>,
}

impl MemoryKeyStore {
    /// Creates an empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts any bytes under an id, as another program could put them into a keyring.
    pub fn put_foreign(&self, id: &KeyId, bytes: &[u8]) {
        self.keys().insert(id.clone(), Zeroizing::new(bytes.to_vec()));
    }

    fn keys(&self) -> MutexGuard<'_, BTreeMap<KeyId, Zeroizing<Vec<u8>>>> {
        // A panic elsewhere cannot leave the map half changed.
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for MemoryKeyStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.keys().keys()).finish()
    }
}

impl KeyStore for MemoryKeyStore {
    fn probe(&self) -> Result<(), KeyStoreError> {
        Ok(())
    }

    fn trial(&self) -> Result<(), KeyStoreError> {
        Ok(())
    }

    fn look(&self, ids: &[KeyId]) -> Result<Vec<Look>, KeyStoreError> {
        let keys = self.keys();
        Ok(ids
            .iter()
            .map(|id| match keys.get(id).map(|kept| SecretKey::from_pkcs8_v1_der(kept)) {
                None => Look::Nothing,
                Some(Ok(key)) => Look::Key(key.public().fingerprint()),
                Some(Err(error)) => Look::Foreign(error.to_string()),
            })
            .collect())
    }

    fn create(&self, id: &KeyId, key: &SecretKey) -> Result<(), KeyStoreError> {
        let mut keys = self.keys();
        if keys.contains_key(id) {
            return Err(KeyStoreError::Exists { id: id.clone() });
        }
        // Exposes the secret to the store, which is what a store is for.
        keys.insert(id.clone(), key.to_pkcs8_v1_der());
        Ok(())
    }

    fn load(&self, id: &KeyId) -> Result<SecretKey, KeyStoreError> {
        let keys = self.keys();
        let kept = keys.get(id).ok_or_else(|| KeyStoreError::NoSuchKey { id: id.clone() })?;
        SecretKey::from_pkcs8_v1_der(kept)
            .map_err(|e| KeyStoreError::ForeignFormat { id: id.clone(), found: e.to_string() })
    }

    fn contains(&self, id: &KeyId) -> Result<bool, KeyStoreError> {
        Ok(self.keys().contains_key(id))
    }

    fn delete(&self, id: &KeyId) -> Result<(), KeyStoreError> {
        match self.keys().remove(id) {
            Some(_) => Ok(()),
            None => Err(KeyStoreError::NoSuchKey { id: id.clone() }),
        }
    }
}
