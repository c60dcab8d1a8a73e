//! Publisher keys and where they are kept.

use std::fmt;

use aisoc_publisher_core::keystore::KeyStoreError;
use aisoc_publisher_core::{Code, Explain};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Done, Failure, KeyHandle, Origin, Revoked, Standing, WayOut, sentence};

/// Whether the operating system's keyring can hold a key right now. `reason` is one sentence, `advice` another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum KeyringStatus {
    Ok {
        name: String,
    },
    Absent {
        reason: String,
        advice: String,
    },
    Locked {
        reason: String,
        advice: String,
    },
    /// It has not answered within the limit, most likely because its own window is asking something.
    Waiting {
        reason: String,
        advice: String,
    },
    Refused {
        reason: String,
        advice: String,
    },
}

impl KeyringStatus {
    /// Writes what came of asking the keyring.
    pub(crate) fn of(answer: Result<(), KeyStoreError>) -> Self {
        let Err(error) = answer else {
            return Self::Ok { name: keyring_name().to_owned() };
        };
        let reason = match &error {
            // What a bus says of a name that nobody has is no sentence for a person.
            KeyStoreError::Absent { reason } if reason.contains("ServiceUnknown") => {
                "No program of this session offers the Secret Service, which is where keys are kept on Linux."
                    .to_owned()
            }
            other => sentence(&other.to_string()),
        };
        let advice = keyring_advice(error.code()).unwrap_or(KEEP_IN_FILE).to_owned();
        match error {
            KeyStoreError::Absent { .. } => Self::Absent { reason, advice },
            KeyStoreError::Locked { .. } => Self::Locked { reason, advice },
            KeyStoreError::TimedOut { .. } => Self::Waiting { reason, advice },
            _ => Self::Refused { reason, advice },
        }
    }
}

/// Returns what the keyring is called on this system.
pub(crate) fn keyring_name() -> &'static str {
    if cfg!(target_os = "macos") {
        "Keychain"
    } else if cfg!(windows) {
        "Credential Manager"
    } else {
        "Secret Service"
    }
}

const KEEP_IN_FILE: &str = "Try again, or keep the key in an encrypted file.";

/// Says what to do about a keyring from this window; the core's own hints name commands.
pub(super) fn keyring_advice(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::NoKeyring if cfg!(all(unix, not(target_os = "macos"))) => {
            "Install `gnome-keyring` or KWallet and log in again, or keep the key in an encrypted file."
        }
        Code::NoKeyring | Code::KeyringFailed => KEEP_IN_FILE,
        Code::KeyringLocked => {
            "Unlock it, for example by logging in to the desktop with your password, then ask again."
        }
        Code::KeyringRefused => "Its prompt may have been dismissed. Ask again and allow it.",
        Code::KeyringTimedOut => "It may be asking for its password in a window behind this one.",
        Code::NoSuchKey => "Restore it from a backup, or make a new key under another name.",
        _ => return None,
    })
}

/// Says what to do about a key from this window, where the core's own hint names a command or its options.
fn key_advice(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::PassphraseNeeded => "Type its passphrase.",
        Code::WrongKeyKind => "Choose the file of an Ed25519 private key, or make a new key here.",
        Code::BadPrivateKey => {
            "Choose the file that starts with `-----BEGIN PRIVATE KEY-----` or `-----BEGIN ENCRYPTED PRIVATE KEY-----`."
        }
        Code::KeyMissing => "Look at your keys again: it may have been forgotten meanwhile.",
        Code::KeyRevoked => "Use its successor, or make a new key under a new name.",
        _ => return None,
    })
}

/// Writes a failure about a key with the window's own advice.
pub(crate) fn key_failure(error: &dyn Explain) -> Failure {
    let mut failure = Failure::of(error, None);
    let names_a_command =
        failure.hint.as_ref().is_some_and(|hint| ["aisoc-publisher", "--"].iter().any(|c| hint.contains(c)));
    let own = keyring_advice(error.code()).or_else(|| key_advice(error.code()).filter(|_| names_a_command));
    if let Some(advice) = own {
        failure.hint = Some(advice.to_owned());
    }
    failure
}

/// Where a private key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Kept {
    Keyring,
    File,
}

/// The public facts of one publisher key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct PublisherKey {
    pub(crate) key: KeyHandle,
    pub(crate) key_id: String,
    /// SHA-256 of the public key's SPKI DER: 64 lower-case hex digits.
    pub(crate) fingerprint: String,
    pub(crate) kept: Kept,
    /// Display: the keyring's name, or the file.
    #[serde(rename = "where")]
    pub(crate) place: String,
    pub(crate) created: Option<String>,
    pub(crate) origin: Origin,
    /// The newest backup that was opened again.
    pub(crate) backed_up: Option<Done>,
    /// When it last signed here.
    pub(crate) last_used: Option<String>,
    /// When the public key was saved for operators last.
    pub(crate) handed_over: Option<String>,
    /// The id of the older key that it takes over from.
    pub(crate) succeeds: Option<String>,
    /// The id of the newer key that takes over from it.
    pub(crate) succeeded_by: Option<String>,
    pub(crate) revoked: Option<Revoked>,
    /// Null where nobody has looked yet.
    pub(crate) standing: Option<Standing>,
    /// What can be done where it is not as its record says, the best first.
    pub(crate) ways_out: Vec<WayOut>,
    /// How many plugins it signed here; null where nobody has counted yet.
    pub(crate) signed: Option<usize>,
}

/// The answer to a key id as it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum KeyIdCheck {
    Ok { file_name: String },
    Refused { message: String, hint: Option<String> },
}

/// A passphrase on its one way: typed in the web view, sent once, wiped when the call ends.
///
/// There is no `Serialize` and no `Clone`, and `Debug` shows nothing. What the web view and Tauri's own buffers held
/// before this value was made is out of its reach.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Passphrase(#[cfg_attr(test, ts(type = "string"))] Zeroizing<String>);

impl Passphrase {
    /// Exposes the text to the core, which opens or writes a key file with it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

/// Where a new key is to be kept. The passphrase crosses once and is never sent back.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Keeping {
    Keyring,
    File { passphrase: Passphrase },
}

/// Fails to compile should a secret ever become something that can be sent.
macro_rules! never_serialized {
    ($($secret:ty),*) => {$(
        const _: fn() = || {
            trait Ambiguous<A> {
                fn probe() {}
            }
            struct Serializable;
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + Serialize> Ambiguous<Serializable> for T {}
            <$secret as Ambiguous<_>>::probe();
        };
    )*};
}
never_serialized!(aisoc_publisher_core::key::SecretKey, Passphrase, Keeping);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_shows_nothing() {
        let keeping: Keeping = serde_json::from_str(r#"{"kind":"file","passphrase":"correct horse"}"#).unwrap();
        assert!(!format!("{keeping:?}").contains("horse"));
        let Keeping::File { passphrase } = keeping else { panic!("a file was asked for") };
        assert_eq!(passphrase.expose(), "correct horse");
    }

    #[test]
    fn a_locked_keyring_is_no_missing_one() {
        let locked = KeyringStatus::of(Err(KeyStoreError::Locked { operation: "read the key `a`".to_owned() }));
        let KeyringStatus::Locked { reason, advice } = locked else { panic!("{locked:?}") };
        assert!(reason.starts_with("Read the key") && reason.ends_with('.'), "{reason}");
        assert!(!advice.contains("keygen"), "the window has no commands: {advice}");
    }
}
