//! A publisher's keys as a whole: the private half in a key store, the public facts in the records.

use crate::key::{KeyId, SecretKey, SecretKeyError};
use crate::keystore::{KeyStore, KeyStoreError};
use crate::records::{Kept, Record, Records, RecordsError};
use crate::{Code, Explain, Place};

/// Makes a new key, keeps it and remembers it.
///
/// # Errors
/// [`PublisherError`]. When the key cannot be remembered it is taken out of the store again; only if that fails too does
/// it stay there, and [`PublisherError::Unrecorded`] says so.
pub fn create_key(
    store: &dyn KeyStore,
    records: &Records,
    id: &KeyId,
) -> Result<Record, PublisherError> {
    // Read before anything is made, so that damaged records stop it here.
    if records.find(id)?.is_some() && !store.contains(id)? {
        return Err(PublisherError::RecordWithoutKey { id: id.clone() });
    }
    let key = SecretKey::generate()?;
    store.create(id, &key)?;
    let record = Record::of_new_key(id.clone(), key.public(), Kept::Keyring);
    match records.put(record.clone()) {
        Ok(_) => Ok(record),
        Err(cause) => match store.delete(id) {
            Ok(()) => Err(cause.into()),
            Err(removal) => Err(PublisherError::Unrecorded {
                id: id.clone(),
                cause,
                removal,
            }),
        },
    }
}

/// Loads a key, and makes sure that it is the one that is remembered.
///
/// A key without a record is loaded: the records may have been moved away, and the keyring is what counts.
///
/// # Errors
/// [`PublisherError::Mismatch`] when store and records disagree; others as they come.
pub fn load_key(
    store: &dyn KeyStore,
    records: &Records,
    id: &KeyId,
) -> Result<SecretKey, PublisherError> {
    let key = store.load(id)?;
    if let Some(record) = records.find(id)?
        && record.spki != *key.public()
    {
        return Err(PublisherError::Mismatch {
            id: id.clone(),
            recorded: record.fingerprint.short(),
            kept: key.public().fingerprint().short(),
        });
    }
    Ok(key)
}

/// A key could not be made or loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublisherError {
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] SecretKeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] KeyStoreError),
    /// The records failed. A key that had been made for them was removed again.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// A key is in the store and not in the records.
    #[error("{cause}; and the key `{id}`, made before, is still in the keyring: {removal}")]
    Unrecorded {
        /// The key's id.
        id: KeyId,
        /// Why it was not recorded.
        #[source]
        cause: RecordsError,
        /// Why it could not be removed.
        removal: KeyStoreError,
    },
    /// A key is in the records and not in the store.
    #[error(
        "make the key `{id}`: a key with this id was made before, and the keyring no longer holds it"
    )]
    RecordWithoutKey {
        /// The key's id.
        id: KeyId,
    },
    /// Store and records hold different keys.
    #[error(
        "load the key `{id}`: the keyring holds {kept}, and the key that was made here is {recorded}"
    )]
    Mismatch {
        /// The key's id.
        id: KeyId,
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
            Self::Records(error) | Self::Unrecorded { cause: error, .. } => error.code(),
            Self::RecordWithoutKey { .. } => Code::KeyExists,
            Self::Mismatch { .. } => Code::KeyMismatch,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Key(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::Records(error) => error.hint(),
            Self::Unrecorded { id, .. } => {
                Some(format!("remove the item `{id}` of `aisoc-publisher` in the keyring's own window, and try again"))
            }
            Self::RecordWithoutKey { .. } => Some(
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
            Self::Records(error) | Self::Unrecorded { cause: error, .. } => error.place(),
            Self::Store(error) => error.place(),
            _ => None,
        }
    }
}
