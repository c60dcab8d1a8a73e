//! What can be wrong with a marketplace entry.

use std::path::PathBuf;
use std::sync::Arc;

use aisoc_canonical::Position;

use super::rules::address::without_secrets;
use super::{Suggestion, Unverified, file};
use crate::atomic::Obstacle;
use crate::code::Code;
use crate::explain::{Explain, Place};
use crate::files::printable;
use crate::manifest;
use crate::task::Cancelled;
use crate::verdict::{self, Finding};

/// Why there is no entry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The manifest cannot be read.
    #[error("cannot make a marketplace entry{}", reason(finding.as_deref()))]
    NoManifest {
        /// Why not.
        finding: Option<Arc<Finding>>,
    },
    /// The manifest breaks a rule.
    #[error(transparent)]
    Manifest(#[from] manifest::Error),
    /// The plugin's signature does not verify with the key.
    #[error("cannot make a marketplace entry: the plugin does not verify with the key `{}`{}", .0.key_id, reason(.0.finding.as_deref()))]
    Unverified(Unverified),
    /// A required field is white space only.
    #[error("`{field}` in `{}` is empty", path.display())]
    FieldEmpty {
        /// The manifest.
        path: PathBuf,
        /// The field.
        field: &'static str,
        /// Where it stands.
        position: Option<Position>,
    },
    /// A field that must be text holds something else.
    #[error("`{field}` in `{}` is {kind}, not a text", path.display())]
    FieldNotText {
        /// The manifest.
        path: PathBuf,
        /// The field.
        field: &'static str,
        /// What it holds.
        kind: &'static str,
        /// Where it stands.
        position: Position,
    },
    /// A field holds a lone surrogate, which is no Unicode text.
    #[error("`{field}` in `{}` holds half of a surrogate pair", path.display())]
    FieldNotUnicode {
        /// The manifest.
        path: PathBuf,
        /// The field.
        field: &'static str,
        /// Where it stands.
        position: Position,
    },
    /// `tags` is no list.
    #[error("`tags` in `{}` is {kind}, not a list", path.display())]
    TagsNotList {
        /// The manifest.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
        /// Where it stands.
        position: Position,
    },
    /// The caller's URL is no web address.
    #[error("`{}` is no web address", printable(&without_secrets(url)))]
    UrlInvalid {
        /// The URL as given.
        url: String,
    },
    /// The caller's install command is empty or has several lines.
    #[error("`{}` is no install command", printable(install))]
    InstallInvalid {
        /// The command as given.
        install: String,
    },
    /// The plugin cannot be judged.
    #[error(transparent)]
    Verdict(verdict::Error),
    /// A file to be checked cannot be opened or read.
    #[error("read `{}`: {source}", path.display())]
    FileUnreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// What should be checked is no regular file.
    #[error("read `{}`: it is {what}, not a regular file", path.display())]
    FileNotAFile {
        /// The path.
        path: PathBuf,
        /// What it is.
        what: Obstacle,
    },
    /// A file to be checked is too large.
    #[error("read `{}`: it has more than {} MiB", path.display(), file::MAX_BYTES >> 20)]
    FileTooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The caller cancelled.
    #[error(transparent)]
    Cancelled(Cancelled),
}

impl From<verdict::Error> for Error {
    fn from(error: verdict::Error) -> Self {
        match error {
            verdict::Error::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Verdict(other),
        }
    }
}

fn clause(said: Option<&str>) -> String {
    said.map(|said| format!(", {said}")).unwrap_or_default()
}

fn reason(finding: Option<&Finding>) -> String {
    finding.map(|finding| format!(": {finding}")).unwrap_or_default()
}

