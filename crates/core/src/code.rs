//! The stable codes that `--json` output and the screens branch on.

use serde::Serialize;

/// Names a kind of failure or finding; its kebab-case name is part of the product's interface and never changes.
///
/// Add a code when a screen or a script branches on it. Codes of the manifest reader are passed on as
/// [`Code::Manifest`] with the reader's own code as `detail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Code {
    /// The operating system refused to read or write.
    Io,
    /// The caller cancelled.
    Cancelled,
}
