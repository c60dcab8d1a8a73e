//! A submission to AiSOC's repository, in a small repository of our own with an index script written from the contract.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod sample;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aisoc_publisher_core::checkout::script::{self, CopyState, ItemChange, ScriptReport};
use aisoc_publisher_core::checkout::{
    Applied, COMMUNITY, Checkout, Error, FileState, Notice, Options, Role, Submission,
};
use aisoc_publisher_core::files::RelPath;
use aisoc_publisher_core::sign::Plan;
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::trusted::TrustedKeys;
use aisoc_publisher_core::verdict::{self, Status};
use aisoc_publisher_core::{Code, Explain as _};
use sample::{key, key_id, snapshot, write};
use tempfile::TempDir;

const ID: &str = "community-zoe-lookup";

const MANIFEST: &str = "\
id: community-zoe-lookup
name: Lookup
version: 1.0.0
plugin_type: enricher
description: Looks things up.
author: Zoë
tags: [lookup]
license: MIT
homepage: https://example.org/lookup
min_aisoc_version: 1.0.0
";

/// A signed plugin with this manifest, and files of every kind.
fn plugin_with(manifest: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "plugin.yaml", manifest);
    write(dir.path(), "plugin.py", "class Plugin:\n    pass\n");
    write(dir.path(), "lookup/__init__.py", "");
    write(dir.path(), "lookup/größe.py", "x = 1\ny = 2\n");
    write(dir.path(), "README.md", "# Lookup\n");
    write(dir.path(), "LICENSE-MIT", "MIT\n");
    write(dir.path(), "notes.txt", "left out\n");
    write(dir.path(), "go/main.go", "package main\n");
    write(dir.path(), ".git/HEAD", "ref: refs/heads/main\n");
    sign(dir.path());
    dir
}

fn plugin() -> TempDir {
    plugin_with(MANIFEST)
}

fn sign(dir: &Path) {
    let plan = Plan::look(dir, &Task::unwatched()).unwrap();
    plan.sign(&key_id(), &key(), None, &Task::unwatched()).unwrap();
}

