//! The entry's way into another index: the change first, then the file.

use std::path::Path;
use std::sync::Arc;

use aisoc_publisher_core::digest::Digest;
use aisoc_publisher_core::entry::Entry;
use aisoc_publisher_core::index::{self, Change, Index};
use aisoc_publisher_core::task::Task;

use super::{finished, pull_request};
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
            let prepared = finished(shell, &shell.folder(&folder)?, &shell.living_key(&key)?, &edits, &long.task)?;
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
            let (dir, record) = (shell.folder(&folder)?, shell.living_key(&key)?);
            let prepared = finished(shell, &dir, &record, &edits, &long.task)?;
            Ok(match write(&shell.file(&index)?, &prepared.entry, &shown, &long.task)? {
                Outcome::Written(change) => {
                    let kit = pull_request::of_change(shell, &dir, &record, &prepared, &change);
                    IndexAnswer::written(&change, kit)
                }
                Outcome::Stale(change) => IndexAnswer::Stale { change: Box::new(view(&change)) },
            })
        })
        .await
}

fn plan(path: &Path, entry: &Entry, task: &Task<'_>) -> Result<Change, Failure> {
    Ok(Index::read(path, task)?.plan(entry)?)
}

/// What came of a wish to write, with the change that was written or would be now.
enum Outcome {
    Written(Change),
    Stale(Change),
}

fn write(path: &Path, entry: &Entry, shown: &str, task: &Task<'_>) -> Result<Outcome, Failure> {
    let change = plan(path, entry, task)?;
    if name(&change) != shown {
        return Ok(Outcome::Stale(change));
    }
    task.check()?;
    match change.write() {
        Ok(()) => Ok(Outcome::Written(change)),
        // In the moment since it was read.
        Err(index::Error::Changed { .. }) => Ok(Outcome::Stale(plan(path, entry, task)?)),
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

    use aisoc_publisher_core::data_folder::DataFolder;
    use aisoc_publisher_core::entry::{self, Options};
    use aisoc_publisher_core::key::{KeyId, SecretKey};
    use aisoc_publisher_core::records::{Kept, Record};
    use aisoc_publisher_core::sign::Plan;

    use super::*;
    use crate::state::Shell;
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
        let Outcome::Stale(change) = write(&path, &entry, &shown.shown, &task).unwrap() else {
            panic!("it was written over somebody's change");
        };
        assert_eq!(fs::read_to_string(&path).unwrap(), changed);

        let Outcome::Written(written) = write(&path, &entry, &name(&change), &task).unwrap() else {
            panic!("what was shown was not written");
        };
        assert_eq!((view(&written).act, written.line()), (IndexAct::Insert, 7));
        let now: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(now["items"][0]["id"], "bbb");
        assert_eq!(now["items"][1], serde_json::to_value(&entry).unwrap());
        let again = view(&plan(&path, &entry, &task).unwrap());
        assert_eq!((again.act, again.diff.as_str()), (IndexAct::Same, ""));
    }

    #[test]
    fn the_pull_request_of_a_written_change_is_saved_as_it_was_made() {
        let (root, _) = desk();
        let shell = Shell::at(DataFolder::at(root.path().join("data")), None);
        let key = SecretKey::generate().unwrap();
        let record = Record::of_new_key("myorg-prod".parse().unwrap(), key.public(), Kept::File);
        let (path, task) = (root.path().join("index.json"), Task::unwatched());
        fs::write(root.path().join("plugin.py"), "class Plugin:\n    pass\n").unwrap();
        Plan::look(root.path(), &task).unwrap().sign(&record.key_id, &key, None, &task).unwrap();
        let options = Options::default();
        let prepared = entry::prepare(root.path(), &record.key_id, Some(&record.spki), &options, &task).unwrap();
        let change = plan(&path, &prepared.entry, &task).unwrap();
        change.write().unwrap();
        let made = pull_request::of_change(&shell, root.path(), &record, &prepared, &change).unwrap();
        // Written or not, it is a new plugin in that index.
        assert_eq!((made.branch.as_str(), made.title.as_str()), ("add-sample-1.0.0", "Add the plugin sample 1.0.0"));
        assert!(made.files.iter().any(|name| name == "change.patch"), "{made:?}");
        let kit = shell.kit(&made.kit).unwrap();
        assert!(made.body == kit.body && String::from_utf8_lossy(&kit.patch).contains("+      \"id\": \"sample\""));

        let next = pull_request::of_change(&shell, root.path(), &record, &prepared, &change).unwrap();
        assert_eq!(shell.kit(&made.kit).unwrap_err().code, "unknown-handle");
        assert!(shell.kit(&next.kit).is_ok());
        // What is written stays written; of a plugin that is another one by now there is no pull request.
        fs::write(root.path().join("plugin.py"), "changed = True\n").unwrap();
        let failed = pull_request::of_change(&shell, root.path(), &record, &prepared, &change).unwrap_err();
        assert_eq!(failed.code, "edit-outdated");
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
