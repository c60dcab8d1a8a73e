//! Which program built an archive, and how it is told to take files along.

use std::path::{Path, PathBuf};

use crate::artifact::{Artifact, Kind};
use crate::files::printable;
use crate::regular;

/// The largest `pyproject.toml` that is looked into, in bytes.
const MAX_PROJECT: usize = 1 << 20;

/// So many files are taken along by their names, more by a pattern for everything.
const MAX_LISTED: usize = 12;

/// How many folders above the plugin's are searched for a `pyproject.toml`.
const MAX_ABOVE: usize = 4;

/// A program that builds Python packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// setuptools: takes no data along that it is not told of.
    Setuptools,
    /// hatchling: takes everything along that Git does not ignore.
    Hatchling,
    /// poetry-core: takes everything along that Git does not ignore.
    Poetry,
    /// flit: takes the package's folder along as it is.
    Flit,
    /// maturin: takes the Python package along, without what Git ignores.
    Maturin,
}

impl Backend {
    /// Recognises one by its name in a wheel's `Generator` line, or by its module in `build-backend`.
    fn by_name(name: &str) -> Option<Self> {
        let known = [
            ("bdist_wheel", Self::Setuptools),
            ("setuptools", Self::Setuptools),
            ("hatchling", Self::Hatchling),
            ("poetry", Self::Poetry),
            ("flit", Self::Flit),
            ("maturin", Self::Maturin),
        ];
        known.into_iter().find_map(|(start, backend)| name.starts_with(start).then_some(backend))
    }
}

/// What is known of the project that an archive was built from.
pub(super) struct Project {
    backend: Option<Backend>,
    /// The plugin's folder as a package: where a wheel has it.
    package: String,
    /// The plugin's folder below that of `pyproject.toml`.
    source: String,
}

impl Project {
    /// The archive itself says best what built it; the plugin's folder is asked for the rest.
    pub(super) fn of(artifact: &Artifact, folder: &str, dir: Option<&Path>) -> Self {
        let on_disk = dir.and_then(find_project);
        let said = on_disk.as_ref().and_then(|(_, text)| build_backend(text));
        let backend = generator(artifact).or_else(|| project_inside(artifact)).or(said);
        let source = match (&on_disk, dir) {
            (Some((above, _)), Some(dir)) => below(above, dir),
            _ => None,
        };
        let source = source.unwrap_or_else(|| match artifact.kind() {
            Kind::Wheel => folder.to_owned(),
            // A source distribution holds the project in one folder.
            _ => folder.split_once('/').map_or(folder, |(_, below)| below).to_owned(),
        });
        let package = match artifact.kind() {
            Kind::Wheel => folder,
            _ => source.strip_prefix("src/").unwrap_or(&source),
        };
        Self { backend, package: package.to_owned(), source }
    }

    /// Says how these files, named below the plugin's folder, are taken along.
    pub(super) fn include(&self, files: &[String]) -> String {
        let everything = ["**/*".to_owned()];
        let files = if files.len() > MAX_LISTED { &everything } else { files };
        let quoted = |prefix: &str, template: &dyn Fn(&str) -> String| {
            let path = |file: &String| if prefix.is_empty() { file.clone() } else { format!("{prefix}/{file}") };
            let items: Vec<_> = files.iter().map(|file| template(&toml_string(&path(file)))).collect();
            items.join(", ")
        };
        let plain = |text: &str| text.to_owned();
        let both = |text: &str| format!("{{ path = {text}, format = [\"sdist\", \"wheel\"] }}");
        let lines = match self.backend {
            // A package has a folder.
            Some(Backend::Setuptools) if !self.package.is_empty() => {
                let package = toml_string(&self.package.replace('/', "."));
                format!("[tool.setuptools.package-data]\n{package} = [{}]", quoted("", &plain))
            }
            Some(Backend::Hatchling) => {
                format!("[tool.hatch.build]\nartifacts = [{}]", quoted(&self.source, &plain))
            }
            Some(Backend::Poetry) => format!("[tool.poetry]\ninclude = [{}]", quoted(&self.source, &both)),
            Some(Backend::Maturin) => format!("[tool.maturin]\ninclude = [{}]", quoted(&self.source, &both)),
            Some(Backend::Flit) => {
                return "flit takes every file in the package's folder along: put it there before building, and build again"
                    .to_owned();
            }
            Some(Backend::Setuptools) | None => {
                return "tell the build to take it along (it calls such files package data), then build again"
                    .to_owned();
            }
        };
        format!("add this to pyproject.toml, then build again:\n{lines}")
    }
}

