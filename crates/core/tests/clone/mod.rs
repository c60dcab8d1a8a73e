//! A signed plugin, and a small repository in the form of AiSOC's with an index script written from the contract.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use aisoc_publisher_core::checkout::{Applied, COMMUNITY, Checkout, Error, FileState, Options, Role, Submission};
use aisoc_publisher_core::files::RelPath;
use aisoc_publisher_core::sign::Plan;
use aisoc_publisher_core::task::Task;
use tempfile::TempDir;

use crate::sample::{key, key_id, write};

pub const ID: &str = "community-zoe-lookup";

pub const MANIFEST: &str = "\
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
pub fn plugin_with(manifest: &str) -> TempDir {
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

pub fn plugin() -> TempDir {
    plugin_with(MANIFEST)
}

pub fn sign(dir: &Path) {
    let plan = Plan::look(dir, &Task::unwatched()).unwrap();
    plan.sign(&key_id(), &key(), None, &Task::unwatched()).unwrap();
}

pub fn git(folder: &Path, arguments: &[&str]) {
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
pub fn python() -> (PathBuf, OsString) {
    let python = PathBuf::from(std::env::var("AISOC_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned()));
    let mut folders: Vec<_> =
        python.parent().filter(|folder| folder.is_absolute()).map(Path::to_owned).into_iter().collect();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    (python, std::env::join_paths(folders).unwrap())
}

pub const OTHER: &str = "id: core-one\nname: One\nversion: 1.0.0\nplugin_type: widget\n";

pub const SCRIPT: &str = include_str!("../../../../tests/checkout/build_marketplace.py");

/// A clone without Git, and with an index that lists nothing.
pub fn archive() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    write(dir.path(), "marketplace/index.json", r#"{"items": []}"#);
    dir
}

pub fn fill(root: &Path) {
    write(root, "scripts/build_marketplace.py", SCRIPT);
    write(root, "plugins/core-one/plugin.yaml", OTHER);
    write(root, "plugins/community/README.md", "Community plugins\n");
    write(root, "plugins/community/somebody/plugin.yaml", OTHER.replace("core-one", "somebody"));
    write(root, ".gitignore", "*.pyc\n__pycache__/\nvendor/\n*.pem\n");
}

/// A clone whose script is of this variant, with an index that fits, all committed.
pub fn clone(words: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fill(root);
    let settled: Vec<_> =
        words.split(' ').filter(|word| matches!(*word, "three-copies" | "sha256" | "new-field")).collect();
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
pub fn made(root: &Path) -> Vec<u8> {
    let made =
        Command::new(python().0).args(["-B", "scripts/build_marketplace.py"]).current_dir(root).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    fs::read(root.join("marketplace/index.json")).unwrap()
}

pub fn variant(root: &Path, words: &str) {
    let words: Vec<_> = words.split(' ').filter(|word| !word.is_empty()).map(|word| format!("{word:?}")).collect();
    write(root, "scripts/variant.py", format!("WORDS = [{}]\n", words.join(", ")));
}

pub fn commit(root: &Path) {
    git(root, &["add", "--all"]);
    git(root, &["commit", "--quiet", "--message", "everything"]);
}

pub fn plan_with(clone: &Path, plugin: &Path, options: &Options) -> Result<Submission, Error> {
    let checkout = Checkout::recognise(clone)?;
    checkout.plan(plugin, &key_id(), key().public(), options, &Task::unwatched())
}

pub fn plan(clone: &Path, plugin: &Path) -> Result<Submission, Error> {
    plan_with(clone, plugin, &Options::default())
}

pub fn apply(clone: &Path, plugin: &Path) -> (Submission, Applied) {
    let submission = plan(clone, plugin).unwrap();
    let applied = submission.apply(&Task::unwatched()).unwrap();
    (submission, applied)
}

pub fn include(names: &[&str]) -> Options {
    let include = names.iter().map(|name| RelPath::from_path(Path::new(name)).unwrap()).collect();
    Options { include, ..Options::default() }
}

pub fn states(submission: &Submission) -> Vec<(String, Role, FileState)> {
    submission.files.iter().map(|file| (file.path.to_string(), file.role, file.state)).collect()
}

pub fn clone_of(clone: &TempDir) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["clone", "--quiet", clone.path().to_str().unwrap(), "."]);
    dir
}

/// Runs the commands that commit a submission, as a shell does, with a user's settings.
pub fn run_commands(submission: &Submission, settings: &Path) {
    let mut commands = submission.git_commands(true);
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
