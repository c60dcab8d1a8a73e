//! Backups: where one goes, writing it, and whether it still opens.

use std::sync::Arc;

use aisoc_publisher_core::publisher::Publisher;
use aisoc_publisher_core::records::Kept;
use tauri::{Runtime, WebviewWindow};

use super::list::remembered;
use crate::commands::{Answer, Here};
use crate::dialog;
use crate::view::{
    BackedUp, ChosenFile, Drilled, FileHandle, KeyHandle, Operation, Passphrase, key_failure, relative, shown,
};

/// Asks where the backup of a key goes; null when the dialog was dismissed.
#[tauri::command]
pub(crate) async fn choose_backup_place<R: Runtime>(
    shell: Here<'_>,
    window: WebviewWindow<R>,
    key: KeyHandle,
) -> Answer<Option<ChosenFile>> {
    let here = Arc::clone(&shell);
    let record = here.call(move |shell| shell.key(&key)).await?;
    // Beside a plugin it would travel with it.
    let (title, start) = ("Save the backup of the key", std::env::home_dir().unwrap_or_default());
    let name = format!("{}-backup.key", record.key_id);
    let Some(file) = dialog::save_file(&window, title, &start, &name, ("Key files", "key")).await else {
        return Ok(None);
    };
    Ok(Some(ChosenFile { place: shown(&file), file: shell.give_file(&file)? }))
}

/// Writes a backup to a new file and tries it: reads it from the disk, opens it, has its key sign, and checks that.
#[tauri::command]
pub(crate) async fn back_up_key(
    shell: Here<'_>,
    operation: Operation,
    key: KeyHandle,
    passphrase: Option<Passphrase>,
    file: FileHandle,
    new_passphrase: Passphrase,
) -> Answer<BackedUp> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (record, file, home) = (shell.key(&key)?, shell.file(&file)?, shell.home()?);
            long.task.check()?;
            if record.kept == Kept::Keyring {
                long.waits_for_keyring();
            }
            let keyring = home.keyring().cancelled_by(Arc::clone(&long.cancelled));
            let done = Publisher::new(&keyring, &home.records)
                .back_up(&record.key_id, passphrase.as_ref().map(Passphrase::expose), &file, new_passphrase.expose())
                .map_err(|error| key_failure(&error))?;
            Ok(BackedUp {
                key: remembered(shell, &done.record)?,
                place: shown(&done.path),
                same_disk: done.same_disk,
                risks: done.risks.iter().map(|risk| relative(&risk.to_string(), None)).collect(),
            })
        })
        .await
}

/// Tries a backup that there is: does it still open, and does its key sign? One that does counts from now on.
#[tauri::command]
pub(crate) async fn check_backup(
    shell: Here<'_>,
    operation: Operation,
    key: Option<KeyHandle>,
    file: FileHandle,
    passphrase: Passphrase,
) -> Answer<Drilled> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (file, home) = (shell.file(&file)?, shell.home()?);
            let expected = key.as_ref().map(|key| shell.key(key)).transpose()?;
            long.task.check()?;
            let keyring = home.keyring();
            let drilled = Publisher::new(&keyring, &home.records)
                .drill(expected.as_ref().map(|record| &record.key_id), &file, passphrase.expose())
                .map_err(|error| key_failure(&error))?;
            Ok(Drilled {
                key_id: drilled.label.key_id.map(String::from),
                made: drilled.label.made.map(|made| made.to_string()),
                fingerprint: drilled.fingerprint.to_string(),
                key: drilled.record.as_ref().map(|record| remembered(shell, record)).transpose()?,
            })
        })
        .await
}
