//! The words of a verdict. The kebab-case ones are part of the product's interface.

use serde::Serialize;

/// Whether the loader goes on after the signature check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It goes on to `plugin.py`.
    Loads,
    /// It refuses the plugin.
    Refuses,
    /// This program cannot tell; treat it as a failure of this program.
    CannotTell,
}

/// What the loader notes about a plugin's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// A trusted key matches.
    Verified,
    /// There is no signature.
    Unsigned,
    /// There is a signature, and no trusted key matches or there is none.
    Invalid,
    /// Signatures are not checked.
    Skipped,
}

impl Status {
    /// Returns the loader's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Unsigned => "unsigned",
            Self::Invalid => "invalid",
            Self::Skipped => "skipped",
        }
    }
}

/// What decided a verdict; the kebab-case names are part of the product's interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// The signature matches a trusted key.
    Verified,
    /// The mode is `disabled`.
    Skipped,
    /// There is no manifest.
    ManifestMissing,
    /// The manifest cannot be opened, read or parsed.
    ManifestUnreadable,
    /// The manifest is no mapping.
    ManifestNotMapping,
    /// A required field is missing or counts as missing.
    ManifestFieldsMissing,
    /// The id breaks the loader's rule.
    IdInvalid,
    /// The plugin type is none of the loader's.
    PluginTypeInvalid,
    /// The trusted-keys folder cannot be read.
    TrustedKeysUnreadable,
    /// There is no `plugin.sig`.
    Unsigned,
    /// `plugin.sig` cannot be read.
    SignatureUnreadable,
    /// `plugin.sig` is no signature.
    SignatureMalformed,
    /// There is no trusted key at all.
    NoTrustedKeys,
    /// What the signature covers of the manifest has no canonical form.
    NotCanonical,
    /// A covered file cannot be read.
    FileUnreadable,
    /// A trusted key that the loader fails on stands before any that matches.
    TrustedKeyStopsLoader,
    /// No trusted key matches the signature.
    NoKeyMatches,
    /// This program cannot tell what the loader does.
    CannotTell,
}

impl Reason {
    /// Returns the stable kebab-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Skipped => "skipped",
            Self::ManifestMissing => "manifest-missing",
            Self::ManifestUnreadable => "manifest-unreadable",
            Self::ManifestNotMapping => "manifest-not-mapping",
            Self::ManifestFieldsMissing => "manifest-fields-missing",
            Self::IdInvalid => "id-invalid",
            Self::PluginTypeInvalid => "plugin-type-invalid",
            Self::TrustedKeysUnreadable => "trusted-keys-unreadable",
            Self::Unsigned => "unsigned",
            Self::SignatureUnreadable => "signature-unreadable",
            Self::SignatureMalformed => "signature-malformed",
            Self::NoTrustedKeys => "no-trusted-keys",
            Self::NotCanonical => "not-canonical",
            Self::FileUnreadable => "file-unreadable",
            Self::TrustedKeyStopsLoader => "trusted-key-stops-loader",
            Self::NoKeyMatches => "no-key-matches",
            Self::CannotTell => "cannot-tell",
        }
    }
}
