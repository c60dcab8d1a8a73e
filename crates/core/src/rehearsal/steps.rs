//! The loader's steps.

use serde::Serialize;

use crate::files::{FileMap, printable};
use crate::manifest::{self, JSON_NAME, Manifest};
use crate::signature;
use crate::trusted::{Outcome, TrustedKeys};
use crate::verdict::{Finding, Verdict};

/// A step of the loader's, in the order in which it takes them; the kebab-case names are part of the product's interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StepName {
    /// Finding a manifest (§1).
    FindManifest,
    /// Reading it: text, YAML or JSON, a mapping (§1).
    ReadManifest,
    /// The required fields are there (§2).
    Fields,
    /// The id keeps the rule (§2).
    Id,
    /// The plugin type is known (§2).
    PluginType,
    /// The trusted keys' folder can be read (§5).
    TrustedKeys,
    /// The mode: `disabled` looks no further (§6).
    Mode,
    /// There is a `plugin.sig` that can be read (§4).
    FindSignature,
    /// It holds a signature (§4).
    ReadSignature,
    /// There is a key to try (§5).
    Keys,
    /// The signed bytes can be computed (§3).
    Canonical,
    /// The signature fits one of the keys (§5).
    Match,
}

impl StepName {
    /// Every step, in the loader's order.
    pub const ALL: [Self; 12] = [
        Self::FindManifest,
        Self::ReadManifest,
        Self::Fields,
        Self::Id,
        Self::PluginType,
        Self::TrustedKeys,
        Self::Mode,
        Self::FindSignature,
        Self::ReadSignature,
        Self::Keys,
        Self::Canonical,
        Self::Match,
    ];

    /// Returns what the loader does at this step, in a few words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::FindManifest => "find a manifest",
            Self::ReadManifest => "read the manifest",
            Self::Fields => "required fields",
            Self::Id => "plugin id",
            Self::PluginType => "plugin type",
            Self::TrustedKeys => "read the trusted keys",
            Self::Mode => "trust mode",
            Self::FindSignature => "find plugin.sig",
            Self::ReadSignature => "read the signature",
            Self::Keys => "keys to try",
            Self::Canonical => "compute the signed bytes",
            Self::Match => "try the keys",
        }
    }

    /// Tells where a finding belongs.
    fn of(finding: &Finding) -> Self {
        match finding {
            Finding::Manifest(error) => match error {
                manifest::Error::Folder(_) | manifest::Error::Missing { .. } => Self::FindManifest,
                manifest::Error::FieldsMissing { .. } => Self::Fields,
                manifest::Error::IdInvalid { .. } => Self::Id,
                manifest::Error::PluginTypeInvalid { .. } => Self::PluginType,
                manifest::Error::NotCanonical { .. } => Self::Canonical,
                _ => Self::ReadManifest,
            },
            Finding::TrustedKeys(_) => Self::TrustedKeys,
            Finding::Signature(signature::Error::Malformed { .. }) => Self::ReadSignature,
            Finding::Unsigned { .. } | Finding::Signature(_) => Self::FindSignature,
            Finding::NoTrustedKeys => Self::Keys,
            Finding::Files(_) => Self::Canonical,
            Finding::KeyStopsLoader { .. } | Finding::NoKeyMatches { .. } => Self::Match,
        }
    }
}

/// How a step ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StepResult {
    /// The loader goes on to the next step.
    Passed,
    /// The loader stops here. What that means in each mode is the verdict's.
    Failed,
    /// This program cannot tell whether the loader gets past it.
    CannotTell,
    /// The loader does not come here.
    NotReached,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// Which one.
    pub name: StepName,
    /// How it ends.
    pub result: StepResult,
    /// What was seen; nothing where the loader does not come. Texts of the plugin in it are [`printable`].
    pub seen: Option<String>,
}

