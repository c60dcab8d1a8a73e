//! What an operator should know of a folder of trusted keys. Each is a warning of this program's own and changes no
//! verdict.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::{Entry, Outcome, Skip, Stop, TrustedKeys};
use crate::key::{Fingerprint, KeyId, PublicKey};
use crate::{Code, Explain, Place};

/// Something about a folder of trusted keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// A private key lies among the trusted keys.
    #[error("`{}` holds a private key", path.display())]
    Private {
        /// The file.
        path: PathBuf,
    },
    /// A key of small order, for which anybody can make signatures.
    #[error("the trusted key `{}` is of small order: anybody can sign for it", path.display())]
    Weak {
        /// The file.
        path: PathBuf,
    },
    /// A key that is no point of the curve, so that no signature verifies with it.
    #[error("the trusted key `{}` is no point of the curve: no signature matches it", path.display())]
    NoPoint {
        /// The file.
        path: PathBuf,
    },
    /// A file of a kind that stops the loader.
    #[error("the trusted key `{}` stops the loader: {why}", path.display())]
    Stops {
        /// The file.
        path: PathBuf,
        /// What it is.
        why: Stop,
        /// Where it stands.
        reach: Reach,
    },
    /// A file holds the same key as one that stands before it.
    #[error("`{}` holds the same key as `{}`, {}", path.display(), first.display(), fingerprint.short())]
    Twice {
        /// The file that the loader never needs.
        path: PathBuf,
        /// The file whose name it reports.
        first: PathBuf,
        /// That name.
        key_id: String,
        /// The key.
        fingerprint: Fingerprint,
    },
    /// The name that the loader reports is not the one in the marketplace entry.
    #[error("the trusted key is called `{key_id}`, and the marketplace entry's signing_key_id is `{wanted}`")]
    OtherName {
        /// The file.
        path: PathBuf,
        /// Its name for the loader.
        key_id: String,
        /// The entry's.
        wanted: KeyId,
        /// A later file with the entry's name that holds the same key.
        later: Option<PathBuf>,
    },
    /// No file in the folder has the name that the marketplace entry gives.
    #[error("no trusted key is called `{wanted}`, as the marketplace entry's signing_key_id is")]
    NameMissing {
        /// The entry's.
        wanted: KeyId,
    },
    /// A file with a key's name is no Ed25519 key, and is passed over.
    #[error("`{}` is left out: {why}", path.display())]
    PassedOver {
        /// The file.
        path: PathBuf,
        /// What it is.
        why: Skip,
    },
    /// A file with a key's name cannot be read.
    #[error("`{}` is left out, as it cannot be read: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said, or that it is a folder.
        why: String,
    },
    /// A public key has a name that the loader does not look at.
    #[error("`{}` holds a public key, and its name ends neither in .pem nor in .pub", path.display())]
    NotLookedAt {
        /// The file.
        path: PathBuf,
    },
}

/// Where a file stands that stops the loader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// No signature matched a key, or none was there to be tried.
    NoMatch,
    /// After the key that matched, by the loader's name for it: this plugin never gets there.
    AfterMatch(String),
}

impl TrustedKeys {
    /// Says what an operator should know of the folder, the gravest first and then in path order.
    ///
    /// `matched` is the name that the loader reports for a plugin's signature, where there is one. `wanted` is the
    /// `signing_key_id` of the plugin's marketplace entry, where it is known.
    pub fn warnings(&self, matched: Option<&str>, wanted: Option<&KeyId>) -> Vec<Warning> {
        let mut warnings: Vec<_> = self.private.iter().map(|path| Warning::Private { path: path.clone() }).collect();
        let matched = matched.and_then(|name| self.entries.iter().position(|entry| self.is_match(entry, name)));
        let mut first: HashMap<&PublicKey, &Entry> = HashMap::new();
        for (at, entry) in self.entries.iter().enumerate() {
            let path = entry.path.clone();
            match &entry.outcome {
                Outcome::Key(key) => {
                    if key.is_weak() {
                        warnings.push(Warning::Weak { path: path.clone() });
                    } else if !key.is_on_curve() {
                        warnings.push(Warning::NoPoint { path: path.clone() });
                    }
                    match first.get(key) {
                        Some(first) => warnings.push(Warning::Twice {
                            path,
                            first: first.path.clone(),
                            key_id: first.key_id.clone(),
                            fingerprint: key.fingerprint(),
                        }),
                        None => drop(first.insert(key, entry)),
                    }
                }
                Outcome::StopsLoader(why) => {
                    let reach = match matched.and_then(|matched| self.entries.get(matched).filter(|_| matched < at)) {
                        Some(matched) => Reach::AfterMatch(matched.key_id.clone()),
                        None => Reach::NoMatch,
                    };
                    warnings.push(Warning::Stops { path, why: why.clone(), reach });
                }
                Outcome::Skipped(Skip::OtherBlock(label)) if label.contains("PRIVATE") => {
                    warnings.push(Warning::Private { path });
                }
                Outcome::Skipped(why) => warnings.push(Warning::PassedOver { path, why: why.clone() }),
                Outcome::Unreadable(why) => warnings.push(Warning::Unreadable { path, why: why.clone() }),
            }
        }
        warnings.extend(self.not_looked_at.iter().map(|path| Warning::NotLookedAt { path: path.clone() }));
        if let Some(wanted) = wanted {
            match matched.and_then(|at| self.entries.get(at)) {
                Some(entry) if entry.key_id != wanted.as_str() => warnings.push(Warning::OtherName {
                    path: entry.path.clone(),
                    key_id: entry.key_id.clone(),
                    wanted: wanted.clone(),
                    later: self
                        .entries
                        .iter()
                        .find(|other| other.key_id == wanted.as_str() && other.outcome == entry.outcome)
                        .map(|other| other.path.clone()),
                }),
                None if !self.entries.iter().any(|entry| entry.key_id == wanted.as_str()) => {
                    warnings.push(Warning::NameMissing { wanted: wanted.clone() });
                }
                _ => {}
            }
        }
        warnings.sort_by_key(Warning::rank);
        warnings
    }

