//! The plugin's folder in the clone: what is there, what a submission does to it, and writing it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::WalkDir;

use super::changes::Removed;
use super::{COMMUNITY, Error, FileState, Planned, Role};
use crate::atomic::{self, Obstacle};
use crate::digest::Digest;
use crate::files::{self, RelPath};
use crate::manifest::{self, Manifest, PluginId};
use crate::patch::Mode;
use crate::preflight;
use crate::regular::{self, Refused};
use crate::task::Task;

/// So many entries a folder in the clone may have.
const MAX_ENTRIES: usize = 20_000;

/// The largest file there that is compared.
const MAX_FILE: usize = 64 << 20;

/// So many plugins of the clone are asked for their ids.
const MAX_PLUGINS: usize = 5_000;

/// What the folder holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Target {
    entries: BTreeMap<RelPath, Entry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    /// With its mode, where files have one.
    File(Digest, Option<Mode>),
    Folder,
    Symlink,
    Special,
}

impl Target {
    /// Tells whether it has a file, or a link, of this name.
    pub(super) fn has_file(&self, path: &RelPath) -> bool {
        self.entries.get(path).is_some_and(|entry| *entry != Entry::Folder)
    }

    /// Returns a file's mode, where files have one.
    pub(super) fn mode(&self, path: &RelPath) -> Option<Mode> {
        match self.entries.get(path) {
            Some(Entry::File(_, mode)) => *mode,
            _ => None,
        }
    }
}

#[cfg(unix)]
fn mode(entry: &walkdir::DirEntry) -> Option<Mode> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = entry.metadata().ok()?.permissions().mode();
    Some(if mode & 0o100 == 0 { Mode::File } else { Mode::Executable })
}

#[cfg(not(unix))]
fn mode(_: &walkdir::DirEntry) -> Option<Mode> {
    None
}

/// Reads the files that are going to be removed, if they still are what was looked at.
pub(super) fn read_removed(
    root: &Path,
    folder: &str,
    target: Option<&Target>,
    paths: &[RelPath],
) -> Result<Vec<Removed>, Error> {
    let (top, mut all, mut size) = (root.join(folder), Vec::new(), 0);
    for path in paths {
        let file = path.below(&top).unwrap_or_else(|| top.join(path.to_string()));
        let (mode, bytes) = match target.and_then(|target| target.entries.get(path)) {
            Some(Entry::File(digest, mode)) => {
                let bytes = read(&file)?;
                if Digest::of(&bytes) != *digest {
                    return Err(Error::Changed { path: file });
                }
                (mode.unwrap_or(Mode::File), bytes)
            }
            Some(Entry::Symlink) => {
                let link = fs::read_link(&file).map_err(|source| Error::Unreadable { path: file.clone(), source })?;
                (Mode::Link, link.into_os_string().into_encoded_bytes())
            }
            // Git has never heard of these.
            _ => continue,
        };
        size += bytes.len();
        if size > MAX_FILE {
            return Err(Error::TooLarge { path: file });
        }
        all.push(Removed { path: path.clone(), mode, bytes });
    }
    Ok(all)
}

/// The files with their states, and what else is in the folder.
pub(super) struct Compared {
    pub(super) files: Vec<Planned>,
    /// What would make the signature invalid.
    pub(super) surplus: Vec<RelPath>,
    /// What stays.
    pub(super) kept: Vec<RelPath>,
}

/// Names what stands at a path of the clone; nothing where nothing does.
///
/// # Errors
/// [`Error::Link`] where it, or a folder on the way, is a symlink; [`Error::InTheWay`] where a file stands on the way.
pub(super) fn at(root: &Path, path: &str) -> Result<Option<Obstacle>, Error> {
    let mut so_far = root.to_owned();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        so_far.push(part);
        let found = Obstacle::at(&so_far);
        match found.map_err(|source| Error::Unreadable { path: so_far.clone(), source })? {
            None => return Ok(None),
            Some(Obstacle::Symlink) => return Err(Error::Link { path: so_far }),
            Some(what) if parts.peek().is_none() => return Ok(Some(what)),
            Some(Obstacle::Folder) => {}
            Some(what) => return Err(Error::InTheWay { path: so_far, what }),
        }
    }
    Ok(None)
}

