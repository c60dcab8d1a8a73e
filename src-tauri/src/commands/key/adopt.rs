//! A key that is there already: import from a file, and restoring from a backup.

use std::path::Path;
use std::sync::Arc;

use aisoc_publisher_core::backup;
use aisoc_publisher_core::key::pem::{self, KeySource};
use aisoc_publisher_core::key::{KeyId, PrivateKeyError, PrivateKeyProblem};
use aisoc_publisher_core::publisher::{Publisher, SameKey};
use tauri::{Runtime, WebviewWindow};

use super::list::remembered;
use super::{keep_in, keyring_for};
use crate::commands::{Answer, Here};
use crate::dialog;
use crate::state::Shell;
use crate::view::{Adopted, Failure, FileHandle, Keeping, KeyFile, Operation, Passphrase, key_failure, shown};

/// Asks for the file of a private key and says what it is; null when the dialog was dismissed. What holds no Ed25519 key is
/// refused as what it is.
#[tauri::command]
pub(crate) async fn choose_key_file<R: Runtime>(shell: Here<'_>, window: WebviewWindow<R>) -> Answer<Option<KeyFile>> {
    let shell = Arc::clone(&shell);
    let start = std::env::home_dir().unwrap_or_default();
    let Some(file) = dialog::open_file(&window, "Choose the file of a private key", &start).await else {
        return Ok(None);
    };
    shell.call(move |shell| look_at(shell, &file).map(Some)).await
}

/// Keeps the key of a file that was chosen. A backup of a key that is remembered here brings it back.
#[tauri::command]
pub(crate) async fn adopt_key(
    shell: Here<'_>,
    operation: Operation,
    file: FileHandle,
    passphrase: Option<Passphrase>,
    key_id: String,
    keeping: Keeping,
) -> Answer<Adopted> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (id, file, home): (KeyId, _, _) = (key_id.parse()?, shell.file(&file)?, shell.home()?);
            let keyring = keyring_for(home, long, &keeping)?;
            let publisher = Publisher::new(&keyring, &home.records);
            let passphrase = passphrase.as_ref().map(Passphrase::expose);
            let restored = match passphrase {
                Some(passphrase) if is_backup(&file)? => {
                    publisher.restore(&file, passphrase, Some(&id), keep_in(&keeping), SameKey::Refuse)
                }
                _ => {
                    let text = pem::read_private_file(&file).map_err(|error| key_failure(&error))?;
                    let key = pem::decode_private(&text, &KeySource::File(file.clone()), passphrase)
                        .map_err(|error| key_failure(&error))?;
                    publisher.import(&id, &key, keep_in(&keeping), SameKey::Refuse)
                }
            };
            let restored = restored.map_err(|error| key_failure(&error))?;
            Ok(Adopted { key: remembered(shell, &restored.record)?, reattached: restored.reattached })
        })
        .await
}

/// Tells whether a file says that it is a backup of a key, and which.
fn is_backup(file: &Path) -> Result<bool, Failure> {
    let label = backup::read_label(file).map_err(|error| key_failure(&error))?;
    Ok(label.key_id.is_some() && label.fingerprint.is_some())
}

fn look_at(shell: &Shell, file: &Path) -> Result<KeyFile, Failure> {
    let text = pem::read_private_file(file).map_err(|error| key_failure(&error))?;
    // The key itself is dropped here, and wiped: only its public half is told.
    let (encrypted, found) = match pem::decode_private(&text, &KeySource::File(file.to_owned()), None) {
        Ok(key) => (false, Some(key.public().fingerprint())),
        Err(PrivateKeyError { problem: PrivateKeyProblem::PassphraseNeeded, .. }) => (true, None),
        Err(error) => return Err(key_failure(&error)),
    };
    let label = backup::read_label(file).map_err(|error| key_failure(&error))?;
    let is_backup = encrypted && is_backup(file)?;
    let fingerprint = found.or(label.fingerprint);
    let known = shell.home()?.records.all()?.into_iter().find(|record| Some(record.fingerprint) == fingerprint);
    let named = || file.file_stem()?.to_str()?.parse::<KeyId>().ok();
    Ok(KeyFile {
        file: shell.give_file(file)?,
        place: shown(file),
        encrypted,
        backup: is_backup,
        key_id: known.as_ref().map(|record| record.key_id.clone()).or(label.key_id).or_else(named).map(String::from),
        made: label.made.map(|made| made.to_string()),
        fingerprint: fingerprint.map(|fingerprint| fingerprint.to_string()),
        known: known.map(|record| record.key_id.into()),
    })
}
