//! What AiSOC's loader answers in each trust mode, and why: its contract §6.
//!
//! The verdict goes up to and with the signature check. The first of these that applies decides: the manifest and its
//! checks (every mode); a trusted-keys folder that cannot be read (every mode); mode `disabled`; no `plugin.sig`; a
//! malformed one; no trusted keys; a payload that cannot be computed; the match.
//!
//! Where this program cannot say what the loader does, because a limit of its own is reached or a folder cannot be
//! listed, the outcome is [`Outcome::CannotTell`], never "loads".

mod finding;
mod mode;
mod words;

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use finding::Finding;
pub use mode::TrustMode;
pub use words::{Outcome, Reason, Status};

use crate::code::Code;
use crate::digest::Digest;
use crate::explain::{Explain, Place};
use crate::files::{self, FileMap};
use crate::manifest::{self, Manifest};
use crate::payload::Payload;
use crate::signature::{self, Signature};
use crate::source::{Folder, Source};
use crate::task::{Cancelled, Task};
use crate::tree::Tree;
use crate::trusted::{Match, TrustedKeys, TrustedKeysError};

/// The loader's answer in every mode.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Verdict {
    /// With `PLUGIN_TRUST_MODE=strict`, the default.
    pub strict: ModeVerdict,
    /// With `PLUGIN_TRUST_MODE=warn`.
    pub warn: ModeVerdict,
    /// With `PLUGIN_TRUST_MODE=disabled`.
    pub disabled: ModeVerdict,
    /// The digest that the signature was checked against, where the check came that far.
    pub digest: Option<Digest>,
    /// The signature that was checked, where the check came that far.
    pub signature: Option<Signature>,
}

impl Verdict {
    /// Returns the answer in one mode.
    pub fn mode(&self, mode: TrustMode) -> &ModeVerdict {
        match mode {
            TrustMode::Strict => &self.strict,
            TrustMode::Warn => &self.warn,
            TrustMode::Disabled => &self.disabled,
        }
    }

    fn same(mode: ModeVerdict) -> Self {
        Self { strict: mode.clone(), warn: mode.clone(), disabled: mode, digest: None, signature: None }
    }

    /// `disabled` skips what the other two agree on.
    fn checked(strict: ModeVerdict, warn: ModeVerdict) -> Self {
        let disabled = ModeVerdict::loads(Status::Skipped, None, Reason::Skipped);
        Self { strict, warn, disabled, digest: None, signature: None }
    }
}

/// The loader's answer in one mode.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ModeVerdict {
    /// Whether the loader would go on after the signature check.
    pub outcome: Outcome,
    /// What the loader would note; only where it goes on.
    pub signature_status: Option<Status>,
    /// The stem of the trusted key's file that matched.
    pub key_id: Option<String>,
    /// What decided.
    pub reason: Reason,
    /// What decided, in words; nothing for a plugin that is verified or not checked.
    pub finding: Option<Arc<Finding>>,
}

impl ModeVerdict {
    /// Tells whether the loader would go on; `None` where that cannot be told.
    pub fn goes_on(&self) -> Option<bool> {
        match self.outcome {
            Outcome::Loads => Some(true),
            Outcome::Refuses => Some(false),
            Outcome::CannotTell => None,
        }
    }

    fn loads(status: Status, key_id: Option<String>, reason: Reason) -> Self {
        Self { outcome: Outcome::Loads, signature_status: Some(status), key_id, reason, finding: None }
    }

    fn loads_although(status: Status, finding: &Arc<Finding>) -> Self {
        Self { finding: Some(Arc::clone(finding)), ..Self::loads(status, None, finding.reason()) }
    }

    fn stops(finding: &Arc<Finding>) -> Self {
        let outcome = if finding.loader_fails() { Outcome::Refuses } else { Outcome::CannotTell };
        Self {
            outcome,
            signature_status: None,
            key_id: None,
            reason: finding.reason(),
            finding: Some(Arc::clone(finding)),
        }
    }
}