/// Looks at the plugin's folder in the clone; nothing where there is none.
pub(super) fn look(root: &Path, id: &PluginId, task: &Task<'_>) -> Result<Option<Target>, Error> {
    let folder = format!("{COMMUNITY}/{id}");
    match at(root, &folder)? {
        None => {
            refuse_other_case(root, id)?;
            return Ok(None);
        }
        Some(Obstacle::Folder) => {}
        Some(what) => return Err(Error::InTheWay { path: root.join(folder), what }),
    }
    let top = root.join(COMMUNITY).join(id.as_str());
    let mut target = Target::default();
    for entry in WalkDir::new(&top).min_depth(1).max_depth(files::MAX_DEPTH) {
        task.check()?;
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(&top).to_owned();
            let source = error.into_io_error().unwrap_or_else(|| io::Error::other("links go round in circles"));
            Error::Unreadable { path, source }
        })?;
        if target.entries.len() >= MAX_ENTRIES {
            return Err(Error::TooLarge { path: top });
        }
        let name = entry.path().strip_prefix(&top).ok().and_then(RelPath::from_path);
        let Some(name) = name else {
            return Err(Error::BadName {
                path: entry.path().to_string_lossy().into_owned(),
                why: "its name is no text",
            });
        };
        let kind = entry.file_type();
        let seen = if kind.is_symlink() {
            Entry::Symlink
        } else if kind.is_dir() {
            Entry::Folder
        } else if kind.is_file() {
            Entry::File(Digest::of(&read(entry.path())?), mode(&entry))
        } else {
            Entry::Special
        };
        target.entries.insert(name, seen);
    }
    Ok(Some(target))
}

/// Refuses a folder whose name differs in case alone: on some systems it is the same one.
fn refuse_other_case(root: &Path, id: &PluginId) -> Result<(), Error> {
    let Ok(entries) = fs::read_dir(root.join(COMMUNITY)) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.eq_ignore_ascii_case(id.as_str())) {
            let at = format!("`{COMMUNITY}/{}`", name.to_string_lossy());
            return Err(Error::IdTaken { id: id.clone(), at });
        }
    }
    Ok(())
}

/// Compares the files with what is there.
pub(super) fn compare(
    root: &Path,
    folder: &str,
    mut files: Vec<Planned>,
    target: Option<&Target>,
) -> Result<Compared, Error> {
    let Some(target) = target else { return Ok(Compared { files, surplus: Vec::new(), kept: Vec::new() }) };
    let on_disk = |path: &RelPath| {
        let folder = root.join(folder);
        path.below(&folder).unwrap_or_else(|| folder.join(path.to_string()))
    };
    for file in &mut files {
        for folder in folders_of(&file.path) {
            let what = match target.entries.get(&folder) {
                None | Some(Entry::Folder) => continue,
                Some(Entry::Symlink) => return Err(Error::Link { path: on_disk(&folder) }),
                Some(Entry::File(..)) => Obstacle::File,
                Some(Entry::Special) => Obstacle::Special,
            };
            return Err(Error::InTheWay { path: on_disk(&folder), what });
        }
        let path = on_disk(&file.path);
        let what = match target.entries.get(&file.path) {
            None => continue,
            Some(Entry::File(digest, _)) if *digest == Digest::of(&file.bytes) => {
                file.state = FileState::Same;
                continue;
            }
            Some(Entry::File(digest, _)) => {
                let before = read(&path)?;
                if Digest::of(&before) != *digest {
                    return Err(Error::Changed { path });
                }
                file.state = FileState::Changed;
                file.before = Some(Arc::from(before));
                continue;
            }
            Some(Entry::Symlink) => return Err(Error::Link { path }),
            Some(Entry::Folder) => Obstacle::Folder,
            Some(Entry::Special) => Obstacle::Special,
        };
        return Err(Error::InTheWay { path, what });
    }
    let planned: BTreeSet<_> = files.iter().map(|file| &file.path).collect();
    let others = target.entries.iter().filter(|(path, entry)| **entry != Entry::Folder && !planned.contains(path));
    let (surplus, kept) = others.map(|(path, _)| path.clone()).partition(|path| breaks(path, &files));
    Ok(Compared { files, surplus, kept })
}

