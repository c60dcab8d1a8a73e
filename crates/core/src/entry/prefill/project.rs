//! `pyproject.toml`: the name under which a project is published, and its links.

use std::path::Path;
use std::str::FromStr as _;

use pep508_rs::PackageName;
use pep508_rs::pep440_rs::Version;
use toml::de::{DeTable, DeValue};

use super::{Suggestion, Suggestions, belongs};
use crate::entry::Source;

const NAME: &str = "pyproject.toml";

/// Labels of `[project.urls]` by how well they fit an entry's `url`: those that the packaging specification on well-known
/// labels gives the same meaning.
const LABELS: [&[&str]; 4] =
    [&["homepage"], &["source", "repository", "sourcecode", "github"], &["documentation", "docs"], &["download"]];

/// Suggests `pip install NAME`, and the project's links. What the build decides (`dynamic`) is not known before it, and so
/// nothing is suggested from it.
pub(super) fn suggest(dir: &Path, found: &mut Suggestions) {
    let Some((path, text)) = found.nearest(dir, NAME) else { return };
    let table = match DeTable::parse(&text) {
        Ok(table) => table,
        Err(error) => {
            let why = error.message().lines().next().unwrap_or_default().to_owned();
            return found.ignored(&path, format!("it is not TOML: {why}"));
        }
    };
    let Some(DeValue::Table(project)) = table.get_ref().get("project").map(|project| project.get_ref()) else { return };
    let get = |key: &str| project.get(key).map(|value| value.get_ref());
    let dynamic: Vec<&str> = match get("dynamic") {
        Some(DeValue::Array(names)) => names.iter().filter_map(|name| name.get_ref().as_str()).collect(),
        _ => Vec::new(),
    };
    let fixed = |key: &str| get(key).filter(|_| !dynamic.contains(&key));
    let fits = path.parent().is_some_and(|project| belongs(project, dir));
    let suggestion = |field, value, key: &str, said| Suggestion {
        field,
        value,
        source: Source::Project(key.to_owned()),
        path: path.clone(),
        fits,
        said,
    };
    if let Some(name) = fixed("name").and_then(DeValue::as_str) {
        // As it is written: the installer normalises it (PEP 503), and people know it like this.
        if PackageName::from_str(name).is_ok() {
            let said = Some("if it is published under this name");
            found.add(suggestion("install", format!("pip install {name}"), "project.name", said));
            let version =
                fixed("version").and_then(DeValue::as_str).filter(|version| Version::from_str(version).is_ok());
            if let Some(version) = version {
                found.add(suggestion("install", format!("pip install {name}=={version}"), "project.version", said));
            }
        } else {
            found.ignored(
                &path,
                format!("`project.name` is no name of a package: {}", crate::entry::problem::shown(name)),
            );
        }
    }
    if let Some(DeValue::Table(urls)) = fixed("urls") {
        let mut links: Vec<_> = urls
            .iter()
            .filter_map(|(label, url)| Some((rank(label.get_ref())?, label.get_ref(), url.get_ref().as_str()?)))
            .collect();
        links.sort();
        for (_, label, url) in links {
            found.add(suggestion("url", url.trim().to_owned(), &format!("project.urls.{label}"), None));
        }
    }
}

/// Where a label stands among the known ones; compared without punctuation, white space and case.
fn rank(label: &str) -> Option<usize> {
    let plain: String = label.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    LABELS.iter().position(|labels| labels.contains(&plain.as_str()))
}
