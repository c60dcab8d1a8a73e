//! The named second choice where there is no keyring: private keys in files of the data folder, under a passphrase.
//!
//! `<data folder>/keys/<key id>.key`, PKCS#8 PEM under PBES2 with scrypt (N=2^14, r=8, p=5) and AES-256-CBC, which
//! OpenSSL 3.0 and Python's `cryptography` 42 open (AiSOC's loader contract §10). Mode 0600 in a folder of mode 0700,
//! created exclusively, and never reached through a symlink. There is no form of it without a passphrase, for reading
//! neither: a plain key that lies there was put there by something else.
//!
//! This is no [`KeyStore`](super::KeyStore): every call that touches a private key needs the passphrase, and a store that
//! answered without one would have to hold it for longer than a call.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::atomic::{self, Obstacle};
use crate::data_folder::{DataFolder, DataFolderError};
use crate::key::{KeyId, KeySource, PrivateKeyError, PrivateKeyProblem, SecretKey, pem};
use crate::regular::{self, Refused};
use crate::{Code, Explain, Place};

/// The fewest characters of a new passphrase, counted as Unicode code points.
///
/// The file may be copied and tried without end, at scrypt's price of a tenth of a second a guess. Keys that are there
/// open with whatever passphrase they have.
pub const MIN_PASSPHRASE_CHARS: usize = 12;

/// The longest passphrase in UTF-8 bytes; a longer one is refused and never cut. See [`PORTABLE_PASSPHRASE_BYTES`].
pub const MAX_PASSPHRASE_BYTES: usize = 64 * 1024;

/// The longest passphrase in UTF-8 bytes with which the `openssl` program, as of 3.0, opens a file. Observed by running it;
/// Python's `cryptography` 48 opens a file under a longer one too.
pub const PORTABLE_PASSPHRASE_BYTES: usize = 1023;

const FOLDER: &str = "keys";
const LOCK: &str = "key-files.lock";
const LOCK_LIMIT: Duration = Duration::from_secs(10);

/// Keeps private keys in files, each under a passphrase of its own.
///
/// A passphrase is used as the UTF-8 bytes that were given, without normalisation, so that other programs given the same
/// text open the file. Opening and writing take about 0.1 seconds and 16 MiB each.
#[derive(Debug, Clone)]
pub struct FileKeyStore {
    folder: DataFolder,
}

impl FileKeyStore {
    /// Uses the folder `keys` in this data folder. Nothing is read or made yet.
    pub fn new(folder: DataFolder) -> Self {
        Self { folder }
    }

    /// Returns the path of a key's file, whether it is there or not.
    pub fn path(&self, id: &KeyId) -> PathBuf {
        self.keys().join(format!("{id}.key"))
    }

    /// Keeps a new key under a passphrase.
    ///
    /// # Errors
    /// [`FileKeyError::Passphrase`] before anything is done; [`FileKeyError::Exists`] when anything has the file's name,
    /// which then stays as it is; the others as they come. After an error no file is left behind.
    pub fn create(&self, id: &KeyId, key: &SecretKey, passphrase: &str) -> Result<(), FileKeyError> {
        check_passphrase(passphrase)?;
        let path = self.path(id);
        let _lock = self.folder.lock(LOCK, LOCK_LIMIT)?;
        self.ensure_keys()?;
        // Before the work of encrypting. Exclusive creation below is what keeps two writers apart.
        if self.contains(id)? {
            return Err(FileKeyError::Exists { id: id.clone(), path });
        }
        let text = pem::encode_private_encrypted(key, passphrase)
            .map_err(|problem| FileKeyError::Encrypt { id: id.clone(), problem })?;
        atomic::create_new(&path, text.as_bytes(), 0o600).map_err(|error| match error {
            atomic::Error::Exists { path, .. } => FileKeyError::Exists { id: id.clone(), path },
            other => other.into(),
        })
    }

    /// Opens a key.
    ///
    /// # Errors
    /// [`FileKeyError::WrongPassphrase`]; [`FileKeyError::NoSuchKey`]; [`FileKeyError::NotEncrypted`] for a plain key,
    /// which is not used; the others as they come.
    pub fn load(&self, id: &KeyId, passphrase: &str) -> Result<SecretKey, FileKeyError> {
        if passphrase.len() > MAX_PASSPHRASE_BYTES {
            return Err(PassphraseError::TooLong.into());
        }
        let path = self.path(id);
        let (file, _) = match regular::open_unlinked(&path) {
            Ok(opened) => opened,
            Err(Refused::Io(e)) if regular::means_absent(&e) => {
                return Err(FileKeyError::NoSuchKey { id: id.clone(), path });
            }
            Err(Refused::NotAFile(what)) => return Err(FileKeyError::NotAFile { path, what }),
            Err(Refused::Io(e)) => return Err(unreadable(path, PrivateKeyProblem::Io(e))),
            Err(Refused::TooLarge) => return Err(unreadable(path, PrivateKeyProblem::TooLarge)),
        };
        let source = KeySource::File(path.clone());
        let text = pem::read_private(file, &source)?;
        match pem::decode_private(&text, &source, None) {
            // Whoever put it there knows it.
            Ok(_) => return Err(FileKeyError::NotEncrypted { id: id.clone(), path }),
            Err(PrivateKeyError { problem: PrivateKeyProblem::PassphraseNeeded, .. }) => {}
            Err(other) => return Err(other.into()),
        }
        pem::decode_private(&text, &source, Some(passphrase)).map_err(|error| match error.problem {
            PrivateKeyProblem::WrongPassphrase => FileKeyError::WrongPassphrase { id: id.clone(), path },
            _ => error.into(),
        })
    }

