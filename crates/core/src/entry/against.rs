//! What is known of a plugin's folder, for an entry to be compared with.

use std::path::Path;

use serde_json::{Map, Value};

use super::problem::{Problem, Rule, shown};
use super::{Error, text};
use crate::key::{KeyId, PublicKey};
use crate::manifest::{Manifest, PluginId};
use crate::source::Folder;
use crate::task::Task;
use crate::trusted::{Match, TrustedKeys};
use crate::verdict;

/// A plugin's folder as an entry should be about it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Against {
    /// The manifest's id.
    pub id: PluginId,
    /// The manifest's version, as Python's `str()` writes it.
    pub version: String,
    /// The keys that verify the folder as it is; nothing where keys are not looked at.
    pub signed_by: Option<Vec<KeyId>>,
}

impl Against {
    /// Reads the plugin in `dir`, and tries each of the keys on it.
    ///
    /// # Errors
    /// As [`prepare`](super::prepare), without what is about the signature: a plugin that is not signed has no keys.
    pub fn of(dir: &Path, keys: &[(KeyId, PublicKey)], task: &Task<'_>) -> Result<Self, Error> {
        let trusted = TrustedKeys::of(keys.iter().map(|(id, key)| (id, key)));
        let examined = verdict::examine(&Folder(dir), Ok(&trusted), task)?;
        let strict = examined.verdict.strict;
        let Some(manifest) = examined.manifest else {
            return Err(Error::NoManifest { finding: strict.finding });
        };
        let mut against = Self::of_manifest(&manifest)?;
        let mut signed_by = Vec::new();
        if let (Some(digest), Some(signature)) = (examined.verdict.digest, examined.verdict.signature) {
            // Each for itself: one key may have several names, and the loader stops at the first.
            let verifies = |(id, key): &&(KeyId, PublicKey)| {
                let alone = TrustedKeys::only(id, key.clone());
                matches!(alone.try_verify(digest.as_bytes(), signature.as_bytes()), Match::Verified(_))
            };
            signed_by.extend(keys.iter().filter(verifies).map(|(id, _)| id.clone()));
        }
        against.signed_by = Some(signed_by);
        Ok(against)
    }

    /// What a manifest says, without a look at keys.
    pub(super) fn of_manifest(manifest: &Manifest) -> Result<Self, Error> {
        let facts = manifest.check_for_signing()?;
        Ok(Self { id: facts.id, version: text::plain(manifest, "version")?, signed_by: None })
    }

    /// Finds where an entry is not about this plugin.
    pub(super) fn compare(&self, entry: &Map<String, Value>, problems: &mut Vec<Problem>) {
        let text = |field: &str| entry.get(field).and_then(Value::as_str);
        if let Some(id) = text("id").filter(|id| *id != self.id.as_str()) {
            let message = format!("`id` is {}, and the manifest's is `{}`", shown(id), self.id);
            problems.push(Problem::new(Rule::IdOfManifest, "/id", message).cure("take the manifest's"));
        }
        if let Some(version) = text("version").filter(|version| *version != self.version) {
            let message = format!("`version` is {}, and the manifest's is {}", shown(version), shown(&self.version));
            let cure = "take the manifest's, as Python reads it: `version: 1.10` without quotes is the number 1.1";
            problems.push(Problem::new(Rule::VersionOfManifest, "/version", message).cure(cure));
        }
        if let (Some(id), Some(signed_by)) = (text("signing_key_id"), &self.signed_by)
            && !signed_by.iter().any(|key| key.as_str() == id)
        {
            let message = format!("{} did not sign the plugin as it is in its folder", shown(id));
            let names: Vec<_> = signed_by.iter().map(|key| format!("`{key}`")).collect();
            let cure = match names.as_slice() {
                [] => "sign the plugin with that key, or give the public key with `--public-key`".to_owned(),
                names => format!("write {}, which did", names.join(" or ")),
            };
            problems.push(Problem::new(Rule::SigningKey, "/signing_key_id", message).cure(cure));
        }
    }
}