fn git(folder: &Path, arguments: &[&str]) {
    let who = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
    let output = Command::new("git")
        .args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs(who.map(|name| (name, "nobody@example.org")))
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The Python that has PyYAML, and a PATH on which it is the first.
fn python() -> (PathBuf, OsString) {
    let python = PathBuf::from(std::env::var("AISOC_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned()));
    let mut folders: Vec<_> =
        python.parent().filter(|folder| folder.is_absolute()).map(Path::to_owned).into_iter().collect();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    (python, std::env::join_paths(folders).unwrap())
}

const OTHER: &str = "id: core-one\nname: One\nversion: 1.0.0\nplugin_type: widget\n";

const SCRIPT: &str = include_str!("../../../tests/checkout/build_marketplace.py");

/// A clone without Git, and with an index that lists nothing.
fn archive() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    write(dir.path(), "marketplace/index.json", r#"{"items": []}"#);
    dir
}

fn fill(root: &Path) {
    write(root, "scripts/build_marketplace.py", SCRIPT);
    write(root, "plugins/core-one/plugin.yaml", OTHER);
    write(root, "plugins/community/README.md", "Community plugins\n");
    write(root, "plugins/community/somebody/plugin.yaml", OTHER.replace("core-one", "somebody"));
    write(root, ".gitignore", "*.pyc\n__pycache__/\nvendor/\n*.pem\n");
}

/// A clone whose script is of this variant, with an index that fits, all committed.
fn clone(words: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fill(root);
    let settled: Vec<_> = words.split(' ').filter(|word| matches!(*word, "three-copies" | "sha256")).collect();
    variant(root, &settled.join(" "));
    // Such an index is made once.
    static MADE: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::new(BTreeMap::new());
    let index = MADE.lock().unwrap().entry(settled.join(" ")).or_insert_with(|| made(root)).clone();
    write(root, "marketplace/index.json", &index);
    write(root, "apps/web/public/marketplace/index.json", &index);
    if words.contains("three-copies") {
        write(root, "services/api/app/data/marketplace/index.json", &index);
    }
    variant(root, words);
    git(root, &["init", "--quiet"]);
    commit(root);
    dir
}

/// Has the script make the index.
fn made(root: &Path) -> Vec<u8> {
    let made =
        Command::new(python().0).args(["-B", "scripts/build_marketplace.py"]).current_dir(root).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    fs::read(root.join("marketplace/index.json")).unwrap()
}

fn variant(root: &Path, words: &str) {
    let words: Vec<_> = words.split(' ').filter(|word| !word.is_empty()).map(|word| format!("{word:?}")).collect();
    write(root, "scripts/variant.py", format!("WORDS = [{}]\n", words.join(", ")));
}

fn commit(root: &Path) {
    git(root, &["add", "--all"]);
    git(root, &["commit", "--quiet", "--message", "everything"]);
}

fn plan_with(clone: &Path, plugin: &Path, options: &Options) -> Result<Submission, Error> {
    let checkout = Checkout::recognise(clone)?;
    checkout.plan(plugin, &key_id(), key().public(), options, &Task::unwatched())
}

fn plan(clone: &Path, plugin: &Path) -> Result<Submission, Error> {
    plan_with(clone, plugin, &Options::default())
}

fn apply(clone: &Path, plugin: &Path) -> (Submission, Applied) {
    let submission = plan(clone, plugin).unwrap();
    let applied = submission.apply(&Task::unwatched()).unwrap();
    (submission, applied)
}

fn include(names: &[&str]) -> Options {
    let include = names.iter().map(|name| RelPath::from_path(Path::new(name)).unwrap()).collect();
    Options { include, ..Options::default() }
}

fn states(submission: &Submission) -> Vec<(String, Role, FileState)> {
    submission.files.iter().map(|file| (file.path.to_string(), file.role, file.state)).collect()
}

fn run(words: &str) -> Result<ScriptReport, script::Error> {
    let (clone, plugin) = (clone(words), plugin());
    let (submission, _) = apply(clone.path(), plugin.path());
    submission.checkout().script(&python().1)?.run(&submission, &Task::unwatched())
}

#[test]
fn a_plugin_comes_into_the_clone_and_nothing_else() {
    let (clone, plugin) = (clone(""), plugin());
    let before = snapshot(clone.path());
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert_eq!(
        states(&submission),
        [
            ("LICENSE-MIT".to_owned(), Role::Document, FileState::New),
            ("README.md".to_owned(), Role::Document, FileState::New),
            ("lookup/__init__.py".to_owned(), Role::Covered, FileState::New),
            ("lookup/größe.py".to_owned(), Role::Covered, FileState::New),
            ("plugin.py".to_owned(), Role::Covered, FileState::New),
            ("plugin.sig".to_owned(), Role::Signature, FileState::New),
            ("plugin.yaml".to_owned(), Role::Manifest, FileState::New),
        ]
    );
    let left: Vec<_> = submission.left_out.iter().map(|file| file.path.to_string()).collect();
    assert_eq!(left, ["go/main.go", "notes.txt"]);
    assert_eq!(submission.notices, [Notice::GoLeftOut]);
    assert_eq!(submission.fresh_clone.as_ref().unwrap().strict.signature_status, Some(Status::Verified));
    let diff = submission.diff();
    assert!(
        diff.contains("+++ b/plugins/community/community-zoe-lookup/plugin.py\n@@ -0,0 +1,2 @@\n+class Plugin:\n"),
        "{diff}"
    );
    assert_eq!(snapshot(clone.path()), before, "looking wrote something");

    let applied = submission.apply(&Task::unwatched()).unwrap();
    assert_eq!(applied.written.len(), 7);
    assert_eq!(applied.rehearsal.verdict.strict.signature_status, Some(Status::Verified));
    let target = clone.path().join(COMMUNITY).join(ID);
    let mut after = snapshot(clone.path());
    after.retain(|(path, _)| !path.starts_with(&target));
    assert_eq!(after, before, "something beside the plugin's folder changed");
    for file in &submission.files {
        let path = target.join(file.path.to_string());
        assert_eq!(fs::read(&path).unwrap(), fs::read(plugin.path().join(file.path.to_string())).unwrap());
    }
    let again = plan(clone.path(), plugin.path()).unwrap();
    assert!(again.is_applied() && again.diff().is_empty());
    assert!(again.apply(&Task::unwatched()).unwrap().written.is_empty());
    // The plugin may as well have been written in its place.
    assert!(plan(clone.path(), &target).unwrap().is_applied());
}

#[test]
fn a_second_release_replaces_what_changed() {
    let (clone, plugin) = (clone(""), plugin());
    apply(clone.path(), plugin.path());
    write(plugin.path(), "plugin.yaml", MANIFEST.replace("1.0.0\nplugin_type", "1.1.0\nplugin_type"));
    write(plugin.path(), "README.md", "# Lookup, once more\n");
    sign(plugin.path());
    let submission = plan(clone.path(), plugin.path()).unwrap();
    let changed: Vec<_> = states(&submission).into_iter().filter(|(.., state)| *state != FileState::Same).collect();
    assert_eq!(
        changed,
        [
            ("README.md".to_owned(), Role::Document, FileState::Changed),
            ("plugin.sig".to_owned(), Role::Signature, FileState::Changed),
            ("plugin.yaml".to_owned(), Role::Manifest, FileState::Changed),
        ]
    );
    assert!(submission.diff().contains("\n-version: 1.0.0\n+version: 1.1.0\n"));
    assert_eq!(submission.apply(&Task::unwatched()).unwrap().written.len(), 3);
    assert!(plan(clone.path(), plugin.path()).unwrap().is_applied());
}

#[test]
fn other_bytes_want_another_version() {
    let (clone, plugin) = (clone(""), plugin());
    let (submission, _) = apply(clone.path(), plugin.path());
    submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    assert!(!plan(clone.path(), plugin.path()).unwrap().notices.iter().any(|n| n.code() == Code::CheckoutNotNewer));
    write(plugin.path(), "plugin.py", "class Plugin: pass\n");
    sign(plugin.path());
    let notices = plan(clone.path(), plugin.path()).unwrap().notices;
    let (there, here) = ("1.0.0".to_owned(), "1.0.0".to_owned());
    assert!(notices.contains(&Notice::NotNewer { there, here }), "{notices:?}");
    for (version, newer) in [("0.9.9", false), ("1.0.0", false), ("1.0.1", true), ("1.0.10", true), ("2.0.0-rc1", true)]
    {
        write(
            plugin.path(),
            "plugin.yaml",
            MANIFEST.replace("version: 1.0.0\nplugin", &format!("version: {version}\nplugin")),
        );
        sign(plugin.path());
        let notices = plan(clone.path(), plugin.path()).unwrap().notices;
        assert_eq!(notices.iter().any(|n| n.code() == Code::CheckoutNotNewer), !newer, "{version}");
    }
}

#[test]
fn chosen_files_go_along() {
    let (clone, plugin) = (clone(""), plugin());
    let submission = plan_with(clone.path(), plugin.path(), &include(&["go", "notes.txt"])).unwrap();
    let chosen: Vec<_> =
        submission.files.iter().filter(|file| file.role == Role::Included).map(|file| file.path.to_string()).collect();
    assert_eq!(chosen, ["go/main.go", "notes.txt"]);
    assert!(submission.left_out.is_empty() && submission.notices.is_empty());
    for missing in ["nothing.txt", "note", "go/main"] {
        let error = plan_with(clone.path(), plugin.path(), &include(&[missing])).unwrap_err();
        assert_eq!(error.code(), Code::IncludeMissing, "{missing}");
    }
    symlink("/etc/hostname", plugin.path().join("host")).unwrap();
    symlink("/etc", plugin.path().join("README.txt")).unwrap();
    let error = plan_with(clone.path(), plugin.path(), &include(&["host"])).unwrap_err();
    assert!(matches!(error, Error::IncludeLink { .. }), "{error}");
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert!(submission.left_out.iter().any(|file| file.path.to_string() == "host"));
    assert!(submission.left_out.iter().any(|file| file.path.to_string() == "README.txt"));
}

#[test]
fn a_signed_file_behind_a_link_is_written_as_a_file() {
    let (clone, plugin) = (clone(""), plugin());
    let elsewhere = tempfile::tempdir().unwrap();
    let shared = write(elsewhere.path(), "shared.py", "shared = 1\n");
    symlink(shared, plugin.path().join("shared.py")).unwrap();
    sign(plugin.path());
    let (submission, _) = apply(clone.path(), plugin.path());
    assert!(submission.notices.contains(&Notice::LinksFollowed { paths: vec!["shared.py".to_owned()] }));
    let written = submission.target.join("shared.py");
    assert!(written.symlink_metadata().unwrap().is_file());
    assert_eq!(fs::read(written).unwrap(), b"shared = 1\n");
}

#[test]
fn secrets_and_git_folders_stay_out() {
    let (clone, plugin) = (clone(""), plugin());
    let secret = include_str!("../../../tests/data/trusted-keys/private.pem");
    write(plugin.path(), "README.md", format!("# Lookup\n{secret}"));
    let error = plan(clone.path(), plugin.path()).unwrap_err();
    assert_eq!(error.code(), Code::PrivateKeyInFolder);
    assert_eq!(error.place().unwrap().position, Some((2, 1)));
    assert!(!error.to_string().contains("MC4"));
    // What does not go along may be what it wants.
    write(plugin.path(), "README.md", "# Lookup\n");
    write(plugin.path(), "dev.pem", secret);
    assert!(plan(clone.path(), plugin.path()).is_ok());
    assert_eq!(
        plan_with(clone.path(), plugin.path(), &include(&["dev.pem"])).unwrap_err().code(),
        Code::PrivateKeyInFolder
    );
    write(plugin.path(), ".git/hooks/x.py", "x = 1\n");
    sign(plugin.path());
    assert_eq!(plan(clone.path(), plugin.path()).unwrap_err().code(), Code::FileNameInvalid);
}

#[test]
fn only_what_the_key_signed() {
    let (clone, plugin) = (clone(""), plugin());
    let before = snapshot(clone.path());
    write(plugin.path(), "plugin.py", "class Plugin: ...\n");
    assert_eq!(plan(clone.path(), plugin.path()).unwrap_err().code(), Code::EntryUnverified);
    fs::remove_file(plugin.path().join("plugin.sig")).unwrap();
    let error = plan(clone.path(), plugin.path()).unwrap_err();
    assert_eq!(error.code(), Code::EntryUnverified);
    assert!(error.to_string().contains("myorg-prod"), "{error}");
    assert_eq!(snapshot(clone.path()), before);
}

#[test]
fn what_is_no_clone() {
    let clone = clone("");
    let why = |dir: &Path| Checkout::recognise(dir).unwrap_err().to_string();
    let ends = |dir: &Path, end: &str| assert!(why(dir).ends_with(end), "{}", why(dir));
    assert!(Checkout::recognise(clone.path()).unwrap().is_work_tree);
    ends(
        &clone.path().join("plugins/community"),
        &format!("the clone is `{}`", clone.path().canonicalize().unwrap().display()),
    );
    ends(&clone.path().join("nowhere"), "there is no such folder");
    ends(&clone.path().join(".gitignore"), "there is no such folder");
    let dir = tempfile::tempdir().unwrap();
    ends(dir.path(), "it has no `plugins`, no `marketplace/index.json`, no `scripts/build_marketplace.py`");
    fs::create_dir(dir.path().join("plugins")).unwrap();
    ends(dir.path(), "an AiSOC clone: it has no `marketplace/index.json`, no `scripts/build_marketplace.py`");
    let from = clone.path().to_str().unwrap();
    git(dir.path(), &["clone", "--quiet", "--bare", from, "bare"]);
    ends(&dir.path().join("bare"), "it is a bare repository, which has no files to work on");
    git(dir.path(), &["clone", "--quiet", "--no-checkout", from, "empty"]);
    ends(&dir.path().join("empty"), "nothing is checked out in it");
    git(dir.path(), &["clone", "--quiet", "--sparse", from, "sparse"]);
    let error = Checkout::recognise(&dir.path().join("sparse")).unwrap_err();
    assert!(error.hint().unwrap().contains("git sparse-checkout disable"));
    assert_eq!(error.code(), Code::NotACheckout);
    // Those of another kind are as good as any.
    git(dir.path(), &["clone", "--quiet", "--depth=1", &format!("file://{from}"), "shallow"]);
    assert!(Checkout::recognise(&dir.path().join("shallow")).is_ok());
    git(clone.path(), &["worktree", "add", "--quiet", dir.path().join("tree").to_str().unwrap()]);
    assert!(Checkout::recognise(&dir.path().join("tree")).unwrap().is_work_tree);
    fs::remove_dir_all(clone.path().join(".git")).unwrap();
    let submission = plan(clone.path(), plugin().path()).unwrap();
    assert!(submission.notices.iter().any(|notice| matches!(notice, Notice::NoWorkTree { .. })));
}

#[test]
fn a_clone_that_lacks_files_does_not_run_its_script() {
    let (clone, plugin) = (clone(""), plugin());
    git(clone.path(), &["sparse-checkout", "set", "--no-cone", "/*", "!/plugins/core-one/"]);
    let (submission, _) = apply(clone.path(), plugin.path());
    assert!(submission.notices.contains(&Notice::Incomplete { absent: 1 }), "{:?}", submission.notices);
    let error = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap_err();
    assert_eq!(error.code(), Code::CheckoutIncomplete);
}

#[test]
fn nothing_is_written_through_a_link() {
    let outside = tempfile::tempdir().unwrap();
    let plugin = plugin();
    let linked = |link: &str, target: &Path| {
        let clone = clone("");
        let path = clone.path().join(link);
        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap();
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, &path).unwrap();
        let error = plan(clone.path(), plugin.path()).unwrap_err();
        assert!(matches!(error, Error::Link { .. }), "{link}: {error}");
    };
    for link in ["plugins", "plugins/community", "plugins/community/community-zoe-lookup", "marketplace"] {
        linked(link, outside.path());
    }
    for link in ["plugin.py", "lookup", "plugin.sig", "lookup/__init__.py"] {
        linked(&format!("plugins/community/community-zoe-lookup/{link}"), &outside.path().join("x"));
    }
    // One that comes after looking.
    let clone = clone("");
    let submission = plan(clone.path(), plugin.path()).unwrap();
    let community = clone.path().join(COMMUNITY);
    fs::rename(&community, outside.path().join("moved")).unwrap();
    symlink(outside.path().join("moved"), &community).unwrap();
    assert!(matches!(submission.apply(&Task::unwatched()).unwrap_err(), Error::Link { .. }));
    assert!(!outside.path().join("moved").join(ID).exists());
}

#[test]
fn what_was_not_looked_at_is_not_overwritten() {
    let (clone, plugin) = (clone(""), plugin());
    let target = clone.path().join(COMMUNITY).join(ID);
    let submission = plan(clone.path(), plugin.path()).unwrap();
    write(&target, "plugin.py", "somebody else's\n");
    let error = submission.apply(&Task::unwatched()).unwrap_err();
    assert_eq!(error.code(), Code::EditOutdated);
    assert_eq!(fs::read(target.join("plugin.py")).unwrap(), b"somebody else's\n");
    // Seen, it is replaced.
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert!(submission.diff().contains("-somebody else's\n"));
    write(&target, "notes.txt", "new\n");
    assert_eq!(submission.apply(&Task::unwatched()).unwrap_err().code(), Code::EditOutdated);
    plan(clone.path(), plugin.path()).unwrap().apply(&Task::unwatched()).unwrap();
    // The plugin may have changed as well: what was looked at is what is written.
    let other = clone_of(&clone);
    let submission = plan(other.path(), plugin.path());
    write(plugin.path(), "plugin.py", "class Plugin: ...\n");
    let submission = submission.unwrap();
    submission.apply(&Task::unwatched()).unwrap();
    assert_eq!(fs::read(submission.target.join("plugin.py")).unwrap(), b"class Plugin:\n    pass\n");
}

fn clone_of(clone: &TempDir) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["clone", "--quiet", clone.path().to_str().unwrap(), "."]);
    dir
}

