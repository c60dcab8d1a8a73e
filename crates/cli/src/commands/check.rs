//! `check`: says what an author should know before signing, and mends some of it when asked to.

use aisoc_publisher_core::Explain;
use aisoc_publisher_core::data_folder::DataFolder;
use aisoc_publisher_core::preflight::{self, Finding, Preflight, Severity};
use aisoc_publisher_core::records::{Record, Records};
use aisoc_publisher_core::shell;
use aisoc_publisher_core::state::{self, State};
use serde_json::{Value, json};

use super::fix::{self, Fixed, Only};
use super::{count, object};
use crate::args;
use crate::failure::Failure;
use crate::output::{Note, Report};
use crate::progress;

pub(crate) fn run(args: &args::Check, json: bool) -> Result<Report, Failure> {
    let dir = args.plugin.path();
    let only = Only::of(&args.only)?;
    let fixed = if args.fix { fix::apply(dir, &only, json)? } else { Vec::new() };
    let mut preflight = progress::watch(json, |task| preflight::look(dir, task))?;
    let mut notes = Vec::new();
    if let Some(plan) = &preflight.plan {
        let keys = records().unwrap_or_else(|error| {
            notes.push(Note::of(error.as_ref()));
            Vec::new()
        });
        let state = state::of_payload(dir, plan.payload(), &keys);
        if let Some(mut finding) = preflight::of_signature(dir, &state) {
            if let (State::Mismatch { .. }, Some(cure)) = (&state, &mut finding.cure) {
                *cure +=
                    &format!("; `aisoc-publisher verify {}` says what changed", shell::quoted(&dir.to_string_lossy()));
            }
            preflight.add(finding);
        }
    }
    let diff = |finding: &Finding| only.edit(finding).filter(|_| args.diff).map(fix::diff_lines).unwrap_or_default();
    let mut lines: Vec<_> = fixed.iter().flat_map(Fixed::lines).collect();
    lines.extend(preflight.findings.iter().flat_map(|finding| lines_of(finding, diff(finding))));
    lines.push(summary(&preflight));
    let fixable = preflight.findings.iter().filter(|finding| only.edit(finding).is_some()).count();
    if fixable == 0 && fixed.is_empty() && (args.fix || args.diff) {
        lines.push("There is nothing here that `--fix` mends.".to_owned());
    }
    if fixable > 0 && !args.fix {
        let they = if fixable == 1 { "1 of them is" } else { &format!("{fixable} of them are") };
        lines.push(match args.diff {
            true => format!("{they} mended by the changes above; `check --fix` makes them."),
            false => format!("{they} mended by `check --fix`; `--diff` shows how."),
        });
    }
    Ok(Report {
        lines,
        json: object! {
            "fixed": fixed.iter().map(Fixed::json).collect::<Vec<_>>(),
            "findings": preflight.findings.iter().map(json_of).collect::<Vec<_>>(),
            "counts": counts(&preflight),
            "digest": preflight.plan.as_ref().map(|plan| plan.digest().to_string()),
        },
        refused: preflight.findings.iter().any(|finding| finding.severity.is_error()),
        notes,
        ..Report::default()
    })
}

/// Reads what is remembered of this machine's keys.
fn records() -> Result<Vec<Record>, Box<dyn Explain>> {
    let data = DataFolder::of_user().map_err(|error| Box::new(error) as Box<dyn Explain>)?;
    Records::new(data).all().map_err(|error| Box::new(error) as Box<dyn Explain>)
}

fn summary(preflight: &Preflight) -> String {
    let counted: Vec<_> = Severity::ALL
        .iter()
        .map(|severity| (preflight.count(*severity), words(*severity)))
        .filter(|(n, _)| *n > 0)
        .map(|(n, words)| count(n, words.one, words.many))
        .collect();
    let found = match counted.as_slice() {
        [] => "Nothing to mend.".to_owned(),
        counted => format!("{}: {}.", count(preflight.findings.len(), "finding", "findings"), counted.join(", ")),
    };
    let end = match &preflight.plan {
        Some(plan) => {
            let files = count(plan.payload().files().len(), "file", "files");
            format!("A signature would cover the manifest and {files}.")
        }
        None => "The plugin cannot be signed as it is.".to_owned(),
    };
    format!("{found} {end}")
}

fn counts(preflight: &Preflight) -> Value {
    let count =
        |severity: &Severity| (json!(severity).as_str().unwrap_or_default().to_owned(), preflight.count(*severity));
    Severity::ALL.iter().map(count).map(|(name, n)| (name, json!(n))).collect::<serde_json::Map<_, _>>().into()
}

/// How a severity is called.
struct Words {
    label: &'static str,
    one: &'static str,
    many: &'static str,
}

fn words(severity: Severity) -> Words {
    let (label, one, many) = match severity {
        Severity::Stops => ("Stops loading", "stops loading", "stop loading"),
        Severity::Exposes => ("Gives a secret away", "gives a secret away", "give secrets away"),
        Severity::BreaksLater => ("Will break later", "will break later", "will break later"),
        Severity::Surprise => ("Surprise", "surprise", "surprises"),
        _ => ("Note", "note", "notes"),
    };
    Words { label, one, many }
}

fn lines_of(finding: &Finding, diff: Vec<String>) -> Vec<String> {
    let mut lines = vec![format!("{}: {} [{}]", words(finding.severity).label, finding.title, finding.code)];
    if let Some(place) = &finding.place {
        let position = place.position.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
        lines.push(format!("  at    {}{position}", place.path.display()));
    }
    lines.extend(finding.why.iter().map(|why| format!("  why   {why}")));
    lines.extend(finding.cure.iter().map(|cure| format!("  cure  {cure}")));
    lines.extend(diff);
    lines.push(String::new());
    lines
}

/// A finding as JSON.
pub(super) fn json_of(finding: &Finding) -> Value {
    let place = finding.place.as_ref().map(|place| {
        let (line, column) = place.position.unzip();
        json!({ "path": place.path.to_string_lossy(), "line": line, "column": column })
    });
    json!({
        "code": finding.code,
        "severity": finding.severity,
        "title": finding.title,
        "place": place,
        "why": finding.why,
        "cure": finding.cure,
        "reading": finding.reading,
        "edit": finding.edit.as_ref().map(|edit| json!({
            "kind": edit.kind(),
            "path": edit.path().to_string_lossy(),
            "expected_sha256": edit.expected().map(|digest| digest.to_string()),
            "diff": edit.diff(),
        })),
    })
}
