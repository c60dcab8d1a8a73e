//! `key delete`: deletes a key, or forgets one that is gone.

use std::io::IsTerminal as _;

use aisoc_publisher_core::key::KeyId;
use aisoc_publisher_core::publisher::{Deletion, OnlyCopy, Publisher, PublisherError, Standing};

use super::{backup_command, facts, next, place, plugins_json};
use crate::args::key::Delete;
use crate::failure::{Advised, Failure};
use crate::output::{self, Report};

pub(super) fn run(publisher: &Publisher<'_>, args: &Delete) -> Result<Report, Failure> {
    let id = &args.key.id;
    if args.forget {
        return forget(publisher, id, args.confirm.as_deref());
    }
    let plan = publisher.plan_deletion(id).map_err(|error| match error {
        PublisherError::Deleted { .. } => {
            Advised::new(error, format!("`aisoc-publisher key delete {id} --forget` forgets its record too")).into()
        }
        other => Failure::from(other),
    })?;
    let kept = plan.record.kept;
    if plan.only_copy && !args.only_copy {
        let first = match plan.backup {
            None => "back it up first",
            Some(_) => "try the backup where it is now (`key backup --check FILE`), or make another",
        };
        let hint = format!(
            "{first}: `aisoc-publisher {}`; `--only-copy` deletes it all the same, and then nobody can ever sign with it again",
            backup_command(id)
        );
        return Err(Advised::new(PublisherError::OnlyCopy { id: id.clone(), kept, lost: plan.backup }, hint).into());
    }
    let typed = confirmed(id, args.confirm.as_deref(), &losses(publisher, &plan), "delete the key")?;
    let only_copy = if args.only_copy { OnlyCopy::Delete } else { OnlyCopy::Refuse };
    let record = publisher.delete(id, &typed, only_copy)?;
    let mut lines = vec![
        match plan.standing {
            Standing::Missing => {
                format!("The key `{id}` was not in {kept} any more; its record says now that it is deleted.")
            }
            _ => format!("Deleted the key `{id}` from {kept}."),
        },
        "Its public half is remembered, since operators may trust it still.".to_owned(),
        String::new(),
    ];
    lines.extend(record.backed_up.is_some().then(|| next("Bring it back:", "key restore FILE")));
    lines.push(next("Forget it, too:", format_args!("key delete {id} --forget")));
    let mut json = facts(publisher, &record);
    json.insert("signed".to_owned(), plugins_json(&plan.signed.plugins));
    Ok(Report { lines, json, ..Report::default() })
}

fn forget(publisher: &Publisher<'_>, id: &KeyId, confirm: Option<&str>) -> Result<Report, Failure> {
    let status = publisher.show(id)?;
    let mut losses = vec![
        format!("All that is remembered of the key `{id}` will be forgotten, and its public half with it:"),
        format!("  fingerprint {}", status.record.fingerprint),
    ];
    losses.extend(status.record.backed_up.as_ref().map(|done| format!("  backed up to `{}`", done.place)));
    losses.extend(status.record.revoked.map(|_| {
        "  that it was revoked: should it come back from a file or a backup, it would sign here again".to_owned()
    }));
    losses.push("Its id will be free. Operators who trust the old key under it may take a new one for it.".to_owned());
    let typed = confirmed(id, confirm, &losses, "forget it")?;
    let record = publisher.forget(id, &typed).map_err(|error| match error {
        PublisherError::NotGone { .. } => {
            Advised::new(error, format!("delete the key itself first: `aisoc-publisher key delete {id}`")).into()
        }
        other => Failure::from(other),
    })?;
    Ok(Report { lines: vec![format!("Forgot the key `{id}`.")], json: facts(publisher, &record), ..Report::default() })
}

/// Has a person type the key's id, after saying what is lost. Whether it is the id is core's to judge.
fn confirmed(id: &KeyId, confirm: Option<&str>, losses: &[String], act: &str) -> Result<String, Failure> {
    match confirm {
        Some(typed) => Ok(typed.to_owned()),
        None if std::io::stdin().is_terminal() => output::ask(losses, &format!("Type `{id}` to {act}: "))
            .map_err(|error| Failure::usage(format!("read the key's id from the terminal: {error}"), None)),
        None => Err(Failure::usage(
            format!("to {act}, its id is to be typed, and there is no terminal"),
            Some(&format!("confirm it with `--confirm {id}`")),
        )),
    }
}

/// Says what deleting the key means.
fn losses(publisher: &Publisher<'_>, plan: &Deletion) -> Vec<String> {
    let record = &plan.record;
    let mut lines =
        vec![format!("The key `{}` will be deleted for good. It is {}.", record.key_id, place(publisher, record))];
    lines.push(match &plan.backup {
        None if plan.only_copy => "It is the only copy: nobody will ever sign with it again.".to_owned(),
        None => "No backup of it is known.".to_owned(),
        Some(done) => {
            let seen = if plan.backup_in_reach { "" } else { ", where no file is now" };
            format!("Its backup was opened on {}: `{}`{seen}.", super::day(done.at), done.place)
        }
    });
    if plan.only_copy && plan.backup.is_some() {
        lines.push("So this may be the only copy: then nobody will ever sign with it again.".to_owned());
    }
    if !plan.signed.plugins.is_empty() {
        lines.push("What it signed stays valid where operators trust it. New versions need another key:".to_owned());
        lines.extend(plan.signed.plugins.iter().map(|plugin| format!("  {}", super::plugin_line(plugin))));
    }
    lines
}
