//! The marketplace entry: AiSOC's documented form, loader contract §9.
//!
//! An entry says which key signed the plugin, so it is made only for a plugin that verifies with that key, unless the
//! caller insists. Nothing in it is invented: a field comes from the manifest or from the caller, or it is left out and
//! named as missing.

mod against;
pub mod card;
mod check;
mod error;
pub mod file;
mod prefill;
mod problem;
mod rules;
pub mod schema;
mod text;

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

pub use against::Against;
pub use card::Card;
pub use check::{check, check_item};
pub use error::{Error, Notice};
pub use file::{Checked, check_file};
pub use prefill::Suggestion;
pub use problem::{Problem, Rule, Weight};
pub(crate) use rules::host::is_host_name;

use prefill::Suggestions;

use crate::digest::Digest;
use crate::index::Index;
use crate::json_text;
use crate::key::{KeyId, PublicKey};
use crate::manifest::{Manifest, PluginId};
use crate::source::Folder;
use crate::task::Task;
use crate::trusted::TrustedKeys;
use crate::verdict::{self, Finding, Status};

/// A marketplace entry; its JSON has the documented fields in the documented order, without those that are missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The plugin's id.
    pub id: PluginId,
    /// Its name.
    pub name: String,
    /// Always `plugin`; what the plugin is for has no place in the documented entry.
    #[serde(rename = "type")]
    pub item_type: &'static str,
    /// What it does, without the white space around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Its version, as Python's `str()` writes the manifest's value.
    pub version: String,
    /// Its tags, in the manifest's order.
    pub tags: Vec<String>,
    /// Where to read more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The command that installs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub install: Option<String>,
    /// The key that signed it.
    pub signing_key_id: KeyId,
}

impl Entry {
    /// Writes the entry as it is printed, copied and saved: two spaces of indentation, everything but ASCII escaped, no
    /// final newline.
    pub fn to_json(&self) -> String {
        // Texts and lists of texts only: there is nothing in it that JSON cannot say.
        json_text::ascii(&serde_json::to_string_pretty(self).unwrap_or_default())
    }
}

/// Where a field of an entry comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Source {
    /// The same for every plugin.
    Fixed,
    /// This key of the manifest.
    Manifest(&'static str),
    /// The caller.
    Caller,
    /// This key of `pyproject.toml`.
    Project(String),
    /// The module that `go.mod` names.
    GoModule,
    /// The address of the Git repository's remote.
    GitRemote,
    /// What the index has for this plugin.
    Index,
}

/// What the caller adds to the manifest.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where to read more; otherwise the manifest's `url`, `homepage` or `repository`, in this order.
    pub url: Option<String>,
    /// The command that installs the plugin. No manifest has it.
    pub install: Option<String>,
    /// Take a suggestion for what neither the caller nor the manifest says, and note that.
    pub prefill: bool,
    /// Make the entry also for a plugin that does not verify.
    pub allow_unsigned: bool,
    /// The index that the entry is for: what it has for the plugin wins over a suggestion, and that is noted.
    pub index: Option<Arc<Index>>,
}

/// An entry, and what there is to say about it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Prepared {
    /// The entry.
    pub entry: Entry,
    /// Where each field that it has comes from, in the entry's order.
    pub sources: Vec<(&'static str, Source)>,
    /// What the author should know: missing fields, ignored values, a signature that does not verify.
    pub notices: Vec<Notice>,
    /// Whether `plugin.sig` verifies with the key.
    pub verified: bool,
    /// The digest of the plugin that was read for it, where it has one.
    pub digest: Option<Digest>,
    /// The rules that the entry breaks, as [`check`] finds them; what is missing stands among the notices.
    pub problems: Vec<Problem>,
    /// The marketplace page's card of it.
    pub card: Card,
    /// What the files around the plugin suggest for `url` and `install`, the best first for each, whether taken or not.
    pub suggestions: Vec<Suggestion>,
}

/// Prepares the entry of the plugin in `dir`, signed by `key` under the name `key_id`.
///
/// Without a key nothing verifies; such an entry needs [`Options::allow_unsigned`].
///
/// # Errors
/// See [`Error`].
pub fn prepare(
    dir: &Path,
    key_id: &KeyId,
    key: Option<&PublicKey>,
    options: &Options,
    task: &Task<'_>,
) -> Result<Prepared, Error> {
    let keys = key.map_or_else(TrustedKeys::default, |key| TrustedKeys::only(key_id, key.clone()));
    let examined = verdict::examine(&Folder(dir), Ok(&keys), task)?;
    let (strict, digest) = (examined.verdict.strict, examined.verdict.digest);
    let verified = strict.signature_status == Some(Status::Verified);
    let Some(manifest) = examined.manifest else {
        return Err(Error::NoManifest { finding: strict.finding });
    };
    let mut filled = Filled::default();
    let facts = Against::of_manifest(&manifest)?;
    let mut suggestions = Suggestions::around(dir, &facts.version);
    let entry = fill(&manifest, key_id, options, &suggestions, &mut filled)?;
    // Why nothing is suggested matters where something is missing.
    if options.prefill && (entry.url.is_none() || entry.install.is_none()) {
        filled.notices.append(&mut suggestions.notices);
    }
    if !verified {
        let unverified = Unverified { key_id: key_id.clone(), finding: strict.finding };
        if !options.allow_unsigned {
            return Err(Error::Unverified(unverified));
        }
        filled.notices.insert(0, Notice::Unverified(unverified));
    }
    let value = serde_json::to_value(&entry).unwrap_or_default();
    let mut problems = check(&value, Some(&facts));
    problems.retain(|problem| problem.rule != Rule::FieldMissing);
    let (python, go) = (has(dir, "plugin.py"), has(dir, "go/main.go"));
    let card = Card::of(&entry).with_plugin(&manifest, python, go);
    let (sources, notices, suggestions) = (filled.sources, filled.notices, suggestions.all);
    Ok(Prepared { entry, sources, notices, verified, digest, problems, card, suggestions })
}

