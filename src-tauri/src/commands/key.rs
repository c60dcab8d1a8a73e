//! Publisher key: asking the keyring, judging names, making keys. Each other act of a key's life has a module here.

pub(super) mod adopt;
pub(super) mod backup;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod revoke;
pub(super) mod rotate;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aisoc_publisher_core::Explain as _;
use aisoc_publisher_core::key::KeyId;
use aisoc_publisher_core::keystore::{FileKeyStore, KeyStore, OsKeyStore};
use aisoc_publisher_core::publisher::{KeepIn, Publisher};
use aisoc_publisher_core::records::Record;
use aisoc_publisher_core::task::Task;

use super::{Answer, Here};
use crate::state::{Home, Long, Shell};
use crate::view::{Failure, Keeping, KeyIdCheck, KeyringStatus, Operation, Passphrase, PublisherKey, key_failure};
pub(super) use list::remembered;

/// How long a keyring is waited for where the answer is not needed: the first screen offers to ask again.
const SHORT: Duration = Duration::from_secs(2);

/// Judges a key id, also against the keys that exist.
#[tauri::command]
pub(crate) async fn check_key_id(shell: Here<'_>, key_id: String) -> Answer<KeyIdCheck> {
    let shell = Arc::clone(&shell);
    shell
        .call(move |shell| {
            let id: KeyId = match key_id.parse() {
                Ok(id) => id,
                Err(error) => return Ok(refused(&error.to_string(), error.hint())),
            };
            let home = shell.home()?;
            if home.records.find(&id)?.is_some() || FileKeyStore::new(home.data.clone()).contains(&id)? {
                let hint = "Choose another name, or use the key that is there".to_owned();
                return Ok(refused(&format!("there is a key named `{id}` already"), Some(hint)));
            }
            Ok(KeyIdCheck::Ok { file_name: id.public_file_name() })
        })
        .await
}

fn refused(message: &str, hint: Option<String>) -> KeyIdCheck {
    KeyIdCheck::Refused { message: message.to_owned(), hint }
}

/// Asks the keyring again whether it can hold a key.
#[tauri::command]
pub(crate) async fn probe_keyring(shell: Here<'_>, operation: Operation) -> Answer<KeyringStatus> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, |shell, long| {
            long.waits_for_keyring();
            Ok(KeyringStatus::of(shell.home()?.keyring().cancelled_by(Arc::clone(&long.cancelled)).probe()))
        })
        .await
}

/// Makes a key and stores it; never replaces one.
#[tauri::command]
pub(crate) async fn create_key(
    shell: Here<'_>,
    operation: Operation,
    key_id: String,
    keeping: Keeping,
) -> Answer<PublisherKey> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (id, home): (KeyId, _) = (key_id.parse()?, shell.home()?);
            let record = match &keeping {
                Keeping::Keyring => {
                    long.waits_for_keyring();
                    let keyring = home.keyring().cancelled_by(Arc::clone(&long.cancelled));
                    Publisher::new(&keyring, &home.records)
                        .create(&id, KeepIn::Keyring)
                        .map_err(|error| key_failure(&error))?
                }
                Keeping::File { passphrase } => {
                    // It is asked for a key of the same name only, and a file is chosen where it does not answer.
                    let keyring = home.keyring_within(SHORT).cancelled_by(Arc::clone(&long.cancelled));
                    in_file(home, &keyring, &id, passphrase, &long.cancelled)?
                }
            };
            remembered(shell, &record)
        })
        .await
}

/// Returns the keyring for a call that keeps a key: to wait for where it is to hold the key, else to ask for the name only.
fn keyring_for(home: &Home, long: &Long<'_>, keeping: &Keeping) -> Result<OsKeyStore, Failure> {
    long.task.check()?;
    let keyring = match keeping {
        Keeping::Keyring => {
            long.waits_for_keyring();
            home.keyring()
        }
        Keeping::File { .. } => home.keyring_within(SHORT),
    };
    Ok(keyring.cancelled_by(Arc::clone(&long.cancelled)))
}

