//! Marketplace entry: composed beside its live text, saved where a dialog says.

pub(super) mod checkout;
pub(super) mod goal;
pub(super) mod index;
pub(super) mod pull_request;
pub(super) mod review;

use std::path::Path;
use std::sync::Arc;

use aisoc_publisher_core::atomic;
use aisoc_publisher_core::entry::{self, Options, Prepared};
use aisoc_publisher_core::recents::RecentsError;
use aisoc_publisher_core::records::Record;
use aisoc_publisher_core::task::Task;
use tauri::{Runtime, WebviewWindow};

use super::{Answer, Here};
use crate::dialog;
use crate::state::Shell;
use crate::view::{Additions, EntryEdit, EntryView, Failure, FolderHandle, KeyHandle, Problems, SaveAnswer, shown};

/// Composes the entry and remembers `url` and `install` for this plugin. A call that is followed by another for the same
/// plugin ends as `cancelled`, and what it was given is not remembered.
#[tauri::command]
pub(crate) async fn compose_entry(
    shell: Here<'_>,
    folder: FolderHandle,
    key: KeyHandle,
    edits: Vec<EntryEdit>,
) -> Answer<EntryView> {
    let shell = Arc::clone(&shell);
    let dir = shell.folder(&folder)?;
    // Here, while the calls are still in the order in which they were made.
    let turn = shell.composes(&folder);
    shell
        .call(move |shell| {
            let record = shell.key(&key)?;
            turn.take(|task| compose(shell, &dir, &record, &edits, task))
        })
        .await
}

/// Composes the entry and saves it where a dialog says. An entry whose plugin does not verify is not saved.
#[tauri::command]
pub(crate) async fn save_entry<R: Runtime>(
    shell: Here<'_>,
    window: WebviewWindow<R>,
    folder: FolderHandle,
    key: KeyHandle,
    edits: Vec<EntryEdit>,
) -> Answer<SaveAnswer> {
    let shell = Arc::clone(&shell);
    let compose = move |shell: &Arc<Shell>| {
        let (dir, record) = (shell.folder(&folder)?, shell.living_key(&key)?);
        let prepared = finished(shell, &dir, &record, &edits, &Task::unwatched())?;
        Ok::<_, Failure>((format!("{}-entry.json", prepared.entry.id), EntryView::text(&prepared)))
    };
    let first = compose.clone();
    let (name, start) = shell.call(move |shell| Ok((first(shell)?.0, shell.dialog_start()))).await?;
    let title = "Save the marketplace entry";
    let Some(path) = dialog::save_file(&window, title, &start, &name, ("JSON", "json")).await else {
        return Ok(SaveAnswer::Dismissed);
    };
    // The dialog may have been open for long, so the folder is looked at again.
    shell
        .call(move |shell| {
            let (_, json) = compose(shell)?;
            atomic::replace(&path, json.as_bytes(), 0o644)?;
            Ok(SaveAnswer::Saved { place: shown(&path) })
        })
        .await
}

fn compose(
    shell: &Shell,
    dir: &Path,
    record: &Record,
    edits: &[EntryEdit],
    task: &Task<'_>,
) -> Result<EntryView, Failure> {
    let additions = additions(shell, dir, edits)?;
    let (prepared, problems) = prepare(dir, record, &additions, true, task)?;
    // A newer call may have arrived after the last file was read.
    task.check()?;
    let remembered = remember(shell, dir, &additions, &problems)?;
    Ok(EntryView::of(&prepared, &additions, &problems, remembered))
}

/// Prepares an entry that may leave this window: of a plugin that verifies, with nothing in it that cannot be used, and
/// none that breaks a rule.
fn finished(
    shell: &Shell,
    dir: &Path,
    record: &Record,
    edits: &[EntryEdit],
    task: &Task<'_>,
) -> Result<Prepared, Failure> {
    let additions = additions(shell, dir, edits)?;
    let (prepared, problems) = prepare(dir, record, &additions, false, task)?;
    problems.none()?;
    match prepared.problems.iter().find(|problem| problem.is_error()) {
        Some(problem) => Err(Failure::of(problem, Some(dir))),
        None => Ok(prepared),
    }
}