#[test]
fn files_that_break_the_signature_are_removed_only_when_asked() {
    let (clone, plugin) = (clone(""), plugin());
    apply(clone.path(), plugin.path());
    let target = clone.path().join(COMMUNITY).join(ID);
    write(&target, "old/gone.py", "x = 1\n");
    write(&target, "data.json", "{}");
    symlink("plugin.py", target.join("link.py")).unwrap();
    let submission = plan(clone.path(), plugin.path()).unwrap();
    let names: Vec<_> = submission.surplus.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["link.py", "old/gone.py"]);
    assert_eq!(submission.kept.iter().map(ToString::to_string).collect::<Vec<_>>(), ["data.json"]);
    assert_eq!(submission.apply(&Task::unwatched()).unwrap_err().code(), Code::CheckoutSurplus);
    assert!(target.join("old/gone.py").exists());
    let options = Options { remove: true, ..Options::default() };
    let applied = plan_with(clone.path(), plugin.path(), &options).unwrap().apply(&Task::unwatched()).unwrap();
    assert_eq!(applied.removed.len(), 2);
    assert!(!target.join("old/gone.py").exists() && !target.join("link.py").exists());
    assert!(target.join("plugin.py").exists() && target.join("data.json").exists());
}

#[test]
fn a_json_manifest_beside_an_old_yaml() {
    let (clone, plugin) = (clone(""), plugin());
    apply(clone.path(), plugin.path());
    fs::remove_file(plugin.path().join("plugin.yaml")).unwrap();
    let json = r#"{"id": "community-zoe-lookup", "name": "n", "version": "1.0.0", "plugin_type": "enricher"}"#;
    write(plugin.path(), "aisoc-plugin.json", json);
    sign(plugin.path());
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert_eq!(submission.surplus.iter().map(ToString::to_string).collect::<Vec<_>>(), ["plugin.yaml"]);
    assert!(submission.notices.contains(&Notice::NoItem));
}

