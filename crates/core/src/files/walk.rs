//! Walking a plugin's folder, and listing the covered files.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::stamp::FileStamp;
use super::{Error, MAX_DEPTH, RelPath};
use crate::regular;
use crate::task::{Progress, Step, Task};

/// A covered file that was seen and not read yet.
pub(super) struct Listed {
    pub(super) file: PathBuf,
    pub(super) path: RelPath,
    pub(super) stamp: FileStamp,
    pub(super) symlink: bool,
}

/// Lists the covered files, in no order, of a folder that holds at most `max_entries` entries of any kind, and the symlinks that
/// lead to no covered file.
pub(super) fn list_with_links(
    root: &Path,
    max_entries: u64,
    task: &Task<'_>,
) -> Result<(Vec<Listed>, Vec<RelPath>), Error> {
    let (mut listed, mut links) = (Vec::new(), Vec::new());
    visit(root, max_entries, task, |entry| sort_out(root, entry, &mut listed, &mut links))?;
    Ok((listed, links))
}

/// Adds an entry to the covered files, or to the symlinks that lead to none, where it is either.
pub(super) fn sort_out(
    root: &Path,
    entry: DirEntry,
    listed: &mut Vec<Listed>,
    links: &mut Vec<RelPath>,
) -> Result<(), Error> {
    if entry.path_is_symlink() && !covered_link(&entry) {
        links.extend(shown_path(root, &entry));
    }
    if !has_covered_name(entry.file_name()) {
        return Ok(());
    }
    // Python asks for every such name what is behind it, folders included, so every one can fail.
    let found = match std::fs::metadata(entry.path()) {
        Ok(found) => found,
        Err(error) if regular::means_absent(&error) => return Ok(()),
        Err(source) => {
            return Err(Error::Unreadable { path: entry.into_path(), source });
        }
    };
    if !found.is_file() {
        return Ok(());
    }
    let Some(path) = rel_path(root, &entry) else {
        return Err(Error::NameNotUnicode { path: entry.into_path() });
    };
    let (stamp, symlink) = (FileStamp::of(&found), entry.path_is_symlink());
    listed.push(Listed { path, stamp, symlink, file: entry.into_path() });
    Ok(())
}

fn covered_link(entry: &DirEntry) -> bool {
    has_covered_name(entry.file_name()) && std::fs::metadata(entry.path()).is_ok_and(|found| found.is_file())
}

/// Hands out every entry below a folder, in no order, and reports how many there were.
pub(super) fn visit(
    root: &Path,
    max_entries: u64,
    task: &Task<'_>,
    mut look: impl FnMut(DirEntry) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut seen: u64 = 0;
    // Links below the root are not followed; the root itself may be one, as in Python.
    for entry in WalkDir::new(root).min_depth(1).follow_links(false) {
        task.check()?;
        seen += 1;
        if seen > max_entries {
            return Err(Error::TooManyEntries { path: root.to_owned() });
        }
        if seen.is_multiple_of(256) {
            task.report(Progress { step: Step::Listing, done: seen, total: None });
        }
        let entry = entry.map_err(|error| walk_error(root, error))?;
        if entry.depth() > MAX_DEPTH && entry.file_type().is_dir() {
            return Err(Error::TooDeep { path: entry.into_path() });
        }
        look(entry)?;
    }
    task.report(Progress { step: Step::Listing, done: seen, total: Some(seen) });
    Ok(())
}

/// Tells whether a file with this name is covered.
pub(super) fn has_covered_name(name: &OsStr) -> bool {
    super::has_covered_name(name.as_encoded_bytes())
}

/// Returns an entry's name below the root.
pub(super) fn rel_path(root: &Path, entry: &DirEntry) -> Option<RelPath> {
    entry.path().strip_prefix(root).ok().and_then(RelPath::from_path)
}

/// Returns an entry's name below the root for showing, also where it is no Unicode text.
pub(super) fn shown_path(root: &Path, entry: &DirEntry) -> Option<RelPath> {
    rel_path(root, entry).or_else(|| {
        let relative = entry.path().strip_prefix(root).ok()?;
        RelPath::from_path(Path::new(&*relative.to_string_lossy()))
    })
}

fn walk_error(root: &Path, error: walkdir::Error) -> Error {
    let path = error.path().unwrap_or(root).to_owned();
    let source = error.into_io_error().unwrap_or_else(|| io::Error::other("the folders form a loop"));
    match source.kind() {
        io::ErrorKind::PermissionDenied => Error::Unlistable { path, source },
        io::ErrorKind::NotFound => Error::Changed { path },
        _ => Error::Unreadable { path, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_every_kind_count() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("sub")).unwrap();
        std::fs::write(dir.path().join("sub/README"), "").unwrap();
        std::fs::write(dir.path().join("sub/a.py"), "").unwrap();
        assert_eq!(list_with_links(dir.path(), 3, &Task::unwatched()).unwrap().0.len(), 1);
        let error = list_with_links(dir.path(), 2, &Task::unwatched()).err().unwrap();
        assert!(matches!(error, Error::TooManyEntries { .. }) && !error.loader_fails(), "{error:?}");
    }
}
