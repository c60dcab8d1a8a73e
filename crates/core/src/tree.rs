//! A plugin's folder in memory: what an archive or a commit holds, without unpacking it to the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::atomic::Obstacle;
use crate::files::{self, CoveredFile, FileMap, RelPath};
use crate::regular::Refused;
use crate::source::Source;
use crate::task::Task;

/// Files in memory by their names: relative, `/`-separated, without `.` and `..`.
///
/// Names are bytes, as on the Linux server. Every folder on the way to a file is there as well.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    label: PathBuf,
    files: BTreeMap<Vec<u8>, TreeFile>,
    folders: BTreeSet<Vec<u8>>,
}

/// One file of a [`Tree`].
#[derive(Debug, Clone)]
pub(crate) struct TreeFile {
    /// Shared by the tree and its folders.
    pub(crate) bytes: Arc<[u8]>,
    /// Whether it is reached through a symlink.
    pub(crate) symlink: bool,
}

impl Tree {
    /// Makes an empty tree; messages put `label` before its names.
    pub(crate) fn new(label: PathBuf) -> Self {
        Self { label, ..Self::default() }
    }

    /// Adds a file and the folders above it. The caller vouches for the name.
    pub(crate) fn add_file(&mut self, name: Vec<u8>, file: TreeFile) {
        self.add_folders_above(&name);
        self.files.insert(name, file);
    }

    /// Adds a folder and those above it. The caller vouches for the name.
    pub(crate) fn add_folder(&mut self, name: Vec<u8>) {
        self.add_folders_above(&name);
        self.folders.insert(name);
    }

    fn add_folders_above(&mut self, name: &[u8]) {
        for (at, _) in name.iter().enumerate().rev().filter(|(_, byte)| **byte == b'/') {
            // Those above one that is there are there too.
            if !self.folders.insert(name[..at].to_vec()) {
                return;
            }
        }
    }

    /// Tells whether something has this name.
    pub(crate) fn contains(&self, name: &[u8]) -> bool {
        self.files.contains_key(name) || self.folders.contains(name)
    }

    /// Tells whether a folder has this name.
    pub(crate) fn has_folder(&self, name: &[u8]) -> bool {
        self.folders.contains(name)
    }

    /// Finds a file's bytes.
    pub(crate) fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.files.get(name).map(|file| &*file.bytes)
    }

    /// Iterates over the files in the order of their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &TreeFile)> {
        self.files.iter().map(|(name, file)| (name.as_slice(), file))
    }

    /// Takes one folder of the tree as a tree of its own; the empty name is the tree itself.
    pub(crate) fn folder(&self, name: &[u8]) -> Self {
        if name.is_empty() {
            return self.clone();
        }
        let prefix = [name, b"/"].concat();
        let below = |path: &[u8]| path.strip_prefix(prefix.as_slice()).map(<[u8]>::to_vec);
        Self {
            label: self.label.join(String::from_utf8_lossy(name).as_ref()),
            files: self.files.iter().filter_map(|(path, file)| Some((below(path)?, file.clone()))).collect(),
            folders: self.folders.iter().filter_map(|path| below(path)).collect(),
        }
    }

    /// Returns what messages put before names.
    pub fn label(&self) -> &Path {
        &self.label
    }

    /// Returns the covered files, with the rules of [`files`].
    ///
    /// # Errors
    /// [`files::Error::NameNotUnicode`], on systems where names are text.
    pub fn covered_files(&self) -> Result<FileMap, files::Error> {
        let mut covered = Vec::new();
        for (name, file) in self.iter().filter(|(name, _)| files::has_covered_name(name)) {
            let Some(path) = RelPath::from_bytes(name) else {
                return Err(files::Error::NameNotUnicode { path: self.path(&String::from_utf8_lossy(name)) });
            };
            covered.push(CoveredFile::of_bytes(path, &file.bytes, file.symlink));
        }
        Ok(FileMap::of(covered))
    }
}

impl Source for Tree {
    fn check(&self) -> Result<(), files::Error> {
        Ok(())
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        Ok(self.contains(name.as_bytes()))
    }

    fn read(&self, name: &str, cap: usize) -> Result<Vec<u8>, Refused> {
        if self.has_folder(name.as_bytes()) {
            return Err(Refused::NotAFile(Obstacle::Folder));
        }
        match self.get(name.as_bytes()) {
            Some(bytes) if bytes.len() > cap => Err(Refused::TooLarge),
            Some(bytes) => Ok(bytes.to_vec()),
            None => Err(Refused::Io(io::ErrorKind::NotFound.into())),
        }
    }

    fn read_covered(&self, file: &RelPath, cap: usize) -> Result<Vec<u8>, Refused> {
        match self.get(&file.name()) {
            Some(bytes) if bytes.len() > cap => Err(Refused::TooLarge),
            Some(bytes) => Ok(bytes.to_vec()),
            None => Err(Refused::Io(io::ErrorKind::NotFound.into())),
        }
    }

    fn names_in(&self, folder: &str) -> io::Result<Vec<Vec<u8>>> {
        if !self.has_folder(folder.as_bytes()) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let prefix = [folder.as_bytes(), b"/"].concat();
        let names = self.files.keys().chain(&self.folders).filter_map(|path| path.strip_prefix(prefix.as_slice()));
        Ok(names.filter(|name| !name.contains(&b'/')).map(<[u8]>::to_vec).collect())
    }

    fn is_symlink(&self, name: &str) -> bool {
        self.files.get(name.as_bytes()).is_some_and(|file| file.symlink)
    }

    fn path(&self, name: &str) -> PathBuf {
        match name {
            "" => self.label.clone(),
            name => self.label.join(name),
        }
    }

    fn path_of(&self, file: &RelPath) -> PathBuf {
        self.label.join(file.as_py().to_string_lossy())
    }

    fn covered(&self, _: &Task<'_>) -> Result<FileMap, files::Error> {
        self.covered_files()
    }
}
