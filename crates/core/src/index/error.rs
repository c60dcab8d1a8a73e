//! Why an index is not read or not changed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::MAX_BYTES;
use super::scan::{Fault, Problem};
use crate::atomic::{self, Obstacle};
use crate::code::Code;
use crate::explain::{Explain, Place};
use crate::files::printable;
use crate::regular::{self, Refused};
use crate::task::Cancelled;

/// Why an index is not read or not changed; the file is what it was, unless [`Error::Write`] or
/// [`Error::NotAsWritten`] says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such file.
    #[error("there is no index `{}`", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The index is no regular file.
    #[error("cannot change `{}`: it is {what}", path.display())]
    NotAFile {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: Obstacle,
    },
    /// The index is larger than this program reads.
    #[error("`{}` is larger than {} MiB, the most that is read", path.display(), MAX_BYTES >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The index cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// The index is not UTF-8.
    #[error("`{}` is not UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// Line and column of the first byte that is not.
        position: (u32, u32),
    },
    /// The index is no JSON, or no index.
    #[error("`{}` is not an index: {problem}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: Problem,
        /// Line and column.
        position: (u32, u32),
    },
    /// Two items have the same type and id.
    #[error("`{}` has two items with the type `{}` and the id `{}`", path.display(), printable(item_type), printable(id))]
    Duplicate {
        /// The file.
        path: PathBuf,
        /// Their type.
        item_type: String,
        /// Their id.
        id: String,
        /// Line and column of the second one.
        position: (u32, u32),
        /// The first one's line.
        first: u32,
    },
    /// The item to change has one of its fields twice.
    #[error("the item in `{}` has two `{field}`", path.display())]
    FieldTwice {
        /// The file.
        path: PathBuf,
        /// The field.
        field: &'static str,
        /// Line and column of the second one.
        position: (u32, u32),
    },
    /// The file holds other bytes than the change was made from, or is gone.
    #[error("`{}` has changed since it was read", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The file's owner may not write to it.
    #[error("nothing was written: `{}` is read-only", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// No repository has a file of this name.
    #[error("`{}` has no name that a Git repository takes", path.display())]
    NotInRepository {
        /// The file.
        path: PathBuf,
    },
    /// Another run has held the folder's lock all the time.
    #[error("nothing was written: another run is changing an index in `{}`, and {} seconds were waited", folder.display(), limit.as_secs())]
    Busy {
        /// The index's folder.
        folder: PathBuf,
        /// How long was waited.
        limit: Duration,
    },
    /// The folder cannot be locked.
    #[error("nothing was written: cannot lock the folder `{}` against other runs: {source}", folder.display())]
    NoTurn {
        /// The index's folder.
        folder: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// The file cannot be written.
    #[error(transparent)]
    Write(atomic::Error),
    /// The changed text was read again before it was written, and more than the one item differs.
    #[error("the change of `{}` does not hold when it is read again: {why}; nothing was written", path.display())]
    Unproven {
        /// The file.
        path: PathBuf,
        /// What differs.
        why: &'static str,
    },
    /// The file was written, and holds something else when it is read again.
    #[error("`{}` does not hold what was just written to it", path.display())]
    NotAsWritten {
        /// The file.
        path: PathBuf,
    },
    /// The caller cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl Error {
    pub(super) fn refused(path: &Path, refused: Refused) -> Self {
        let path = path.to_owned();
        match refused {
            Refused::NotAFile(what) => Self::NotAFile { path, what },
            Refused::TooLarge => Self::TooLarge { path },
            Refused::Io(error) if regular::means_absent(&error) => Self::Missing { path },
            Refused::Io(source) => Self::Unreadable { path, source },
        }
    }

    pub(super) fn fault(path: &Path, text: &str, fault: &Fault) -> Self {
        let position = position(text.as_bytes(), fault.at);
        Self::Invalid { path: path.to_owned(), problem: fault.problem, position }
    }
}

