//! What the tests share.

pub mod clone;
pub mod keys;
pub mod listing;
pub mod python;
pub mod run;
pub mod sandbox;
pub mod session;
pub mod transcript;

use std::fs;
use std::path::{Path, PathBuf};

/// The folder `tests`.
pub fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").canonicalize().unwrap()
}

/// The folders below `tests/GROUP`, by name.
pub fn folders_of(group: &str) -> Vec<(String, PathBuf)> {
    let mut folders: Vec<_> = fs::read_dir(tests_folder().join(group))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .collect();
    folders.sort();
    folders
}

/// Copies a folder; symlinks stay symlinks.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy_folder(&source, &target);
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&source).unwrap(), target).unwrap();
        } else {
            fs::copy(&source, &target).unwrap();
        }
    }
}

/// Whether this test runs as root, who may read and write what modes forbid.
pub fn is_root() -> bool {
    let output = std::process::Command::new("id").arg("-u").output().unwrap();
    output.stdout == b"0\n"
}

/// A program for which the modes of files count: root runs it without the right to pass over them.
pub fn where_modes_count(program: impl AsRef<std::ffi::OsStr>) -> std::process::Command {
    if !is_root() {
        return std::process::Command::new(program);
    }
    need("setpriv", "util-linux");
    let mut command = std::process::Command::new("setpriv");
    command.arg("--bounding-set=-dac_override,-dac_read_search").arg(program);
    command
}

/// Fails unless a program that a test needs can be run.
pub fn need(program: &str, package: &str) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    assert!(found, "this test needs `{program}`; install it with `apt-get install {package}`");
}
