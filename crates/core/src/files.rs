//! The files that a signature covers: every `.py` below the plugin's folder, with its SHA-256.
//!
//! AiSOC's loader contract §3: `Path(dir).rglob("*.py")` and `is_file()` of Python 3.11. That means every folder below
//! the plugin's, hidden ones and `tests/` included, but none behind a symlink; names that end in `.py`, case-sensitive
//! on every platform, `.py` itself included; regular files, also through a symlink. Folders, FIFOs, sockets, devices
//! and dangling links with such a name are out.
//!
//! Where Python fails, reading fails. Python leaves out a folder that cannot be listed and says nothing; here it is
//! an error, because the server may be able to list it and would then compute another digest.

mod hash;
mod line_endings;
mod path;
mod stamp;
mod survey;
mod uncovered;
mod walk;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use line_endings::with_crlf;
pub(crate) use path::hides;
pub use path::{RelPath, printable};
pub use stamp::{Moved, Stamp};
pub(crate) use survey::{Survey, survey};
pub(crate) use uncovered::is_executable;
pub use uncovered::{UncoveredFile, UncoveredKind, uncovered};

use crate::code::Code;
use crate::digest::Digest;
use crate::explain::{Explain, Place};
use crate::files::line_endings::Hashes;
use crate::task::{Cancelled, Task};

/// The most entries, of any kind, that a folder may hold in all.
pub const MAX_ENTRIES: u64 = 200_000;

/// The most folders inside one another. Python's own limit depends on its caller's stack and lies near 990.
pub const MAX_DEPTH: usize = 200;

/// One covered file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveredFile {
    /// Its name below the plugin's folder.
    pub path: RelPath,
    /// How many bytes were hashed.
    pub size: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
    /// The SHA-256 of its bytes with every CRLF, and every CR that stands alone, as LF: what is left where only line
    /// endings differ. No signature covers it.
    pub lf_sha256: Digest,
    /// Whether it is reached through a symlink. OCI installs refuse such plugins.
    pub symlink: bool,
}

impl CoveredFile {
    /// Hashes a file that is in memory.
    pub(crate) fn of_bytes(path: RelPath, bytes: &[u8], symlink: bool) -> Self {
        let mut hashes = Hashes::default();
        hashes.update(bytes);
        let (sha256, lf_sha256) = hashes.finish();
        Self { path, size: bytes.len() as u64, sha256, lf_sha256, symlink }
    }
}

/// The covered files of a folder, sorted by path in code point order, as `json.dumps` writes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileMap {
    files: Vec<CoveredFile>,
    links: Vec<RelPath>,
}

impl FileMap {
    /// Reads a plugin's folder: lists it, then hashes the covered files on all processors.
    ///
    /// Reports entries while listing and bytes while hashing. Files are streamed, so their size does not matter.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::loader_fails`] tells what is the loader's failure and what is only ours.
    pub fn read(root: &Path, task: &Task<'_>) -> Result<Self, Error> {
        check_folder(root)?;
        let (listed, mut links) = walk::list_with_links(root, MAX_ENTRIES, task)?;
        let hashed = hash::hash_all(listed, hash::UNSEEN, task)?;
        let mut files: Vec<_> = hashed.into_iter().map(|(file, _)| file).collect();
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        links.sort_unstable();
        Ok(Self { files, links })
    }

    /// Makes the map of files that are in memory, given in any order.
    pub(crate) fn of(mut files: Vec<CoveredFile>) -> Self {
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Self { files, links: Vec::new() }
    }

    /// Returns the symlinks in the folder that lead to no covered file, sorted: to other files, to folders, to nothing.
    pub fn uncovered_links(&self) -> &[RelPath] {
        &self.links
    }

    /// Iterates over the files in order.
    pub fn iter(&self) -> std::slice::Iter<'_, CoveredFile> {
        self.files.iter()
    }

    /// Returns the number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Tells whether no file is covered.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Returns the sum of the files' sizes in bytes.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// Finds a file by its path.
    pub fn get(&self, path: &str) -> Option<&CoveredFile> {
        self.files.iter().find(|file| file.path.as_py().as_str() == Some(path))
    }
}

impl<'a> IntoIterator for &'a FileMap {
    type Item = &'a CoveredFile;
    type IntoIter = std::slice::Iter<'a, CoveredFile>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// What differs between two readings of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Files that only the later reading has.
    pub added: Vec<RelPath>,
    /// Files that only the earlier reading has.
    pub removed: Vec<RelPath>,
    /// Files with other bytes.
    pub changed: Vec<RelPath>,
}