/// Reads who built a wheel: `Generator: hatchling 1.25.0`.
fn generator(artifact: &Artifact) -> Option<Backend> {
    let in_wheel =
        |path: &[u8]| path.ends_with(b".dist-info/WHEEL") && path.iter().filter(|b| **b == b'/').count() == 1;
    let (_, file) = artifact.tree().iter().find(|(path, _)| in_wheel(path))?;
    let text = std::str::from_utf8(&file.bytes).ok()?;
    text.lines().find_map(|line| Backend::by_name(line.strip_prefix("Generator:")?.trim()))
}

/// Reads the `pyproject.toml` of a source distribution, which lies in its one folder.
fn project_inside(artifact: &Artifact) -> Option<Backend> {
    let mut files = artifact.tree().iter().filter(|(path, _)| {
        let name = path.strip_suffix(b"pyproject.toml");
        name.is_some_and(|above| above.is_empty() || above.iter().position(|b| *b == b'/') == Some(above.len() - 1))
    });
    build_backend(std::str::from_utf8(&files.next()?.1.bytes).ok()?)
}

/// Finds the `pyproject.toml` in the plugin's folder or above it, but not above a repository's.
fn find_project(dir: &Path) -> Option<(PathBuf, String)> {
    let dir = std::path::absolute(dir).ok()?;
    for folder in dir.ancestors().take(MAX_ABOVE + 1) {
        if let Ok(bytes) = regular::read(&folder.join("pyproject.toml"), MAX_PROJECT) {
            return Some((folder.to_owned(), String::from_utf8(bytes).ok()?));
        }
        if folder.join(".git").symlink_metadata().is_ok() {
            return None;
        }
    }
    None
}

/// The plugin's folder below the project's, `/`-separated; empty for the same.
fn below(project: &Path, dir: &Path) -> Option<String> {
    let dir = std::path::absolute(dir).ok()?;
    let parts: Option<Vec<_>> = dir.strip_prefix(project).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

/// Finds `build-backend` in the table `[build-system]`, without understanding the rest of the file.
fn build_backend(text: &str) -> Option<Backend> {
    let mut in_table = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_table = line.split('#').next().is_some_and(|table| table.trim() == "[build-system]");
        } else if in_table
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == "build-backend"
        {
            return Backend::by_name(value.trim().trim_matches(['"', '\'']));
        }
    }
    None
}

/// A stranger's text as a TOML string.
fn toml_string(text: &str) -> String {
    let escaped = printable(text).replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backend_of_a_project() {
        let table = [
            (
                "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n",
                Some(Backend::Hatchling),
            ),
            ("[build-system] # how\nbuild-backend='setuptools.build_meta'", Some(Backend::Setuptools)),
            ("[build-system]\nbuild-backend = \"poetry.core.masonry.api\"", Some(Backend::Poetry)),
            ("[build-system]\nbuild-backend = \"flit_core.buildapi\"", Some(Backend::Flit)),
            ("[build-system]\nbuild-backend = \"maturin\"", Some(Backend::Maturin)),
            ("[tool.x]\nbuild-backend = \"maturin\"", None),
            ("[build-system]\n[tool.x]\nbuild-backend = \"maturin\"", None),
            ("build-backend = \"maturin\"", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(build_backend(text), expected, "{text}");
        }
    }
}
