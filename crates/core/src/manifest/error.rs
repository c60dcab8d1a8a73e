//! What can be wrong with a manifest.

use std::io;
use std::path::PathBuf;

use aisoc_canonical::Position;

use super::{JSON_NAME, MAX_BYTES, PluginType, YAML_NAME};
use crate::atomic::Obstacle;
use crate::code::Code;
use crate::explain::{Explain, Place};
use crate::files;
use crate::regular;

/// Why a manifest cannot be used. Values of the manifest are shown with their control characters escaped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The plugin's folder is missing or no folder.
    #[error(transparent)]
    Folder(#[from] files::Error),
    /// The folder holds neither manifest.
    #[error("`{}` holds no manifest: neither {YAML_NAME} nor {JSON_NAME}", dir.display())]
    Missing {
        /// The plugin's folder.
        dir: PathBuf,
        /// A file in it whose name comes close.
        look_alike: Option<&'static str>,
    },
    /// The operating system refused.
    #[error("cannot read the manifest `{}`: {source}", path.display())]
    Unreadable {
        /// The manifest.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// It is a folder or a special file. The loader fails on a folder and waits for ever on a FIFO.
    #[error("cannot read the manifest `{}`: it is {what}", path.display())]
    NotAFile {
        /// The manifest.
        path: PathBuf,
        /// What it is.
        what: Obstacle,
    },
    /// It has more than [`MAX_BYTES`] bytes.
    #[error("cannot read the manifest `{}`: it is larger than {MAX_BYTES} bytes", path.display())]
    TooLarge {
        /// The manifest.
        path: PathBuf,
    },
    /// The text cannot be read.
    #[error("cannot read the manifest `{}`: {}", path.display(), source.message())]
    Text {
        /// The manifest.
        path: PathBuf,
        /// The reader's reason, with the place.
        source: aisoc_canonical::Error,
    },
    /// The text is not a mapping of keys to values.
    #[error("the manifest `{}` is {kind}, not a mapping of keys to values", path.display())]
    NotMapping {
        /// The manifest.
        path: PathBuf,
        /// What it is instead.
        kind: &'static str,
    },
    /// Required fields are missing, or hold a value that counts as missing.
    #[error("the manifest `{}` lacks {}", path.display(), list(fields))]
    FieldsMissing {
        /// The manifest.
        path: PathBuf,
        /// The missing fields, in the loader's order.
        fields: Vec<&'static str>,
        /// Where the first of them stands, when it is there with an empty value.
        position: Option<Position>,
    },
    /// `id` breaks the loader's rule.
    #[error("the plugin id {value} in `{}` is not allowed", path.display())]
    IdInvalid {
        /// The manifest.
        path: PathBuf,
        /// The id, for showing.
        value: String,
        /// Where it stands.
        position: Position,
    },
    /// `plugin_type` is none of the loader's.
    #[error("the plugin type {value} in `{}` is none that AiSOC knows", path.display())]
    PluginTypeInvalid {
        /// The manifest.
        path: PathBuf,
        /// The type, for showing.
        value: String,
        /// Where it stands.
        position: Position,
    },
    /// `id` is no text: the loader's check lets it through and the loader fails on it after the signature.
    #[error("the plugin id in `{}` is {kind}, not a text", path.display())]
    IdNotText {
        /// The manifest.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
        /// Where it stands.
        position: Position,
    },
    /// `id` ends in a newline, which the loader's check overlooks.
    #[error("the plugin id {value} in `{}` ends in a newline", path.display())]
    IdEndsInNewline {
        /// The manifest.
        path: PathBuf,
        /// The id, for showing.
        value: String,
        /// Where it stands.
        position: Position,
    },
    /// What the signature covers has no canonical form.
    #[error("the manifest `{}` has no canonical form: {}", path.display(), source.message())]
    NotCanonical {
        /// The manifest.
        path: PathBuf,
        /// The writer's reason, with the place.
        source: aisoc_canonical::Error,
    },
}

impl Error {
    /// Tells whether AiSOC's loader fails here too. Where it is false, this program declines what the loader may accept.
    pub fn loader_fails(&self) -> bool {
        match self {
            Self::Folder(error) => error.loader_fails(),
            Self::Text { source, .. } | Self::NotCanonical { source, .. } => source.loader_fails(),
            Self::TooLarge { .. }
            // Nobody knows what a FIFO would have held, or whether anybody ever writes into it.
            | Self::NotAFile { what: Obstacle::Special, .. }
            // These two are refused later than the signature check; up to there the loader accepts them.
            | Self::IdNotText { .. }
            | Self::IdEndsInNewline { .. } => false,
            _ => true,
        }
    }
}

fn list(fields: &[&str]) -> String {
    joined(fields, "and")
}

/// Joins names as a sentence does: `` `a`, `b` and `c` ``.
fn joined(names: &[&str], word: &str) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(|name| format!("`{name}`")).collect();
            format!("{} {word} `{last}`", first.join(", "))
        }
    }
}