#[test]
fn something_in_the_way() {
    let (clone, plugin) = (clone(""), plugin());
    let target = clone.path().join(COMMUNITY).join(ID);
    write(&target, "lookup", "a file where a folder goes\n");
    assert!(matches!(plan(clone.path(), plugin.path()).unwrap_err(), Error::InTheWay { .. }));
    fs::remove_file(target.join("lookup")).unwrap();
    fs::create_dir_all(target.join("plugin.py")).unwrap();
    assert!(matches!(plan(clone.path(), plugin.path()).unwrap_err(), Error::InTheWay { .. }));
    fs::remove_dir_all(&target).unwrap();
    fs::write(&target, "a file").unwrap();
    assert!(matches!(plan(clone.path(), plugin.path()).unwrap_err(), Error::InTheWay { .. }));
}

#[test]
fn an_error_half_way_says_what_took_effect() {
    sample::unprivileged("an_error_half_way_says_what_took_effect", || {
        use std::os::unix::fs::PermissionsExt as _;
        let (clone, plugin) = (archive(), plugin());
        apply(clone.path(), plugin.path());
        write(plugin.path(), "README.md", "# Another\n");
        write(plugin.path(), "lookup/__init__.py", "x = 1\n");
        sign(plugin.path());
        let submission = plan(clone.path(), plugin.path()).unwrap();
        let closed = submission.target.join("lookup");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
        let error = submission.apply(&Task::unwatched()).unwrap_err();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(error.to_string().ends_with("; before that it wrote `README.md`"), "{error}");
        assert_eq!(error.code(), Code::Io);
        // What is left can be looked at and done again.
        plan(clone.path(), plugin.path()).unwrap().apply(&Task::unwatched()).unwrap();
    });
}

