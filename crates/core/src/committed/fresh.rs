//! What becomes of files that are to be committed to a repository: on the way in, and out again into a fresh clone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::attributes::Attributes;
use super::{Error, MAX_FILE, ignored, line_endings, matters, repository};
use crate::regular::{self, Refused};
use crate::task::Task;
use crate::tree::{Tree, TreeFile};

/// Files as a fresh clone on Linux would have them, and what Git did to them. Paths are below the plugin's folder.
#[derive(Debug, Default)]
pub(crate) struct Fresh {
    /// The files.
    pub(crate) plugin: Tree,
    /// `git add` takes CRLF out of them.
    pub(crate) to_lf: Vec<String>,
    /// A checkout writes them with CRLF.
    pub(crate) to_crlf: Vec<String>,
    /// The lines of `.gitattributes` that change these line endings, as `file:line` below the work tree.
    pub(crate) by: BTreeSet<String>,
    /// They are kept in Git LFS.
    pub(crate) lfs: Vec<String>,
    /// `git archive` leaves them out.
    pub(crate) export_ignored: Vec<String>,
    /// `.gitignore` keeps them out of commits.
    pub(crate) ignored: Vec<String>,
    /// What a clone has in their place cannot be told, and why.
    pub(crate) unknown: Vec<(String, &'static str)>,
    /// The file of this one clone (`.git/info/attributes`) that says something and overrides every `.gitattributes`.
    pub(crate) own_attributes: Option<PathBuf>,
}

/// Follows the files of `plugin` through a commit, as if they lay in `folder` of the work tree.
///
/// The attributes and ignore files are those on the disk, but for files of the plugin's own. Of the repository's own settings only
/// `info/attributes` is looked for, and no setting of a user: whoever adds the files has to take back those. A `.gitattributes` behind a symlink does not count, as it does not for Git.
///
/// # Errors
/// [`Error::Unreadable`], [`Error::Attributes`] and [`Error::Cancelled`].
pub(crate) fn fresh(work_tree: &Path, folder: &str, plugin: &Tree, task: &Task<'_>) -> Result<Fresh, Error> {
    let mut attributes = read_attributes(work_tree, folder, plugin)?;
    let own_attributes = repository::own_attributes(work_tree)?;
    let mut fresh = Fresh { plugin: Tree::new(plugin.label().to_owned()), own_attributes, ..Fresh::default() };
    for (name, file) in plugin.iter() {
        task.check()?;
        let shown = || String::from_utf8_lossy(name).into_owned();
        let path = super::join(folder.as_bytes(), name);
        let of_path = attributes.of(&path);
        let added = line_endings::on_add(&file.bytes, of_path.add);
        let in_clone = line_endings::on_checkout(added.as_deref().unwrap_or(&file.bytes), of_path.text);
        let bytes = match (&added, &in_clone) {
            (_, Some(bytes)) | (Some(bytes), None) => bytes.as_slice().into(),
            (None, None) => file.bytes.clone(),
        };
        if matters(name) {
            // What goes out with the line endings that it came with is not told.
            let differs = *bytes != *file.bytes;
            if differs {
                fresh.by.extend(of_path.by);
            }
            match (&added, &in_clone) {
                (_, Some(_)) if differs => fresh.to_crlf.push(shown()),
                (Some(_), _) if differs => fresh.to_lf.push(shown()),
                _ => {}
            }
            if of_path.lfs {
                fresh.lfs.push(shown());
            }
            if of_path.other_encoding {
                fresh.unknown.push((shown(), "`working-tree-encoding` in .gitattributes changes it in a clone"));
            } else if of_path.other_filter {
                fresh.unknown.push((shown(), "a `filter` in .gitattributes may change it in a commit or a clone"));
            } else if of_path.ident && file.bytes.windows(3).any(|three| three == b"$Id") {
                fresh.unknown.push((shown(), "`ident` in .gitattributes changes it in a clone"));
            }
        }
        if of_path.export_ignore && matters(name) {
            fresh.export_ignored.push(shown());
        }
        if std::str::from_utf8(&path).is_ok_and(|path| ignored::is(work_tree, path)) {
            fresh.ignored.push(shown());
        }
        fresh.plugin.add_file(name.to_vec(), TreeFile { bytes, symlink: file.symlink });
    }
    Ok(fresh)
}

/// Reads the `.gitattributes` of every folder from the root down to the plugin's files.
fn read_attributes(work_tree: &Path, folder: &str, plugin: &Tree) -> Result<Attributes, Error> {
    let mut folders = BTreeSet::from([String::new()]);
    let names = plugin.iter().filter_map(|(name, _)| std::str::from_utf8(name).ok());
    for path in names.map(|name| format!("{folder}/{name}")) {
        folders.extend(path.match_indices('/').map(|(at, _)| path[..at].to_owned()));
    }
    let mut attributes = Attributes::default();
    for above in folders {
        let path = super::join(above.as_bytes(), b".gitattributes");
        let own = path.strip_prefix(folder.as_bytes()).and_then(|name| name.strip_prefix(b"/"));
        let text = match own.and_then(|name| plugin.get(name)) {
            Some(text) => text.to_vec(),
            None => match read(&work_tree.join(&above).join(".gitattributes"))? {
                Some(text) => text,
                None => continue,
            },
        };
        let too_many = |()| Error::Attributes { path: super::lossy(&path) };
        attributes.add(above.as_bytes(), &text).map_err(too_many)?;
    }
    Ok(attributes)
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let text = regular::open_unlinked(path).and_then(|(file, _)| regular::read_open(file, MAX_FILE));
    match text {
        Ok(text) => Ok(Some(text)),
        Err(Refused::TooLarge) => Err(Error::Attributes { path: path.to_string_lossy().into_owned() }),
        Err(Refused::NotAFile(_)) => Ok(None),
        Err(Refused::Io(error)) if regular::means_absent(&error) => Ok(None),
        Err(Refused::Io(source)) => Err(Error::Unreadable { path: path.to_owned(), source }),
    }
}
