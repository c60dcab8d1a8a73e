//! Where the entry of a plugin goes: remembered from its last release, or chosen now.

use std::path::Path;
use std::sync::Arc;

use aisoc_publisher_core::recents::{Goal, RecentsError};
use tauri::{Runtime, WebviewWindow};

use crate::commands::{Answer, Here};
use crate::dialog;
use crate::state::Shell;
use crate::view::{ChosenFile, EntryGoal, EntryGoalWish, Failure, FolderHandle, shown};

/// Tells where the plugin's entry went the last time; null where that is not remembered.
#[tauri::command]
pub(crate) async fn entry_goal(shell: Here<'_>, folder: FolderHandle) -> Answer<Option<EntryGoal>> {
    let shell = Arc::clone(&shell);
    shell.call(move |shell| recall(shell, &shell.folder(&folder)?)).await
}

/// Remembers where the plugin's entry goes. One that was forgotten on request while it was open stays forgotten.
#[tauri::command]
pub(crate) async fn remember_entry_goal(shell: Here<'_>, folder: FolderHandle, goal: EntryGoalWish) -> Answer<()> {
    let shell = Arc::clone(&shell);
    shell
        .call(move |shell| {
            let goal = match goal {
                EntryGoalWish::Entry => Goal::Entry,
                EntryGoalWish::Index { file } => Goal::Index { file: shell.file(&file)? },
                EntryGoalWish::Checkout { folder } => Goal::Checkout { folder: shell.clone_of(&folder)? },
            };
            match shell.home()?.recents.remember_goal(&shell.folder(&folder)?, goal) {
                Err(RecentsError::NotRemembered { .. }) => Ok(()),
                other => Ok(other?),
            }
        })
        .await
}

/// Asks for the index that the plugin's entry goes into; null when the dialog was dismissed.
#[tauri::command]
pub(crate) async fn choose_index<R: Runtime>(
    shell: Here<'_>,
    window: WebviewWindow<R>,
    folder: FolderHandle,
) -> Answer<Option<ChosenFile>> {
    let shell = Arc::clone(&shell);
    let start = shell.call(move |shell| index_start(shell, &folder)).await?;
    let Some(path) = dialog::open_file(&window, "Choose the index to edit", &start).await else {
        return Ok(None);
    };
    Ok(Some(ChosenFile { file: shell.give_file(&path)?, place: shown(&path) }))
}

/// Returns where the dialog for an index begins: at the one of the last release.
fn index_start(shell: &Shell, folder: &FolderHandle) -> Result<std::path::PathBuf, Failure> {
    let goal = shell.home()?.recents.find(&shell.folder(folder)?)?.and_then(|recent| recent.goal);
    let last = match &goal {
        Some(Goal::Index { file }) => file.parent().filter(|folder| folder.is_dir()),
        _ => None,
    };
    Ok(last.map_or_else(|| shell.dialog_start(), Path::to_owned))
}

fn recall(shell: &Shell, dir: &Path) -> Result<Option<EntryGoal>, Failure> {
    let goal = shell.home()?.recents.find(dir)?.and_then(|recent| recent.goal);
    Ok(match goal {
        Some(Goal::Entry) => Some(EntryGoal::Entry),
        Some(Goal::Index { file }) => Some(EntryGoal::Index { place: shown(&file), file: shell.give_file(&file)? }),
        Some(Goal::Checkout { folder }) => {
            Some(EntryGoal::Checkout { place: shown(&folder), folder: shell.give_clone(&folder)? })
        }
        _ => None,
    })
}