    /// The loader reports a name; two files may have it, as `a.pem` and `a.pub`, and only a key can have matched.
    fn is_match(&self, entry: &Entry, name: &str) -> bool {
        entry.key_id == name && matches!(entry.outcome, Outcome::Key(_))
    }
}

impl Warning {
    fn rank(&self) -> u8 {
        match self {
            Self::Private { .. } => 0,
            Self::Weak { .. } => 1,
            Self::Stops { .. } => 2,
            Self::OtherName { .. } | Self::NameMissing { .. } => 3,
            Self::Twice { .. } => 4,
            _ => 5,
        }
    }

    fn path(&self) -> Option<&Path> {
        match self {
            Self::Private { path }
            | Self::Weak { path }
            | Self::NoPoint { path }
            | Self::Stops { path, .. }
            | Self::Twice { path, .. }
            | Self::OtherName { path, .. }
            | Self::PassedOver { path, .. }
            | Self::Unreadable { path, .. }
            | Self::NotLookedAt { path } => Some(path),
            Self::NameMissing { .. } => None,
        }
    }
}

impl Explain for Warning {
    fn code(&self) -> Code {
        match self {
            Self::Private { .. } => Code::PrivateKeyAmongTrusted,
            Self::Weak { .. } => Code::TrustedKeyWeak,
            Self::NoPoint { .. } | Self::PassedOver { .. } | Self::Unreadable { .. } | Self::NotLookedAt { .. } => {
                Code::TrustedKeyLeftOut
            }
            Self::Stops { .. } => Code::TrustedKeyStopsLoader,
            Self::Twice { .. } => Code::TrustedKeyTwice,
            Self::OtherName { .. } | Self::NameMissing { .. } => Code::TrustedKeyName,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Private { .. } => {
                "move it away; if it is a publisher's, whoever could read this folder can sign as that publisher, so it \
                 needs a new key"
                    .to_owned()
            }
            Self::Weak { .. } => "remove it; no honest publisher has such a key".to_owned(),
            Self::NoPoint { .. } => "ask its publisher for the key again, and compare the fingerprint".to_owned(),
            Self::Stops { .. } => "take this file out of the folder".to_owned(),
            Self::Twice { path, .. } => {
                format!("keep the file that is named `<signing_key_id>.pem`; `{}` may go if it is not", path.display())
            }
            Self::OtherName { path, later: Some(later), .. } => {
                format!("remove `{}`, so that the loader comes to `{}`", path.display(), later.display())
            }
            Self::OtherName { wanted, .. } => format!("rename the file to `{wanted}.pem`"),
            Self::NameMissing { wanted } => {
                format!("put the publisher's public key there as `{wanted}.pem`, and compare its fingerprint")
            }
            Self::PassedOver { .. } => {
                "if it should be a publisher's key, ask for it as SPKI PEM of an Ed25519 key".to_owned()
            }
            Self::Unreadable { .. } => "if it should be a publisher's key, make it readable for AiSOC's user".to_owned(),
            Self::NotLookedAt { .. } => "if it should be trusted, rename it to `<signing_key_id>.pem`".to_owned(),
        })
    }

    fn place(&self) -> Option<Place> {
        self.path().map(|path| Place { path: path.to_owned(), position: None })
    }

    fn at_the_loader(&self) -> Option<String> {
        Some(match self {
            Self::Private { .. } | Self::PassedOver { .. } => "the loader does not trust what is in it".to_owned(),
            Self::Weak { .. } => "the loader accepts signatures that anybody made for it".to_owned(),
            Self::NoPoint { .. } => "the loader tries it for nothing".to_owned(),
            Self::Stops { reach: Reach::NoMatch, .. } => {
                "the loader refuses, in strict and in warn mode, every signed plugin that no key before this file matches"
                    .to_owned()
            }
            Self::Stops { reach: Reach::AfterMatch(key), .. } => format!(
                "this plugin is not refused for it, since the key `{key}` stands before it; one that no key before this file \
                 matches is"
            ),
            Self::Twice { key_id, .. } => format!("the loader reports this key as `{key_id}`, the first in path order"),
            Self::OtherName { key_id, .. } => format!("the loader reports the key as `{key_id}`"),
            Self::NameMissing { .. } => return None,
            Self::Unreadable { .. } => "the loader logs it and goes on without it".to_owned(),
            Self::NotLookedAt { .. } => "the loader does not look at it".to_owned(),
        })
    }
}
