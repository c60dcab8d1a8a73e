//! The system's dialogs. They are asynchronous: a dialog that blocks a command freezes the window behind it.

use std::path::{Path, PathBuf};

use rfd::AsyncFileDialog;
use tauri::{Runtime, WebviewWindow};

/// Asks for a folder, beginning in `start`; nothing when the dialog was dismissed.
pub(crate) async fn choose_folder<R: Runtime>(window: &WebviewWindow<R>, title: &str, start: &Path) -> Option<PathBuf> {
    let dialog = AsyncFileDialog::new().set_parent(window).set_title(title).set_directory(start);
    Some(dialog.pick_folder().await?.path().to_owned())
}

/// Asks for a file to read, of whatever name, beginning in `start`; nothing when the dialog was dismissed.
pub(crate) async fn open_file<R: Runtime>(window: &WebviewWindow<R>, title: &str, start: &Path) -> Option<PathBuf> {
    let dialog = AsyncFileDialog::new().set_parent(window).set_title(title).set_directory(start);
    Some(dialog.pick_file().await?.path().to_owned())
}

/// Asks where to save a file of the kind that `ending` names, beginning in `start`; nothing when the dialog was dismissed.
///
/// The dialog itself asks before a file is replaced.
pub(crate) async fn save_file<R: Runtime>(
    window: &WebviewWindow<R>,
    title: &str,
    start: &Path,
    name: &str,
    (kind, ending): (&str, &str),
) -> Option<PathBuf> {
    let dialog = AsyncFileDialog::new().set_parent(window).set_title(title).set_directory(start).set_file_name(name);
    Some(dialog.add_filter(kind, &[ending]).save_file().await?.path().to_owned())
}
