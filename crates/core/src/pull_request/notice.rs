//! What to know of a pull request besides its texts.

use std::path::PathBuf;

use crate::code::Code;
use crate::explain::Explain;
use crate::files::printable;

/// Something about a pull request's files that its author should know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Notice {
    /// The index lies in no Git work tree, so that its name in the repository is not known.
    #[error(
        "the index lies in no Git work tree, so that the patch takes it for `{}` in the repository's root",
        printable(name)
    )]
    NoWorkTree {
        /// What the patch calls it.
        name: String,
    },
    /// The patch is of the file as it is here.
    #[error("the patch is of the index as it is here: {}", printable(why))]
    NoCommit {
        /// Why no commit is asked, as a sentence without an end.
        why: String,
    },
    /// The file here has other changes.
    #[error("`{}` has changes here that are not committed; the patch is of the commit {}", printable(name), &commit[..commit.len().min(12)])]
    Uncommitted {
        /// The index's name in the repository.
        name: String,
        /// The commit's id.
        commit: String,
    },
    /// The kit lies in a Git work tree.
    #[error("the kit lies in the Git work tree `{}`, where `git add` may take it along", root.display())]
    InWorkTree {
        /// The folder that holds `.git`.
        root: PathBuf,
    },
}

impl Explain for Notice {
    fn code(&self) -> Code {
        match self {
            Self::NoWorkTree { .. } | Self::NoCommit { .. } | Self::Uncommitted { .. } => Code::IndexUncommitted,
            Self::InWorkTree { .. } => Code::KitInWorkTree,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoWorkTree { .. } => "steps.txt says how to give its folder; better, take the index from a clone",
            Self::NoCommit { .. } => "see that the repository has the index as it is here",
            Self::Uncommitted { .. } => "they do not go along; commit them first if the entry needs them",
            Self::InWorkTree { .. } => "save it outside of every clone, or name the files that you add",
        };
        Some(hint.to_owned())
    }
}