#[test]
fn a_new_folder_comes_whole_or_not_at_all() {
    sample::unprivileged("a_new_folder_comes_whole_or_not_at_all", || {
        use std::os::unix::fs::PermissionsExt as _;
        let (clone, plugin) = (archive(), plugin());
        let submission = plan(clone.path(), plugin.path()).unwrap();
        let community = clone.path().join(COMMUNITY);
        let before = snapshot(&community);
        fs::set_permissions(&community, fs::Permissions::from_mode(0o555)).unwrap();
        assert_eq!(submission.apply(&Task::unwatched()).unwrap_err().code(), Code::Io);
        fs::set_permissions(&community, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(snapshot(&community), before);
    });
}

#[test]
fn an_id_that_is_taken() {
    let plugin = plugin();
    for (path, manifest) in [
        ("plugins/anything/plugin.yaml", MANIFEST.to_owned()),
        ("plugins/community/other/plugin.yaml", MANIFEST.to_owned()),
        ("plugins/community-zoe-lookup/plugin.yaml", "name: no id\n".to_owned()),
        ("plugins/community/Community-Zoe-Lookup/plugin.yaml", OTHER.to_owned()),
    ] {
        let clone = clone("");
        write(clone.path(), path, manifest);
        let error = plan(clone.path(), plugin.path()).unwrap_err();
        assert_eq!(error.code(), Code::PluginIdTaken, "{path}: {error}");
    }
    let clone = clone("");
    let index = clone.path().join("marketplace/index.json");
    let text = fs::read_to_string(&index).unwrap();
    let item = format!(r#""items": [{{"id": "{ID}", "type": "plugin", "path": "plugins/gone/plugin.yaml"}},"#);
    fs::write(&index, text.replace("\"items\": [", &item)).unwrap();
    assert_eq!(plan(clone.path(), plugin.path()).unwrap_err().code(), Code::PluginIdTaken);
    fs::write(&index, "[]").unwrap();
    assert_eq!(plan(clone.path(), plugin.path()).unwrap_err().code(), Code::CheckoutIndexInvalid);
}

/// Each manifest, whether the script written from the contract stops on it (asked of Python itself), and what is said of it.
#[test]
fn what_stops_the_script() {
    let clone = clone("");
    for (line, code) in [
        ("description: 5", Some(Code::IndexScriptCrash)),
        ("description: [a]", Some(Code::IndexScriptCrash)),
        ("description: yes", Some(Code::IndexScriptCrash)),
        ("description: {a: b}", Some(Code::IndexScriptCrash)),
        ("description: 0", None),
        ("description: ''", None),
        ("description:", None),
        ("tier: 1", Some(Code::IndexScriptCrash)),
        ("tier: true", Some(Code::IndexScriptCrash)),
        ("tier: no", None),
        ("tier: gold", None),
        ("tags: 5", None),
        ("tags: [1, a]", None),
        ("author: 5", None),
    ] {
        let field = line.split(':').next().unwrap();
        let kept: String =
            MANIFEST.lines().filter(|l| !l.starts_with(&format!("{field}:"))).map(|l| format!("{l}\n")).collect();
        let plugin = plugin_with(&format!("{kept}{line}\n"));
        let planned = plan(clone.path(), plugin.path());
        assert_eq!(planned.as_ref().err().map(|error| error.code()), code, "{line}: {planned:?}");
        let target = clone.path().join(COMMUNITY).join(ID);
        write(&target, "plugin.yaml", fs::read(plugin.path().join("plugin.yaml")).unwrap());
        let (python, _) = python();
        let script = clone.path().join("scripts/build_marketplace.py");
        let ran = Command::new(python).arg(script).output().unwrap();
        assert_eq!(ran.status.success(), code.is_none(), "{line}: {}", String::from_utf8_lossy(&ran.stderr));
        fs::remove_dir_all(target).unwrap();
    }
    // No crash of Python's, and no JSON either.
    let plugin = plugin_with(&MANIFEST.replace("license: MIT", "license: [.nan]"));
    assert_eq!(plan(clone.path(), plugin.path()).unwrap_err().code(), Code::IndexScriptCrash);
}

#[test]
fn what_the_index_holds_otherwise() {
    let clone = clone("");
    let plugin = plugin_with(
        "id: my.lookup\nname: 1\nversion: 1.10\nplugin_type: action\ntier: stable\ntags: [1, a, [b]]\nlicense: 2\n",
    );
    let submission = plan(clone.path(), plugin.path()).unwrap();
    let said: Vec<_> = submission.notices.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "the id `my.lookup` is not of the form `community-<github-handle>-<short-name>`",
            "the manifest has no `author`, and the index will name AiSOC",
            "`name` is a number, and stands in the index as that",
            "`version` is a number, and stands in the index as that",
            "`license` is a number, and stands in the index as that",
            "2 of the tags are no text, and the index drops them",
            "`go/main.go` stays behind, so the index will not list Go",
        ]
    );
    let codes: Vec<_> = submission.findings.iter().map(|finding| finding.code.as_str()).collect();
    for code in [
        "id-for-validator",
        "type-for-validator",
        "tier-self-declared",
        "manifest-fields-advised",
        "entry-field-missing",
    ] {
        assert!(codes.contains(&code), "{code} is not among {codes:?}");
    }
}

/// For each `.gitattributes`: Git commits the folder and clones it, and the loader's answer there is what was foretold.
#[test]
fn a_fresh_clone_is_foretold_as_git_makes_it() {
    for (attributes, own, crlf_in_plugin, verified, code) in [
        ("", None, false, true, None),
        ("", None, true, true, None),
        ("*.sh text eol=lf\n*.ps1 text eol=crlf\n", None, true, true, None),
        ("*.py text eol=crlf\n", None, false, false, Some(Code::GitCrlf)),
        ("*.py text eol=crlf\n", None, true, false, Some(Code::GitCrlf)),
        ("*.py text eol=crlf\n", Some("* -text\n"), true, true, None),
        ("* text=auto eol=crlf\n", None, false, false, Some(Code::GitCrlf)),
        ("* text=auto\n", None, false, true, None),
        ("* text=auto\n", None, true, false, Some(Code::GitLineEndings)),
        ("* text=auto\n", Some("* -text -filter -ident !working-tree-encoding\n"), true, true, None),
        ("*.py text\n", None, true, false, Some(Code::GitLineEndings)),
        ("*.py crlf\n", None, true, false, Some(Code::GitLineEndings)),
        ("*.py eol=lf\n", None, true, false, Some(Code::GitLineEndings)),
        ("*.py text\n*.py -text\n", None, true, true, None),
        ("plugins/community/** text eol=crlf\n", None, false, false, Some(Code::GitCrlf)),
        ("*.md text eol=crlf\n", None, false, true, None),
    ] {
        let plugin = plugin();
        if crlf_in_plugin {
            write(plugin.path(), "lookup/windows.py", "a = 1\r\nb = 2\r\n");
        }
        if let Some(own) = own {
            write(plugin.path(), ".gitattributes", own);
        }
        sign(plugin.path());
        let clone = clone("");
        write(clone.path(), ".gitattributes", attributes);
        commit(clone.path());
        let options = if own.is_some() { include(&[".gitattributes"]) } else { Options::default() };
        let submission = plan_with(clone.path(), plugin.path(), &options).unwrap();
        submission.apply(&Task::unwatched()).unwrap();
        commit(clone.path());
        let fresh = clone_of(&clone);
        let trusted = TrustedKeys::only(&key_id(), key().public().clone());
        let target = fresh.path().join(COMMUNITY).join(ID);
        let gits = verdict::judge(&target, Ok(&trusted), &Task::unwatched()).unwrap();
        let case = format!("{attributes:?} {own:?} {crlf_in_plugin}");
        assert_eq!(gits.strict.signature_status == Some(Status::Verified), verified, "{case}");
        let foretold = submission.fresh_clone.as_ref().unwrap();
        assert_eq!(foretold.strict.signature_status, gits.strict.signature_status, "{case}");
        assert_eq!(foretold.digest, gits.digest, "{case}");
        let breaking: Vec<_> = submission.notices.iter().filter(|n| n.breaks_fresh_clone()).map(|n| n.code()).collect();
        assert_eq!(breaking, code.into_iter().collect::<Vec<_>>(), "{case}");
    }
}

