//! A new key beside the old one, and how far its taking over has come.

use std::sync::Arc;

use aisoc_publisher_core::key::KeyId;
use aisoc_publisher_core::publisher::{self, Publisher};

use super::list::{plugins, remembered};
use super::{keep_in, keyring_for};
use crate::commands::{Answer, Here};
use crate::view::{Keeping, KeyHandle, NextStep, Operation, PublisherKey, Rotation, key_failure};

/// Suggests an id for the key that takes over from this one.
#[tauri::command]
pub(crate) async fn suggest_successor(shell: Here<'_>, key: KeyHandle) -> Answer<String> {
    let shell = Arc::clone(&shell);
    shell
        .call(move |shell| {
            let (record, home) = (shell.key(&key)?, shell.home()?);
            let keyring = home.keyring();
            Ok(Publisher::new(&keyring, &home.records).suggest_successor(&record.key_id)?.into())
        })
        .await
}

/// Makes a key that takes over from this one, which stays.
#[tauri::command]
pub(crate) async fn rotate_key(
    shell: Here<'_>,
    operation: Operation,
    key: KeyHandle,
    new_key_id: String,
    keeping: Keeping,
) -> Answer<PublisherKey> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (new, record, home): (KeyId, _, _) = (new_key_id.parse()?, shell.key(&key)?, shell.home()?);
            let keyring = keyring_for(home, long, &keeping)?;
            let made = Publisher::new(&keyring, &home.records)
                .rotate(&record.key_id, Some(&new), keep_in(&keeping))
                .map_err(|error| key_failure(&error))?;
            remembered(shell, &made)
        })
        .await
}

/// Tells how far the rotation from this key, or to it, has come.
#[tauri::command]
pub(crate) async fn rotation(shell: Here<'_>, key: KeyHandle) -> Answer<Rotation> {
    let shell = Arc::clone(&shell);
    shell
        .call(move |shell| {
            let (record, home) = (shell.key(&key)?, shell.home()?);
            let keyring = home.keyring();
            let overlap =
                Publisher::new(&keyring, &home.records).overlap(&record.key_id).map_err(|e| key_failure(&e))?;
            Ok(Rotation {
                next: match overlap.next() {
                    publisher::NextStep::HandOver => NextStep::HandOver,
                    publisher::NextStep::SignAgain => NextStep::SignAgain,
                    publisher::NextStep::OldMayGo => NextStep::OldMayGo,
                    _ => NextStep::Nothing,
                },
                old: remembered(shell, &overlap.old)?,
                new: remembered(shell, &overlap.new)?,
                to_sign_again: plugins(shell, &overlap.to_sign_again)?,
                signed_again: plugins(shell, &overlap.signed_again)?,
                unreadable: overlap.unreadable,
            })
        })
        .await
}