/// Counts lines and columns from 1, columns in characters; a byte order mark is none.
pub(super) fn position(bytes: &[u8], at: usize) -> (u32, u32) {
    let before = &bytes[..at];
    let line = memchr::memchr_iter(b'\n', before).count();
    let start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let column = String::from_utf8_lossy(&before[start..]).trim_start_matches('\u{feff}').chars().count();
    let number = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
    (number(line), number(column))
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::Missing { .. } | Self::Unreadable { .. } | Self::Busy { .. } | Self::NoTurn { .. } => Code::Io,
            Self::NotAFile { .. } => Code::TargetNotAFile,
            Self::NotInRepository { .. } => Code::BadPath,
            Self::TooLarge { .. } => Code::IndexTooLarge,
            Self::NotUtf8 { .. } | Self::Invalid { .. } | Self::FieldTwice { .. } => Code::IndexInvalid,
            Self::Duplicate { .. } => Code::IndexDuplicate,
            Self::Changed { .. } => Code::IndexChanged,
            Self::ReadOnly { .. } => Code::IndexReadOnly,
            Self::Write(error) => error.code(),
            Self::Unproven { .. } | Self::NotAsWritten { .. } => Code::IndexUnproven,
            Self::Cancelled(_) => Code::Cancelled,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Missing { .. } => {
                "give the path of an index that is there, such as marketplace/index.json; a new one begins as `[]`".to_owned()
            }
            Self::NotAFile { what: Obstacle::Symlink, .. } => {
                "links are never written through; give the path that it points to".to_owned()
            }
            Self::NotAFile { .. } => "give the path of an index, such as marketplace/index.json".to_owned(),
            Self::TooLarge { .. } => "see that this is an index; AiSOC's own has 10 MB".to_owned(),
            Self::Unreadable { .. } => "make the file readable for you".to_owned(),
            Self::NotUtf8 { .. } => "save it as UTF-8".to_owned(),
            Self::Invalid { problem, .. } => match problem {
                Problem::NoItems => {
                    "an index is an array of entries, or an object with an array `items`; AiSOC's is marketplace/index.json"
                }
                Problem::ItemNotObject => "each item of an index is an object with `id` and `type`",
                Problem::TwoItems | Problem::TwoKeys(_) => "readers disagree about which one counts; remove one",
                Problem::Depth => "no index needs that; see where the file comes from",
                _ => "nothing is changed in an index that is no JSON; mend it first",
            }
            .to_owned(),
            Self::Duplicate { first, .. } => {
                format!("the first one stands in line {first}; remove one, because nobody can tell which one counts")
            }
            Self::FieldTwice { .. } => "readers disagree about which one counts; remove one".to_owned(),
            Self::Changed { .. } => "look at the index again, and at the new diff".to_owned(),
            Self::ReadOnly { .. } => {
                "somebody may want it that way; if you may change it, make it writable (`chmod u+w`) and do this again".to_owned()
            }
            Self::NotInRepository { .. } => {
                "give the index in a work tree: not in `.git`, and with a name in Unicode without line breaks".to_owned()
            }
            Self::Busy { .. } => "see whether one waits for an answer, and do this again".to_owned(),
            Self::NoTurn { .. } => {
                "make the folder readable for you; where its disk has no locks, change a copy of the index elsewhere".to_owned()
            }
            Self::Write(error) => return error.hint(),
            Self::Unproven { .. } => {
                "this is a fault of this program: change the index by hand, and report it with the index".to_owned()
            }
            Self::NotAsWritten { .. } => "see what else writes to the file, and look at it again".to_owned(),
            Self::Cancelled(_) => return None,
        })
    }

    fn place(&self) -> Option<Place> {
        let (path, position) = match self {
            Self::Missing { path }
            | Self::NotAFile { path, .. }
            | Self::TooLarge { path }
            | Self::Unreadable { path, .. }
            | Self::Changed { path }
            | Self::ReadOnly { path }
            | Self::Unproven { path, .. }
            | Self::NotInRepository { path }
            | Self::Busy { folder: path, .. }
            | Self::NoTurn { folder: path, .. }
            | Self::NotAsWritten { path } => (path, None),
            Self::NotUtf8 { path, position }
            | Self::Invalid { path, position, .. }
            | Self::Duplicate { path, position, .. }
            | Self::FieldTwice { path, position, .. } => (path, Some(*position)),
            Self::Write(error) => return error.place(),
            Self::Cancelled(_) => return None,
        };
        Some(Place { path: path.clone(), position })
    }
}
