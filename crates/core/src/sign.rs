//! Signing what was seen.
//!
//! First [`Plan::look`] shows what would be signed. [`Plan::sign`] then reads the folder again and signs only if it is
//! still what was shown; writes the signature; reads everything once more from the disk; and says "signed" only if
//! AiSOC's loader, trusting this key alone, would load the plugin in strict mode. Otherwise the file that was there
//! before is put back.
//!
//! [`Plan::sign_and_keep`] is what the window and the command line call: it also keeps a receipt, for later questions.

mod error;
mod output;
mod warning;

use std::path::{Path, PathBuf};

pub use error::{Change, Error, Left, OutputProblem};
pub use warning::Warning;

use crate::data_folder::DataFolderError;
use crate::digest::Digest;
use crate::files::{self, FileMap};
use crate::key::{KeyId, SecretKey};
use crate::manifest::Facts;
use crate::payload::Payload;
use crate::receipts::{NotKept, Receipt, Receipts};
use crate::signature::{self, Signature};
use crate::task::Task;
use crate::trusted::TrustedKeys;
use crate::verdict::{self, Outcome, Status, Verdict};
use output::Output;

/// What would be signed: a plugin's folder as it was at one moment.
#[derive(Debug)]
pub struct Plan {
    dir: PathBuf,
    facts: Facts,
    payload: Payload,
    warnings: Vec<Warning>,
}

/// A signature that was written, read back and judged.
#[derive(Debug)]
#[non_exhaustive]
pub struct Signed {
    /// The digest that was signed.
    pub digest: Digest,
    /// The signature.
    pub signature: Signature,
    /// The file that holds it.
    pub path: PathBuf,
    /// How many files it covers besides the manifest.
    pub files: usize,
    /// What a loader answers that trusts this key alone; strict mode is `verified`.
    pub verdict: Verdict,
    /// Why there is no receipt, where one was asked for. The signature is as good without it.
    pub not_kept: Option<NotKept>,
}

impl Plan {
    /// Looks at the plugin in `dir` and checks that it may be signed.
    ///
    /// # Errors
    /// [`Error::Payload`] where there are no canonical bytes or a check on the manifest fails, the loader's or ours.
    pub fn look(dir: &Path, task: &Task<'_>) -> Result<Self, Error> {
        Self::look_with(dir, || FileMap::read(dir, task))
    }

    /// Looks at the plugin in `dir`, whose covered files are read in some other way.
    pub(crate) fn look_with(dir: &Path, files: impl FnOnce() -> Result<FileMap, files::Error>) -> Result<Self, Error> {
        // Checks first: they answer at once, hashing may take a while.
        let payload = Payload::read_with(dir, |manifest| manifest.check_for_signing().map(drop), files)?;
        let facts = payload.manifest().check_for_signing().map_err(crate::payload::Error::from)?;
        let warnings = warning::of(&payload);
        Ok(Self { dir: dir.to_owned(), facts, payload, warnings })
    }

    /// Returns the plugin's folder as it was given.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns what the manifest says of the plugin.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Returns what the signature will cover.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// Returns the digest that will be signed.
    pub fn digest(&self) -> Digest {
        self.payload.digest()
    }

    /// Returns what the author should know before signing.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Fails unless this is the digest, for a caller who looked at the plugin some other way.
    ///
    /// # Errors
    /// [`Error::OtherDigest`], and nothing else.
    pub fn expect_digest(&self, seen: &Digest) -> Result<(), Error> {
        if self.digest() == *seen {
            return Ok(());
        }
        Err(Error::OtherDigest { dir: self.dir.clone(), seen: *seen, found: self.digest() })
    }

