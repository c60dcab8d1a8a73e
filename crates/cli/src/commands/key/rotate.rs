//! `key rotate`: a new key beside the old one, and the time in which operators trust both.

use aisoc_publisher_core::publisher::{NextStep, Overlap, Publisher, PublisherError};
use aisoc_publisher_core::records::Kept;
use serde_json::{Value, json};

use super::{
    backup_command, expect_place, facts, file_passphrase, keep_in, place, plugins_json, quoted, risks, row, unreadable,
};
use crate::args::Keeping;
use crate::args::key::Rotate;
use crate::failure::{Advised, Failure};
use crate::output::Report;
use crate::{key_source, secret_source};

pub(super) fn run(publisher: &Publisher<'_>, args: &Rotate) -> Result<Report, Failure> {
    if args.status {
        let overlap = publisher.overlap(&args.id).map_err(|error| match error {
            PublisherError::NoSuccessor { .. } => {
                let hint = format!("`aisoc-publisher key rotate {}` makes the key that takes over", args.id);
                Advised::new(error, hint).into()
            }
            other => Failure::from(other),
        })?;
        return Ok(report(Vec::new(), &overlap));
    }
    let old = publisher.record(&args.id)?;
    if let Some(by) = old.succeeded_by {
        let hint = format!(
            "`aisoc-publisher key rotate {} --status` says what comes next; to rotate again, rotate `{by}`",
            args.id
        );
        return Err(Advised::new(PublisherError::Succeeded { id: args.id.clone(), by }, hint).into());
    }
    let id = match &args.new_id {
        Some(id) => id.clone(),
        None => publisher.suggest_successor(&args.id)?,
    };
    let own = key_source::own_passphrase(&id, args.passphrase.as_deref());
    secret_source::expect_one_pipe(&[&own, &args.first.passphrase(&id)])?;
    // Whoever keeps one key in a file has most likely nowhere else for the next.
    let keeping = args.keeping.unwrap_or(if old.kept == Kept::File { Keeping::File } else { Keeping::Keyring });
    expect_place(publisher, keeping, &own, &format!("key rotate {}", args.id))?;
    let own = file_passphrase(keeping, &own)?;
    let new = args.first.prepare(&id)?;
    let record = publisher.rotate(&args.id, Some(&id), keep_in(&own))?;
    let done = args.first.make(publisher, &record, &own, &new)?;
    let lines = vec![
        format!("Made the key `{id}`, which takes over from `{}`.", args.id),
        row("fingerprint", record.fingerprint),
        row("private half", place(publisher, &record)),
        String::new(),
    ];
    let overlap = publisher.overlap(&id)?;
    let mut report = report(lines, &overlap);
    let mut json = facts(publisher, &overlap.new);
    json.append(&mut report.json);
    report.json = json;
    report.notes.extend(done.iter().flat_map(risks));
    Ok(report)
}

fn report(mut lines: Vec<String>, overlap: &Overlap) -> Report {
    lines.extend(guide(overlap));
    Report {
        lines,
        json: [("overlap".to_owned(), overlap_json(overlap))].into_iter().collect(),
        notes: unreadable(overlap.unreadable).into_iter().collect(),
        ..Report::default()
    }
}

/// Says what is done of a rotation and what comes next.
pub(super) fn guide(overlap: &Overlap) -> Vec<String> {
    let (old, new) = (&overlap.old.key_id, &overlap.new.key_id);
    let upcoming = overlap.next();
    let step = |done: bool, now: bool, words: String| {
        let mark = match (done, now) {
            (true, _) => "done",
            (false, true) => "now ",
            (false, false) => "then",
        };
        format!("  {mark}  {words}")
    };
    let mut lines = vec![format!("From `{old}` to `{new}`:")];
    lines.push(match &overlap.new.backed_up {
        Some(backup) => step(true, false, format!("back up `{new}`: `{}`", backup.place)),
        None => step(false, true, format!("back up `{new}`: aisoc-publisher {}", backup_command(new))),
    });
    lines.push(match &overlap.new.handed_over {
        Some(done) => step(true, false, format!("hand `{new}.pem` to the operators, beside `{old}.pem`: `{}`", done.place)),
        None => step(
            false,
            upcoming == NextStep::HandOver,
            format!("hand `{new}.pem` to the operators, beside `{old}.pem`, which stays: aisoc-publisher key hand-over {new} --to FOLDER"),
        ),
    });
    for plugin in &overlap.signed_again {
        lines.push(step(true, false, format!("sign {} again", plugin.id.as_str())));
    }
    for plugin in &overlap.to_sign_again {
        let words = format!(
            "sign {} again: aisoc-publisher sign --key-id {new} --plugin-dir {}",
            plugin.id.as_str(),
            quoted(&plugin.folder)
        );
        lines.push(step(false, upcoming == NextStep::SignAgain, words));
    }
    let gone = overlap.old.deleted.is_some() || overlap.old.revoked.is_some();
    lines.push(step(
        gone,
        upcoming == NextStep::OldMayGo,
        match gone {
            true => format!("`{old}` is no longer used; have `{old}.pem` removed by every operator"),
            false => format!(
                "once every operator runs what `{new}` signed, have `{old}.pem` removed: aisoc-publisher key delete {old}"
            ),
        },
    ));
    lines
}

pub(super) fn overlap_json(overlap: &Overlap) -> Value {
    json!({
        "old": overlap.old.key_id.as_str(),
        "new": overlap.new.key_id.as_str(),
        "next": match overlap.next() {
            NextStep::HandOver => "hand-over",
            NextStep::SignAgain => "sign-again",
            NextStep::OldMayGo => "old-may-go",
            _ => "nothing",
        },
        "to_sign_again": plugins_json(&overlap.to_sign_again),
        "signed_again": plugins_json(&overlap.signed_again),
    })
}
