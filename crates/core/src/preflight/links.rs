//! Symlinks: what the loader makes of each, and that installs from an OCI image refuse them all (loader contract §8).

use super::folders::{Group, Groups};
use super::{Finding, Severity, Snapshot};
use crate::code::Code;
use crate::explain::Explain;
use crate::files::{RelPath, UncoveredKind};
use crate::sign::Warning;

/// How many symlinks are named one by one.
const MAX_NAMED: usize = 20;

pub(super) fn find(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) {
    if let Some(manifest) = snapshot.manifest.filter(|manifest| manifest.is_symlink()) {
        findings.push(of(&Warning::ManifestSymlink { path: manifest.path().to_owned() }));
    }
    let Some(survey) = &snapshot.survey else { return };
    let groups = Groups::of(snapshot);
    // A virtual environment is full of them, and has its own finding.
    let is_told = |path: &RelPath| {
        let path = path.to_string();
        matches!(groups.find(&path), Some((Group::Environment | Group::Installed | Group::Cache, _)))
    };
    let mut links: Vec<(&RelPath, Finding)> = Vec::new();
    for file in snapshot.covered().filter(|file| file.symlink) {
        links.push((&file.path, of(&Warning::Symlink { path: file.path.clone() })));
    }
    for file in snapshot.uncovered().filter(|file| file.symlink) {
        let finding = match file.kind {
            UncoveredKind::LinkedFolder => {
                let title = format!("`{}` is a symbolic link to a folder, which is not entered", file.path);
                Finding { title, ..of(&Warning::UncoveredSymlink { path: file.path.clone() }) }.why(
                    "no signature covers what is in it, and Python imports it all the same; an install from an OCI image \
                     refuses a plugin with symbolic links",
                )
            }
            _ => of(&Warning::UncoveredSymlink { path: file.path.clone() }),
        };
        links.push((&file.path, finding));
    }
    for path in &survey.dangling {
        let title = format!("`{path}` is a symbolic link to nothing");
        let finding = Finding::new(Code::Symlink, Severity::BreaksLater, title)
            .why("the loader leaves it out, and signs nothing for it; an install from an OCI image refuses a plugin with symbolic links")
            .cure("remove it");
        links.push((path, finding));
    }
    links.retain(|(path, _)| !is_told(path));
    links.sort_by_key(|(path, _)| *path);
    let more = links.len().saturating_sub(MAX_NAMED);
    findings.extend(links.into_iter().take(MAX_NAMED).map(|(path, finding)| finding.at(snapshot.below(path), None)));
    if more > 0 {
        let warning = Warning::MoreSymlinks { count: more };
        findings.push(Finding { title: format!("{more} more symbolic links are in the folder"), ..of(&warning) });
    }
}

fn of(warning: &Warning) -> Finding {
    debug_assert!(warning.code() == Code::Symlink);
    Finding::of(warning, warning.severity())
}
