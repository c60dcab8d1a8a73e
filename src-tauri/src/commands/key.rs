//! Publisher key: asking the keyring, judging names, making keys.

use std::sync::Arc;
use std::time::Duration;

use aisoc_publisher_core::key::KeyId;
use aisoc_publisher_core::keystore::{FileKeyStore, KeyStore as _};
use aisoc_publisher_core::records::{self, Record};
use aisoc_publisher_core::{Explain as _, publisher};

use super::{Answer, Here};
use crate::state::Shell;
use crate::view::{Failure, Keeping, Kept, KeyIdCheck, KeyringStatus, Operation, PublisherKey, keyring_failure};
use crate::view::{keyring_name, shown};

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
            let made = match &keeping {
                Keeping::Keyring => {
                    long.waits_for_keyring();
                    let keyring = home.keyring().cancelled_by(Arc::clone(&long.cancelled));
                    publisher::create_key(&keyring, &home.records, &id)
                }
                Keeping::File { passphrase } => {
                    // It is asked for a key of the same name only, and a file is chosen where it does not answer.
                    let keyring = home.keyring_within(SHORT);
                    publisher::create_key_in_file(&keyring, &home.records, &id, passphrase.expose())
                }
            };
            publisher_key(shell, &made.map_err(|error| keyring_failure(&error))?)
        })
        .await
}

/// Asks the keyring whether it can hold a key, without waiting for long.
pub(super) fn ask_at_start(shell: &Shell) -> Result<KeyringStatus, Failure> {
    Ok(KeyringStatus::of(shell.home()?.keyring_within(SHORT).probe()))
}

/// Lists the keys of this machine.
pub(super) fn all(shell: &Shell) -> Result<Vec<PublisherKey>, Failure> {
    shell.home()?.records.all()?.iter().map(|record| publisher_key(shell, record)).collect()
}

fn publisher_key(shell: &Shell, record: &Record) -> Result<PublisherKey, Failure> {
    let (kept, place) = match record.kept {
        records::Kept::File => (Kept::File, shown(&FileKeyStore::new(shell.home()?.data.clone()).path(&record.key_id))),
        _ => (Kept::Keyring, keyring_name().to_owned()),
    };
    Ok(PublisherKey {
        key: shell.give_key(&record.key_id)?,
        key_id: record.key_id.to_string(),
        fingerprint: record.fingerprint.to_string(),
        kept,
        place,
        created: Some(record.created.to_string()),
    })
}
