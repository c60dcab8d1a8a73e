//! Signatures and what the operator's loader says to them.

use aisoc_publisher_core::verdict;
use serde::Serialize;

use super::{Changes, Failure, KeyHandle, Rehearsal};

/// The answer to a wish to sign: done and checked again, or refused because the folder is not what was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum SignAnswer {
    Signed {
        // In a box, since a change is so much smaller.
        signed: Box<Signed>,
        /// Why there is no receipt of it; null where there is one.
        #[serde(rename = "notKept")]
        not_kept: Option<Failure>,
    },
    Changed {
        changes: Changes,
    },
}

/// A signature that was read back from disk and judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Signed {
    pub(crate) key: KeyHandle,
    pub(crate) key_id: String,
    pub(crate) digest: String,
    /// 128 lower-case hex digits.
    pub(crate) signature: String,
    pub(crate) file_count: usize,
    /// One for each trust mode: strict, warn, disabled.
    pub(crate) verdicts: Vec<ModeVerdict>,
    /// How the loader comes to that, and what it does then.
    pub(crate) rehearsal: Rehearsal,
}

/// `PLUGIN_TRUST_MODE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum TrustMode {
    Strict,
    Warn,
    Disabled,
}

/// What the loader notes about a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum SignatureStatus {
    Verified,
    Unsigned,
    Invalid,
    Skipped,
}

/// What AiSOC's loader does in one trust mode, with only this key trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ModeVerdict {
    pub(crate) mode: TrustMode,
    pub(crate) loads: bool,
    /// Null when the plugin is refused.
    pub(crate) signature_status: Option<SignatureStatus>,
    pub(crate) key_id: Option<String>,
    /// The core's code for the reason, for example `verified`.
    pub(crate) reason: String,
}

/// Writes a verdict, mode by mode.
pub(crate) fn verdicts(verdict: &verdict::Verdict) -> Vec<ModeVerdict> {
    verdict::TrustMode::ALL
        .into_iter()
        .map(|mode| {
            let answer = verdict.mode(mode);
            ModeVerdict {
                mode: match mode {
                    verdict::TrustMode::Strict => TrustMode::Strict,
                    verdict::TrustMode::Warn => TrustMode::Warn,
                    verdict::TrustMode::Disabled => TrustMode::Disabled,
                },
                // Where this program cannot tell, it never says that the plugin loads.
                loads: answer.goes_on() == Some(true),
                signature_status: answer.signature_status.map(|status| match status {
                    verdict::Status::Verified => SignatureStatus::Verified,
                    verdict::Status::Unsigned => SignatureStatus::Unsigned,
                    verdict::Status::Invalid => SignatureStatus::Invalid,
                    verdict::Status::Skipped => SignatureStatus::Skipped,
                }),
                key_id: answer.key_id.clone(),
                reason: answer.reason.as_str().to_owned(),
            }
        })
        .collect()
}
