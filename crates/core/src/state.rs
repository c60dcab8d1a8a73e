//! What the signature in a plugin's folder is worth on this machine: judged with the keys that are remembered here and were
//! not revoked.

use std::path::Path;
use std::sync::Arc;

use crate::digest::Digest;
use crate::key::KeyId;
use crate::payload::Payload;
use crate::records::Record;
use crate::signature::{self, Signature};
use crate::task::Task;
use crate::trusted::TrustedKeys;
use crate::verdict::{self, Finding, Reason, Status, Verdict};

/// The state of a plugin's signature, with the keys of this machine [trusted].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum State {
    /// There is no `plugin.sig`.
    None,
    /// It fits one of the keys.
    Good(Box<Good>),
    /// It is well-formed and fits none of the keys: the plugin changed, or somebody else signed it.
    Mismatch {
        /// The digest of what is in the folder; unknown where there is no key to try.
        digest: Option<Digest>,
    },
    /// It is no signature, or cannot be read.
    Malformed {
        /// What is wrong with it.
        finding: Arc<Finding>,
    },
    /// There is a signature, and the plugin is in no state to check it: the manifest or a covered file cannot be read,
    /// or the loader refuses the manifest.
    Unchecked {
        /// What stands in the way.
        finding: Arc<Finding>,
    },
}

/// A signature that fits a key of this machine.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Good {
    /// The key. Of several ids for one key the one whose file name comes first, as in an operator's folder.
    pub key_id: KeyId,
    /// The signature.
    pub signature: Signature,
    /// The digest that it signs.
    pub digest: Digest,
    /// What a loader answers in each mode that trusts this key alone.
    pub verdict: Verdict,
}

/// Reads the plugin in `dir` and tells the state of its signature.
///
/// # Errors
/// [`verdict::Error`]; whatever is wrong with the plugin itself is a state.
pub fn of(dir: &Path, keys: &[Record], task: &Task<'_>) -> Result<State, verdict::Error> {
    let verdict = verdict::judge(dir, Ok(&trusted(keys)), task)?;
    Ok(state(verdict, &dir.join(signature::FILE_NAME), keys))
}

/// Tells the state of the signature in `dir`, where the plugin was read just now; its files are not read again.
///
/// The state is about the plugin as it was then, so that digest, files and state shown together belong together.
pub fn of_payload(dir: &Path, payload: &Payload, keys: &[Record]) -> State {
    let file = dir.join(signature::FILE_NAME);
    state(verdict::judge_payload(payload, &file, &trusted(keys)), &file, keys)
}

/// Trusts the keys of this machine, as the states here do: those that were deleted here too, since operators may trust them
/// still, and none that was [revoked](is_revoked).
pub fn trusted(keys: &[Record]) -> TrustedKeys {
    let trusted = keys.iter().filter(|record| !is_revoked(record, keys));
    TrustedKeys::of(trusted.map(|record| (&record.key_id, &record.spki)))
}

/// Tells whether a key was revoked on this machine, under whatever id.
pub fn is_revoked(record: &Record, keys: &[Record]) -> bool {
    keys.iter().any(|other| other.spki == record.spki && other.revoked.is_some())
}

fn state(verdict: Verdict, file: &Path, keys: &[Record]) -> State {
    let strict = &verdict.strict;
    if let (Some(Status::Verified), Some(signature), Some(digest)) =
        (strict.signature_status, verdict.signature, verdict.digest)
        && let Some(record) = keys.iter().find(|record| strict.key_id.as_deref() == Some(record.key_id.as_str()))
    {
        return State::Good(Box::new(Good { key_id: record.key_id.clone(), signature, digest, verdict }));
    }
    match (strict.reason, &strict.finding) {
        (Reason::Unsigned, _) => State::None,
        (Reason::NoKeyMatches | Reason::NoTrustedKeys, _) => State::Mismatch { digest: verdict.digest },
        (_, Some(finding)) if matches!(**finding, Finding::Signature(_)) => {
            State::Malformed { finding: Arc::clone(finding) }
        }
        // The loader never came to the signature; whether there is one is asked here.
        (_, finding) => match (Signature::read(file), finding) {
            (Ok(None), _) => State::None,
            (Err(error), _) => State::Malformed { finding: Arc::new(Finding::Signature(error)) },
            (Ok(Some(_)), Some(finding)) => State::Unchecked { finding: Arc::clone(finding) },
            // Every verdict but a verified or a skipped one names its finding, and strict mode skips nothing.
            (Ok(Some(_)), None) => State::Mismatch { digest: verdict.digest },
        },
    }
}
