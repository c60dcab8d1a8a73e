//! `entry --checkout`: prepares a submission in a local clone of AiSOC's repository.

use std::path::Path;

use aisoc_publisher_core::checkout::script::{ItemChange, ScriptPlan, ScriptReport};
use aisoc_publisher_core::checkout::{Applied, Base, Checkout, FileState, OWN_ATTRIBUTES, Options, SCRIPT, Submission};
use aisoc_publisher_core::digest::Digest;
use aisoc_publisher_core::entry::Prepared;
use aisoc_publisher_core::files::RelPath;
use aisoc_publisher_core::key::KeyId;
use aisoc_publisher_core::pull_request::{Kit, SubmissionRequest};
use aisoc_publisher_core::shell;
use aisoc_publisher_core::verdict::{ModeVerdict, TrustMode, Verdict};
use aisoc_publisher_core::{Code, Explain as _};
use serde_json::{Map, Value, json};

use super::{kit, print};
use crate::args;
use crate::commands::{check, count, object};
use crate::failure::{Advised, Failure};
use crate::output::{Note, Report};
use crate::{key_source, progress};

/// How many files that do not go along are named.
const MAX_NAMED: usize = 8;

pub(super) fn run(
    root: &Path,
    dir: &Path,
    key_id: &KeyId,
    args: &args::entry::Entry,
    json: bool,
) -> Result<Report, Failure> {
    let options = Options { include: included(args)?, remove: args.remove };
    let key = key_source::find_living(key_id, args.public_key.as_ref())?;
    let checkout = Checkout::recognise(root)?;
    // Before anything is written for it.
    args.kit.as_deref().map_or(Ok(()), |place| Kit::check_place(place, dir))?;
    let submission = progress::watch(json, |task| checkout.plan(dir, key_id, &key, &options, task))?;
    let entry = documented(args, dir, key_id, json)?;
    let mut notes: Vec<_> = submission.notices.iter().map(|notice| Note::of(notice)).collect();
    // Core picked them by their codes.
    let coded = submission.findings.iter().filter_map(|finding| Some((finding.code.parse().ok()?, finding)));
    notes.extend(coded.map(|(code, finding)| Note::new(code, finding.title.clone(), finding.cure.as_deref())));

    // What no fresh clone would verify is neither written nor built an index of.
    let refusal = submission.refusal().filter(|_| args.write);
    notes.extend(refusal.as_ref().map(|refusal| Note::of(refusal).called_error(true)));
    let act = args.write && refusal.is_none();
    let applied = match act {
        true => Some(progress::watch(json, |task| submission.apply(task))?),
        false => None,
    };
    let run_script = args.run_script && act;
    let search = std::env::var_os("PATH").unwrap_or_default();
    let (script, report) = match checkout.script(&search) {
        Ok(script) if run_script => {
            let report = progress::watch(json, |task| script.run(&submission, task)).map_err(after_writing)?;
            (Some(script), Some(report))
        }
        Ok(script) => (Some(script), None),
        Err(error) if run_script => return Err(after_writing(error).into()),
        Err(error) => {
            notes.push(Note::of(&error));
            (None, None)
        }
    };
    if let Some(report) = &report {
        let hint = "bring the clone up to date with AiSOC's main branch and build the index again";
        notes.extend(report.problems().into_iter().map(|problem| Note::new(Code::IndexDrift, problem, Some(hint))));
        let hint = "look at it in the index; everything that is known here is as it should be, or said above";
        let unknown = report.unknown.iter().map(|said| Note::new(Code::IndexItemDiffers, said.clone(), Some(hint)));
        notes.extend(unknown);
    }

    let blocked = !submission.surplus.is_empty() && !args.remove;
    let clone_fails = submission.fresh_clone.as_ref().is_none_or(|verdict| verdict.strict.goes_on() != Some(true));
    let refused = blocked || clone_fails || report.as_ref().is_some_and(|report| !report.is_clean());
    name_cure(&mut notes, &submission, dir);
    let is_there = progress::watch(json, |task| submission.is_in_commit(task))?.filter(|_| !refused);
    let commands = if refused || is_there.is_some() { Vec::new() } else { submission.git_commands(report.is_some()) };
    let ending = match (&is_there, args.kit.is_some() && !refused) {
        (Some(commit), _) => Ending::InCommit(commit),
        (None, true) => Ending::Kit,
        (None, false) if args.write || submission.is_applied() => Ending::Commands(&commands),
        (None, false) if blocked => Ending::Planned("would refuse: what stays there makes the signature invalid"),
        (None, false) if submission.refusal().is_some() => {
            Ending::Planned("would refuse: a fresh clone would not verify")
        }
        (None, false) => Ending::Planned("writes it"),
    };
    let mut answer = Report {
        lines: lines(&submission, applied.as_ref(), script.as_ref(), report.as_ref(), &ending, refusal.is_some()),
        json: in_json(&submission, applied.as_ref(), script.as_ref(), report.as_ref(), &commands),
        refused,
        notes,
        ..Report::default()
    };
    let entry = entry.map(|prepared| {
        let said = print::report(&prepared, json);
        answer.refused |= said.refused;
        answer.notes.extend(said.notes);
        answer.json.extend(object! { "entry": said.json.get("entry"), "problems": said.json.get("problems") });
        prepared.entry
    });
    if let Some(out) = &args.kit {
        let request = SubmissionRequest {
            submission: &submission,
            entry: entry.as_ref(),
            written: applied.is_some() || submission.is_applied(),
            report: report.as_ref(),
        };
        kit::of_submission(&mut answer, out, &request, json)?;
    }
    Ok(answer)
}

