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
    if let Some(path) = &args.check {
        return check::run(args, path, json);
    }
    match (args.plugin(), &args.key_id, &args.checkout) {
        (Some(dir), Some(key_id), Some(clone)) => checkout::run(clone, dir, key_id, args, json),
        (Some(dir), Some(key_id), None) => {
            let (prepared, key) = print::prepare(args, dir, key_id, json)?;
            let mut report = print::report(&prepared, json);
            let index = args.index.as_ref();
            let change = index.map(|path| index::add(&mut report, args, path, &prepared, json)).transpose()?;
            if let Some(out) = &args.kit {
                kit::add(&mut report, (out, dir), &prepared, key.as_ref(), change.as_ref(), json)?;
            }
            // An index is no secret: what this program's allocator would wipe of it is left to the system.
            std::mem::forget(change);
            Ok(report)
        }
        // clap sees to it that both are there.
        _ => Err(Failure::usage("a plugin's folder and `--key-id` are needed".to_owned(), None)),
    }
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
