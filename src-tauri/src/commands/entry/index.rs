//! The entry's way into another index: the change first, then the file.

use std::path::Path;
use std::sync::Arc;

use aisoc_publisher_core::digest::Digest;
use aisoc_publisher_core::entry::Entry;
use aisoc_publisher_core::index::{self, Change, Index};
use aisoc_publisher_core::task::Task;

use super::finished;
use crate::commands::{Answer, Here};
use crate::view::{EntryEdit, Failure, FileHandle, FolderHandle, IndexAnswer, IndexChange, KeyHandle, Operation};

/// Makes the change to an index and writes nothing. An entry whose plugin does not verify is refused.
#[tauri::command]
pub(crate) async fn plan_index(
    shell: Here<'_>,
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    edits: Vec<EntryEdit>,
    index: FileHandle,
) -> Answer<IndexChange> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let prepared = finished(shell, &shell.folder(&folder)?, &shell.key(&key)?, &edits, &long.task)?;
            plan(&shell.file(&index)?, &prepared.entry, &long.task).map(|change| view(&change))
        })
        .await
}

/// Writes the change that was shown, if it still is the one, and reads it again.
#[tauri::command]
pub(crate) async fn write_index(
    shell: Here<'_>,
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    edits: Vec<EntryEdit>,
    index: FileHandle,
    shown: String,
) -> Answer<IndexAnswer> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let prepared = finished(shell, &shell.folder(&folder)?, &shell.key(&key)?, &edits, &long.task)?;
            write(&shell.file(&index)?, &prepared.entry, &shown, &long.task)
        })
        .await
}

fn plan(path: &Path, entry: &Entry, task: &Task<'_>) -> Result<Change, Failure> {
    Ok(Index::read(path, task)?.plan(entry)?)
}

fn write(path: &Path, entry: &Entry, shown: &str, task: &Task<'_>) -> Result<IndexAnswer, Failure> {
    let change = plan(path, entry, task)?;
    if name(&change) != shown {
        return Ok(IndexAnswer::Stale { change: Box::new(view(&change)) });
    }
    task.check()?;
    match change.write() {
        Ok(()) => Ok(IndexAnswer::written(&change)),
        // In the moment since it was read.
        Err(index::Error::Changed { .. }) => {
            Ok(IndexAnswer::Stale { change: Box::new(view(&plan(path, entry, task)?)) })
        }
        Err(error) => Err(error.into()),
    }
}

fn view(change: &Change) -> IndexChange {
    IndexChange::of(change, name(change))
}

/// Names a change by what it does to which bytes: everything else of the index is as it will be.
fn name(change: &Change) -> String {
    let mut bytes = change.diff().into_bytes();
    bytes.push(0);
    bytes.extend_from_slice(change.after());
    Digest::of(&bytes).to_string()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use aisoc_publisher_core::entry::{self, Options};
    use aisoc_publisher_core::key::KeyId;

    use super::*;
    use crate::view::IndexAct;

    const OTHER: &str = "{\n  \"items\": [\n    {\n      \"id\": \"aaa\",\n      \"type\": \"plugin\"\n    }\n  ]\n}\n";

    /// The entry of a plugin, and an index beside it.
    fn desk() -> (tempfile::TempDir, Entry) {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("plugin.yaml"), "id: sample\nname: Sample\nversion: 1.0.0\nplugin_type: enricher\n")
            .unwrap();
        fs::write(root.path().join("index.json"), OTHER).unwrap();
        let options = Options { allow_unsigned: true, ..Options::default() };
        let key: KeyId = "myorg-prod".parse().unwrap();
        let prepared = entry::prepare(root.path(), &key, None, &options, &Task::unwatched()).unwrap();
        (root, prepared.entry)
    }

    #[test]
    fn only_what_was_shown_is_written() {
        let (root, entry) = desk();
        let (path, task) = (root.path().join("index.json"), Task::unwatched());
        let shown = view(&plan(&path, &entry, &task).unwrap());
        assert_eq!((shown.act, shown.name.as_str()), (IndexAct::Insert, "index.json"));
        assert!(shown.diff.contains("\n+      \"id\": \"sample\""), "{}", shown.diff);

        // Somebody else adds an item meanwhile.
        let changed = OTHER.replace("\"aaa\"", "\"bbb\"");
        fs::write(&path, &changed).unwrap();
        let IndexAnswer::Stale { change } = write(&path, &entry, &shown.shown, &task).unwrap() else {
            panic!("it was written over somebody's change");
        };
        assert_eq!(fs::read_to_string(&path).unwrap(), changed);

        let answer = write(&path, &entry, &change.shown, &task).unwrap();
        assert!(matches!(answer, IndexAnswer::Written { act: IndexAct::Insert, line: 7, .. }), "{answer:?}");
        let now: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(now["items"][0]["id"], "bbb");
        assert_eq!(now["items"][1], serde_json::to_value(&entry).unwrap());
        let again = view(&plan(&path, &entry, &task).unwrap());
        assert_eq!((again.act, again.diff.as_str()), (IndexAct::Same, ""));
    }

    #[test]
    fn a_change_is_not_named_by_its_lines_alone() {
        let (root, entry) = desk();
        let (path, task) = (root.path().join("index.json"), Task::unwatched());
        // Far from the place of the change, so that no line of context shows it.
        let far = |license: &str| format!("{{\n  \"license\": \"{license}\",{}{}", "\n".repeat(20), &OTHER[1..]);
        fs::write(&path, far("MIT")).unwrap();
        let first = view(&plan(&path, &entry, &task).unwrap());
        fs::write(&path, far("GPL")).unwrap();
        let second = view(&plan(&path, &entry, &task).unwrap());
        assert_eq!(first.diff, second.diff);
        assert_ne!(first.shown, second.shown);
    }
}