impl Difference {
    /// Tells whether the readings cover the same files with the same bytes.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// Compares two readings of a folder, file by file.
pub fn diff(before: &FileMap, after: &FileMap) -> Difference {
    let mut old: BTreeMap<_, _> = before.iter().map(|file| (&file.path, file.sha256)).collect();
    let mut difference = Difference::default();
    for file in after {
        match old.remove(&file.path) {
            None => difference.added.push(file.path.clone()),
            Some(sha256) if sha256 != file.sha256 => difference.changed.push(file.path.clone()),
            Some(_) => {}
        }
    }
    difference.removed = old.into_keys().cloned().collect();
    difference
}

/// Tells whether a file with this name, or with this path, is covered.
pub(crate) fn has_covered_name(name: &[u8]) -> bool {
    name.ends_with(b".py")
}

/// Checks that a path names a folder.
///
/// # Errors
/// [`Error::FolderMissing`], [`Error::NotAFolder`] or [`Error::Unreadable`].
pub fn check_folder(root: &Path) -> Result<(), Error> {
    match std::fs::metadata(root) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(Error::NotAFolder { path: root.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::FolderMissing { path: root.to_owned() }),
        Err(source) => Err(Error::Unreadable { path: root.to_owned(), source }),
    }
}

/// Why the covered files could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing has the path of the plugin's folder.
    #[error("cannot read the plugin folder `{}`: there is no such folder", path.display())]
    FolderMissing {
        /// The plugin's folder.
        path: PathBuf,
    },
    /// The path of the plugin's folder is something else.
    #[error("cannot read the plugin folder `{}`: it is not a folder", path.display())]
    NotAFolder {
        /// The plugin's folder.
        path: PathBuf,
    },
    /// A folder below the plugin's, or itself, cannot be listed. The loader would skip it and say nothing.
    #[error("cannot list the folder `{}`: {source}", path.display())]
    Unlistable {
        /// The folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A covered file cannot be looked at or read, or the folder that holds it cannot be entered.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A file was written, replaced or removed between listing the folder and the end of hashing.
    #[error("`{}` changed while it was read", path.display())]
    Changed {
        /// The file or folder.
        path: PathBuf,
    },
    /// The folder has more entries than [`MAX_ENTRIES`].
    #[error("cannot read the plugin folder `{}`: it holds more than {MAX_ENTRIES} files and folders", path.display())]
    TooManyEntries {
        /// The plugin's folder.
        path: PathBuf,
    },
    /// Folders are nested deeper than [`MAX_DEPTH`].
    #[error("cannot read `{}`: folders are nested more than {MAX_DEPTH} deep", path.display())]
    TooDeep {
        /// The first folder that is too deep.
        path: PathBuf,
    },
    /// A name that is no Unicode text, on a system where names are; the server could not have the same name.
    #[error("cannot sign `{}`: its name is not Unicode text", path.display())]
    NameNotUnicode {
        /// The file.
        path: PathBuf,
    },
    /// The caller cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl Error {
    /// Tells whether AiSOC's loader, in this place and with these permissions, fails as well when it needs the digest.
    pub fn loader_fails(&self) -> bool {
        matches!(self, Self::Unreadable { .. })
    }
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::FolderMissing { .. } | Self::NotAFolder { .. } => Code::FolderInvalid,
            Self::Unlistable { .. } => Code::FolderUnlistable,
            Self::Unreadable { .. } => Code::FileUnreadable,
            Self::Changed { .. } => Code::FileChanged,
            Self::TooManyEntries { .. } | Self::TooDeep { .. } => Code::FolderTooLarge,
            Self::NameNotUnicode { .. } => Code::FileNameInvalid,
            Self::Cancelled(_) => Code::Cancelled,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(
            match self {
                Self::FolderMissing { .. } => "check the path; it is taken relative to the current folder",
                Self::NotAFolder { .. } => "give the folder that holds plugin.yaml, not a file in it",
                Self::Unlistable { .. } => {
                    "the signature would cover what is in there; make the folder readable for you, or move it out of \
                     the plugin"
                }
                Self::Unreadable { .. } => {
                    "the signature covers every .py file; make the file readable for you, or move it out of the plugin"
                }
                Self::Changed { .. } => "wait until nothing writes to the folder any more, then try again",
                Self::TooManyEntries { .. } | Self::TooDeep { .. } => {
                    "a virtual environment, node_modules or build output may be in the folder; move it out, since \
                     every .py file in it would be signed and have to travel with the plugin"
                }
                Self::NameNotUnicode { .. } => "rename the file",
                Self::Cancelled(_) => return None,
            }
            .to_owned(),
        )
    }

    fn place(&self) -> Option<Place> {
        let path = match self {
            Self::FolderMissing { path }
            | Self::NotAFolder { path }
            | Self::Unlistable { path, .. }
            | Self::Unreadable { path, .. }
            | Self::Changed { path }
            | Self::TooManyEntries { path }
            | Self::TooDeep { path }
            | Self::NameNotUnicode { path } => path,
            Self::Cancelled(_) => return None,
        };
        Some(Place { path: path.clone(), position: None })
    }

    fn at_the_loader(&self) -> Option<String> {
        match self {
            Self::Unlistable { .. } => Some(
                "a loader that cannot list the folder leaves its files out of the digest and says nothing; one that can \
                 list it computes another digest"
                    .to_owned(),
            ),
            Self::Unreadable { .. } => {
                Some("the loader refuses the plugin in strict and in warn mode when it cannot read a .py file".to_owned())
            }
            _ => None,
        }
    }
}