/// Tells whether there is such a file, as AiSOC's index script asks.
fn has(dir: &Path, name: &str) -> bool {
    crate::regular::exists(&dir.join(name)).unwrap_or(false)
}

/// Finds what an entry will lack that can only come from the manifest, while there is still time to add it.
pub(crate) fn foresee(manifest: &Manifest) -> (Vec<Notice>, Vec<Error>) {
    let mut notices = Vec::new();
    let mut errors = Vec::new();
    for field in ["description", "author"] {
        match text::optional(manifest, field) {
            Ok(Some(_)) => {}
            Ok(None) => notices.push(Notice::Missing { field }),
            Err(error) => errors.push(error),
        }
    }
    match text::tags(manifest, &mut notices) {
        Ok(Some(_)) => {}
        Ok(None) => notices.push(Notice::Missing { field: "tags" }),
        Err(error) => errors.push(error),
    }
    (notices, errors)
}

/// A plugin's signature does not verify with the entry's key.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Unverified {
    /// The entry's key.
    pub key_id: KeyId,
    /// What a loader finds that trusts this key alone.
    pub finding: Option<Arc<Finding>>,
}

#[derive(Default)]
struct Filled {
    sources: Vec<(&'static str, Source)>,
    notices: Vec<Notice>,
}

impl Filled {
    /// Notes where a field comes from, or that it is missing.
    fn note<T>(&mut self, field: &'static str, value: Option<(T, Source)>) -> Option<T> {
        match value {
            Some((value, source)) => {
                self.sources.push((field, source));
                Some(value)
            }
            None => {
                self.notices.push(Notice::Missing { field });
                None
            }
        }
    }
}

fn fill(
    manifest: &Manifest,
    key_id: &KeyId,
    options: &Options,
    suggestions: &Suggestions,
    filled: &mut Filled,
) -> Result<Entry, Error> {
    let facts = manifest.check_for_signing()?;
    let version = text::plain(manifest, "version")?;
    let suggested = |field, notices: &mut Vec<Notice>| {
        let best = suggestions.best(field).filter(|_| options.prefill);
        if let Some(value) = listed(options, facts.id.as_str(), field)
            // One that does not do any more, such as a command that pins the last version, is worth less than a guess.
            && (best.is_none() || prefill::keeps_rules(field, &value, Some(&version)))
        {
            notices.push(Notice::Listed { field, value: value.clone() });
            return Some((value, Source::Index));
        }
        let best = best?;
        notices.push(Notice::Suggested(best.clone()));
        Some((best.value.clone(), best.source.clone()))
    };
    filled.sources.push(("id", Source::Manifest("id")));
    let name = text::plain(manifest, "name")?;
    filled.sources.push(("name", Source::Manifest("name")));
    filled.sources.push(("type", Source::Fixed));
    let description =
        filled.note("description", from_manifest("description", text::optional(manifest, "description")?));
    let author = filled.note("author", from_manifest("author", text::optional(manifest, "author")?));
    filled.sources.push(("version", Source::Manifest("version")));
    let tags = text::tags(manifest, &mut filled.notices)?;
    let tags = filled.note("tags", from_manifest("tags", tags)).unwrap_or_default();
    let url = url(manifest, options, &mut filled.notices)?.or_else(|| suggested("url", &mut filled.notices));
    let url = filled.note("url", url);
    let install = options.install.as_deref().map(text::command).transpose()?;
    let install = install.map(|install| (install, Source::Caller));
    let install = install.or_else(|| suggested("install", &mut filled.notices));
    let install = filled.note("install", install);
    filled.sources.push(("signing_key_id", Source::Caller));
    Ok(Entry {
        id: facts.id,
        name,
        item_type: "plugin",
        description,
        author,
        version,
        tags,
        url,
        install,
        signing_key_id: key_id.clone(),
    })
}

/// Returns what the index has for a field of this plugin, where an entry can have it.
fn listed(options: &Options, id: &str, field: &str) -> Option<String> {
    let item: serde_json::Value = serde_json::from_str(options.index.as_ref()?.find(id)?.text).ok()?;
    let text = item.get(field)?.as_str()?;
    match field {
        "url" => text::web_address(text),
        _ => text::command(text).ok(),
    }
}

fn from_manifest<T>(key: &'static str, value: Option<T>) -> Option<(T, Source)> {
    value.map(|value| (value, Source::Manifest(key)))
}

fn url(manifest: &Manifest, options: &Options, notices: &mut Vec<Notice>) -> Result<Option<(String, Source)>, Error> {
    if let Some(url) = &options.url {
        return match text::web_address(url) {
            Some(url) => Ok(Some((url, Source::Caller))),
            None => Err(Error::UrlInvalid { url: url.clone() }),
        };
    }
    for key in ["url", "homepage", "repository"] {
        let Some(url) = text::optional(manifest, key)? else {
            continue;
        };
        match text::web_address(&url) {
            Some(url) => return Ok(Some((url, Source::Manifest(key)))),
            None => notices.push(Notice::UrlIgnored { key, url }),
        }
    }
    Ok(None)
}