    /// Tells whether anything has the name of this key's file.
    ///
    /// # Errors
    /// [`FileKeyError::Unreadable`] where the folder cannot be looked into.
    pub fn contains(&self, id: &KeyId) -> Result<bool, FileKeyError> {
        let path = self.path(id);
        match Obstacle::at(&path) {
            Ok(found) => Ok(found.is_some()),
            Err(e) if regular::means_absent(&e) => Ok(false),
            Err(e) => Err(unreadable(path, PrivateKeyProblem::Io(e))),
        }
    }

    /// Removes a key's file for good.
    ///
    /// Its blocks stay on the disk until something else is written there, as with every file.
    ///
    /// # Errors
    /// [`FileKeyError::NoSuchKey`]; [`FileKeyError::NotAFile`] for something else under this name, which stays; the
    /// others as they come.
    pub fn delete(&self, id: &KeyId) -> Result<(), FileKeyError> {
        let path = self.path(id);
        let _lock = self.folder.lock(LOCK, LOCK_LIMIT)?;
        match Obstacle::at(&path) {
            Ok(Some(Obstacle::File)) => Ok(atomic::remove(&path)?),
            Ok(Some(what)) => Err(FileKeyError::NotAFile { path, what }),
            Ok(None) => Err(FileKeyError::NoSuchKey { id: id.clone(), path }),
            Err(e) if regular::means_absent(&e) => Err(FileKeyError::NoSuchKey { id: id.clone(), path }),
            Err(e) => Err(unreadable(path, PrivateKeyProblem::Io(e))),
        }
    }

    /// The folder of the files.
    pub(crate) fn keys(&self) -> PathBuf {
        self.folder.path().join(FOLDER)
    }

    /// Makes the folder for its owner alone, or sees to it that it is.
    fn ensure_keys(&self) -> Result<(), FileKeyError> {
        let path = self.keys();
        let found = Obstacle::at(&path).map_err(|source| folder_error("look at", &path, source))?;
        match found {
            None => make_private_folder(&path).map_err(|source| folder_error("make", &path, source))?,
            // A link would carry the keys to a place that somebody else chose.
            Some(what) if what != Obstacle::Folder => return Err(FileKeyError::NotAFolder { path, what }),
            Some(_) => {}
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // The umask decides what a new folder has, and a copied one has what the copying program gave it.
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700))
                .map_err(|source| folder_error("close to others", &path, source))?;
        }
        Ok(())
    }
}

/// Checks that a text may become a new passphrase; loading takes any.
///
/// # Errors
/// [`PassphraseError`].
pub fn check_passphrase(passphrase: &str) -> Result<(), PassphraseError> {
    if passphrase.len() > MAX_PASSPHRASE_BYTES {
        return Err(PassphraseError::TooLong);
    }
    // The count of a passphrase that is long enough is nobody's business, so it is not counted to its end.
    match passphrase.chars().take(MIN_PASSPHRASE_CHARS).count() {
        MIN_PASSPHRASE_CHARS => Ok(()),
        _ => Err(PassphraseError::TooShort),
    }
}

fn make_private_folder(path: &Path) -> std::io::Result<()> {
    #[allow(unused_mut, reason = "only Unix has modes")]
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    match builder.create(path) {
        // Somebody else was faster, which is as good; what it is was asked a moment ago.
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists && !regular::is_symlink(path) => Ok(()),
        other => other,
    }
}

fn folder_error(operation: &'static str, path: &Path, source: std::io::Error) -> FileKeyError {
    DataFolderError::Io { operation, path: path.to_owned(), source }.into()
}

fn unreadable(path: PathBuf, problem: PrivateKeyProblem) -> FileKeyError {
    PrivateKeyError { source_of_key: KeySource::File(path), problem }.into()
}

