//! The pull request of a submission: its patch as Git applies it, beside what the printed commands commit, and its texts.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod clone;
mod sample;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output};

use aisoc_publisher_core::checkout::script::ScriptReport;
use aisoc_publisher_core::checkout::{Base, COMMUNITY, Notice, Options, Submission};
use aisoc_publisher_core::entry;
use aisoc_publisher_core::files::RelPath;
use aisoc_publisher_core::pull_request::{Kit, SubmissionRequest};
use aisoc_publisher_core::shell;
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::{Code, Explain};
use clone::{
    ID, MANIFEST, apply, clone, clone_of, commit, git, plan, plan_with, plugin, python, run_commands, sign, variant,
};
use sample::{key, key_id, snapshot, write};
use tempfile::TempDir;

fn kit(submission: &Submission, written: bool, report: Option<&ScriptReport>) -> Kit {
    let request = SubmissionRequest { submission, entry: None, written, report };
    Kit::of_submission(&request, &Task::unwatched()).unwrap()
}

fn build(submission: &Submission) -> ScriptReport {
    let report = submission.checkout().script(&python().1).unwrap().run(submission, &Task::unwatched()).unwrap();
    assert!(report.is_clean(), "{:?}", report.problems());
    report
}

/// Applies a patch to a clone, as reviewers would; returns the tree that Git has staged then.
fn patched(clone: &TempDir, patch: &[u8]) -> String {
    let out = tempfile::tempdir().unwrap();
    let path = write(out.path(), "change.patch", patch);
    let path = path.to_str().unwrap();
    git(clone.path(), &["apply", "--check", "--index", path]);
    git(clone.path(), &["apply", "--index", "--whitespace=nowarn", path]);
    tree(clone.path())
}

/// The tree that is staged: every name, mode and byte.
fn tree(clone: &Path) -> String {
    said(clone, &["write-tree"])
}

