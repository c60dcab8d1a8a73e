//! One cause, in words.

use std::fmt;
use std::path::PathBuf;

use aisoc_canonical::Position;
use serde::Serialize;

use crate::code::Code;
use crate::digest::Digest;
use crate::explain::{Explain, Place};
use crate::files::{RelPath, printable};
use crate::key::{Fingerprint, KeyId};
use crate::manifest::PluginId;
use crate::records::Reason;

/// One reason why a signature does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// A covered file has other bytes.
    #[error("`{path}` changed after signing")]
    FileChanged {
        /// Its name below the folder.
        path: RelPath,
        /// Where it is.
        at: PathBuf,
    },
    /// A covered file was not there.
    #[error("`{path}` was added after signing")]
    FileAdded {
        /// Its name below the folder.
        path: RelPath,
        /// Where it is.
        at: PathBuf,
    },
    /// A covered file is not there any more.
    #[error("`{path}` was signed and is not there any more")]
    FileRemoved {
        /// Its name below the folder.
        path: RelPath,
        /// Where it was.
        at: PathBuf,
    },
    /// The same bytes have another name.
    #[error("`{from}` was renamed to `{to}` after signing")]
    FileRenamed {
        /// Its name when it was signed.
        from: RelPath,
        /// Its name now.
        to: RelPath,
        /// Where it is.
        at: PathBuf,
    },
    /// A covered file differs in its line endings and in nothing else.
    #[error("only line endings differ in `{path}`: signed with {signed}, {now} now")]
    LineEndings {
        /// Its name below the folder.
        path: RelPath,
        /// Where it is.
        at: PathBuf,
        /// What it was signed with.
        signed: Ending,
        /// What it has.
        now: Ending,
    },
    /// A field of the manifest is not what was signed.
    #[error("manifest `{}` {}", printable(field), change(was.as_deref(), is.as_deref()))]
    Field {
        /// The field, with dots between the keys of nested mappings.
        field: String,
        /// What was signed, as JSON unless both are texts; nothing for a new field.
        was: Option<String>,
        /// What is there, likewise; nothing for a field that is gone.
        is: Option<String>,
        /// The manifest.
        at: PathBuf,
        /// Where in it, unless the field is gone.
        position: Option<Position>,
    },
    /// The manifest is too large to be compared field by field.
    #[error("the manifest changed after signing")]
    Manifest {
        /// The manifest.
        at: PathBuf,
    },
    /// The other manifest counts.
    #[error("the manifest is `{is}` now, and `{was}` was signed")]
    ManifestSwitched {
        /// The name of the manifest that was signed.
        was: String,
        /// The name of the one that counts now.
        is: String,
        /// The manifest.
        at: PathBuf,
    },
    /// The key is not trusted.
    #[error("it is signed by {signer}, which is not among the trusted keys")]
    KeyNotTrusted {
        /// The key.
        signer: Signer,
        /// A trusted file with the key's name that holds something else.
        instead: Option<PathBuf>,
    },
    /// The key was revoked on this machine, and is not trusted.
    #[error("it is signed by {signer}, which was revoked here, because {reason}")]
    KeyRevoked {
        /// The key.
        signer: Signer,
        /// Why it was revoked.
        reason: Reason,
    },
    /// The signature was made for another plugin.
    #[error("`plugin.sig` was made for another plugin: `{plugin_id}` {} in \
        `{}`", printable(version), folder.display())]
    OtherPlugin {
        /// That plugin's id.
        plugin_id: PluginId,
        /// Its version, for showing.
        version: String,
        /// Its folder.
        folder: PathBuf,
    },
    /// The folder was signed as it is, and the signature is another one.
    #[error("the folder is what {signed_by} signed on {signed}, and `plugin.sig` is not that signature")]
    SignatureReplaced {
        /// When the folder was signed.
        signed: jiff::Timestamp,
        /// By which key.
        signed_by: Signer,
    },
    /// Nothing is known of the signature.
    #[error("it is not known here what `plugin.sig` was made for, or by which key")]
    Unknown {
        /// The digest of what is in the folder.
        digest: Digest,
    },
}

/// A key that signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signer {
    /// Its id, where it has one here.
    pub key_id: Option<KeyId>,
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
}

impl fmt::Display for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key_id {
            Some(id) => write!(f, "`{id}`"),
            None => write!(f, "the key {}", self.fingerprint.short()),
        }
    }
}

/// How a file's lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Ending {
    /// LF throughout.
    Lf,
    /// CRLF throughout.
    Crlf,
    /// CR, or several kinds.
    Other,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lf => "LF",
            Self::Crlf => "CRLF",
            Self::Other => "another mix of line endings",
        })
    }
}

