//! Files in the data folder that remember things: versioned JSON, mode 0600, written whole or not at all.
//!
//! A file of a newer format, or one that cannot be understood, is an error and stays as it is: what a person has lost
//! in silence they cannot mend. Writers take turns by a lock, so that two processes at once lose nothing.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::data_folder::{DataFolder, DataFolderError};
use crate::regular::{self, Refused};
use crate::{Code, Explain, Place, atomic};

const LOCK_LIMIT: Duration = Duration::from_secs(10);
/// Room for tens of thousands of keys.
const MAX_FILE: usize = 16 << 20;

/// What a file of the data folder remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// The publisher keys of this machine.
    Keys,
    /// The plugins opened earlier.
    Plugins,
    /// What was signed here: a folder with a file for each signing.
    Receipts,
}

impl Subject {
    pub(crate) const fn file(self) -> &'static str {
        match self {
            Self::Keys => "keys.json",
            Self::Plugins => "plugins.json",
            Self::Receipts => "receipts",
        }
    }

    const fn lock(self) -> &'static str {
        match self {
            Self::Keys => "keys.lock",
            Self::Plugins => "plugins.lock",
            Self::Receipts => "receipts.lock",
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keys => "the records of keys",
            Self::Plugins => "the plugins opened earlier",
            Self::Receipts => "the receipt of a signing",
        })
    }
}

/// Reads a file of an older format; `None` for a format that there never was.
type Older<T> = fn(u64, &[u8]) -> Option<Result<T, serde_json::Error>>;

/// One such file; `T` is its whole content, a JSON object with a number `format`.
#[derive(Debug, Clone)]
pub(crate) struct DataFile<T> {
    folder: DataFolder,
    subject: Subject,
    /// Where below the folder the file is.
    name: PathBuf,
    format: u64,
    /// Says what no JSON reader can see: values that do not belong together.
    check: fn(&T) -> Result<(), String>,
    older: Older<T>,
}

impl<T: Serialize + DeserializeOwned> DataFile<T> {
    pub(crate) fn new(folder: DataFolder, subject: Subject, format: u64, check: fn(&T) -> Result<(), String>) -> Self {
        Self { folder, subject, name: subject.file().into(), format, check, older: |_, _| None }
    }

    /// One of several files about a subject, by its name below the subject's own folder.
    pub(crate) fn one_of(
        folder: DataFolder,
        subject: Subject,
        name: &str,
        format: u64,
        check: fn(&T) -> Result<(), String>,
    ) -> Self {
        Self { folder, subject, name: PathBuf::from(subject.file()).join(name), format, check, older: |_, _| None }
    }

    /// Also reads files of older formats. The next change writes them in the present one.
    pub(crate) fn reading(self, older: Older<T>) -> Self {
        Self { older, ..self }
    }

    pub(crate) fn folder(&self) -> &DataFolder {
        &self.folder
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    /// Reads the file; `None` when there is none.
    pub(crate) fn read(&self) -> Result<Option<T>, DataFileError> {
        self.bytes()?.map(|bytes| self.parse(&bytes)).transpose()
    }

    fn bytes(&self) -> Result<Option<Vec<u8>>, DataFileError> {
        let path = self.path();
        match regular::read(&path, MAX_FILE) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Refused::Io(e)) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(None)
            }
            Err(Refused::Io(source)) => Err(DataFileError::Io { subject: self.subject, path, source }),
            Err(Refused::NotAFile(what)) => Err(self.damaged(None, format!("it is {what}"))),
            Err(Refused::TooLarge) => Err(self.damaged(None, format!("it is larger than {MAX_FILE} bytes"))),
        }
    }

    /// Reads the file under the lock, changes what it holds and writes it; without a file the change starts from `empty`.
    ///
    /// Where the folder cannot be flushed the file is set back to what it was, and that is an error.
    pub(crate) fn change<R>(&self, empty: T, change: impl FnOnce(&mut T) -> R) -> Result<R, DataFileError> {
        let _lock = self.folder.lock(self.subject.lock(), LOCK_LIMIT)?;
        let before = self.bytes()?;
        let mut content = before.as_deref().map(|bytes| self.parse(bytes)).transpose()?.unwrap_or(empty);
        let result = change(&mut content);
        let path = self.path();
        let mut text = serde_json::to_vec_pretty(&content).map_err(|e| DataFileError::Io {
            subject: self.subject,
            path: path.clone(),
            source: e.into(),
        })?;
        text.push(b'\n');
        let Err(error) = atomic::replace(&path, &text, 0o600) else {
            return Ok(result);
        };
        if error.took_effect() {
            // Who hears of an error undoes what the change was about, such as a new key, so it must not be remembered.
            let undone = match &before {
                Some(bytes) => atomic::replace(&path, bytes, 0o600),
                None => atomic::remove(&path),
            };
            match undone {
                Err(undoing) if !undoing.took_effect() => return Err(undoing.into()),
                _ => {}
            }
        }
        Err(error.into())
    }

    fn parse(&self, bytes: &[u8]) -> Result<T, DataFileError> {
        #[derive(Deserialize)]
        struct Head {
            format: u64,
        }
        let broken = |e: &serde_json::Error| {
            let position = u32::try_from(e.line()).ok().zip(u32::try_from(e.column()).ok());
            self.damaged(position, e.to_string())
        };
        // The format first: a newer one may hold anything.
        let head: Head = serde_json::from_slice(bytes).map_err(|e| broken(&e))?;
        if head.format > self.format {
            let (subject, path, known) = (self.subject, self.path(), self.format);
            return Err(DataFileError::Newer { subject, path, format: head.format, known });
        }
        let content = if head.format == self.format {
            serde_json::from_slice(bytes)
        } else {
            (self.older)(head.format, bytes)
                .ok_or_else(|| self.damaged(None, format!("its format is {}", head.format)))?
        };
        let content = content.map_err(|e| broken(&e))?;
        (self.check)(&content).map_err(|reason| self.damaged(None, reason))?;
        Ok(content)
    }

    fn damaged(&self, position: Option<(u32, u32)>, reason: String) -> DataFileError {
        DataFileError::Damaged { subject: self.subject, path: self.path(), position, reason }
    }
}

