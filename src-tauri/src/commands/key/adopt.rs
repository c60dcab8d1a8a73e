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

#[cfg(test)]
mod tests {
    use aisoc_publisher_core::data_folder::DataFolder;
    use aisoc_publisher_core::key::SecretKey;
    use aisoc_publisher_core::records::{Kept, Record};

    use super::*;

    const PASSPHRASE: &str = "five unrelated words do well";

    fn desk() -> (tempfile::TempDir, Shell, SecretKey) {
        let root = tempfile::tempdir().unwrap();
        let shell = Shell::at(DataFolder::at(root.path().join("data")), None);
        (root, shell, SecretKey::generate().unwrap())
    }

    #[test]
    fn a_plain_key_is_named_by_its_file() {
        let (root, shell, key) = desk();
        let path = root.path().join("acme-ci.key");
        std::fs::write(&path, pem::encode_private(&key).as_bytes()).unwrap();
        let view = look_at(&shell, &path).unwrap();
        assert_eq!((view.encrypted, view.backup, view.key_id.as_deref()), (false, false, Some("acme-ci")));
        assert_eq!(view.fingerprint, Some(key.public().fingerprint().to_string()));
        assert_eq!(shell.file(&view.file).unwrap(), path);
        assert!(!serde_json::to_string(&view).unwrap().contains("PRIVATE"));
        // A name that is no key id is not proposed.
        let other = root.path().join("My Key.pem");
        std::fs::rename(&path, &other).unwrap();
        assert_eq!(look_at(&shell, &other).unwrap().key_id, None);
    }

    #[test]
    fn a_backup_says_whose_it_is_and_a_key_known_here_keeps_its_name() {
        let (root, shell, key) = desk();
        let (path, id): (_, KeyId) = (root.path().join("kept.key"), "acme-prod".parse().unwrap());
        backup::write(&path, &id, &key, PASSPHRASE).unwrap();
        let view = look_at(&shell, &path).unwrap();
        assert_eq!((view.encrypted, view.backup, view.key_id.as_deref()), (true, true, Some("acme-prod")));
        assert_eq!((view.known, view.made.is_some()), (None, true));
        let known = Record::of_new_key("acme".parse().unwrap(), key.public(), Kept::Keyring);
        shell.home().unwrap().records.put(known).unwrap();
        let view = look_at(&shell, &path).unwrap();
        assert_eq!((view.key_id.as_deref(), view.known.as_deref()), (Some("acme"), Some("acme")));
    }

    #[test]
    fn what_is_no_key_is_refused_as_what_it_is_without_a_word_of_commands() {
        let (root, shell, key) = desk();
        let path = root.path().join("key");
        for (text, code, words) in [
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nAA==\n-----END OPENSSH PRIVATE KEY-----\n", "wrong-key-kind", "SSH"),
            (&pem::encode_public(key.public()), "wrong-key-kind", "public"),
            ("id: sample\n", "bad-private-key", "no PEM block"),
        ] {
            std::fs::write(&path, text).unwrap();
            let failure = look_at(&shell, &path).unwrap_err();
            assert!(failure.code == code && failure.message.contains(words), "{failure:?}");
            assert!(!failure.hint.unwrap().contains("aisoc-publisher"), "{text}");
        }
        assert_eq!(shell.file(&FileHandle("../key".to_owned())).unwrap_err().code, "unknown-handle");
    }
}
