//! Whether a key is where its record says, and what was done with it.

use std::path::Path;

use aisoc_publisher_core::publisher;
use aisoc_publisher_core::records;
use serde::{Deserialize, Serialize};

use super::failure::code;
use super::key::keyring_advice;
use super::shown;

/// How a key came to this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Origin {
    Created,
    Imported,
    Restored,
}

impl From<records::Origin> for Origin {
    fn from(origin: records::Origin) -> Self {
        match origin {
            records::Origin::Imported => Self::Imported,
            records::Origin::Restored => Self::Restored,
            _ => Self::Created,
        }
    }
}

/// Something that was done with a key: when, and where to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Done {
    pub(crate) at: String,
    /// Display: the file or folder.
    #[serde(rename = "where")]
    pub(crate) place: String,
}

impl Done {
    /// Writes what a record says.
    pub(crate) fn of(done: &records::Done) -> Self {
        Self { at: done.at.to_string(), place: shown(Path::new(&done.place)) }
    }
}

/// Why a key is no longer to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum RevokedReason {
    /// Nobody has it any more.
    Lost,
    /// Somebody else has it, or may have it.
    Stolen,
    Other,
}

impl From<records::Reason> for RevokedReason {
    fn from(reason: records::Reason) -> Self {
        match reason {
            records::Reason::Lost => Self::Lost,
            records::Reason::Stolen => Self::Stolen,
            _ => Self::Other,
        }
    }
}

impl From<RevokedReason> for records::Reason {
    fn from(reason: RevokedReason) -> Self {
        match reason {
            RevokedReason::Lost => Self::Lost,
            RevokedReason::Stolen => Self::Stolen,
            RevokedReason::Other => Self::Other,
        }
    }
}

/// That a key was revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Revoked {
    pub(crate) at: String,
    pub(crate) reason: RevokedReason,
}

/// Whether a key is where its record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Standing {
    Present,
    /// It is not there: deleted by hand, or this is another session's keyring.
    Missing,
    /// Another key is there; its fingerprint.
    OtherKey {
        there: String,
    },
    /// Something is there that is no key of this program's.
    Foreign {
        found: String,
    },
    /// It cannot be looked at now.
    Unknown {
        code: String,
        reason: String,
        hint: Option<String>,
    },
    /// It was deleted here, and its public half is remembered.
    Deleted {
        at: Option<String>,
    },
}

impl Standing {
    /// Writes what was found of a key.
    pub(crate) fn of(standing: &publisher::Standing, record: &records::Record) -> Self {
        match standing {
            publisher::Standing::Present { .. } => Self::Present,
            publisher::Standing::Missing => Self::Missing,
            publisher::Standing::OtherKey { there } => Self::OtherKey { there: there.to_string() },
            publisher::Standing::Foreign { found } => Self::Foreign { found: found.clone() },
            publisher::Standing::Unknown { code: of, reason, hint } => Self::Unknown {
                code: code(*of),
                reason: reason.clone(),
                hint: keyring_advice(*of).map(str::to_owned).or_else(|| hint.clone()),
            },
            publisher::Standing::Deleted => Self::deleted(record),
            // What this version does not know it cannot vouch for.
            _ => Self::Unknown { code: String::new(), reason: "it was not looked at".to_owned(), hint: None },
        }
    }

    /// Writes that a key was deleted here.
    pub(crate) fn deleted(record: &records::Record) -> Self {
        Self::Deleted { at: record.deleted.map(|at| at.to_string()) }
    }
}

/// What can be done about a key that is not where its record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum WayOut {
    /// Restore it from a backup.
    Restore,
    /// Forget its record.
    Forget,
    /// Look again, once the keyring is there and unlocked.
    AskAgain,
    /// Look at what is there with another program: it is not this one's.
    LookYourself,
    /// Revoke it.
    Revoke,
}

impl WayOut {
    /// Writes the ways out of a standing, the best one first.
    pub(crate) fn all(standing: &publisher::Standing) -> Vec<Self> {
        let way = |way: &publisher::WayOut| {
            Some(match way {
                publisher::WayOut::Restore => Self::Restore,
                publisher::WayOut::Forget => Self::Forget,
                publisher::WayOut::AskAgain => Self::AskAgain,
                publisher::WayOut::LookYourself => Self::LookYourself,
                publisher::WayOut::Revoke => Self::Revoke,
                _ => return None,
            })
        };
        standing.ways_out().iter().filter_map(way).collect()
    }
}
