//! Why an archive is not judged.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::{MAX_BYTES, MAX_ENTRIES, MAX_RATIO, MAX_UNPACKED_BYTES};
use crate::atomic::Obstacle;
use crate::code::Code;
use crate::explain::{Explain, Place};
use crate::files::{MAX_DEPTH, printable};
use crate::task::Cancelled;

/// Why an archive is not judged. Names of entries are shown with their control characters escaped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("cannot read the archive `{}`: {source}", path.display())]
    Unreadable {
        /// The archive.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// It is a folder or a special file.
    #[error("cannot read the archive `{}`: it is {what}", path.display())]
    NotAFile {
        /// The archive.
        path: PathBuf,
        /// What it is.
        what: Obstacle,
    },
    /// It has more than [`MAX_BYTES`] bytes.
    #[error("cannot read the archive `{}`: it is larger than {} MiB", path.display(), MAX_BYTES >> 20)]
    TooLarge {
        /// The archive.
        path: PathBuf,
    },
    /// Its name has none of the endings that are read.
    #[error("cannot tell what kind of archive `{}` is: its name ends in none of .whl, .zip, .tar.gz, .tgz and .tar", path.display())]
    UnknownKind {
        /// The archive.
        path: PathBuf,
    },
    /// Its content is not what its name says.
    #[error("cannot read the archive `{}`: it is no {kind}", path.display())]
    WrongContent {
        /// The archive.
        path: PathBuf,
        /// What its name says.
        kind: &'static str,
    },
    /// What it unpacks to is too much for its size or at all.
    #[error("cannot read the archive `{}`: it {why}", path.display())]
    Unpacking {
        /// The archive.
        path: PathBuf,
        /// What happened.
        why: Unpacking,
    },
    /// The archive as a whole, or one of its entries, is refused.
    #[error("{}{why}", entry_of(path, entry))]
    Rejected {
        /// The archive.
        path: PathBuf,
        /// The entry's name; empty for the archive as a whole.
        entry: String,
        /// What is wrong with it.
        why: Reject,
    },
    /// Nothing in it is a plugin.
    #[error("`{}` holds no plugin: no folder in it has a plugin.yaml, an aisoc-plugin.json or a plugin.py", path.display())]
    NoPlugin {
        /// The archive.
        path: PathBuf,
        /// An archive inside it, which is not looked into.
        nested: Option<String>,
    },
    /// Several folders in it are plugins.
    #[error("`{}` holds {} plugins: {}", path.display(), folders.len(), some(folders))]
    SeveralPlugins {
        /// The archive.
        path: PathBuf,
        /// The folders, sorted.
        folders: Vec<String>,
    },
    /// The folder that was asked for is not in it.
    #[error("`{}` has no folder `{}`", path.display(), printable(folder))]
    NoSuchFolder {
        /// The archive.
        path: PathBuf,
        /// The folder.
        folder: String,
    },
    /// The caller cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// How unpacking a whole archive failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unpacking {
    /// The compressed stream is damaged or goes on behind its end.
    Damaged,
    /// It unpacks to more than [`MAX_UNPACKED_BYTES`].
    TooLarge,
    /// It unpacks to more than [`MAX_RATIO`] times its size.
    Ratio,
}

impl fmt::Display for Unpacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged => f.write_str("is damaged or cut off"),
            Self::TooLarge => write!(f, "unpacks to more than {} MiB", MAX_UNPACKED_BYTES >> 20),
            Self::Ratio => write!(f, "unpacks to more than {MAX_RATIO} times its size, as archives made to do harm do"),
        }
    }
}

