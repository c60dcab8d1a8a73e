//! What lies in a plugin's folder and is not signed.

use std::ffi::OsStr;
use std::path::Path;

use walkdir::DirEntry;

use super::{Error, MAX_ENTRIES, RelPath, check_folder, walk};
use crate::manifest;
use crate::regular;
use crate::signature;
use crate::task::Task;

/// Endings, without the dot, of files that Python or the system runs as code.
const EXECUTABLE: [&str; 5] = ["so", "pyd", "pyc", "dll", "dylib"];

/// A file, or a linked folder, that travels with a plugin and that no signature covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncoveredFile {
    /// Its name below the plugin's folder.
    pub path: RelPath,
    /// Its size in bytes, through a symlink; `None` for a folder, and where it cannot be looked at.
    pub size: Option<u64>,
    /// What it is.
    pub kind: UncoveredKind,
    /// Whether it is reached through a symlink. OCI installs refuse such plugins.
    pub symlink: bool,
}

/// What a file that is not covered is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UncoveredKind {
    /// Compiled code: `.so`, `.pyd`, `.pyc`, `.dll` or `.dylib`, in any case. It can be exchanged and the signature holds.
    Executable,
    /// A second manifest beside `plugin.yaml`, which the loader ignores.
    IgnoredManifest,
    /// A symlink to a folder. Neither the loader's list nor this one enters it, and Python imports what is behind it.
    LinkedFolder,
    /// Data, documentation, templates, sources of other languages.
    Other,
}

/// Lists every file below `root` that a signature does not cover, sorted by path.
///
/// The folder is walked as for the covered files, with the same limits. The manifest, which is covered, and the
/// `plugin.sig` beside it are left out, and so is what is no file: FIFOs, sockets, devices and dangling links.
///
/// # Errors
/// See [`Error`]; a file that cannot be read is listed all the same.
pub fn uncovered(root: &Path, task: &Task<'_>) -> Result<Vec<UncoveredFile>, Error> {
    check_folder(root)?;
    let yaml_counts = yaml_counts(root);
    let mut found = Vec::new();
    walk::visit(root, MAX_ENTRIES, task, |entry| {
        found.extend(judge(root, &entry, yaml_counts));
        Ok(())
    })?;
    found.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// Tells whether `plugin.yaml` is the manifest, as `Manifest::read` chooses; where looking fails it fails too, and then both
/// are shown.
pub(super) fn yaml_counts(root: &Path) -> bool {
    regular::exists(&root.join(manifest::YAML_NAME)).unwrap_or(false)
}

/// Tells whether a file directly in the plugin's folder is a manifest or the signature by its name.
pub(super) fn is_own(name: &str) -> bool {
    [manifest::YAML_NAME, manifest::JSON_NAME, signature::FILE_NAME].contains(&name)
}

pub(super) fn judge(root: &Path, entry: &DirEntry, yaml_counts: bool) -> Option<UncoveredFile> {
    let symlink = entry.path_is_symlink();
    if entry.file_type().is_dir() {
        return None;
    }
    let target = std::fs::metadata(entry.path());
    let (size, folder) = match &target {
        Ok(found) if found.is_dir() => (None, true),
        Ok(found) if found.is_file() => (Some(found.len()), false),
        Ok(_) => return None,
        Err(e) if regular::means_absent(e) => return None,
        Err(_) => (None, false),
    };
    let name = entry.file_name();
    if !folder && walk::has_covered_name(name) {
        return None;
    }
    let kind = if folder {
        UncoveredKind::LinkedFolder
    } else if entry.depth() == 1 && name == manifest::JSON_NAME && yaml_counts {
        UncoveredKind::IgnoredManifest
    } else if entry.depth() == 1 && name.to_str().is_some_and(is_own) {
        return None;
    } else if is_executable(name) {
        UncoveredKind::Executable
    } else {
        UncoveredKind::Other
    };
    // A name that is no Unicode text, on a system where names are, hinders signing only where it is covered.
    let path = walk::shown_path(root, entry)?;
    Some(UncoveredFile { path, size, kind, symlink })
}

pub(crate) fn is_executable(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    // `lib.so.1` is loaded as well, though not by Python's `import`.
    let versioned = name.windows(4).any(|part| part == b".so.");
    versioned
        || EXECUTABLE.iter().any(|ending| {
            name.len() > ending.len()
                && name[name.len() - ending.len()..].eq_ignore_ascii_case(ending.as_bytes())
                && name[name.len() - ending.len() - 1] == b'.'
        })
}
