//! After loss or theft: the key signs no more here, and the operators are told.

use std::sync::Arc;

use aisoc_publisher_core::atomic;
use aisoc_publisher_core::publisher::{self, Publisher};
use tauri::{Runtime, WebviewWindow};

use super::list::{plugins, remembered};
use crate::commands::{Answer, Here};
use crate::dialog;
use crate::state::Shell;
use crate::view::{Failure, KeyHandle, Revocation, RevokedReason, SaveAnswer, key_failure, shown};

/// Revokes a key: it signs no more on this machine.
#[tauri::command]
pub(crate) async fn revoke_key(shell: Here<'_>, key: KeyHandle, reason: RevokedReason) -> Answer<Revocation> {
    let shell = Arc::clone(&shell);
    shell
        .call(move |shell| {
            let (record, home) = (shell.key(&key)?, shell.home()?);
            let keyring = home.keyring();
            let revoked = Publisher::new(&keyring, &home.records).revoke(&record.key_id, reason.into());
            view(shell, &revoked.map_err(|error| key_failure(&error))?)
        })
        .await
}

/// Tells again what there is to do about a key that was revoked.
#[tauri::command]
pub(crate) async fn revocation(shell: Here<'_>, key: KeyHandle) -> Answer<Revocation> {
    let shell = Arc::clone(&shell);
    shell.call(move |shell| view(shell, &told_again(shell, &key)?)).await
}

/// Saves the notice to operators where a dialog says.
#[tauri::command]
pub(crate) async fn save_notice<R: Runtime>(
    shell: Here<'_>,
    window: WebviewWindow<R>,
    key: KeyHandle,
) -> Answer<SaveAnswer> {
    let shell = Arc::clone(&shell);
    let (told, start) = shell.call(move |shell| Ok((told_again(shell, &key)?, shell.dialog_start()))).await?;
    let (title, name) = ("Save the notice to operators", file_name(&told));
    let Some(path) = dialog::save_file(&window, title, &start, &name, ("Text", "txt")).await else {
        return Ok(SaveAnswer::Dismissed);
    };
    shell
        .call(move |_| {
            atomic::replace(&path, told.notice.as_bytes(), 0o644)?;
            Ok(SaveAnswer::Saved { place: shown(&path) })
        })
        .await
}

fn told_again(shell: &Shell, key: &KeyHandle) -> Result<publisher::Revocation, Failure> {
    let (record, home) = (shell.key(key)?, shell.home()?);
    let keyring = home.keyring();
    Publisher::new(&keyring, &home.records).revocation(&record.key_id).map_err(|error| key_failure(&error))
}

fn file_name(revocation: &publisher::Revocation) -> String {
    format!("{}-revoked.txt", revocation.record.key_id)
}

fn view(shell: &Shell, revocation: &publisher::Revocation) -> Result<Revocation, Failure> {
    Ok(Revocation {
        key: remembered(shell, &revocation.record)?,
        notice: revocation.notice.clone(),
        file_name: file_name(revocation),
        to_sign_again: plugins(shell, &revocation.to_sign_again)?,
        unreadable: revocation.unreadable,
    })
}