/// What is remembered cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataFileError {
    /// The operating system refused.
    #[error("read {subject} in `{}`: {source}", path.display())]
    Io {
        /// What the file remembers.
        subject: Subject,
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The file could not be written; it is as it was.
    #[error(transparent)]
    Write(#[from] atomic::Error),
    /// The folder cannot be made or locked.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// The file is damaged. It was not touched.
    #[error("read {subject} in `{}`: {reason}", path.display())]
    Damaged {
        /// What the file remembers.
        subject: Subject,
        /// The file.
        path: PathBuf,
        /// Line and column, where they are known.
        position: Option<(u32, u32)>,
        /// What is wrong.
        reason: String,
    },
    /// A newer version wrote the file. It was not touched.
    #[error("read {subject} in `{}`: format {format} is newer than this version, which knows {known}", path.display())]
    Newer {
        /// What the file remembers.
        subject: Subject,
        /// The file.
        path: PathBuf,
        /// The file's format.
        format: u64,
        /// The newest format that this version knows.
        known: u64,
    },
}

impl Explain for DataFileError {
    fn code(&self) -> Code {
        match self {
            Self::Io { .. } => Code::Io,
            Self::Write(error) => error.code(),
            Self::DataFolder(error) => error.code(),
            Self::Damaged { subject: Subject::Keys, .. } => Code::RecordsDamaged,
            Self::Damaged { subject: Subject::Plugins, .. } => Code::RecentsDamaged,
            Self::Damaged { subject: Subject::Receipts, .. } => Code::ReceiptDamaged,
            Self::Newer { subject: Subject::Keys, .. } => Code::RecordsNewer,
            Self::Newer { subject: Subject::Plugins, .. } => Code::RecentsNewer,
            Self::Newer { subject: Subject::Receipts, .. } => Code::ReceiptNewer,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Io { .. } => None,
            Self::Write(error) => error.hint(),
            Self::DataFolder(error) => error.hint(),
            Self::Damaged { subject: Subject::Keys, path, .. } => Some(format!(
                "mend `{}` or move it away; the private keys are not in it and stay where they are kept, and one that signs \
                 with `aisoc-publisher sign --key-id ID` is known again; what was noted of backups and revoked keys is not",
                path.display()
            )),
            Self::Damaged { subject: Subject::Plugins, path, .. } => Some(format!(
                "mend `{}` or move it away; it holds a list for convenience, and no key and no plugin",
                path.display()
            )),
            Self::Damaged { subject: Subject::Receipts, path, .. } => Some(format!(
                "remove `{}`; it only helps to say what has changed since a signing, and no signature depends on it",
                path.display()
            )),
            Self::Newer { .. } => Some("update this program".to_owned()),
        }
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::Io { path, .. } | Self::Newer { path, .. } => Some(Place { path: path.clone(), position: None }),
            Self::Damaged { path, position, .. } => Some(Place { path: path.clone(), position: *position }),
            Self::Write(error) => error.place(),
            Self::DataFolder(error) => error.place(),
        }
    }
}
