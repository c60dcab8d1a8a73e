//! The files of a plugin that go to the clone.

use std::path::Path;
use std::sync::Arc;

use super::{Error, FileState, Planned, Role};
use crate::digest::Digest;
use crate::files::{self, FileMap, RelPath, UncoveredFile, UncoveredKind, printable};
use crate::manifest::Manifest;
use crate::preflight;
use crate::regular::{self, Refused};
use crate::signature;
use crate::task::Task;

/// The largest file of a submission.
const MAX_FILE: usize = 16 << 20;

/// So many bytes a submission may have.
const MAX_BYTES: usize = 64 << 20;

/// Beginnings, in small letters, of the names of files that go along: what the plugin is, and under which terms.
const DOCUMENTS: [&str; 5] = ["readme", "license", "licence", "copying", "notice"];

/// A plugin's files, sorted into those that go along and the others.
pub(super) struct Collected {
    pub(super) files: Vec<Planned>,
    pub(super) left_out: Vec<UncoveredFile>,
}

/// Reads the files that go along, and refuses secrets in them.
pub(super) fn collect(dir: &Path, include: &[RelPath], task: &Task<'_>) -> Result<Collected, Error> {
    let manifest = Manifest::read(dir)?;
    let covered = FileMap::read(dir, task)?;
    let mut taken = Taken { dir, files: Vec::new(), bytes: 0 };
    for file in &covered {
        task.check()?;
        let planned = taken.take(&file.path, Role::Covered, file.symlink)?;
        if Digest::of(&planned.bytes) != file.sha256 {
            return Err(Error::Files(files::Error::Changed { path: taken.path(&file.path) }));
        }
    }
    let own = |name: &Path| RelPath::from_path(Path::new(name.file_name().unwrap_or_default()));
    if let Some(path) = own(manifest.path()) {
        taken.take(&path, Role::Manifest, manifest.is_symlink())?;
    }
    if let Some(path) = own(Path::new(signature::FILE_NAME))
        && regular::exists(&taken.path(&path)).unwrap_or(true)
    {
        let linked = regular::is_symlink(&taken.path(&path));
        taken.take(&path, Role::Signature, linked)?;
    }
    let mut left_out = Vec::new();
    let mut unused: Vec<_> = include.iter().collect();
    for file in files::uncovered(dir, task)? {
        let chosen = include.iter().any(|chosen| is_or_holds(chosen, &file.path));
        unused.retain(|chosen| !is_or_holds(chosen, &file.path));
        if chosen && (file.symlink || file.kind == UncoveredKind::LinkedFolder) {
            return Err(Error::IncludeLink { path: taken.path(&file.path) });
        }
        if chosen {
            taken.take(&file.path, Role::Included, false)?;
        } else if is_document(&file) {
            taken.take(&file.path, Role::Document, false)?;
        } else if !text(&file.path).starts_with(".git/") {
            left_out.push(file);
        }
    }
    unused.retain(|chosen| !taken.files.iter().any(|file| is_or_holds(chosen, &file.path)));
    if let Some(path) = unused.first() {
        return Err(Error::IncludeMissing { path: taken.path(path) });
    }
    taken.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(Collected { files: taken.files, left_out })
}

struct Taken<'a> {
    dir: &'a Path,
    files: Vec<Planned>,
    bytes: usize,
}

impl Taken<'_> {
    fn path(&self, path: &RelPath) -> std::path::PathBuf {
        path.below(self.dir).unwrap_or_else(|| self.dir.join(path.to_string()))
    }

    fn take(&mut self, name: &RelPath, role: Role, linked: bool) -> Result<&Planned, Error> {
        let path = self.path(name);
        let Some(text) = name.as_py().as_str() else {
            return Err(Error::BadName { path: name.to_string(), why: "its name is no text" });
        };
        if text.split('/').any(|part| part.eq_ignore_ascii_case(".git")) {
            return Err(Error::BadName { path: name.to_string(), why: "Git takes nothing named `.git`" });
        }
        if printable(text) != text {
            return Err(Error::BadName { path: name.to_string(), why: "its name has characters that do not show" });
        }
        // What is behind a link is read only where the loader reads it too.
        let opened = if linked { regular::open(&path) } else { regular::open_unlinked(&path) };
        let bytes =
            opened.and_then(|(file, _)| regular::read_open(file, MAX_FILE)).map_err(|refused| match refused {
                Refused::TooLarge => Error::TooLarge { path: path.clone() },
                Refused::NotAFile(_) => Error::Files(files::Error::Changed { path: path.clone() }),
                Refused::Io(source) => Error::Unreadable { path: path.clone(), source },
            })?;
        self.bytes += bytes.len();
        if self.bytes > MAX_BYTES {
            return Err(Error::TooLarge { path });
        }
        if let Some((is_key, words, position)) = preflight::first_secret(&bytes) {
            return Err(Error::Secret { path, words, position, is_key });
        }
        self.files.push(Planned {
            path: name.clone(),
            bytes: Arc::from(bytes),
            role,
            state: FileState::New,
            linked,
            before: None,
        });
        // It was pushed just now.
        Ok(&self.files[self.files.len() - 1])
    }
}

/// Tells whether the file says what the plugin is or under which terms, directly in the plugin's folder.
fn is_document(file: &UncoveredFile) -> bool {
    let name = text(&file.path).to_ascii_lowercase();
    let begins = |beginning: &&str| {
        name.strip_prefix(*beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
    };
    !file.symlink && file.kind == UncoveredKind::Other && !name.contains('/') && DOCUMENTS.iter().any(begins)
}

/// Tells whether a chosen path is this file, or a folder that holds it.
fn is_or_holds(chosen: &RelPath, file: &RelPath) -> bool {
    let (chosen, file) = (text(chosen), text(file));
    file.strip_prefix(&chosen).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn text(path: &RelPath) -> String {
    path.as_py().to_string_lossy()
}
