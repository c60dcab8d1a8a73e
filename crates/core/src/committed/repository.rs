//! A Git repository's `HEAD` and objects, and nothing else of it.

use std::fs;
use std::path::{Path, PathBuf};

use gix_hash::ObjectId;
use gix_object::{CommitRefIter, Find as _, Kind, TreeRefIter, tree::EntryKind};

use super::{Error, MAX_FILE, lossy};
use crate::regular::{self, Refused};

/// The largest `HEAD`, ref or `.git` file that is read.
const MAX_REF: usize = 4096;

/// The largest file of packed refs that is read.
const MAX_PACKED_REFS: usize = 32 << 20;

/// How often a ref may name another one; Git allows as many.
const MAX_SYMBOLIC: usize = 5;

/// An entry of a tree.
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) kind: EntryKind,
    pub(super) id: ObjectId,
}

/// A repository that was found around a folder.
pub(super) struct Repository {
    /// The folder that holds `.git`.
    pub(super) work_tree: PathBuf,
    /// Where `HEAD` is.
    git_dir: PathBuf,
    /// Where the objects and refs are; for a linked work tree that is elsewhere.
    common_dir: PathBuf,
    objects: gix_odb::Handle,
}

impl Repository {
    /// Finds the repository that a folder lies in, and the folder's path in it.
    pub(super) fn find(dir: &Path) -> Result<(Self, Vec<u8>), Error> {
        let unreadable = |source| Error::Unreadable { path: dir.to_owned(), source };
        let dir = fs::canonicalize(dir).map_err(unreadable)?;
        for work_tree in dir.ancestors() {
            let Some(found) = Self::open(work_tree)? else { continue };
            let below = below(work_tree, &dir).ok_or_else(|| Error::NoRepository { dir: dir.clone() })?;
            return Ok((found, below));
        }
        Err(Error::NoRepository { dir })
    }

    /// Opens the repository whose work tree is this folder, and no folder above it.
    pub(super) fn at(work_tree: &Path) -> Result<Self, Error> {
        Self::open(work_tree)?.ok_or_else(|| Error::NoRepository { dir: work_tree.to_owned() })
    }

    fn open(work_tree: &Path) -> Result<Option<Self>, Error> {
        let Some(git_dir) = git_dir(work_tree)? else { return Ok(None) };
        let common_dir = common_dir(&git_dir)?;
        let objects_dir = common_dir.join("objects");
        let alternates = objects_dir.join("info/alternates");
        if regular::exists(&alternates).unwrap_or(true) {
            return Err(Error::Alternates { path: alternates });
        }
        check_packs(&objects_dir.join("pack"))?;
        let options = gix_odb::store::init::Options {
            alloc_limit_bytes: Some(MAX_FILE),
            current_dir: Some(common_dir.clone()),
            ..Default::default()
        };
        let objects = gix_odb::at_opts(&objects_dir, gix_hash::Kind::Sha1, None, options)
            .map_err(|source| Error::Unreadable { path: objects_dir, source })?;
        Ok(Some(Self { work_tree: work_tree.to_owned(), git_dir, common_dir, objects }))
    }

    /// Returns the commit that is checked out.
    pub(super) fn head(&self) -> Result<ObjectId, Error> {
        let mut name = "HEAD".to_owned();
        for _ in 0..=MAX_SYMBOLIC {
            let Some(text) = self.reference(&name)? else {
                return Err(Error::NothingCommitted { path: self.work_tree.clone() });
            };
            let text = text.as_str();
            match text.strip_prefix("ref:").map(str::trim_start) {
                Some("refs/heads/.invalid") => return Err(self.unsupported("its refs are in the reftable form")),
                Some(next) if is_ref(next) => name = next.to_owned(),
                None if text.len() == 64 && is_hex(text) => return Err(self.unsupported("its object ids are SHA-256")),
                None if text.len() == 40 && is_hex(text) => {
                    return ObjectId::from_hex(text.as_bytes()).map_err(|_| self.damaged("HEAD cannot be read"));
                }
                _ => return Err(self.damaged("HEAD cannot be read")),
            }
        }
        Err(self.damaged("HEAD goes round in circles"))
    }

    /// Returns what a ref says, if it is there: an id, or `ref:` and the name of another one.
    pub(super) fn reference(&self, name: &str) -> Result<Option<String>, Error> {
        // Branches are common to all work trees, `HEAD` is each one's own.
        let base = if name == "HEAD" { &self.git_dir } else { &self.common_dir };
        let text = match read_small(&base.join(name))? {
            Some(text) => Some(text),
            None => self.packed(name)?,
        };
        Ok(text.map(|text| text.trim_end().to_owned()))
    }

