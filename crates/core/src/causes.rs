//! Why a signature does not fit: what has changed since it was made, who made it, what it was made for.
//!
//! A mismatch by itself says nothing but that. What can be said beyond comes from the receipts of earlier signings, from
//! the keys that this machine knows, and from trying the folder with other line endings. Only what is certain is said:
//! that a signature fits some content is proved with the key, and what is not known is called so.
//!
//! The verdict is there before, and no cause changes it.

mod cause;
mod fields;
mod variants;

use std::path::{Path, PathBuf};

pub use cause::{Cause, Ending, Signer};

use crate::data_folder::DataFolder;
use crate::digest::Digest;
use crate::explain::Explain;
use crate::files::FileMap;
use crate::key::{KeyId, PublicKey};
use crate::manifest::Manifest;
use crate::receipts::receipt::folder;
use crate::receipts::{Receipt, Receipts};
use crate::records::{Record, Records};
use crate::rehearsal::Rehearsal;
use crate::signature::Signature;
use crate::source::{Folder, Source};
use crate::task::{Cancelled, Task};
use crate::tree::Tree;
use crate::trusted::{Outcome, TrustedKeys};

/// The most keys and earlier signings that are tried with one signature. The newest receipts come first.
const MAX_KEYS: usize = 32;
const MAX_RECEIPTS: usize = 500;

/// What this machine remembers of keys and signings.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Memory {
    /// The keys made here.
    pub keys: Vec<Record>,
    /// What was signed here, newest first.
    pub receipts: Vec<Receipt>,
    /// What cannot be read, so that less may be known than was remembered.
    pub unreadable: Vec<Box<dyn Explain + Send + Sync>>,
}

impl Memory {
    /// Reads what is remembered in a data folder, as far as that is possible.
    pub fn read(folder: &DataFolder) -> Self {
        let mut memory = Self::default();
        match Records::new(folder.clone()).all() {
            Ok(keys) => memory.keys = keys,
            Err(error) => memory.unreadable.push(Box::new(error)),
        }
        match Receipts::new(folder.clone()).all() {
            Ok(found) => {
                memory.receipts = found.receipts;
                memory.unreadable.extend(found.unreadable.into_iter().map(|error| Box::new(error) as Box<_>));
            }
            Err(error) => memory.unreadable.push(Box::new(error)),
        }
        memory
    }
}

/// Why a signature does not fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Causes {
    /// The causes; none for a plugin whose signature is not the trouble.
    pub causes: Vec<Cause>,
    /// The signing that the folder was compared with.
    pub since: Option<Since>,
}

/// The signing that a signature comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Since {
    /// When it was.
    pub signed: jiff::Timestamp,
    /// The plugin's version then, for showing.
    pub version: String,
    /// The key.
    pub signer: Signer,
}

/// Finds out why a signature does not fit, after a rehearsal with the keys `trusted`.
///
/// Only a rehearsal that ends with a signature that fits no key has causes: everything else says itself what is wrong.
///
/// # Errors
/// [`Cancelled`].
pub fn of(
    dir: &Path,
    rehearsal: &Rehearsal,
    trusted: &TrustedKeys,
    memory: &Memory,
    task: &Task<'_>,
) -> Result<Causes, Cancelled> {
    // The same content may have been signed in several places; this one tells the most.
    of_source(&Folder(dir), folder(dir).ok(), rehearsal, trusted, memory, task)
}

/// Finds out the same of a plugin that is in memory, after [`rehearse_tree`](crate::rehearsal::rehearse_tree).
///
/// `dir` is the folder that it was made from, where that is known.
///
/// # Errors
/// [`Cancelled`].
pub fn of_tree(
    plugin: &Tree,
    dir: Option<&Path>,
    rehearsal: &Rehearsal,
    trusted: &TrustedKeys,
    memory: &Memory,
    task: &Task<'_>,
) -> Result<Causes, Cancelled> {
    of_source(plugin, dir.and_then(|dir| folder(dir).ok()), rehearsal, trusted, memory, task)
}

fn of_source(
    plugin: &dyn Source,
    folder: Option<PathBuf>,
    rehearsal: &Rehearsal,
    trusted: &TrustedKeys,
    memory: &Memory,
    task: &Task<'_>,
) -> Result<Causes, Cancelled> {
    let (Some((signature, digest)), Some(manifest), Some(files)) =
        (rehearsal.mismatch(), &rehearsal.manifest, &rehearsal.files)
    else {
        return Ok(Causes::default());
    };
    let case = Case { plugin, folder, manifest, files, signature, digest, trusted, memory };
    case.causes(task)
}

/// A signature, and the plugin that it does not fit.
struct Case<'a> {
    plugin: &'a dyn Source,
    /// The folder that receipts may be about.
    folder: Option<PathBuf>,
    manifest: &'a Manifest,
    files: &'a FileMap,
    signature: Signature,
    digest: Digest,
    trusted: &'a TrustedKeys,
    memory: &'a Memory,
}

