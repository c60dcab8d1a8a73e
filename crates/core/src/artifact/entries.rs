//! Taking an archive's entries into memory, and refusing by name what unpackers disagree about or are harmed by.

use std::collections::HashMap;

use super::{Error, Kind, MAX_ENTRIES, MAX_UNPACKED_BYTES, Reject};
use crate::files::MAX_DEPTH;
use crate::task::Task;
use crate::tree::{Tree, TreeFile};

/// The longest name of one file or folder, and the longest path, in bytes, that Linux takes.
const MAX_NAME: usize = 255;
const MAX_PATH: usize = 4095;

/// What is known of an entry before its bytes are read.
pub(super) struct Head<'a> {
    /// Its name as the archive has it.
    pub(super) name: &'a [u8],
    pub(super) is_folder: bool,
}

/// The entries of an archive so far.
pub(super) struct Entries<'a> {
    archive: &'a super::Archive<'a>,
    task: &'a Task<'a>,
    tree: Tree,
    /// Every file's and folder's name by its spelling on a system that ignores case, and whether it had its own entry.
    spellings: HashMap<String, (Vec<u8>, bool)>,
    count: usize,
    bytes: u64,
}

impl<'a> Entries<'a> {
    pub(super) fn new(archive: &'a super::Archive<'a>, task: &'a Task<'a>) -> Self {
        let tree = Tree::new(archive.path.to_owned());
        Self { archive, task, tree, spellings: HashMap::new(), count: 0, bytes: 0 }
    }

    /// Names an entry in an error.
    pub(super) fn reject(&self, name: &[u8], why: Reject) -> Error {
        self.archive.reject(name, why)
    }

    /// Checks that one more entry with so many bytes may come, before anything is allocated for it.
    pub(super) fn admit(&mut self, name: &[u8], size: u64) -> Result<(), Error> {
        self.task.check()?;
        self.count += 1;
        if self.count > MAX_ENTRIES {
            return Err(self.reject(name, Reject::TooMany));
        }
        self.bytes = self.bytes.saturating_add(size);
        if self.bytes > MAX_UNPACKED_BYTES {
            return Err(self.reject(name, Reject::TooLarge));
        }
        Ok(())
    }

    /// Takes an entry that was admitted.
    pub(super) fn add(&mut self, head: &Head<'_>, bytes: Vec<u8>) -> Result<(), Error> {
        let name = self.clean_name(head)?;
        if name.is_empty() {
            // `./` names the archive's root itself.
            return if head.is_folder { Ok(()) } else { Err(self.reject(head.name, Reject::NoName)) };
        }
        for (at, _) in name.iter().enumerate().rev().filter(|(_, byte)| **byte == b'/') {
            // Those above one that is there were claimed with it.
            if self.tree.has_folder(&name[..at]) {
                break;
            }
            self.claim(head, &name[..at], true, false)?;
        }
        self.claim(head, &name, head.is_folder, true)?;
        if head.is_folder {
            self.tree.add_folder(name);
        } else {
            self.tree.add_file(name, TreeFile { bytes: bytes.into(), symlink: false });
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Tree {
        self.tree
    }

    /// Returns the name without `.` parts and final slash.
    fn clean_name(&self, head: &Head<'_>) -> Result<Vec<u8>, Error> {
        let reject = |why| Err(self.reject(head.name, why));
        let Ok(text) = std::str::from_utf8(head.name) else { return reject(Reject::NotUtf8) };
        if text.contains('\0') {
            return reject(Reject::Nul);
        }
        if text.contains('\\') {
            return reject(Reject::Backslash);
        }
        let drive = matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
        if text.starts_with('/') || drive {
            return reject(Reject::Absolute);
        }
        let parts: Vec<_> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        if parts.contains(&"..") {
            return reject(Reject::Parent);
        }
        if parts.len() > MAX_DEPTH {
            return reject(Reject::TooDeep);
        }
        let name = parts.join("/");
        if name.len() > MAX_PATH || parts.iter().any(|part| part.len() > MAX_NAME) {
            return reject(Reject::LongName);
        }
        Ok(name.into_bytes())
    }

    /// Gives a name to an entry, or to a folder on the way to it.
    fn claim(&mut self, head: &Head<'_>, name: &[u8], is_folder: bool, own: bool) -> Result<(), Error> {
        let spelling = String::from_utf8_lossy(name).to_lowercase();
        let Some((first, had_entry)) = self.spellings.get_mut(&spelling) else {
            // Folders that are only named on the way to something count too, since one name can hold hundreds.
            if self.spellings.len() >= MAX_ENTRIES {
                return Err(self.reject(head.name, Reject::TooMany));
            }
            self.spellings.insert(spelling, (name.to_vec(), own));
            return Ok(());
        };
        let why = if first != name {
            Reject::OtherCase { other: String::from_utf8_lossy(first).into_owned() }
        } else if self.tree.has_folder(name) != is_folder {
            Reject::FileAndFolder
        } else if own && *had_entry && !(is_folder && self.archive.kind.is_tar()) {
            // Tar archives that were appended to name their folders again; nothing hangs on it.
            Reject::Duplicate
        } else {
            *had_entry |= own;
            return Ok(());
        };
        Err(self.reject(head.name, why))
    }
}

impl Kind {
    fn is_tar(self) -> bool {
        matches!(self, Self::Tar | Self::TarGz)
    }
}
