//! `entry --kit`: saves everything that a pull request needs into a new folder.

use std::path::Path;

use aisoc_publisher_core::Explain as _;
use aisoc_publisher_core::entry::Prepared;
use aisoc_publisher_core::index::Change;
use aisoc_publisher_core::key::PublicKey;
use aisoc_publisher_core::pull_request::{Error, Kit, Request, SubmissionRequest};

use crate::commands::object;
use crate::failure::{Advised, Failure};
use crate::output::{Note, Report};
use crate::progress;

/// What became of the wish for a kit.
pub(super) enum Wish {
    /// It is ready to be saved.
    Ready(Box<Kit>),
    /// There is none, and why.
    None(&'static str),
}

/// Prepares the kit, and writes nothing. Of an entry that is not fit to be published there is none.
pub(super) fn prepare(
    report: &Report,
    (out, dir): (&Path, &Path),
    prepared: &Prepared,
    key: Option<&PublicKey>,
    change: Option<&Change>,
    written: bool,
    json: bool,
) -> Result<Wish, Failure> {
    let key = key.ok_or_else(|| {
        let hint = "give it with `--public-key`";
        Failure::usage("a pull request needs the public key, and this machine does not know it".to_owned(), Some(hint))
    })?;
    if !prepared.verified {
        return Ok(Wish::None("operators would refuse the plugin. Sign it with the entry's key first."));
    }
    if report.refused {
        return Ok(Wish::None("mend the entry first."));
    }
    Kit::check_place(out, dir)?;
    let request = Request { dir, prepared, key, index: change, written };
    Ok(Wish::Ready(Box::new(progress::watch(json, |task| Kit::prepare(&request, task))?)))
}

/// Saves the kit and says so in place of the entry, or behind the change of an index; `index` says whether that was written.
pub(super) fn add(report: &mut Report, out: &Path, wish: &Wish, index: Option<bool>) -> Result<(), Failure> {
    let said = match wish {
        Wish::Ready(kit) => save(report, kit, out).map_err(|error| match index {
            Some(true) => Advised::new(error, "save the pull request without `--write` now".to_owned())
                .after("the index is written".to_owned())
                .into(),
            _ => Failure::from(error),
        })?,
        Wish::None(why) => {
            report.refused = true;
            report.json.extend(object! { "kit": None::<Vec<String>> });
            format!("No pull request was prepared: {why}")
        }
    };
    let said = format!("{said}\n").into_bytes();
    match (&mut report.raw, index) {
        (Some(raw), Some(_)) => raw.extend_from_slice(&said),
        (raw, _) => *raw = Some(said),
    }
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

fn save(report: &mut Report, kit: &Kit, out: &Path) -> Result<String, Error> {
    let files = kit.save(out)?;
    report.json.extend(object! {
        "kit": files.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
        "branch": kit.branch,
        "title": kit.title,
    });
    let notices = kit.notices.iter().cloned().chain(Kit::notices_of_place(out));
    report.notes.extend(notices.map(|notice| Note::of(&notice)));
    Ok(format!("Saved {} files of a pull request in {}; begin with steps.txt.", files.len(), out.display()))
}
