//! Plugin: choosing a folder, reading it, watching it, remembering it.

use std::path::Path;
use std::sync::Arc;

use aisoc_publisher_core::files::{self, Stamp};
use aisoc_publisher_core::key::KeyId;
use aisoc_publisher_core::recents::{Opened, Recent};
use aisoc_publisher_core::records::Record;
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::{manifest, payload, preflight};
use tauri::{Runtime, WebviewWindow};

use super::{Answer, Here, signature};
use crate::dialog;
use crate::state::{Long, Offered, Shell, Shown};
use crate::view::{
    Changes, Failure, Finding, FolderHandle, KeyHandle, Manifest, ManifestFact, Operation, Payload, PluginView,
    RecentPlugin, SignatureState, Uncovered, shown,
};

/// Shows the folder dialog; null when it was dismissed.
#[tauri::command]
pub(crate) async fn choose_folder<R: Runtime>(
    shell: Here<'_>,
    window: WebviewWindow<R>,
) -> Answer<Option<FolderHandle>> {
    let here = Arc::clone(&shell);
    let start = here.call(|shell| Ok(shell.dialog_start())).await?;
    let chosen = dialog::choose_folder(&window, "Choose a plugin folder", &start).await;
    chosen.map(|folder| shell.give_folder(&folder)).transpose()
}

/// Reads the folder, remembers it among the recent ones, and watches it from then on instead of any other.
#[tauri::command]
pub(crate) async fn open_plugin(shell: Here<'_>, operation: Operation, folder: FolderHandle) -> Answer<PluginView> {
    let shell = Arc::clone(&shell);
    shell.opens(operation);
    shell
        .operate(operation, move |shell, long| {
            let dir = shell.folder(&folder)?;
            open(shell, long, folder, &dir)
        })
        .await
}

/// Lists the plugins opened earlier, latest first.
#[tauri::command]
pub(crate) async fn recent_plugins(shell: Here<'_>) -> Answer<Vec<RecentPlugin>> {
    let shell = Arc::clone(&shell);
    shell.call(|shell| recents(shell)).await
}

/// Forgets one recent plugin with its url, install line and key, or all of them for null. Touches no folder.
#[tauri::command]
pub(crate) async fn forget_recent(shell: Here<'_>, folder: Option<FolderHandle>) -> Answer<Vec<RecentPlugin>> {
    let shell = Arc::clone(&shell);
    shell
        .call(move |shell| {
            let list = &shell.home()?.recents;
            match folder {
                Some(folder) => drop(list.forget(&shell.folder(&folder)?)?),
                None => list.forget_all()?,
            }
            recents(shell)
        })
        .await
}

/// Reads the plugin in `dir` for the web view, and shows it from then on.
pub(super) fn open(
    shell: &Arc<Shell>,
    long: &Long<'_>,
    folder: FolderHandle,
    dir: &Path,
) -> Result<PluginView, Failure> {
    let (home, task) = (shell.home()?, &long.task);
    // Before the reading: what is written in between then shows as a change.
    let stamp = Stamp::take(dir, task).map_err(|error| Failure::of(&error, Some(dir)))?;
    let look = preflight::look(dir, task)?;
    if look.manifest.is_none()
        && let Err(error @ manifest::Error::Missing { .. }) = manifest::Manifest::read(dir)
    {
        // It is no plugin at all, most likely the wrong folder.
        return Err(Failure::of(&error, Some(dir)));
    }
    let keys = home.records.all()?;
    let signature = signature::state(shell, dir, look.plan.as_ref(), &keys, task)?;
    let manifest = look.manifest.as_ref().map(Manifest::of);
    let uncovered = look.uncovered.as_deref().map(Uncovered::of);
    let offered = Offered::new(look.findings).map_err(Failure::internal)?;
    let signed = matches!(signature, SignatureState::Good { .. });
    shell.show(long, || {
        let view = PluginView {
            folder: folder.clone(),
            place: shown(dir),
            findings: offered.iter().map(|(finding, edit)| Finding::of(finding, edit, dir)).collect(),
            payload: look.plan.as_ref().map(|plan| Payload::of(plan.payload())),
            uncovered: uncovered.clone(),
            last_key: remember(shell, dir, manifest.as_ref(), &keys)?,
            manifest,
            signature,
            in_repository: dir.ancestors().any(|folder| folder.join(".git").symlink_metadata().is_ok()),
        };
        Ok((Shown::new(folder, dir.to_owned(), look.plan, stamp, signed, (offered, uncovered)), view))
    })
}

/// Compares the folder as it is now with what the web view shows.
pub(super) fn changes_since_shown(shell: &Shell, folder: &FolderHandle, now: &payload::Payload) -> Changes {
    let changes = shell.shown(folder, |shown| {
        let before = shown.plan.as_ref()?.payload();
        Some(Changes::of(&files::diff(before.files(), now.files()), before.manifest_bytes() != now.manifest_bytes()))
    });
    changes.flatten().unwrap_or_default()
}

/// Keeps the watch from reporting what this program writes itself, until it is dropped.
pub(super) struct Writing<'a> {
    shell: &'a Shell,
    folder: &'a FolderHandle,
    signed: Option<Stamp>,
}

