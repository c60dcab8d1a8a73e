//! The pull request for a change that was written: its texts, and its files where a dialog says.

use std::path::Path;
use std::sync::Arc;

use aisoc_publisher_core::entry::Entry;
use aisoc_publisher_core::index::Change;
use aisoc_publisher_core::pull_request::{Kit, Request, name_in_repository};
use aisoc_publisher_core::records::Record;
use aisoc_publisher_core::task::Task;
use tauri::{Runtime, WebviewWindow};

use crate::commands::{Answer, Here};
use crate::dialog;
use crate::state::Shell;
use crate::view::{Failure, KitHandle, PullRequest, SaveAnswer, shown};

/// Saves what a pull request needs into a new folder, inside of one that a dialog names.
#[tauri::command]
pub(crate) async fn save_kit<R: Runtime>(
    shell: Here<'_>,
    window: WebviewWindow<R>,
    kit: KitHandle,
) -> Answer<SaveAnswer> {
    let shell = Arc::clone(&shell);
    let (kit, start) = shell.call(move |shell| Ok((shell.kit(&kit)?, shell.dialog_start()))).await?;
    let title = format!("Open the folder in which {} is to be made", kit.branch);
    let Some(folder) = dialog::choose_folder(&window, &title, &start).await else {
        return Ok(SaveAnswer::Dismissed);
    };
    shell
        .call(move |_| {
            let place = folder.join(&kit.branch);
            kit.save(&place)?;
            Ok(SaveAnswer::Saved { place: shown(&place) })
        })
        .await
}

/// Makes the pull request for a change of an index, and keeps it until the next one is made.
pub(super) fn of_change(
    shell: &Shell,
    dir: &Path,
    record: &Record,
    entry: &Entry,
    change: &Change,
) -> Result<PullRequest, Failure> {
    let name = name_in_repository(change.path());
    let request = Request { dir, entry, key: &record.spki, index: Some((change, &name)) };
    // What was written stays written, whoever cancels now.
    let kit = Kit::prepare(&request, &Task::unwatched()).map_err(|error| Failure::of(&error, Some(dir)))?;
    let kit = Arc::new(kit);
    Ok(PullRequest::of(&kit, shell.give_kit(&kit)?))
}
