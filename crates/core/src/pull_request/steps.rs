//! What to do with the files of a pull request, as plain text.

use std::path::Path;

use crate::checkout::{self, Submission};
use crate::explain::Explain as _;
use crate::files::printable;
use crate::index::{Base, Change, Here, InRepository};
use crate::shell::{chained, quoted};

/// What stands in the text for the kit's folder until it has a name.
pub(super) const KIT: &str = "@KIT@";

/// What stands there where the name cannot be told.
pub(super) const UNKNOWN: &str = "FOLDER_OF_THIS_FILE";

/// How a patch is applied: no setting of the user, such as `apply.whitespace`, changes bytes.
const APPLY: &str = "git apply --index --whitespace=nowarn \"$KIT/change.patch\"";

/// How the commit gets its message.
const MESSAGE: &str = "-F \"$KIT/commit-message.txt\"";

/// A pull request to a repository with an index that is no generated one.
pub(super) struct Index<'a> {
    pub(super) branch: &'a str,
    /// The index's name in the patch.
    pub(super) name: &'a str,
    pub(super) place: Option<&'a InRepository>,
    /// The change that the patch is of.
    pub(super) change: Option<&'a Change>,
    /// Whether the index here has it.
    pub(super) written: bool,
}

/// For a repository with an index that is no generated one.
pub(super) fn of_index(index: &Index<'_>) -> String {
    let Index { branch, name, place, change, written } = *index;
    let mut text = String::new();
    for notice in change.map(Change::notices).unwrap_or_default() {
        let hint = notice.hint().unwrap_or_default();
        text += &format!("Before you begin: {}.\n  {}.\n", printable(&notice.to_string()), printable(&hint));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let commit = format!("git commit -s {MESSAGE}");
    let mut commands = match place {
        Some(InRepository { root, base, .. }) => {
            let shown = printable(name);
            let (said, start, apply) = match base {
                Base::Commit { id, here, .. } => {
                    let here = if *here == Here::Same && written { Here::Written } else { *here };
                    text += &format!("change.patch changes `{shown}` as the commit {id}\nhas it, ");
                    let said = match here {
                        Here::Same => {
                            "which is checked out in the clone below. Any other clone with that commit does as well."
                        }
                        Here::Written => {
                            "which is checked out in the clone below. The file there has the entry already; it\n\
                             stays as it is, and the patch goes to what Git commits. In another clone, write\n\
                             `--index` for `--cached`, so that it goes to the file, too."
                        }
                        Here::Otherwise => {
                            "which is checked out in the clone below. The file there has other changes that\n\
                             are not committed; it stays as it is, and the patch goes to what Git commits. In another\n\
                             clone, write `--index` for `--cached`, so that it goes to the file, too."
                        }
                    };
                    let apply = match here {
                        // Git takes a file that was written anew for another one until it has looked.
                        Here::Same => vec!["git update-index -q --refresh".to_owned(), APPLY.to_owned()],
                        _ => vec![APPLY.replace("--index", "--cached")],
                    };
                    (said.to_owned(), format!("git switch -c {branch} {id}"), apply)
                }
                Base::File { why } => {
                    let said = format!(
                        "change.patch changes `{shown}` as it is in the clone below. The commit there was not asked:\n{}.",
                        printable(why)
                    );
                    let add = format!("git --literal-pathspecs add -- {}", quoted(name));
                    let apply = APPLY.replace("--index ", "");
                    let apply = if written { vec![add] } else { vec![apply, add] };
                    (said, format!("git switch -c {branch}"), apply)
                }
            };
            text += &said;
            let root = path(root).unwrap_or_else(|| "PATH_OF_THE_CLONE".to_owned());
            [vec![format!("cd {root}"), start], apply].concat()
        }
        None => {
            let (said, apply) = match change {
                Some(_) => (
                    format!(
                        "The index lies in no Git work tree; change.patch calls it `{}`. PATH_OF_THE_CLONE is a clone of\n\
                         its repository, and FOLDER the index's folder in it, such as marketplace, or a dot.",
                        printable(name)
                    ),
                    APPLY.replace("nowarn", "nowarn --directory=FOLDER"),
                ),
                None => (
                    "PATH_OF_THE_CLONE is a clone of the repository. Put entry.json into its index before `git add`,\n\
                     as one of its items and where their order wants it; INDEX is that file."
                        .to_owned(),
                    "git add INDEX".to_owned(),
                ),
            };
            text += &said;
            vec!["cd PATH_OF_THE_CLONE".to_owned(), format!("git switch -c {branch}"), apply]
        }
    };
    commands.push(commit);
    page(&text, commands, branch, "entry.json is the entry alone")
}

/// For AiSOC's own repository: in the clone that has the files, or in any clone with the patch.
pub(super) fn of_submission(submission: &Submission, is_written: bool, is_built: bool) -> String {
    const BUILD: &str = "The `python3` command runs the clone's own script, which makes the index, with your rights.";
    let mut commands = submission.commands(MESSAGE, is_built);
    let branch = submission.branch();
    let root = path(&submission.checkout().root).unwrap_or_else(|| "PATH_OF_THE_CLONE".to_owned());
    let text = if is_written {
        let has = if is_built { "and its index is built" } else { "and this program has not run its script" };
        let other = match submission.base() {
            checkout::Base::Commit { id } => {
                let index = if is_built { "" } else { " without the index" };
                format!("\nchange.patch holds the same{index}, for another clone of the commit\n{id}.")
            }
            checkout::Base::Folder => String::new(),
        };
        format!("The clone below has the files, {has}.{other}")
    } else {
        let mut all = vec![submission.switch(), APPLY.to_owned(), Submission::build(), submission.add_index()];
        all.extend(commands.split_off(commands.len().saturating_sub(2)));
        commands = all;
        match submission.base() {
            checkout::Base::Commit { id } => format!(
                "Nothing is written to the clone below yet. Any other clone that has the commit\n{id} checked out does as well."
            ),
            checkout::Base::Folder => "Nothing is written to the clone below yet.".to_owned(),
        }
    };
    let text = if is_built { text } else { format!("{text}\n{BUILD}") };
    commands.insert(0, format!("cd {root}"));
    page(&text, commands, &branch, "The JSON file is what the index gets")
}

/// Writes a path for a shell; nothing where it is no Unicode.
pub(super) fn path(path: &Path) -> Option<String> {
    // Windows' own form of a path that was looked up is none that its shells take.
    path.to_str().map(|path| quoted(path.strip_prefix(r"\\?\").unwrap_or(path)))
}

/// Puts the page together: what to know, the commands in one piece for pasting, and what else there is.
fn page(text: &str, mut commands: Vec<String>, branch: &str, json: &str) -> String {
    commands.insert(1, format!("KIT={KIT}"));
    commands.push(format!("git push -u origin {branch}"));
    format!(
        "\
{text}

`-s` signs the commit off: it adds your name and address from Git's settings, which says that you may give the work away
(developercertificate.org). What is staged already goes along; `git status` shows it. `origin` stands for your own fork.
In a POSIX shell, on Windows in Git Bash; it stops at the first command that fails:

{}

Then open the pull request with title.txt as its title and body.md as its text. Reviewers can run check.py, which body.md holds too.
{json}, the .pem file the public key for operators, and branch.txt the branch's name.
",
        chained(&commands).join("\n")
    )
}
