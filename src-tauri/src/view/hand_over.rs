//! What goes to an operator.

use serde::Serialize;

/// What the operator needs of a key.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct HandOver {
    /// `<key_id>.pem`.
    pub(crate) file_name: String,
    pub(crate) fingerprint: String,
    /// The public key, SPKI PEM.
    pub(crate) pem: String,
    /// Plain text for the operator.
    pub(crate) instructions: String,
    /// `<key_id>-instructions.txt`.
    pub(crate) instructions_file_name: String,
}

/// What came of saving both files into a folder that a dialog names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum HandOverAnswer {
    Saved {
        /// Display: the public key's file.
        pem: String,
        /// Display: the instructions.
        instructions: String,
        /// When; null where the key is no longer known here.
        at: Option<String>,
    },
    Dismissed,
}
