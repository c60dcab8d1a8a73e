//! `workflow`: a workflow for GitHub Actions, and what is left to do by hand.

use aisoc_publisher_core::workflow::Workflow;
use serde_json::json;

use super::object;
use crate::args;
use crate::failure::Failure;
use crate::key_source;
use crate::output::{Note, Report};

pub(crate) fn run(args: &args::workflow::Workflow) -> Result<Report, Failure> {
    let source = args.build_from.parse()?;
    let key = key_source::find_living(&args.key_id, args.public_key.as_ref())?;
    let workflow = Workflow::plan(args.plugin.path(), &args.key_id, &key, &source)?;
    let written = if args.write { Some(workflow.write()?) } else { None };
    let refusal = if written.is_none() { workflow.refusal() } else { None };
    let mut lines = vec![format!("repository  {}", workflow.root.display())];
    for file in &workflow.files {
        let state = match &written {
            _ if file.is_there() => "is there",
            Some(_) if file.before.is_some() => "replaced",
            Some(_) => "written",
            None if file.before.is_some() && refusal.is_some() => "is there",
            None if file.before.is_some() => "would be replaced",
            None => "would be new",
        };
        lines.push(format!("file        {} ({state})", file.path));
    }
    if written.is_none() {
        for file in workflow.files.iter().filter(|file| !file.is_there()) {
            lines.push(String::new());
            lines.extend(file.diff().lines().map(str::to_owned));
        }
        lines.push(String::new());
        let last = match refusal {
            Some(_) => "Nothing was written, and `--write` would write nothing.",
            None => "Nothing was written; `--write` writes it.",
        };
        lines.push(last.to_owned());
    }
    lines.push(String::new());
    lines.push("What is left to do:".to_owned());
    for (number, step) in workflow.steps.iter().enumerate() {
        lines.push(format!("{}. {}", number + 1, step.title));
        lines.extend(step.commands.iter().map(|command| format!("     {command}")));
    }
    let files = workflow
        .files
        .iter()
        .map(|file| json!({ "path": file.path, "text": file.text, "diff": file.diff(), "is_there": file.is_there() }));
    let steps = workflow.steps.iter().map(|step| json!({ "title": step.title, "commands": step.commands }));
    Ok(Report {
        json: object! {
            "repository": workflow.root.to_string_lossy(),
            "plugin": workflow.plugin,
            "files": files.collect::<Vec<_>>(),
            "steps": steps.collect::<Vec<_>>(),
            "written": written,
        },
        lines,
        notes: refusal.iter().map(|error| Note::of(error)).collect(),
        ..Report::default()
    })
}
