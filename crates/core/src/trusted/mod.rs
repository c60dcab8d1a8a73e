//! An operator's folder of trusted keys, file by file, as AiSOC's loader takes it (loader contract §5).
//!
//! The loader reads every entry directly in the folder whose name ends in `.pem` or `.pub`, in path order. An entry that
//! cannot be read is logged and left out. With every file that is left it then tries the signature: a file that is no
//! Ed25519 key is passed over, and a key of a kind that `cryptography` does not support raises an error that nothing
//! catches, so that the plugin is refused unless a key before it matched.

mod pem_file;
mod spki;
mod warning;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::key::{KeyId, PublicKey};
use crate::regular::{self, Refused};
use crate::{Code, Explain, Place};

pub use pem_file::{Skip, Stop, classify};
pub use warning::{Reach, Warning};

/// The largest key file that is read, in bytes.
///
/// The loader has no limit. A larger file is an error here and not a skipped key, since nothing is known of it; a public
/// key takes 113 bytes.
pub const MAX_KEY_FILE: usize = 1 << 20;

/// The keys that a loader trusts, in the order in which it tries them.
#[derive(Debug, Clone, Default)]
pub struct TrustedKeys {
    /// The files, in path order.
    pub entries: Vec<Entry>,
    /// Whether there was a folder. To the loader a missing one, or a file in its place, is one without keys.
    pub folder_missing: bool,
    /// Public keys under names that the loader does not look at.
    not_looked_at: Vec<PathBuf>,
    /// Private keys under such names.
    private: Vec<PathBuf>,
}

/// A file in the folder.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The file. Empty for a key that came from no folder.
    pub path: PathBuf,
    /// The name by which the loader knows the key: the file's stem. Any text, since the operator names the file.
    pub key_id: String,
    /// What the loader makes of it.
    pub outcome: Outcome,
}

/// What the loader makes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// An Ed25519 public key.
    Key(PublicKey),
    /// Passed over.
    Skipped(Skip),
    /// Cannot be read: logged, and then as if it were not there.
    Unreadable(String),
    /// Makes the loader refuse the plugin, once it is reached.
    StopsLoader(Stop),
}

/// What the trusted keys say of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// The signature verifies with this key, the first in path order.
    Verified(String),
    /// There are keys, or files that pass for keys, and none matches.
    NoMatch,
    /// There is nothing to try.
    NoKeys,
    /// Before any match the loader meets a file that makes it refuse the plugin, in strict and in warn.
    StopsLoader {
        /// The file.
        path: PathBuf,
    },
}

impl TrustedKeys {
    /// Trusts this key and no other.
    pub fn only(key_id: &KeyId, key: PublicKey) -> Self {
        let entry = Entry { path: PathBuf::new(), key_id: key_id.to_string(), outcome: Outcome::Key(key) };
        Self { entries: vec![entry], ..Self::default() }
    }

