//! Backup files of keys: encrypted PKCS#8 PEM that `openssl pkey` and Python's `cryptography` open, and that says what it is.
//!
//! PEM allows text before its block (RFC 7468 §2), so a file that turns up in three years names its key there: id, fingerprint,
//! date, how to restore it. This text is a label and no proof: what counts is the key that the passphrase opens.
//!
//! The block is what a key file holds: scrypt (N=2^14, r=8, p=5) and AES-256-CBC (AiSOC's loader contract §10).

use std::path::{Path, PathBuf};

use crate::key::pem::{self, KeySource};
use crate::key::{Fingerprint, KeyId, PrivateKeyError, PrivateKeyProblem, PublicKey, SecretKey};
use crate::keystore::PassphraseError;
use crate::keystore::file::{PORTABLE_PASSPHRASE_BYTES, check_passphrase};
use crate::{Code, Explain, Place, atomic};

const KEY_ID: &str = "Key id: ";
const FINGERPRINT: &str = "Fingerprint: ";
const MADE: &str = "Made: ";

/// What a backup signs to show that it can.
const TEST_MESSAGE: &[u8] = b"AiSOC Publisher tests a backup by signing this";

/// What the text before a backup's block says of the key. Anybody can write anything there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Label {
    /// The key's id.
    pub key_id: Option<KeyId>,
    /// The key's fingerprint.
    pub fingerprint: Option<Fingerprint>,
    /// When the backup was made.
    pub made: Option<jiff::Timestamp>,
}

/// A backup that its passphrase opened, and whose key signs.
pub struct Opened {
    /// What its text says.
    pub label: Label,
    /// The key.
    pub key: SecretKey,
}

/// Returns the name to suggest for a backup: `<key id>-backup.key`.
///
/// Not `.pem`: in a folder of trusted keys AiSOC would take that for a public key, and so might a person.
pub fn file_name(id: &KeyId) -> String {
    format!("{id}-backup.key")
}

/// Checks that a text may become the passphrase of a backup.
///
/// # Errors
/// [`BackupError::Passphrase`] below 12 characters; [`BackupError::NotPortable`] above
/// [`PORTABLE_PASSPHRASE_BYTES`], the most with which the `openssl` program opens a file.
pub fn check_backup_passphrase(passphrase: &str) -> Result<(), BackupError> {
    check_passphrase(passphrase)?;
    if passphrase.len() > PORTABLE_PASSPHRASE_BYTES {
        return Err(BackupError::NotPortable);
    }
    Ok(())
}

/// Writes a backup: a new file of mode 0600, created exclusively, never through a symlink and never over anything.
///
/// # Errors
/// [`BackupError`]; nothing is left behind. That the file opens again is for [`open`] to say.
pub fn write(file: &Path, id: &KeyId, key: &SecretKey, passphrase: &str) -> Result<(), BackupError> {
    check_backup_passphrase(passphrase)?;
    let block = pem::encode_private_encrypted(key, passphrase).map_err(|problem| BackupError::Encrypt { problem })?;
    let text = format!("{}{}", label(id, key.public()), *block);
    Ok(atomic::create_new(file, text.as_bytes(), 0o600)?)
}

fn label(id: &KeyId, public: &PublicKey) -> String {
    format!(
        "\
Backup of an AiSOC publisher key, encrypted with a passphrase.

{KEY_ID}{id}
{FINGERPRINT}{fingerprint}
{MADE}{made}

Keep this file where the machine's loss does not reach it, and the passphrase somewhere else.
Restore it with AiSOC Publisher. To see that it opens: openssl pkey -noout -text_pub -in THIS-FILE

",
        fingerprint = public.fingerprint(),
        made = crate::records::now(),
    )
}

/// Reads what a backup says of itself, without its passphrase.
///
/// # Errors
/// [`BackupError::Unreadable`] where the file cannot be read. A file without such a text has an empty label.
pub fn read_label(file: &Path) -> Result<Label, BackupError> {
    Ok(label_of(&pem::read_private_file(file)?))
}

fn label_of(text: &[u8]) -> Label {
    let mut label = Label::default();
    for line in text.split(|byte| *byte == b'\n').take_while(|line| !line.starts_with(b"-----BEGIN ")) {
        let Ok(line) = std::str::from_utf8(line) else { continue };
        let line = line.trim_end();
        if let Some(id) = line.strip_prefix(KEY_ID) {
            label.key_id = id.parse().ok();
        } else if let Some(fingerprint) = line.strip_prefix(FINGERPRINT) {
            label.fingerprint = fingerprint.parse().ok();
        } else if let Some(made) = line.strip_prefix(MADE) {
            label.made = made.parse().ok();
        }
    }
    label
}

