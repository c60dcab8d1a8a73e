//! `check`: says what an author should know before signing.

use aisoc_publisher_core::preflight::{self, Finding, Severity};
use serde_json::{Value, json};

use super::{count, object};
use crate::args;
use crate::failure::Failure;
use crate::output::Report;
use crate::progress;

pub(crate) fn run(args: &args::Check, json: bool) -> Result<Report, Failure> {
    let preflight = progress::watch(json, |task| preflight::look(args.plugin.path(), task))?;
    let stops = preflight.findings.iter().any(|finding| finding.severity == Severity::Stops);
    let mut lines: Vec<_> = preflight.findings.iter().flat_map(lines_of).collect();
    lines.push(match &preflight.plan {
        Some(plan) => {
            let files = count(plan.payload().files().len(), "file", "files");
            let found = match preflight.findings.len() {
                0 => "Nothing to mend.".to_owned(),
                n => format!("{} that signing does not mind.", count(n, "finding", "findings")),
            };
            format!("{found} A signature would cover the manifest and {files}.")
        }
        None => "The plugin cannot be signed as it is.".to_owned(),
    });
    Ok(Report {
        lines,
        json: object! {
            "findings": preflight.findings.iter().map(json_of).collect::<Vec<_>>(),
            "digest": preflight.plan.as_ref().map(|plan| plan.digest().to_string()),
        },
        refused: stops,
        ..Report::default()
    })
}

fn lines_of(finding: &Finding) -> Vec<String> {
    let severity = match finding.severity {
        Severity::Stops => "Stops loading",
        Severity::BreaksLater => "Will break later",
        Severity::Surprise => "Surprise",
        _ => "Note",
    };
    let mut lines = vec![format!("{severity}: {}", finding.title)];
    if let Some(place) = &finding.place {
        let position = place.position.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
        lines.push(format!("  at    {}{position}", place.path.display()));
    }
    lines.extend(finding.why.iter().map(|why| format!("  why   {why}")));
    lines.extend(finding.cure.iter().map(|cure| format!("  cure  {cure}")));
    lines.push(String::new());
    lines
}

fn json_of(finding: &Finding) -> Value {
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
    })
}
