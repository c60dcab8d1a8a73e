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

    /// Reads an operator's setting as the loader does: in lower case, and strict whatever it does not know.
    pub fn of_setting(text: &str) -> Self {
        text.to_lowercase().parse().unwrap_or_default()
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

    /// The loader contract's §6: names are compared in lower case, an unknown one is strict.
    #[test]
    fn settings() {
        assert_eq!(TrustMode::of_setting("WARN"), TrustMode::Warn);
        assert_eq!(TrustMode::of_setting("Disabled"), TrustMode::Disabled);
        for other in ["", "off", " warn", "warn\n", "none"] {
            assert_eq!(TrustMode::of_setting(other), TrustMode::Strict, "{other:?}");
        }
        assert_eq!("Warn".parse::<TrustMode>(), Err(UnknownTrustMode));
    }
}
