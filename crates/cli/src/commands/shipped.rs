//! `verify --artifact` and `verify --committed`: says what an operator's loader does with what is really shipped.

use std::path::Path;

use aisoc_publisher_core::artifact::Artifact;
use aisoc_publisher_core::records::Record;
use aisoc_publisher_core::shipping::{self, Carrier, Finding};
use aisoc_publisher_core::state;
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::tree::Tree;
use aisoc_publisher_core::trusted::{TrustedKeys, TrustedKeysError};
use aisoc_publisher_core::{causes, committed, rehearsal};
use serde_json::{Map, Value, json};

use super::answer::{self, Answer};
use super::{object, verify};
use crate::args;
use crate::failure::Failure;
use crate::key_source;
use crate::output::{self, Note, Report};
use crate::progress;

/// Judges the plugin in an archive.
pub(crate) fn artifact(file: &Path, args: &args::Verify, json: bool) -> Result<Report, Failure> {
    let keys = trusted_keys(args.trusted_keys.as_deref())?;
    let dir = args.plugin();
    progress::watch(json, |task| {
        let artifact = Artifact::read(file, task)?;
        let folder = match &args.inside {
            Some(folder) => folder.trim_matches('/').to_owned(),
            None => artifact.find_plugin()?,
        };
        let plugin = artifact.plugin_in(&folder)?;
        let mut findings = shipping::look_at_wheel(&artifact, &folder);
        if let Some(dir) = dir {
            findings.extend(shipping::compare(dir, &plugin, Carrier::Archive(artifact.kind()), task)?);
        }
        shipping::add_cures(&mut findings, &artifact, &folder, dir);
        let shown = if folder.is_empty() { "the root of".to_owned() } else { format!("`{folder}` in") };
        let about = object! { "artifact": file.to_string_lossy(), "kind": artifact.kind(), "folder": folder };
        let line = format!("folder  {} the {} {}", shown, artifact.kind().name(), file.display());
        Shipped { plugin, findings, about, line }.report(keys, args, json, task)
    })
}

/// Judges what is committed of a plugin's folder.
pub(crate) fn committed(dir: &Path, args: &args::Verify, json: bool) -> Result<Report, Failure> {
    let keys = trusted_keys(args.trusted_keys.as_deref())?;
    progress::watch(json, |task| {
        let committed = committed::read(dir, task)?;
        let mut findings = shipping::compare(dir, &committed.plugin, Carrier::Commit, task)?;
        findings.extend(committed.look_at_git(&findings));
        let about = object! {
            "commit": committed.commit, "folder": committed.folder, "repository": committed.repository.to_string_lossy(),
        };
        let line = format!("commit  {}", committed.commit);
        Shipped { plugin: committed.plugin, findings, about, line }.report(keys, args, json, task)
    })
}

/// Reads the keys that the operator trusts: those of a folder, or without one those of this machine.
pub(super) fn trusted_keys(folder: Option<&Path>) -> Result<Keys, Failure> {
    let Some(folder) = folder else {
        let (_, records) = key_source::keyring()?;
        let records = records.all()?;
        let own = OwnKeys::of(&records);
        return Ok(Keys { read: Ok(state::trusted(&records)), own: Some(own) });
    };
    // A folder that cannot be read refuses every plugin, so that is a verdict and no failure.
    Ok(Keys { read: TrustedKeys::read(folder), own: None })
}

/// The keys that a loader trusts.
pub(super) struct Keys {
    pub(super) read: Result<TrustedKeys, TrustedKeysError>,
    /// Whose they are, where they are this machine's.
    pub(super) own: Option<OwnKeys>,
}

/// The ids of this machine's keys.
pub(super) struct OwnKeys {
    trusted: Vec<String>,
    /// Of those the ones of which only the public half is here.
    deleted: Vec<String>,
    pub(super) revoked: Vec<String>,
}

impl OwnKeys {
    fn of(records: &[Record]) -> Self {
        let (revoked, trusted): (Vec<_>, Vec<_>) =
            records.iter().partition(|record| state::is_revoked(record, records));
        let ids = |records: &[&Record]| records.iter().map(|record| record.key_id.to_string()).collect();
        let deleted: Vec<_> = trusted.iter().copied().filter(|record| record.deleted.is_some()).collect();
        Self { deleted: ids(&deleted), trusted: ids(&trusted), revoked: ids(&revoked) }
    }

    pub(super) fn line(&self) -> String {
        let named = |id: &String| match self.deleted.contains(id) {
            true => format!("`{id}` (deleted here)"),
            false => format!("`{id}`"),
        };
        let trusted: Vec<_> = self.trusted.iter().map(named).collect();
        let mut line = match trusted.as_slice() {
            [] => "keys    none: no key was made on this machine".to_owned(),
            _ => format!("keys    those made on this machine: {}", trusted.join(", ")),
        };
        if !self.revoked.is_empty() {
            let revoked: Vec<_> = self.revoked.iter().map(|id| format!("`{id}`")).collect();
            if trusted.is_empty() {
                line = "keys    none of this machine's".to_owned();
            }
            line += &format!("; without {}, revoked", revoked.join(", "));
        }
        line
    }
}

/// A plugin as it is shipped, and what there is to say about it.
struct Shipped {
    plugin: Tree,
    findings: Vec<Finding>,
    about: Map<String, Value>,
    line: String,
}

impl Shipped {
    fn report(self, keys: Keys, args: &args::Verify, in_json: bool, task: &Task<'_>) -> Result<Report, Failure> {
        let Keys { read, own } = keys;
        let rehearse = |keys: Result<&TrustedKeys, _>| rehearsal::rehearse_tree(&self.plugin, keys, task);
        let (rehearsal, keys) = match read {
            Ok(keys) => (rehearse(Ok(&keys))?, keys),
            Err(error) => (rehearse(Err(error))?, TrustedKeys::default()),
        };
        let memory = answer::memory(&rehearsal);
        let causes = causes::of_tree(&self.plugin, args.plugin(), &rehearsal, &keys, &memory, task)?;
        let answer = Answer::new(&rehearsal, &causes, args.trust_mode)?;
        let mut about = vec![self.line];
        about.extend(own.as_ref().map(OwnKeys::line));
        // Signing again is the folder's cure; what is shipped has its own ones.
        let cured = self.findings.iter().any(Finding::breaks_signature);
        let lines = answer.lines(about, cured);
        let mut json = answer.json();
        json.extend(self.about);
        json.insert("keys_of_this_machine".to_owned(), json!(own.is_some()));
        json.insert("revoked_keys".to_owned(), json!(own.map(|own| own.revoked)));
        json.insert("findings".to_owned(), self.findings.iter().map(finding_json).collect());
        let mut notes = match &args.trusted_keys {
            Some(folder) => verify::notes_on_keys(&keys, folder, &rehearsal.verdict, args),
            None => Vec::new(),
        };
        notes.extend(memory.unreadable.iter().map(|error| Note::of(error.as_ref())));
        // For programs they stand in a list of their own, with their paths.
        notes.extend(self.findings.iter().filter(|_| !in_json).map(|finding| Note::of(finding)));
        Ok(Report { lines, json, notes, refused: !answer.loads, ..Report::default() })
    }
}

fn finding_json(finding: &Finding) -> Value {
    let mut object = output::explained_json(finding);
    object["paths"] = json!(finding.paths);
    object
}