/// Tells whether a file that is not among the planned ones makes their signature invalid, or hides their manifest.
pub(super) fn breaks(path: &RelPath, planned: &[Planned]) -> bool {
    let is_yaml = |path: &RelPath| path.as_py().as_str() == Some(manifest::YAML_NAME);
    let brings_yaml = || planned.iter().any(|file| file.role == Role::Manifest && is_yaml(&file.path));
    files::has_covered_name(path.as_py().to_string_lossy().as_bytes()) || (is_yaml(path) && !brings_yaml())
}

/// Refuses files of the target that hold a secret and are not replaced: a commit of the folder would publish them.
pub(super) fn refuse_secrets<'a>(
    root: &Path,
    folder: &str,
    files: impl Iterator<Item = &'a RelPath>,
    task: &Task<'_>,
) -> Result<(), Error> {
    let top = root.join(folder);
    for path in files {
        task.check()?;
        let path = path.below(&top).unwrap_or_else(|| top.join(path.to_string()));
        if Obstacle::at(&path).ok().flatten() != Some(Obstacle::File) {
            continue;
        }
        if let Some((is_key, words, position)) = preflight::first_secret(&read(&path)?) {
            return Err(Error::Secret { path, words, position, is_key });
        }
    }
    Ok(())
}

/// The folders between the plugin's and a file of it, from the top.
fn folders_of(path: &RelPath) -> Vec<RelPath> {
    let text = path.as_py().to_string_lossy();
    text.match_indices('/').filter_map(|(at, _)| RelPath::from_path(Path::new(&text[..at]))).collect()
}

/// Writes the files and removes the others; returns what was written.
pub(super) fn write(
    root: &Path,
    id: &PluginId,
    files: &[Planned],
    removed: &[RelPath],
    is_there: bool,
) -> Result<Vec<RelPath>, Error> {
    let community = root.join(COMMUNITY);
    if at(root, COMMUNITY)?.is_none() {
        make_folder(&community)?;
    }
    let mut done = Vec::new();
    if is_there {
        let top = community.join(id.as_str());
        for path in removed {
            refuse_linked_folders(root, id, path)?;
            // A link itself is removed, never what it points to.
            let file = path.below(&top).unwrap_or_else(|| top.join(path.to_string()));
            atomic::remove(&file).map_err(|source| Error::Write { done: done.clone(), source })?;
            done.push(format!("removed `{path}`"));
        }
        let changed = files.iter().filter(|file| file.state != FileState::Same);
        return write_all(&top, changed, done, |path| refuse_links(root, id, path));
    }
    let top = fresh_folder(&community, id)?;
    let written = write_all(&top.0, files.iter(), done, |_| Ok(()))?;
    let target = community.join(id.as_str());
    if at(root, &format!("{COMMUNITY}/{id}"))?.is_some() {
        return Err(Error::Changed { path: target });
    }
    fs::rename(&top.0, &target).map_err(|source| write_error("write", &target, source))?;
    std::mem::forget(top);
    Ok(written)
}