/// A text cannot become a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PassphraseError {
    /// It has fewer characters than [`MIN_PASSPHRASE_CHARS`].
    #[error("the passphrase has fewer than {MIN_PASSPHRASE_CHARS} characters")]
    TooShort,
    /// It has more bytes than [`MAX_PASSPHRASE_BYTES`].
    #[error("the passphrase is longer than {MAX_PASSPHRASE_BYTES} bytes")]
    TooLong,
}

impl Explain for PassphraseError {
    fn code(&self) -> Code {
        match self {
            Self::TooShort => Code::PassphraseTooShort,
            Self::TooLong => Code::PassphraseTooLong,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::TooShort => "four or five words that do not belong together are long enough".to_owned(),
            Self::TooLong => "check that it is the passphrase and not a file".to_owned(),
        })
    }
}

/// A key in a file could not be kept, opened or removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileKeyError {
    /// The passphrase is too short for a new key, or too long for any.
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
    /// The passphrase is another one.
    #[error("open the key `{id}`: the passphrase does not open `{}`", path.display())]
    WrongPassphrase {
        /// The id.
        id: KeyId,
        /// The file.
        path: PathBuf,
    },
    /// There is no file for this id.
    #[error("no key `{id}` is kept in a file: there is no `{}`", path.display())]
    NoSuchKey {
        /// The id.
        id: KeyId,
        /// Where it would be.
        path: PathBuf,
    },
    /// There is a file for this id already; it was not touched.
    #[error("a key `{id}` is kept in `{}` already, and keys are never replaced", path.display())]
    Exists {
        /// The id.
        id: KeyId,
        /// The file.
        path: PathBuf,
    },
    /// The file holds a key without a passphrase, which this program never writes.
    #[error("open the key `{id}`: `{}` holds a key that no passphrase protects", path.display())]
    NotEncrypted {
        /// The id.
        id: KeyId,
        /// The file.
        path: PathBuf,
    },
    /// A symlink, a folder or a special file has the name of a key's file.
    #[error("the key file `{}` is {what}", path.display())]
    NotAFile {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: Obstacle,
    },
    /// Something else stands where the folder of key files should be.
    #[error("keep keys in `{}`: it is {what}", path.display())]
    NotAFolder {
        /// The folder.
        path: PathBuf,
        /// What it is.
        what: Obstacle,
    },
    /// The file cannot be read, or what it holds is no key that is read here.
    #[error(transparent)]
    Unreadable(#[from] PrivateKeyError),
    /// The key could not be encrypted; nothing was written.
    #[error("keep the key `{id}`: {problem}")]
    Encrypt {
        /// The id.
        id: KeyId,
        /// Why not.
        #[source]
        problem: PrivateKeyProblem,
    },
    /// The file could not be written or removed.
    #[error(transparent)]
    Write(#[from] atomic::Error),
    /// The folder cannot be made or locked.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
}

impl Explain for FileKeyError {
    fn code(&self) -> Code {
        match self {
            Self::Passphrase(error) => error.code(),
            Self::WrongPassphrase { .. } => Code::WrongPassphrase,
            Self::NoSuchKey { .. } => Code::NoSuchKey,
            Self::Exists { .. } => Code::KeyExists,
            Self::NotEncrypted { .. } => Code::KeyForeign,
            Self::NotAFile { .. } | Self::NotAFolder { .. } => Code::TargetNotAFile,
            Self::Unreadable(error) => error.code(),
            Self::Encrypt { problem, .. } => problem.code(),
            Self::Write(error) => error.code(),
            Self::DataFolder(error) => error.code(),
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Passphrase(error) => return error.hint(),
            Self::WrongPassphrase { .. } => {
                "type the passphrase again; nobody can recover it, and a lost one means a new key".to_owned()
            }
            Self::NoSuchKey { .. } => "`aisoc-publisher keys` lists the keys and where they are kept".to_owned(),
            Self::Exists { .. } => "choose another key id, or use the key that is there".to_owned(),
            Self::NotEncrypted { path, .. } => format!(
                "this program did not write it; move `{}` away, and sign with it by its path only if it is yours",
                path.display()
            ),
            Self::NotAFile { .. } | Self::NotAFolder { .. } => "move it away; links are never followed here".to_owned(),
            Self::Unreadable(error) => return error.hint(),
            Self::Encrypt { problem, .. } => return problem.hint(),
            Self::Write(error) => return error.hint(),
            Self::DataFolder(error) => return error.hint(),
        })
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::Passphrase(_) | Self::Encrypt { .. } => None,
            Self::WrongPassphrase { path, .. }
            | Self::NoSuchKey { path, .. }
            | Self::Exists { path, .. }
            | Self::NotEncrypted { path, .. }
            | Self::NotAFile { path, .. }
            | Self::NotAFolder { path, .. } => Some(Place { path: path.clone(), position: None }),
            Self::Unreadable(error) => error.place(),
            Self::Write(error) => error.place(),
            Self::DataFolder(error) => error.place(),
        }
    }
}
