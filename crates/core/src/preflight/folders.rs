//! Folders that are in the plugin's and may not be meant: their `.py` files are signed and must then travel with it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Severity, Snapshot};
use crate::code::Code;
use crate::files::{RelPath, UncoveredKind};
use crate::sign::Warning;

/// Folders that installers fill.
const INSTALLED: [&str; 4] = ["site-packages", "dist-packages", "node_modules", "__pypackages__"];

/// Folders that tools keep what they computed in.
const CACHES: [&str; 8] =
    ["__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".tox", ".nox", ".eggs"];

/// Folders with copies of other people's code.
const VENDORED: [&str; 6] = ["vendor", "_vendor", "vendored", "_vendored", "third_party", "third-party"];

/// Folders with tests.
pub(super) const TESTS: [&str; 2] = ["tests", "test"];

/// What kind of folder it is; a folder counts as what it is from outside, whatever lies in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Environment,
    Installed,
    Build,
    Cache,
    Vendored,
    Tests,
}

/// What is in a folder.
#[derive(Debug, Default)]
struct Content {
    covered: usize,
    others: usize,
    /// More folders of the same name, for caches.
    folders: BTreeSet<String>,
}

/// Sorts paths into the outermost folder of any group that they are in.
pub(super) struct Groups {
    environments: BTreeSet<String>,
}

impl Groups {
    pub(super) fn of(snapshot: &Snapshot<'_>) -> Self {
        let marker = |path: &RelPath| path.to_string().strip_suffix("/pyvenv.cfg").map(str::to_owned);
        Self { environments: snapshot.uncovered().filter_map(|file| marker(&file.path)).collect() }
    }

    /// Returns the group that a file is in, and the group's folder.
    pub(super) fn find<'p>(&self, path: &'p str) -> Option<(Group, &'p str)> {
        let mut end = 0;
        for name in path.split('/') {
            let start = end;
            end += name.len();
            // The last name is the file's own.
            if end >= path.len() {
                return None;
            }
            let folder = &path[..end];
            let group = if self.environments.contains(folder) {
                Some(Group::Environment)
            } else if INSTALLED.contains(&name) {
                Some(Group::Installed)
            } else if CACHES.contains(&name) {
                Some(Group::Cache)
            } else if name.ends_with(".egg-info") || start == 0 && matches!(name, "build" | "dist") {
                Some(Group::Build)
            } else if VENDORED.contains(&name) {
                Some(Group::Vendored)
            } else if TESTS.contains(&name) {
                Some(Group::Tests)
            } else {
                None
            };
            if let Some(group) = group {
                return Some((group, folder));
            }
            end += 1;
        }
        None
    }
}

pub(super) fn find(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) {
    let groups = Groups::of(snapshot);
    let mut contents: BTreeMap<(Group, String), Content> = BTreeMap::new();
    let covered = snapshot.covered().map(|file| (file.path.to_string(), true));
    let others = snapshot.uncovered().filter(|file| file.kind != UncoveredKind::LinkedFolder);
    for (path, is_covered) in covered.chain(others.map(|file| (file.path.to_string(), false))) {
        let Some((group, folder)) = groups.find(&path) else { continue };
        // One finding for all caches of a tool.
        let key = match group {
            Group::Cache => folder.rsplit('/').next().unwrap_or(folder),
            _ => folder,
        };
        let content = contents.entry((group, key.to_owned())).or_default();
        content.folders.insert(folder.to_owned());
        *(if is_covered { &mut content.covered } else { &mut content.others }) += 1;
    }
    findings.extend(contents.into_iter().filter_map(|((group, name), content)| {
        let folder = content.folders.first().cloned().unwrap_or_default();
        let finding = judge(group, &name, &content)?;
        Some(if finding.place.is_some() { finding } else { finding.at(snapshot.dir.join(folder), None) })
    }));
}

fn judge(group: Group, name: &str, content: &Content) -> Option<Finding> {
    const WITHOUT: &str = "without these very files the signature is invalid, and none of them may change on the way";
    let Content { covered, others, folders } = content;
    let severity = if *covered > 0 { Severity::BreaksLater } else { Severity::Note };
    let files = |n: usize, what: &str| if n == 1 { format!("1 {what}file") } else { format!("{n} {what}files") };
    let holds = match covered {
        0 => format!("{}, none of them signed", files(*others, "")),
        n => format!("{} that would be signed", files(*n, ".py ")),
    };
    let ships = if *covered > 0 { WITHOUT } else { "it travels with the plugin and is of no use there" };
    let finding = match group {
        Group::Environment => {
            Finding::new(Code::VirtualEnvironment, severity, format!("`{name}` is a virtual environment: {holds}"))
                .why(ships)
                .cure("move it out of the plugin's folder before signing")
        }
        Group::Installed if *covered > 0 => {
            let warning = Warning::Dependencies { folder: name.to_owned(), files: *covered };
            Finding::of(&warning, warning.severity())
                .why(WITHOUT)
                .cure("move it out of the plugin unless it travels with it")
        }
        Group::Installed => {
            Finding::new(Code::DependenciesInFolder, severity, format!("`{name}` holds installed packages: {holds}"))
                .why(ships)
                .cure("move it out of the plugin unless it travels with it")
        }
        Group::Build => Finding::new(Code::BuildFolder, severity, format!("`{name}` is what a build left: {holds}"))
            .why(ships)
            .cure("remove it before signing; a build makes it again"),
        Group::Cache => {
            let place = match folders.len() {
                1 => format!("`{}`", folders.first().map_or(name, String::as_str)),
                n => format!("{n} folders `{name}`"),
            };
            let verb = if folders.len() == 1 { "is a cache" } else { "are caches" };
            Finding::new(Code::CacheFolder, severity, format!("{place} {verb}: {holds}"))
                .why(ships)
                .cure("remove it before packing; `PYTHONDONTWRITEBYTECODE=1` keeps Python from making `__pycache__`")
        }
        Group::Vendored if *covered > 0 => {
            Finding::new(Code::VendoredFolder, Severity::Note, format!("`{name}` holds copies of other code: {holds}"))
                .why(WITHOUT)
                .cure("see to it that your packaging takes it along as it is")
        }
        Group::Tests if *covered > 0 => {
            Finding::new(Code::TestsSigned, Severity::Note, format!("`{name}` holds {holds}"))
                .why("wheels and images often leave tests out, and without these very files the signature is invalid")
                .cure("ship them with the plugin, or keep them beside its folder")
        }
        Group::Vendored | Group::Tests => return None,
    };
    Some(finding)
}
