//! The two files of a new key, and a look at the place where they would go.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{SecretKey, pem};
use crate::{Code, Explain, Place, atomic};

/// The files of a key pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFiles {
    /// `PREFIX.pem`, SPKI PEM, mode 0644: what an operator gets.
    pub public: PathBuf,
    /// `PREFIX.key`, PKCS#8 v1 PEM, mode 0600: what nobody gets.
    pub private: PathBuf,
}

impl KeyFiles {
    /// Returns the paths for a prefix, which may hold dots.
    pub fn of_prefix(prefix: &Path) -> Self {
        let with = |ending: &str| {
            let mut path = OsString::from(prefix);
            path.push(ending);
            PathBuf::from(path)
        };
        Self { public: with(".pem"), private: with(".key") }
    }
}

/// Writes `PREFIX.pem` and `PREFIX.key` (loader contract §10).
///
/// Both are created exclusively: nothing is overwritten and no symlink followed. The private file has mode 0600 from
/// its first byte. On failure neither is left behind.
///
/// # Errors
/// [`KeyFilesError`], most often because one of the files is there.
pub fn write_keypair(prefix: &Path, key: &SecretKey) -> Result<KeyFiles, KeyFilesError> {
    let files = KeyFiles::of_prefix(prefix);
    if prefix.file_name().is_none() || prefix.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Err(KeyFilesError::NoName { prefix: prefix.to_owned() });
    }
    // The private file first: a public file whose private half never came to be would look like a key.
    atomic::create_new(&files.private, pem::encode_private(key).as_bytes(), 0o600)?;
    if let Err(error) = atomic::create_new(&files.public, pem::encode_public(key.public()).as_bytes(), 0o644) {
        return match atomic::remove(&files.private) {
            Ok(()) => Err(KeyFilesError::Write(error)),
            Err(removal) if removal.took_effect() => Err(KeyFilesError::Write(error)),
            Err(removal) => Err(KeyFilesError::LeftBehind { path: files.private, cause: error, removal }),
        };
    }
    Ok(files)
}

/// A place where a private key is at risk of leaving the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RiskyPlace {
    /// A plugin folder, which is shipped as a whole; the folder.
    PluginFolder(PathBuf),
    /// A Git work tree, where it may be committed; its top folder.
    GitWorkTree(PathBuf),
}

impl std::fmt::Display for RiskyPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::PluginFolder(path) => {
                write!(f, "the plugin folder `{}`, which is shipped as a whole", path.display())
            }
            Self::GitWorkTree(path) => write!(f, "the Git work tree `{}`, where it may be committed", path.display()),
        }
    }
}

/// Tells whether files with this prefix would lie in a plugin folder or a Git work tree, the nearer one of each kind.
///
/// Folders are looked at where they really are, symlinks resolved. A folder that cannot be looked into counts as
/// harmless: this is for a warning.
pub fn risky_places(prefix: &Path) -> Vec<RiskyPlace> {
    let parent = match prefix.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let Ok(folder) = parent.canonicalize() else {
        return Vec::new();
    };
    let nearest = |names: &[&str]| {
        let holds = |folder: &&Path| names.iter().any(|name| folder.join(name).symlink_metadata().is_ok());
        folder.ancestors().find(holds).map(Path::to_owned)
    };
    let plugin = nearest(&["plugin.yaml", "aisoc-plugin.json"]).map(RiskyPlace::PluginFolder);
    // `.git` is a file in a worktree of its own and in a submodule.
    let git = nearest(&[".git"]).map(RiskyPlace::GitWorkTree);
    plugin.into_iter().chain(git).collect()
}

/// The files of a key could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFilesError {
    /// The prefix ends in a slash or in `..`.
    #[error("write a key to `{}`: the prefix has no file name", prefix.display())]
    NoName {
        /// The prefix.
        prefix: PathBuf,
    },
    /// A file is there already, or the operating system refused; nothing is left behind.
    #[error(transparent)]
    Write(#[from] atomic::Error),
    /// The public file failed, and the private one could not be removed again.
    #[error("{cause}; and `{}`, written before, is still there: {removal}", path.display())]
    LeftBehind {
        /// The private file that is still there.
        path: PathBuf,
        /// Why the pair failed.
        cause: atomic::Error,
        /// Why the removal failed.
        #[source]
        removal: atomic::Error,
    },
}

impl Explain for KeyFilesError {
    fn code(&self) -> Code {
        match self {
            Self::NoName { .. } => Code::BadPath,
            Self::Write(error) | Self::LeftBehind { cause: error, .. } => error.code(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoName { .. } => {
                Some("name the files after the key, for example `--out keys/acme-plugins`".to_owned())
            }
            Self::Write(error) => error.hint(),
            Self::LeftBehind { path, .. } => Some(format!("remove `{}` by hand", path.display())),
        }
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::NoName { prefix: path } | Self::LeftBehind { path, .. } => {
                Some(Place { path: path.clone(), position: None })
            }
            Self::Write(error) => error.place(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atomic::failing;

    #[test]
    fn a_folder_that_cannot_be_flushed_gets_no_half_pair() {
        let folder = tempfile::tempdir().unwrap();
        let key = SecretKey::generate().unwrap();
        let error = failing::flushes(failing::EIO, || write_keypair(&folder.path().join("acme"), &key)).unwrap_err();
        assert!(matches!(error, KeyFilesError::Write(_)), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