impl Error {
    fn inner(&self) -> Option<&dyn Explain> {
        match self {
            Self::NoManifest { finding } | Self::Unverified(Unverified { finding, .. }) => {
                finding.as_deref().map(|finding| finding as &dyn Explain)
            }
            Self::Manifest(error) => Some(error),
            Self::Verdict(error) => Some(error),
            _ => None,
        }
    }
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::Unverified(_) => Code::EntryUnverified,
            Self::NoManifest { .. } | Self::Manifest(_) | Self::Verdict(_) => {
                self.inner().map_or(Code::ManifestUnreadable, Explain::code)
            }
            Self::Cancelled(_) => Code::Cancelled,
            Self::FileUnreadable { .. } | Self::FileNotAFile { .. } | Self::FileTooLarge { .. } => {
                Code::EntryFileUnreadable
            }
            _ => Code::EntryFieldInvalid,
        }
    }

    fn detail(&self) -> Option<&'static str> {
        self.inner().and_then(Explain::detail)
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::FieldEmpty { field, .. } => format!("give `{field}` a value"),
            Self::FieldNotText { .. } | Self::FieldNotUnicode { .. } => "write it as text in quotes".to_owned(),
            Self::TagsNotList { .. } => "write `tags: [threat-intel, enrichment]`".to_owned(),
            Self::UrlInvalid { .. } => "give an address that starts with https:// or http://".to_owned(),
            Self::InstallInvalid { .. } => "give one line, such as `pip install my-plugin`".to_owned(),
            Self::FileUnreadable { .. } => "give the path of a file that is there and that you may read".to_owned(),
            Self::FileNotAFile { .. } => "give the path of a file with an entry or an index".to_owned(),
            Self::FileTooLarge { .. } => "no index should be that large; look at what made it".to_owned(),
            _ => return self.inner().and_then(Explain::hint),
        })
    }

    fn place(&self) -> Option<Place> {
        let (path, position) = match self {
            Self::FileUnreadable { path, .. } | Self::FileNotAFile { path, .. } | Self::FileTooLarge { path } => {
                (path, None)
            }
            Self::FieldEmpty { path, position, .. } => (path, *position),
            Self::FieldNotText { path, position, .. }
            | Self::FieldNotUnicode { path, position, .. }
            | Self::TagsNotList { path, position, .. } => (path, Some(*position)),
            _ => return self.inner().and_then(Explain::place),
        };
        Some(Place { path: path.clone(), position: position.map(|position| (position.line, position.column)) })
    }

    fn at_the_loader(&self) -> Option<String> {
        self.inner().and_then(Explain::at_the_loader)
    }
}

/// Something about an entry that its author should know.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Notice {
    /// The plugin's signature does not verify with the key.
    #[error("the plugin does not verify with the key `{}`{}", .0.key_id, reason(.0.finding.as_deref()))]
    Unverified(Unverified),
    /// The documented entry has this field, and there is no value for it.
    #[error("the marketplace entry has no `{field}`")]
    Missing {
        /// The field.
        field: &'static str,
    },
    /// The manifest's address is no web address.
    #[error("`{key}` in the manifest is left out: `{}` is no web address", printable(&without_secrets(url)))]
    UrlIgnored {
        /// The manifest's key.
        key: &'static str,
        /// Its value.
        url: String,
    },
    /// A field was filled from a file beside the plugin.
    #[error("`{}` is `{}`, as `{}` suggests{}", .0.field, printable(&.0.value), printable(&.0.path.to_string_lossy()), clause(.0.said))]
    Suggested(Suggestion),
    /// A field stays as the index has it.
    #[error("`{field}` stays `{}`, as the index has it", printable(&without_secrets(value)))]
    Listed {
        /// The field.
        field: &'static str,
        /// The value.
        value: String,
    },
    /// A file beside the plugin, or something in it, is not used for suggestions.
    #[error("nothing is suggested from `{}`: {why}", printable(&path.to_string_lossy()))]
    SourceIgnored {
        /// The file, seen from the plugin's folder.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// A tag is no text.
    #[error("a tag at {position} is left out: it is {kind}, not a text")]
    TagIgnored {
        /// What it is.
        kind: &'static str,
        /// Where it stands in the manifest.
        position: Position,
    },
}

impl Explain for Notice {
    fn code(&self) -> Code {
        match self {
            Self::Unverified(_) => Code::EntryUnverified,
            Self::Missing { .. } => Code::EntryFieldMissing,
            Self::Suggested(_) | Self::Listed { .. } => Code::EntryFieldSuggested,
            Self::SourceIgnored { .. } => Code::EntrySourceIgnored,
            Self::UrlIgnored { .. } | Self::TagIgnored { .. } => Code::EntryFieldInvalid,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unverified(unverified) => return unverified.finding.as_deref().and_then(Explain::hint),
            Self::Missing { field: "url" } => {
                "give the address of the plugin's page, or add `homepage` to the manifest and sign again".to_owned()
            }
            Self::Missing { field: "install" } => "give the command that installs the plugin".to_owned(),
            Self::Missing { field: "tags" } => {
                "add `tags`, such as `tags: [threat-intel, enrichment]`, to the manifest, and sign after that"
                    .to_owned()
            }
            Self::Missing { field } => format!("add `{field}` to the manifest, and sign after that"),
            Self::UrlIgnored { .. } => "give an address that starts with https:// or http://".to_owned(),
            Self::TagIgnored { .. } => "put quotes around it".to_owned(),
            Self::Listed { field, .. } => format!("give `{field}` where it is another now"),
            Self::Suggested(Suggestion { field, .. }) => {
                format!("look whether it is right, and give `{field}` where not")
            }
            Self::SourceIgnored { .. } => return None,
        })
    }
}
