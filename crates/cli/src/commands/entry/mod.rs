//! `entry`: everything about a plugin's marketplace entry; a module for each thing that is done with it.

mod checkout;
mod print;

use aisoc_publisher_core::Explain as _;
use aisoc_publisher_core::entry::Problem;
use serde_json::{Value, json};

use crate::args;
use crate::failure::Failure;
use crate::output::Report;

pub(crate) fn run(args: &args::entry::Entry, json: bool) -> Result<Report, Failure> {
    if let Some(clone) = &args.checkout {
        return checkout::run(clone, args.plugin.path(), &args.key_id, args, json);
    }
    print::run(args, json)
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
