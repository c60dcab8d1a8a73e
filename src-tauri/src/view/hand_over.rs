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
}
