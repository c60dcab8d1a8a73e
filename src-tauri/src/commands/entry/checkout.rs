//! The plugin's way into AiSOC's own repository, through a local clone: the files first, then the clone's script.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aisoc_publisher_core::checkout::script::ScriptPlan;
use aisoc_publisher_core::checkout::{self, Checkout, FileState, Options, Submission};
use aisoc_publisher_core::digest::Digest;
use aisoc_publisher_core::recents::Goal;
use aisoc_publisher_core::records::Record;
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::{Code, Explain as _};
use tauri::{Runtime, WebviewWindow};

use super::pull_request;
use crate::commands::{Answer, Here};
use crate::dialog;
use crate::state::Shell;
use crate::view::{
    self, ChosenFolder, Copied, CopyAnswer, Failure, FolderHandle, IndexBuilt, IndexScript, KeyHandle, OfferedEdit,
    Operation, ScriptAnswer, SubmissionWish, shown,
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
            let root = Checkout::recognise(&path).map_err(|error| refused(&error, None))?.root;
            Ok(Some(ChosenFolder { folder: shell.give_clone(&root)?, place: shown(&root) }))
        })
        .await
}

/// Looks at what a submission would do to the clone, and writes nothing.
#[tauri::command]
pub(crate) async fn plan_submission(
    shell: Here<'_>,
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    checkout: FolderHandle,
    wish: SubmissionWish,
) -> Answer<view::Submission> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (dir, clone) = (shell.folder(&folder)?, shell.clone_of(&checkout)?);
            let submission = plan(&dir, &shell.living_key(&key)?, &clone, &wish, &long.task)?;
            let mend = offer(shell, &folder, &dir, &submission)?;
            Ok(view::Submission { mend, ..seen(&submission, &dir, &wish) })
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
    wish: SubmissionWish,
    shown: String,
) -> Answer<CopyAnswer> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (dir, clone) = (shell.folder(&folder)?, shell.clone_of(&checkout)?);
            copy(shell, &dir, &shell.living_key(&key)?, &clone, &wish, &shown, &long.task)
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
    wish: SubmissionWish,
    shown: String,
) -> Answer<ScriptAnswer> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (dir, clone) = (shell.folder(&folder)?, shell.clone_of(&checkout)?);
            run(shell, &dir, &shell.living_key(&key)?, &clone, &wish, &shown, &long.task)
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

fn plan(
    dir: &Path,
    record: &Record,
    clone: &Path,
    wish: &SubmissionWish,
    task: &Task<'_>,
) -> Result<Submission, Failure> {
    let options = Options { include: wish.include.clone(), remove: wish.remove };
    let checkout = Checkout::recognise(clone).map_err(|error| refused(&error, Some(dir)))?;
    // It was chosen without links on the way.
    if checkout.root != clone {
        let (was, now) = (shown(clone), shown(&checkout.root));
        let message = format!("the clone `{was}` is reached by a link now, which leads to `{now}`");
        return Err(Failure::own("not-a-checkout", message).with_hint(CHOOSE_AGAIN));
    }
    let planned = checkout.plan(dir, &record.key_id, &record.spki, &options, task);
    planned.map_err(|error| refused(&error, Some(dir)))
}

const CHOOSE_AGAIN: &str =
    "Choose the folder of your clone, with “Change…”. For an index that is no clone's, choose “Another index”";

/// Says why it cannot be done, with the way out that this window has.
fn refused(error: &checkout::Error, dir: Option<&Path>) -> Failure {
    let failure = Failure::of(error, dir);
    match error {
        checkout::Error::NotACheckout { .. } => failure.with_hint(CHOOSE_AGAIN),
        checkout::Error::Changed { .. } => failure.with_hint("Look again; what is there then can be copied"),
        _ => failure,
    }
}

fn copy(
    shell: &Shell,
    dir: &Path,
    record: &Record,
    clone: &Path,
    wish: &SubmissionWish,
    shown: &str,
    task: &Task<'_>,
) -> Result<CopyAnswer, Failure> {
    let stale = |submission: &Submission| CopyAnswer::Stale { submission: Box::new(seen(submission, dir, wish)) };
    let submission = plan(dir, record, clone, wish, task)?;
    if name(&submission, wish) != shown {
        return Ok(stale(&submission));
    }
    match submission.apply(task) {
        Ok(applied) => {
            let script = script(shell, submission.checkout());
            // Where it may not be committed, the notices say why.
            let kit =
                submission.is_ready().then(|| pull_request::of_submission(shell, dir, &submission, None)).transpose();
            Ok(CopyAnswer::Copied {
                copied: Box::new(Copied::of(&applied, script, submission.git_commands(false), kit)),
            })
        }
        // In the moment since it was looked at.
        Err(checkout::Error::Changed { .. }) => Ok(stale(&plan(dir, record, clone, wish, task)?)),
        Err(error) => Err(refused(&error, None)),
    }
}