    /// Trusts these keys, as an operator would who keeps each as `<key id>.pem` in one folder.
    pub fn of<'a>(keys: impl IntoIterator<Item = (&'a KeyId, &'a PublicKey)>) -> Self {
        let mut keys: Vec<_> = keys.into_iter().collect();
        // By file name, which is another order than by id: `a-b.pem` comes before `a.pem`.
        keys.sort_by_cached_key(|(id, _)| id.public_file_name());
        let entries = keys.into_iter().flat_map(|(id, key)| Self::only(id, key.clone()).entries).collect();
        Self { entries, ..Self::default() }
    }

    /// Reads a folder of trusted keys.
    ///
    /// Symlinks to files are followed, as the loader follows them. Nothing but regular files is opened.
    ///
    /// # Errors
    /// [`TrustedKeysError::Unreadable`] where the loader fails for every plugin in every mode, `disabled` included;
    /// [`TrustedKeysError::Waits`] and [`TrustedKeysError::TooLarge`] for what cannot be judged here.
    pub fn read(folder: &Path) -> Result<Self, TrustedKeysError> {
        let unreadable = |source| TrustedKeysError::Unreadable { folder: folder.to_owned(), source };
        match fs::metadata(folder) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => {
                return Ok(Self { folder_missing: true, ..Self::default() });
            }
            Err(e) if regular::means_absent(&e) => {
                return Ok(Self { folder_missing: true, ..Self::default() });
            }
            Err(e) => return Err(unreadable(e)),
        }
        let (mut files, mut others) = (Vec::new(), Vec::new());
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            match key_id_of(&name.to_string_lossy()) {
                Some(stem) => files.push((name, stem)),
                None => others.push(folder.join(name)),
            }
        }
        // Python compares names by code point, which is the byte order of UTF-8.
        files.sort_by(|(a, _), (b, _)| a.as_encoded_bytes().cmp(b.as_encoded_bytes()));
        let mut entries = Vec::with_capacity(files.len());
        for (name, key_id) in files {
            let path = folder.join(name);
            let outcome = match regular::read(&path, MAX_KEY_FILE) {
                Ok(bytes) => classify(&bytes),
                Err(Refused::NotAFile(crate::atomic::Obstacle::Folder)) => {
                    Outcome::Unreadable("it is a folder".to_owned())
                }
                Err(Refused::NotAFile(_)) => return Err(TrustedKeysError::Waits { path }),
                Err(Refused::TooLarge) => return Err(TrustedKeysError::TooLarge { path }),
                Err(Refused::Io(e)) => Outcome::Unreadable(e.to_string()),
            };
            entries.push(Entry { path, key_id, outcome });
        }
        others.sort();
        let (not_looked_at, private) = keys_among(others);
        Ok(Self { entries, folder_missing: false, not_looked_at, private })
    }

    /// Tells whether the loader has anything to try. A file that is no key counts, as long as it can be read.
    pub fn is_empty(&self) -> bool {
        !self.entries.iter().any(|entry| !matches!(entry.outcome, Outcome::Unreadable(_)))
    }

    /// Tries the keys in order, as the loader does; the first match wins.
    pub fn try_verify(&self, digest: &[u8], signature: &[u8; 64]) -> Match {
        for entry in &self.entries {
            match &entry.outcome {
                Outcome::Key(key) if key.verify(digest, signature) => {
                    return Match::Verified(entry.key_id.clone());
                }
                Outcome::StopsLoader(_) => {
                    return Match::StopsLoader { path: entry.path.clone() };
                }
                Outcome::Key(_) | Outcome::Skipped(_) | Outcome::Unreadable(_) => {}
            }
        }
        if self.is_empty() { Match::NoKeys } else { Match::NoMatch }
    }
}

/// Returns the stem of a name that ends in `.pem` or `.pub`, as Python's `Path.stem` has it; `.pem` alone is no ending.
fn key_id_of(name: &str) -> Option<String> {
    let (stem, ending) = name.rsplit_once('.')?;
    let is_key = !stem.is_empty() && (ending.eq_ignore_ascii_case("pem") || ending.eq_ignore_ascii_case("pub"));
    is_key.then(|| stem.to_owned())
}

/// Finds the public and the private keys among files that the loader does not look at. What cannot be read is not known.
fn keys_among(files: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut public, mut private) = (Vec::new(), Vec::new());
    for path in files {
        match regular::read(&path, MAX_KEY_FILE).map(|bytes| classify(&bytes)) {
            Ok(Outcome::Key(_)) => public.push(path),
            Ok(Outcome::Skipped(Skip::OtherBlock(label))) if label.contains("PRIVATE") => private.push(path),
            _ => {}
        }
    }
    (public, private)
}

/// Reads one public key file, for a key that is handed over by itself.
///
/// # Errors
/// [`PublicKeyFileError`], which tells what the loader would do with such a file.
pub fn read_public_key(path: &Path) -> Result<PublicKey, PublicKeyFileError> {
    let fail = |why| PublicKeyFileError { path: path.to_owned(), why };
    let outcome = match regular::read(path, MAX_KEY_FILE) {
        Ok(bytes) => classify(&bytes),
        Err(Refused::Io(e)) => return Err(fail(NotAPublicKey::Io(e))),
        Err(Refused::NotAFile(_)) => return Err(fail(NotAPublicKey::NotAFile)),
        Err(Refused::TooLarge) => return Err(fail(NotAPublicKey::TooLarge)),
    };
    match outcome {
        Outcome::Key(key) => Ok(key),
        Outcome::Skipped(skip) => Err(fail(NotAPublicKey::Skipped(skip))),
        Outcome::StopsLoader(stop) => Err(fail(NotAPublicKey::StopsLoader(stop))),
        Outcome::Unreadable(why) => Err(fail(NotAPublicKey::Io(io::Error::other(why)))),
    }
}

