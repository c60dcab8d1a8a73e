//! Where private keys are kept: one trait, the operating system's keyring behind it, and a twin in memory for tests; and
//! files under a passphrase, for machines without a keyring.

pub mod file;
pub mod memory;
pub mod os;

use std::time::Duration;

use crate::data_folder::DataFolderError;
use crate::key::{Fingerprint, KeyId, SecretKey};
use crate::task::Cancelled;
use crate::{Code, Explain, Place};

pub use file::{FileKeyError, FileKeyStore, PassphraseError};
pub use memory::MemoryKeyStore;
pub use os::OsKeyStore;

/// Keeps private keys by their ids.
///
/// Calls block, up to a time limit of the store's own; a window calls them off its main thread.
pub trait KeyStore: Send + Sync {
    /// Finds out whether the store answers at all, without asking the user for anything.
    ///
    /// # Errors
    /// [`KeyStoreError::Absent`] or [`KeyStoreError::TimedOut`]. A locked store answers.
    fn probe(&self) -> Result<(), KeyStoreError>;

    /// Finds out whether the store keeps what it is given: writes random bytes under a name that is no key id, reads them
    /// back and removes them. The user may be asked to unlock the store.
    ///
    /// # Errors
    /// [`KeyStoreError::Forgets`] when something else came back; the others as they come. What was written is removed then
    /// too, also when the caller was told that the store did not answer in time.
    fn trial(&self) -> Result<(), KeyStoreError>;

    /// Tells what is kept under each of these ids, in their order, without asking the user for anything.
    ///
    /// # Errors
    /// As they come, for the store as a whole. What is under lock and key is no error but [`Look::Locked`].
    fn look(&self, ids: &[KeyId]) -> Result<Vec<Look>, KeyStoreError>;

    /// Keeps a new key.
    ///
    /// # Errors
    /// [`KeyStoreError::Exists`] when anything is kept under this id, which then stays as it is; the others as they come.
    fn create(&self, id: &KeyId, key: &SecretKey) -> Result<(), KeyStoreError>;

    /// Returns a key.
    ///
    /// # Errors
    /// [`KeyStoreError::NoSuchKey`], [`KeyStoreError::ForeignFormat`]; the others as they come.
    fn load(&self, id: &KeyId) -> Result<SecretKey, KeyStoreError>;

    /// Tells whether anything is kept under this id, in whatever format.
    ///
    /// # Errors
    /// As they come.
    fn contains(&self, id: &KeyId) -> Result<bool, KeyStoreError>;

    /// Removes a key for good.
    ///
    /// # Errors
    /// [`KeyStoreError::NoSuchKey`]; the others as they come.
    fn delete(&self, id: &KeyId) -> Result<(), KeyStoreError>;
}

/// What a look without any question to the user shows under one key id.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Look {
    /// Nothing is kept there.
    Nothing,
    /// A key, by its public half.
    Key(Fingerprint),
    /// Something is kept there that is no key of this version's; what, and never its bytes.
    Foreign(String),
    /// The store is locked, and tells no more than that.
    Locked,
    /// Something is kept there, and to read it the system might ask the user. So on macOS.
    Unread,
}

/// A key store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyStoreError {
    /// There is no keyring: no bus, or nothing on it that keeps secrets.
    #[error("reach the system's keyring: {reason}")]
    Absent {
        /// What the attempt said.
        reason: String,
    },
    /// The keyring is locked, and there is no display to ask for its password on.
    #[error("{operation}: the keyring is locked, and there is no display to ask for its password on")]
    Locked {
        /// What was being done.
        operation: String,
    },
    /// The user, or the system in their name, refused.
    #[error("{operation}: access to the keyring was refused")]
    Refused {
        /// What was being done.
        operation: String,
    },
    /// There was no answer in time, most often because a prompt waits for one.
    #[error("{operation}: the keyring gave no answer for {} seconds", limit.as_secs_f32())]
    TimedOut {
        /// What was being done.
        operation: String,
        /// How long was waited.
        limit: Duration,
    },
    /// The caller cancelled; nothing was changed.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// Nothing is kept under this id.
    #[error("the keyring holds no key `{id}`")]
    NoSuchKey {
        /// The id.
        id: KeyId,
    },
    /// Something is kept under this id; it was not touched.
    #[error("the keyring holds a key `{id}` already, and keys are never replaced")]
    Exists {
        /// The id.
        id: KeyId,
    },
    /// What is kept under this id was written by a newer version of this program, or by another one.
    #[error("what the keyring holds as `{id}` was kept by a newer version or by another program: {found}")]
    ForeignFormat {
        /// The id.
        id: KeyId,
        /// What was found instead of a key; never its bytes.
        found: String,
    },
    /// It took something and gave back something else, or nothing.
    #[error("try the keyring out: {found}")]
    Forgets {
        /// What came back.
        found: &'static str,
    },
    /// The lock among this program's processes could not be had.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// The keyring failed in another way.
    #[error("{operation}: {reason}")]
    Other {
        /// What was being done.
        operation: String,
        /// What the keyring said.
        reason: String,
    },
}

/// The way out where there is no keyring. A program that knows what its user just tried puts that command in its place.
pub const INSTEAD: &str = "keep the key in a file under a passphrase: `aisoc-publisher key create`, `key import` and `key restore` \
                           do with `--in file`";

impl Explain for KeyStoreError {
    fn code(&self) -> Code {
        match self {
            Self::Absent { .. } => Code::NoKeyring,
            Self::Locked { .. } => Code::KeyringLocked,
            Self::Refused { .. } => Code::KeyringRefused,
            Self::TimedOut { .. } => Code::KeyringTimedOut,
            Self::Cancelled(_) => Code::Cancelled,
            Self::NoSuchKey { .. } => Code::NoSuchKey,
            Self::Exists { .. } => Code::KeyExists,
            Self::ForeignFormat { .. } => Code::KeyForeign,
            Self::DataFolder(error) => error.code(),
            Self::Forgets { .. } | Self::Other { .. } => Code::KeyringFailed,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Absent { .. } if cfg!(all(unix, not(target_os = "macos"))) => format!(
                "install a Secret Service such as `gnome-keyring` and run this in a desktop's login session; or {INSTEAD}"
            ),
            Self::Absent { .. } => format!("run this in a login session; or {INSTEAD}"),
            Self::Locked { .. } => {
                format!("unlock the keyring, for example by logging in to the desktop, and try again; or {INSTEAD}")
            }
            Self::Refused { .. } => format!("try again and allow access when asked; or {INSTEAD}"),
            Self::TimedOut { .. } => {
                format!("answer the keyring's prompt, which may be behind another window, and try again; or {INSTEAD}")
            }
            Self::NoSuchKey { .. } => {
                "`aisoc-publisher keys` lists the keys; `keygen --key-id ID` makes one".to_owned()
            }
            Self::Exists { .. } => "choose another key id, or use the key that is there".to_owned(),
            Self::ForeignFormat { .. } => {
                "update this program; if it is the newest, look at the item in the keyring's own window".to_owned()
            }
            Self::Forgets { .. } => format!("set the keyring right in its own window; or {INSTEAD}"),
            Self::DataFolder(error) => return error.hint(),
            Self::Cancelled(_) => return None,
            Self::Other { .. } => INSTEAD.to_owned(),
        })
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::DataFolder(error) => error.place(),
            _ => None,
        }
    }
}