/// What is wrong with an entry of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reject {
    /// Another entry has the same name.
    Duplicate,
    /// Another entry's name, or that of a folder, differs only in case.
    OtherCase {
        /// The other name.
        other: String,
    },
    /// The name is a file's and a folder's.
    FileAndFolder,
    /// A symlink.
    Symlink,
    /// A hard link.
    HardLink,
    /// A device, a FIFO or a socket.
    Special,
    /// A sparse file.
    Sparse,
    /// A type of tar entry that is not known.
    UnknownType {
        /// The type's letter.
        letter: char,
    },
    /// The name begins at the root or with a drive.
    Absolute,
    /// The name has `..` in it.
    Parent,
    /// The name has a backslash in it.
    Backslash,
    /// The name has a NUL in it.
    Nul,
    /// The name is not UTF-8, or not marked as such.
    NotUtf8,
    /// There is no name.
    NoName,
    /// A part of the name has more than 255 bytes, or the whole more than 4095.
    LongName,
    /// Folders are nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// It is encrypted.
    Encrypted,
    /// It is packed in a way that is not read.
    Method {
        /// The number of the way in ZIP's specification.
        number: u16,
    },
    /// Its sizes have the ZIP64 form.
    Zip64,
    /// The archive says two different things of it.
    Disagrees {
        /// Of what.
        what: &'static str,
    },
    /// It overlaps another entry, or bytes that belong to no entry stand before it.
    OutOfPlace,
    /// It is more than [`MAX_RATIO`] times as large as it is packed.
    Ratio,
    /// With it, the archive unpacks to more than [`MAX_UNPACKED_BYTES`].
    TooLarge,
    /// There are more than [`MAX_ENTRIES`] entries.
    TooMany,
    /// It breaks its format in another way.
    Damaged {
        /// How.
        why: &'static str,
    },
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Duplicate => "two entries have this name",
            Self::OtherCase { other } => {
                return write!(f, "its name and `{}` differ only in upper and lower case", printable(other));
            }
            Self::FileAndFolder => "it is both a file and a folder",
            Self::Symlink => "it is a symlink",
            Self::HardLink => "it is a hard link",
            Self::Special => "it is a device, a FIFO or a socket",
            Self::Sparse => "it is a sparse file",
            Self::UnknownType { letter } => {
                return write!(f, "its type `{}` is not known", printable(&letter.to_string()));
            }
            Self::Absolute => "its name is an absolute path",
            Self::Parent => "its name leads out of the archive with `..`",
            Self::Backslash => "its name has a backslash in it",
            Self::Nul => "its name has a NUL in it",
            Self::NotUtf8 => "its name is not UTF-8, or not marked as such",
            Self::NoName => "it has no name",
            Self::LongName => "its name is longer than Linux takes",
            Self::TooDeep => return write!(f, "its folders are nested more than {MAX_DEPTH} deep"),
            Self::Encrypted => "it is encrypted",
            Self::Method { number } => return write!(f, "it is packed in a way that is not read (method {number})"),
            Self::Zip64 => "its sizes have the ZIP64 form, which no file of this size needs",
            Self::Disagrees { what } => return write!(f, "the archive says two different things of its {what}"),
            Self::OutOfPlace => "it overlaps another entry, or bytes that belong to no entry stand before it",
            Self::Ratio => {
                return write!(f, "it unpacks to more than {MAX_RATIO} times its size, as archives made to do harm do");
            }
            Self::TooLarge => return write!(f, "with it, more than {} MiB are unpacked", MAX_UNPACKED_BYTES >> 20),
            Self::TooMany => return write!(f, "with it, there are more than {MAX_ENTRIES} entries"),
            Self::Damaged { why } => why,
        })
    }
}

fn entry_of(path: &std::path::Path, entry: &str) -> String {
    match entry {
        "" => format!("cannot read the archive `{}`: ", path.display()),
        entry => format!("cannot take `{}` in the archive `{}`: ", printable(entry), path.display()),
    }
}

