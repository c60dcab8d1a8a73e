//! Where the loader's rules read a plugin from: a folder on the disk, or files in memory.
//!
//! The rules themselves stand once, in [`manifest`](crate::manifest), [`files`](crate::files),
//! [`signature`](crate::signature) and [`verdict`](crate::verdict), and ask only what is here.

use std::io;
use std::path::{Path, PathBuf};

use crate::files::{self, FileMap};
use crate::regular::{self, Refused};
use crate::task::Task;

/// A plugin's folder, wherever it is. Names are those of files directly in it.
pub(crate) trait Source {
    /// Checks that there is such a folder.
    fn check(&self) -> Result<(), files::Error>;

    /// Answers as Python's `Path.exists()`.
    fn exists(&self, name: &str) -> io::Result<bool>;

    /// Reads a whole regular file of at most `cap` bytes.
    fn read(&self, name: &str, cap: usize) -> Result<Vec<u8>, Refused>;

    /// Tells whether the name itself is a symlink.
    fn is_symlink(&self, name: &str) -> bool;

    /// Returns what a message calls the file, or with an empty name the folder.
    fn path(&self, name: &str) -> PathBuf;

    /// Reads the covered files.
    fn covered(&self, task: &Task<'_>) -> Result<FileMap, files::Error>;
}

/// A folder on the disk.
pub(crate) struct Folder<'a>(pub(crate) &'a Path);

impl Source for Folder<'_> {
    fn check(&self) -> Result<(), files::Error> {
        files::check_folder(self.0)
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        regular::exists(&self.path(name))
    }

    fn read(&self, name: &str, cap: usize) -> Result<Vec<u8>, Refused> {
        regular::read(&self.path(name), cap)
    }

    fn is_symlink(&self, name: &str) -> bool {
        regular::is_symlink(&self.path(name))
    }

    fn path(&self, name: &str) -> PathBuf {
        match name {
            "" => self.0.to_owned(),
            name => self.0.join(name),
        }
    }

    fn covered(&self, task: &Task<'_>) -> Result<FileMap, files::Error> {
        FileMap::read(self.0, task)
    }
}