fn keep_in(keeping: &Keeping) -> KeepIn<'_> {
    match keeping {
        Keeping::Keyring => KeepIn::Keyring,
        Keeping::File { passphrase } => KeepIn::File { passphrase: passphrase.expose() },
    }
}

/// Makes a key in a file; whoever cancels finds none, also where the wish came while it was made.
fn in_file(
    home: &Home,
    keyring: &dyn KeyStore,
    id: &KeyId,
    passphrase: &Passphrase,
    cancelled: &AtomicBool,
) -> Result<Record, Failure> {
    let task = Task::new(cancelled, &|_| {});
    task.check()?;
    let record = Publisher::new(keyring, &home.records)
        .create(id, KeepIn::File { passphrase: passphrase.expose() })
        .map_err(|error| key_failure(&error))?;
    if cancelled.load(Ordering::Relaxed) {
        // The file first: a key that nobody knows of is worse than a record that says what is missing.
        FileKeyStore::new(home.data.clone()).delete(id)?;
        home.records.remove(id)?;
    }
    task.check()?;
    Ok(record)
}

/// Asks the keyring whether it can hold a key, without waiting for long.
pub(super) fn ask_at_start(shell: &Shell) -> Result<KeyringStatus, Failure> {
    Ok(KeyringStatus::of(shell.home()?.keyring_within(SHORT).probe()))
}

/// Lists the keys that are remembered. Whether they are still there is asked later, so that nobody waits for it.
pub(super) fn all(shell: &Shell) -> Result<Vec<PublisherKey>, Failure> {
    shell.home()?.records.all()?.iter().map(|record| remembered(shell, record)).collect()
}

#[cfg(test)]
mod tests {
    use aisoc_publisher_core::data_folder::DataFolder;
    use aisoc_publisher_core::key::SecretKey;
    use aisoc_publisher_core::keystore::{KeyStoreError, Look};

    use super::*;

    /// An empty keyring, at whose question somebody presses Cancel.
    struct Cancelling<'a>(&'a AtomicBool, bool);

    impl KeyStore for Cancelling<'_> {
        fn probe(&self) -> Result<(), KeyStoreError> {
            Ok(())
        }

        fn trial(&self) -> Result<(), KeyStoreError> {
            panic!("nothing is to be kept here")
        }

        fn look(&self, _: &[KeyId]) -> Result<Vec<Look>, KeyStoreError> {
            panic!("nothing is listed")
        }

        fn create(&self, _: &KeyId, _: &SecretKey) -> Result<(), KeyStoreError> {
            panic!("the key belongs into a file")
        }

        fn load(&self, _: &KeyId) -> Result<SecretKey, KeyStoreError> {
            panic!("nothing is loaded")
        }

        fn contains(&self, _: &KeyId) -> Result<bool, KeyStoreError> {
            self.0.store(self.1, Ordering::Relaxed);
            Ok(false)
        }

        fn delete(&self, _: &KeyId) -> Result<(), KeyStoreError> {
            panic!("nothing was put there")
        }
    }

    #[test]
    fn a_cancelled_call_leaves_no_key() {
        let root = tempfile::tempdir().unwrap();
        let shell = Shell::at(DataFolder::at(root.path().join("data")), None);
        let (home, id) = (shell.home().unwrap(), "myorg-prod".parse::<KeyId>().unwrap());
        let passphrase: Passphrase = serde_json::from_str(r#""five unrelated words do well""#).unwrap();
        let make = |before: bool, meanwhile: bool| {
            let cancelled = AtomicBool::new(before);
            in_file(home, &Cancelling(&cancelled, before || meanwhile), &id, &passphrase, &cancelled)
        };
        let there =
            || (FileKeyStore::new(home.data.clone()).path(&id).exists(), home.records.find(&id).unwrap().is_some());
        assert_eq!(make(true, false).unwrap_err().code, "cancelled");
        assert!(!home.data.path().join("keys").exists(), "nothing is even begun");
        assert_eq!(make(false, true).unwrap_err().code, "cancelled");
        assert_eq!(there(), (false, false));
        make(false, false).unwrap();
        assert_eq!(there(), (true, true));
    }
}