/// What is said last.
enum Ending<'a> {
    /// The commit has all of it.
    InCommit(&'a str),
    /// The kit has the commands.
    Kit,
    /// The commands; none where it may not be committed.
    Commands(&'a [String]),
    /// Nothing was written; what `--write` does.
    Planned(&'static str),
}

/// Says once, and with names, how the plugin keeps its bytes.
fn name_cure(notes: &mut [Note], submission: &Submission, dir: &Path) {
    const NAME: &str = ".gitattributes";
    let file = shell::quoted(&dir.join(NAME).display().to_string());
    let stays = submission.left_out.iter().any(|file| file.path.to_string() == NAME);
    let goes = submission.files.iter().any(|file| file.path.to_string() == NAME);
    const LINE: &str = "* -text -filter -ident !working-tree-encoding";
    let mut cure = Some(match (stays, goes) {
        (true, _) => {
            format!("`{file}` stays behind: see that it ends with the line `{LINE}`, and add `--include {NAME}`")
        }
        (_, true) => format!("end `{file}` with the line `{LINE}`"),
        _ => format!("write the line `{LINE}` into `{file}`, and add `--include {NAME}`"),
    });
    // The last one that asks for it has the hint, an error before all.
    for note in notes.iter_mut().rev() {
        note.replace_hint(OWN_ATTRIBUTES, cure.clone());
        cure = cure.filter(|_| !note.has_hint_of(LINE));
    }
}

/// The documented entry, where the author said something that only it has: with `--url` or `--install`.
fn documented(args: &args::entry::Entry, dir: &Path, key_id: &KeyId, json: bool) -> Result<Option<Prepared>, Failure> {
    let is_asked_for = args.url.is_some() || args.install.is_some();
    is_asked_for.then(|| print::prepare(args, dir, key_id, json).map(|(prepared, _)| prepared)).transpose()
}

fn included(args: &args::entry::Entry) -> Result<Vec<RelPath>, Failure> {
    let take = |path: &std::path::PathBuf| {
        let message = || format!("`--include` takes a path below the plugin's folder, not `{}`", path.display());
        RelPath::from_path(path).ok_or_else(|| Failure::usage(message(), Some("for example `--include go/main.go`")))
    };
    args.include.iter().map(take).collect()
}

fn after_writing(error: aisoc_publisher_core::checkout::script::Error) -> Advised {
    let hint = error.hint().unwrap_or_else(|| format!("run `python3 {SCRIPT}` in the clone when you want to"));
    Advised::new(error, hint).after("the plugin's files are written".to_owned())
}

fn lines(
    submission: &Submission,
    applied: Option<&Applied>,
    script: Option<&ScriptPlan>,
    report: Option<&ScriptReport>,
    ending: &Ending<'_>,
    is_refused: bool,
) -> Vec<String> {
    let folder = &submission.folder;
    let root = submission.checkout().root.display();
    let files = |n: usize| count(n, "file", "files");
    let mut lines = vec![match applied {
        Some(applied) if applied.written.is_empty() && applied.removed.is_empty() => {
            format!("`{folder}` holds the plugin already, and verifies there")
        }
        Some(applied) => format!("Wrote {} to `{folder}`, and it verifies there", files(applied.written.len())),
        None if submission.is_applied() => format!("`{folder}` holds the plugin already"),
        None => {
            let n = submission.files.iter().filter(|file| file.state != FileState::Same).count();
            format!("Would write {} to `{folder}`", files(n))
        }
    }];
    lines.push(match submission.base() {
        Base::Commit { id } => {
            let branch =
                submission.base_branch().map_or_else(|| "on no branch".to_owned(), |name| format!("on {name}"));
            format!("clone   {root}, {branch} at {}", &id[..id.len().min(12)])
        }
        _ => format!("clone   {root}"),
    });
    lines.push(format!("digest  {}", submission.digest));
    for file in &submission.files {
        let what = match (file.state, applied) {
            (FileState::Same, _) => "same   ",
            (FileState::New, Some(_)) => "written",
            (FileState::New, None) => "new    ",
            (_, Some(_)) => "updated",
            (_, None) => "changed",
        };
        lines.push(format!("{what:8}{}", file.path));
    }
    let removed = applied.map_or(&submission.surplus, |applied| &applied.removed);
    let what = if applied.is_some() { "removed" } else { "surplus" };
    lines.extend(removed.iter().map(|path| format!("{what:8}{path}")));
    lines.extend(submission.gone.iter().map(|path| format!("gone    {path}; it goes with the commit")));
    if !submission.left_out.is_empty() {
        let names: Vec<_> = submission.left_out.iter().take(MAX_NAMED).map(|file| file.path.to_string()).collect();
        let more = submission.left_out.len().saturating_sub(MAX_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        lines.push(format!("left    {}{more}; `--include PATH` takes one along", names.join(", ")));
    }
    let clone = submission.fresh_clone.as_ref().map_or("cannot be told", |verdict| in_words(&verdict.strict));
    lines.push(format!("fresh   a clone of the commit, by the .gitattributes here, in strict mode: {clone}"));
    if applied.is_none() && !submission.is_applied() {
        lines.push(String::new());
        lines.extend(submission.diff().lines().map(str::to_owned));
    }
    lines.push(String::new());
    if is_refused {
        lines.push("Nothing was written or run: a fresh clone would not verify.".to_owned());
        return lines;
    }
    if let Ending::InCommit(commit) = ending {
        lines.push(format!(
            "There is nothing to commit: the commit {} has all of it already.",
            &commit[..commit.len().min(12)]
        ));
        return lines;
    }
    lines.extend(index_lines(applied.is_some(), script, report));
    match ending {
        // What is saved is said behind all of this.
        Ending::InCommit(_) | Ending::Kit => {}
        Ending::Commands([]) => lines.push("Do not commit it yet: the warnings say why.".to_owned()),
        Ending::Commands(commands) => {
            let then = if report.is_some() { "Then commit it" } else { "Then build the index and commit it" };
            lines.push(format!("{then}, in the clone; the last command looks at the commit itself:"));
            lines.extend(shell::chained(commands).iter().map(|command| format!("  {command}")));
        }
        Ending::Planned(what) => lines.push(format!("Nothing was written; `--write` {what}.")),
    }
    lines
}

fn index_lines(written: bool, script: Option<&ScriptPlan>, report: Option<&ScriptReport>) -> Vec<String> {
    match (report, script) {
        (Some(report), _) => {
            let only =
                if report.drift.is_empty() && report.other.is_empty() { ", and no other one changed" } else { "" };
            let item = match report.item {
                ItemChange::Missing => "The index has no item for the plugin".to_owned(),
                change => format!("The plugin's item in the index was {}{only}", change.word()),
            };
            vec![item]
        }
        (None, Some(script)) => vec![
            "The index is made by the clone's own script, which runs with your rights:".to_owned(),
            format!("  {}", script.shown()),
            format!("  in {}, sha256 {}", script.cwd.display(), script.sha256),
            match written {
                true => "It was not run; `--run-script` runs it and compares the index.".to_owned(),
                false => "`--write --run-script` runs it after writing, and compares the index.".to_owned(),
            },
        ],
        (None, None) => vec![format!("The index is made by the clone's own script: run `python3 {SCRIPT}` there.")],
    }
}

fn in_words(answer: &ModeVerdict) -> &'static str {
    match answer.goes_on() {
        Some(true) => "verified",
        Some(false) => "refused",
        None => "cannot be told",
    }
}

fn in_json(
    submission: &Submission,
    applied: Option<&Applied>,
    script: Option<&ScriptPlan>,
    report: Option<&ScriptReport>,
    commands: &[String],
) -> Map<String, Value> {
    let files = submission.files.iter().map(|file| {
        json!({
            "path": file.path,
            "role": file.role,
            "state": file.state,
            "size": file.bytes.len(),
            "sha256": Digest::of(&file.bytes).to_string(),
            "linked": file.linked,
        })
    });
    let left = submission.left_out.iter().map(|file| &file.path);
    object! {
        "id": submission.id,
        "clone": submission.checkout().root.to_string_lossy(),
        "folder": submission.folder,
        "target": submission.target.to_string_lossy(),
        "digest": submission.digest.to_string(),
        "files": files.collect::<Vec<_>>(),
        "surplus": submission.surplus,
        "kept": submission.kept,
        "gone": submission.gone,
        "base": match submission.base() {
            Base::Commit { id } => Some(id),
            _ => None,
        },
        "update": submission.is_update(),
        "left_out": left.collect::<Vec<_>>(),
        "fresh_clone": submission.fresh_clone.as_ref().map(modes),
        "findings": submission.findings.iter().map(check::json_of).collect::<Vec<_>>(),
        "diff": submission.diff(),
        "written": applied.map(|applied| &applied.written),
        "removed": applied.map(|applied| &applied.removed),
        "script": script.map(script_json),
        "index": report.map(report_json),
        "to_commit": submission.to_commit(),
        "commands": commands,
    }
}

fn script_json(script: &ScriptPlan) -> Value {
    let names = script.environment.iter().map(|(name, _)| name.to_string_lossy().into_owned());
    json!({
        "command": script.command.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>(),
        "folder": script.cwd.to_string_lossy(),
        "path": script.path.to_string_lossy(),
        "sha256": script.sha256.to_string(),
        "variables": names.collect::<Vec<_>>(),
        "seconds": script.time_limit.as_secs(),
    })
}

fn report_json(report: &ScriptReport) -> Value {
    let drift = report.drift.iter().map(|drift| json!({ "item": drift.item, "change": drift.change }));
    let copies: Map<_, _> = report.copies.iter().map(|(path, state)| ((*path).to_owned(), json!(state))).collect();
    json!({
        "clean": report.is_clean(),
        "item": report.item,
        "now": report.now,
        "wrong": report.wrong,
        "unknown": report.unknown,
        "drift": drift.collect::<Vec<_>>(),
        "other": report.other,
        "copies": copies,
        "still_verified": report.still_verified,
        "output": report.output,
    })
}

fn modes(verdict: &Verdict) -> Value {
    let one = |mode: TrustMode| {
        let answer = verdict.mode(mode);
        (mode.as_str().to_owned(), json!({ "loads": answer.goes_on(), "signature_status": answer.signature_status }))
    };
    Value::Object(TrustMode::ALL.into_iter().map(one).collect())
}