impl<'a> Writing<'a> {
    pub(super) fn begin(shell: &'a Shell, folder: &'a FolderHandle) -> Self {
        shell.shown(folder, Shown::writing_begins);
        Self { shell, folder, signed: None }
    }

    /// Says that the folder in `dir` holds a signature now.
    pub(super) fn done(mut self, dir: &Path) {
        // Should it fail, the watch says so at its next look.
        self.signed = Stamp::take(dir, &Task::unwatched()).ok();
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let signed = self.signed.take();
        self.shell.shown(self.folder, |shown| shown.writing_ended(signed));
    }
}

/// Lists what is remembered.
pub(super) fn recents(shell: &Shell) -> Result<Vec<RecentPlugin>, Failure> {
    shell.home()?.recents.all()?.into_iter().map(|recent| recent_plugin(shell, recent)).collect()
}

fn recent_plugin(shell: &Shell, recent: Recent) -> Result<RecentPlugin, Failure> {
    Ok(RecentPlugin {
        folder: shell.give_folder(&recent.folder)?,
        place: shown(&recent.folder),
        present: recent.folder.is_dir(),
        name: recent.name,
        plugin_id: recent.plugin_id,
        version: recent.version,
        opened: recent.opened.to_string(),
        key_id: recent.key_id.map(String::from),
    })
}

/// Puts a plugin first among the recent ones, and returns the key that it was signed with last, if that is still there.
fn remember(
    shell: &Shell,
    dir: &Path,
    manifest: Option<&Manifest>,
    keys: &[Record],
) -> Result<Option<KeyHandle>, Failure> {
    // A manifest that cannot be read has no name to be listed by.
    let Some(manifest) = manifest else { return Ok(None) };
    let text = |fact: &ManifestFact| fact.text.clone().unwrap_or_default();
    let (plugin_id, name, version) = (text(&manifest.id), text(&manifest.name), text(&manifest.version));
    let opened = Opened { plugin_id: &plugin_id, name: &name, version: &version };
    let recent = shell.home()?.recents.touch(dir, opened)?;
    let last = recent.key_id.filter(|id| keys.iter().any(|record| record.key_id == *id));
    last.map(|id| shell.give_key(&id)).transpose()
}

/// Remembers the key that signed a plugin.
pub(super) fn remember_key(shell: &Shell, dir: &Path, id: &KeyId) {
    // The plugin is signed, and saying otherwise because of a list would be wrong. The list itself is read, and its
    // trouble reported, with the next plugin.
    let _ = shell.home().map(|home| home.recents.remember_key(dir, id));
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use aisoc_publisher_core::data_folder::DataFolder;
    use tauri::async_runtime::block_on;

    use super::*;

    fn plugin(root: &Path, name: &str) -> std::path::PathBuf {
        let dir = root.join(name);
        std::fs::create_dir(&dir).unwrap();
        std::fs::write(
            dir.join("plugin.yaml"),
            format!("id: {name}\nname: {name}\nversion: 1.0.0\nplugin_type: enricher\n"),
        )
        .unwrap();
        dir
    }

    /// Opens `dir` as the command does, but for `first`, which happens before it.
    fn opened(
        shell: &Arc<Shell>,
        operation: u32,
        dir: &Path,
        first: impl FnOnce(&Long<'_>) + Send + 'static,
    ) -> Result<PluginView, Failure> {
        let (folder, dir) = (shell.give_folder(dir).unwrap(), dir.to_owned());
        block_on(shell.operate(Operation(operation), move |shell, long| {
            first(long);
            open(shell, long, folder, &dir)
        }))
    }

    #[test]
    fn a_call_that_was_overtaken_changes_nothing() {
        let root = tempfile::tempdir().unwrap();
        let shell = Arc::new(Shell::at(DataFolder::at(root.path().join("data")), None));
        let (slow, quick) = (plugin(root.path(), "slow"), plugin(root.path(), "quick"));
        shell.opens(Operation(1));
        shell.opens(Operation(2));
        let view = opened(&shell, 2, &quick, |_| {}).unwrap();
        assert_eq!(opened(&shell, 1, &slow, |_| {}).unwrap_err().code, "cancelled");
        assert!(shell.shown(&view.folder, |_| ()).is_some(), "the newest stays watched");
        let listed: Vec<_> = recents(&shell).unwrap().into_iter().map(|recent| recent.name).collect();
        assert_eq!(listed, ["quick"]);
    }

    #[test]
    fn a_call_that_was_cancelled_at_its_end_changes_nothing() {
        let root = tempfile::tempdir().unwrap();
        let shell = Arc::new(Shell::at(DataFolder::at(root.path().join("data")), None));
        shell.opens(Operation(1));
        let answer = block_on(shell.operate(Operation(1), |shell, long| {
            long.cancelled.store(true, Ordering::Relaxed);
            shell.show(long, || -> Result<(Shown, ()), Failure> { panic!("nobody waits for this") })
        }));
        assert_eq!(answer.unwrap_err().code, "cancelled");
    }
}
