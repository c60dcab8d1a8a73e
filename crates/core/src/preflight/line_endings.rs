//! Line endings of `.py` files: a signature covers them, and Git changes them.

use super::git::LineEndings;
use super::{Finding, Severity, Snapshot};
use crate::code::Code;
use crate::edits;

/// How many files with CRLF are named one by one.
const MAX_NAMED: usize = 10;

pub(super) fn find(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) {
    crlf(snapshot, findings);
    git(snapshot, findings);
}

fn crlf(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) {
    let files: Vec<_> = snapshot.covered().filter(|file| file.sha256 != file.lf_sha256).collect();
    // Git writes LF into the commit, so that no clone has the bytes that were signed.
    let normalised = snapshot.work_tree.as_ref().is_some_and(|tree| tree.normalises);
    let severity = if normalised { Severity::BreaksLater } else { Severity::Note };
    let why = match normalised {
        true => "Git's settings here commit it with LF, so that a clone has other bytes and the signature is invalid",
        false => "the signature covers every byte: whatever writes LF on the way makes it invalid",
    };
    for file in files.iter().take(MAX_NAMED) {
        let title = format!("`{}` has CRLF or CR line endings", file.path);
        let name = file.path.as_py().as_str().filter(|_| !file.symlink);
        let edit = name.and_then(|name| edits::with_lf(snapshot.dir, name, file.sha256));
        findings.push(
            Finding::new(Code::CrlfInPython, severity, title)
                .at(snapshot.below(&file.path), None)
                .why(why)
                .cure("save it with LF, and sign after that")
                .edit(edit),
        );
    }
    if let Some(more) = files.len().checked_sub(MAX_NAMED).filter(|more| *more > 0) {
        let title = format!("{more} more .py files have CRLF or CR line endings");
        findings.push(
            Finding::new(Code::CrlfInPython, severity, title).why(why).cure("save them with LF, and sign after that"),
        );
    }
}

fn git(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) {
    let Some(tree) = &snapshot.work_tree else { return };
    if snapshot.covered().next().is_none() {
        return;
    }
    let (severity, title, why) = match tree.line_endings {
        LineEndings::Kept => return,
        LineEndings::Crlf => (
            Severity::BreaksLater,
            "Git's attributes give .py files CRLF in every checkout",
            "a clone has CRLF, so a signature made over LF is invalid in it",
        ),
        _ if tree.config_writes_crlf => (
            Severity::BreaksLater,
            "the settings of this Git repository write CRLF into .py files",
            "a checkout here has CRLF and one on a server LF, so a signature fits only one of them",
        ),
        LineEndings::Native => (
            Severity::Note,
            "Git's attributes leave the line endings of .py files to each machine",
            "a checkout on Windows has CRLF, so a signature made over LF is invalid in it, and the other way round",
        ),
        LineEndings::Unset => (
            Severity::Note,
            "nothing keeps Git from writing CRLF into .py files",
            "Git for Windows does so as it is installed, and a signature made over LF is invalid then",
        ),
    };
    let edit = edits::attributes_with_lf(snapshot.dir);
    findings.push(
        Finding::new(Code::GitLineEndings, severity, title)
            .at(snapshot.dir.join(".gitattributes"), None)
            .why(why)
            .cure("write `*.py text eol=lf` into `.gitattributes`")
            .edit(edit),
    );
}
