//! Why there is no pull request.

use std::path::PathBuf;

use crate::atomic;
use crate::checkout;
use crate::code::Code;
use crate::explain::{Explain, Place};
use crate::index;
use crate::preflight::Finding;
use crate::task::Cancelled;
use crate::verdict;

/// Why there is no pull request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The plugin cannot be looked at.
    #[error(transparent)]
    Plugin(verdict::Error),
    /// An index's name cannot stand in a patch.
    #[error("the name of `{}` cannot stand in a patch", path.display())]
    Name {
        /// The index.
        path: PathBuf,
    },
    /// The index cannot be looked for in its repository.
    #[error(transparent)]
    Index(index::Error),
    /// The index has the entry already.
    #[error("there is nothing to ask for: `{}` has this very entry already", path.display())]
    Same {
        /// The index.
        path: PathBuf,
    },
    /// The clone's commit has the submission already.
    #[error("there is nothing to ask for: the clone's commit {} has all of it already", &commit[..commit.len().min(12)])]
    Committed {
        /// The commit's id.
        commit: String,
    },
    /// The plugin should not be published.
    #[error("no pull request is prepared: {}", .0.title)]
    Finding(Box<Finding>),
    /// The folder for the kit would lie in the plugin's.
    #[error("cannot make the folder `{}`: it is in the plugin's folder `{}`", path.display(), plugin.display())]
    Inside {
        /// The folder.
        path: PathBuf,
        /// The plugin's folder.
        plugin: PathBuf,
    },
    /// The plugin is not fit for a pull request.
    #[error("no pull request is prepared: {why}")]
    NotReady {
        /// Why not.
        why: &'static str,
    },
    /// The plugin's folder is not what the entry or the submission was made of any more.
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

impl From<index::Error> for Error {
    fn from(error: index::Error) -> Self {
        match error {
            index::Error::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Index(other),
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
            Self::Index(error) => error.code(),
            Self::Same { .. } | Self::Committed { .. } => Code::IndexSame,
            Self::Finding(finding) => finding.code.parse().unwrap_or(Code::Manifest),
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
            Self::Index(error) => return error.hint(),
            Self::Same { .. } | Self::Committed { .. } => {
                "look whether the plugin's version is the new one, and whether the clone is up to date".to_owned()
            }
            Self::Finding(finding) => return finding.cure.clone(),
            Self::Inside { .. } => {
                "give the name of a folder elsewhere; its check.py would be one more file there that nobody signed"
                    .to_owned()
            }
            Self::NotReady { .. } => "mend what the warnings say first".to_owned(),
            Self::Changed { .. } => "somebody changes it right now; look at it, and do this again".to_owned(),
            Self::Submission(error) => return error.hint(),
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
            Self::Submission(error) => error.place(),
            Self::Index(error) => error.place(),
            Self::Finding(finding) => finding.place.clone(),
            Self::Exists { path }
            | Self::Folder { path, .. }
            | Self::Name { path }
            | Self::Same { path }
            | Self::Inside { path, .. }
            | Self::Changed { dir: path } => Some(Place { path: path.clone(), position: None }),
            Self::Write(error) => error.place(),
            Self::NotReady { .. } | Self::Committed { .. } | Self::Cancelled(_) => None,
        }
    }
}
