//! `key hand-over`: what an operator needs to trust a key.

use std::path::Path;

use aisoc_publisher_core::Explain as _;
use aisoc_publisher_core::handover;
use aisoc_publisher_core::key::KeyId;
use aisoc_publisher_core::publisher::Publisher;
use serde_json::{Value, json};

use super::{facts, row};
use crate::args::key::HandOver;
use crate::failure::{CannotTell, Failure};
use crate::output::{self, Note, Report};
use crate::progress;

pub(super) fn run(publisher: &Publisher<'_>, args: &HandOver, json: bool) -> Result<Report, Failure> {
    let id = &args.key.id;
    let saved = publisher.hand_over(id, &args.to)?;
    let record = publisher.record(id)?;
    let mut lines = vec![
        format!("Saved what an operator needs to trust `{id}`."),
        row("public key", saved.pem.display()),
        row("instructions", saved.instructions.display()),
        row("fingerprint", record.fingerprint),
    ];
    let mut report = Report::default();
    let rehearsal = match &args.plugin_dir {
        Some(plugin) => rehearse(id, plugin, &args.to, json, &mut lines, &mut report)?,
        None => {
            lines.push(row("rehearsal", "none; `--plugin-dir PLUGIN` judges a signed plugin with exactly this folder"));
            Value::Null
        }
    };
    lines.push("Give the folder to the operators, and read them the fingerprint over another channel.".to_owned());
    report.lines = lines;
    report.json = facts(publisher, &record);
    report.json.insert("public_key_file".to_owned(), json!(saved.pem.to_string_lossy()));
    report.json.insert("instructions_file".to_owned(), json!(saved.instructions.to_string_lossy()));
    report.json.insert("rehearsal".to_owned(), rehearsal);
    Ok(report)
}

/// Judges a plugin as a loader does that trusts this folder, read from the disk, and nothing else.
fn rehearse(
    id: &KeyId,
    plugin: &Path,
    folder: &Path,
    json: bool,
    lines: &mut Vec<String>,
    report: &mut Report,
) -> Result<Value, Failure> {
    let rehearsal = progress::watch(json, |task| handover::rehearse(folder, id, plugin, task))?;
    let strict = &rehearsal.verdict.strict;
    let Some(loads) = strict.goes_on() else {
        return Err(CannotTell::of(strict).into());
    };
    report.refused = !loads;
    report.notes = rehearsal.warnings.iter().map(|warning| Note::of(warning)).collect();
    let by = strict.key_id.as_deref().unwrap_or_default();
    lines.push(match &strict.finding {
        Some(finding) if !loads => row("rehearsal", format_args!("refused in strict mode: {finding}")),
        _ => row("rehearsal", format_args!("`{}` is accepted in strict mode, verified by `{by}`", plugin.display())),
    });
    if !loads && let Some(hint) = strict.finding.as_ref().and_then(|finding| finding.hint()) {
        lines.push(row("hint", hint));
    }
    Ok(json!({
        "loads": loads,
        "signature_status": strict.signature_status,
        "key_id": strict.key_id,
        "reason": strict.reason,
        "finding": strict.finding.as_deref().map_or(Value::Null, |finding| output::explained_json(finding)),
    }))
}