    /// Returns the tree of a commit.
    pub(super) fn tree_of(&self, commit: ObjectId) -> Result<ObjectId, Error> {
        let bytes = self.object(commit, Kind::Commit, "HEAD")?;
        let id = CommitRefIter::from_bytes(&bytes, gix_hash::Kind::Sha1).tree_id();
        id.map_err(|_| self.damaged("the commit cannot be read"))
    }

    /// Lists a tree.
    pub(super) fn entries(&self, tree: ObjectId, path: &[u8]) -> Result<Vec<Entry>, Error> {
        let bytes = self.object(tree, Kind::Tree, &lossy(path))?;
        let mut entries: Vec<Entry> = Vec::new();
        for entry in TreeRefIter::from_bytes(&bytes, gix_hash::Kind::Sha1) {
            let entry = entry.map_err(|_| self.damaged("a folder in the commit cannot be read"))?;
            let name = entry.filename.to_vec();
            // A clone refuses these too.
            let bad = matches!(name.as_slice(), b"" | b"." | b"..")
                || name.eq_ignore_ascii_case(b".git")
                || name.iter().any(|byte| matches!(byte, b'/' | 0))
                || entries.last().is_some_and(|last| last.name == name);
            if bad {
                return Err(Error::BadName { path: lossy(&super::join(path, &name)) });
            }
            entries.push(Entry { name, kind: entry.mode.kind(), id: entry.oid.to_owned() });
        }
        Ok(entries)
    }

    /// Reads a file.
    pub(super) fn blob(&self, id: ObjectId, path: &[u8]) -> Result<Vec<u8>, Error> {
        self.object(id, Kind::Blob, &lossy(path))
    }

    fn object(&self, id: ObjectId, kind: Kind, path: &str) -> Result<Vec<u8>, Error> {
        let hex = id.to_string();
        let loose = self.common_dir.join("objects").join(&hex[..2]).join(&hex[2..]);
        check_is_file(&loose)?;
        let mut buffer = Vec::new();
        let found = match self.objects.try_find(&id, &mut buffer) {
            Ok(Some(data)) if data.kind == kind => data.data.len(),
            Ok(Some(_)) => return Err(self.damaged("an object is of another kind than its folder says")),
            Ok(None) => {
                return Err(Error::ObjectMissing {
                    path: path.to_owned(),
                    id: id.to_string(),
                    partial: self.is_partial(),
                });
            }
            Err(error) => {
                return Err(Error::Object { path: path.to_owned(), id: id.to_string(), why: error.to_string() });
            }
        };
        buffer.truncate(found);
        match gix_object::compute_hash(gix_hash::Kind::Sha1, kind, &buffer) {
            Ok(computed) if computed == id => Ok(buffer),
            _ => Err(self.damaged("an object's bytes do not have its id")),
        }
    }

    /// Finds a ref in the file of packed ones.
    fn packed(&self, name: &str) -> Result<Option<String>, Error> {
        let path = self.common_dir.join("packed-refs");
        let Some(text) = read_text(&path, MAX_PACKED_REFS)? else { return Ok(None) };
        let line = text.lines().filter_map(|line| line.split_once(' ')).find(|(_, packed)| *packed == name);
        Ok(line.map(|(id, _)| id.to_owned()))
    }

    /// Tells whether some objects were left on the server, as `git clone --filter` does.
    fn is_partial(&self) -> bool {
        let Ok(packs) = fs::read_dir(self.common_dir.join("objects/pack")) else { return false };
        packs.flatten().any(|entry| entry.path().extension().is_some_and(|ending| ending == "promisor"))
    }

    fn damaged(&self, why: &'static str) -> Error {
        Error::Damaged { path: self.git_dir.clone(), why }
    }

    fn unsupported(&self, why: &'static str) -> Error {
        Error::Unsupported { path: self.git_dir.clone(), why }
    }
}

/// Names the file with attributes that count in this one clone and reach no other; nothing where it has none.
pub(super) fn own_attributes(work_tree: &Path) -> Result<Option<PathBuf>, Error> {
    let Some(git_dir) = git_dir(work_tree)? else { return Ok(None) };
    let path = common_dir(&git_dir)?.join("info/attributes");
    let text = match regular::read(&path, MAX_PACKED_REFS) {
        Ok(text) => text,
        Err(Refused::Io(error)) if regular::means_absent(&error) => return Ok(None),
        // What cannot be read may say anything.
        Err(_) => return Ok(Some(path)),
    };
    let says = |line: &[u8]| !matches!(line.trim_ascii(), [] | [b'#', ..]);
    Ok(text.split(|byte| *byte == b'\n').any(says).then_some(path))
}

