//! Marketplace entry: composed beside its live text, saved where a dialog says.

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

/// Composes the entry and remembers `url` and `install` for this plugin.
#[tauri::command]
pub(crate) async fn compose_entry(
    shell: Here<'_>,
    folder: FolderHandle,
    key: KeyHandle,
    edits: Vec<EntryEdit>,
) -> Answer<EntryView> {
    let shell = Arc::clone(&shell);
    shell
        .call(move |shell| {
            let (dir, record) = (shell.folder(&folder)?, shell.key(&key)?);
            let additions = additions(shell, &dir, &edits)?;
            let (prepared, problems) = prepare(&dir, &record, &additions, true)?;
            remember(shell, &dir, &additions, &problems)?;
            EntryView::of(&prepared, &additions, &problems)
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
        let (dir, record) = (shell.folder(&folder)?, shell.key(&key)?);
        let additions = additions(shell, &dir, &edits)?;
        let (prepared, problems) = prepare(&dir, &record, &additions, false)?;
        problems.none()?;
        let json = EntryView::of(&prepared, &additions, &problems)?.json;
        Ok::<_, Failure>((format!("{}-entry.json", prepared.entry.id), json))
    };
    let first = compose.clone();
    let (name, start) = shell.call(move |shell| Ok((first(shell)?.0, shell.dialog_start()))).await?;
    let Some(path) = dialog::choose_file(&window, "Save the marketplace entry", &start, &name).await else {
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

/// Prepares the entry. What was typed and cannot be used is left out of it and named as a problem.
fn prepare(
    dir: &Path,
    record: &Record,
    additions: &Additions,
    allow_unsigned: bool,
) -> Result<(Prepared, Problems), Failure> {
    let mut options = Options { url: additions.url(), install: additions.install(), allow_unsigned };
    let mut problems = Problems::default();
    loop {
        match entry::prepare(dir, &record.key_id, Some(&record.spki), &options, &Task::unwatched()) {
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

/// Remembers what was typed and can be used.
fn remember(shell: &Shell, dir: &Path, additions: &Additions, problems: &Problems) -> Result<(), Failure> {
    let Some([url, install]) = additions.to_remember(problems) else { return Ok(()) };
    match shell.home()?.recents.remember_entry(dir, url.as_deref(), install.as_deref()) {
        // It was forgotten on request while it was open.
        Err(RecentsError::NotRemembered { .. }) => Ok(()),
        other => Ok(other?),
    }
}
