//! Why there is no pull request.

use std::path::PathBuf;

use crate::atomic;
use crate::checkout;
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
    /// A submission is not fit for a pull request.
    #[error("no pull request is prepared of the submission: {why}")]
    NotReady {
        /// Why not.
        why: &'static str,
    },
    /// The plugin's folder is not what the submission was made of any more.
    #[error("`{}` is not the plugin that was looked at any more", dir.display())]
    Changed {
        /// The folder.
        dir: PathBuf,
    },
    /// The submission's files or the clone's commit cannot be read.
    #[error(transparent)]
    Submission(checkout::Error),
    /// The folder for the kit is there already.
    #[error("cannot make the folder `{}`: something with this name exists already", path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// The folder for the kit would lie in the plugin's.
    #[error("cannot make the folder `{}`: it is in the plugin's folder `{}`", path.display(), plugin.display())]
    Inside {
        /// The folder.
        path: PathBuf,
        /// The plugin's folder.
        plugin: PathBuf,
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

impl From<checkout::Error> for Error {
    fn from(error: checkout::Error) -> Self {
        match error {
            checkout::Error::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Submission(other),
        }
    }
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::Plugin(error) => error.code(),
            Self::Name { .. } | Self::Inside { .. } => Code::BadPath,
            Self::NotReady { .. } => Code::EntryUnverified,
            Self::Changed { .. } => Code::EditOutdated,
            Self::Submission(error) => error.code(),
            Self::Exists { .. } => Code::TargetExists,
            Self::Folder { .. } => Code::Io,
            Self::Write(error) => error.code(),
            Self::Cancelled(_) => Code::Cancelled,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Plugin(error) => return error.hint(),
            Self::Name { .. } => "give it the name that it has in its repository".to_owned(),
            Self::NotReady { .. } => "mend what the warnings say first".to_owned(),
            Self::Changed { .. } => "look at the submission again".to_owned(),
            Self::Submission(error) => return error.hint(),
            Self::Exists { .. } => {
                "nothing is overwritten here; give the name of a folder that is not there yet".to_owned()
            }
            Self::Inside { .. } => {
                "give the name of a folder elsewhere; its check.py would be one more file there that nobody signed"
                    .to_owned()
            }
            Self::Folder { .. } => "make the folder above it first, and see that it is writable for you".to_owned(),
            Self::Write(error) => return error.hint(),
            Self::Cancelled(_) => return None,
        })
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::Plugin(error) => error.place(),
            Self::Submission(error) => error.place(),
            Self::Exists { path }
            | Self::Inside { path, .. }
            | Self::Folder { path, .. }
            | Self::Changed { dir: path } => Some(Place { path: path.clone(), position: None }),
            Self::Write(error) => error.place(),
            Self::Name { .. } | Self::NotReady { .. } | Self::Cancelled(_) => None,
        }
    }
}
