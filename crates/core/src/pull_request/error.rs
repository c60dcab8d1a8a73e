//! Why there is no pull request.

use std::path::PathBuf;

use crate::atomic;
use crate::code::Code;
use crate::explain::{Explain, Place};
use crate::files::printable;
use crate::task::Cancelled;
use crate::verdict;

/// Why there is no pull request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The plugin cannot be looked at.
    #[error(transparent)]
    Plugin(verdict::Error),
    /// A file's name leads out of the repository or into Git's own folder.
    #[error("`{}` cannot stand in a patch: it is no name of a file in a repository", printable(name))]
    Name {
        /// The name.
        name: String,
    },
    /// A file that is no text cannot be put into a patch.
    #[error("`{}` cannot stand in a patch: its hash cannot be computed", printable(name))]
    Binary {
        /// The file.
        name: String,
    },
    /// The folder for the kit is there already.
    #[error("cannot make the folder `{}`: something with this name exists already", path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// The folder for the kit cannot be made.
    #[error("cannot make the folder `{}`: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// A file of the kit cannot be written.
    #[error(transparent)]
    Write(atomic::Error),
    /// The caller cancelled.
    #[error(transparent)]
    Cancelled(Cancelled),
}

impl From<verdict::Error> for Error {
    fn from(error: verdict::Error) -> Self {
        match error {
            verdict::Error::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Plugin(other),
        }
    }
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::Plugin(error) => error.code(),
            Self::Name { .. } | Self::Binary { .. } => Code::BadPath,
            Self::Exists { .. } => Code::TargetExists,
            Self::Folder { .. } => Code::Io,
            Self::Write(error) => error.code(),
            Self::Cancelled(_) => Code::Cancelled,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Plugin(error) => return error.hint(),
            Self::Name { .. } | Self::Binary { .. } => {
                "leave the file out, and add it to the commit yourself".to_owned()
            }
            Self::Exists { .. } => {
                "nothing is overwritten here; give the name of a folder that is not there yet".to_owned()
            }
            Self::Folder { .. } => "make the folder above it first, and see that it is writable for you".to_owned(),
            Self::Write(error) => return error.hint(),
            Self::Cancelled(_) => return None,
        })
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::Plugin(error) => error.place(),
            Self::Exists { path } | Self::Folder { path, .. } => Some(Place { path: path.clone(), position: None }),
            Self::Write(error) => error.place(),
            Self::Name { .. } | Self::Binary { .. } | Self::Cancelled(_) => None,
        }
    }
}
