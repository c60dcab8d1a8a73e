//! The plugin's way into AiSOC's own repository, through a local clone: the files first, then the clone's script.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aisoc_publisher_core::checkout::script::ScriptPlan;
use aisoc_publisher_core::checkout::{self, Checkout, FileState, Options, Submission};
use aisoc_publisher_core::digest::Digest;
use aisoc_publisher_core::recents::Goal;
use aisoc_publisher_core::records::Record;
use aisoc_publisher_core::task::Task;
use tauri::{Runtime, WebviewWindow};

use crate::commands::{Answer, Here};
use crate::dialog;
use crate::state::Shell;
use crate::view::{
    self, ChosenFolder, Copied, CopyAnswer, Failure, FolderHandle, IndexBuilt, IndexScript, KeyHandle, Operation,
    ScriptAnswer, shown,
};

/// Asks for the clone of AiSOC's repository, and recognises it; null when the dialog was dismissed.
#[tauri::command]
pub(crate) async fn choose_checkout<R: Runtime>(
    shell: Here<'_>,
    window: WebviewWindow<R>,
    folder: FolderHandle,
) -> Answer<Option<ChosenFolder>> {
    let shell = Arc::clone(&shell);
    let start = shell.call(move |shell| checkout_start(shell, &folder)).await?;
    let Some(path) = dialog::choose_folder(&window, "Choose your clone of AiSOC’s repository", &start).await else {
        return Ok(None);
    };
    shell
        .call(move |shell| {
            let root = Checkout::recognise(&path).map_err(|error| Failure::of(&error, None))?.root;
            Ok(Some(ChosenFolder { folder: shell.give_folder(&root)?, place: shown(&root) }))
        })
        .await
}

/// Looks at what a submission would do to the clone, and writes nothing. With `remove`, files of the clone go with which the
/// signature would be invalid.
#[tauri::command]
pub(crate) async fn plan_submission(
    shell: Here<'_>,
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    checkout: FolderHandle,
    remove: bool,
) -> Answer<view::Submission> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (dir, clone) = (shell.folder(&folder)?, shell.folder(&checkout)?);
            let submission = plan(&dir, &shell.key(&key)?, &clone, remove, &long.task)?;
            Ok(view::Submission::of(&submission, remove, name(&submission, remove)))
        })
        .await
}

/// Copies the submission that was shown, if it still is the one, and judges what is in the clone then.
#[tauri::command]
pub(crate) async fn copy_submission(
    shell: Here<'_>,
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    checkout: FolderHandle,
    remove: bool,
    shown: String,
) -> Answer<CopyAnswer> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (dir, clone) = (shell.folder(&folder)?, shell.folder(&checkout)?);
            copy(&dir, &shell.key(&key)?, &clone, remove, &shown, &long.task)
        })
        .await
}

/// Runs the clone's script, if it is the one that was shown, and compares the index with what it was.
#[tauri::command]
pub(crate) async fn run_index_script(
    shell: Here<'_>,
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    checkout: FolderHandle,
    shown: String,
) -> Answer<ScriptAnswer> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (dir, clone) = (shell.folder(&folder)?, shell.folder(&checkout)?);
            run(&dir, &shell.key(&key)?, &clone, &shown, &long.task)
        })
        .await
}

/// Returns where the dialog for a clone begins: at the one of the last release.
fn checkout_start(shell: &Shell, folder: &FolderHandle) -> Result<PathBuf, Failure> {
    let goal = shell.home()?.recents.find(&shell.folder(folder)?)?.and_then(|recent| recent.goal);
    let last = match &goal {
        Some(Goal::Checkout { folder }) => folder.parent().filter(|folder| folder.is_dir()),
        _ => None,
    };
    Ok(last.map_or_else(|| shell.dialog_start(), Path::to_owned))
}

fn plan(dir: &Path, record: &Record, clone: &Path, remove: bool, task: &Task<'_>) -> Result<Submission, Failure> {
    let options = Options { remove, ..Options::default() };
    let planned = Checkout::recognise(clone)
        .and_then(|checkout| checkout.plan(dir, &record.key_id, &record.spki, &options, task));
    planned.map_err(|error| Failure::of(&error, Some(dir)))
}