/// Opens a backup: reads it from the disk, decrypts it, and has its key sign a message that its public half verifies.
///
/// `expected` is the key that it should hold. Without one, the fingerprint in its text must be the key's, if there is one.
///
/// # Errors
/// [`BackupError::WrongPassphrase`]; [`BackupError::OtherKey`]; [`BackupError::NotEncrypted`] for a plain key, which is no
/// backup; the others as they come.
pub fn open(file: &Path, passphrase: &str, expected: Option<&PublicKey>) -> Result<Opened, BackupError> {
    let path = || file.to_owned();
    let text = pem::read_private_file(file)?;
    let source = KeySource::File(path());
    match pem::decode_private(&text, &source, None) {
        Ok(_) => return Err(BackupError::NotEncrypted { path: path() }),
        Err(PrivateKeyError { problem: PrivateKeyProblem::PassphraseNeeded, .. }) => {}
        Err(other) => return Err(other.into()),
    }
    let key = pem::decode_private(&text, &source, Some(passphrase)).map_err(|error| match error.problem {
        PrivateKeyProblem::WrongPassphrase => BackupError::WrongPassphrase { path: path() },
        _ => error.into(),
    })?;
    let (label, found) = (label_of(&text), key.public().fingerprint());
    let expected_fingerprint = expected.map(PublicKey::fingerprint).or(label.fingerprint);
    if let Some(expected) = expected_fingerprint.filter(|expected| *expected != found) {
        return Err(BackupError::OtherKey { path: path(), expected, found });
    }
    if !expected.unwrap_or(key.public()).verify(TEST_MESSAGE, &key.sign(TEST_MESSAGE)) {
        return Err(BackupError::DoesNotSign { path: path() });
    }
    Ok(Opened { label, key })
}

/// A backup could not be written, or does not do what it is for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The passphrase has too few characters.
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
    /// The passphrase is longer than what other programs take.
    #[error(
        "the passphrase is longer than {PORTABLE_PASSPHRASE_BYTES} bytes, with which `openssl` would not open the backup"
    )]
    NotPortable,
    /// The key could not be encrypted; nothing was written.
    #[error("encrypt the backup: {problem}")]
    Encrypt {
        /// Why not.
        #[source]
        problem: PrivateKeyProblem,
    },
    /// Something has the file's name, or the operating system refused; nothing is left behind.
    #[error(transparent)]
    Write(#[from] atomic::Error),
    /// The file cannot be read, or holds no key that is read here.
    #[error(transparent)]
    Unreadable(#[from] PrivateKeyError),
    /// The passphrase is another one.
    #[error("open the backup `{}`: the passphrase does not open it", path.display())]
    WrongPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// The file holds a key without a passphrase.
    #[error("open the backup `{}`: no passphrase protects the key in it", path.display())]
    NotEncrypted {
        /// The file.
        path: PathBuf,
    },
    /// The file holds another key.
    #[error("open the backup `{}`: it should hold the key {}, and holds {}", path.display(), expected.short(), found.short())]
    OtherKey {
        /// The file.
        path: PathBuf,
        /// The key that was expected.
        expected: Fingerprint,
        /// The key that it holds.
        found: Fingerprint,
    },
    /// The key in the file opened and signs nothing that verifies.
    #[error("try the backup `{}`: what its key signs does not verify", path.display())]
    DoesNotSign {
        /// The file.
        path: PathBuf,
    },
    /// A backup was written, and the drill with it failed. The file is there, and counts as no backup.
    #[error("`{}` was written and does not count as a backup: {problem}", path.display())]
    DrillFailed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        problem: Box<BackupError>,
    },
}

impl Explain for BackupError {
    fn code(&self) -> Code {
        match self {
            Self::Passphrase(error) => error.code(),
            Self::NotPortable => Code::PassphraseTooLong,
            Self::Encrypt { problem } => problem.code(),
            Self::Write(error) => error.code(),
            Self::Unreadable(error) => error.code(),
            Self::WrongPassphrase { .. } => Code::WrongPassphrase,
            Self::NotEncrypted { .. } => Code::BackupNotEncrypted,
            Self::OtherKey { .. } => Code::KeyMismatch,
            Self::DoesNotSign { .. } | Self::DrillFailed { .. } => Code::BackupFailed,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Passphrase(error) => return error.hint(),
            Self::NotPortable => "choose a shorter one; a dozen words are plenty".to_owned(),
            Self::Encrypt { problem } => return problem.hint(),
            Self::Write(error @ atomic::Error::Exists { .. }) => {
                error.hint().unwrap_or_else(|| "choose another name; backups are never replaced".to_owned())
            }
            Self::Write(error) => return error.hint(),
            Self::Unreadable(error) => return error.hint(),
            Self::WrongPassphrase { .. } => {
                "type the passphrase again; nobody can recover it, so while the key itself is there, make a new backup"
                    .to_owned()
            }
            Self::NotEncrypted { .. } => {
                "import it instead, make a backup under a passphrase, and then remove this file".to_owned()
            }
            Self::OtherKey { .. } => {
                "look for the backup of this key; its fingerprint is in the file's text".to_owned()
            }
            Self::DoesNotSign { .. } => "make a new backup to another place while the key itself is there".to_owned(),
            Self::DrillFailed { path, .. } => {
                format!("look at `{}` and remove it; then make the backup again, best on another disk", path.display())
            }
        })
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::Passphrase(_) | Self::NotPortable | Self::Encrypt { .. } => None,
            Self::Write(error) => error.place(),
            Self::Unreadable(error) => error.place(),
            Self::WrongPassphrase { path }
            | Self::NotEncrypted { path }
            | Self::OtherKey { path, .. }
            | Self::DoesNotSign { path }
            | Self::DrillFailed { path, .. } => Some(Place { path: path.clone(), position: None }),
        }
    }
}
