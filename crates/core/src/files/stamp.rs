//! Noticing cheaply that a plugin's folder may have changed.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use walkdir::DirEntry;

use super::{Difference, Error, MAX_ENTRIES, RelPath, check_folder, uncovered, walk};
use crate::digest::Digest;
use crate::manifest;
use crate::regular::{self, Refused};
use crate::signature;
use crate::task::Task;

/// How old a file's last change must be before the same stamp means the same bytes. Clocks of file systems tick up to
/// every 2 seconds, and two writes within one tick look like one.
const SETTLED: i128 = 2_000_000_000;

/// What the system says of one file; it changes when somebody writes to it, replaces it or touches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FileStamp {
    size: u64,
    modified: i128,
    /// Set by the system on every change, also where a program sets the modification time back. Only on Unix.
    changed: Option<i128>,
    /// Another file under the same name has another number. Only on Unix.
    inode: Option<(u64, u64)>,
}

impl FileStamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().map_or(0, nanoseconds);
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let changed = i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec());
            let inode = (metadata.dev(), metadata.ino());
            Self { size: metadata.len(), modified, changed: Some(changed), inode: Some(inode) }
        }
        #[cfg(not(unix))]
        Self { size: metadata.len(), modified, changed: None, inode: None }
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Whether the file had been left alone for a while at this moment.
    fn settled(&self, at: i128) -> bool {
        self.changed.unwrap_or(self.modified) < at - SETTLED
    }
}

fn nanoseconds(time: SystemTime) -> i128 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_nanos().cast_signed(),
        Err(before) => -before.duration().as_nanos().cast_signed(),
    }
}

/// A small file that is read each time.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Absent,
    Bytes(Digest),
    /// It is there and cannot be read, or is too large; why.
    Unread(String),
}

impl Content {
    fn of(path: &Path, cap: usize) -> Self {
        match regular::read(path, cap) {
            Ok(bytes) => Self::Bytes(Digest::of(&bytes)),
            Err(Refused::Io(error)) if regular::means_absent(&error) => Self::Absent,
            Err(refused) => Self::Unread(format!("{refused:?}")),
        }
    }
}

/// What a plugin's folder looks like from outside at one moment: names, sizes and times of the covered files, the
/// content of the two manifests and of `plugin.sig`, and one number for the names, sizes and times of everything else. No
/// covered file is opened.
///
/// It costs a walk of the folder, so that a window can take one every few seconds, or when the system reports that
/// something happened, and read the plugin again only when [`Stamp::differs`] says so.
///
/// **Take the stamp first and read the plugin after it.** Then what is written in between shows as different next time.
/// Taken the other way round, it would belong to the stamp and be missed.
///
/// What it sees: on Unix every write, replacement and touch, since the change time cannot be set back; a write in the
/// same tick of the file system's clock as the stamp leaves no trace, so that a file changed within the last 2 seconds is
/// [unsure](Moved::unsure) until a stamp is taken later. What it misses: on Windows, a write that keeps the size and sets
/// the modification time back; anywhere, changes through a memory map that the system has not written back, and servers
/// whose clock is behind by more than 2 seconds. So it decides when to look again, never what is signed: signing reads
/// and compares every byte.
#[derive(Debug, Clone)]
pub struct Stamp {
    taken: i128,
    files: BTreeMap<RelPath, FileStamp>,
    manifests: [Content; 2],
    signature: Content,
    others: u64,
}

/// How one stamp differs from an earlier one. A file named here may still hold the same bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moved {
    /// Covered files that came, went, or were written to, replaced or touched.
    pub files: Difference,
    /// Files that look the same and had been changed so shortly before the earlier stamp that it proves nothing.
    pub unsure: Vec<RelPath>,
    /// Whether either manifest's bytes differ, the ignored one's included.
    pub manifest: bool,
    /// Whether `plugin.sig` differs.
    pub signature: bool,
    /// Whether a file that is not covered came, went or was touched. Of what Git keeps for itself only its settings count.
    pub others: bool,
}

impl Moved {
    /// Tells whether what is signed is certainly what it was, within the limits that [`Stamp`] names.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.unsure.is_empty() && !self.manifest && !self.signature
    }
}

impl Stamp {
    /// Takes the stamp of a plugin's folder. Reports entries while listing.
    ///
    /// # Errors
    /// As [`FileMap::read`](super::FileMap::read), but for files that cannot be opened. A missing or unreadable manifest
    /// or signature is no error; it is part of the stamp.
    pub fn take(root: &Path, task: &Task<'_>) -> Result<Self, Error> {
        // Before anything is looked at: what changes from now on is not settled.
        let taken = nanoseconds(SystemTime::now());
        check_folder(root)?;
        let (mut listed, mut links, mut others) = (Vec::new(), Vec::new(), 0_u64);
        walk::visit(root, MAX_ENTRIES, task, |entry| {
            // A sum, since entries come in no order.
            others = others.wrapping_add(other(&entry).unwrap_or(0));
            walk::sort_out(root, entry, &mut listed, &mut links)
        })?;
        let files = listed.into_iter().map(|file| (file.path, file.stamp)).collect();
        let read = |name| Content::of(&root.join(name), manifest::MAX_BYTES);
        Ok(Self {
            taken,
            files,
            manifests: [read(manifest::YAML_NAME), read(manifest::JSON_NAME)],
            signature: Content::of(&root.join(signature::FILE_NAME), signature::MAX_BYTES),
            others,
        })
    }

    /// Compares with a later stamp of the same folder.
    pub fn differs(&self, later: &Self) -> Moved {
        let mut moved = Moved {
            manifest: self.manifests != later.manifests,
            signature: self.signature != later.signature,
            others: self.others != later.others,
            ..Moved::default()
        };
        for (path, now) in &later.files {
            match self.files.get(path) {
                None => moved.files.added.push(path.clone()),
                Some(before) if before != now => moved.files.changed.push(path.clone()),
                Some(before) if !before.settled(self.taken) => moved.unsure.push(path.clone()),
                Some(_) => {}
            }
        }
        moved.files.removed = self.files.keys().filter(|path| !later.files.contains_key(*path)).cloned().collect();
        moved
    }
}

/// Stands for what an entry looks like that is not covered; nothing for folders, for what is looked at otherwise, and for what
/// Git writes all the time.
fn other(entry: &DirEntry) -> Option<u64> {
    let name = entry.file_name();
    let own = entry.depth() == 1 && name.to_str().is_some_and(uncovered::is_own);
    if own || entry.file_type().is_dir() || (!entry.path_is_symlink() && walk::has_covered_name(name)) {
        return None;
    }
    if is_of_git(entry) && name != "config" && name != "attributes" {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    entry.path().hash(&mut hasher);
    entry.metadata().ok().map(|metadata| FileStamp::of(&metadata)).hash(&mut hasher);
    Some(hasher.finish())
}

/// Tells whether an entry lies in a folder named `.git` below the root.
fn is_of_git(entry: &DirEntry) -> bool {
    entry
        .path()
        .ancestors()
        .skip(1)
        .take(entry.depth() - 1)
        .any(|folder| folder.file_name().is_some_and(|name| name == ".git"))
}
