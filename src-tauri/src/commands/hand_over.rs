//! Hand over: what the operator needs of a key.

use std::sync::Arc;

use aisoc_publisher_core::handover;
use aisoc_publisher_core::key::pem;
use aisoc_publisher_core::publisher::Publisher;
use tauri::{Runtime, WebviewWindow};

use super::{Answer, Here};
use crate::dialog;
use crate::view::{Failure, FolderHandle, HandOver, HandOverAnswer, HandOverRehearsal, KeyHandle, Operation, shown};

/// Gives what the operator needs of a key.
#[tauri::command]
pub(crate) async fn hand_over(shell: Here<'_>, key: KeyHandle) -> Answer<HandOver> {
    let shell = Arc::clone(&shell);
    shell
        .call(move |shell| {
            let record = shell.key(&key)?;
            Ok(HandOver {
                file_name: record.key_id.public_file_name(),
                fingerprint: record.fingerprint.to_string(),
                pem: pem::encode_public(&record.spki),
                instructions: handover::instructions(&record.key_id, &record.spki),
                instructions_file_name: handover::instructions_file_name(&record.key_id),
            })
        })
        .await
}

/// Saves `<key_id>.pem` and the instructions into a folder that a dialog names; replaces no other key.
#[tauri::command]
pub(crate) async fn save_public_key<R: Runtime>(
    shell: Here<'_>,
    window: WebviewWindow<R>,
    key: KeyHandle,
) -> Answer<HandOverAnswer> {
    let shell = Arc::clone(&shell);
    let (record, start) = shell.call(move |shell| Ok((shell.key(&key)?, shell.dialog_start()))).await?;
    // The dialog's own button says "Open" or "Select", in the system's language, and cannot be named.
    let title = format!("Open the folder where {} is to be saved", record.key_id.public_file_name());
    let Some(folder) = dialog::choose_folder(&window, &title, &start).await else {
        return Ok(HandOverAnswer::Dismissed);
    };
    shell
        .call(move |shell| {
            let home = shell.home()?;
            let saved = Publisher::new(&home.keyring(), &home.records).hand_over(&record.key_id, &folder)?;
            let noted = home.records.find(&record.key_id)?.and_then(|record| record.handed_over);
            Ok(HandOverAnswer::Saved {
                folder: shell.give_folder(&folder)?,
                pem: shown(&saved.pem),
                instructions: shown(&saved.instructions),
                at: noted.map(|done| done.at.to_string()),
            })
        })
        .await
}

/// Tells what a loader does with the plugin that trusts the folder of a hand-over, as it is on the disk, and nothing else.
#[tauri::command]
pub(crate) async fn rehearse_hand_over(
    shell: Here<'_>,
    operation: Operation,
    key: KeyHandle,
    saved: FolderHandle,
    plugin: FolderHandle,
) -> Answer<HandOverRehearsal> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (record, saved, plugin) = (shell.key(&key)?, shell.folder(&saved)?, shell.folder(&plugin)?);
            let rehearsal = handover::rehearse(&saved, &record.key_id, &plugin, &long.task)
                .map_err(|error| Failure::of(&error, Some(&plugin)))?;
            Ok(HandOverRehearsal::of(&rehearsal, &record.key_id, &saved, &plugin))
        })
        .await
}
