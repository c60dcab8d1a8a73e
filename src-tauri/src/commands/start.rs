//! The window's beginning, its events, and Cancel.

use std::sync::Arc;

use aisoc_publisher_core::keystore::file::{MIN_PASSPHRASE_CHARS, PORTABLE_PASSPHRASE_BYTES};
use tauri::ipc::Channel;

use super::{Answer, Here, key, plugin};
use crate::view::{BackendEvent, Operation, Start};

/// Sends events to `channel` from now on.
#[tauri::command]
pub(crate) fn subscribe(shell: Here<'_>, channel: Channel<BackendEvent>) {
    shell.subscribe(channel);
}

/// Gives what the window shows first.
#[tauri::command]
pub(crate) async fn start(shell: Here<'_>) -> Answer<Start> {
    let shell = Arc::clone(&shell);
    shell
        .call(|shell| {
            Ok(Start {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                keyring: key::ask_at_start(shell)?,
                keys: key::all(shell)?,
                recents: plugin::recents(shell)?,
                argument: shell.argument().map(|folder| shell.give_folder(folder)).transpose()?,
                passphrase_minimum: MIN_PASSPHRASE_CHARS,
                passphrase_maximum: PORTABLE_PASSPHRASE_BYTES,
            })
        })
        .await
}

/// Wishes a running operation to end.
#[tauri::command]
pub(crate) fn cancel(shell: Here<'_>, operation: Operation) {
    shell.cancel(operation);
}