/// Prepares the entry. What was typed and cannot be used is left out of it and named as a problem.
fn prepare(
    dir: &Path,
    record: &Record,
    additions: &Additions,
    allow_unsigned: bool,
    task: &Task<'_>,
) -> Result<(Prepared, Problems), Failure> {
    let mut options =
        Options { url: additions.url(), install: additions.install(), allow_unsigned, ..Options::default() };
    let mut problems = Problems::default();
    loop {
        match entry::prepare(dir, &record.key_id, Some(&record.spki), &options, task) {
            Ok(prepared) => return Ok((prepared, problems)),
            Err(error @ entry::Error::UrlInvalid { .. }) if options.url.take().is_some() => {
                problems.url = Some(Failure::from(error));
            }
            Err(error @ entry::Error::InstallInvalid { .. }) if options.install.take().is_some() => {
                problems.install = Some(Failure::from(error));
            }
            Err(error) => return Err(Failure::of(&error, Some(dir))),
        }
    }
}

/// Puts together what is typed and what is remembered for the plugin.
fn additions(shell: &Shell, dir: &Path, edits: &[EntryEdit]) -> Result<Additions, Failure> {
    let recent = shell.home()?.recents.find(dir)?;
    let (url, install) = recent.map(|recent| (recent.url, recent.install)).unwrap_or_default();
    Ok(Additions::new(edits, url, install))
}

/// Remembers what was typed and can be used; tells whether the plugin is remembered at all.
fn remember(shell: &Shell, dir: &Path, additions: &Additions, problems: &Problems) -> Result<bool, Failure> {
    let recents = &shell.home()?.recents;
    let Some([url, install]) = additions.to_remember(problems) else { return Ok(recents.find(dir)?.is_some()) };
    match recents.remember_entry(dir, url.as_deref(), install.as_deref()) {
        // It was forgotten on request while it was open.
        Err(RecentsError::NotRemembered { .. }) => Ok(false),
        other => Ok(other.map(|()| true)?),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use aisoc_publisher_core::data_folder::DataFolder;
    use aisoc_publisher_core::key::SecretKey;
    use aisoc_publisher_core::recents::Opened;
    use aisoc_publisher_core::records::Kept;

    use super::*;

    /// A plugin that is open, and a key to sign it with.
    fn desk() -> (tempfile::TempDir, Shell, PathBuf, Record) {
        let root = tempfile::tempdir().unwrap();
        let shell = Shell::at(DataFolder::at(root.path().join("data")), None);
        let dir = root.path().join("plugin");
        std::fs::create_dir(&dir).unwrap();
        std::fs::write(dir.join("plugin.yaml"), "id: sample\nname: Sample\nversion: 1.0.0\nplugin_type: enricher\n")
            .unwrap();
        let opened = Opened { plugin_id: "sample", name: "Sample", version: "1.0.0" };
        shell.home().unwrap().recents.touch(&dir, opened).unwrap();
        let secret = SecretKey::generate().unwrap();
        let record = Record::of_new_key("myorg-prod".parse().unwrap(), secret.public(), Kept::File);
        (root, shell, dir, record)
    }

    fn install(line: &str) -> Vec<EntryEdit> {
        serde_json::from_value(serde_json::json!([{ "name": "install", "value": line }])).unwrap()
    }

    #[test]
    fn only_the_latest_is_remembered() {
        let (_root, shell, dir, record) = desk();
        let folder = shell.give_folder(&dir).unwrap();
        let (first, second) = (shell.composes(&folder), shell.composes(&folder));
        let run = |edits: &[EntryEdit], turn: &crate::state::Turn| {
            turn.take(|task| compose(&shell, &dir, &record, edits, task))
        };
        assert!(run(&install("pip install sample"), &second).unwrap().remembered);
        assert_eq!(run(&install("pip ins"), &first).unwrap_err().code, "cancelled");
        let found = shell.home().unwrap().recents.find(&dir).unwrap().unwrap();
        assert_eq!(found.install.as_deref(), Some("pip install sample"));
    }

    #[test]
    fn what_was_forgotten_is_not_called_remembered() {
        let (_root, shell, dir, record) = desk();
        let run = |edits: &[EntryEdit]| compose(&shell, &dir, &record, edits, &Task::unwatched()).unwrap();
        assert!(run(&[]).remembered);
        shell.home().unwrap().recents.forget(&dir).unwrap();
        assert!(!run(&[]).remembered);
        let view = run(&install("pip install sample"));
        assert!(!view.remembered && view.json.contains("pip install sample"));
    }
}