/// A file is no Ed25519 public key.
#[derive(Debug, thiserror::Error)]
#[error("read the public key in `{}`: {why}", path.display())]
pub struct PublicKeyFileError {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    #[source]
    pub why: NotAPublicKey,
}

/// Why a file is no Ed25519 public key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotAPublicKey {
    /// The operating system refused.
    #[error("{0}")]
    Io(#[source] io::Error),
    /// It is a folder, a FIFO, a socket or a device.
    #[error("it is not a regular file")]
    NotAFile,
    /// It is larger than [`MAX_KEY_FILE`].
    #[error("it is larger than {MAX_KEY_FILE} bytes, which no public key is")]
    TooLarge,
    /// The loader passes over it.
    #[error("{0}")]
    Skipped(Skip),
    /// The loader stops at it.
    #[error("{0}")]
    StopsLoader(Stop),
}

impl Explain for PublicKeyFileError {
    fn code(&self) -> Code {
        match &self.why {
            NotAPublicKey::Io(_) | NotAPublicKey::NotAFile => Code::Io,
            _ => Code::WrongKeyKind,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match &self.why {
            NotAPublicKey::Io(_) => "give the path of a file that is there and that you may read".to_owned(),
            NotAPublicKey::Skipped(Skip::OtherBlock(label)) if label.contains("PRIVATE") => {
                "give the public half, which `keygen` wrote beside it with the ending `.pem`".to_owned()
            }
            _ => "give the Ed25519 public key as SPKI PEM, which starts with `-----BEGIN PUBLIC KEY-----`".to_owned(),
        })
    }

    fn place(&self) -> Option<Place> {
        Some(Place { path: self.path.clone(), position: None })
    }

    fn at_the_loader(&self) -> Option<String> {
        match &self.why {
            NotAPublicKey::Skipped(_) => Some("the loader passes over this file".to_owned()),
            NotAPublicKey::StopsLoader(_) => Some("the loader refuses plugins when it reaches this file".to_owned()),
            _ => None,
        }
    }
}

/// A folder of trusted keys cannot be taken as the loader takes it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustedKeysError {
    /// The folder is there and cannot be listed.
    #[error("read the trusted keys in `{}`: {source}", folder.display())]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// A FIFO, a socket or a device has a key file's name.
    #[error("read the trusted key `{}`: it is a FIFO, a socket or a device", path.display())]
    Waits {
        /// The file.
        path: PathBuf,
    },
    /// A key file is too large to be judged.
    #[error("read the trusted key `{}`: it is larger than {MAX_KEY_FILE} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
}

impl Explain for TrustedKeysError {
    fn code(&self) -> Code {
        Code::TrustedKeysUnreadable
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unreadable { .. } => "make the folder readable for the user that runs this".to_owned(),
            Self::Waits { .. } | Self::TooLarge { .. } => "keep nothing but public keys in this folder".to_owned(),
        })
    }

    fn place(&self) -> Option<Place> {
        let (Self::Unreadable { folder: path, .. } | Self::Waits { path } | Self::TooLarge { path }) = self;
        Some(Place { path: path.clone(), position: None })
    }

    fn at_the_loader(&self) -> Option<String> {
        match self {
            Self::Unreadable { .. } => {
                Some("the loader refuses every plugin in every mode, `disabled` included".to_owned())
            }
            Self::Waits { .. } => Some(regular::LOADER_WAITS.to_owned()),
            Self::TooLarge { .. } => None,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "Ed25519 key {}", key.fingerprint().short()),
            Self::Skipped(skip) => write!(f, "passed over: {skip}"),
            Self::Unreadable(why) => write!(f, "left out, cannot be read: {why}"),
            Self::StopsLoader(stop) => write!(f, "stops the loader: {stop}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::key_id_of;

    #[test]
    fn key_ids_are_pythons_stems() {
        // As CPython 3.11 answers for `Path(name).suffix.lower() in {".pem", ".pub"}` and `Path(name).stem`.
        for (name, stem) in [
            ("acme.pem", Some("acme")),
            ("acme.PUB", Some("acme")),
            ("acme.v1.pem", Some("acme.v1")),
            ("acme.pem.pem", Some("acme.pem")),
            ("..pem", Some(".")),
            (".hidden.pem", Some(".hidden")),
            (".pem", None),
            ("pem", None),
            ("acme.pem.", None),
            ("acme.pem.bak", None),
            ("acme.key", None),
        ] {
            assert_eq!(key_id_of(name).as_deref(), stem, "{name}");
        }
    }
}
