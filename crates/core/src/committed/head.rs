//! The commit that is checked out in a clone, for telling what a change of the clone's files is a change of.

use std::collections::BTreeMap;
use std::path::Path;

use gix_hash::ObjectId;
use gix_object::tree::EntryKind;

use super::repository::{Entry, Repository};
use super::{Error, join, lossy};
use crate::artifact::MAX_ENTRIES;
use crate::files::MAX_DEPTH;
use crate::task::Task;

/// A commit whose files are looked up by their names.
pub(crate) struct Head {
    repository: Repository,
    commit: ObjectId,
    root: ObjectId,
}

/// A file of a commit: what it is, and the id of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Blob {
    pub(crate) kind: EntryKind,
    pub(crate) id: ObjectId,
}

impl Head {
    /// Opens the commit that is checked out in the repository with this work tree; no folder above it is looked at.
    ///
    /// # Errors
    /// [`Error::NoRepository`], [`Error::NothingCommitted`], and those for repositories that are not read.
    pub(crate) fn open(work_tree: &Path) -> Result<Self, Error> {
        let repository = Repository::at(work_tree)?;
        let commit = repository.head()?;
        let root = repository.tree_of(commit)?;
        Ok(Self { repository, commit, root })
    }

    /// Opens a commit that [`Self::open`] has found before, whatever is checked out by now.
    pub(crate) fn reopen(work_tree: &Path, commit: ObjectId) -> Result<Self, Error> {
        let repository = Repository::at(work_tree)?;
        let root = repository.tree_of(commit)?;
        Ok(Self { repository, commit, root })
    }

    pub(crate) fn commit(&self) -> ObjectId {
        self.commit
    }

    /// Names what a symbolic ref such as `HEAD` stands for, below `above`; nothing where it is none or cannot be read, which is Git's
    /// to say.
    pub(crate) fn stands_for(&self, name: &str, above: &str) -> Option<String> {
        let text = self.repository.reference(name).ok()??;
        Some(text.strip_prefix("ref:")?.trim_start().strip_prefix(above)?.to_owned())
    }

    /// Returns the id in a ref that is no symbolic one, with the same limits.
    pub(crate) fn id_in(&self, name: &str) -> Option<String> {
        self.repository.reference(name).ok()?.filter(|text| !text.starts_with("ref:"))
    }

    /// Looks a file up by its `/`-separated path.
    pub(crate) fn file(&self, path: &str) -> Result<Option<Blob>, Error> {
        Ok(self.entry(path.as_bytes())?.filter(|blob| blob.kind != EntryKind::Tree))
    }

    /// Lists the files below a folder, by their names below it; empty where it is none.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond the limits of a plugin's folder.
    pub(crate) fn files_below(&self, folder: &str, task: &Task<'_>) -> Result<BTreeMap<Vec<u8>, Blob>, Error> {
        let mut files = BTreeMap::new();
        let top = self.entry(folder.as_bytes())?.filter(|found| found.kind == EntryKind::Tree);
        let mut waiting: Vec<_> = top.into_iter().map(|top| (Vec::new(), top.id, 0)).collect();
        while let Some((above, tree, depth)) = waiting.pop() {
            for Entry { name, kind, id } in self.repository.entries(tree, &join(folder.as_bytes(), &above))? {
                task.check()?;
                let name = join(&above, &name);
                if files.len() + waiting.len() >= MAX_ENTRIES || depth >= MAX_DEPTH {
                    return Err(Error::TooLarge { path: lossy(&name) });
                }
                match kind {
                    EntryKind::Tree => waiting.push((name, id, depth + 1)),
                    kind => drop(files.insert(name, Blob { kind, id })),
                }
            }
        }
        Ok(files)
    }

    /// Reads a file's bytes, or a symlink's target; `path` is for the messages.
    pub(crate) fn read(&self, blob: Blob, path: &str) -> Result<Vec<u8>, Error> {
        self.repository.blob(blob.id, path.as_bytes())
    }

    fn entry(&self, path: &[u8]) -> Result<Option<Blob>, Error> {
        let mut found = Blob { kind: EntryKind::Tree, id: self.root };
        for part in path.split(|byte| *byte == b'/') {
            if found.kind != EntryKind::Tree {
                return Ok(None);
            }
            let entry = self.repository.entries(found.id, path)?.into_iter().find(|entry| entry.name == part);
            let Some(Entry { kind, id, .. }) = entry else { return Ok(None) };
            found = Blob { kind, id };
        }
        Ok(Some(found))
    }
}

/// Returns the id that Git gives to a file with these bytes; nothing where it cannot be computed.
pub(crate) fn id_of(bytes: &[u8]) -> Option<ObjectId> {
    gix_object::compute_hash(gix_hash::Kind::Sha1, gix_object::Kind::Blob, bytes).ok()
}
