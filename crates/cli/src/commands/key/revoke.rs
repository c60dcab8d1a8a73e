//! `key revoke`: stops using a key, and says what to tell the operators.

use aisoc_publisher_core::publisher::{Publisher, PublisherError};
use serde_json::json;

use super::{facts, next, plugins_json, unreadable};
use crate::args::key::Revoke;
use crate::failure::Failure;
use crate::output::Report;

pub(super) fn run(publisher: &Publisher<'_>, args: &Revoke) -> Result<Report, Failure> {
    let id = &args.key.id;
    let revocation = match args.reason {
        Some(why) => publisher.revoke(id, why.into())?,
        None => publisher.revocation(id).map_err(|error| match error {
            PublisherError::NotRevoked { .. } => Failure::usage(
                format!("the key `{id}` is not revoked, and nothing says why it should be"),
                Some("say `--reason lost`, `--reason stolen` or `--reason other`; it cannot be undone"),
            ),
            other => other.into(),
        })?,
    };
    let record = &revocation.record;
    let mut lines = vec![
        format!("The key `{id}` is revoked and signs no more on this machine."),
        "AiSOC does not know that: only the operators can stop trusting it.".to_owned(),
        String::new(),
        "Send this to every operator who has the key:".to_owned(),
        String::new(),
    ];
    lines.extend(
        revocation.notice.lines().map(|line| if line.is_empty() { String::new() } else { format!("    {line}") }),
    );
    lines.push(String::new());
    let again = &revocation.to_sign_again;
    if again.is_empty() {
        lines.push("By the receipts on this machine no plugin needs to be signed again.".to_owned());
    } else {
        lines.push("These plugins need to be signed again, with a key that operators have:".to_owned());
        lines.extend(again.iter().map(|plugin| format!("  {}", super::plugin_line(plugin))));
    }
    lines.push(String::new());
    match &record.succeeded_by {
        Some(new) => lines.push(next("Sign with:", format_args!("sign --plugin-dir PLUGIN --key-id {new}"))),
        None => lines.push(next("A new key:", format_args!("key rotate {id}"))),
    }
    let mut json = facts(publisher, record);
    json.insert("notice".to_owned(), json!(revocation.notice));
    json.insert("to_sign_again".to_owned(), plugins_json(again));
    Ok(Report { lines, json, notes: unreadable(revocation.unreadable).into_iter().collect(), ..Report::default() })
}
