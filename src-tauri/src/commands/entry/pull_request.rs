//! The pull request for a change that was written: its texts, and its files where a dialog says.

use std::path::Path;
use std::sync::Arc;

use aisoc_publisher_core::checkout::Submission;
use aisoc_publisher_core::checkout::script::ScriptReport;
use aisoc_publisher_core::entry::Prepared;
use aisoc_publisher_core::index::Change;
use aisoc_publisher_core::pull_request::{Kit, Request, SubmissionRequest};
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
    // A branch's name can have a slash, and is one folder here.
    let name = kit.branch.replace('/', "-");
    let title = format!("Open the folder in which {name} is to be made");
    let Some(folder) = dialog::choose_folder(&window, &title, &start).await else {
        return Ok(SaveAnswer::Dismissed);
    };
    shell
        .call(move |_| {
            let place = folder.join(&name);
            kit.save(&place)?;
            Ok(SaveAnswer::Saved { place: shown(&place) })
        })
        .await
}

/// Makes the pull request for a change of an index that was written, and keeps it until the next one is made.
pub(super) fn of_change(
    shell: &Shell,
    dir: &Path,
    record: &Record,
    prepared: &Prepared,
    change: &Change,
) -> Result<PullRequest, Failure> {
    let request = Request { dir, prepared, key: &record.spki, index: Some(change), written: true };
    // What was written stays written, whoever cancels now.
    give(shell, Kit::prepare(&request, &Task::unwatched()).map_err(|error| Failure::of(&error, Some(dir)))?)
}

/// Makes the pull request for a submission that the clone has, and keeps it until the next one is made; `report` is of the script, where
/// it was run.
pub(super) fn of_submission(
    shell: &Shell,
    dir: &Path,
    submission: &Submission,
    report: Option<&ScriptReport>,
) -> Result<PullRequest, Failure> {
    let request = SubmissionRequest { submission, entry: None, written: true, report };
    // As above.
    let kit = Kit::of_submission(&request, &Task::unwatched());
    give(shell, kit.map_err(|error| Failure::of(&error, Some(dir)))?)
}

fn give(shell: &Shell, kit: Kit) -> Result<PullRequest, Failure> {
    let kit = Arc::new(kit);
    Ok(PullRequest::of(&kit, shell.give_kit(&kit)?))
}
