//! Deleting a key, and forgetting one that is gone.

use std::sync::Arc;

use aisoc_publisher_core::publisher::{OnlyCopy, Publisher};
use aisoc_publisher_core::records::Kept;

use super::list::{remembered, signed_plugins, with_standing};
use crate::commands::{Answer, Here};
use crate::view::{Deletion, Done, KeyHandle, Operation, PublisherKey, key_failure};

/// Tells what deleting a key would mean. Nothing is changed.
#[tauri::command]
pub(crate) async fn plan_deletion(shell: Here<'_>, operation: Operation, key: KeyHandle) -> Answer<Deletion> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (record, home) = (shell.key(&key)?, shell.home()?);
            let keyring = home.keyring().cancelled_by(Arc::clone(&long.cancelled));
            let publisher = Publisher::new(&keyring, &home.records);
            let plan = publisher.plan_deletion(&record.key_id).map_err(|error| key_failure(&error))?;
            long.task.check()?;
            Ok(Deletion {
                only_copy: plan.only_copy,
                backup: plan.backup.as_ref().map(Done::of),
                backup_in_reach: plan.backup_in_reach,
                signed: signed_plugins(shell, &plan.signed)?,
                key: with_standing(shell, &publisher, &plan.record, &plan.standing)?,
            })
        })
        .await
}

/// Deletes a key for good, and keeps its public half in mind. `typed` is what its user typed to confirm it.
#[tauri::command]
pub(crate) async fn delete_key(
    shell: Here<'_>,
    operation: Operation,
    key: KeyHandle,
    typed: String,
    only_copy: bool,
) -> Answer<PublisherKey> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (record, home) = (shell.key(&key)?, shell.home()?);
            long.task.check()?;
            if record.kept == Kept::Keyring {
                long.waits_for_keyring();
            }
            let keyring = home.keyring().cancelled_by(Arc::clone(&long.cancelled));
            let only_copy = if only_copy { OnlyCopy::Delete } else { OnlyCopy::Refuse };
            let record = Publisher::new(&keyring, &home.records)
                .delete(&record.key_id, &typed, only_copy)
                .map_err(|error| key_failure(&error))?;
            remembered(shell, &record)
        })
        .await
}

/// Forgets the record of a key that is gone. `typed` is what its user typed to confirm it.
#[tauri::command]
pub(crate) async fn forget_key(shell: Here<'_>, operation: Operation, key: KeyHandle, typed: String) -> Answer<()> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (record, home) = (shell.key(&key)?, shell.home()?);
            let keyring = home.keyring().cancelled_by(Arc::clone(&long.cancelled));
            Publisher::new(&keyring, &home.records)
                .forget(&record.key_id, &typed)
                .map_err(|error| key_failure(&error))?;
            Ok(())
        })
        .await
}
