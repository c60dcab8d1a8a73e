//! Why what is committed is not judged.

use std::io;
use std::path::PathBuf;

use crate::artifact::{MAX_ENTRIES, MAX_UNPACKED_BYTES};
use crate::code::Code;
use crate::explain::{Explain, Place};
use crate::files::{self, MAX_DEPTH, printable};
use crate::task::Cancelled;

/// Why what is committed is not judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The plugin's folder is missing or no folder.
    #[error(transparent)]
    Folder(#[from] files::Error),
    /// The folder lies in no Git repository.
    #[error("`{}` lies in no Git repository", dir.display())]
    NoRepository {
        /// The plugin's folder.
        dir: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot read `{}` of the Git repository: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The repository borrows objects from another folder, which is not looked into.
    #[error("the Git repository borrows objects from other folders, which are not read: `{}` names them", path.display())]
    Alternates {
        /// The file that names them.
        path: PathBuf,
    },
    /// The repository has a form that is not read.
    #[error("cannot read the Git repository `{}`: {why}", path.display())]
    Unsupported {
        /// The repository.
        path: PathBuf,
        /// What is not read.
        why: &'static str,
    },
    /// The repository is damaged.
    #[error("cannot read the Git repository `{}`: {why}", path.display())]
    Damaged {
        /// The repository, or a file of it.
        path: PathBuf,
        /// What is wrong.
        why: &'static str,
    },
    /// An object cannot be read.
    #[error("cannot read the object {id} of the Git repository, for `{}`: {}", printable(path), printable(why))]
    Object {
        /// The file or folder that it holds.
        path: String,
        /// Its id.
        id: String,
        /// The reader's reason.
        why: String,
    },
    /// An object is not there.
    #[error("the Git repository has no object {id}, which holds `{}`", printable(path))]
    ObjectMissing {
        /// The file or folder that it holds.
        path: String,
        /// Its id.
        id: String,
        /// Whether the repository is a partial clone.
        partial: bool,
    },
    /// Nothing is committed yet.
    #[error("nothing is committed to the Git repository `{}` yet", path.display())]
    NothingCommitted {
        /// The work tree.
        path: PathBuf,
    },
    /// The plugin's folder is in no commit.
    #[error("`{}` is not committed: the commit has no such folder", printable(folder))]
    FolderNotCommitted {
        /// The folder in the repository.
        folder: String,
    },
    /// A name that no clone accepts.
    #[error("the commit has a file or folder named `{}`, which Git refuses to check out", printable(path))]
    BadName {
        /// The name with its folders.
        path: String,
    },
    /// The commit is larger or deeper than what is read.
    #[error(
        "cannot take `{}` from the commit: with it, there are more than {} MiB, {MAX_ENTRIES} entries or {MAX_DEPTH} levels",
        printable(path),
        MAX_UNPACKED_BYTES >> 20
    )]
    TooLarge {
        /// The file or folder.
        path: String,
    },
    /// A `.gitattributes` is too large with the others, or lies in a folder whose name is no text.
    #[error(
        "cannot read `{}` in the commit: the attributes are too many, or the folder's name is no text",
        printable(path)
    )]
    Attributes {
        /// The file.
        path: String,
    },
    /// What a clone has in this file's place depends on more than the commit.
    #[error("cannot tell what a fresh clone has as `{}`: {why}", printable(path))]
    CannotTell {
        /// The file in the repository.
        path: String,
        /// Why not.
        why: &'static str,
    },
    /// The caller cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::Folder(error) => error.code(),
            Self::NoRepository { .. } => Code::NoRepository,
            Self::Unreadable { .. } | Self::Damaged { .. } | Self::Object { .. } | Self::BadName { .. } => {
                Code::RepositoryDamaged
            }
            Self::Alternates { .. } | Self::Unsupported { .. } => Code::RepositoryUnsupported,
            Self::ObjectMissing { .. } => Code::RepositoryIncomplete,
            Self::NothingCommitted { .. } | Self::FolderNotCommitted { .. } => Code::NotCommitted,
            Self::TooLarge { .. } | Self::Attributes { .. } => Code::FolderTooLarge,
            Self::CannotTell { .. } => Code::CloneUnknown,
            Self::Cancelled(_) => Code::Cancelled,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(
            match self {
                Self::Folder(error) => return error.hint(),
                Self::NoRepository { .. } => "`git init` makes one; without one, leave out `--committed`",
                Self::Unreadable { .. } => "make the repository readable for you",
                Self::Alternates { .. } => "`git repack -a -d` and then removing that file makes the repository whole",
                Self::Unsupported { .. } => "clone it in the usual form, SHA-1 with loose and packed refs, and judge that",
                Self::Damaged { .. } | Self::Object { .. } | Self::BadName { .. } => {
                    "`git fsck` says more, in a repository that you trust; a fresh clone may be whole"
                }
                Self::ObjectMissing { partial: true, .. } => {
                    "this is a partial clone, which left objects on the server; `git checkout` fetches those of a commit"
                }
                Self::ObjectMissing { .. } => "`git fsck` says more, in a repository that you trust; a fresh clone may be whole",
                Self::NothingCommitted { .. } | Self::FolderNotCommitted { .. } => "add and commit the plugin",
                Self::TooLarge { .. } | Self::Attributes { .. } => {
                    "a plugin needs a small part of that; look at what was committed with it"
                }
                Self::CannotTell { .. } => "put a plain file there, and no attributes that change it",
                Self::Cancelled(_) => return None,
            }
            .to_owned(),
        )
    }

    fn place(&self) -> Option<Place> {
        let path = match self {
            Self::Folder(error) => return error.place(),
            Self::NoRepository { dir: path }
            | Self::Unreadable { path, .. }
            | Self::Alternates { path }
            | Self::Unsupported { path, .. }
            | Self::Damaged { path, .. }
            | Self::NothingCommitted { path } => path,
            _ => return None,
        };
        Some(Place { path: path.clone(), position: None })
    }
}
