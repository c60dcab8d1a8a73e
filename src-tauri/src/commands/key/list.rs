//! The keys of this machine, whether each is where its record says, and what it signed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aisoc_publisher_core::keystore::FileKeyStore;
use aisoc_publisher_core::publisher::{self, Publisher};
use aisoc_publisher_core::records::{self, Record};

use crate::commands::{Answer, Here};
use crate::state::{Long, Shell};
use crate::view::{
    Done, Failure, FolderHandle, Kept, KeyHandle, Operation, PublisherKey, Revoked, SignedPlugin, SignedPlugins,
    Standing, WayOut, keyring_name, shown,
};

/// Looks whether the keys are where their records say. Its user is asked for nothing.
#[tauri::command]
pub(crate) async fn list_keys(shell: Here<'_>, operation: Operation) -> Answer<Vec<PublisherKey>> {
    let shell = Arc::clone(&shell);
    shell.operate(operation, looked_at).await
}

/// Lists what a key signed on this machine.
#[tauri::command]
pub(crate) async fn signed_by_key(shell: Here<'_>, key: KeyHandle) -> Answer<SignedPlugins> {
    let shell = Arc::clone(&shell);
    shell
        .call(move |shell| {
            let (record, home) = (shell.key(&key)?, shell.home()?);
            let keyring = home.keyring();
            let signed = Publisher::new(&keyring, &home.records).signed_by(&record.fingerprint)?;
            signed_plugins(shell, &signed)
        })
        .await
}

fn looked_at(shell: &Arc<Shell>, long: &Long<'_>) -> Result<Vec<PublisherKey>, Failure> {
    let home = shell.home()?;
    let keyring = home.keyring().cancelled_by(Arc::clone(&long.cancelled));
    let publisher = Publisher::new(&keyring, &home.records);
    let found = publisher.list()?;
    // A keyring that was no longer waited for is no finding.
    long.task.check()?;
    found.iter().map(|status| with_standing(shell, &publisher, &status.record, &status.standing)).collect()
}

/// Writes a key as it was found.
pub(super) fn with_standing(
    shell: &Shell,
    publisher: &Publisher<'_>,
    record: &Record,
    standing: &publisher::Standing,
) -> Result<PublisherKey, Failure> {
    Ok(PublisherKey {
        standing: Some(Standing::of(standing, record)),
        ways_out: WayOut::all(standing),
        // Receipts only explain, so that a key is listed without them.
        signed: publisher.signed_by(&record.fingerprint).ok().map(|signed| signed.plugins.len()),
        ..remembered(shell, record)?
    })
}

/// Writes what is remembered of a key. The keyring is not asked.
pub(in crate::commands) fn remembered(shell: &Shell, record: &Record) -> Result<PublisherKey, Failure> {
    let (kept, place) = match record.kept {
        records::Kept::File => (Kept::File, shown(&FileKeyStore::new(shell.home()?.data.clone()).path(&record.key_id))),
        _ => (Kept::Keyring, keyring_name().to_owned()),
    };
    let (standing, ways_out) = match record.deleted {
        Some(_) => (Some(Standing::deleted(record)), WayOut::all(&publisher::Standing::Deleted)),
        None => (None, Vec::new()),
    };
    let revoked = |revoked: records::Revoked| Revoked { at: revoked.at.to_string(), reason: revoked.reason.into() };
    Ok(PublisherKey {
        key: shell.give_key(&record.key_id)?,
        key_id: record.key_id.to_string(),
        fingerprint: record.fingerprint.to_string(),
        kept,
        place,
        created: Some(record.created.to_string()),
        origin: record.origin.into(),
        backed_up: record.backed_up.as_ref().map(Done::of),
        last_used: record.last_used.map(|at| at.to_string()),
        handed_over: record.handed_over.as_ref().map(|done| done.at.to_string()),
        succeeds: record.succeeds.as_ref().map(ToString::to_string),
        succeeded_by: record.succeeded_by.as_ref().map(ToString::to_string),
        revoked: record.revoked.map(revoked),
        standing,
        ways_out,
        signed: None,
    })
}

/// Writes what a key signed, with handles for the folders that this user opened earlier.
pub(super) fn signed_plugins(shell: &Shell, signed: &publisher::SignedPlugins) -> Result<SignedPlugins, Failure> {
    Ok(SignedPlugins { plugins: plugins(shell, &signed.plugins)?, unreadable: signed.unreadable })
}

/// Writes plugins that were signed.
pub(super) fn plugins(shell: &Shell, signed: &[publisher::SignedPlugin]) -> Result<Vec<SignedPlugin>, Failure> {
    // Without the list of recent plugins none of them can be opened from here, and all of them are still told.
    let recents = shell.home()?.recents.all().unwrap_or_default();
    let real = |folder: &Path| std::fs::canonicalize(folder).ok();
    let recents: Vec<(PathBuf, PathBuf)> =
        recents.into_iter().filter_map(|recent| Some((real(&recent.folder)?, recent.folder))).collect();
    let folder = |of: &Path| -> Result<Option<FolderHandle>, Failure> {
        let known = recents.iter().find(|(real, given)| real == of && given.is_dir());
        known.map(|(_, given)| shell.give_folder(given)).transpose()
    };
    signed
        .iter()
        .map(|plugin| {
            Ok(SignedPlugin {
                plugin_id: plugin.id.to_string(),
                version: plugin.version.clone(),
                place: shown(&plugin.folder),
                signed: plugin.signed.to_string(),
                folder: folder(&plugin.folder)?,
            })
        })
        .collect()
}
