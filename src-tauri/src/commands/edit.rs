//! Safe edits: a change is shown as a diff, and made to the very bytes that it was made from or not at all.

use std::sync::Arc;

use aisoc_publisher_core::edits::Edit;

use super::{Answer, Here, plugin};
use crate::state::{Long, Shell};
use crate::view::{EditAnswer, EditHandle, EditPreview, Failure, FolderHandle, Operation};

/// Shows what a change would do.
#[tauri::command]
pub(crate) async fn preview_edit(shell: Here<'_>, folder: FolderHandle, edit: EditHandle) -> Answer<EditPreview> {
    let shell = Arc::clone(&shell);
    shell.call(move |shell| Ok(EditPreview::of(&find(shell, &folder, &edit)?, &shell.folder(&folder)?))).await
}

/// Makes a change, if the file still holds the bytes that the diff came from, and reads the plugin again.
#[tauri::command]
pub(crate) async fn apply_edit(
    shell: Here<'_>,
    operation: Operation,
    folder: FolderHandle,
    edit: EditHandle,
) -> Answer<EditAnswer> {
    let shell = Arc::clone(&shell);
    shell.opens(operation);
    shell.operate(operation, move |shell, long| apply(shell, long, &folder, &edit)).await
}

fn apply(shell: &Arc<Shell>, long: &Long<'_>, folder: &FolderHandle, edit: &EditHandle) -> Result<EditAnswer, Failure> {
    let (dir, edit) = (shell.folder(folder)?, find(shell, folder, edit)?);
    // Until it is read again, so that the change is no news.
    let _writing = plugin::Writing::begin(shell, folder);
    edit.apply().map_err(|error| Failure::of(&error, Some(&dir)))?;
    // It is made, whatever comes of the reading.
    Ok(EditAnswer::of(plugin::open(shell, long, folder.clone(), &dir)))
}

/// Finds a change that is offered for the plugin that is shown.
fn find(shell: &Shell, folder: &FolderHandle, edit: &EditHandle) -> Result<Edit, Failure> {
    let offered = shell.shown(folder, |shown| shown.offered.edit(edit)).flatten();
    offered.ok_or_else(|| {
        Failure::own("edit-outdated", "the plugin was read again since this change was offered".to_owned())
            .with_hint("look at the plugin again, and at the new diff")
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use aisoc_publisher_core::data_folder::DataFolder;
    use tauri::async_runtime::block_on;

    use super::*;
    use crate::view::PluginView;

    const MANIFEST: &str = "id: acme-demo\nname: Demo\nversion: 1.10 # soon 2\nplugin_type: enricher\n";

    /// An opened plugin whose version is a number.
    fn opened() -> (tempfile::TempDir, Arc<Shell>, PluginView) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("demo")).unwrap();
        fs::write(root.path().join("demo/plugin.yaml"), MANIFEST).unwrap();
        let shell = Arc::new(Shell::at(DataFolder::at(root.path().join("data")), None));
        let (folder, dir) = (shell.give_folder(&root.path().join("demo")).unwrap(), root.path().join("demo"));
        shell.opens(Operation(1));
        let read = shell.operate(Operation(1), move |shell, long| plugin::open(shell, long, folder, &dir));
        let view = block_on(read).unwrap();
        (root, shell, view)
    }

    fn quote(view: &PluginView) -> crate::view::OfferedEdit {
        view.findings.iter().filter_map(|finding| finding.edit.clone()).find(|edit| edit.subject == "version").unwrap()
    }

    fn apply_now(shell: &Arc<Shell>, operation: u32, view: &PluginView, edit: EditHandle) -> Answer<EditAnswer> {
        let folder = view.folder.clone();
        shell.opens(Operation(operation));
        block_on(shell.operate(Operation(operation), move |shell, long| apply(shell, long, &folder, &edit)))
    }

    #[test]
    fn a_change_is_shown_made_and_gone_from_the_findings() {
        let (root, shell, view) = opened();
        let offered = quote(&view);
        let edit = find(&shell, &view.folder, &offered.edit).unwrap();
        let preview = EditPreview::of(&edit, &root.path().join("demo"));
        assert_eq!((preview.file.as_str(), preview.is_new), ("plugin.yaml", false));
        assert!(preview.diff.contains("-version: 1.10 # soon 2\n+version: \"1.10\" # soon 2\n"), "{}", preview.diff);

        let answer = apply_now(&shell, 2, &view, offered.edit.clone()).unwrap();
        let text = fs::read_to_string(root.path().join("demo/plugin.yaml")).unwrap();
        assert_eq!(text, MANIFEST.replace("1.10", "\"1.10\""));
        let now = answer.plugin.unwrap();
        assert!(now.findings.iter().all(|finding| finding.edit.as_ref().is_none_or(|edit| edit.subject != "version")));
        assert_eq!(now.manifest.unwrap().version.text.as_deref(), Some("1.10"));
        let again = apply_now(&shell, 3, &view, offered.edit).unwrap_err();
        assert_eq!(again.code, "edit-outdated", "its name went with the reading");
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let (root, shell, view) = opened();
        let edited = MANIFEST.replace("Demo", "Another");
        fs::write(root.path().join("demo/plugin.yaml"), &edited).unwrap();
        let failure = apply_now(&shell, 2, &view, quote(&view).edit).unwrap_err();
        assert_eq!(failure.code, "edit-outdated");
        assert!(failure.message.contains("`plugin.yaml`"), "{failure:?}");
        assert_eq!(fs::read_to_string(root.path().join("demo/plugin.yaml")).unwrap(), edited);
    }

    #[test]
    fn a_change_without_a_finding_is_known_until_the_plugin_is_read_again() {
        let (_root, shell, view) = opened();
        let edit = find(&shell, &view.folder, &quote(&view).edit).unwrap();
        let offer = || shell.shown(&view.folder, |shown| shown.offered.offer(edit.clone())).unwrap().unwrap();
        let name = offer();
        assert_ne!(name, quote(&view).edit);
        assert_eq!(offer(), name, "another look at it gives it no other name");
        assert_eq!(find(&shell, &view.folder, &name).unwrap(), edit);
        apply_now(&shell, 2, &view, name.clone()).unwrap();
        assert_eq!(find(&shell, &view.folder, &name).unwrap_err().code, "edit-outdated");
    }

    #[test]
    fn only_names_that_were_given_are_known() {
        let (_root, shell, view) = opened();
        for wish in ["", "0", "plugin.yaml", view.folder.0.as_str()] {
            assert!(find(&shell, &view.folder, &EditHandle(wish.to_owned())).is_err(), "{wish}");
        }
        let elsewhere = FolderHandle("another".to_owned());
        assert!(find(&shell, &elsewhere, &quote(&view).edit).is_err());
    }
}
