//! `verify --artifact` and `verify --committed`: says what an operator's loader does with what is really shipped.

use std::path::Path;

use aisoc_publisher_core::Explain as _;
use aisoc_publisher_core::artifact::Artifact;
use aisoc_publisher_core::committed;
use aisoc_publisher_core::shipping::{self, Carrier, Finding};
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::tree::Tree;
use aisoc_publisher_core::trusted::{TrustedKeys, TrustedKeysError};
use aisoc_publisher_core::verdict::{self, ModeVerdict, TrustMode, Verdict};
use serde_json::{Map, Value, json};

use super::{object, verify};
use crate::args;
use crate::failure::{CannotTell, Failure};
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
fn trusted_keys(folder: Option<&Path>) -> Result<Result<TrustedKeys, TrustedKeysError>, Failure> {
    let Some(folder) = folder else {
        let (_, records) = key_source::keyring()?;
        let records = records.all()?;
        return Ok(Ok(TrustedKeys::of(records.iter().map(|record| (&record.key_id, &record.spki)))));
    };
    // A folder that cannot be read refuses every plugin, so that is a verdict and no failure.
    Ok(TrustedKeys::read(folder))
}

/// A plugin as it is shipped, and what there is to say about it.
struct Shipped {
    plugin: Tree,
    findings: Vec<Finding>,
    about: Map<String, Value>,
    line: String,
}

impl Shipped {
    fn report(
        self,
        keys: Result<TrustedKeys, TrustedKeysError>,
        args: &args::Verify,
        in_json: bool,
        task: &Task<'_>,
    ) -> Result<Report, Failure> {
        let judge = |keys: Result<&TrustedKeys, TrustedKeysError>| verdict::judge_tree(&self.plugin, keys, task);
        let (verdict, keys) = match keys {
            Ok(keys) => (judge(Ok(&keys))?, Some(keys)),
            Err(error) => (judge(Err(error))?, None),
        };
        let mode = args.trust_mode;
        let answer = verdict.mode(mode);
        let Some(loads) = answer.goes_on() else {
            return Err(CannotTell::of(answer).into());
        };
        let mut lines = vec![headline(answer, mode), self.line];
        if args.trusted_keys.is_none() {
            lines.push("keys    those made on this machine".to_owned());
        }
        if let Some(finding) = answer.finding.as_deref() {
            lines.push(format!("why     {finding}"));
            // Signing again is the folder's cure; what is shipped has its own ones.
            let own = self.findings.iter().any(shipping::Finding::breaks_signature);
            lines.extend(finding.hint().filter(|_| !own).map(|hint| format!("hint    {hint}")));
        }
        lines.extend(verdict.digest.map(|digest| format!("digest  {digest}")));
        let others = TrustMode::ALL.into_iter().filter(|other| *other != mode);
        lines.extend(others.map(|other| format!("in {other} mode: {}", in_words(verdict.mode(other)))));
        let mut json = object! {
            "loads": loads,
            "signature_status": answer.signature_status,
            "key_id": answer.key_id,
            "reason": answer.reason,
            "trust_mode": mode.as_str(),
            "digest": verdict.digest.map(|digest| digest.to_string()),
            "finding": answer.finding.as_deref().map_or(Value::Null, |finding| output::explained_json(finding)),
        };
        json.extend(self.about);
        json.insert("keys_of_this_machine".to_owned(), json!(args.trusted_keys.is_none()));
        json.insert("modes".to_owned(), modes(&verdict));
        json.insert("findings".to_owned(), self.findings.iter().map(finding_json).collect());
        let mut notes = match (&keys, &args.trusted_keys) {
            (Some(keys), Some(folder)) => verify::notes_on_keys(keys, folder, &verdict, args),
            _ => Vec::new(),
        };
        // For programs they stand in a list of their own, with their paths.
        notes.extend(self.findings.iter().filter(|_| !in_json).map(|finding| Note::of(finding)));
        Ok(Report { lines, json, notes, refused: !loads, ..Report::default() })
    }
}

fn headline(answer: &ModeVerdict, mode: TrustMode) -> String {
    let status = answer.signature_status.map_or("", |status| status.as_str());
    match (&answer.key_id, answer.goes_on()) {
        (Some(id), Some(true)) => format!("Loads in {mode} mode: {status}, by the trusted key `{id}`"),
        (None, Some(true)) => format!("Loads in {mode} mode: {status}"),
        _ => format!("Refused in {mode} mode"),
    }
}

fn in_words(answer: &ModeVerdict) -> String {
    match (answer.goes_on(), answer.signature_status) {
        (Some(true), Some(status)) => format!("loads, {}", status.as_str()),
        (Some(_), _) => "refused".to_owned(),
        (None, _) => "cannot be told".to_owned(),
    }
}

fn modes(verdict: &Verdict) -> Value {
    let one = |mode: TrustMode| {
        let answer = verdict.mode(mode);
        let value = json!({
            "loads": answer.goes_on(),
            "signature_status": answer.signature_status,
            "key_id": answer.key_id,
            "reason": answer.reason,
        });
        (mode.as_str().to_owned(), value)
    };
    Value::Object(TrustMode::ALL.into_iter().map(one).collect())
}

fn finding_json(finding: &Finding) -> Value {
    let mut object = output::explained_json(finding);
    object["paths"] = json!(finding.paths);
    object
}
