//! Hand over: what the operator needs of a key.

use std::sync::Arc;

use aisoc_publisher_core::handover;
use aisoc_publisher_core::key::pem;
use tauri::{Runtime, WebviewWindow};

use super::{Answer, Here};
use crate::dialog;
use crate::view::{HandOver, KeyHandle, SaveAnswer, shown};

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
) -> Answer<SaveAnswer> {
    let shell = Arc::clone(&shell);
    let (record, start) = shell.call(move |shell| Ok((shell.key(&key)?, shell.dialog_start()))).await?;
    let Some(folder) = dialog::choose_folder(&window, "Save the public key into a folder", &start).await else {
        return Ok(SaveAnswer::Dismissed);
    };
    shell
        .call(move |_| {
            let saved = handover::save(&folder, &record.key_id, &record.spki)?;
            Ok(SaveAnswer::Saved { place: shown(&saved.pem) })
        })
        .await
}