fn copy(
    dir: &Path,
    record: &Record,
    clone: &Path,
    remove: bool,
    shown: &str,
    task: &Task<'_>,
) -> Result<CopyAnswer, Failure> {
    let stale = |submission: &Submission| CopyAnswer::Stale {
        submission: Box::new(view::Submission::of(submission, remove, name(submission, remove))),
    };
    let submission = plan(dir, record, clone, remove, task)?;
    if name(&submission, remove) != shown {
        return Ok(stale(&submission));
    }
    match submission.apply(task) {
        Ok(applied) => {
            let script = script(submission.checkout());
            Ok(CopyAnswer::Copied { copied: Box::new(Copied::of(&applied, script, submission.git_commands())) })
        }
        // In the moment since it was looked at.
        Err(checkout::Error::Changed { .. }) => Ok(stale(&plan(dir, record, clone, remove, task)?)),
        Err(error) => Err(Failure::of(&error, None)),
    }
}

fn run(dir: &Path, record: &Record, clone: &Path, shown: &str, task: &Task<'_>) -> Result<ScriptAnswer, Failure> {
    let submission = plan(dir, record, clone, false, task)?;
    let plan = script_plan(submission.checkout())?;
    if script_name(&plan) != shown {
        return Ok(ScriptAnswer::Stale { script: IndexScript::of(&plan, script_name(&plan)) });
    }
    let report = plan.run(&submission, task).map_err(|error| Failure::of(&error, None))?;
    Ok(ScriptAnswer::Ran { built: IndexBuilt::of(&report) })
}

fn script(checkout: &Checkout) -> Result<IndexScript, Failure> {
    script_plan(checkout).map(|plan| IndexScript::of(&plan, script_name(&plan)))
}

fn script_plan(checkout: &Checkout) -> Result<ScriptPlan, Failure> {
    let search = std::env::var_os("PATH").unwrap_or_default();
    checkout.script(&search).map_err(|error| Failure::of(&error, None))
}

/// Names a submission by all that it writes and removes, and by what is there before.
fn name(submission: &Submission, remove: bool) -> String {
    let mut bytes = vec![u8::from(remove)];
    let mut add = |part: &[u8]| bytes.extend_from_slice(Digest::of(part).as_bytes());
    add(submission.target.as_os_str().as_encoded_bytes());
    for file in &submission.files {
        add(file.path.to_string().as_bytes());
        add(&file.bytes);
        add(match file.state {
            FileState::New => b"new",
            FileState::Same => b"same",
            _ => b"changed",
        });
        add(file.before.as_deref().unwrap_or_default());
    }
    for path in &submission.surplus {
        add(path.to_string().as_bytes());
    }
    Digest::of(&bytes).to_string()
}