/// The first few of many names.
fn some(folders: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut names: Vec<_> = folders.iter().take(SHOWN).map(|folder| format!("`{}`", printable(folder))).collect();
    if folders.len() > SHOWN {
        names.push(format!("and {} more", folders.len() - SHOWN));
    }
    names.join(", ")
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::Unreadable { .. } | Self::NotAFile { .. } => Code::ArtifactUnreadable,
            Self::UnknownKind { .. } | Self::WrongContent { .. } => Code::ArtifactUnknownKind,
            Self::TooLarge { .. }
            | Self::Unpacking { why: Unpacking::TooLarge | Unpacking::Ratio, .. }
            | Self::Rejected { why: Reject::TooLarge | Reject::TooMany | Reject::Ratio | Reject::TooDeep, .. } => {
                Code::ArtifactTooLarge
            }
            Self::Unpacking { .. } | Self::Rejected { why: Reject::Damaged { .. }, .. } => Code::ArtifactDamaged,
            Self::Rejected { .. } => Code::ArtifactUnsafe,
            Self::NoPlugin { .. } | Self::NoSuchFolder { .. } => Code::PluginNotFound,
            Self::SeveralPlugins { .. } => Code::SeveralPlugins,
            Self::Cancelled(_) => Code::Cancelled,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unreadable { .. } => "check the path, and that you may read the file".to_owned(),
            Self::NotAFile { what: Obstacle::Folder, .. } => "a folder is judged with `--plugin-dir`".to_owned(),
            Self::NotAFile { .. } => "give a regular file".to_owned(),
            Self::TooLarge { .. } => {
                "a plugin needs a small part of that; look for dependencies or data in the archive".to_owned()
            }
            Self::UnknownKind { .. } => "pack the plugin as a wheel, a .zip or a .tar.gz".to_owned(),
            Self::WrongContent { .. } => "build the archive again, or give it the name of what it is".to_owned(),
            Self::Unpacking { .. } | Self::Rejected { why: Reject::Damaged { .. }, .. } => {
                "build the archive again".to_owned()
            }
            Self::Rejected { why, .. } => hint_of(why),
            Self::NoPlugin { nested: Some(nested), .. } => {
                format!("`{}` is an archive itself, which is not looked into; unpack it first", printable(nested))
            }
            Self::NoPlugin { .. } => {
                "the build left them out; plugin.yaml, plugin.py and plugin.sig must lie side by side in one folder"
                    .to_owned()
            }
            Self::SeveralPlugins { .. } => "say which one with `--inside FOLDER`".to_owned(),
            Self::NoSuchFolder { .. } => {
                "write the folder as the archive does, with `/` and without a final one".to_owned()
            }
            Self::Cancelled(_) => return None,
        })
    }

    fn place(&self) -> Option<Place> {
        let (Self::Unreadable { path, .. }
        | Self::NotAFile { path, .. }
        | Self::TooLarge { path }
        | Self::UnknownKind { path }
        | Self::WrongContent { path, .. }
        | Self::Unpacking { path, .. }
        | Self::Rejected { path, .. }
        | Self::NoPlugin { path, .. }
        | Self::SeveralPlugins { path, .. }
        | Self::NoSuchFolder { path, .. }) = self
        else {
            return None;
        };
        Some(Place { path: path.clone(), position: None })
    }

    fn at_the_loader(&self) -> Option<String> {
        let Self::Rejected { why, .. } = self else { return None };
        match why {
            Reject::Symlink | Reject::HardLink => {
                Some("AiSOC's installs from OCI refuse a plugin with any symlink in it".to_owned())
            }
            Reject::Damaged { .. } | Reject::TooLarge | Reject::TooMany | Reject::Ratio | Reject::TooDeep => None,
            _ => Some("what the loader gets depends on the program that unpacks the archive".to_owned()),
        }
    }
}

fn hint_of(why: &Reject) -> String {
    match why {
        Reject::Duplicate | Reject::FileAndFolder | Reject::Disagrees { .. } | Reject::OutOfPlace | Reject::Zip64 => {
            "build the archive again from a clean folder, with another program if need be"
        }
        Reject::OtherCase { .. } => "rename one of the two; on Windows and macOS one would overwrite the other",
        Reject::Symlink | Reject::HardLink => {
            "put the file itself in the link's place; tar does that with `--dereference --hard-dereference`"
        }
        Reject::Special | Reject::Sparse | Reject::UnknownType { .. } => "pack regular files and folders only",
        Reject::Absolute | Reject::Parent | Reject::Backslash | Reject::Nul | Reject::NotUtf8 | Reject::NoName => {
            "pack again from inside the folder above the plugin's, with relative names; do not unpack this archive"
        }
        Reject::Encrypted => "pack it without a password; operators could not unpack it either",
        Reject::Method { .. } => "pack it with deflate or without compression, as wheels are",
        Reject::LongName => "use shorter names",
        Reject::TooDeep | Reject::TooLarge | Reject::TooMany | Reject::Ratio => {
            "a plugin needs a small part of that; do not unpack this archive, and look at how it was built"
        }
        Reject::Damaged { .. } => "build the archive again",
    }
    .to_owned()
}
