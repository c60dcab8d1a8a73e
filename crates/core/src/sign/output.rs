//! The file that a signature goes to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Error, OutputProblem};
use crate::atomic::{self, Obstacle};
use crate::manifest;
use crate::regular::{self, Refused};
use crate::signature::{self, Signature};

/// A file that a signature may be written to, with what it held before.
#[derive(Debug)]
pub(super) struct Output {
    path: PathBuf,
    before: Option<Before>,
}

/// What a file is, as far as it can be put back.
#[derive(Debug, PartialEq, Eq)]
struct Before {
    content: Vec<u8>,
    mode: u32,
}

impl Before {
    fn of(path: &Path, content: Vec<u8>) -> io::Result<Self> {
        Ok(Self { content, mode: mode(&fs::symlink_metadata(path)?) })
    }
}

/// What stands there after [`Output::take_back`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Now {
    /// What was there before, or nothing again.
    AsBefore,
    /// What somebody else has put there since, or has removed.
    Foreign,
}

impl Output {
    /// Checks that a signature may go to this file, and remembers what it holds.
    pub(super) fn check(path: PathBuf) -> Result<Self, Error> {
        if let Some(why) = refused_by_name(&path) {
            return Err(Error::OutputRefused { path, why });
        }
        let io_error = |source| atomic::Error::Io { action: "read", path: path.clone(), source };
        let before = match Obstacle::at(&path).map_err(io_error)? {
            None => None,
            Some(Obstacle::File) => match regular::read(&path, signature::MAX_BYTES) {
                Ok(content) if is_replaceable(&path, &content) => Some(Before::of(&path, content).map_err(io_error)?),
                Ok(_) | Err(Refused::TooLarge) => {
                    return Err(Error::OutputRefused { path, why: OutputProblem::OtherContent });
                }
                Err(Refused::NotAFile(what)) => {
                    return Err(atomic::Error::NotAFile { path, what }.into());
                }
                Err(Refused::Io(source)) => return Err(io_error(source).into()),
            },
            Some(what) => return Err(atomic::Error::NotAFile { path, what }.into()),
        };
        Ok(Self { path, before })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn write(&self, signature: &Signature) -> Result<(), atomic::Error> {
        signature.write(&self.path)
    }

    /// Puts back what was there before [`Output::write`], unless somebody else has written there since.
    ///
    /// It does not matter whether the write came to its end. A folder that cannot be flushed does not keep the old file
    /// from being back.
    pub(super) fn take_back(&self, written: &Signature) -> Result<Now, atomic::Error> {
        let io_error = |source| atomic::Error::Io { action: "read", path: self.path.clone(), source };
        // A link is somebody else's, even one that leads to the very bytes.
        let found = match Obstacle::at(&self.path).map_err(io_error)? {
            None => None,
            Some(Obstacle::File) => match regular::read(&self.path, signature::MAX_BYTES) {
                Ok(content) => Some(Before::of(&self.path, content).map_err(io_error)?),
                Err(Refused::Io(error)) if error.kind() == io::ErrorKind::NotFound => None,
                Err(Refused::Io(error)) => return Err(io_error(error)),
                Err(Refused::NotAFile(_) | Refused::TooLarge) => return Ok(Now::Foreign),
            },
            Some(_) => return Ok(Now::Foreign),
        };
        if found == self.before {
            return Ok(Now::AsBefore);
        }
        // What stands there now is not ours to remove.
        if found.is_none_or(|found| found.content != written.to_string().as_bytes()) {
            return Ok(Now::Foreign);
        }
        let result = match &self.before {
            Some(before) => atomic::replace(&self.path, &before.content, before.mode),
            None => atomic::remove(&self.path),
        };
        match result {
            Err(error) if !error.took_effect() => Err(error),
            _ => Ok(Now::AsBefore),
        }
    }
}

#[cfg(unix)]
fn mode(found: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    found.permissions().mode() & 0o777
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> u32 {
    0o644
}

fn refused_by_name(path: &Path) -> Option<OutputProblem> {
    // Case does not matter: on many disks `PLUGIN.YAML` is the manifest.
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    if [manifest::YAML_NAME, manifest::JSON_NAME].contains(&name.as_str()) {
        return Some(OutputProblem::Manifest);
    }
    // Wherever it lies, since a covered file may be a symlink to it.
    name.ends_with(".py").then_some(OutputProblem::Covered)
}

/// Whether a file may be replaced. A slip such as `--out my.key` must not cost anybody a private key, so other content
/// than a signature stays.
fn is_replaceable(path: &Path, content: &[u8]) -> bool {
    content.is_empty()
        || Signature::parse(content).is_some()
        || path.file_name().is_some_and(|name| name == signature::FILE_NAME)
}
