//! What a key signed here, by the receipts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Publisher, PublisherError};
use crate::digest::Digest;
use crate::key::{Fingerprint, PublicKey};
use crate::manifest::PluginId;
use crate::receipts::{Receipt, Receipts};

/// A plugin that a key signed, as it was when it last did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedPlugin {
    /// The plugin's id.
    pub id: PluginId,
    /// Its version.
    pub version: String,
    /// The digest that was signed.
    pub digest: Digest,
    /// The folder it was in.
    pub folder: PathBuf,
    /// When it was signed.
    pub signed: jiff::Timestamp,
}

/// The plugins that a key signed on this machine, by plugin id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedPlugins {
    /// The newest signing of each plugin, by plugin id.
    pub plugins: Vec<SignedPlugin>,
    /// How many receipts cannot be read. Any of them may be one of this key's.
    pub unreadable: usize,
}

impl Publisher<'_> {
    /// Lists the plugins that a key signed on this machine, as far as there are receipts.
    ///
    /// # Errors
    /// [`PublisherError::Receipts`] where they cannot be listed.
    pub fn signed_by(&self, key: &Fingerprint) -> Result<SignedPlugins, PublisherError> {
        let found = Receipts::new(self.records.folder().clone()).by_key(key)?;
        let mut newest: BTreeMap<PluginId, Receipt> = BTreeMap::new();
        // Newest first, so that the first of each plugin stays.
        for receipt in found.receipts {
            newest.entry(receipt.plugin_id.clone()).or_insert(receipt);
        }
        let plugins = newest.into_values().map(|receipt| SignedPlugin {
            id: receipt.plugin_id,
            version: receipt.version,
            digest: receipt.digest,
            folder: receipt.folder,
            signed: receipt.signed,
        });
        Ok(SignedPlugins { plugins: plugins.collect(), unreadable: found.unreadable.len() })
    }

    /// Fails if any record says that this key was revoked, under whatever id. For keys that come from a file.
    ///
    /// # Errors
    /// [`PublisherError::Revoked`]; the records' own.
    pub fn refuse_revoked_key(&self, key: &PublicKey) -> Result<(), PublisherError> {
        let all = self.records.all()?;
        all.iter().filter(|record| record.spki == *key).try_for_each(|record| self.refuse_revoked(record))
    }
}