fn change(was: Option<&str>, is: Option<&str>) -> String {
    match (was, is) {
        (Some(was), Some(is)) => format!("was {} and is {}", printable(was), printable(is)),
        (Some(was), None) => format!("was {} and is gone", printable(was)),
        (None, is) => format!("was not there and is {}", printable(is.unwrap_or_default())),
    }
}

impl Explain for Cause {
    fn code(&self) -> Code {
        match self {
            Self::FileChanged { .. } => Code::SignedFileChanged,
            Self::FileAdded { .. } => Code::SignedFileAdded,
            Self::FileRemoved { .. } => Code::SignedFileRemoved,
            Self::FileRenamed { .. } => Code::SignedFileRenamed,
            Self::LineEndings { .. } => Code::LineEndingsChanged,
            Self::Field { .. } | Self::Manifest { .. } => Code::SignedFieldChanged,
            Self::ManifestSwitched { .. } => Code::ManifestSwitched,
            Self::KeyNotTrusted { .. } => Code::KeyNotTrusted,
            Self::KeyRevoked { .. } => Code::KeyRevoked,
            Self::OtherPlugin { .. } => Code::SignatureOfOtherPlugin,
            Self::SignatureReplaced { .. } => Code::SignatureReplaced,
            Self::Unknown { .. } => Code::CauseUnknown,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::FileChanged { .. } | Self::Field { .. } | Self::Manifest { .. } => {
                "put back what was signed, or sign what is there now".to_owned()
            }
            Self::FileAdded { .. } => "remove it if it does not belong to the plugin; otherwise sign again".to_owned(),
            Self::FileRemoved { .. } => "put it back, or sign what is there now".to_owned(),
            Self::FileRenamed { .. } => "give it its name back, or sign again".to_owned(),
            Self::LineEndings { signed: Ending::Lf, .. } => {
                "Git often does this: put `*.py text eol=lf` into `.gitattributes` and check the file out \
                again"
                    .to_owned()
            }
            Self::LineEndings { .. } => {
                "give the files LF as line endings, put `*.py text eol=lf` into `.gitattributes`, and sign \
                again"
                    .to_owned()
            }
            Self::ManifestSwitched { is, .. } if is == crate::manifest::YAML_NAME => {
                "beside `plugin.yaml` the other manifest is ignored: remove the one that should not count, or sign \
                again"
                    .to_owned()
            }
            Self::ManifestSwitched { was, .. } => format!("put `{was}` back, or sign again"),
            Self::KeyNotTrusted { signer, instead: None } => match &signer.key_id {
                Some(id) => format!("the operator puts `{}` into the folder of trusted keys", id.public_file_name()),
                None => "the operator puts that key's .pem file into the folder of trusted keys".to_owned(),
            },
            Self::KeyNotTrusted { instead: Some(path), .. } => format!(
                "`{}` has the right name and holds another key, or none; compare the fingerprint {} with the \
                publisher's",
                path.display(),
                self.fingerprint()
            ),
            Self::KeyRevoked { .. } => "sign it again with the key that took over, or with a new one".to_owned(),
            Self::OtherPlugin { .. } => "sign this plugin; each has a signature of its own".to_owned(),
            Self::SignatureReplaced { .. } => "put that `plugin.sig` back, or sign again".to_owned(),
            Self::Unknown { digest } => format!(
                "if the plugin is yours, sign it again; otherwise ask its publisher which digest was shown when signing: if \
                 it is {digest}, the key is missing among the trusted ones, and if not, the plugin is not what was signed"
            ),
        })
    }

    fn place(&self) -> Option<Place> {
        let (path, position) = match self {
            Self::FileChanged { at, .. }
            | Self::FileAdded { at, .. }
            | Self::FileRemoved { at, .. }
            | Self::FileRenamed { at, .. }
            | Self::LineEndings { at, .. }
            | Self::Manifest { at }
            | Self::ManifestSwitched { at, .. } => (at, None),
            Self::Field { at, position, .. } => (at, *position),
            Self::KeyNotTrusted { instead: Some(path), .. } => (path, None),
            Self::KeyNotTrusted { .. }
            | Self::KeyRevoked { .. }
            | Self::OtherPlugin { .. }
            | Self::SignatureReplaced { .. }
            | Self::Unknown { .. } => return None,
        };
        Some(Place { path: path.clone(), position: position.map(|at| (at.line, at.column)) })
    }

    fn at_the_loader(&self) -> Option<String> {
        Some("the loader refuses it in strict mode and loads it as `invalid` in warn mode".to_owned())
    }
}

impl Cause {
    fn fingerprint(&self) -> String {
        match self {
            Self::KeyNotTrusted { signer, .. } => signer.fingerprint.to_string(),
            _ => String::new(),
        }
    }
}