fn write_all<'a>(
    top: &Path,
    files: impl Iterator<Item = &'a Planned>,
    mut done: Vec<String>,
    check: impl Fn(&RelPath) -> Result<(), Error>,
) -> Result<Vec<RelPath>, Error> {
    let mut written = Vec::new();
    for file in files {
        check(&file.path)?;
        for folder in folders_of(&file.path) {
            let folder = folder.below(top).unwrap_or_else(|| top.to_owned());
            if Obstacle::at(&folder).ok().flatten().is_none() {
                make_folder(&folder)?;
            }
        }
        let path = file.path.below(top).unwrap_or_else(|| top.join(file.path.to_string()));
        let result = match file.state {
            FileState::New => atomic::create_new(&path, &file.bytes, 0o644),
            _ => atomic::replace(&path, &file.bytes, 0o644),
        };
        result.map_err(|source| Error::Write { done: done.clone(), source })?;
        done.push(format!("wrote `{}`", file.path));
        written.push(file.path.clone());
    }
    Ok(written)
}

/// Fails where a file of the plugin's folder, or a folder on the way to it, is a symlink by now.
fn refuse_links(root: &Path, id: &PluginId, path: &RelPath) -> Result<(), Error> {
    refuse_linked_folders(root, id, path)?;
    at(root, &format!("{COMMUNITY}/{id}/{}", path.as_py().to_string_lossy())).map(|_| ())
}

fn refuse_linked_folders(root: &Path, id: &PluginId, path: &RelPath) -> Result<(), Error> {
    let folder = format!("{COMMUNITY}/{id}");
    at(root, &folder)?;
    for above in folders_of(path) {
        at(root, &format!("{folder}/{}", above.as_py().to_string_lossy()))?;
    }
    Ok(())
}

fn make_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir(path).map_err(|source| write_error("create", path, source))
}

fn write_error(action: &'static str, path: &Path, source: io::Error) -> Error {
    Error::Write { done: Vec::new(), source: atomic::Error::Io { action, path: path.to_owned(), source } }
}

/// A folder that is not complete yet and goes away unless it is finished.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // The error that led here is the one to report. Links in a folder are removed, not followed.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn fresh_folder(community: &Path, id: &PluginId) -> Result<Unfinished, Error> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(|error| write_error("create", community, io::Error::other(error)))?;
    // A leading dot keeps it from being taken for a plugin.
    let path = community.join(format!(".{id}.{}.tmp", hex::encode(random)));
    make_folder(&path)?;
    Ok(Unfinished(path))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let read = regular::open_unlinked(path).and_then(|(file, _)| regular::read_open(file, MAX_FILE));
    read.map_err(|refused| match refused {
        Refused::TooLarge => Error::TooLarge { path: path.to_owned() },
        Refused::NotAFile(Obstacle::Symlink) => Error::Link { path: path.to_owned() },
        Refused::NotAFile(_) => Error::Changed { path: path.to_owned() },
        Refused::Io(source) => Error::Unreadable { path: path.to_owned(), source },
    })
}

/// Finds another plugin of the clone whose manifest has this id; its manifest, below the root.
pub(super) fn same_id_elsewhere(root: &Path, id: &PluginId) -> Option<String> {
    let own = format!("{COMMUNITY}/{id}");
    let mut looked = 0;
    for parent in ["plugins", COMMUNITY] {
        let mut names: Vec<_> =
            fs::read_dir(root.join(parent)).ok()?.flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        for name in names {
            let folder = format!("{parent}/{}", name.to_string_lossy());
            let path = root.join(parent).join(&name);
            looked += 1;
            if folder == own || folder == COMMUNITY || looked > MAX_PLUGINS || !path.join(manifest::YAML_NAME).is_file()
            {
                continue;
            }
            let found = Manifest::read(&path).ok().and_then(|manifest| manifest.field_as_read("id").text);
            // The script takes the folder's name where the manifest has no id.
            let found = found.unwrap_or_else(|| name.to_string_lossy().into_owned());
            if found == id.as_str() {
                return Some(format!("{folder}/{}", manifest::YAML_NAME));
            }
        }
    }
    None
}