fn run(
    shell: &Shell,
    dir: &Path,
    record: &Record,
    clone: &Path,
    wish: &SubmissionWish,
    shown: &str,
    task: &Task<'_>,
) -> Result<ScriptAnswer, Failure> {
    let agreed = shell.script(shown)?;
    let submission = plan(dir, record, clone, wish, task)?;
    let plan = script_plan(submission.checkout())?;
    if script_name(&plan) != agreed {
        return Ok(ScriptAnswer::Stale { script: given(shell, &plan)? });
    }
    let report = plan.run(&submission, task).map_err(|error| {
        let failure = Failure::of(&error, None);
        match error.code() {
            Code::EditOutdated => failure.with_hint("Look again: what is there then can be copied and run"),
            _ => failure,
        }
    })?;
    let ready = submission.is_ready() && report.is_clean();
    let kit = ready.then(|| pull_request::of_submission(shell, dir, &submission, Some(&report))).transpose();
    // The script may have made a copy of the index that was not there before.
    let commands = if ready { submission.git_commands(true) } else { Vec::new() };
    Ok(ScriptAnswer::Ran { built: Box::new(IndexBuilt::of(&report, commands, kit)) })
}

fn script(shell: &Shell, checkout: &Checkout) -> Result<IndexScript, Failure> {
    script_plan(checkout).and_then(|plan| given(shell, &plan))
}

/// Writes a plan as it is shown, under a name that agrees to it.
fn given(shell: &Shell, plan: &ScriptPlan) -> Result<IndexScript, Failure> {
    Ok(IndexScript::of(plan, shell.give_script(&script_name(plan))?))
}

fn script_plan(checkout: &Checkout) -> Result<ScriptPlan, Failure> {
    let search = std::env::var_os("PATH").unwrap_or_default();
    checkout.script(&search).map_err(|error| Failure::of(&error, None))
}

/// Offers the change of the plugin that is shown after which a fresh clone may verify, where there is one.
fn offer(
    shell: &Shell,
    folder: &FolderHandle,
    dir: &Path,
    submission: &Submission,
) -> Result<Option<OfferedEdit>, Failure> {
    let Some(edit) = submission.mend() else { return Ok(None) };
    let name = shell.shown(folder, |shown| shown.offered.offer(edit.clone())).transpose().map_err(Failure::internal)?;
    Ok(name.and_then(|name| OfferedEdit::alone(&edit, name, dir)))
}

/// Writes a submission of the plugin in `dir` as it is shown.
fn seen(submission: &Submission, dir: &Path, wish: &SubmissionWish) -> view::Submission {
    view::Submission::of(submission, dir, wish.remove, name(submission, wish))
}