#[test]
fn what_git_leaves_out_or_changes_beyond_telling() {
    let plugin = plugin();
    write(plugin.path(), "vendor/dep.py", "x = 1\n");
    write(plugin.path(), "ident.py", "# $Id$\n");
    sign(plugin.path());
    let clone = clone("");
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert!(
        submission.notices.contains(&Notice::Ignored(vec!["vendor/dep.py".to_owned()])),
        "{:?}",
        submission.notices
    );
    // The commands take it along all the same.
    submission.apply(&Task::unwatched()).unwrap();
    run_commands(&submission, Path::new("/dev/null"));
    assert!(clone_of(&clone).path().join(COMMUNITY).join(ID).join("vendor/dep.py").exists());
    for (attributes, code) in [
        ("*.py filter=lfs diff=lfs merge=lfs -text\n", Code::GitLfs),
        ("*.py ident\n", Code::CloneUnknown),
        ("*.py working-tree-encoding=UTF-16\n", Code::CloneUnknown),
        ("*.py filter=x\n", Code::CloneUnknown),
        ("plugins/community/ export-ignore\n", Code::GitExportIgnored),
    ] {
        write(clone.path(), ".gitattributes", attributes);
        let submission = plan(clone.path(), plugin.path()).unwrap();
        assert!(
            submission.notices.iter().any(|notice| notice.code() == code),
            "{attributes}: {:?}",
            submission.notices
        );
        assert_eq!(submission.fresh_clone.is_none(), code == Code::CloneUnknown, "{attributes}");
        assert_eq!(submission.git_commands().is_empty(), code == Code::CloneUnknown, "{attributes}");
    }
    // Attributes that no other clone has.
    fs::remove_file(clone.path().join(".gitattributes")).unwrap();
    write(clone.path(), ".git/info/attributes", "# nothing\n\n");
    assert!(plan(clone.path(), plugin.path()).unwrap().fresh_clone.is_some());
    write(clone.path(), ".git/info/attributes", "*.py text\n");
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert!(submission.notices.iter().any(|notice| matches!(notice, Notice::OwnAttributes { .. })));
    assert!(submission.fresh_clone.is_none() && submission.git_commands().is_empty());
}

