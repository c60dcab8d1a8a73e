//! The folder in which this program remembers things, and its locks.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::lock::Lock;
use crate::{Code, Explain, Place};

/// The folder for this user's data: `$XDG_DATA_HOME/aisoc-publisher` on Linux, and what the other systems have for it.
///
/// It holds public facts, and private keys only in files that a passphrase encrypts. It is made when something is written to it, for its owner alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    /// Finds the folder of the user who runs this.
    ///
    /// # Errors
    /// [`DataFolderError::NoHome`] when the system knows no home folder for the user.
    pub fn of_user() -> Result<Self, DataFolderError> {
        let folders = directories::ProjectDirs::from("", "", "aisoc-publisher").ok_or(DataFolderError::NoHome)?;
        Ok(Self { path: folders.data_dir().to_owned() })
    }

    /// Uses another folder.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Returns the folder's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folder, with mode 0700, unless it is there.
    pub(crate) fn ensure(&self) -> Result<(), DataFolderError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        builder.create(&self.path).map_err(|source| self.error("make", &self.path, source))
    }

    /// Takes a lock among this program's processes, and waits for it up to `limit`.
    ///
    /// It is held until the value is dropped, or until the process ends in whatever way.
    pub(crate) fn lock(&self, name: &str, limit: Duration) -> Result<Lock, DataFolderError> {
        self.ensure()?;
        let path = self.path.join(name);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options.open(&path).map_err(|source| self.error("open", &path, source))?;
        match Lock::take(file, limit) {
            Ok(Some(lock)) => Ok(lock),
            Ok(None) => Err(DataFolderError::Busy { path, limit }),
            Err(source) => Err(self.error("lock", &path, source)),
        }
    }

    fn error(&self, operation: &'static str, path: &Path, source: std::io::Error) -> DataFolderError {
        DataFolderError::Io { operation, path: path.to_owned(), source }
    }
}

/// The data folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataFolderError {
    /// The user has no home folder.
    #[error("find this user's data folder: the user has no home folder")]
    NoHome,
    /// The operating system refused.
    #[error("{operation} `{}`: {source}", path.display())]
    Io {
        /// What was being done.
        operation: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// Another process holds the lock.
    #[error("lock `{}`: another process held it for {} seconds", path.display(), limit.as_secs())]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// How long was waited.
        limit: Duration,
    },
}

impl Explain for DataFolderError {
    fn code(&self) -> Code {
        Code::Io
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoHome => "set `HOME`, or `XDG_DATA_HOME` to a folder that you may write to".to_owned(),
            Self::Io { .. } => "check that the folder is yours and that the disk is not full".to_owned(),
            Self::Busy { .. } => "look for another run of this program that waits for an answer".to_owned(),
        })
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::NoHome => None,
            Self::Io { path, .. } | Self::Busy { path, .. } => Some(Place { path: path.clone(), position: None }),
        }
    }
}
