//! `PLUGIN_TRUST_MODE`.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// How an operator's loader treats signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustMode {
    /// Only a verified plugin loads.
    #[default]
    Strict,
    /// Unsigned plugins and invalid signatures load, and are noted.
    Warn,
    /// Signatures are not looked at.
    Disabled,
}

impl TrustMode {
    /// Every mode, the default first.
    pub const ALL: [Self; 3] = [Self::Strict, Self::Warn, Self::Disabled];

    /// Returns the loader's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Warn => "warn",
            Self::Disabled => "disabled",
        }
    }
}

impl fmt::Display for TrustMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no trust mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such trust mode: use strict, warn or disabled")]
pub struct UnknownTrustMode;

impl FromStr for TrustMode {
    type Err = UnknownTrustMode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text).ok_or(UnknownTrustMode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_loaders_own_words_are_taken() {
        for mode in TrustMode::ALL {
            assert_eq!(mode.as_str().parse(), Ok(mode));
        }
        for other in ["", "off", " warn", "warn\n", "Warn"] {
            assert_eq!(other.parse::<TrustMode>(), Err(UnknownTrustMode), "{other:?}");
        }
    }
}
