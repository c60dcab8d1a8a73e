//! The operating system's keyring: the Secret Service on Linux and the BSDs, Keychain, or Credential Manager.
//!
//! Format 1, for good: service `aisoc-publisher`, user the key id, value the private key as PKCS#8 v1 DER, exactly 48
//! bytes. Where items have attributes, `format` is `1`. Anything else under such a name is refused and never guessed at;
//! a later format says so by another length or another `format`.
//!
//! A locked keyring asks its user for a password and waits without limit. So every call runs on a thread of its own, and
//! the caller waits as long as it wants to. A thread that is left behind undoes what it still managed to write.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::{KeyStore, KeyStoreError, Look};
use crate::data_folder::DataFolder;
use crate::key::{KeyId, SecretKey};
use crate::task::Cancelled;

/// The service name of every item.
pub const SERVICE: &str = "aisoc-publisher";
/// The value of the attribute `format`.
pub const FORMAT: &str = "1";
/// The user name of the item that tries the keyring out. No key id has a capital letter.
const TRIAL: &str = "Trial";

/// How long a call waits unless told otherwise: time to find the prompt and type a password.
pub const TIME_LIMIT: Duration = Duration::from_secs(20);

const LOCK: &str = "keyring.lock";

/// How often a waiting call looks whether it was cancelled.
const TURN: Duration = Duration::from_millis(25);

/// How long the last step of a call may take that the caller wanted to give up a moment too late.
const LAST_STEP: Duration = Duration::from_secs(5);

/// Keeps private keys in the operating system's keyring.
#[derive(Debug, Clone)]
pub struct OsKeyStore {
    folder: DataFolder,
    limit: Duration,
    cancelled: Option<Arc<AtomicBool>>,
}

impl OsKeyStore {
    /// Uses the keyring of the user who runs this, with a lock file in `folder` so that two processes that create a key
    /// at once do not both find its name free.
    pub fn new(folder: DataFolder) -> Self {
        Self::with_time_limit(folder, TIME_LIMIT)
    }

    /// As [`OsKeyStore::new`], but every call gives up after `limit`.
    pub fn with_time_limit(folder: DataFolder, limit: Duration) -> Self {
        Self { folder, limit, cancelled: None }
    }

    /// Lets every call also give up, with [`KeyStoreError::Cancelled`], soon after `cancelled` becomes true. A prompt that
    /// the user answers after that changes nothing.
    #[must_use]
    pub fn cancelled_by(self, cancelled: Arc<AtomicBool>) -> Self {
        Self { cancelled: Some(cancelled), ..self }
    }

