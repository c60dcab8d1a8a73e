//! Safe edits: small changes to a plugin's files that the author asks for after seeing them as a diff.
//!
//! An [`Edit`] is made from the bytes that were read and belongs to them: where the file holds other bytes by now, applying
//! it fails. It changes what it names and keeps encoding, byte order mark and every other byte. No symlink is followed.

mod line_endings;
mod quote;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use line_endings::{attributes_as_it_is, attributes_with_lf, with_lf};
pub(crate) use quote::Quoter;
use serde::Serialize;
use similar::TextDiff;

use crate::atomic::{self, Obstacle};
use crate::code::Code;
use crate::digest::Digest;
use crate::explain::{Explain, Place};
use crate::files::printable;
use crate::patch::visible;
use crate::regular::{self, Refused};

/// The largest file that is edited, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// How many lines of a diff are written out.
const MAX_DIFF_LINES: usize = 400;

/// How long a diff may take; after that it is longer than it needs to be, and still right.
const DIFF_TIME: Duration = Duration::from_millis(500);

/// What an edit does; the kebab-case names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EditKind {
    /// Puts a value or a key of the manifest in quotes, so that it is text.
    Quote,
    /// Writes LF in place of every CRLF of a file.
    LineFeeds,
    /// Adds a line to `.gitattributes`, or makes the file, so that Git leaves line endings as they are signed.
    GitAttributes,
}

/// A change to one file, made from the very bytes that it applies to.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    kind: EditKind,
    root: PathBuf,
    name: PathBuf,
    before: Option<Vec<u8>>,
    after: Vec<u8>,
}

/// The bytes may be many; what is edited is what matters.
impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edit").field("kind", &self.kind).field("path", &self.path()).finish_non_exhaustive()
    }
}

impl Edit {
    /// Makes an edit of the file `name` below `root`; `before` is nothing where there is no such file.
    fn new(kind: EditKind, root: &Path, name: impl Into<PathBuf>, before: Option<Vec<u8>>, after: Vec<u8>) -> Self {
        Self { kind, root: root.to_owned(), name: name.into(), before, after }
    }

    /// Returns what the edit does.
    pub fn kind(&self) -> EditKind {
        self.kind
    }

    /// Returns the file.
    pub fn path(&self) -> PathBuf {
        self.root.join(&self.name)
    }

    /// Returns the SHA-256 of the bytes that the file must have; nothing where there must be no file.
    pub fn expected(&self) -> Option<Digest> {
        self.before.as_deref().map(Digest::of)
    }

    /// Returns the bytes that the file has afterwards.
    pub fn bytes(&self) -> &[u8] {
        &self.after
    }

    /// Returns the change as a unified diff for showing: control characters are escapes, and a long diff ends with how much
    /// is left out.
    pub fn diff(&self) -> String {
        unified(&self.name.to_string_lossy(), self.before.as_deref(), Some(&self.after))
    }

    /// Writes the file, if it still holds the bytes that the diff came from.
    ///
    /// The file keeps its permissions. Whoever writes to it in the very moment between the comparison and the renaming loses
    /// to this edit, as with every editor.
    ///
    /// # Errors
    /// See [`Error`]; after an error the file is what it was, unless [`Error::Write`] says that it took effect.
    pub fn apply(&self) -> Result<(), Error> {
        let path = self.path();
        self.refuse_links()?;
        let Some(before) = &self.before else {
            return atomic::create_new(&path, &self.after, 0o644).map_err(|error| match error {
                atomic::Error::Exists { path, .. } => Error::Changed { path },
                error => Error::Write(error),
            });
        };
        let (now, mode) = read(&path)?;
        if now != *before {
            return Err(Error::Changed { path });
        }
        atomic::replace(&path, &self.after, mode).map_err(Error::Write)
    }

    /// Fails where the file, or a folder between it and the plugin's, is a symlink by now.
    fn refuse_links(&self) -> Result<(), Error> {
        let mut path = self.root.clone();
        for part in &self.name {
            path.push(part);
            if let Ok(Some(Obstacle::Symlink)) = Obstacle::at(&path) {
                return Err(Error::Link { path });
            }
        }
        Ok(())
    }
}

/// Writes a change to a file as a unified diff for showing, as [`Edit::diff`]; nothing stands for no file.
pub(crate) fn unified(name: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> String {
    let side = |there: bool, prefix: &str| {
        let name = if there { format!("{prefix}/{name}") } else { "/dev/null".to_owned() };
        printable(&name)
    };
    let (old, new) = (side(before.is_some(), "a"), side(after.is_some(), "b"));
    let before = before.map(String::from_utf8_lossy).unwrap_or_default();
    let after = after.map(String::from_utf8_lossy).unwrap_or_default();
    // Split at LF alone, so that the CR of a CRLF shows.
    let before: Vec<_> = before.split_inclusive('\n').collect();
    let after: Vec<_> = after.split_inclusive('\n').collect();
    let diff = TextDiff::configure().timeout(DIFF_TIME).newline_terminated(true).diff_slices(&before, &after);
    let text = diff.unified_diff().context_radius(3).header(&old, &new).to_string();
    let count = text.lines().count();
    let mut shown: String = text.split('\n').take(MAX_DIFF_LINES).map(visible).collect::<Vec<_>>().join("\n");
    if count > MAX_DIFF_LINES {
        shown.push_str(&format!("\n… {} more lines\n", count - MAX_DIFF_LINES));
    }
    shown
}

/// Reads a file that is to be edited, with its permission bits.
fn read(path: &Path) -> Result<(Vec<u8>, u32), Error> {
    let (file, metadata) = regular::open_unlinked(path).map_err(|refused| Error::refused(path, refused))?;
    let bytes = regular::read_open(file, MAX_BYTES).map_err(|refused| Error::refused(path, refused))?;
    Ok((bytes, regular::mode(&metadata)))
}

/// Why an edit was not applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file holds other bytes than the diff came from, is gone, or is there by now.
    #[error("`{}` is not what the change was made for any more", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The file or a folder on the way to it is a symlink.
    #[error("cannot change `{}`: it is a symbolic link", path.display())]
    Link {
        /// The file or folder.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// The file cannot be written.
    #[error(transparent)]
    Write(atomic::Error),
}

impl Error {
    fn refused(path: &Path, refused: Refused) -> Self {
        let path = path.to_owned();
        match refused {
            Refused::NotAFile(Obstacle::Symlink) => Self::Link { path },
            Refused::NotAFile(_) | Refused::TooLarge => Self::Changed { path },
            Refused::Io(error) if regular::means_absent(&error) => Self::Changed { path },
            Refused::Io(source) => Self::Unreadable { path, source },
        }
    }
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::Changed { .. } => Code::EditOutdated,
            Self::Link { .. } => Code::TargetNotAFile,
            Self::Unreadable { .. } => Code::Io,
            Self::Write(error) => error.code(),
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Changed { .. } => "look at the plugin again, and at the new diff".to_owned(),
            Self::Link { .. } => "links are never written through; change the file that it points to".to_owned(),
            Self::Unreadable { .. } => "make the file readable for you".to_owned(),
            Self::Write(error) => return error.hint(),
        })
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::Changed { path } | Self::Link { path } | Self::Unreadable { path, .. } => {
                Some(Place { path: path.clone(), position: None })
            }
            Self::Write(error) => error.place(),
        }
    }
}
