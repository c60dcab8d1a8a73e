//! `entry --index`: shows what the entry changes in an index, and with `--write` does it.

use std::path::Path;
use std::sync::Arc;

use aisoc_publisher_core::entry::Prepared;
use aisoc_publisher_core::index::{Change, Index, Kind};

use crate::args;
use crate::commands::object;
use crate::failure::Failure;
use crate::output::{Note, Report};
use crate::progress;

/// Reads the index.
pub(super) fn read(path: &Path, json: bool) -> Result<Arc<Index>, Failure> {
    Ok(Arc::new(progress::watch(json, |task| Index::read(path, task))?))
}

/// Writes the change where that is asked for, and puts it in place of the entry alone.
pub(super) fn add(
    report: &mut Report,
    args: &args::entry::Entry,
    change: &Change,
    prepared: &Prepared,
    json: bool,
) -> Result<(), Failure> {
    // An entry that is not fit to be published is shown and goes nowhere.
    let unsigned = args.write && !prepared.verified;
    let write = args.write && !report.refused && !unsigned && change.kind() != Kind::Same;
    report.refused |= unsigned;
    if write {
        change.write()?;
    }
    let mut said = words(change, args.write, write);
    if unsigned && change.kind() != Kind::Same {
        said.push_str("Operators would refuse the plugin: sign it with the entry's key, and then `--write`.\n");
    }
    report.raw = Some(said.into_bytes());
    if json {
        report.json.extend(object! {
            "index": change.path().to_string_lossy(),
            "kind": change.kind(),
            "line": change.line(),
            "order": change.order(),
            "old": change.old(),
            "new": change.new_text(),
            "diff": change.diff(),
            "written": write,
        });
    }
    report.notes.extend(change.notices().iter().map(|notice| Note::of(notice)));
    Ok(())
}

fn words(change: &Change, asked: bool, written: bool) -> String {
    match (change.kind(), written) {
        (Kind::Same, _) => format!("The index has this very entry in line {}. Nothing to change.\n", change.line()),
        (Kind::Insert, true) => {
            format!("{}Put in as line {}. Every other byte is what it was.\n", change.diff(), change.line())
        }
        (_, true) => {
            format!("{}Brought up to date in line {}. Every other item is what it was.\n", change.diff(), change.line())
        }
        (_, false) if asked => format!("{}Nothing was written.\n", change.diff()),
        (_, false) => format!("{}Nothing was written; `--write` does it.\n", change.diff()),
    }
}