/// What a rehearsal has seen.
pub(super) struct Seen<'a> {
    pub(super) verdict: &'a Verdict,
    pub(super) manifest: Option<&'a Manifest>,
    pub(super) files: Option<&'a FileMap>,
    pub(super) keys: Option<&'a TrustedKeys>,
}

impl Seen<'_> {
    /// Tells every step. What is found decides where the loader stops; whatever comes before has passed.
    pub(super) fn steps(&self) -> Vec<Step> {
        let finding = self.verdict.strict.finding.as_deref();
        let last = finding.map(StepName::of);
        let ending = if self.verdict.strict.goes_on().is_some() { StepResult::Failed } else { StepResult::CannotTell };
        let step = |name| match last {
            Some(last) if name > last => Step { name, result: StepResult::NotReached, seen: None },
            Some(last) if name == last => Step { name, result: ending, seen: finding.map(ToString::to_string) },
            _ => Step { name, result: StepResult::Passed, seen: Some(self.passed(name)) },
        };
        StepName::ALL.into_iter().map(step).collect()
    }

    fn passed(&self, name: StepName) -> String {
        let field = |name| {
            let text = self.manifest.and_then(|manifest| manifest.field_as_read(name).text);
            printable(&text.unwrap_or_default())
        };
        match name {
            StepName::FindManifest => self.manifest_found(),
            StepName::ReadManifest => {
                let keys = self.manifest.map_or(0, |manifest| manifest.document().root().entries().count());
                format!("a mapping with {}", count(keys, "key", "keys"))
            }
            StepName::Fields => "`id`, `name`, `version` and `plugin_type` are there".to_owned(),
            StepName::Id => format!("`{}`", field("id")),
            StepName::PluginType => format!("`{}`", field("plugin_type")),
            StepName::TrustedKeys => self.keys.map_or_else(String::new, keys_read),
            StepName::Mode => "`disabled` looks no further; `strict` and `warn` do".to_owned(),
            StepName::FindSignature => "it is there".to_owned(),
            StepName::ReadSignature => "64 bytes".to_owned(),
            StepName::Keys => {
                let tried = |entry: &&crate::trusted::Entry| !matches!(entry.outcome, Outcome::Unreadable(_));
                let files = self.keys.map_or(0, |keys| keys.entries.iter().filter(tried).count());
                format!("{} to try", count(files, "file", "files"))
            }
            StepName::Canonical => {
                let files = self.files.map_or(0, FileMap::len);
                format!("of the manifest and {}", count(files, "file", "files"))
            }
            StepName::Match => {
                format!("it fits `{}`", printable(self.verdict.strict.key_id.as_deref().unwrap_or_default()))
            }
        }
    }

    fn manifest_found(&self) -> String {
        let Some(manifest) = self.manifest else { return "there is one".to_owned() };
        let name = manifest.path().file_name().unwrap_or_default().to_string_lossy();
        if manifest.ignores_json() {
            return format!("`{name}`, which hides the `{JSON_NAME}` beside it");
        }
        format!("`{name}`")
    }
}

/// At most this many key ids are named.
const NAMED: usize = 5;

fn keys_read(keys: &TrustedKeys) -> String {
    if keys.folder_missing {
        return "there is no such folder, so no key is trusted".to_owned();
    }
    let is_key = |entry: &&crate::trusted::Entry| matches!(entry.outcome, Outcome::Key(_));
    let (found, others): (Vec<_>, Vec<_>) = keys.entries.iter().partition(is_key);
    let named: Vec<_> = found.iter().take(NAMED).map(|entry| format!("`{}`", printable(&entry.key_id))).collect();
    let mut text = match found.len() {
        0 => "no Ed25519 key".to_owned(),
        n if n > NAMED => format!("{n} keys: {}, …", named.join(", ")),
        n => format!("{}: {}", count(n, "key", "keys"), named.join(", ")),
    };
    if !others.is_empty() {
        text += &format!("; {} without a key that counts", count(others.len(), "other file", "other files"));
    }
    text
}

fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}
