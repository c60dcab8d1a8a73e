//! What a submission changes, file by file, as a patch for `git apply`: from the commit that the clone has checked out, or from its
//! folder as it was, see [`Base`](super::Base).

use std::borrow::Cow;

use gix_object::tree::EntryKind;

use super::script::ScriptReport;
use super::{COPIES, Committed, Error, FileState, INDEX, Planned, Submission, index};
use crate::committed::{Blob, Head, id_of};
use crate::files::RelPath;
use crate::patch::{self, Mode, Side};
use crate::task::Task;

/// A file that a submission without a commit removes, read before that.
pub(super) struct Removed {
    pub(super) path: RelPath,
    pub(super) mode: Mode,
    pub(super) bytes: Vec<u8>,
}

/// A file that a change begins with.
type Was<'a> = Option<(Mode, Cow<'a, [u8]>)>;

impl Submission {
    /// Writes the patch of everything that the submission makes new, changes or takes away, with modes; and where the clone's script was
    /// run for it, of the index and its copies as the script made them.
    ///
    /// It is the same before and after [`Self::apply`]. A name that is no Unicode stands in it as Git writes it.
    ///
    /// # Errors
    /// [`Error::Git`] where the commit's files cannot be read; [`Error::NotInPatch`] for what no patch can hold.
    pub fn patch(&self, report: Option<&ScriptReport>, task: &Task<'_>) -> Result<Vec<u8>, Error> {
        let base = match &self.committed {
            Some(committed) => Some((Head::reopen(&self.checkout.root, committed.commit)?, committed)),
            None => None,
        };
        let base = base.as_ref().map(|(head, committed)| (head, *committed));
        let mut out = Vec::new();
        let mut add = |name: &[u8], was: &Was<'_>, is: Option<Side<'_>>| {
            let was = was.as_ref().map(|(mode, bytes)| Side { mode: *mode, bytes });
            let one = patch::of_file(name, was, is);
            out.extend_from_slice(&one.ok_or_else(|| not_in_patch(name, "its hash cannot be computed"))?);
            Ok::<_, Error>(())
        };
        // What goes comes first, since a folder may take its name.
        for path in self.taken_away() {
            task.check()?;
            add(&self.in_repository(path), &self.was(path, base)?, None)?;
        }
        for file in &self.files {
            task.check()?;
            let was = self.was_planned(file, base)?;
            let mode = self.mode_after(file, was.as_ref().map(|(mode, _)| *mode));
            add(&self.in_repository(&file.path), &was, Some(Side { mode, bytes: &file.bytes }))?;
        }
        let Some(report) = report else { return Ok(out) };
        // The copies of an index are one file to Git, which is read once.
        let mut last: Option<(Blob, Vec<u8>)> = None;
        for path in [INDEX].into_iter().chain(COPIES).filter(|path| report.has_built(path)) {
            task.check()?;
            let was = match base {
                Some((head, _)) => match head.file(path)? {
                    Some(blob) => {
                        let bytes = match last.take() {
                            Some((same, bytes)) if same.id == blob.id => bytes,
                            _ => head.read(blob, path)?,
                        };
                        let (_, bytes) = last.insert((blob, bytes));
                        Some((mode(blob, path.as_bytes())?, Cow::Borrowed(bytes.as_slice())))
                    }
                    None => None,
                },
                None => report.was(path).map(|bytes| (Mode::File, Cow::Borrowed(bytes))),
            };
            let mode = was.as_ref().map_or(Mode::File, |(mode, _)| *mode);
            add(path.as_bytes(), &was, Some(Side { mode, bytes: &report.index }))?;
        }
        Ok(out)
    }

    /// Reads the index that a built one is compared with: the commit's, or the clone's where no commit has one.
    pub(super) fn index_before(&self) -> Result<Vec<u8>, Error> {
        if let Some(committed) = &self.committed {
            let head = Head::reopen(&self.checkout.root, committed.commit)?;
            if let Some(blob) = head.file(INDEX)? {
                return Ok(head.read(blob, INDEX)?);
            }
        }
        index::read_bytes(&self.checkout.root.join(INDEX))
    }

    fn in_repository(&self, path: &RelPath) -> Vec<u8> {
        [self.folder.as_bytes(), b"/", &path.name()].concat()
    }

    /// What a file was that goes.
    fn was(&self, path: &RelPath, base: Option<(&Head, &Committed)>) -> Result<Was<'_>, Error> {
        let Some((head, committed)) = base else {
            let removed = self.removed.iter().find(|removed| removed.path == *path);
            return Ok(removed.map(|removed| (removed.mode, Cow::Borrowed(removed.bytes.as_slice()))));
        };
        match committed.files.get(path.name().as_slice()) {
            Some(blob) => {
                let mode = mode(*blob, &self.in_repository(path))?;
                Ok(Some((mode, Cow::Owned(head.read(*blob, &path.to_string())?))))
            }
            None => Ok(None),
        }
    }

    /// What a file was that the plugin brings.
    fn was_planned<'a>(&'a self, file: &'a Planned, base: Option<(&Head, &Committed)>) -> Result<Was<'a>, Error> {
        if let Some((_, committed)) = base {
            // Most often it is the same, and need not be read.
            return match committed.files.get(file.path.name().as_slice()) {
                Some(blob) if blob.kind != EntryKind::Link && id_of(&file.bytes) == Some(blob.id) => {
                    Ok(Some((mode(*blob, &self.in_repository(&file.path))?, Cow::Borrowed(&file.bytes))))
                }
                _ => self.was(&file.path, base),
            };
        }
        let bytes = match file.state {
            FileState::New => return Ok(None),
            FileState::Same => &file.bytes,
            FileState::Changed => file.before.as_ref().unwrap_or(&file.bytes),
        };
        Ok(Some((self.mode_on_disk(&file.path).unwrap_or(Mode::File), Cow::Borrowed(bytes))))
    }

    /// A file that is written has the mode of a plain file, where there are modes; another one keeps what it has.
    fn mode_after(&self, file: &Planned, was: Option<Mode>) -> Mode {
        let kept = was.filter(|mode| *mode != Mode::Link).unwrap_or(Mode::File);
        match file.state {
            FileState::Same => self.mode_on_disk(&file.path).unwrap_or(kept),
            _ if cfg!(unix) => Mode::File,
            _ => kept,
        }
    }

    fn mode_on_disk(&self, path: &RelPath) -> Option<Mode> {
        self.before.as_ref()?.mode(path)
    }
}

fn mode(blob: Blob, name: &[u8]) -> Result<Mode, Error> {
    match blob.kind {
        EntryKind::Blob => Ok(Mode::File),
        EntryKind::BlobExecutable => Ok(Mode::Executable),
        EntryKind::Link => Ok(Mode::Link),
        EntryKind::Tree | EntryKind::Commit => Err(not_in_patch(name, "the commit has a submodule there")),
    }
}

fn not_in_patch(name: &[u8], why: &'static str) -> Error {
    Error::NotInPatch { name: String::from_utf8_lossy(name).into_owned(), why }
}
