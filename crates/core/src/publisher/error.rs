//! What can go wrong with a publisher's keys.

use std::path::PathBuf;

use crate::backup::BackupError;
use crate::data_folder::DataFolderError;
use crate::handover::HandoverError;
use crate::key::{Fingerprint, KeyId, SecretKeyError};
use crate::keystore::KeyStoreError;
use crate::keystore::file::FileKeyError;
use crate::receipts::ReceiptsError;
use crate::records::{Done, Kept, RecordsError, Revoked};
use crate::{Code, Explain, Place};

/// An act of a key's life failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublisherError {
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] SecretKeyError),
    /// The keyring failed.
    #[error(transparent)]
    Store(#[from] KeyStoreError),
    /// The key's file failed.
    #[error(transparent)]
    File(#[from] FileKeyError),
    /// The records failed. A key that had been made for them was removed again.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// Another process makes a key, or the data folder cannot be used.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// A backup could not be written, or does not open.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The files for the operator could not be saved.
    #[error(transparent)]
    Handover(#[from] HandoverError),
    /// The records know no such key.
    #[error("no key `{id}` is known on this machine")]
    NoRecord {
        /// The id.
        id: KeyId,
    },
    /// The key does not sign any more.
    #[error("use the key `{id}`: it was revoked on {}, because {}", day(revoked.at), revoked.reason)]
    Revoked {
        /// The key's id.
        id: KeyId,
        /// When and why.
        revoked: Revoked,
        /// The key that took over from it.
        successor: Option<KeyId>,
    },
    /// The key was deleted here, and operators may know it by its id still.
    #[error("use the id `{id}`: its key was deleted here on {}, and operators may trust it still", day(*at))]
    Deleted {
        /// The key's id.
        id: KeyId,
        /// When it was deleted.
        at: jiff::Timestamp,
    },
    /// The key is known by another id.
    #[error("keep the key as `{id}`: it is known here as `{known}`")]
    SameKey {
        /// The id that it was to get.
        id: KeyId,
        /// The id that it has.
        known: KeyId,
    },
    /// Another key is known by this id.
    #[error("keep the key as `{id}`: another key is known by this id, {}", recorded.short())]
    IdTaken {
        /// The id.
        id: KeyId,
        /// The key that has it.
        recorded: Fingerprint,
    },
    /// What was typed is not the key's id.
    #[error("the key `{id}` stays: what was typed is not its id")]
    NotTyped {
        /// The key's id.
        id: KeyId,
    },
    /// No backup of the key is known, or the one that was opened is gone.
    #[error("delete the key `{id}` from {kept}: this is its only known copy, and {}", no_backup(lost.as_ref()))]
    OnlyCopy {
        /// The key's id.
        id: KeyId,
        /// Where it is kept.
        kept: Kept,
        /// The backup that was opened, and is not there any more.
        lost: Option<Done>,
    },
    /// A record is forgotten only where the key is gone.
    #[error("forget the key `{id}`: {why}")]
    NotGone {
        /// The key's id.
        id: KeyId,
        /// What is there, or why that is not known.
        why: String,
    },
    /// Another key took over before.
    #[error("rotate the key `{id}`: `{by}` took over from it already")]
    Succeeded {
        /// The key's id.
        id: KeyId,
        /// The key that took over.
        by: KeyId,
    },
    /// The key neither took over from another nor did another take over from it.
    #[error("the key `{id}` is not being rotated")]
    NoSuccessor {
        /// The key's id.
        id: KeyId,
    },
    /// The key was not revoked.
    #[error("the key `{id}` was not revoked")]
    NotRevoked {
        /// The key's id.
        id: KeyId,
    },
    /// The receipts cannot be listed.
    #[error(transparent)]
    Receipts(#[from] ReceiptsError),
    /// A backup's text names no key, and neither did the caller.
    #[error("restore `{}`: the file does not say the key's id", path.display())]
    NoIdInBackup {
        /// The file.
        path: PathBuf,
    },
    /// A file in the folder of the key files was named as a backup.
    #[error("take `{}` for a backup: it lies where this program keeps its key files", path.display())]
    AmongKeyFiles {
        /// The file.
        path: PathBuf,
    },
    /// The key is in a file, and no passphrase was given.
    #[error("load the key `{id}`: it is kept in a file under a passphrase, and none was given")]
    PassphraseNeeded {
        /// The key's id.
        id: KeyId,
    },
    /// The key is in a file under a passphrase, and no record says what its public half is.
    #[error("find the public key of `{id}`: there is no record of it, and `{}` does not tell without its passphrase", path.display())]
    PublicKeyUnknown {
        /// The key's id.
        id: KeyId,
        /// The key's file.
        path: PathBuf,
    },
    /// A key is kept and not in the records.
    #[error("{cause}; and the key `{id}`, made before, is still in {kept}: {removal}")]
    Unrecorded {
        /// The key's id.
        id: KeyId,
        /// Where it still is.
        kept: Kept,
        /// Why it was not recorded.
        #[source]
        cause: Box<RecordsError>,
        /// Why it could not be removed.
        removal: Box<PublisherError>,
    },
    /// A key is in the records and not where it was kept.
    #[error("make the key `{id}`: a key with this id was made before, and is no longer in {kept}")]
    RecordWithoutKey {
        /// The key's id.
        id: KeyId,
        /// Where it was kept.
        kept: Kept,
    },
    /// The records say that a key with this id is in the keyring, which cannot be asked.
    #[error(
        "make the key `{id}`: a key with this id was made before and kept in the keyring, which does not answer ({keyring})"
    )]
    Taken {
        /// The key's id.
        id: KeyId,
        /// Why the keyring cannot be asked.
        #[source]
        keyring: KeyStoreError,
    },
    /// What is kept is another key than the recorded one.
    #[error("load the key `{id}`: {place} holds {kept}, and the key that was made here is {recorded}")]
    Mismatch {
        /// The key's id.
        id: KeyId,
        /// Where it is kept.
        place: Kept,
        /// The recorded key's short fingerprint.
        recorded: String,
        /// The kept key's short fingerprint.
        kept: String,
    },
}

impl Explain for PublisherError {
    fn code(&self) -> Code {
        match self {
            Self::Key(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::File(error) => error.code(),
            Self::Records(error) => error.code(),
            Self::DataFolder(error) => error.code(),
            Self::Backup(error) => error.code(),
            Self::Handover(error) => error.code(),
            Self::NoRecord { .. } | Self::NoIdInBackup { .. } => Code::KeyMissing,
            Self::Revoked { .. } => Code::KeyRevoked,
            Self::Deleted { .. } => Code::KeyDeleted,
            Self::SameKey { .. } => Code::SameKey,
            Self::IdTaken { .. } => Code::KeyExists,
            Self::NotTyped { .. } => Code::NotConfirmed,
            Self::OnlyCopy { .. } => Code::OnlyCopy,
            Self::NotGone { .. } => Code::KeyPresent,
            Self::Succeeded { .. } => Code::KeySucceeded,
            Self::NoSuccessor { .. } => Code::NotRotated,
            Self::NotRevoked { .. } => Code::NotRevoked,
            Self::Receipts(error) => error.code(),
            Self::AmongKeyFiles { .. } => Code::BadPath,
            Self::PassphraseNeeded { .. } => Code::PassphraseNeeded,
            Self::PublicKeyUnknown { .. } => Code::NoSuchKey,
            Self::Unrecorded { cause, .. } => cause.code(),
            Self::RecordWithoutKey { .. } | Self::Taken { .. } => Code::KeyExists,
            Self::Mismatch { .. } => Code::KeyMismatch,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Key(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::File(error) => error.hint(),
            Self::Records(error) => error.hint(),
            Self::DataFolder(error) => error.hint(),
            Self::Backup(error) => error.hint(),
            Self::Handover(error) => error.hint(),
            Self::NoRecord { .. } => Some(
                "`aisoc-publisher keys` lists the keys; one from another machine is imported, or restored from its backup, \
                 and one that is kept here and was forgotten is known again once it signs"
                    .to_owned(),
            ),
            Self::Revoked { successor: Some(successor), .. } => {
                Some(format!("sign with its successor, `--key-id {successor}`"))
            }
            Self::Revoked { successor: None, .. } => {
                Some("make a new key under a new id, and hand its public half to the operators".to_owned())
            }
            Self::Deleted { id, .. } => {
                Some(format!("restore `{id}` from its backup, or choose another id for another key"))
            }
            Self::SameKey { known, .. } => {
                Some(format!("use it as `{known}`, which is the name that operators have; a new name takes a new key"))
            }
            Self::IdTaken { .. } => Some(
                "choose another key id, so that operators who trust the old key do not mix the two up".to_owned(),
            ),
            Self::NotTyped { id } => Some(format!("type `{id}`, exactly so, to confirm")),
            Self::OnlyCopy { .. } => Some(
                "make a backup first; without one, whatever operators trust by this key can never be signed again"
                    .to_owned(),
            ),
            Self::NotGone { .. } => {
                Some("delete the key itself first; its record then stays until it is forgotten".to_owned())
            }
            Self::Succeeded { by, .. } => Some(format!("rotate `{by}` instead, which is the newer key")),
            Self::NoSuccessor { .. } | Self::NotRevoked { .. } => {
                Some("`aisoc-publisher keys` lists the keys and what became of them".to_owned())
            }
            Self::Receipts(error) => error.hint(),
            Self::NoIdInBackup { .. } => {
                Some("say under which id operators know it: the name of its PEM file without `.pem`".to_owned())
            }
            Self::AmongKeyFiles { .. } => {
                Some("choose a file in another folder, best on another disk; a key's own file goes when the key does".to_owned())
            }
            Self::PassphraseNeeded { .. } => {
                Some("give its passphrase: `--passphrase -` reads it from standard input, `--passphrase env:NAME` from a variable".to_owned())
            }
            Self::PublicKeyUnknown { path, .. } => Some(format!(
                "give the public half itself with `--public-key PEM`; `openssl pkey -in {} -pubout -out PEM` asks for the \
                 passphrase and writes it",
                path.display()
            )),
            Self::Unrecorded { id, kept: Kept::Keyring, .. } => {
                Some(format!("remove the item `{id}` of `aisoc-publisher` in the keyring's own window, and try again"))
            }
            Self::Unrecorded { id, kept: Kept::File, .. } => {
                Some(format!("remove the file `{id}.key` in the folder `keys` of the data folder, and try again"))
            }
            Self::RecordWithoutKey { .. } | Self::Taken { .. } => Some(
                "choose another key id, so that operators who trust the old key do not mix the two up".to_owned(),
            ),
            Self::Mismatch { .. } => Some(
                "something else replaced the key; sign with it only if you know what, and hand its public half out anew"
                    .to_owned(),
            ),
        }
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::Records(error) => error.place(),
            Self::Unrecorded { cause, .. } => cause.place(),
            Self::PublicKeyUnknown { path, .. } => Some(Place { path: path.clone(), position: None }),
            Self::Store(error) => error.place(),
            Self::File(error) => error.place(),
            Self::DataFolder(error) => error.place(),
            Self::Backup(error) => error.place(),
            Self::Handover(error) => error.place(),
            Self::Receipts(error) => error.place(),
            Self::NoIdInBackup { path } | Self::AmongKeyFiles { path } => {
                Some(Place { path: path.clone(), position: None })
            }
            _ => None,
        }
    }
}

fn no_backup(lost: Option<&Done>) -> String {
    match lost {
        Some(lost) => format!("its backup of {} is no longer at `{}`", day(lost.at), lost.place),
        None => "no backup of it was ever opened".to_owned(),
    }
}

/// Writes the day of a time, in UTC.
fn day(at: jiff::Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}
