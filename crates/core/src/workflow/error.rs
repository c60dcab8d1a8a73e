//! Why there is no workflow.

use std::io;
use std::path::PathBuf;

use crate::atomic;
use crate::code::Code;
use crate::explain::{Explain, Place};
use crate::files::printable;
use crate::manifest;

/// Why there is no workflow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder is no plugin's, or its manifest cannot be read.
    #[error(transparent)]
    Plugin(manifest::Error),
    /// The address of this program's repository is none that a workflow can fetch from.
    #[error(
        "the address that the workflow builds this program from must be `https`, without a user, a query or unusual characters"
    )]
    SourceUrl,
    /// A commit is not named in full.
    #[error("the commit that the workflow builds this program from must be named by its full id, 40 hex digits")]
    SourceRevision,
    /// The plugin lies in no Git work tree.
    #[error("`{}` lies in no Git work tree", dir.display())]
    NoRepository {
        /// The plugin's folder.
        dir: PathBuf,
    },
    /// The folder's name could be misread in the workflow.
    #[error("cannot name `{}` in a workflow: its path has other characters than letters, digits, `.`, `-` and `_`", dir.display())]
    FolderName {
        /// The plugin's folder.
        dir: PathBuf,
    },
    /// Something is there that this program did not make.
    #[error("`{}` is there, and was not made by this program, or was changed since", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// The workflow of another plugin is there.
    #[error("`{}` is there, and is the workflow of the plugin in `{}`", path.display(), printable(plugin))]
    OtherPlugin {
        /// The file.
        path: PathBuf,
        /// The other plugin's folder in the repository.
        plugin: String,
    },
    /// The file changed after it was looked at.
    #[error("`{}` is not what was looked at any more", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A file or a folder on the way to it is a symlink.
    #[error("cannot write `{}`: it is a symbolic link", path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot look at `{}`: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Its reason.
        source: io::Error,
    },
    /// A file could not be written.
    #[error(transparent)]
    Write(atomic::Error),
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::Plugin(error) => error.code(),
            Self::SourceUrl | Self::SourceRevision => Code::WorkflowSource,
            Self::NoRepository { .. } => Code::NoRepository,
            Self::FolderName { .. } => Code::FileNameInvalid,
            Self::NotOurs { .. } | Self::OtherPlugin { .. } => Code::TargetExists,
            Self::Changed { .. } => Code::EditOutdated,
            Self::Link { .. } => Code::TargetNotAFile,
            Self::Io { .. } => Code::Io,
            Self::Write(error) => error.code(),
        }
    }

    fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Plugin(error) => return error.hint(),
            Self::SourceUrl => "give the repository that you got this program from, or a fork of it that you control",
            Self::SourceRevision => {
                "`git rev-parse HEAD` prints it; a branch or a tag could be moved to code that would get the key"
            }
            Self::NoRepository { .. } => "`git init` makes one",
            Self::FolderName { .. } => "rename the folder, and sign after that if the plugin's files moved",
            Self::NotOurs { .. } => "move it away, or take over by hand what is printed without `--write`",
            Self::OtherPlugin { .. } => {
                "replaced, that plugin would not be verified any more; take over by hand what is printed without `--write`, under another name"
            }
            Self::Changed { .. } => "look at it again",
            Self::Link { .. } => "links are never written through; put a folder or a file in its place",
            Self::Io { .. } => "make it readable for you",
            Self::Write(error) => return error.hint(),
        };
        Some(text.to_owned())
    }

    fn place(&self) -> Option<Place> {
        let path = match self {
            Self::NoRepository { dir: path }
            | Self::FolderName { dir: path }
            | Self::NotOurs { path }
            | Self::OtherPlugin { path, .. }
            | Self::Changed { path }
            | Self::Link { path }
            | Self::Io { path, .. } => path,
            Self::Plugin(error) => return error.place(),
            Self::Write(error) => return error.place(),
            Self::SourceUrl | Self::SourceRevision => return None,
        };
        Some(Place { path: path.clone(), position: None })
    }
}
