//! What stands between a plugin and `verified`.

use std::path::PathBuf;

use super::{Reason, Status};
use crate::code::Code;
use crate::digest::Digest;
use crate::explain::{Explain, Place};
use crate::trusted::TrustedKeysError;
use crate::{files, manifest, signature};

/// Why a plugin is not verified.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Finding {
    /// The manifest cannot be read, fails the checks before the signature, or has no canonical form.
    #[error(transparent)]
    Manifest(manifest::Error),
    /// The trusted-keys folder cannot be read.
    #[error(transparent)]
    TrustedKeys(TrustedKeysError),
    /// There is no signature.
    #[error("the plugin is not signed: there is no `{}`", path.display())]
    Unsigned {
        /// Where it would be.
        path: PathBuf,
    },
    /// The signature's file cannot be read or is malformed.
    #[error(transparent)]
    Signature(signature::Error),
    /// The operator trusts no key.
    #[error("there is a signature, and no trusted key to check it with")]
    NoTrustedKeys,
    /// The covered files cannot be read.
    #[error(transparent)]
    Files(files::Error),
    /// A trusted key stops the loader.
    #[error("cannot get past the trusted key `{}`: {why}", path.display())]
    KeyStopsLoader {
        /// The key's file.
        path: PathBuf,
        /// What stops the loader.
        why: String,
    },
    /// No key matches.
    #[error("the signature matches none of the trusted keys")]
    NoKeyMatches {
        /// The digest of what is in the folder.
        digest: Digest,
    },
}

impl Finding {
    /// Returns the reason's code.
    pub fn reason(&self) -> Reason {
        if !self.loader_fails() {
            return Reason::CannotTell;
        }
        match self {
            Self::Manifest(error) => match error {
                manifest::Error::Missing { .. } => Reason::ManifestMissing,
                manifest::Error::NotMapping { .. } => Reason::ManifestNotMapping,
                manifest::Error::FieldsMissing { .. } => Reason::ManifestFieldsMissing,
                manifest::Error::IdInvalid { .. } => Reason::IdInvalid,
                manifest::Error::PluginTypeInvalid { .. } => Reason::PluginTypeInvalid,
                manifest::Error::NotCanonical { .. } => Reason::NotCanonical,
                _ => Reason::ManifestUnreadable,
            },
            Self::TrustedKeys(_) => Reason::TrustedKeysUnreadable,
            Self::Unsigned { .. } => Reason::Unsigned,
            Self::Signature(signature::Error::Malformed { .. }) => Reason::SignatureMalformed,
            Self::Signature(_) => Reason::SignatureUnreadable,
            Self::NoTrustedKeys => Reason::NoTrustedKeys,
            Self::Files(_) => Reason::FileUnreadable,
            Self::KeyStopsLoader { .. } => Reason::TrustedKeyStopsLoader,
            Self::NoKeyMatches { .. } => Reason::NoKeyMatches,
        }
    }

    /// Tells whether the loader refuses for it in strict mode; otherwise this program cannot tell.
    pub(super) fn loader_fails(&self) -> bool {
        match self {
            Self::Manifest(error) => error.loader_fails(),
            Self::Signature(error) => error.loader_fails(),
            Self::Files(error) => error.loader_fails(),
            Self::TrustedKeys(error) => matches!(error, TrustedKeysError::Unreadable { .. }),
            _ => true,
        }
    }

    /// Returns what the loader notes in warn mode; `None` where it refuses there as well.
    pub(super) fn status_in_warn_mode(&self) -> Option<Status> {
        match self {
            Self::Unsigned { .. } => Some(Status::Unsigned),
            Self::NoTrustedKeys | Self::NoKeyMatches { .. } => Some(Status::Invalid),
            _ => None,
        }
    }

    fn inner(&self) -> Option<&dyn Explain> {
        match self {
            Self::Manifest(error) => Some(error),
            Self::TrustedKeys(error) => Some(error),
            Self::Signature(error) => Some(error),
            Self::Files(error) => Some(error),
            _ => None,
        }
    }
}

impl Explain for Finding {
    fn code(&self) -> Code {
        match self {
            Self::Unsigned { .. } => Code::Unsigned,
            Self::NoTrustedKeys => Code::NoTrustedKeys,
            Self::NoKeyMatches { .. } => Code::NoKeyMatches,
            Self::KeyStopsLoader { .. } => Code::TrustedKeyStopsLoader,
            _ => self.inner().map_or(Code::Io, Explain::code),
        }
    }

    fn detail(&self) -> Option<&'static str> {
        self.inner().and_then(Explain::detail)
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unsigned { .. } => Some("sign the plugin".to_owned()),
            Self::NoTrustedKeys => Some("put the publisher's public key there, as `<signing_key_id>.pem`".to_owned()),
            Self::NoKeyMatches { .. } => Some(
                "either the manifest or a .py file is not what was signed, or the publisher's public key is not among \
                 the trusted ones; compare the digest with the one shown when signing"
                    .to_owned(),
            ),
            Self::KeyStopsLoader { .. } => Some(
                "take this file out of the folder, or give the publisher's key a name that sorts before it".to_owned(),
            ),
            _ => self.inner().and_then(Explain::hint),
        }
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::Unsigned { path } | Self::KeyStopsLoader { path, .. } => {
                Some(Place { path: path.clone(), position: None })
            }
            _ => self.inner().and_then(Explain::place),
        }
    }

    fn at_the_loader(&self) -> Option<String> {
        let text = match self {
            Self::Unsigned { .. } => "the loader refuses it in strict mode and loads it as `unsigned` in warn mode",
            Self::NoTrustedKeys | Self::NoKeyMatches { .. } => {
                "the loader refuses it in strict mode and loads it as `invalid` in warn mode"
            }
            Self::KeyStopsLoader { .. } => "the loader refuses the plugin in strict and in warn mode",
            _ => return self.inner().and_then(Explain::at_the_loader),
        };
        Some(text.to_owned())
    }
}