/// Names a run by its command, the folder that it runs in, and the script's bytes.
fn script_name(plan: &ScriptPlan) -> String {
    let mut bytes = plan.sha256.as_bytes().to_vec();
    for part in plan.command.iter().map(|part| part.as_os_str()).chain([plan.cwd.as_os_str()]) {
        bytes.extend_from_slice(Digest::of(part.as_encoded_bytes()).as_bytes());
    }
    Digest::of(&bytes).to_string()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use aisoc_publisher_core::key::SecretKey;
    use aisoc_publisher_core::records::Kept;
    use aisoc_publisher_core::sign::Plan;

    use super::*;
    use crate::view::SubmittedState;

    const ID: &str = "community-zoe-lookup";

    /// A signed plugin and a clone beside it, whose script leaves a mark when it runs.
    struct Desk {
        root: tempfile::TempDir,
        record: Record,
    }

    impl Desk {
        fn new() -> Self {
            let secret = SecretKey::generate().unwrap();
            let record = Record::of_new_key("myorg-prod".parse().unwrap(), secret.public(), Kept::File);
            let desk = Self { root: tempfile::tempdir().unwrap(), record };
            let manifest = format!("id: {ID}\nname: Lookup\nversion: 1.0.0\nplugin_type: enricher\n");
            desk.write("plugin/plugin.yaml", &manifest);
            desk.write("plugin/plugin.py", "class Plugin:\n    pass\n");
            let plan = Plan::look(&desk.plugin(), &Task::unwatched()).unwrap();
            plan.sign(&desk.record.key_id, &secret, None, &Task::unwatched()).unwrap();
            desk.write("clone/plugins/community/README.md", "Community plugins\n");
            desk.write("clone/marketplace/index.json", "{\"items\": []}");
            desk.write("clone/scripts/build_marketplace.py", "open('ran', 'w')\n");
            desk
        }

        fn write(&self, name: &str, text: &str) {
            let path = self.root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn plugin(&self) -> PathBuf {
            self.root.path().join("plugin")
        }

        fn aisoc(&self) -> PathBuf {
            self.root.path().join("clone")
        }

        fn target(&self, name: &str) -> PathBuf {
            self.aisoc().join("plugins/community").join(ID).join(name)
        }

        /// What is shown of a plan.
        fn look(&self, remove: bool) -> view::Submission {
            let submission = plan(&self.plugin(), &self.record, &self.aisoc(), remove, &Task::unwatched()).unwrap();
            view::Submission::of(&submission, remove, name(&submission, remove))
        }

        fn copy(&self, remove: bool, shown: &str) -> CopyAnswer {
            copy(&self.plugin(), &self.record, &self.aisoc(), remove, shown, &Task::unwatched()).unwrap()
        }
    }

    #[test]
    fn only_what_was_shown_is_copied() {
        let desk = Desk::new();
        let first = desk.look(false);
        assert!(first.files.iter().all(|file| file.state == SubmittedState::New) && !first.applied, "{first:?}");

        // Somebody else puts something there meanwhile.
        desk.write(&format!("clone/plugins/community/{ID}/plugin.py"), "pass\n");
        let CopyAnswer::Stale { submission } = desk.copy(false, &first.shown) else {
            panic!("it was written over somebody's file");
        };
        assert_eq!(fs::read_to_string(desk.target("plugin.py")).unwrap(), "pass\n");
        assert!(!desk.target("plugin.sig").exists());
        let changed: Vec<_> = submission
            .files
            .iter()
            .filter(|file| file.state == SubmittedState::Changed)
            .map(|file| &file.path)
            .collect();
        assert_eq!(changed, ["plugin.py"]);

        let CopyAnswer::Copied { copied } = desk.copy(false, &submission.shown) else {
            panic!("what was shown was not copied");
        };
        assert_eq!((copied.written, copied.removed), (3, 0));
        for name in ["plugin.yaml", "plugin.py", "plugin.sig"] {
            assert_eq!(fs::read(desk.target(name)).unwrap(), fs::read(desk.plugin().join(name)).unwrap(), "{name}");
        }
        assert!(!desk.aisoc().join("ran").exists());
        assert!(desk.look(false).applied);
    }

    #[test]
    fn a_removal_that_was_not_shown_is_not_made() {
        let desk = Desk::new();
        desk.write(&format!("clone/plugins/community/{ID}/old.py"), "pass\n");
        let kept = desk.look(false);
        assert_eq!((kept.surplus.as_slice(), kept.removes), (["old.py".to_owned()].as_slice(), false));
        let CopyAnswer::Stale { submission } = desk.copy(true, &kept.shown) else { panic!("it was removed unseen") };
        assert!(desk.target("old.py").exists() && submission.removes);
        let CopyAnswer::Copied { copied } = desk.copy(true, &submission.shown) else { panic!("it was not copied") };
        assert_eq!((copied.removed, desk.target("old.py").exists()), (1, false));
    }

    #[test]
    fn only_the_script_that_was_shown_is_run() {
        let desk = Desk::new();
        desk.copy(false, &desk.look(false).shown);
        let checkout = Checkout::recognise(&desk.aisoc()).unwrap();
        let shown = script(&checkout).unwrap().shown;
        desk.write("clone/scripts/build_marketplace.py", "open('ran', 'w') # another one\n");
        let answer = run(&desk.plugin(), &desk.record, &desk.aisoc(), &shown, &Task::unwatched()).unwrap();
        let ScriptAnswer::Stale { script } = answer else { panic!("a script was run that nobody saw") };
        assert!(!desk.aisoc().join("ran").exists());

        // It makes no index, which is said.
        let answer = run(&desk.plugin(), &desk.record, &desk.aisoc(), &script.shown, &Task::unwatched()).unwrap();
        let ScriptAnswer::Ran { built } = answer else { panic!("the script that was shown was not run") };
        assert!(desk.aisoc().join("ran").exists());
        assert!(!built.clean && built.item == "missing" && !built.problems.is_empty(), "{built:?}");
    }
}
