//! Whether the keys are where the records say.

use super::{Publisher, PublisherError};
use crate::atomic::Obstacle;
use crate::key::{Fingerprint, KeyId};
use crate::keystore::Look;
use crate::records::{Kept, Record};
use crate::{Code, Explain as _};

/// A key, and whether it is where its record says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyStatus {
    /// What is remembered of it.
    pub record: Record,
    /// What was found.
    pub standing: Standing,
}

/// Whether a key is where its record says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// It is there.
    Present {
        /// Whether its public half was compared. A key in a file shows it only to who has the passphrase.
        compared: bool,
    },
    /// It is not there: deleted by hand, or this is another session's keyring or another machine.
    Missing,
    /// Another key is there.
    OtherKey {
        /// The one that is there.
        there: Fingerprint,
    },
    /// Something is there that is no key of this program's.
    Foreign {
        /// What; never its bytes.
        found: String,
    },
    /// The keyring cannot be asked, or would ask its user first.
    Unknown {
        /// The kind of reason.
        code: Code,
        /// The reason.
        reason: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// It was deleted here, and its public half is remembered.
    Deleted,
}

/// What can be done about a key that is not where its record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WayOut {
    /// Restore it from a backup; under its own id its record goes on.
    Restore,
    /// Forget its record, and with it its public half.
    Forget,
    /// Unlock or start the keyring and look again.
    AskAgain,
    /// Look at the item in the keyring's own window, or at the file: another program put it there.
    LookYourself,
    /// Revoke it: whoever replaced it may have it.
    Revoke,
}

impl Standing {
    /// Returns what can be done, the best way first. Nothing for a key that is there.
    pub fn ways_out(&self) -> &'static [WayOut] {
        match self {
            Self::Present { .. } => &[],
            Self::Missing => &[WayOut::Restore, WayOut::Revoke, WayOut::Forget],
            Self::OtherKey { .. } | Self::Foreign { .. } => &[WayOut::LookYourself, WayOut::Revoke],
            Self::Unknown { .. } => &[WayOut::AskAgain],
            Self::Deleted => &[WayOut::Restore, WayOut::Forget],
        }
    }
}

impl Publisher<'_> {
    /// Lists the keys that are remembered, each with whether it is where its record says. The user is asked for nothing.
    ///
    /// The keyring is asked once for all keys, so a keyring that hangs costs its time limit once; with no key in the keyring it
    /// is not asked at all.
    ///
    /// # Errors
    /// The records' own. A keyring that does not answer is no error but [`Standing::Unknown`].
    pub fn list(&self) -> Result<Vec<KeyStatus>, PublisherError> {
        Ok(self.standings(self.records.all()?))
    }

    /// Shows one key as [`Publisher::list`] does.
    ///
    /// # Errors
    /// [`PublisherError::NoRecord`]; the records' own.
    pub fn show(&self, id: &KeyId) -> Result<KeyStatus, PublisherError> {
        let record = self.record(id)?;
        let standing = self.standing(&record);
        Ok(KeyStatus { record, standing })
    }

    pub(super) fn standing(&self, record: &Record) -> Standing {
        let found = self.standings(vec![record.clone()]).pop();
        found.map_or(Standing::Missing, |status| status.standing)
    }

    fn standings(&self, records: Vec<Record>) -> Vec<KeyStatus> {
        let in_keyring = |record: &Record| record.kept == Kept::Keyring && record.deleted.is_none();
        let ids: Vec<KeyId> = records.iter().filter(|r| in_keyring(r)).map(|r| r.key_id.clone()).collect();
        let mut looked = match ids.is_empty() {
            true => Ok(Vec::new().into_iter()),
            false => self.store.look(&ids).map(Vec::into_iter),
        };
        let status = |record: Record| {
            let standing = match (record.deleted, record.kept, &mut looked) {
                (Some(_), ..) => Standing::Deleted,
                (None, Kept::File, _) => self.standing_of_file(&record.key_id),
                (None, Kept::Keyring, Ok(looks)) => {
                    looks.next().map_or(Standing::Missing, |look| standing_in_keyring(look, &record))
                }
                (None, Kept::Keyring, Err(error)) => {
                    Standing::Unknown { code: error.code(), reason: error.to_string(), hint: error.hint() }
                }
            };
            KeyStatus { record, standing }
        };
        records.into_iter().map(status).collect()
    }

    fn standing_of_file(&self, id: &KeyId) -> Standing {
        let path = self.key_file(id);
        match Obstacle::at(&path) {
            Ok(Some(Obstacle::File)) => Standing::Present { compared: false },
            Ok(Some(what)) => Standing::Foreign { found: format!("`{}` is {what}", path.display()) },
            Ok(None) => Standing::Missing,
            Err(e) if crate::regular::means_absent(&e) => Standing::Missing,
            Err(e) => Standing::Unknown {
                code: Code::Io,
                reason: format!("look at `{}`: {e}", path.display()),
                hint: Some("make the folder readable for you".to_owned()),
            },
        }
    }
}

fn standing_in_keyring(look: Look, record: &Record) -> Standing {
    match look {
        Look::Nothing => Standing::Missing,
        Look::Key(key) if key == record.fingerprint => Standing::Present { compared: true },
        Look::Key(there) => Standing::OtherKey { there },
        Look::Foreign(found) => Standing::Foreign { found },
        Look::Unread => Standing::Present { compared: false },
        Look::Locked => Standing::Unknown {
            code: Code::KeyringLocked,
            reason: format!("look for the key `{}`: the keyring is locked", record.key_id),
            hint: Some("unlock the keyring, for example by logging in to the desktop, and look again".to_owned()),
        },
    }
}
