//! The folder that a pull request's files go to.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Error;
use crate::atomic::{self, Obstacle};
use crate::committed;

/// Checks that the folder `out` can be made, and not in the plugin's folder, where its `check.py` would be one more file that nobody
/// signed.
pub(super) fn check(out: &Path, plugin: &Path) -> Result<(), Error> {
    match Obstacle::at(out) {
        Ok(None) => {}
        Ok(Some(_)) => return Err(Error::Exists { path: out.to_owned() }),
        Err(source) => return Err(Error::Folder { path: out.to_owned(), source }),
    }
    let above = above(out)?;
    // A plugin that is gone by now has no files to add to.
    match fs::canonicalize(plugin) {
        Ok(whole) if above.starts_with(&whole) => {
            Err(Error::Inside { path: out.to_owned(), plugin: plugin.to_owned() })
        }
        _ => Ok(()),
    }
}

/// Finds the Git work tree that the folder lies in, or will.
pub(super) fn work_tree(out: &Path) -> Option<PathBuf> {
    Some(committed::work_tree_of(&above(out).ok()?)?.to_owned())
}

/// The folder's path with no symlink and no `..` in it.
pub(super) fn whole(out: &Path) -> Result<PathBuf, Error> {
    Ok(above(out)?.join(out.file_name().unwrap_or_default()))
}

/// The folder above, with no symlink in its path.
fn above(out: &Path) -> Result<PathBuf, Error> {
    let above = out.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::canonicalize(above).map_err(|source| Error::Folder { path: out.to_owned(), source })
}

/// Makes the folder with these files in it, whole or not at all: a folder with another name is filled and then renamed.
pub(super) fn save(out: &Path, files: &[(&str, Vec<u8>)]) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::Folder { path: out.to_owned(), source };
    let name = out.file_name().ok_or_else(|| Error::Exists { path: out.to_owned() })?;
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(|error| failed(std::io::Error::other(error)))?;
    let mut beside = OsString::from(".");
    if name.len() <= 200 {
        beside.push(name);
        beside.push(".");
    }
    beside.push(hex::encode(random));
    beside.push(".tmp");
    let beside = out.with_file_name(beside);
    fs::create_dir(&beside).map_err(failed)?;
    let beside = Unfinished(beside);
    for (name, bytes) in files {
        atomic::create_new(&beside.0.join(name), bytes, 0o644).map_err(Error::Write)?;
    }
    // Somebody else's empty folder would be replaced, which loses nothing; anything else keeps its name.
    if Obstacle::at(out).map_err(failed)?.is_some() {
        return Err(Error::Exists { path: out.to_owned() });
    }
    fs::rename(&beside.0, out).map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory => {
            Error::Exists { path: out.to_owned() }
        }
        _ => failed(source),
    })?;
    std::mem::forget(beside);
    atomic::flush_folder(out).map_err(Error::Write)?;
    Ok(files.iter().map(|(name, _)| out.join(name)).collect())
}

/// A folder that this call makes and that goes away unless it gets its name.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // The error that led here is the one to report. Nobody else knows the name, and no link is followed.
        let _ = fs::remove_dir_all(&self.0);
    }
}
