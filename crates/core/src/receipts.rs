//! What was signed on this machine: a receipt for each signing, so that later something can be said of what has changed.
//!
//! A receipt explains; it never decides. What the loader answers is computed from the folder and the trusted keys alone:
//! the modules that judge cannot name this one, and a test holds them to it.
//!
//! `receipts` in the data folder holds one file for each signing, mode 0600, written whole or not at all. Of one plugin
//! in one folder the newest [`MAX_PER_PLUGIN`] are kept, and of all together [`MAX_BYTES`]; signing the same content again
//! with the same key takes the older receipt's place. A file that is damaged, or of a newer format, is named and left
//! out; it never keeps anybody from signing.

mod error;
mod name;
pub(crate) mod receipt;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use error::{NotKept, ReceiptsError};
pub use receipt::{Receipt, ReceiptFile};

use crate::atomic;
use crate::atomic::Obstacle;
use crate::data_file::{DataFile, DataFileError, Subject};
use crate::data_folder::DataFolder;
use crate::digest::Digest;
use crate::key::Fingerprint;
use crate::manifest::PluginId;
use crate::signature::Signature;
use name::{Name, part, part_of, part_of_folder};

/// The format of receipts that this version reads and writes.
pub const FORMAT: u64 = 1;

/// The most receipts that are kept of one plugin in one folder.
pub const MAX_PER_PLUGIN: usize = 20;

/// The most bytes that all receipts take together.
pub const MAX_BYTES: u64 = 32 << 20;

/// The largest receipt; a plugin with some fifty thousand covered files has a larger one, and so none.
pub const MAX_RECEIPT: usize = 8 << 20;

/// The receipts of one user.
#[derive(Debug, Clone)]
pub struct Receipts {
    folder: DataFolder,
}

/// Receipts that were found.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Found {
    /// The receipts, newest first.
    pub receipts: Vec<Receipt>,
    /// The files that cannot be understood, any of which may have been among them.
    pub unreadable: Vec<ReceiptsError>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    format: u64,
    receipt: Receipt,
}

impl Receipts {
    /// Uses the receipts in this folder. Nothing is read or made yet.
    pub fn new(folder: DataFolder) -> Self {
        Self { folder }
    }

