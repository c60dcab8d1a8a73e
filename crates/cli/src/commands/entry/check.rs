//! `entry --check`: says what is wrong with an entry, or with a whole index.

use std::path::Path;

use aisoc_publisher_core::Explain as _;
use aisoc_publisher_core::entry::file::{self, Checked, Counts, Form};
use aisoc_publisher_core::entry::{Against, Problem};
use aisoc_publisher_core::key::{KeyId, PublicKey};

use super::problem_json;
use crate::args::entry::Entry;
use crate::commands::{count, object};
use crate::failure::Failure;
use crate::output::Report;
use crate::{key_source, progress};

pub(super) fn run(args: &Entry, path: &Path, json: bool) -> Result<Report, Failure> {
    let keys = keys(args)?;
    let checked = progress::watch(json, |task| {
        let against = args.plugin().map(|dir| Against::of(dir, &keys, task)).transpose()?;
        file::check_file(path, against.as_ref(), task)
    })?;
    let mut lines: Vec<_> = checked.problems.iter().flat_map(lines_of).collect();
    lines.push(summary(&checked));
    Ok(Report {
        lines,
        json: object! {
            "path": path.to_string_lossy(),
            "form": checked.form,
            "counts": checked.counts,
            "problems": checked.problems.iter().map(problem_json).collect::<Vec<_>>(),
        },
        refused: checked.counts.errors > 0,
        ..Report::default()
    })
}

/// The keys that may have signed the plugin: the given one, or this machine's.
fn keys(args: &Entry) -> Result<Vec<(KeyId, PublicKey)>, Failure> {
    match (args.plugin(), &args.key_id) {
        (None, Some(_)) => Err(Failure::usage(
            "`--key-id` says nothing without the plugin's folder".to_owned(),
            Some("give the folder too, or leave `--key-id` out"),
        )),
        (None, None) => Ok(Vec::new()),
        (Some(_), Some(id)) => Ok(vec![(id.clone(), key_source::find_public(id, args.public_key.as_ref())?)]),
        (Some(_), None) => Ok(key_source::remembered()?),
    }
}

fn lines_of(problem: &Problem) -> Vec<String> {
    let label = if problem.is_error() { "Error" } else { "Warning" };
    let mut lines = vec![format!("{label}: {}", problem.message)];
    if let Some(place) = &problem.place {
        let position = place.position.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
        lines.push(format!("  at    {}{position}", place.path.display()));
    }
    lines.push(format!("  rule  {}", problem.rule));
    lines.extend(problem.at_the_loader().map(|why| format!("  why   {why}")));
    lines.extend(problem.cure.iter().map(|cure| format!("  cure  {cure}")));
    lines.push(String::new());
    lines
}

fn summary(checked: &Checked) -> String {
    let Counts { entries, others, errors, warnings, .. } = checked.counts;
    let what = match checked.form {
        Form::Entry => "One entry".to_owned(),
        Form::List | Form::Index => {
            let others = count(others, "other item", "other items");
            format!("{} in the documented form, {others}", count(entries, "entry", "entries"))
        }
        _ => "No entry".to_owned(),
    };
    let found = match (errors, warnings) {
        (0, 0) => "nothing to mend".to_owned(),
        (0, warnings) => count(warnings, "warning", "warnings"),
        (errors, 0) => count(errors, "error", "errors"),
        (errors, warnings) => {
            format!("{}, {}", count(errors, "error", "errors"), count(warnings, "warning", "warnings"))
        }
    };
    let listed = checked.problems.len();
    let cut = if listed < errors + warnings {
        format!(" The first {listed} are listed, errors before warnings.")
    } else {
        String::new()
    };
    format!("{what}: {found}.{cut}")
}
