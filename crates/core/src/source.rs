//! Where the loader's rules read a plugin from: a folder on the disk, or files in memory.
//!
//! The rules themselves stand once, in [`manifest`](crate::manifest), [`files`](crate::files),
//! [`signature`](crate::signature) and [`verdict`](crate::verdict), and ask only what is here.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::files::{self, FileMap, RelPath};
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

    /// Reads a covered file of at most `cap` bytes.
    fn read_covered(&self, file: &RelPath, cap: usize) -> Result<Vec<u8>, Refused>;

    /// Lists the names in a folder directly in it, in no order.
    fn names_in(&self, folder: &str) -> io::Result<Vec<Vec<u8>>>;

    /// Tells whether the name itself is a symlink.
    fn is_symlink(&self, name: &str) -> bool;

    /// Returns what a message calls the file, or with an empty name the folder.
    fn path(&self, name: &str) -> PathBuf;

    /// Returns what a message calls a covered file.
    fn path_of(&self, file: &RelPath) -> PathBuf;

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

    fn read_covered(&self, file: &RelPath, cap: usize) -> Result<Vec<u8>, Refused> {
        regular::read(&self.path_of(file), cap)
    }

    fn names_in(&self, folder: &str) -> io::Result<Vec<Vec<u8>>> {
        fs::read_dir(self.path(folder))?.map(|entry| Ok(entry?.file_name().into_encoded_bytes())).collect()
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

    fn path_of(&self, file: &RelPath) -> PathBuf {
        file.below(self.0).unwrap_or_else(|| self.0.to_owned())
    }

    fn covered(&self, task: &Task<'_>) -> Result<FileMap, files::Error> {
        FileMap::read(self.0, task)
    }
}