/// Names a submission by what was wished, by all that it writes and removes, and by what is there before.
fn name(submission: &Submission, wish: &SubmissionWish) -> String {
    let mut bytes = vec![u8::from(wish.remove)];
    bytes.extend_from_slice(&wish.include.len().to_be_bytes());
    let mut add = |part: &[u8]| bytes.extend_from_slice(Digest::of(part).as_bytes());
    for path in &wish.include {
        add(path.to_string().as_bytes());
    }
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
    for path in submission.surplus.iter().chain(&submission.gone).chain(&submission.kept) {
        add(path.to_string().as_bytes());
    }
    // What it was judged to be.
    add(if submission.is_ready() { b"ready" } else { b"not ready" });
    for notice in &submission.notices {
        add(notice.to_string().as_bytes());
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

    use aisoc_publisher_core::data_folder::DataFolder;
    use aisoc_publisher_core::key::SecretKey;
    use aisoc_publisher_core::records::Kept;
    use aisoc_publisher_core::sign::Plan;

    use super::*;
    use crate::view::{SubmittedRole, SubmittedState, Unfit};

    const ID: &str = "community-zoe-lookup";
    const NOTHING: SubmissionWish = SubmissionWish { remove: false, include: Vec::new() };
    const REMOVE: SubmissionWish = SubmissionWish { remove: true, include: Vec::new() };

    /// A signed plugin and a clone beside it, whose script leaves a mark when it runs.
    struct Desk {
        root: tempfile::TempDir,
        record: Record,
        shell: Shell,
    }

    impl Desk {
        fn new() -> Self {
            let secret = SecretKey::generate().unwrap();
            let record = Record::of_new_key("myorg-prod".parse().unwrap(), secret.public(), Kept::File);
            let root = tempfile::tempdir().unwrap();
            let shell = Shell::at(DataFolder::at(root.path().join("data")), None);
            let desk = Self { root, record, shell };
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
        fn look(&self, wish: &SubmissionWish) -> view::Submission {
            let submission = plan(&self.plugin(), &self.record, &self.aisoc(), wish, &Task::unwatched()).unwrap();
            seen(&submission, &self.plugin(), wish)
        }

        fn copy(&self, wish: &SubmissionWish, shown: &str) -> CopyAnswer {
            let task = Task::unwatched();
            copy(&self.shell, &self.plugin(), &self.record, &self.aisoc(), wish, shown, &task).unwrap()
        }

        fn run(&self, shown: &str) -> ScriptAnswer {
            let task = Task::unwatched();
            run(&self.shell, &self.plugin(), &self.record, &self.aisoc(), &NOTHING, shown, &task).unwrap()
        }
    }

    #[test]
    fn only_what_was_shown_is_copied() {
        let desk = Desk::new();
        let first = desk.look(&NOTHING);
        let item: serde_json::Value = serde_json::from_str(first.item.as_deref().unwrap()).unwrap();
        assert_eq!(item["path"], format!("plugins/community/{ID}/plugin.yaml"));
        assert!(first.files.iter().all(|file| file.state == SubmittedState::New) && !first.applied, "{first:?}");

        // Somebody else puts something there meanwhile.
        desk.write(&format!("clone/plugins/community/{ID}/plugin.py"), "pass\n");
        let CopyAnswer::Stale { submission } = desk.copy(&NOTHING, &first.shown) else {
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

        let CopyAnswer::Copied { copied } = desk.copy(&NOTHING, &submission.shown) else {
            panic!("what was shown was not copied");
        };
        assert_eq!((copied.written, copied.removed), (3, 0));
        for name in ["plugin.yaml", "plugin.py", "plugin.sig"] {
            assert_eq!(fs::read(desk.target(name)).unwrap(), fs::read(desk.plugin().join(name)).unwrap(), "{name}");
        }
        assert!(!desk.aisoc().join("ran").exists());
        assert!(desk.look(&NOTHING).applied);

        // The pull request says what the commands do.
        let request = copied.pull_request.unwrap();
        let commands = copied.commands.join("\n");
        let start = format!("git switch -c {}\npython3 scripts/build_marketplace.py\n", request.branch);
        assert!(commands.starts_with(&start), "{commands}");
        assert!(commands.contains(&format!("git commit -s -m '{}'\n", request.title)), "{commands}");
        let kit = desk.shell.kit(&request.kit).unwrap();
        assert!(String::from_utf8_lossy(&kit.patch).contains("+class Plugin:\n"));
        assert!(copied.no_pull_request.is_none());
    }

    #[test]
    fn a_removal_that_was_not_shown_is_not_made() {
        let desk = Desk::new();
        desk.write(&format!("clone/plugins/community/{ID}/old.py"), "pass\n");
        let kept = desk.look(&NOTHING);
        assert_eq!((kept.surplus.as_slice(), kept.removes), (["old.py".to_owned()].as_slice(), false));
        let CopyAnswer::Stale { submission } = desk.copy(&REMOVE, &kept.shown) else { panic!("it was removed unseen") };
        assert!(desk.target("old.py").exists() && submission.removes);
        let CopyAnswer::Copied { copied } = desk.copy(&REMOVE, &submission.shown) else { panic!("it was not copied") };
        assert_eq!((copied.removed, desk.target("old.py").exists()), (1, false));
    }

    #[test]
    fn a_file_goes_along_when_it_is_chosen() {
        let desk = Desk::new();
        desk.write("clone/.gitattributes", "*.py text eol=crlf\n");
        desk.write("plugin/.gitattributes", "* -text -filter -ident !working-tree-encoding\n");
        desk.write("plugin/notes.txt", "mine\n");
        #[cfg(unix)]
        std::os::unix::fs::symlink("notes.txt", desk.plugin().join("link.txt")).unwrap();
        let verifies = |seen: &view::Submission| seen.fresh_clone.as_ref().is_some_and(|verdicts| verdicts[0].loads);

        let alone = desk.look(&NOTHING);
        let findings: Vec<_> = alone.findings.iter().map(|finding| &*finding.code).collect();
        // Other findings, such as of the manifest's fields, are answers of the reviewers' list.
        assert_eq!(findings, ["entry-field-missing"; 3]);
        assert!(!verifies(&alone), "{alone:?}");
        let asked = alone.notices.iter().find(|notice| notice.what.code == "git-crlf").unwrap();
        assert!(asked.breaks && asked.include == [".gitattributes"], "{asked:?}");
        let stays: Vec<_> = alone.left_out.iter().map(|file| (&*file.path, file.size, file.unfit)).collect();
        let mut expected = vec![(".gitattributes", Some(46), None)];
        expected.extend(cfg!(unix).then_some(("link.txt", Some(5), Some(Unfit::Link))));
        expected.push(("notes.txt", Some(5), None));
        assert_eq!(stays, expected);

        let wish: SubmissionWish =
            serde_json::from_value(serde_json::json!({ "remove": false, "include": [".gitattributes"] })).unwrap();
        let chosen = desk.look(&wish);
        assert!(verifies(&chosen), "{chosen:?}");
        let included: Vec<_> = chosen.files.iter().filter(|file| file.role == SubmittedRole::Included).collect();
        assert_eq!(included.iter().map(|file| &*file.path).collect::<Vec<_>>(), [".gitattributes"]);
        assert!(chosen.left_out.iter().all(|file| file.path != ".gitattributes"));

        let CopyAnswer::Stale { .. } = desk.copy(&wish, &alone.shown) else { panic!("it was copied unseen") };
        assert!(!desk.target("").exists());
        let CopyAnswer::Copied { copied } = desk.copy(&wish, &chosen.shown) else { panic!("it was not copied") };
        assert_eq!((copied.written, desk.target(".gitattributes").exists()), (4, true));
        assert!(!desk.target("notes.txt").exists());
    }

    #[test]
    fn only_the_script_that_was_shown_is_run() {
        let desk = Desk::new();
        desk.copy(&NOTHING, &desk.look(&NOTHING).shown);
        let checkout = Checkout::recognise(&desk.aisoc()).unwrap();
        let shown = script(&desk.shell, &checkout).unwrap().shown;
        // Nobody agrees to a script that was never shown, even where its name can be worked out.
        let plan = script_plan(&checkout).unwrap();
        let task = Task::unwatched();
        let unseen =
            run(&desk.shell, &desk.plugin(), &desk.record, &desk.aisoc(), &NOTHING, &script_name(&plan), &task);
        assert_eq!(unseen.unwrap_err().code, "unknown-handle");
        desk.write("clone/scripts/build_marketplace.py", "open('ran', 'w') # another one\n");
        let answer = desk.run(&shown);
        let ScriptAnswer::Stale { script } = answer else { panic!("a script was run that nobody saw") };
        assert!(!desk.aisoc().join("ran").exists());

        // It makes no index, which is said.
        let answer = desk.run(&script.shown);
        let ScriptAnswer::Ran { built } = answer else { panic!("the script that was shown was not run") };
        assert!(desk.aisoc().join("ran").exists());
        assert!(!built.clean && built.item == "missing" && !built.problems.is_empty(), "{built:?}");
        assert!(built.pull_request.is_none() && built.commands.is_empty());
    }

    #[test]
    #[cfg(unix)]
    fn a_clone_that_became_a_link_is_not_followed() {
        let desk = Desk::new();
        let moved = desk.root.path().join("moved");
        fs::rename(desk.aisoc(), &moved).unwrap();
        std::os::unix::fs::symlink(&moved, desk.aisoc()).unwrap();
        let refused = plan(&desk.plugin(), &desk.record, &desk.aisoc(), &NOTHING, &Task::unwatched()).unwrap_err();
        assert_eq!(refused.code, "not-a-checkout");
        assert!(refused.message.contains("is reached by a link now"), "{}", refused.message);
    }

    #[test]
    fn only_a_folder_that_was_chosen_as_a_clone_is_one() {
        let desk = Desk::new();
        let folder = desk.shell.give_folder(&desk.aisoc()).unwrap();
        assert_eq!(desk.shell.clone_of(&folder).unwrap_err().code, "unknown-handle");
        let clone = desk.shell.give_clone(&desk.aisoc()).unwrap();
        assert_eq!(desk.shell.clone_of(&clone).unwrap(), desk.aisoc());
    }

    #[test]
    fn what_it_was_judged_by_is_part_of_what_was_shown() {
        let desk = Desk::new();
        let first = desk.look(&NOTHING);
        desk.write("clone/.gitattributes", "*.py text eol=crlf\n");
        assert_ne!(desk.look(&NOTHING).shown, first.shown);
    }
}
