//! What will really be shipped: the plugin in an archive or in a commit, beside the folder that it was made from.
//!
//! The verdict on what is shipped is [`verdict::judge_tree`](crate::verdict::judge_tree)'s. Here stands what packaging
//! lost or changed, which is why that verdict is another one than the folder's.

mod finding;
mod packaging;

use std::collections::HashSet;
use std::path::Path;

pub use finding::{Carrier, Finding, What};
pub use packaging::Backend;

use crate::artifact::{Artifact, Kind};
use crate::files::{self, FileMap, RelPath, UncoveredKind};
use crate::manifest::{self, Manifest};
use crate::regular;
use crate::signature::{self, Signature};
use crate::source::{Folder, Source};
use crate::task::Task;
use crate::tree::Tree;

/// Folders below a plugin's whose files nobody means to ship.
const NOT_SHIPPED: [&str; 7] = ["__pycache__", "build", "dist", "docs", "node_modules", "tests", "venv"];

/// Names, without folders, of files that nobody means to ship or that a build puts elsewhere.
const NOT_PART: [&str; 7] =
    ["pyproject.toml", "setup.cfg", "MANIFEST.in", "poetry.lock", "uv.lock", "tox.ini", "Makefile"];

/// How files begin that say something about a plugin and are no part of it.
const ABOUT: [&str; 5] = ["README", "LICENSE", "CHANGELOG", "CONTRIBUTING", "CODE_OF_CONDUCT"];

/// Compares what is shipped with the plugin's folder `dir`, which it was made from.
///
/// # Errors
/// Those of reading the folder's files. A manifest or a signature that cannot be read there is left out, since looking
/// at the folder itself says so.
pub fn compare(dir: &Path, shipped: &Tree, carrier: Carrier, task: &Task<'_>) -> Result<Vec<Finding>, files::Error> {
    let here = FileMap::read(dir, task)?;
    let there = shipped.covered_files()?;
    let mut findings = Vec::new();
    let mut add = |what, paths: Vec<String>| {
        if !paths.is_empty() {
            findings.push(Finding::new(what, carrier, paths));
        }
    };
    add(What::ManifestMissing, manifest_missing(dir, shipped));
    add(What::SignatureMissing, signature_when(dir, shipped, |ours, theirs| ours.is_some() && theirs.is_none()));
    let difference = files::diff(&here, &there);
    let with_line_feeds =
        |files: &FileMap| -> HashSet<_> { files.iter().map(|file| (file.path.clone(), file.lf_sha256)).collect() };
    let same = &with_line_feeds(&here) & &with_line_feeds(&there);
    let same: HashSet<_> = same.into_iter().map(|(path, _)| path).collect();
    let (endings, changed): (Vec<_>, Vec<_>) = difference.changed.iter().partition(|path| same.contains(*path));
    let (written, added): (Vec<_>, Vec<_>) = difference.added.iter().partition(|path| is_version_file(path));
    add(What::FilesMissing, names(&difference.removed));
    add(What::FilesChanged, names(changed));
    add(What::LineEndings, names(endings));
    add(What::VersionWritten, names(written));
    add(What::FilesAdded, names(added));
    if manifest_differs(dir, shipped) {
        add(What::ManifestChanged, vec![manifest_name(dir).to_owned()]);
    }
    add(
        What::SignatureChanged,
        signature_when(dir, shipped, |ours, theirs| matches!((ours, theirs), (Some(a), Some(b)) if a != b)),
    );
    add(What::DataMissing, data_missing(dir, shipped, task)?);
    add(What::ExecutableAdded, executables_added(dir, shipped));
    Ok(findings)
}

/// Says what becomes of a plugin in a wheel, whether or not its own folder is at hand.
pub fn look_at_wheel(artifact: &Artifact, folder: &str) -> Vec<Finding> {
    if artifact.kind() != Kind::Wheel {
        return Vec::new();
    }
    let tree = artifact.tree();
    let carrier = Carrier::Archive(Kind::Wheel);
    let beside = |name: &str| tree.contains(join(folder, name).as_bytes());
    if folder.is_empty() {
        let loose = [manifest::YAML_NAME, manifest::JSON_NAME, "plugin.py", signature::FILE_NAME];
        let loose = loose.iter().filter(|name| beside(name)).map(|name| (*name).to_owned()).collect();
        return vec![Finding::new(What::NoPackageFolder, carrier, loose)];
    }
    if folder.split('/').next().is_some_and(|top| top.ends_with(".data")) {
        // pip puts such files somewhere else, by a scheme of its own.
        return Vec::new();
    }
    let own = if beside(manifest::JSON_NAME) { None } else { Some(manifest::YAML_NAME) };
    let elsewhere: Vec<_> = ["plugin.py", signature::FILE_NAME]
        .into_iter()
        .chain(own)
        .filter(|name| !beside(name))
        .flat_map(|name| tree.iter().filter_map(move |(path, _)| ends_in(path, name)))
        .collect();
    match elsewhere.is_empty() {
        true => vec![Finding::new(What::InSitePackages, carrier, vec![folder.to_owned()])],
        false => vec![Finding::new(What::Apart, carrier, elsewhere)],
    }
}