/// Runs the commands that commit a submission, as a shell does, with a user's settings.
fn run_commands(submission: &Submission, settings: &Path) {
    let mut commands = submission.git_commands();
    assert_eq!(commands.pop().unwrap(), format!("aisoc-publisher verify --committed {COMMUNITY}/{ID}"));
    for command in commands {
        let who = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
        let output = Command::new("sh")
            .args(["-c", &command])
            .current_dir(&submission.checkout().root)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", settings)
            .envs(who.map(|name| (name, "nobody@example.org")))
            .output()
            .unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Git's answer is asked for: whatever a user has set, a clone of what the commands commit has the foretold bytes.
#[test]
fn the_commands_commit_what_was_foretold_and_nothing_else() {
    let settings = tempfile::tempdir().unwrap();
    let attributes = write(settings.path(), "attributes", "*.py text\n");
    let excludes = write(settings.path(), "excludes", "plugin.sig\n");
    for ending in ["true", "input"] {
        let config = format!(
            "[core]\nautocrlf = {ending}\nattributesFile = {}\nexcludesFile = {}\n",
            attributes.display(),
            excludes.display()
        );
        let config = write(settings.path(), "config", config);
        let (clone, plugin) = (clone(""), plugin());
        write(clone.path(), ".git/info/exclude", "plugin.py\n");
        write(plugin.path(), "plugin.py", "class Plugin:\r\n    pass\r\n");
        write(plugin.path(), "a b'c*.py", "x = 1\n");
        sign(plugin.path());
        let target = clone.path().join(COMMUNITY).join(ID);
        write(&target, "a b'c-and-more.txt", "not asked for\n");
        write(&target, "old.py", "x = 1\n");
        git(clone.path(), &["add", "--", &format!("{COMMUNITY}/{ID}/old.py")]);
        git(clone.path(), &["commit", "--quiet", "-m", "an older one"]);
        let options = Options { remove: true, ..Options::default() };
        let submission = plan_with(clone.path(), plugin.path(), &options).unwrap();
        submission.apply(&Task::unwatched()).unwrap();
        run_commands(&submission, &config);
        let fresh = clone_of(&clone);
        let target = fresh.path().join(COMMUNITY).join(ID);
        let trusted = TrustedKeys::only(&key_id(), key().public().clone());
        let gits = verdict::judge(&target, Ok(&trusted), &Task::unwatched()).unwrap();
        assert_eq!(gits.strict.signature_status, Some(Status::Verified), "{ending}");
        assert_eq!(gits.digest, submission.fresh_clone.as_ref().unwrap().digest);
        assert!(target.join("a b'c*.py").exists());
        assert!(!target.join("a b'c-and-more.txt").exists() && !target.join("old.py").exists());
    }
}

#[test]
fn secrets_that_lie_in_the_clone_stop_it() {
    let (clone, plugin) = (clone(""), plugin());
    let secret = include_str!("../../../tests/data/trusted-keys/private.pem");
    let path = write(&clone.path().join(COMMUNITY).join(ID), "my.pem", secret);
    let error = plan(clone.path(), plugin.path()).unwrap_err();
    assert_eq!(error.code(), Code::PrivateKeyInFolder);
    assert_eq!(error.place().unwrap().path, path.canonicalize().unwrap());
    fs::remove_file(&path).unwrap();
    assert!(plan(clone.path(), plugin.path()).is_ok());
}

#[test]
fn names_that_do_not_show_stay_out() {
    let (clone, plugin) = (clone(""), plugin());
    write(plugin.path(), "a\u{1b}[2J.py", "x = 1\n");
    sign(plugin.path());
    assert_eq!(plan(clone.path(), plugin.path()).unwrap_err().code(), Code::FileNameInvalid);
}

/// The script writes through links, so that there must be none where it writes: neither now, nor when it is run.
#[test]
fn the_script_is_not_run_with_a_link_where_it_writes() {
    let outside = tempfile::tempdir().unwrap();
    let plugin = plugin();
    for (link, is_folder) in [
        ("marketplace/index.json", false),
        ("apps/web/public/marketplace/index.json", false),
        ("services/api/app/data/marketplace/index.json", false),
        ("apps/web", true),
        ("services", true),
    ] {
        let clone = clone("three-copies");
        let (submission, _) = apply(clone.path(), plugin.path());
        let script = submission.checkout().script(&python().1).unwrap();
        let path = clone.path().join(link);
        let moved = outside.path().join(link.replace('/', "-"));
        fs::rename(&path, &moved).unwrap();
        symlink(&moved, &path).unwrap();
        assert_eq!(path.is_dir(), is_folder);
        let before = snapshot(outside.path());
        let error = script.run(&submission, &Task::unwatched()).unwrap_err();
        assert!(matches!(error, script::Error::Clone(Error::Link { .. })), "{link}: {error}");
        assert_eq!(snapshot(outside.path()), before, "{link}");
        let error = plan(clone.path(), plugin.path()).unwrap_err();
        assert!(matches!(error, Error::Link { .. } | Error::NotACheckout { .. }), "{link}: {error}");
    }
}

#[test]
fn what_the_script_started_ends_with_it() {
    let (clone, plugin) = (clone("child"), plugin());
    let (submission, _) = apply(clone.path(), plugin.path());
    let report = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    assert!(report.is_clean(), "{:?}", report.problems());
    let index = clone.path().join("marketplace/index.json");
    let before = fs::read(&index).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    assert!(fs::read(&index).unwrap() == before, "the script's child wrote after its end");
}

#[test]
fn every_field_of_the_item_is_compared() {
    let report = run("alters-own sha256").unwrap();
    assert!(!report.is_clean() && report.drift.is_empty());
    assert_eq!(
        report.wrong,
        [
            "`name` of the item is not `Lookup`",
            r#"`tags` of the item is not `["lookup"]`"#,
            "the item has no `license`",
            "`homepage` of the item is not `https://example.org/lookup`",
            "`verified` of the item is not `false`",
            "`tier` of the item is not `community`",
            "the item has `price`, which is no field of an item that is known here",
        ]
    );
    // An item that was left as it was, though the plugin is another one.
    let (clone, plugin) = (clone(""), plugin());
    let (submission, _) = apply(clone.path(), plugin.path());
    submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    write(plugin.path(), "plugin.yaml", MANIFEST.replace("Looks things up.", "'  Looks more things up. '"));
    sign(plugin.path());
    let (submission, _) = apply(clone.path(), plugin.path());
    variant(clone.path(), "no-op");
    let report = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    assert_eq!(report.item, ItemChange::Same);
    assert_eq!(report.problems(), ["`description` of the item is not `Looks more things up.`"]);
    variant(clone.path(), "");
    let report = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    assert!(report.is_clean(), "{:?}", report.problems());
}

/// The script, written from the contract, is asked: what it makes of unusual manifests is what is expected here.
#[test]
fn unusual_manifests_make_items_that_are_expected() {
    for manifest in [
        "id: my.lookup\nname: 1\nversion: 1.10\nplugin_type: action\ntier: ' Stable '\ntags: [1, a, [b]]\nlicense: 2\n",
        "id: my.lookup\nname: a\nversion: 1.0.0\nplugin_type: action\ndescription: no\ntier: gold\ntags: 5\nauthor:\n",
        "id: my.lookup\nname: a\nversion: 1.0.0\nplugin_type: action\ntier: BETA\nauthor: {a: [1.5, true, ~, 99999999999999999999]}\n",
    ] {
        let (clone, plugin) = (clone(""), plugin_with(manifest));
        let (submission, _) = apply(clone.path(), plugin.path());
        let report = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
        assert!(report.is_clean(), "{manifest}: {:?}", report.problems());
    }
}

#[test]
fn the_script_adds_the_item_and_nothing_else() {
    for (words, third) in [("", CopyState::NotUsed), ("three-copies sha256 duplicates", CopyState::Same)] {
        let report = run(words).unwrap();
        assert!(report.is_clean(), "{:?}", report.problems());
        assert_eq!(report.item, ItemChange::Added);
        assert_eq!(report.copies[0].1, CopyState::Same);
        assert_eq!(report.copies[1].1, third);
        let item = report.now.unwrap();
        assert_eq!(item["path"], "plugins/community/community-zoe-lookup/plugin.yaml");
        assert_eq!(item["author"], "Zoë");
        assert_eq!(item.contains_key("sha256"), words.contains("sha256"));
        let variables = report.output.split("variables: ").nth(1).unwrap();
        assert_eq!(variables, "['HOME', 'LANG', 'PATH', 'PYTHONDONTWRITEBYTECODE', 'PYTHONUTF8']\n");
    }
}

#[test]
fn the_script_leaves_no_trace_but_the_index() {
    let (clone, plugin) = (clone("three-copies"), plugin());
    let (submission, _) = apply(clone.path(), plugin.path());
    let before = snapshot(clone.path());
    submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    let changed: Vec<_> = snapshot(clone.path())
        .into_iter()
        .filter(|entry| !before.contains(entry))
        .map(|(path, _)| path.strip_prefix(clone.path()).unwrap().display().to_string())
        .collect();
    assert_eq!(
        changed,
        [
            "apps/web/public/marketplace/index.json",
            "marketplace/index.json",
            "services/api/app/data/marketplace/index.json"
        ]
    );
    assert_eq!(submission.to_commit()[1..].iter().filter(|path| changed.contains(path)).count(), 3);
    let again = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    assert!(again.is_clean() && again.item == ItemChange::Same);
}

#[test]
fn what_else_the_script_did_is_said() {
    for (words, problem) in [
        ("other-item", "`detection not-asked-for` was added"),
        ("no-item", "the index has no item for the plugin"),
        ("other-version", "`version` of the index changed"),
        ("stale-copy", "`apps/web/public/marketplace/index.json` is not the same as `marketplace/index.json`"),
        ("touches-plugin", "the plugin's folder does not verify any more"),
    ] {
        let report = run(words).unwrap();
        assert!(!report.is_clean());
        assert!(report.problems().iter().any(|said| said == problem), "{words}: {:?}", report.problems());
    }
    // An index that was out of date before.
    let (clone, plugin) = (clone(""), plugin());
    write(clone.path(), "plugins/core-one/plugin.yaml", OTHER.replace("One", "Another"));
    let (submission, _) = apply(clone.path(), plugin.path());
    let report = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    assert_eq!(report.problems(), ["`plugin core-one` was changed"]);
}

#[test]
fn a_script_that_fails_or_hangs() {
    let (clone, plugin) = (clone(""), plugin());
    let (submission, _) = apply(clone.path(), plugin.path());
    let script = submission.checkout().script(&python().1).unwrap();
    write(clone.path(), "plugins/core-two/plugin.yaml", OTHER.replace("core-one", "12"));
    let error = script.run(&submission, &Task::unwatched()).unwrap_err();
    assert_eq!(error.code(), Code::IndexScriptFailed);
    assert!(error.hint().unwrap().starts_with("it said: TypeError: an id must be a string"), "{:?}", error.hint());

    variant(clone.path(), "hang");
    let mut hasty = script.clone();
    hasty.time_limit = Duration::from_millis(300);
    let began = Instant::now();
    assert!(matches!(hasty.run(&submission, &Task::unwatched()).unwrap_err(), script::Error::TimedOut { .. }));
    let cancelled = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(300));
            cancelled.store(true, Ordering::Relaxed);
        });
        let error = script.run(&submission, &Task::new(&cancelled, &|_| {})).unwrap_err();
        assert_eq!(error.code(), Code::Cancelled);
    });
    assert!(began.elapsed() < Duration::from_secs(60));
    write(clone.path(), "scripts/build_marketplace.py", "print('another')\n");
    assert!(matches!(script.run(&submission, &Task::unwatched()).unwrap_err(), script::Error::Changed { .. }));
    fs::remove_dir_all(&submission.target).unwrap();
    assert!(matches!(script.run(&submission, &Task::unwatched()).unwrap_err(), script::Error::NotApplied { .. }));
}

