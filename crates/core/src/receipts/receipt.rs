//! One receipt.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::ReceiptsError;
use crate::digest::Digest;
use crate::files::RelPath;
use crate::key::{Fingerprint, KeyId, PublicKey};
use crate::manifest::{JSON_NAME, PluginId, YAML_NAME};
use crate::payload::Payload;
use crate::sign::{Plan, Signed};
use crate::signature::Signature;

/// What was signed once, by which key, and when: public facts.
///
/// One that was read holds together: the digest is that of the manifest and the files, and the signature is the key's
/// over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Receipt {
    /// When it was signed, in UTC and whole milliseconds; RFC 3339 in the file.
    pub signed: jiff::Timestamp,
    /// The version of the program that signed it.
    pub program: String,
    /// The plugin's folder: absolute, without links.
    #[serde(with = "crate::path_text")]
    pub folder: PathBuf,
    /// The plugin's id.
    pub plugin_id: PluginId,
    /// Its name, for showing.
    pub name: String,
    /// Its version, for showing.
    pub version: String,
    /// The manifest's file in the folder, `plugin.yaml` or `aisoc-plugin.json`.
    pub manifest_file: String,
    /// The canonical JSON of what the signature covers of the manifest: ASCII.
    pub manifest: String,
    /// The covered files, by path in code point order.
    pub files: Vec<ReceiptFile>,
    /// What was signed.
    pub digest: Digest,
    /// The signature.
    #[serde(with = "signature_hex")]
    pub signature: Signature,
    /// The key's id; nothing for a key that was given as a file or as text, which has no name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key_id: Option<KeyId>,
    /// The key's public half.
    #[serde(with = "crate::records::spki_hex")]
    pub spki: PublicKey,
    /// The key's fingerprint, for people who read the file.
    pub fingerprint: Fingerprint,
}

/// A covered file as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ReceiptFile {
    /// Its name below the folder.
    pub path: RelPath,
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
    /// The SHA-256 of its bytes with LF as line endings, where it had others.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    lf: Option<Digest>,
}

impl ReceiptFile {
    /// Returns the SHA-256 of its bytes with LF as line endings, as
    /// [`CoveredFile::lf_sha256`](crate::files::CoveredFile::lf_sha256).
    pub fn lf_sha256(&self) -> Digest {
        self.lf.unwrap_or(self.sha256)
    }
}

impl Receipt {
    /// Makes the receipt of what was signed just now.
    pub(crate) fn of(
        plan: &Plan,
        signed: &Signed,
        key_id: Option<&KeyId>,
        key: &PublicKey,
    ) -> Result<Self, ReceiptsError> {
        let (facts, payload) = (plan.facts(), plan.payload());
        let now = jiff::Timestamp::now();
        Ok(Self {
            signed: jiff::Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            folder: folder(plan.dir())?,
            plugin_id: facts.id.clone(),
            name: facts.name.clone(),
            version: facts.version.clone(),
            manifest_file: payload
                .manifest()
                .path()
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            manifest: String::from_utf8_lossy(payload.manifest_bytes()).into_owned(),
            files: payload
                .files()
                .iter()
                .map(|file| ReceiptFile {
                    path: file.path.clone(),
                    sha256: file.sha256,
                    lf: (file.lf_sha256 != file.sha256).then_some(file.lf_sha256),
                })
                .collect(),
            digest: signed.digest,
            signature: signed.signature,
            key_id: key_id.cloned(),
            spki: key.clone(),
            fingerprint: key.fingerprint(),
        })
    }

    /// Says what does not hold together.
    pub(super) fn check(&self) -> Result<(), String> {
        if !self.folder.is_absolute() {
            return Err(format!("the folder `{}` is not absolute", self.folder.display()));
        }
        if ![YAML_NAME, JSON_NAME].contains(&self.manifest_file.as_str()) {
            return Err(format!("`{}` is no manifest's name", self.manifest_file));
        }
        if !self.files.is_sorted_by(|a, b| a.path < b.path) {
            return Err("its files are not in order".to_owned());
        }
        if self.spki.fingerprint() != self.fingerprint {
            return Err("public key and fingerprint do not belong together".to_owned());
        }
        let files = self.files.iter().map(|file| (&file.path, file.sha256));
        if Payload::digest_of_parts(self.manifest.as_bytes(), files) != self.digest {
            return Err("the digest is not that of the manifest and the files".to_owned());
        }
        if !self.spki.verify(self.digest.as_bytes(), self.signature.as_bytes()) {
            return Err("the signature is not the key's over the digest".to_owned());
        }
        Ok(())
    }
}

/// A plugin's folder as receipts name it: one folder has one name, whatever links lead to it.
pub(crate) fn folder(dir: &Path) -> Result<PathBuf, ReceiptsError> {
    // A folder that is gone has had a name, and may be asked for.
    std::fs::canonicalize(dir)
        .or_else(|_| std::path::absolute(dir))
        .map_err(|source| ReceiptsError::NoFolder { folder: dir.to_owned(), source })
}

mod signature_hex {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::signature::Signature;

    pub(super) fn serialize<S: Serializer>(signature: &Signature, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(signature)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Signature, D::Error> {
        let mut bytes = [0; 64];
        hex::decode_to_slice(String::deserialize(deserializer)?, &mut bytes).map_err(D::Error::custom)?;
        Ok(Signature::from_bytes(bytes))
    }
}
