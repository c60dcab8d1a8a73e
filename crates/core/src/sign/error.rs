//! Why a plugin was not signed.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::output::Now;
use crate::atomic;
use crate::code::Code;
use crate::digest::Digest;
use crate::explain::{Explain, Place};
use crate::files::Difference;
use crate::payload;
use crate::task::Cancelled;
use crate::verdict::{self, Finding};

/// Why a plugin was not signed. Unless the variant says otherwise, nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The plugin cannot be read, or may not be signed as it is.
    #[error(transparent)]
    Payload(payload::Error),
    /// The folder is not what was looked at.
    #[error("`{}` changed after it was looked at: {change}", dir.display())]
    FolderChanged {
        /// The plugin's folder.
        dir: PathBuf,
        /// What changed.
        change: Box<Change>,
    },
    /// The folder does not have the digest that it should have.
    #[error("`{}` has the digest {found}, not {seen}", dir.display())]
    OtherDigest {
        /// The plugin's folder.
        dir: PathBuf,
        /// The digest that was looked at.
        seen: Digest,
        /// The digest that was found.
        found: Digest,
    },
    /// A signature may not go to this file.
    #[error("cannot write a signature to `{}`: {why}", path.display())]
    OutputRefused {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: OutputProblem,
    },
    /// The signature's file cannot be written.
    #[error(transparent)]
    Write(#[from] atomic::Error),
    /// The signature was written and did not verify.
    #[error("the signature written to `{}` does not verify{left}{}", path.display(), reason(finding.as_deref()))]
    RecheckFailed {
        /// The signature's file.
        path: PathBuf,
        /// What became of the file.
        left: Left,
        /// What the loader would find.
        finding: Option<Arc<Finding>>,
    },
    /// Signing failed after the signature was written, and the file could not be set back.
    #[error("{cause}; and `{}` still holds the new signature: {error}", path.display())]
    NotTakenBack {
        /// The signature's file.
        path: PathBuf,
        /// Why signing failed.
        cause: Box<Error>,
        /// Why the file could not be set back.
        error: atomic::Error,
    },
    /// There is no verdict on the signed plugin.
    #[error(transparent)]
    Verdict(verdict::Error),
    /// The caller cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl From<payload::Error> for Error {
    fn from(error: payload::Error) -> Self {
        match error {
            payload::Error::Files(crate::files::Error::Cancelled(cancelled)) => Self::Cancelled(cancelled),
            other => Self::Payload(other),
        }
    }
}

impl From<verdict::Error> for Error {
    fn from(error: verdict::Error) -> Self {
        match error {
            verdict::Error::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Verdict(other),
        }
    }
}

/// What became of a signature's file that had to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Left {
    /// It still holds the signature. Only inside [`Error::NotTakenBack`], which says so itself.
    Written,
    /// It is what it was before, or is gone again.
    TakenBack,
    /// Something else has replaced or removed it since; that was left alone.
    Foreign,
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Written => "",
            Self::TakenBack => " and was taken back",
            Self::Foreign => ", and something else has replaced it since, which was left alone",
        })
    }
}

/// How a folder differs from what was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The covered files that differ.
    pub files: Difference,
    /// Whether the signed part of the manifest differs.
    pub manifest: bool,
    /// The digest that was looked at.
    pub seen: Digest,
    /// The digest that was found.
    pub found: Digest,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.manifest {
            parts.push("the manifest changed".to_owned());
        }
        for (files, what) in
            [(&self.files.added, "added"), (&self.files.removed, "removed"), (&self.files.changed, "changed")]
        {
            match files.as_slice() {
                [] => {}
                [file] => parts.push(format!("`{file}` was {what}")),
                [file, rest @ ..] => parts.push(format!("`{file}` and {} more were {what}", rest.len())),
            }
        }
        f.write_str(&parts.join(", "))
    }
}

/// Why a signature may not go to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutputProblem {
    /// It has a manifest's name.
    Manifest,
    /// It has the name of a file that signatures cover.
    Covered,
    /// It holds something else than a signature.
    OtherContent,
}

impl fmt::Display for OutputProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Manifest => "that is a manifest's name",
            Self::Covered => "signatures cover .py files",
            Self::OtherContent => "it exists and holds something else than a signature",
        })
    }
}

fn reason(finding: Option<&Finding>) -> String {
    finding.map(|finding| format!(": {finding}")).unwrap_or_default()
}

impl Error {
    /// Notes what became of the signature's file.
    pub(super) fn with_file(self, now: Now) -> Self {
        let is = match now {
            Now::AsBefore => Left::TakenBack,
            Now::Foreign => Left::Foreign,
        };
        match self {
            Self::RecheckFailed { path, finding, .. } => Self::RecheckFailed { path, left: is, finding },
            other => other,
        }
    }

    fn inner(&self) -> Option<&dyn Explain> {
        match self {
            Self::Payload(error) => Some(error),
            Self::Write(error) => Some(error),
            Self::Verdict(error) => Some(error),
            _ => None,
        }
    }
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::FolderChanged { .. } | Self::OtherDigest { .. } => Code::FolderChanged,
            Self::OutputRefused { .. } => Code::OutputRefused,
            Self::RecheckFailed { .. } | Self::NotTakenBack { .. } => Code::RecheckFailed,
            Self::Cancelled(_) => Code::Cancelled,
            _ => self.inner().map_or(Code::Io, Explain::code),
        }
    }

    fn detail(&self) -> Option<&'static str> {
        self.inner().and_then(Explain::detail)
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::FolderChanged { .. } => "look at the changes, then sign what is there now".to_owned(),
            Self::OtherDigest { .. } => {
                "the folder is not what was looked at; look at it again, then sign what is there now".to_owned()
            }
            Self::OutputRefused { .. } => "choose another file".to_owned(),
            Self::RecheckFailed { .. } => {
                "something wrote to the folder while it was being signed; wait until nothing does, then sign again"
                    .to_owned()
            }
            Self::NotTakenBack { path, .. } => {
                format!("remove `{}` by hand: it does not fit the plugin", path.display())
            }
            _ => return self.inner().and_then(Explain::hint),
        })
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::FolderChanged { dir: path, .. }
            | Self::OtherDigest { dir: path, .. }
            | Self::OutputRefused { path, .. }
            | Self::RecheckFailed { path, .. }
            | Self::NotTakenBack { path, .. } => Some(Place { path: path.clone(), position: None }),
            _ => self.inner().and_then(Explain::place),
        }
    }

    fn at_the_loader(&self) -> Option<String> {
        self.inner().and_then(Explain::at_the_loader)
    }
}