/// Why there is no verdict at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The plugin's folder is missing or no folder.
    #[error(transparent)]
    Folder(files::Error),
    /// The caller cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::Folder(error) => error.code(),
            Self::Cancelled(_) => Code::Cancelled,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Folder(error) => error.hint(),
            Self::Cancelled(_) => None,
        }
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::Folder(error) => error.place(),
            Self::Cancelled(_) => None,
        }
    }
}

/// Judges the plugin in `dir` with its own `plugin.sig`, as a loader that trusts `keys`.
///
/// `keys` is the reading of an operator's folder, failed or not: a folder that cannot be read refuses every plugin.
///
/// # Errors
/// [`Error`]; whatever is wrong with the plugin itself is part of the verdict.
pub fn judge(dir: &Path, keys: Result<&TrustedKeys, TrustedKeysError>, task: &Task<'_>) -> Result<Verdict, Error> {
    judge_with(dir, &dir.join(signature::FILE_NAME), keys, task)
}

/// Judges the plugin in `dir` as if the file `signature` were its `plugin.sig`.
///
/// # Errors
/// As [`judge`].
pub fn judge_with(
    dir: &Path,
    signature: &Path,
    keys: Result<&TrustedKeys, TrustedKeysError>,
    task: &Task<'_>,
) -> Result<Verdict, Error> {
    examine_from(&Folder(dir), || (signature.to_owned(), Signature::read(signature)), keys, task)
        .map(|examined| examined.verdict)
}

/// Judges a plugin that is in memory, as [`judge`] does one on the disk.
///
/// # Errors
/// As [`judge`].
pub fn judge_tree(
    plugin: &Tree,
    keys: Result<&TrustedKeys, TrustedKeysError>,
    task: &Task<'_>,
) -> Result<Verdict, Error> {
    examine(plugin, keys, task).map(|examined| examined.verdict)
}

/// A verdict together with what it is about.
pub(crate) struct Examined {
    pub(crate) verdict: Verdict,
    pub(crate) manifest: Option<Manifest>,
    /// The covered files, where the check came that far.
    pub(crate) files: Option<FileMap>,
}

/// Judges, and hands out the very manifest and files that were judged, so that nobody has to read them again.
pub(crate) fn examine(
    plugin: &impl Source,
    keys: Result<&TrustedKeys, TrustedKeysError>,
    task: &Task<'_>,
) -> Result<Examined, Error> {
    let signature = || (plugin.path(signature::FILE_NAME), Signature::read_from(plugin));
    examine_from(plugin, signature, keys, task)
}

/// What reading a signature comes to, and the file that was meant.
type ReadSignature = (PathBuf, Result<Option<Signature>, signature::Error>);

fn examine_from(
    plugin: &impl Source,
    signature: impl FnOnce() -> ReadSignature,
    keys: Result<&TrustedKeys, TrustedKeysError>,
    task: &Task<'_>,
) -> Result<Examined, Error> {
    task.check()?;
    let every_mode = |finding| Verdict::same(ModeVerdict::stops(&Arc::new(finding)));
    let manifest = match Manifest::read_from(plugin) {
        Ok(manifest) => manifest,
        Err(manifest::Error::Folder(error)) => return Err(Error::Folder(error)),
        Err(error) => {
            return Ok(Examined { verdict: every_mode(Finding::Manifest(error)), manifest: None, files: None });
        }
    };
    let mut files = None;
    let verdict = match (manifest.check_as_loader(), keys) {
        (Err(error), _) => every_mode(Finding::Manifest(error)),
        // The loader reads the keys before it looks at the mode.
        (Ok(()), Err(error)) => every_mode(Finding::TrustedKeys(error)),
        (Ok(()), Ok(keys)) => on(check(signature, keys, || digest(plugin, &manifest, &mut files, task))?),
    };
    Ok(Examined { verdict, manifest: Some(manifest), files })
}