    /// Signs the plugin, if its folder still has this plan's digest.
    ///
    /// The signature goes to `out`, or to `plugin.sig` in the folder. A file that is there is replaced if it holds a
    /// signature, is empty or is named `plugin.sig`; manifests, `.py` files, folders and symlinks never are.
    ///
    /// # Errors
    /// See [`Error`]. After any error the signature's file is what it was before, or what somebody else has made of it
    /// since, unless the error says otherwise. A folder that cannot be flushed is such an error: the signature is taken
    /// back, since nobody can promise that it lasts.
    pub fn sign(&self, key_id: &KeyId, key: &SecretKey, out: Option<&Path>, task: &Task<'_>) -> Result<Signed, Error> {
        let path = out.map_or_else(|| self.dir.join(signature::FILE_NAME), Path::to_owned);
        let output = Output::check(path)?;
        let now = Self::look(&self.dir, task)?;
        if now.digest() != self.digest() {
            return Err(Error::FolderChanged { dir: self.dir.clone(), change: Box::new(self.change_to(&now)) });
        }
        let digest = self.digest();
        let signature = Signature::from_bytes(key.sign(digest.as_bytes()));
        task.check()?;
        let written = output.write(&signature).map_err(Error::from);
        let checked = written.and_then(|()| self.recheck(output.path(), key_id, key, &signature, task));
        match checked {
            Ok(verdict) => Ok(Signed {
                digest,
                signature,
                path: output.path().to_owned(),
                files: self.payload.files().len(),
                verdict,
                not_kept: None,
            }),
            Err(cause) => Err(match output.take_back(&signature) {
                Ok(now) => cause.with_file(now),
                Err(error) => Error::NotTakenBack { path: output.path().to_owned(), cause: Box::new(cause), error },
            }),
        }
    }

    /// Signs the plugin as [`Plan::sign`] does, and keeps a receipt of it.
    ///
    /// `key_id` is nothing for a key that was given as a file or as text: it has no name, and is `this-key` in the verdict.
    ///
    /// # Errors
    /// Those of [`Plan::sign`]. A receipt that cannot be kept is none: the plugin is signed, and [`Signed::not_kept`] says
    /// what happened.
    pub fn sign_and_keep(
        &self,
        key_id: Option<&KeyId>,
        key: &SecretKey,
        out: Option<&Path>,
        receipts: Result<Receipts, DataFolderError>,
        task: &Task<'_>,
    ) -> Result<Signed, Error> {
        let unnamed = KeyId::unnamed();
        let mut signed = self.sign(key_id.unwrap_or(&unnamed), key, out, task)?;
        let kept = receipts
            .map_err(NotKept::from)
            .and_then(|receipts| Ok(receipts.keep(&Receipt::of(self, &signed, key_id, key.public())?)?));
        signed.not_kept = kept.err();
        Ok(signed)
    }

    /// Reads everything from the disk again and judges it in strict mode with this key alone.
    fn recheck(
        &self,
        path: &Path,
        key_id: &KeyId,
        key: &SecretKey,
        signature: &Signature,
        task: &Task<'_>,
    ) -> Result<Verdict, Error> {
        let keys = TrustedKeys::only(key_id, key.public().clone());
        let verdict = verdict::judge_with(&self.dir, path, Ok(&keys), task)?;
        let verified = verdict.strict.outcome == Outcome::Loads
            && verdict.strict.signature_status == Some(Status::Verified)
            && verdict.digest == Some(self.digest())
            // Another valid signature by the same key would also verify, but it would not be ours.
            && Signature::read(path).is_ok_and(|found| found == Some(*signature));
        if verified {
            return Ok(verdict);
        }
        Err(Error::RecheckFailed { path: path.to_owned(), left: Left::Written, finding: verdict.strict.finding })
    }

    fn change_to(&self, now: &Self) -> Change {
        Change {
            files: files::diff(self.payload.files(), now.payload.files()),
            manifest: self.payload.manifest_bytes() != now.payload.manifest_bytes(),
            seen: self.digest(),
            found: now.digest(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::atomic::failing;

    #[test]
    fn a_signature_in_a_folder_that_cannot_be_flushed_is_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("plugin.yaml"), "id: ab\nname: n\nversion: '1'\nplugin_type: enricher\n").unwrap();
        fs::write(dir.path().join("plugin.py"), "").unwrap();
        let (id, key) = ("acme".parse().unwrap(), SecretKey::generate().unwrap());
        let sig = dir.path().join(signature::FILE_NAME);
        for old in [None, Some("00".repeat(64))] {
            if let Some(old) = &old {
                fs::write(&sig, old).unwrap();
            }
            let plan = Plan::look(dir.path(), &Task::unwatched()).unwrap();
            let error = failing::flushes(failing::EIO, || plan.sign(&id, &key, None, &Task::unwatched())).unwrap_err();
            assert!(matches!(&error, Error::Write(error) if error.took_effect()), "{error}");
            assert_eq!(fs::read_to_string(&sig).ok(), old);
        }
    }
}
