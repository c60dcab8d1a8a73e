//! Why a submission is not prepared or not written.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::notice::{OWN_ATTRIBUTES, named};
use super::{INDEX, SCRIPT};
use crate::atomic::{self, Obstacle};
use crate::code::Code;
use crate::committed;
use crate::explain::{Explain, Place};
use crate::files::{self, printable};
use crate::key::KeyId;
use crate::manifest::{self, PluginId};
use crate::task::Cancelled;
use crate::verdict::{self, Finding, Reason};

/// Why a folder is no clone that this program works on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotACheckout {
    /// There is no such folder.
    NoFolder,
    /// Some of what a clone has is not there.
    Missing {
        /// What is not there.
        missing: Vec<&'static str>,
        /// Whether the clone is a sparse one.
        sparse: bool,
    },
    /// It lies in a clone.
    Below {
        /// The clone's root.
        root: PathBuf,
    },
    /// It is a bare repository.
    Bare,
    /// It is a repository in which nothing is checked out.
    NothingCheckedOut,
}

impl fmt::Display for NotACheckout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFolder => f.write_str("there is no such folder"),
            Self::Missing { missing, .. } => {
                let names: Vec<_> = missing.iter().map(|name| format!("`{name}`")).collect();
                write!(f, "it has no {}", names.join(", no "))
            }
            Self::Below { root } => write!(f, "it is a folder in one; the clone is `{}`", root.display()),
            Self::Bare => f.write_str("it is a bare repository, which has no files to work on"),
            Self::NothingCheckedOut => f.write_str("nothing is checked out in it"),
        }
    }
}

/// Why a submission is not prepared or not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder is no clone of AiSOC's repository.
    #[error("`{}` is not an AiSOC clone: {why}", dir.display())]
    NotACheckout {
        /// The folder.
        dir: PathBuf,
        /// What is wrong with it.
        why: NotACheckout,
    },
    /// The operating system refused.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// Something in the clone is a symlink.
    #[error("cannot work on `{}`: it is a symbolic link", path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// Something else stands where a file or folder should be.
    #[error("cannot write to `{}`: it is {what}", path.display())]
    InTheWay {
        /// What stands there.
        path: PathBuf,
        /// What it is.
        what: Obstacle,
    },
    /// The clone's index is none.
    #[error("cannot read the index `{}`: {why}", path.display())]
    IndexInvalid {
        /// The index.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The plugin's manifest cannot be read.
    #[error(transparent)]
    Manifest(#[from] manifest::Error),
    /// The plugin's files cannot be read.
    #[error(transparent)]
    Files(#[from] files::Error),
    /// The plugin does not verify with the key.
    #[error(
        "the plugin is not signed by `{key_id}`{}",
        finding.as_ref().map(|finding| format!(": {finding}")).unwrap_or_default()
    )]
    Unverified {
        /// The key.
        key_id: KeyId,
        /// What a loader finds that trusts this key alone.
        finding: Option<Arc<Finding>>,
    },
    /// The manifest would stop the clone's script.
    #[error("AiSOC's index script cannot handle the manifest: `{field}` is {what}")]
    CrashesScript {
        /// Where it stands.
        place: Place,
        /// The field.
        field: &'static str,
        /// What stands there.
        what: &'static str,
    },
    /// A file that would be written holds a secret.
    #[error("`{}` holds {words}, and would be public", path.display())]
    Secret {
        /// The file.
        path: PathBuf,
        /// What it holds.
        words: &'static str,
        /// Line and column.
        position: (u32, u32),
        /// Whether it is a private key.
        is_key: bool,
    },
    /// A chosen file is not there.
    #[error("cannot include `{}`: there is no such file in the plugin", path.display())]
    IncludeMissing {
        /// The file.
        path: PathBuf,
    },
    /// A chosen file is a symlink.
    #[error("cannot include `{}`: it is a symbolic link", path.display())]
    IncludeLink {
        /// The file.
        path: PathBuf,
    },
    /// A file has a name that cannot be committed everywhere.
    #[error("cannot submit `{}`: {why}", printable(path))]
    BadName {
        /// The file.
        path: String,
        /// Why not.
        why: &'static str,
    },
    /// A file, or all files together, are larger than this program handles.
    #[error("cannot handle `{}`: with it, the files are too large or too many", path.display())]
    TooLarge {
        /// The file or folder.
        path: PathBuf,
    },
    /// Another plugin of the clone has the id.
    #[error("the id `{id}` is taken: {}", printable(at))]
    IdTaken {
        /// The id.
        id: PluginId,
        /// Who has it.
        at: String,
    },
    /// The target has files with which the signature is invalid.
    #[error("nothing was written: `{folder}` has {}, with which the signature is invalid", named(paths))]
    Surplus {
        /// The folder in the clone.
        folder: String,
        /// The files.
        paths: Vec<String>,
    },
    /// It is known that a fresh clone of the commit would not verify.
    #[error("nothing was written or run: a fresh clone does not verify{}", rewritten(to_crlf, to_lf, by))]
    CloneRefuses {
        /// The signed files that have CRLF there.
        to_crlf: Vec<String>,
        /// The signed files that have lost it there.
        to_lf: Vec<String>,
        /// The lines of `.gitattributes` that say so, as `file:line` below the clone.
        by: Vec<String>,
        /// What the loader answers there in strict mode.
        reason: Reason,
    },
    /// A file cannot stand in a patch.
    #[error("`{}` cannot stand in a patch: {why}", printable(name))]
    NotInPatch {
        /// Its name in the repository.
        name: String,
        /// Why not.
        why: &'static str,
    },
    /// The target is not what was looked at any more.
    #[error("nothing was written: `{}` is not what was looked at any more", path.display())]
    Changed {
        /// The folder or file.
        path: PathBuf,
    },
    /// Writing failed.
    #[error("{source}{}", so_far(done))]
    Write {
        /// What was done before, in order, as sentences without an end.
        done: Vec<String>,
        /// What failed.
        source: atomic::Error,
    },
    /// What was written does not verify.
    #[error(
        "the files are written to `{}`, and do not verify there{}",
        target.display(),
        finding.as_ref().map(|finding| format!(": {finding}")).unwrap_or_default()
    )]
    NotVerified {
        /// The folder.
        target: PathBuf,
        /// What a loader finds that trusts this key alone.
        finding: Option<Arc<Finding>>,
    },
    /// The clone's Git files cannot be read.
    #[error(transparent)]
    Git(#[from] committed::Error),
    /// The caller cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl From<verdict::Error> for Error {
    fn from(error: verdict::Error) -> Self {
        match error {
            verdict::Error::Folder(error) => Self::Files(error),
            verdict::Error::Cancelled(cancelled) => Self::Cancelled(cancelled),
        }
    }
}