/// Judges a plugin that was read before, as if the file `signature` were its `plugin.sig`: at once, without reading its
/// files again.
///
/// The verdict is about the plugin as it was then, and about the signature as it is now.
pub fn judge_payload(payload: &Payload, signature: &Path, keys: &TrustedKeys) -> Verdict {
    if let Err(error) = payload.manifest().check_as_loader() {
        return Verdict::same(ModeVerdict::stops(&Arc::new(Finding::Manifest(error))));
    }
    match check(
        || (signature.to_owned(), Signature::read(signature)),
        keys,
        || Ok::<_, Infallible>(Ok(payload.digest())),
    ) {
        Ok(checked) => on(checked),
        Err(never) => match never {},
    }
}

/// What follows in each mode from the signature check.
fn on(checked: Checked) -> Verdict {
    match checked {
        Checked::Match { digest, signature, key_id } => {
            let verified = ModeVerdict::loads(Status::Verified, Some(key_id), Reason::Verified);
            let verdict = Verdict::checked(verified.clone(), verified);
            Verdict { digest: Some(digest), signature: Some(signature), ..verdict }
        }
        Checked::Found { finding, digest, signature } => {
            let finding = Arc::new(finding);
            let strict = ModeVerdict::stops(&finding);
            let warn = match finding.status_in_warn_mode() {
                Some(status) => ModeVerdict::loads_although(status, &finding),
                None => strict.clone(),
            };
            Verdict { digest, signature, ..Verdict::checked(strict, warn) }
        }
    }
}

/// What the signature check comes to.
enum Checked {
    Match { digest: Digest, signature: Signature, key_id: String },
    Found { finding: Finding, digest: Option<Digest>, signature: Option<Signature> },
}

impl From<Finding> for Checked {
    fn from(finding: Finding) -> Self {
        Self::Found { finding, digest: None, signature: None }
    }
}

/// Checks the signature in the loader's order. The digest is asked for only where it decides.
fn check<E>(
    signature: impl FnOnce() -> ReadSignature,
    keys: &TrustedKeys,
    digest: impl FnOnce() -> Result<Result<Digest, Finding>, E>,
) -> Result<Checked, E> {
    let signature = match signature() {
        (_, Ok(Some(signature))) => signature,
        (path, Ok(None)) => return Ok(Finding::Unsigned { path }.into()),
        (_, Err(error)) => return Ok(Finding::Signature(error).into()),
    };
    let without_digest = |finding| Checked::Found { finding, digest: None, signature: Some(signature) };
    if keys.is_empty() {
        return Ok(without_digest(Finding::NoTrustedKeys));
    }
    let digest = match digest()? {
        Ok(digest) => digest,
        Err(finding) => return Ok(without_digest(finding)),
    };
    let found = |finding| Checked::Found { finding, digest: Some(digest), signature: Some(signature) };
    Ok(match keys.try_verify(digest.as_bytes(), signature.as_bytes()) {
        Match::Verified(key_id) => Checked::Match { digest, signature, key_id },
        Match::NoMatch => found(Finding::NoKeyMatches { digest }),
        Match::NoKeys => found(Finding::NoTrustedKeys),
        Match::StopsLoader { path } => {
            let outcome = keys.entries.iter().find(|entry| entry.path == path).map(|entry| entry.outcome.to_string());
            found(Finding::KeyStopsLoader { path, why: outcome.unwrap_or_default() })
        }
    })
}

/// Computes the digest of what is in the folder now.
fn digest(
    plugin: &impl Source,
    manifest: &Manifest,
    read: &mut Option<FileMap>,
    task: &Task<'_>,
) -> Result<Result<Digest, Finding>, Cancelled> {
    // The loader hashes first and refuses a manifest without canonical form afterwards. The answer is the same, and
    // this order spares hashing for nothing.
    let manifest_bytes = match manifest.canonical() {
        Err(error) if error.loader_fails() => return Ok(Err(Finding::Manifest(error))),
        other => other,
    };
    let files = match plugin.covered(task) {
        Ok(files) => read.insert(files),
        Err(files::Error::Cancelled(cancelled)) => return Err(cancelled),
        Err(error) => return Ok(Err(Finding::Files(error))),
    };
    Ok(match manifest_bytes {
        Ok(bytes) => Ok(Payload::digest_of(&bytes, files)),
        Err(error) => Err(Finding::Manifest(error)),
    })
}