fn said(clone: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").args(arguments).current_dir(clone).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A plugin of which the clone has an older release, with files of every kind that a newer one changes or takes away.
fn older_release(clone: &TempDir, plugin: &TempDir) -> Options {
    apply(clone.path(), plugin.path());
    let target = clone.path().join(COMMUNITY).join(ID);
    let random: Vec<u8> = (0..3000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    write(&target, "old.py", "x = 1\nlast line");
    write(&target, "old/binary.py", &random);
    write(&target, "old/empty.py", "");
    write(&target, "logo.png", &random);
    fs::write(target.join(OsStr::from_bytes(b"not-\xff-unicode.py")), "x = 1\n").unwrap();
    symlink("plugin.py", target.join("link.py")).unwrap();
    fs::set_permissions(target.join("old.py"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(target.join("plugin.py"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(target.join("LICENSE-MIT"), fs::Permissions::from_mode(0o755)).unwrap();
    write(&target, "kept.txt", "stays\n");
    commit(clone.path());

    write(plugin.path(), "plugin.yaml", MANIFEST.replace("1.0.0\nplugin_type", "1.1.0\nplugin_type"));
    write(plugin.path(), "plugin.py", "class Plugin:\n    more = True\n");
    write(plugin.path(), "logo.png", random.iter().rev().copied().collect::<Vec<_>>());
    write(plugin.path(), "new/größe.py", "x = 1\n");
    sign(plugin.path());
    Options { include: vec![RelPath::from_path(Path::new("logo.png")).unwrap()], remove: true }
}

/// In both the script builds the index, which has the time of its making in it: the clone's is taken for both.
#[test]
fn the_patch_is_what_the_commands_commit() {
    for is_new in [true, false] {
        let (clone, plugin) = (clone("three-copies"), plugin());
        let options = if is_new { Options::default() } else { older_release(&clone, &plugin) };
        let reviewer = clone_of(&clone);
        let submission = plan_with(clone.path(), plugin.path(), &options).unwrap();
        assert_eq!(submission.is_update(), !is_new);
        let before = snapshot(clone.path());
        let planned = kit(&submission, false, None);
        assert_eq!(snapshot(clone.path()), before);
        submission.apply(&Task::unwatched()).unwrap();
        let report = build(&submission);
        let built = kit(&submission, true, Some(&report));
        // A second look, after an earlier copy, has the same to say.
        let again = plan_with(clone.path(), plugin.path(), &options).unwrap();
        assert!(again.is_applied());
        assert_eq!(kit(&again, true, None).patch, planned.patch);
        let again = kit(&again, true, Some(&build(&again)));
        assert_eq!((&again.title, &again.branch, &again.body), (&built.title, &built.branch, &built.body));
        assert_ne!(again.patch, built.patch, "`generated` is another time");

        run_commands(&submission, Path::new("/dev/null"));
        assert_eq!(
            patched(&reviewer, &again.patch),
            said(clone.path(), &["rev-parse", "HEAD^{tree}"]),
            "new: {is_new}"
        );
        let subject = said(clone.path(), &["log", "-1", "--format=%s"]);
        let version = if is_new { "add community-zoe-lookup 1.0.0" } else { "update community-zoe-lookup 1.1.0" };
        assert_eq!(subject, format!("feat(plugins): {version}"));
        assert_eq!((&built.title, built.commit_message.lines().next()), (&subject, Some(subject.as_str())));
        assert_eq!(said(clone.path(), &["branch", "--show-current"]), built.branch);
    }
}

/// The steps are followed to the letter, in a clone of their own.
#[test]
fn the_steps_lead_to_the_same_commit() {
    for (written, built) in [(false, false), (true, false), (true, true)] {
        let (clone, plugin) = (clone(""), plugin());
        let options = older_release(&clone, &plugin);
        let submission = plan_with(clone.path(), plugin.path(), &options).unwrap();
        let report = written.then(|| submission.apply(&Task::unwatched()).unwrap()).filter(|_| built);
        let report = report.map(|_| build(&submission));
        let out = tempfile::tempdir().unwrap();
        let place = out.path().join("kit");
        kit(&submission, written, report.as_ref()).save(&place).unwrap();
        let steps = fs::read_to_string(place.join("steps.txt")).unwrap();
        let scripts = steps.matches("python3 scripts/build_marketplace.py").count();
        assert_eq!(scripts, usize::from(!built), "{steps}");
        let block = steps.split("\n\n").find(|block| block.starts_with("cd ")).unwrap();
        // All but what goes to a forge, and this program's own look.
        let foreign = |line: &&str| !line.starts_with("git push ") && !line.starts_with("aisoc-publisher ");
        let mut commands: Vec<_> = block.lines().filter(foreign).collect();
        assert_eq!(block.lines().count(), commands.len() + 2, "{steps}");
        // The last of them is followed by those.
        let last = commands.pop().unwrap();
        commands.push(last.strip_suffix(" &&").unwrap());
        let who = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
        let output = Command::new("sh")
            .args(["-c", &commands.join("\n")])
            .current_dir(out.path())
            .env("PATH", python().1)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .envs(who.map(|name| (name, "nobody@example.org")))
            .output()
            .unwrap();
        assert!(output.status.success(), "{steps}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(said(clone.path(), &["status", "--porcelain"]), "", "{steps}");
        let message = said(clone.path(), &["log", "-1", "--format=%B"]);
        assert!(message.starts_with("feat(plugins): update community-zoe-lookup 1.1.0\n\n"), "{message}");
        assert!(message.contains(&key().public().fingerprint().to_string()), "{message}");
        assert!(said(clone.path(), &["show", "HEAD:marketplace/index.json"]).contains("\"version\": \"1.1.0\""));
        let fresh = plan(clone_of(&clone).path(), plugin.path()).unwrap();
        assert!(fresh.surplus.is_empty() && fresh.gone.is_empty() && fresh.is_update());
    }
}

/// The commands of a submission in one piece, as they are pasted.
fn paste(submission: &Submission, is_built: bool) -> Output {
    let mut commands = submission.git_commands(is_built);
    assert_eq!(commands.pop().unwrap(), format!("aisoc-publisher verify --committed {COMMUNITY}/{ID}"));
    let who = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
    let mut shell = Command::new("sh");
    shell.args(["-c", &shell::chained(&commands).join("\n")]).current_dir(&submission.checkout().root);
    shell.env("PATH", python().1).env("PYTHONDONTWRITEBYTECODE", "1");
    shell.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    shell.envs(who.map(|name| (name, "nobody@example.org"))).output().unwrap()
}

/// A submission whose script this program did not run, then another try, then a reviewer's wish.
#[test]
fn what_is_pasted_builds_the_index_and_stops_at_a_branch_that_is_there() {
    let (first, plugin) = (clone("three-copies"), plugin());
    let clone = clone_of(&first);
    let main = said(clone.path(), &["branch", "--show-current"]);
    let codes = |submission: &Submission| -> Vec<_> { submission.notices.iter().map(Explain::code).collect() };
    let (submission, _) = apply(clone.path(), plugin.path());
    assert_eq!(submission.base_branch(), Some(main.as_str()));
    assert!(!codes(&submission).contains(&Code::CheckoutBranch));
    let output = paste(&submission, false);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said(clone.path(), &["show", "HEAD:marketplace/index.json"]).contains(ID));
    assert_eq!(said(clone.path(), &["status", "--porcelain"]), "");
    let head = said(clone.path(), &["rev-parse", "HEAD"]);

    // All of it is in the commit; a script that ran once more changed the time of its making alone.
    let again = plan(clone.path(), plugin.path()).unwrap();
    let request = |report| SubmissionRequest { submission: &again, entry: None, written: true, report };
    assert_eq!(again.is_in_commit(&Task::unwatched()).unwrap(), Some(head.clone()));
    let report = build(&again);
    for report in [None, Some(&report)] {
        let error = Kit::of_submission(&request(report), &Task::unwatched()).unwrap_err();
        assert_eq!(error.code(), Code::IndexSame);
        assert!(error.to_string().starts_with("there is nothing to ask for: "), "{error}");
    }
    git(clone.path(), &["checkout", "--quiet", "--", "."]);

    // A reviewer's wish, on the submission's own branch: no new one is begun.
    write(plugin.path(), "plugin.py", "class Plugin:\n    wish = True\n");
    sign(plugin.path());
    let (wish, _) = apply(clone.path(), plugin.path());
    assert!(!codes(&wish).contains(&Code::CheckoutBranch), "{:?}", wish.notices);
    assert_eq!(wish.is_in_commit(&Task::unwatched()).unwrap(), None);
    assert!(paste(&wish, false).status.success());
    assert_eq!(said(clone.path(), &["rev-parse", "HEAD~"]), head);

    // From the default branch, in a clone that has the branch, loose or packed: nothing after the first command is run.
    for pack in [false, true] {
        git(clone.path(), &["switch", "--quiet", &main]);
        if pack {
            git(clone.path(), &["pack-refs", "--all"]);
        }
        let (taken, _) = apply(clone.path(), plugin.path());
        let branch = taken.branch();
        assert!(taken.notices.contains(&Notice::BranchTaken { branch }), "{:?}", taken.notices);
        let before = said(clone.path(), &["rev-parse", "HEAD"]);
        let output = paste(&taken, false);
        assert!(!output.status.success());
        assert_eq!(said(clone.path(), &["rev-parse", "HEAD"]), before);
        assert_eq!(said(clone.path(), &["diff", "--cached", "--name-only"]), "");
        fs::remove_dir_all(taken.target).unwrap();
    }

    // The next version, from the last one's branch.
    git(clone.path(), &["switch", "--quiet", &submission.branch()]);
    write(plugin.path(), "plugin.yaml", MANIFEST.replace("1.0.0\nplugin_type", "1.1.0\nplugin_type"));
    sign(plugin.path());
    let next = plan(clone.path(), plugin.path()).unwrap();
    let expected = Notice::OtherBranch { branch: Some(submission.branch()), default: main };
    assert!(next.notices.contains(&expected), "{:?}", next.notices);
    // A branch at the very commit that everybody has is as good as the default one.
    git(clone.path(), &["switch", "--quiet", "-c", "mine", "origin/HEAD"]);
    assert!(!codes(&plan(clone.path(), plugin.path()).unwrap()).contains(&Code::CheckoutBranch));
}

/// A downloaded archive: the patch begins with what lay there.
#[test]
fn without_a_commit_the_folder_is_what_the_patch_begins_with() {
    let (clone, plugin) = (clone("three-copies"), plugin());
    let options = older_release(&clone, &plugin);
    // One copy of the index that is not as the others.
    write(clone.path(), "apps/web/public/marketplace/index.json", "{}\n");
    commit(clone.path());
    let reviewer = clone_of(&clone);
    fs::rename(clone.path().join(".git"), clone.path().join(".hidden")).unwrap();
    let submission = plan_with(clone.path(), plugin.path(), &options).unwrap();
    assert_eq!(submission.base(), Base::Folder);
    let planned = submission.patch(None, &Task::unwatched()).unwrap();
    submission.apply(&Task::unwatched()).unwrap();
    let report = build(&submission);
    let built = kit(&submission, true, Some(&report));
    assert!(built.patch.starts_with(&planned));
    fs::rename(clone.path().join(".hidden"), clone.path().join(".git")).unwrap();
    git(clone.path(), &["add", "--all"]);
    assert_eq!(patched(&reviewer, &built.patch), tree(clone.path()));
}

#[test]
fn the_texts_say_what_the_index_gets() {
    let (clone, plugin) = (clone("sha256"), plugin());
    let submission = plan(clone.path(), plugin.path()).unwrap();
    let planned = kit(&submission, false, None);
    let names: Vec<_> = planned.files().into_iter().map(|(name, _)| name.to_owned()).collect();
    assert!(names.contains(&"item.json".to_owned()) && names.contains(&"change.patch".to_owned()), "{names:?}");
    submission.apply(&Task::unwatched()).unwrap();
    let report = build(&submission);
    let built = kit(&submission, true, Some(&report));
    // What the script made is what was expected of it, in its order, and what only newer scripts add.
    let index: serde_json::Value =
        serde_json::from_slice(&fs::read(clone.path().join("marketplace/index.json")).unwrap()).unwrap();
    let items = index["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["id"] == ID).unwrap();
    let (expected, made) = (planned.entry.trim_end(), built.entry.trim_end());
    assert_eq!(serde_json::from_str::<serde_json::Value>(made).unwrap(), *item);
    assert!(made.starts_with(expected.strip_suffix("\n}").unwrap()), "{expected}\n{made}");
    assert!(made.contains("\"author\": \"Zo\\u00eb\"") && made.contains("\"sha256\": \""), "{made}");
    let text = fs::read_to_string(clone.path().join("marketplace/index.json")).unwrap();
    let indented: Vec<_> = made.lines().map(|line| format!("    {line}")).collect();
    assert!(text.contains(&indented.join("\n")), "it is the very text of the index");
    assert!(built.body.contains(made) && built.body.contains("It was added, and no other item changed."));
    for part in
        [&submission.digest.to_string(), "| `strict` | loads, `verified` |", "Looks things up.", &built.check_script]
    {
        assert!(built.body.contains(part), "{part}:\n{}", built.body);
    }
    for place in [plugin.path(), clone.path()] {
        assert!(!built.body.contains(place.to_str().unwrap()), "where folders lie is nobody's business");
    }

    // With an entry of the author's, that is shown.
    let options = entry::Options {
        url: Some("https://example.org/lookup".to_owned()),
        install: Some("pip install lookup".to_owned()),
        ..entry::Options::default()
    };
    let prepared =
        entry::prepare(plugin.path(), &key_id(), Some(key().public()), &options, &Task::unwatched()).unwrap();
    let request = SubmissionRequest {
        submission: &submission,
        entry: Some(&prepared.entry),
        written: true,
        report: Some(&report),
    };
    let kit = Kit::of_submission(&request, &Task::unwatched()).unwrap();
    assert_eq!(kit.entry, prepared.entry.to_json() + "\n");
    assert!(kit.body.contains("## The entry\n") && !kit.body.contains("mitre_techniques"));
    assert!(kit.files().iter().any(|(name, _)| *name == "entry.json"));
    assert_eq!((&kit.branch, &kit.title, &kit.patch), (&built.branch, &built.title, &built.patch));
}

#[test]
fn there_is_no_pull_request_of_what_is_not_ready() {
    let (clone, plugin) = (clone(""), plugin());
    let code = |submission: &Submission, report: Option<&ScriptReport>| {
        let request = SubmissionRequest { submission, entry: None, written: false, report };
        Kit::of_submission(&request, &Task::unwatched()).unwrap_err().code()
    };
    let (submission, _) = apply(clone.path(), plugin.path());
    variant(clone.path(), "other-item");
    let report = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    assert_eq!(code(&submission, Some(&report)), Code::EntryUnverified);
    for attributes in ["*.py text eol=crlf\n", "*.py filter=x\n"] {
        write(clone.path(), ".gitattributes", attributes);
        assert_eq!(code(&plan(clone.path(), plugin.path()).unwrap(), None), Code::EntryUnverified, "{attributes}");
    }
    fs::remove_file(clone.path().join(".gitattributes")).unwrap();
    write(&clone.path().join(COMMUNITY).join(ID), "old.py", "x = 1\n");
    assert_eq!(code(&plan(clone.path(), plugin.path()).unwrap(), None), Code::EntryUnverified);
    // The plugin became another one after it was looked at.
    write(plugin.path(), "plugin.py", "class Plugin: ...\n");
    assert_eq!(code(&submission, None), Code::EditOutdated);
    // The commit that the patch begins with is not there any more.
    let gone = clone_of(&clone);
    sign(plugin.path());
    let submission = plan(gone.path(), plugin.path()).unwrap();
    fs::remove_dir_all(gone.path().join(".git")).unwrap();
    assert_eq!(code(&submission, None), Code::NoRepository);
    // A submodule has no lines.
    let sub = clone_of(&clone);
    let target = format!("{COMMUNITY}/{ID}/sub.py");
    let head = said(sub.path(), &["rev-parse", "HEAD"]);
    git(sub.path(), &["update-index", "--add", "--cacheinfo", &format!("160000,{head},{target}")]);
    git(sub.path(), &["commit", "--quiet", "-m", "a submodule"]);
    let submission = plan(sub.path(), plugin.path()).unwrap();
    assert_eq!(code(&submission, None), Code::BadPath);
}
