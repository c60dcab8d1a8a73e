//! `key list` and `key show`: what is remembered of keys, and whether they are where they should be.

use aisoc_publisher_core::key::KeyId;
use aisoc_publisher_core::publisher::{KeyStatus, Publisher, PublisherError, Standing, WayOut};
use aisoc_publisher_core::records::{Done, Kept, Record};
use serde_json::{Map, Value, json};

use super::rotate;
use super::{backup_command, day, facts, origin, place, plugin_line, plugins_json, row, unreadable};
use crate::commands::object;
use crate::failure::Failure;
use crate::output::Report;

pub(super) fn list(publisher: &Publisher<'_>) -> Result<Report, Failure> {
    let keys = publisher.list()?;
    let lines = if keys.is_empty() {
        vec![
            "There is no key with an id on this machine yet.".to_owned(),
            "Make one with: aisoc-publisher key create ID".to_owned(),
            "Keep one that you have with: aisoc-publisher key import ID --private-key FILE".to_owned(),
        ]
    } else {
        keys.iter().flat_map(|key| short_lines(publisher, key)).collect()
    };
    let objects: Vec<_> = keys.iter().map(|key| Value::Object(status_json(publisher, key))).collect();
    Ok(Report { lines, json: object! { "keys": objects }, ..Report::default() })
}

pub(super) fn show(publisher: &Publisher<'_>, id: &KeyId) -> Result<Report, Failure> {
    let status = publisher.show(id)?;
    let record = &status.record;
    let mut lines = vec![id.to_string(), row("fingerprint", record.fingerprint)];
    lines.push(row("created", format_args!("{}, {}", record.created, origin(record.origin))));
    lines.push(row(if record.deleted.is_some() { "was kept" } else { "kept" }, place(publisher, record)));
    lines.push(row("found", standing_words(&status.standing)));
    let done = |done: &Option<Done>, never: String| {
        done.as_ref().map_or(never, |done| format!("{}, to `{}`", done.at, done.place))
    };
    lines.push(row("backed up", done(&record.backed_up, format!("never: aisoc-publisher {}", backup_command(id)))));
    lines.push(row(
        "handed over",
        done(&record.handed_over, format!("not from here: aisoc-publisher key hand-over {id} --to FOLDER")),
    ));
    lines.push(row("last used", record.last_used.map_or_else(|| "never".to_owned(), |at| at.to_string())));
    lines.extend(record.succeeds.as_ref().map(|old| row("succeeds", old)));
    lines.extend(record.succeeded_by.as_ref().map(|new| row("succeeded by", new)));
    if let Some(revoked) = record.revoked {
        lines.push(row("revoked", format_args!("{}, because {}", revoked.at, revoked.reason)));
        lines.push(row("notice", format_args!("for the operators: aisoc-publisher key revoke {id}")));
    }
    lines.extend(record.deleted.map(|at| row("deleted", at)));
    let signed = publisher.signed_by(&record.fingerprint)?;
    lines.extend(signed.plugins.iter().map(|plugin| row("signed", plugin_line(plugin))));
    lines.extend(ways_out(&status));
    let mut json = status_json(publisher, &status);
    json.insert("signed".to_owned(), plugins_json(&signed.plugins));
    match publisher.overlap(id) {
        Ok(overlap) => {
            lines.push(String::new());
            lines.extend(rotate::guide(&overlap));
            json.insert("overlap".to_owned(), rotate::overlap_json(&overlap));
        }
        // It is not being rotated, or the other key was forgotten.
        Err(PublisherError::NoSuccessor { .. } | PublisherError::NoRecord { .. }) => {
            json.insert("overlap".to_owned(), Value::Null);
        }
        Err(other) => return Err(other.into()),
    }
    Ok(Report { lines, json, notes: unreadable(signed.unreadable).into_iter().collect(), ..Report::default() })
}

