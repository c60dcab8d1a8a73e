//! An index as its Git repository has it, which is what a pull request changes: the file here may be written already, have changes
//! of its own, or other line endings.

use std::path::{Path, PathBuf};

use gix_object::tree::EntryKind;

use super::{Change, Error, Index};
use crate::committed::{self, Head};
use crate::entry::Entry;
use crate::patch::Mode;
use crate::task::Task;

/// Where an index is in its repository, and what the commit there has of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct InRepository {
    /// The folder that holds `.git`, with no symlink in its path.
    pub root: PathBuf,
    /// Its name below the work tree, `/`-separated.
    pub name: String,
    /// What the change of the pull request is a change of.
    pub base: Base,
}

/// What the change of a pull request is a change of.
#[derive(Debug)]
#[non_exhaustive]
pub enum Base {
    /// The index in the commit that is checked out.
    Commit {
        /// The commit's id, in hex.
        id: String,
        /// The change of that index.
        change: Box<Change>,
        /// How the file here differs from that index.
        here: Here,
    },
    /// The file here, since no commit can be asked.
    File {
        /// Why not, as a sentence without an end.
        why: String,
    },
}

/// How an index in a work tree differs from the committed one, whatever their line endings are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here {
    /// Not at all.
    Same,
    /// It holds the entry already, and nothing else is new.
    Written,
    /// In something else.
    Otherwise,
}

impl Change {
    /// Looks for the index in the commit of its work tree, and works the same change out for that. Nothing where the file lies in no
    /// work tree.
    ///
    /// # Errors
    /// [`Error::NotInRepository`] for a name that no repository has; [`Error::Cancelled`]. Whatever keeps the commit from being read
    /// is told in [`Base::File`].
    pub fn in_repository(&self, entry: &Entry, task: &Task<'_>) -> Result<Option<InRepository>, Error> {
        let path = self.path();
        let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Git goes through no symlink in a work tree: the name is the one behind it.
        let folder = std::fs::canonicalize(folder).map_err(unreadable)?;
        let Some(root) = committed::work_tree_of(&folder) else { return Ok(None) };
        let not_there = || Error::NotInRepository { path: path.to_owned() };
        let below = folder.strip_prefix(root).map_err(|_| not_there())?;
        let parts = below.iter().chain(path.file_name()).map(|part| part.to_str().filter(|part| is_ordinary(part)));
        let name = parts.collect::<Option<Vec<_>>>().ok_or_else(not_there)?.join("/");
        let base = match self.in_commit(root, &name, entry, task) {
            Ok(base) => base,
            Err(committed::Error::Cancelled(cancelled)) => return Err(cancelled.into()),
            Err(error) => Base::File { why: error.to_string() },
        };
        Ok(Some(InRepository { root: root.to_owned(), name, base }))
    }

    fn in_commit(&self, root: &Path, name: &str, entry: &Entry, task: &Task<'_>) -> Result<Base, committed::Error> {
        let head = Head::open(root)?;
        task.check()?;
        let Some(blob) = head.file(name)? else {
            return Ok(Base::File { why: format!("the commit that is checked out has no `{name}`") });
        };
        let mode = match blob.kind {
            EntryKind::Blob => Mode::File,
            EntryKind::BlobExecutable => Mode::Executable,
            _ => return Ok(Base::File { why: format!("`{name}` is no file in the commit that is checked out") }),
        };
        let bytes = head.read(blob, name)?;
        let planned = Index::of_bytes(self.path(), bytes).and_then(|index| index.plan(entry));
        Ok(match planned {
            Ok(mut change) => {
                change.mode = mode;
                let here = self.beside(&change);
                Base::Commit { id: head.commit().to_string(), change: Box::new(change), here }
            }
            // A pointer of Git LFS, for one.
            Err(error) => Base::File { why: format!("the index in the commit cannot be changed: {error}") },
        })
    }

    fn beside(&self, committed: &Self) -> Here {
        let same = |text: &str, other: &str| lines(text).eq(lines(other));
        if same(&self.file.text, &committed.file.text) {
            Here::Same
        } else if same(&self.file.text, &committed.after) {
            Here::Written
        } else {
            Here::Otherwise
        }
    }
}

/// The lines of a text, each without LF or CRLF at its end.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line))
}

/// Tells whether Git takes a part of a file's name.
fn is_ordinary(part: &str) -> bool {
    !matches!(part, "" | "." | "..") && !part.eq_ignore_ascii_case(".git") && !part.contains(['\0', '\n'])
}
