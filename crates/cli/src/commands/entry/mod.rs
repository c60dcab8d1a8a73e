//! `entry`: everything about a plugin's marketplace entry; a module for each thing that is done with it.

mod check;
mod checkout;
mod index;
mod kit;
mod print;

use aisoc_publisher_core::Explain as _;
use aisoc_publisher_core::entry::Problem;
use serde_json::{Value, json};

use crate::args;
use crate::failure::Failure;
use crate::output::Report;

pub(crate) fn run(args: &args::entry::Entry, json: bool) -> Result<Report, Failure> {
    check_together(args)?;
    if let Some(path) = &args.check {
        return check::run(args, path, json);
    }
    match (args.plugin(), &args.key_id, &args.checkout) {
        (Some(dir), Some(key_id), Some(clone)) => checkout::run(clone, dir, key_id, args, json),
        (Some(dir), Some(key_id), None) => {
            let index = args.index.as_ref().map(|path| index::read(path, json)).transpose()?;
            let (prepared, key) = print::prepare_for(args, dir, key_id, index.clone(), json)?;
            let mut report = print::report(&prepared, json);
            let change = index.as_ref().map(|index| index.plan(&prepared.entry)).transpose()?;
            // Before anything is written: what has no pull request is not written for one.
            let kit = match &args.kit {
                Some(out) => Some((
                    kit::prepare(&report, (out, dir), &prepared, key.as_ref(), change.as_ref(), args.write, json)?,
                    out,
                )),
                None => None,
            };
            if let Some(change) = &change {
                index::add(&mut report, args, change, &prepared, json)?;
            }
            if let Some((kit, out)) = kit {
                kit::add(&mut report, out, &kit, change.as_ref().map(|_| args.write))?;
            }
            // An index is no secret: what this program's allocator would wipe of it is left to the system.
            std::mem::forget((change, index));
            Ok(report)
        }
        // clap sees to it that both are there.
        _ => Err(Failure::usage("a plugin's folder and `--key-id` are needed".to_owned(), None)),
    }
}

/// Refuses arguments that say nothing together.
fn check_together(args: &args::entry::Entry) -> Result<(), Failure> {
    let refuse = |message: &str, hint| Err(Failure::usage(message.to_owned(), Some(hint)));
    if args.checkout.is_some() && args.kit.is_none() && (args.url.is_some() || args.install.is_some()) {
        return refuse(
            "`--url` and `--install` say nothing with `--checkout` alone",
            "AiSOC's index is made from the manifest; with `--kit` they stand in the pull request's text",
        );
    }
    Ok(())
}

/// A broken rule as JSON.
fn problem_json(problem: &Problem) -> Value {
    let place = problem.place.as_ref().map(|place| {
        let (line, column) = place.position.unzip();
        json!({ "path": place.path.to_string_lossy(), "line": line, "column": column })
    });
    json!({
        "rule": problem.rule,
        "severity": problem.weight,
        "pointer": problem.pointer,
        "message": problem.message,
        "place": place,
        "at_the_loader": problem.at_the_loader(),
        "hint": problem.hint(),
    })
}