impl Case<'_> {
    fn causes(&self, task: &Task<'_>) -> Result<Causes, Cancelled> {
        let keys = self.known_keys();
        if let Some(key) = keys.iter().find(|key| self.fits(key, &self.digest)) {
            return Ok(Causes { causes: vec![self.not_trusted(key)], since: None });
        }
        if let Some((receipt, key)) = self.origin(&keys, task)? {
            return Ok(self.compared(receipt, &key));
        }
        if let Some(receipt) = self.memory.receipts.iter().find(|receipt| receipt.digest == self.digest) {
            let signed_by = self.signer(&receipt.spki);
            return Ok(Causes {
                causes: vec![Cause::SignatureReplaced { signed: receipt.signed, signed_by }],
                since: None,
            });
        }
        if let Some((mut causes, key)) = variants::line_endings(self, &keys, task)? {
            causes.extend(self.unless_trusted(&key));
            return Ok(Causes { causes, since: None });
        }
        Ok(Causes { causes: vec![Cause::Unknown { digest: self.digest }], since: None })
    }

    fn fits(&self, key: &PublicKey, digest: &Digest) -> bool {
        key.verify(digest.as_bytes(), self.signature.as_bytes())
    }

    /// Every key that may have made the signature: trusted, made here, or used here.
    fn known_keys(&self) -> Vec<PublicKey> {
        let mut keys: Vec<PublicKey> = Vec::new();
        let made_here = self.memory.keys.iter().map(|record| &record.spki);
        let used_here = self.memory.receipts.iter().map(|receipt| &receipt.spki);
        for key in trusted_keys(self.trusted).chain(made_here).chain(used_here) {
            if keys.len() < MAX_KEYS && !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        keys
    }

    /// Finds the signing that the signature comes from: the very one, or the content that it fits.
    fn origin(&self, keys: &[PublicKey], task: &Task<'_>) -> Result<Option<(&Receipt, PublicKey)>, Cancelled> {
        let own = self.memory.receipts.iter().filter(|receipt| receipt.signature == self.signature);
        if let Some(receipt) = own.max_by_key(|receipt| (self.is_of(receipt), receipt.signed)) {
            return Ok(Some((receipt, receipt.spki.clone())));
        }
        for receipt in self.memory.receipts.iter().take(MAX_RECEIPTS) {
            task.check()?;
            if let Some(key) = keys.iter().find(|key| self.fits(key, &receipt.digest)) {
                return Ok(Some((receipt, key.clone())));
            }
        }
        Ok(None)
    }

    /// Says how the folder differs from what was signed.
    fn compared(&self, receipt: &Receipt, key: &PublicKey) -> Causes {
        let id = self.manifest.field_as_read("id").text;
        let same_plugin = id.as_deref() == Some(receipt.plugin_id.as_str());
        let since = Since { signed: receipt.signed, version: receipt.version.clone(), signer: self.signer(key) };
        let mut causes = if same_plugin || self.is_of(receipt) {
            let mut causes = fields::compare(self.manifest, receipt);
            causes.extend(variants::files(self.plugin, self.files, receipt));
            causes
        } else {
            vec![Cause::OtherPlugin {
                plugin_id: receipt.plugin_id.clone(),
                version: receipt.version.clone(),
                folder: receipt.folder.clone(),
            }]
        };
        causes.extend(self.unless_trusted(key));
        Causes { causes, since: Some(since) }
    }

    /// Tells whether a receipt is about the folder that is looked at.
    fn is_of(&self, receipt: &Receipt) -> bool {
        self.folder.as_ref() == Some(&receipt.folder)
    }

    fn unless_trusted(&self, key: &PublicKey) -> Option<Cause> {
        (!trusted_keys(self.trusted).any(|trusted| trusted == key)).then(|| self.not_trusted(key))
    }

    fn not_trusted(&self, key: &PublicKey) -> Cause {
        let signer = self.signer(key);
        let revoked = self.memory.keys.iter().filter(|record| record.spki == *key).find_map(|record| record.revoked);
        if let Some(revoked) = revoked {
            return Cause::KeyRevoked { signer, reason: revoked.reason };
        }
        // A file of the right name that holds something else is the likeliest mistake.
        let named = |id: &KeyId| self.trusted.entries.iter().find(|entry| entry.key_id == id.as_str());
        let instead = signer.key_id.as_ref().and_then(named).map(|entry| entry.path.clone());
        Cause::KeyNotTrusted { signer, instead }
    }

    /// Names a key as this machine knows it.
    fn signer(&self, key: &PublicKey) -> Signer {
        let made_here = self.memory.keys.iter().find(|record| record.spki == *key).map(|record| &record.key_id);
        let used_here = || self.memory.receipts.iter().find(|receipt| receipt.spki == *key)?.key_id.as_ref();
        Signer { key_id: made_here.or_else(used_here).cloned(), fingerprint: key.fingerprint() }
    }
}

fn trusted_keys(keys: &TrustedKeys) -> impl Iterator<Item = &PublicKey> {
    keys.entries.iter().filter_map(|entry| match &entry.outcome {
        Outcome::Key(key) => Some(key),
        _ => None,
    })
}