    /// Returns the path of the folder that holds them.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(Subject::Receipts.file())
    }

    /// Keeps a receipt, removes those that are too many, and returns the receipt's file.
    ///
    /// # Errors
    /// [`ReceiptsError`]. The receipt is then not there, unless the folder could only not be flushed.
    pub fn keep(&self, receipt: &Receipt) -> Result<PathBuf, ReceiptsError> {
        let name = Name::of(receipt);
        let path = self.path().join(name.to_string());
        let contents = Contents { format: FORMAT, receipt: receipt.clone() };
        let mut text = serde_json::to_vec_pretty(&contents).map_err(|e| self.io(e.into()))?;
        text.push(b'\n');
        if text.len() > MAX_RECEIPT {
            return Err(ReceiptsError::TooLarge { files: receipt.files.len() });
        }
        self.ensure()?;
        atomic::replace(&path, &text, 0o600).map_err(DataFileError::from)?;
        self.prune(&name)?;
        Ok(path)
    }

    /// Finds every receipt.
    ///
    /// # Errors
    /// [`ReceiptsError`] where the folder cannot be listed. No folder holds no receipts.
    pub fn all(&self) -> Result<Found, ReceiptsError> {
        self.find(|_| true, |_| true)
    }

    /// Finds what one key signed.
    ///
    /// # Errors
    /// As [`Receipts::all`].
    pub fn by_key(&self, key: &Fingerprint) -> Result<Found, ReceiptsError> {
        let part = part(key.as_bytes());
        self.find(|name| name.key == part, |receipt| receipt.fingerprint == *key)
    }

    /// Finds the receipts of what was signed in one folder, whatever plugin was in it.
    ///
    /// # Errors
    /// As [`Receipts::all`]; [`ReceiptsError::NoFolder`].
    pub fn by_folder(&self, folder: &Path) -> Result<Found, ReceiptsError> {
        let folder = receipt::folder(folder)?;
        let part = part_of_folder(&folder);
        self.find(|name| name.folder == part, |receipt| receipt.folder == folder)
    }

    /// Finds the receipts of one plugin, wherever it was signed.
    ///
    /// # Errors
    /// As [`Receipts::all`].
    pub fn by_plugin(&self, id: &PluginId) -> Result<Found, ReceiptsError> {
        let part = part_of(id.as_str());
        self.find(|name| name.plugin == part, |receipt| receipt.plugin_id == *id)
    }

    /// Finds the newest receipt of one plugin in one folder.
    ///
    /// # Errors
    /// As [`Receipts::by_folder`]. A receipt that cannot be understood is passed over.
    pub fn latest_for(&self, folder: &Path, id: &PluginId) -> Result<Option<Receipt>, ReceiptsError> {
        Ok(self.by_folder(folder)?.receipts.into_iter().find(|receipt| receipt.plugin_id == *id))
    }

    /// Finds the receipts of one signed content.
    ///
    /// # Errors
    /// As [`Receipts::all`].
    pub fn by_digest(&self, digest: &Digest) -> Result<Found, ReceiptsError> {
        let part = part(digest.as_bytes());
        self.find(|name| name.digest == part, |receipt| receipt.digest == *digest)
    }

    /// Finds the receipts of one signature: what it was made for.
    ///
    /// # Errors
    /// As [`Receipts::all`].
    pub fn by_signature(&self, signature: &Signature) -> Result<Found, ReceiptsError> {
        self.find(|_| true, |receipt| receipt.signature == *signature)
    }

    /// Reads the files whose name fits, and keeps what really does.
    fn find(&self, may_fit: impl Fn(&Name) -> bool, fits: impl Fn(&Receipt) -> bool) -> Result<Found, ReceiptsError> {
        let mut found = Found::default();
        for (name, _) in self.names()?.iter().rev().filter(|(name, _)| may_fit(name)) {
            let check = |contents: &Contents| contents.receipt.check();
            let name = name.to_string();
            match DataFile::one_of(self.folder.clone(), Subject::Receipts, &name, FORMAT, check).read() {
                Ok(Some(Contents { receipt, .. })) if fits(&receipt) => found.receipts.push(receipt),
                // Another run may just have removed it, being too many.
                Ok(_) => {}
                Err(error) => found.unreadable.push(error.into()),
            }
        }
        found.receipts.sort_by_key(|receipt| std::cmp::Reverse(receipt.signed));
        Ok(found)
    }

    /// Lists the files, oldest first, with their sizes. What has another kind of name is none of ours.
    fn names(&self) -> Result<BTreeMap<Name, u64>, ReceiptsError> {
        let entries = match std::fs::read_dir(self.path()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => return Err(self.io(error)),
        };
        let mut names = BTreeMap::new();
        for entry in entries {
            let entry = entry.map_err(|error| self.io(error))?;
            if let Some(name) = Name::parse(&entry.file_name()) {
                // Without a size it is gone, or counts for nothing.
                names.insert(name, entry.metadata().map_or(0, |metadata| metadata.len()));
            }
        }
        Ok(names)
    }

    /// Removes what is too many, oldest first; never the one that was just written.
    ///
    /// Two runs at once remove the same files, so no lock is needed.
    fn prune(&self, newest: &Name) -> Result<(), ReceiptsError> {
        let (mut of_plugin, mut seen, mut bytes) = (BTreeMap::new(), BTreeSet::new(), 0);
        let names = self.names()?;
        let others = names.iter().rev().filter(|(name, _)| *name != newest);
        for (name, size) in names.get_key_value(newest).into_iter().chain(others) {
            bytes += size;
            let count: &mut usize = of_plugin.entry((&name.folder, &name.plugin)).or_default();
            *count += 1;
            let again = !seen.insert((&name.folder, &name.plugin, &name.key, &name.digest));
            if again {
                *count -= 1;
            }
            if again || *count > MAX_PER_PLUGIN || bytes > MAX_BYTES {
                bytes -= size;
                match std::fs::remove_file(self.path().join(name.to_string())) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(self.io(error)),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Makes the folder for its owner alone, or sees to it that it is one.
    fn ensure(&self) -> Result<(), ReceiptsError> {
        self.folder.ensure()?;
        let path = self.path();
        match Obstacle::at(&path).map_err(|error| self.io(error))? {
            Some(Obstacle::Folder) => return Ok(()),
            // A link would carry the receipts to a place that somebody else chose.
            Some(what) => return Err(self.io(io::Error::other(format!("it is {what}")))),
            None => {}
        }
        let mut builder = std::fs::DirBuilder::new();
        // Somebody else may be faster, which is as good.
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        builder.create(&path).map_err(|error| self.io(error))
    }

    fn io(&self, source: io::Error) -> ReceiptsError {
        DataFileError::Io { subject: Subject::Receipts, path: self.path(), source }.into()
    }
}
