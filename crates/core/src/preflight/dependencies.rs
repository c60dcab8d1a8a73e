//! Dependencies without an exact version: what an operator installs is then not what was tested. "Pin dependency versions for
//! reproducibility" is one of AiSOC's Plugin Quality Guidelines.
//!
//! `requirements*.txt` is for installing, so each of its lines should name one version. `pyproject.toml` is for being
//! installed beside others, so a range with an upper end is enough there.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Finding, Severity, Snapshot};
use crate::code::Code;

/// How many packages are named in a title.
const MAX_NAMED: usize = 5;

const PYPROJECT: &str = "pyproject.toml";

/// A package without a version, and its line.
struct Unpinned {
    name: String,
    line: u32,
}

pub(super) fn find(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) {
    for name in snapshot.top_level() {
        if name.starts_with("requirements")
            && name.ends_with(".txt")
            && let Some(text) = snapshot.text(&name)
        {
            add(snapshot, findings, &name, &requirements(&text), "pin each with `==`, such as `requests==2.32.3`");
        } else if name == PYPROJECT
            && let Some(text) = snapshot.text(&name)
        {
            add(snapshot, findings, &name, &pyproject(&text), "give each an upper end, such as `requests>=2.32,<3`");
        }
    }
}

fn add(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>, file: &str, unpinned: &[Unpinned], cure: &str) {
    let Some(first) = unpinned.first() else { return };
    let mut names: Vec<_> = unpinned.iter().take(MAX_NAMED).map(|one| format!("`{}`", one.name)).collect();
    if unpinned.len() > MAX_NAMED {
        names.push(format!("{} more", unpinned.len() - MAX_NAMED));
    }
    let title = format!("`{file}` leaves versions open: {}", names.join(", "));
    findings.push(
        Finding::new(Code::DependencyUnpinned, Severity::Note, title)
            .at(snapshot.dir.join(file), Some((first.line, 1)))
            .why("an operator may get other versions than you tested, and no signature covers them; AiSOC's Plugin Quality Guidelines ask for pinned versions")
            .cure(cure),
    );
}

/// Reads a requirements file (pip's "Requirements File Format"); options, paths and addresses are not judged.
fn requirements(text: &str) -> Vec<Unpinned> {
    let mut found = Vec::new();
    let mut continues = false;
    for (line, text) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let is_rest = std::mem::replace(&mut continues, text.trim_end().ends_with('\\'));
        // A comment starts the line or follows a blank.
        let text = text.split(" #").next().unwrap_or_default().trim();
        if is_rest || text.is_empty() || text.starts_with(['#', '-', '.', '/', '\\']) || text.contains("://") {
            continue;
        }
        let is_exact = |versions: &str| versions.contains("==") && !versions.contains('*');
        found.extend(open_version(text, is_exact).map(|name| Unpinned { name, line }));
    }
    found
}

/// Returns the name in a requirement (PEP 508) whose versions do not satisfy `is_pinned`.
fn open_version(requirement: &str, is_pinned: impl Fn(&str) -> bool) -> Option<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let name: String = requirement.chars().take_while(|c| is_name(*c)).collect();
    let rest = requirement[name.len()..].trim_start();
    // What is in the brackets are extras; what follows a semicolon says when it applies.
    let rest = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(rest, |(_, rest)| rest);
    let versions = rest.split(';').next().unwrap_or_default();
    let is_direct = versions.trim_start().starts_with('@');
    (!name.is_empty() && !is_direct && !is_pinned(versions)).then_some(name)
}

/// Tells whether a range has an upper end.
fn has_upper_end(versions: &str) -> bool {
    ["<", "==", "~=", "^", "~"].iter().any(|sign| versions.contains(sign))
}

/// Reads the dependencies of a project: `project.dependencies` (PEP 621) and Poetry's.
fn pyproject(text: &str) -> Vec<Unpinned> {
    let mut found = Vec::new();
    let Ok(document) = DeTable::parse(text) else { return found };
    let line = |start: usize| {
        let lines = text.get(..start).unwrap_or_default().bytes().filter(|byte| *byte == b'\n').count();
        u32::try_from(lines + 1).unwrap_or(u32::MAX)
    };
    let root = document.get_ref();
    if let Some(DeValue::Array(items)) = get(root, &["project", "dependencies"]) {
        for item in items.iter() {
            if let DeValue::String(requirement) = item.get_ref() {
                let name = open_version(requirement, has_upper_end);
                found.extend(name.map(|name| Unpinned { name, line: line(item.span().start) }));
            }
        }
    }
    if let Some(DeValue::Table(packages)) = get(root, &["tool", "poetry", "dependencies"]) {
        for (name, value) in packages.iter().filter(|(name, _)| name.get_ref() != "python") {
            let versions = match value.get_ref() {
                DeValue::String(versions) => Some(versions),
                DeValue::Table(table) => match table.get("version").map(Spanned::get_ref) {
                    Some(DeValue::String(versions)) => Some(versions),
                    _ => None,
                },
                _ => None,
            };
            let is_number =
                |versions: &str| versions.starts_with(|c: char| c.is_ascii_digit()) && !versions.contains('*');
            if versions.is_some_and(|versions| !has_upper_end(versions) && !is_number(versions)) {
                found.push(Unpinned { name: name.get_ref().to_string(), line: line(value.span().start) });
            }
        }
    }
    found.sort_by_key(|one| one.line);
    found
}

fn get<'t, 'i>(table: &'t DeTable<'i>, path: &[&str]) -> Option<&'t DeValue<'i>> {
    let (first, rest) = path.split_first()?;
    let value = table.get(*first)?.get_ref();
    match (rest, value) {
        ([], value) => Some(value),
        (rest, DeValue::Table(table)) => get(table, rest),
        _ => None,
    }
}