/// Adds to the findings what to write into `pyproject.toml`, for the build that made the archive.
pub fn add_cures(findings: &mut [Finding], artifact: &Artifact, folder: &str, dir: Option<&Path>) {
    let project = packaging::Project::of(artifact, folder, dir);
    let stayed_behind = [What::ManifestMissing, What::SignatureMissing, What::FilesMissing, What::DataMissing];
    let mut findings: Vec<_> = findings.iter_mut().filter(|finding| stayed_behind.contains(&finding.what)).collect();
    // One table for all of them: a second one of the same name would be an error.
    let paths: Vec<_> = findings.iter().flat_map(|finding| finding.paths.clone()).collect();
    for (at, finding) in findings.iter_mut().enumerate() {
        finding.cure = Some(match at {
            0 => project.include(&paths),
            _ => "what is said above of the build takes it along too".to_owned(),
        });
    }
}

fn names<'a>(paths: impl IntoIterator<Item = &'a RelPath>) -> Vec<String> {
    paths.into_iter().map(|path| path.as_py().to_string_lossy()).collect()
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Returns the path as text if its last part is `name`.
fn ends_in(path: &[u8], name: &str) -> Option<String> {
    let text = std::str::from_utf8(path).ok()?;
    let last = text.rsplit('/').next()?;
    (last == name).then(|| text.to_owned())
}

/// The manifest that counts in the folder.
fn manifest_name(dir: &Path) -> &'static str {
    match regular::exists(&dir.join(manifest::YAML_NAME)) {
        Ok(false) if regular::exists(&dir.join(manifest::JSON_NAME)).unwrap_or(false) => manifest::JSON_NAME,
        _ => manifest::YAML_NAME,
    }
}

fn manifest_missing(dir: &Path, shipped: &Tree) -> Vec<String> {
    let name = manifest_name(dir);
    let missing = Folder(dir).exists(name).unwrap_or(false) && !shipped.contains(name.as_bytes());
    if missing { vec![name.to_owned()] } else { Vec::new() }
}

/// Tells whether the signed part of the manifest is another one; its spelling and its line endings do not matter.
fn manifest_differs(dir: &Path, shipped: &Tree) -> bool {
    let signed = |manifest: Result<Manifest, manifest::Error>| manifest.and_then(|manifest| manifest.canonical()).ok();
    match (signed(Manifest::read(dir)), signed(Manifest::read_from(shipped))) {
        (Some(ours), Some(theirs)) => ours != theirs,
        _ => false,
    }
}

fn signature_when(
    dir: &Path,
    shipped: &Tree,
    differs: impl Fn(Option<Signature>, Option<Signature>) -> bool,
) -> Vec<String> {
    // One that cannot be read is neither missing nor another one; the verdict says what it is.
    match (Signature::read_from(&Folder(dir)), Signature::read_from(shipped)) {
        (Ok(ours), Ok(theirs)) if differs(ours, theirs) => vec![signature::FILE_NAME.to_owned()],
        _ => Vec::new(),
    }
}

/// Tells whether a build tool writes a file of this name.
fn is_version_file(path: &RelPath) -> bool {
    let name = path.as_py().to_string_lossy();
    matches!(name.rsplit('/').next(), Some("_version.py" | "__version__.py" | "version.py" | "_version_info.py"))
}

/// Files beside the code that stayed behind, without those that nobody ships.
fn data_missing(dir: &Path, shipped: &Tree, task: &Task<'_>) -> Result<Vec<String>, files::Error> {
    let uncovered = files::uncovered(dir, task)?;
    let names = uncovered.iter().filter(|file| file.kind == UncoveredKind::Other).map(|file| file.path.as_py());
    let missing = names.filter_map(|name| name.as_str()).filter(|name| {
        let parts: Vec<_> = name.split('/').collect();
        let meant = parts
            .iter()
            .all(|part| !part.starts_with('.') && !NOT_SHIPPED.contains(part) && !part.ends_with(".egg-info"));
        let own = parts.last().is_some_and(|last| {
            NOT_PART.contains(last) || ABOUT.iter().any(|about| last.to_ascii_uppercase().starts_with(about))
        });
        meant && !own && !shipped.contains(name.as_bytes())
    });
    Ok(missing.map(str::to_owned).collect())
}

/// Compiled code that only the shipped plugin has.
fn executables_added(dir: &Path, shipped: &Tree) -> Vec<String> {
    let compiled = shipped.iter().filter_map(|(path, _)| std::str::from_utf8(path).ok()).filter(|path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        files::is_executable(name.as_ref())
    });
    compiled.filter(|path| !regular::exists(&dir.join(path)).unwrap_or(true)).map(str::to_owned).collect()
}