/// Finds the work tree that a folder lies in, if any; one whose repository cannot be read is one, too.
pub(crate) fn work_tree_of(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|folder| !matches!(git_dir(folder), Ok(None)))
}

fn common_dir(git_dir: &Path) -> Result<PathBuf, Error> {
    Ok(match read_small(&git_dir.join("commondir"))? {
        Some(text) => git_dir.join(text.trim_end()),
        None => git_dir.to_owned(),
    })
}

/// Finds the repository's own folder beside its files: `.git`, or where a file of this name says.
fn git_dir(work_tree: &Path) -> Result<Option<PathBuf>, Error> {
    let dot_git = work_tree.join(".git");
    let found = match fs::metadata(&dot_git) {
        Ok(found) => found,
        Err(error) if regular::means_absent(&error) => return Ok(None),
        Err(source) => return Err(Error::Unreadable { path: dot_git, source }),
    };
    let git_dir = if found.is_dir() {
        dot_git
    } else {
        let text = read_small(&dot_git)?.unwrap_or_default();
        match text.strip_prefix("gitdir:") {
            Some(path) => work_tree.join(path.trim()),
            None => return Err(Error::Damaged { path: dot_git, why: "it names no repository" }),
        }
    };
    // Git passes over a folder without these too.
    let whole = git_dir.join("HEAD").symlink_metadata().is_ok();
    Ok(whole.then_some(git_dir))
}

/// Checks that the library, which opens packs by their names, will open no FIFO and no device.
fn check_packs(folder: &Path) -> Result<(), Error> {
    let unreadable = |source| Error::Unreadable { path: folder.to_owned(), source };
    let packs = match fs::read_dir(folder) {
        Ok(packs) => packs,
        Err(error) if regular::means_absent(&error) => return Ok(()),
        Err(source) => return Err(unreadable(source)),
    };
    for pack in packs {
        check_is_file(&pack.map_err(unreadable)?.path())?;
    }
    Ok(())
}

/// Checks that what has this name, if anything, is a regular file or a folder.
fn check_is_file(path: &Path) -> Result<(), Error> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() && !found.is_dir() => {
            Err(Error::Damaged { path: path.to_owned(), why: "it is a FIFO, a socket or a device" })
        }
        _ => Ok(()),
    }
}

/// Reads a small text file; nothing where there is none.
fn read_small(path: &Path) -> Result<Option<String>, Error> {
    read_text(path, MAX_REF)
}

fn read_text(path: &Path, cap: usize) -> Result<Option<String>, Error> {
    let damaged = |why| Error::Damaged { path: path.to_owned(), why };
    match regular::read(path, cap) {
        Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| damaged("it is not UTF-8")),
        Err(Refused::Io(error)) if regular::means_absent(&error) => Ok(None),
        Err(Refused::Io(source)) => Err(Error::Unreadable { path: path.to_owned(), source }),
        // A folder has the name of a ref's beginning.
        Err(Refused::NotAFile(crate::atomic::Obstacle::Folder)) => Ok(None),
        Err(Refused::NotAFile(_)) => Err(damaged("it is no file")),
        Err(Refused::TooLarge) => Err(damaged("it is too large")),
    }
}

/// Tells whether a text can name a ref, so that it cannot lead out of the repository.
fn is_ref(name: &str) -> bool {
    let part_fits = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    name.starts_with("refs/")
        && name.split('/').all(part_fits)
        && !name.contains("..")
        && !name.contains(|c: char| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '[' | '~' | '^' | ' '))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The folder's path below the work tree, `/`-separated.
fn below(work_tree: &Path, dir: &Path) -> Option<Vec<u8>> {
    let parts: Option<Vec<&[u8]>> = dir.strip_prefix(work_tree).ok()?.iter().map(name_bytes).collect();
    Some(parts?.join(&b'/'))
}

#[cfg(unix)]
fn name_bytes(name: &std::ffi::OsStr) -> Option<&[u8]> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(name.as_bytes())
}

#[cfg(not(unix))]
fn name_bytes(name: &std::ffi::OsStr) -> Option<&[u8]> {
    name.to_str().map(str::as_bytes)
}
