//! What to do with the files of a pull request, as plain text.

use crate::checkout::{Base, SCRIPT, Submission};

/// How a patch is applied: no setting of the user, such as `apply.whitespace`, changes bytes.
const APPLY: &str = "git apply --index --whitespace=nowarn KIT/change.patch";

/// How the commit gets its message.
const MESSAGE: &str = "-F KIT/commit-message.txt";

/// For a repository with an index that is no generated one.
pub(super) fn of_index(branch: &str, has_patch: bool) -> String {
    let apply = if has_patch { APPLY } else { "Put entry.json into the index, and say `git add` to it." };
    let steps = [format!("git switch -c {branch}"), apply.to_owned(), format!("git commit -s {MESSAGE}")];
    format!("In a clone of the repository, with KIT for the folder of this file:\n\n{}", numbered(steps, branch))
}

/// For AiSOC's own repository: in the clone that has the files, or in any clone with the patch.
pub(super) fn of_submission(submission: &Submission, is_written: bool, is_built: bool) -> String {
    let build =
        || format!("python3 {SCRIPT}\n   It is the clone's own script, which makes the index, with your rights.");
    let commands = submission.commands(MESSAGE);
    let branch = submission.branch();
    if is_written {
        let has = if is_built { "and its index is built" } else { "and its index is not built yet" };
        let mut steps = commands;
        if !is_built {
            steps.insert(1, build());
        }
        let other = match submission.base() {
            Base::Commit { id } => {
                let index = if is_built { "" } else { " without the index" };
                format!("\nchange.patch holds the same{index}, for another clone of the commit\n{id}.\n")
            }
            Base::Folder => String::new(),
        };
        let steps = numbered(steps, &branch);
        return format!(
            "The clone has the files, {has}. In it, with KIT for the folder of this file:\n\n{steps}{other}"
        );
    }
    let mut steps = vec![format!("git switch -c {branch}"), APPLY.to_owned(), build()];
    steps.push(submission.add_index());
    steps.extend(commands.into_iter().rev().take(2).rev());
    let clone = match submission.base() {
        Base::Commit { id } => format!("a clone that has the commit\n{id} checked out"),
        Base::Folder => "a clone that has what this one had".to_owned(),
    };
    let steps = numbered(steps, &branch);
    format!(
        "Nothing is written to the clone yet. In it, or in {clone}, with KIT for the folder of this file:\n\n{steps}"
    )
}

fn numbered(steps: impl IntoIterator<Item = String>, branch: &str) -> String {
    let open = "Open the pull request with title.txt as its title and body.md as its\n   text. Reviewers can run check.py, which stands in it too.";
    let last = [format!("git push -u origin {branch}"), open.to_owned()];
    let steps = steps.into_iter().chain(last).enumerate();
    steps.map(|(at, step)| format!("{}. {step}\n", at + 1)).collect()
}