/// Names the plugin types that AiSOC knows.
fn plugin_types() -> String {
    let names: Vec<_> = PluginType::ALL.iter().map(|known| known.as_str()).collect();
    joined(&names, "or")
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::Folder(error) => error.code(),
            Self::Missing { .. } => Code::ManifestMissing,
            Self::Unreadable { .. } | Self::NotAFile { .. } => Code::ManifestUnreadable,
            Self::TooLarge { .. } => Code::ManifestTooLarge,
            Self::Text { .. } | Self::NotCanonical { .. } => Code::Manifest,
            Self::NotMapping { .. } => Code::ManifestNotMapping,
            Self::FieldsMissing { .. } => Code::ManifestFieldsMissing,
            Self::IdInvalid { .. } => Code::IdInvalid,
            Self::PluginTypeInvalid { .. } => Code::PluginTypeInvalid,
            Self::IdNotText { .. } | Self::IdEndsInNewline { .. } => Code::IdUnusable,
        }
    }

    fn detail(&self) -> Option<&'static str> {
        match self {
            Self::Text { source, .. } | Self::NotCanonical { source, .. } => Some(source.code().as_str()),
            _ => None,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Folder(error) => return error.hint(),
            Self::Missing { look_alike: Some(name), .. } => {
                let wanted = if name.ends_with("json") { JSON_NAME } else { YAML_NAME };
                format!("rename `{name}` to `{wanted}`")
            }
            Self::Missing { .. } => {
                "give the folder that holds the manifest; the folder above it is not searched".to_owned()
            }
            Self::Unreadable { .. } => "make the file readable for you".to_owned(),
            Self::NotAFile { .. } => "put a regular file in its place".to_owned(),
            Self::TooLarge { .. } => "keep data in files beside the manifest".to_owned(),
            Self::Text { source, .. } | Self::NotCanonical { source, .. } => return source.hint().map(str::to_owned),
            Self::NotMapping { .. } => "write `id`, `name`, `version` and `plugin_type` as its keys".to_owned(),
            Self::FieldsMissing { fields, .. } => {
                let required = "`id`, `name`, `version` and `plugin_type` are required; an empty text, null, false and \
                                zero count as missing";
                match fields.contains(&"plugin_type") {
                    true => format!("{required}. For `plugin_type`, write {}", plugin_types()),
                    false => required.to_owned(),
                }
            }
            Self::IdInvalid { .. } => {
                "use 2 to 64 letters, digits, `.`, `_` and `-`, the first one a letter or a digit".to_owned()
            }
            Self::PluginTypeInvalid { .. } => format!("use {}", plugin_types()),
            Self::IdNotText { .. } => "put quotes around it".to_owned(),
            Self::IdEndsInNewline { .. } => "remove the newline; a block text needs `|-` or `>-` for that".to_owned(),
        })
    }

    fn place(&self) -> Option<Place> {
        let (path, position) = match self {
            Self::Folder(error) => return error.place(),
            Self::Missing { dir, .. } => (dir, None),
            Self::Unreadable { path, .. }
            | Self::NotAFile { path, .. }
            | Self::TooLarge { path }
            | Self::NotMapping { path, .. } => (path, None),
            Self::Text { path, source } | Self::NotCanonical { path, source } => (path, source.position()),
            Self::FieldsMissing { path, position, .. } => (path, *position),
            Self::IdInvalid { path, position, .. }
            | Self::PluginTypeInvalid { path, position, .. }
            | Self::IdNotText { path, position, .. }
            | Self::IdEndsInNewline { path, position, .. } => (path, Some(*position)),
        };
        Some(Place { path: path.clone(), position: position.map(|position| (position.line, position.column)) })
    }

    fn at_the_loader(&self) -> Option<String> {
        Some(
            match self {
                Self::Folder(error) => return error.at_the_loader(),
                Self::NotAFile { what: Obstacle::Special, .. } => regular::LOADER_WAITS,
                Self::Missing { .. } => "the loader takes no notice of a folder without a manifest",
                Self::IdNotText { .. } => "the loader fails on it in every mode, after the signature",
                Self::IdEndsInNewline { .. } => "the loader loads it, newline and all, as part of the id",
                Self::NotCanonical { .. } if self.loader_fails() => {
                    "the loader refuses the plugin in strict and in warn mode once it has a signature"
                }
                _ if self.loader_fails() => "the loader refuses the plugin in every mode",
                _ => return None,
            }
            .to_owned(),
        )
    }
}