#[test]
fn what_the_script_prints_is_bounded_and_cleaned() {
    let report = run("noisy").unwrap();
    assert!(report.output.len() < 150 << 10, "{}", report.output.len());
    assert!(report.output.starts_with(r"\u{1b}[2J\u{202e}A script can print anything.    xxx"));
}

#[test]
fn only_a_python_from_outside_the_clone() {
    use std::os::unix::fs::PermissionsExt as _;
    let clone = clone("");
    let checkout = Checkout::recognise(clone.path()).unwrap();
    let own = write(clone.path(), "bin/python3", "#!/bin/sh\n");
    fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).unwrap();
    let path = |folders: &[&Path]| std::env::join_paths(folders).unwrap();
    let inside = clone.path().join("bin");
    for search in [path(&[&inside]), path(&[Path::new("bin"), Path::new(".")]), OsString::new()] {
        let error = checkout.script(&search).unwrap_err();
        assert_eq!(error.code(), Code::NoPython);
        assert!(error.hint().unwrap().contains("python3 scripts/build_marketplace.py"));
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let found = elsewhere.path().join("python3");
    fs::copy(&own, &found).unwrap();
    let script = checkout.script(&path(&[&inside, elsewhere.path()])).unwrap();
    assert_eq!(script.command, [found.into_os_string(), "scripts/build_marketplace.py".into()]);
}

/// Names and values of a stranger's clone neither steer a terminal nor turn a line around.
#[test]
fn what_a_clone_calls_things_is_shown_with_escapes() {
    let (clone, plugin) = (clone(""), plugin());
    let index = clone.path().join("marketplace/index.json");
    let text = fs::read_to_string(&index).unwrap();
    let item = format!(r#""items": [{{"id": "{ID}", "type": "plugin", "path": "\u001b[2J\u202eplugins"}},"#);
    fs::write(&index, text.replace("\"items\": [", &item)).unwrap();
    let said = plan(clone.path(), plugin.path()).unwrap_err().to_string();
    assert!(said.contains(r"`\u{1b}[2J\u{202e}plugins`"), "{said}");
    let own = format!(
        r#""items": [{{"id": "{ID}", "type": "plugin", "version": "9\u202e", "path": "plugins/community/{ID}/plugin.yaml"}},"#
    );
    fs::write(&index, text.replace("\"items\": [", &own)).unwrap();
    for notice in plan(clone.path(), plugin.path()).unwrap().notices {
        assert!(!notice.to_string().contains('\u{202e}'), "{notice}");
    }
    write(clone.path(), &format!("{COMMUNITY}/{ID}/\u{202e}yp.py"), "x = 1\n");
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert!(submission.notices.iter().any(|notice| notice.to_string().contains(r"`\u{202e}yp.py`")));
    assert!(!submission.apply(&Task::unwatched()).unwrap_err().to_string().contains('\u{202e}'));
}