fn short_lines(publisher: &Publisher<'_>, status: &KeyStatus) -> Vec<String> {
    let record = &status.record;
    let mut words = vec![match (record.deleted, record.kept) {
        (Some(at), _) => format!("deleted {}", day(at)),
        (None, Kept::Keyring) => "in this system's keyring".to_owned(),
        (None, Kept::File) => "in a file of this program's".to_owned(),
        _ => place(publisher, record),
    }];
    words.push(match &record.backed_up {
        Some(done) => format!("backed up {}", day(done.at)),
        None => "no backup".to_owned(),
    });
    words.push(record.last_used.map_or_else(|| "never used".to_owned(), |at| format!("last used {}", day(at))));
    words.extend(record.succeeded_by.as_ref().map(|new| format!("`{new}` takes over")));
    words.extend(record.revoked.map(|revoked| format!("revoked {}", day(revoked.at))));
    let mut lines = vec![
        record.key_id.to_string(),
        format!("  {}", row("fingerprint", record.fingerprint)),
        format!("  {}", words.join("; ")),
    ];
    if !matches!(status.standing, Standing::Present { .. }) {
        lines.push(format!("  {}", row("found", standing_words(&status.standing))));
        lines.extend(ways_out(status).into_iter().map(|line| format!("  {line}")));
    }
    lines
}

/// Says whether a key is where its record says.
fn standing_words(standing: &Standing) -> String {
    match standing {
        Standing::Present { compared: true } => "it is there, and it is this key".to_owned(),
        Standing::Present { compared: false } => "it is there; whether it is this key shows when it is used".to_owned(),
        Standing::Missing => "it is not there: it was removed by hand, or this is another session's keyring".to_owned(),
        Standing::OtherKey { there } => format!("another key is there, {}", there.short()),
        Standing::Foreign { found } => format!("something else is there: {found}"),
        Standing::Unknown { reason, .. } => format!("not known: {reason}"),
        Standing::Deleted => "it was deleted here; its public half is remembered".to_owned(),
        _ => "not known to this version".to_owned(),
    }
}

/// What can be done about a key that is not where it should be, a line each.
fn ways_out(status: &KeyStatus) -> Vec<String> {
    let id = &status.record.key_id;
    let way = |way: &WayOut| {
        let command = match way {
            WayOut::Restore => {
                format!("restore it from a backup: aisoc-publisher key restore FILE{}", known(&status.record))
            }
            WayOut::AskAgain => match &status.standing {
                Standing::Unknown { hint: Some(hint), .. } => hint.clone(),
                _ => "ask again later".to_owned(),
            },
            WayOut::LookYourself => match status.record.kept {
                Kept::Keyring => format!("look at the item `{id}` of `aisoc-publisher` in the keyring's own window"),
                _ => "look at the file: another program put it there".to_owned(),
            },
            WayOut::Revoke => format!("if somebody else may have it: aisoc-publisher key revoke {id} --reason stolen"),
            WayOut::Forget => format!("forget it: aisoc-publisher key delete {id} --forget"),
            _ => return None,
        };
        Some(row("way out", command))
    };
    status.standing.ways_out().iter().filter_map(way).collect()
}

fn known(record: &Record) -> String {
    record.backed_up.as_ref().map_or_else(String::new, |done| format!("; it was backed up to `{}`", done.place))
}

fn status_json(publisher: &Publisher<'_>, status: &KeyStatus) -> Map<String, Value> {
    let mut json = facts(publisher, &status.record);
    json.insert("standing".to_owned(), standing_json(&status.standing));
    let ways: Vec<_> = status.standing.ways_out().iter().map(way_name).collect();
    json.insert("ways_out".to_owned(), json!(ways));
    json
}

fn standing_json(standing: &Standing) -> Value {
    match standing {
        Standing::Present { compared } => json!({ "state": "present", "compared": compared }),
        Standing::Missing => json!({ "state": "missing" }),
        Standing::OtherKey { there } => json!({ "state": "other-key", "fingerprint": there.to_string() }),
        Standing::Foreign { found } => json!({ "state": "foreign", "found": found }),
        Standing::Unknown { code, reason, hint } => {
            json!({ "state": "unknown", "code": code, "message": reason, "hint": hint })
        }
        Standing::Deleted => json!({ "state": "deleted" }),
        _ => json!({ "state": "unknown", "code": null, "message": null, "hint": null }),
    }
}

fn way_name(way: &WayOut) -> &'static str {
    match way {
        WayOut::Restore => "restore",
        WayOut::Forget => "forget",
        WayOut::AskAgain => "ask-again",
        WayOut::LookYourself => "look-yourself",
        WayOut::Revoke => "revoke",
        _ => "unknown",
    }
}