fn rewritten(to_crlf: &[String], to_lf: &[String], by: &[String]) -> String {
    let lists = [("CRLF", to_crlf), ("LF", to_lf)].into_iter().filter(|(_, paths)| !paths.is_empty());
    let lists: Vec<_> = lists.map(|(endings, paths)| format!("{} {endings}", named(paths))).collect();
    match (lists.as_slice(), by) {
        ([], _) => String::new(),
        (lists, []) => format!(", because Git makes {} there", lists.join(", and ")),
        (lists, by) => format!(", because {} makes {} there", named(by), lists.join(", and ")),
    }
}

fn so_far(done: &[String]) -> String {
    match done {
        [] => String::new(),
        [one] => format!("; before that it {one}"),
        many => format!("; before that it {}, and {} more", many[0], many.len() - 1),
    }
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::NotACheckout { .. } => Code::NotACheckout,
            Self::Unreadable { .. } => Code::Io,
            Self::Link { .. } | Self::InTheWay { .. } | Self::IncludeLink { .. } => Code::TargetNotAFile,
            Self::IndexInvalid { .. } => Code::CheckoutIndexInvalid,
            Self::Manifest(error) => error.code(),
            Self::Files(error) => error.code(),
            Self::Unverified { .. } | Self::NotVerified { .. } => Code::EntryUnverified,
            Self::CrashesScript { .. } => Code::IndexScriptCrash,
            Self::Secret { is_key: true, .. } => Code::PrivateKeyInFolder,
            Self::Secret { .. } => Code::CredentialInFolder,
            Self::IncludeMissing { .. } => Code::IncludeMissing,
            Self::BadName { .. } => Code::FileNameInvalid,
            Self::NotInPatch { .. } => Code::BadPath,
            Self::TooLarge { .. } => Code::FolderTooLarge,
            Self::IdTaken { .. } => Code::PluginIdTaken,
            Self::Surplus { .. } => Code::CheckoutSurplus,
            Self::CloneRefuses { to_crlf, .. } if !to_crlf.is_empty() => Code::GitCrlf,
            Self::CloneRefuses { .. } => Code::GitLineEndings,
            Self::Changed { .. } => Code::EditOutdated,
            Self::Write { source, .. } => source.code(),
            Self::Git(error) => error.code(),
            Self::Cancelled(_) => Code::Cancelled,
        }
    }

    fn detail(&self) -> Option<&'static str> {
        match self {
            Self::Manifest(error) => error.detail(),
            Self::Files(error) => error.detail(),
            Self::Unverified { finding, .. } | Self::NotVerified { finding, .. } => finding.as_ref()?.detail(),
            _ => None,
        }
    }

    fn hint(&self) -> Option<String> {
        let text = match self {
            Self::NotACheckout { why: NotACheckout::Missing { sparse: true, .. }, .. } => {
                "it is a sparse clone; `git sparse-checkout disable` brings the rest"
            }
            Self::NotACheckout { why: NotACheckout::Below { .. }, .. } => "give the clone's own folder",
            Self::NotACheckout { why: NotACheckout::Bare, .. } => "clone it once more, without `--bare` or `--mirror`",
            Self::NotACheckout { why: NotACheckout::NothingCheckedOut, .. } => "`git switch main` brings the files",
            Self::NotACheckout { .. } => {
                "give the folder of a clone of your fork of AiSOC's repository; for another index use `--index`"
            }
            Self::Unreadable { .. } => "make it readable for you",
            Self::Link { .. } => {
                "links are never followed when writing; in AiSOC's repository no folder on this way is one"
            }
            Self::InTheWay { .. } => "move it away",
            Self::IndexInvalid { .. } => {
                "the clone's script makes it anew; `git checkout -- marketplace` brings back what was committed"
            }
            Self::Manifest(error) => return error.hint(),
            Self::Files(error) => return error.hint(),
            Self::Unverified { finding, .. } => match finding.as_ref().and_then(|finding| finding.hint()) {
                Some(hint) => return Some(hint),
                None => "sign the plugin with this key first",
            },
            Self::CrashesScript { .. } => "write a text there, and sign after that",
            Self::Secret { is_key: true, .. } => {
                "move it out of the plugin; if it was ever shared or pushed, replace the key"
            }
            Self::Secret { .. } => {
                "take it out, sign after that, and revoke it where it was issued if it was ever pushed"
            }
            Self::IncludeMissing { .. } => "give it as it is called below the plugin's folder",
            Self::IncludeLink { .. } => "put a copy in its place",
            Self::BadName { .. } => "rename it, and sign after that",
            Self::TooLarge { .. } => "a plugin needs a small part of that; look at what lies in its folder",
            Self::IdTaken { .. } => {
                "the newer script stops on two plugins with one id; choose another id, and sign after that"
            }
            Self::Surplus { .. } => "ask for their removal, or put them into the plugin and sign again",
            Self::CloneRefuses { .. } => OWN_ATTRIBUTES,
            Self::NotInPatch { .. } => "take it out of the clone's commit first, in a commit of its own",
            Self::Changed { .. } => "look at the submission again",
            Self::Write { source, .. } => return source.hint(),
            Self::NotVerified { .. } => "look at the submission again; something else may be writing to the clone",
            Self::Git(error) => return error.hint(),
            Self::Cancelled(_) => return None,
        };
        Some(text.to_owned())
    }

    fn place(&self) -> Option<Place> {
        let (path, position) = match self {
            Self::NotACheckout { dir, .. } => (dir, None),
            Self::Unreadable { path, .. }
            | Self::Link { path }
            | Self::InTheWay { path, .. }
            | Self::IndexInvalid { path, .. }
            | Self::IncludeMissing { path }
            | Self::IncludeLink { path }
            | Self::TooLarge { path }
            | Self::Changed { path }
            | Self::NotVerified { target: path, .. } => (path, None),
            Self::Secret { path, position, .. } => (path, Some(*position)),
            Self::CrashesScript { place, .. } => return Some(place.clone()),
            Self::Manifest(error) => return error.place(),
            Self::Files(error) => return error.place(),
            Self::Unverified { finding, .. } => return finding.as_ref()?.place(),
            Self::Write { source, .. } => return source.place(),
            Self::Git(error) => return error.place(),
            Self::BadName { .. }
            | Self::IdTaken { .. }
            | Self::Surplus { .. }
            | Self::CloneRefuses { .. }
            | Self::NotInPatch { .. }
            | Self::Cancelled(_) => return None,
        };
        Some(Place { path: path.clone(), position })
    }

    fn at_the_loader(&self) -> Option<String> {
        match self {
            Self::Unverified { finding, .. } | Self::NotVerified { finding, .. } => finding.as_ref()?.at_the_loader(),
            Self::CrashesScript { .. } => {
                Some(format!("`{SCRIPT}` stops on it or writes what no browser reads, so nobody gets an index"))
            }
            Self::IdTaken { .. } => Some(format!("`{INDEX}` and the loader know one plugin by an id")),
            Self::Surplus { .. } => Some("the loader hashes every .py file of the folder".to_owned()),
            Self::CloneRefuses { reason, .. } => {
                Some(format!("from a fresh clone it is refused in strict mode: `{}`", reason.as_str()))
            }
            _ => None,
        }
    }
}