    /// Runs `work` on a thread of its own and waits for it, no longer than the limit.
    fn limited<T: Send + 'static>(
        &self,
        operation: String,
        work: impl FnOnce(&Call) -> Result<T, KeyStoreError> + Send + 'static,
    ) -> Result<T, KeyStoreError> {
        let call = Call { operation: operation.clone(), state: Arc::new(AtomicU8::new(WAITED_FOR)) };
        let state = Arc::clone(&call.state);
        let (answer, answers) = sync_channel(1);
        let thread = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            // Nobody may be waiting any more.
            let _ = answer.send(work(&call));
        });
        if let Err(e) = thread {
            return Err(KeyStoreError::Other { operation, reason: e.to_string() });
        }
        let reason = match self.wait(&answers) {
            Ok(result) => return result,
            Err(reason) => reason,
        };
        if matches!(reason, GaveUp::Broken) {
            return Err(KeyStoreError::Other { operation, reason: "the keyring's own code failed".to_owned() });
        }
        // Should the call have come to its end this very moment, its answer stands. A deletion then has one step left,
        // which asks nobody; a keyring that hangs in it is not waited for without limit.
        if state.compare_exchange(WAITED_FOR, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire).is_err()
            && let Ok(result) = answers.recv_timeout(LAST_STEP)
        {
            return result;
        }
        Err(match reason {
            GaveUp::Cancelled => Cancelled.into(),
            _ => KeyStoreError::TimedOut { operation, limit: self.limit },
        })
    }

    /// Waits for an answer until the limit, or until the caller's caller does not want it any more.
    fn wait<T>(&self, answers: &Receiver<T>) -> Result<T, GaveUp> {
        let deadline = Instant::now() + self.limit;
        loop {
            if self.cancelled.as_ref().is_some_and(|cancelled| cancelled.load(Ordering::Relaxed)) {
                return Err(GaveUp::Cancelled);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let turn = if self.cancelled.is_some() { left.min(TURN) } else { left };
            match answers.recv_timeout(turn) {
                Ok(answer) => return Ok(answer),
                Err(RecvTimeoutError::Disconnected) => return Err(GaveUp::Broken),
                Err(RecvTimeoutError::Timeout) if Instant::now() >= deadline => return Err(GaveUp::Late),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

/// Why a call is not waited for any longer.
enum GaveUp {
    Late,
    Cancelled,
    /// The call's thread ended without an answer.
    Broken,
}

const WAITED_FOR: u8 = 0;
const GIVEN_UP: u8 = 1;
const COMPLETE: u8 = 2;

/// A call under way.
struct Call {
    operation: String,
    state: Arc<AtomicU8>,
}

impl Call {
    /// Declares the call complete; false when the caller has given up and been told so.
    fn complete(&self) -> bool {
        self.state.compare_exchange(WAITED_FOR, COMPLETE, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn entry(&self, id: &KeyId) -> Result<Entry, KeyStoreError> {
        self.named(id.as_str(), &format!("AiSOC publisher key {id}"))
    }

    fn named(&self, user: &str, label: &str) -> Result<Entry, KeyStoreError> {
        let modifiers = HashMap::from([("label", label)]);
        // The stores of the other systems have no labels and refuse the word.
        let modifiers = cfg!(all(unix, not(target_os = "macos"))).then_some(&modifiers);
        connect()?.build(SERVICE, user, modifiers).map_err(|e| self.failed(e))
    }

    fn explain(&self, id: &KeyId, error: Error) -> KeyStoreError {
        match error {
            Error::NoEntry => KeyStoreError::NoSuchKey { id: id.clone() },
            Error::Ambiguous(entries) => KeyStoreError::ForeignFormat {
                id: id.clone(),
                found: format!("{} items with this name", entries.len()),
            },
            Error::BadDataFormat(bytes, _) | Error::BadEncoding(bytes) => {
                // What another program kept there is somebody's secret too.
                let bytes = Zeroizing::new(bytes);
                KeyStoreError::ForeignFormat { id: id.clone(), found: format!("{} bytes", bytes.len()) }
            }
            other => self.failed(other),
        }
    }

    /// Explains a failure that is not about one key.
    fn failed(&self, error: Error) -> KeyStoreError {
        let operation = self.operation.clone();
        match error {
            Error::NoStorageAccess(why) => no_access(operation, why.as_ref()),
            other => KeyStoreError::Other { operation, reason: other.to_string() },
        }
    }
}

impl KeyStore for OsKeyStore {
    fn probe(&self) -> Result<(), KeyStoreError> {
        self.limited("reach the system's keyring".to_owned(), |_| connect().map(drop))
    }

    fn trial(&self) -> Result<(), KeyStoreError> {
        let (folder, limit) = (self.folder.clone(), self.limit);
        self.limited("try the keyring out".to_owned(), move |call| {
            let _lock = folder.lock(LOCK, limit)?;
            // As long as a key, and worth nothing.
            let mut value = [0; 48];
            getrandom::fill(&mut value).map_err(|e| KeyStoreError::Other {
                operation: call.operation.clone(),
                reason: format!("the operating system gave no random numbers ({e})"),
            })?;
            let entry = call.named(TRIAL, "AiSOC publisher: a trial, to be removed")?;
            // One that a process left behind when it was killed.
            remove_all(&entry).map_err(|e| call.failed(e))?;
            let found = entry.set_secret(&value).and_then(|()| entry.get_secret());
            // Whatever came of it, and whether or not anybody waits for the answer still.
            let removed = remove_all(&entry);
            match found {
                Ok(bytes) if bytes == value => removed.map_err(|e| call.failed(e)),
                Ok(_) => Err(KeyStoreError::Forgets { found: "other bytes came back than were written" }),
                Err(Error::NoEntry) => Err(KeyStoreError::Forgets { found: "what was written is not there" }),
                Err(e) => Err(call.failed(e)),
            }
        })
    }

    fn look(&self, ids: &[KeyId]) -> Result<Vec<Look>, KeyStoreError> {
        let ids = ids.to_vec();
        self.limited("look at the keys in the keyring".to_owned(), move |call| look(call, &ids))
    }

    fn create(&self, id: &KeyId, key: &SecretKey) -> Result<(), KeyStoreError> {
        // Exposes the secret to the keyring: this function writes it and `load` reads it back.
        let value = key.to_pkcs8_v1_der();
        let (id, folder, limit) = (id.clone(), self.folder.clone(), self.limit);
        self.limited(format!("keep the key `{id}`"), move |call| {
            let _lock = folder.lock(LOCK, limit)?;
            let entry = call.entry(&id)?;
            match entry.get_credential() {
                Err(Error::NoEntry) => {}
                Err(Error::Ambiguous(_)) | Ok(_) => return Err(KeyStoreError::Exists { id }),
                Err(e) => return Err(call.explain(&id, e)),
            }
            entry.set_secret(&value).map_err(|e| call.explain(&id, e))?;
            let marked = mark_format(&entry).map_err(|e| call.explain(&id, e));
            if marked.is_err() || !call.complete() {
                // The caller was told, or will be, that there is no key. A prompt answered late must not make one.
                entry.delete_credential().map_err(|e| call.explain(&id, e))?;
            }
            marked
        })
    }

    fn load(&self, id: &KeyId) -> Result<SecretKey, KeyStoreError> {
        let id = id.clone();
        self.limited(format!("read the key `{id}`"), move |call| {
            let entry = call.entry(&id)?;
            // A plain vector for as long as it takes to wrap it.
            let value = Zeroizing::new(entry.get_secret().map_err(|e| call.explain(&id, e))?);
            if let Some(format) = format_of(&entry).map_err(|e| call.explain(&id, e))?
                && format != FORMAT
            {
                return Err(KeyStoreError::ForeignFormat { id, found: format!("an item of format `{format}`") });
            }
            SecretKey::from_pkcs8_v1_der(&value).map_err(|e| KeyStoreError::ForeignFormat { id, found: e.to_string() })
        })
    }

    fn contains(&self, id: &KeyId) -> Result<bool, KeyStoreError> {
        let id = id.clone();
        self.limited(format!("look for the key `{id}`"), move |call| match call.entry(&id)?.get_credential() {
            Ok(_) | Err(Error::Ambiguous(_)) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(e) => Err(call.explain(&id, e)),
        })
    }

    fn delete(&self, id: &KeyId) -> Result<(), KeyStoreError> {
        let (id, folder, limit) = (id.clone(), self.folder.clone(), self.limit);
        self.limited(format!("delete the key `{id}`"), move |call| {
            let _lock = folder.lock(LOCK, limit)?;
            let entry = call.entry(&id)?;
            unlock(&entry).map_err(|e| call.explain(&id, e))?;
            if !call.complete() {
                // The caller was told that nothing was deleted. A prompt answered late must not delete it.
                return Err(KeyStoreError::TimedOut { operation: call.operation.clone(), limit });
            }
            entry.delete_credential().map_err(|e| call.explain(&id, e))
        })
    }
}

/// Removes every item that an entry stands for.
fn remove_all(entry: &Entry) -> Result<(), Error> {
    match entry.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(Error::Ambiguous(items)) => items.iter().try_for_each(Entry::delete_credential),
        Err(e) => Err(e),
    }
}

/// Says what is under these names. The crate that the other calls go through unlocks whatever it finds, so this asks the
/// service itself: it finds items by their names also while they are locked, and says which are.
#[cfg(all(unix, not(target_os = "macos")))]
fn look(call: &Call, ids: &[KeyId]) -> Result<Vec<Look>, KeyStoreError> {
    use secret_service::blocking::SecretService;
    use secret_service::{EncryptionType, Error as Service};

    let failed = |e: Service| no_access(call.operation.clone(), &e);
    let service =
        SecretService::connect(EncryptionType::Dh).map_err(|e| KeyStoreError::Absent { reason: e.to_string() })?;
    // Not every service finds items in a keyring that is locked, so nothing found there proves nothing.
    let locked = match service.get_default_collection() {
        Ok(collection) => collection.is_locked().map_err(failed)?,
        Err(Service::NoResult) => false,
        Err(e) => return Err(failed(e)),
    };
    let look_at = |id: &KeyId| {
        let found = service.search_items(HashMap::from([("service", SERVICE), ("username", id.as_str())]))?;
        Ok(match (found.unlocked.as_slice(), found.locked.as_slice()) {
            ([], []) if locked => Look::Locked,
            ([], []) => Look::Nothing,
            ([], [_]) => Look::Locked,
            ([item], []) => {
                let value = Zeroizing::new(item.get_secret()?);
                match item.get_attributes()?.get("format") {
                    Some(format) if format != FORMAT => Look::Foreign(format!("an item of format `{format}`")),
                    _ => match SecretKey::from_pkcs8_v1_der(&value) {
                        Ok(key) => Look::Key(key.public().fingerprint()),
                        Err(e) => Look::Foreign(e.to_string()),
                    },
                }
            }
            (unlocked, locked) => Look::Foreign(format!("{} items with this name", unlocked.len() + locked.len())),
        })
    };
    ids.iter().map(look_at).collect::<Result<_, Service>>().map_err(failed)
}

/// Credential Manager asks nobody, and a Keychain might for the secret, so that only what has a name is told.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn look(call: &Call, ids: &[KeyId]) -> Result<Vec<Look>, KeyStoreError> {
    ids.iter()
        .map(|id| match call.entry(id)?.get_credential() {
            Ok(_) => Ok(Look::Unread),
            Err(Error::NoEntry) => Ok(Look::Nothing),
            Err(Error::Ambiguous(items)) => Ok(Look::Foreign(format!("{} items with this name", items.len()))),
            Err(e) => Err(call.explain(id, e)),
        })
        .collect()
}

/// Connects anew for every call: a keyring that was not there a minute ago may be now.
#[cfg(all(unix, not(target_os = "macos")))]
fn connect() -> Result<Arc<CredentialStore>, KeyStoreError> {
    let store = zbus_secret_service_keyring_store::Store::new().map_err(absent)?;
    Ok(store)
}

#[cfg(target_os = "macos")]
fn connect() -> Result<Arc<CredentialStore>, KeyStoreError> {
    let store = apple_native_keyring_store::keychain::Store::new().map_err(absent)?;
    Ok(store)
}

#[cfg(windows)]
fn connect() -> Result<Arc<CredentialStore>, KeyStoreError> {
    let store = windows_native_keyring_store::Store::new().map_err(absent)?;
    Ok(store)
}

fn absent(error: Error) -> KeyStoreError {
    let reason = match error {
        Error::PlatformFailure(why) | Error::NoStorageAccess(why) => why.to_string(),
        other => other.to_string(),
    };
    KeyStoreError::Absent { reason }
}

/// Has the item unlocked, with the prompt that this may take, so that no later step waits for its user.
#[cfg(all(unix, not(target_os = "macos")))]
fn unlock(entry: &Entry) -> Result<(), Error> {
    entry.get_attributes().map(drop)
}

/// The other systems tell no step that unlocks and does nothing else; deleting asks for itself.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn unlock(_: &Entry) -> Result<(), Error> {
    Ok(())
}

/// Notes the format on the item, so that a later version can tell its own from this one's.
#[cfg(all(unix, not(target_os = "macos")))]
fn mark_format(entry: &Entry) -> Result<(), Error> {
    entry.update_attributes(&HashMap::from([("format", FORMAT)]))
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn mark_format(_: &Entry) -> Result<(), Error> {
    Ok(())
}

#[cfg(all(unix, not(target_os = "macos")))]
fn format_of(entry: &Entry) -> Result<Option<String>, Error> {
    Ok(entry.get_attributes()?.remove("format"))
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn format_of(_: &Entry) -> Result<Option<String>, Error> {
    Ok(None)
}

#[cfg(all(unix, not(target_os = "macos")))]
fn no_access(operation: String, why: &(dyn std::error::Error + 'static)) -> KeyStoreError {
    use secret_service::Error as Service;
    // The service answers the same for a prompt that could not be shown and for one that was sent away.
    let display =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()));
    match why.downcast_ref::<Service>() {
        Some(Service::Prompt) if display => KeyStoreError::Refused { operation },
        Some(Service::NoResult) => {
            KeyStoreError::Other { operation, reason: "there is no default keyring yet".to_owned() }
        }
        Some(Service::Prompt | Service::Locked) => KeyStoreError::Locked { operation },
        _ => KeyStoreError::Other { operation, reason: why.to_string() },
    }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn no_access(operation: String, _: &(dyn std::error::Error + 'static)) -> KeyStoreError {
    KeyStoreError::Refused { operation }
}
