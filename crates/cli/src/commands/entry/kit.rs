//! `entry --kit`: saves everything that a pull request needs into a new folder.

use std::path::Path;

use aisoc_publisher_core::Explain as _;
use aisoc_publisher_core::entry::Prepared;
use aisoc_publisher_core::index::Change;
use aisoc_publisher_core::key::PublicKey;
use aisoc_publisher_core::pull_request::{Kit, Request, SubmissionRequest, name_in_repository};

use crate::commands::object;
use crate::failure::{Advised, Failure};
use crate::output::Report;
use crate::progress;

/// Saves the kit and says so in place of the entry, or behind the change of an index. Of an entry that is not fit to be
/// published there is none.
pub(super) fn add(
    report: &mut Report,
    (out, dir): (&Path, &Path),
    prepared: &Prepared,
    key: Option<&PublicKey>,
    change: Option<&Change>,
    json: bool,
) -> Result<(), Failure> {
    let key = key.ok_or_else(|| {
        let hint = "give it with `--public-key`";
        Failure::usage("a pull request needs the public key, and this machine does not know it".to_owned(), Some(hint))
    })?;
    if report.refused || !prepared.verified {
        let said = if prepared.verified {
            "No pull request was prepared: mend the entry first.\n"
        } else {
            "No pull request was prepared: operators would refuse the plugin. Sign it with the entry's key first.\n"
        };
        report.refused = true;
        say(report, change, said);
        report.json.extend(object! { "kit": None::<Vec<String>> });
        return Ok(());
    }
    let name = change.map(|change| name_in_repository(change.path())).unwrap_or_default();
    let index = change.map(|change| (change, name.as_str()));
    let request = Request { dir, entry: &prepared.entry, key, index };
    let kit = progress::watch(json, |task| Kit::prepare(&request, task))?;
    let said = save(report, &kit, out)?;
    say(report, change, &format!("{said}\n"));
    Ok(())
}

/// Saves the kit of a submission, and says so behind the rest. Of one that may not be committed there is none.
pub(super) fn of_submission(
    report: &mut Report,
    out: &Path,
    request: &SubmissionRequest<'_>,
    json: bool,
) -> Result<(), Failure> {
    if report.refused {
        report.lines.push("No pull request was prepared: mend what is said first.".to_owned());
        report.json.extend(object! { "kit": None::<Vec<String>> });
        return Ok(());
    }
    let kit = progress::watch(json, |task| Kit::of_submission(request, task)).map_err(|error| {
        let hint = error.hint().unwrap_or_else(|| "do it again without `--write`".to_owned());
        let advised = Advised::new(error, hint);
        if request.written { advised.after("the plugin's files are in the clone".to_owned()) } else { advised }
    })?;
    let said = save(report, &kit, out)?;
    report.lines.push(said);
    Ok(())
}

fn save(report: &mut Report, kit: &Kit, out: &Path) -> Result<String, Failure> {
    let files = kit.save(out)?;
    report.json.extend(object! {
        "kit": files.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
        "branch": kit.branch,
        "title": kit.title,
    });
    Ok(format!("Saved {} files of a pull request in {}; begin with steps.txt.", files.len(), out.display()))
}

/// Says it in place of the entry, or behind the change of an index.
fn say(report: &mut Report, change: Option<&Change>, said: &str) {
    match (&mut report.raw, change) {
        (Some(raw), Some(_)) => raw.extend_from_slice(said.as_bytes()),
        (raw, _) => *raw = Some(said.as_bytes().to_vec()),
    }
}
