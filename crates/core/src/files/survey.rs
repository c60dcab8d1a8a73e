//! A whole folder at one moment: one walk, each file's bytes read once, for whoever needs more than the covered files.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::uncovered::{self, UncoveredFile, UncoveredKind};
use super::{CoveredFile, Error, FileMap, MAX_ENTRIES, RelPath, check_folder, hash, walk};
use crate::regular;
use crate::task::{Cancelled, Task};

/// How many bytes of a file are handed out, counted from its start.
pub(crate) const MAX_LOOKED_AT: usize = 1 << 20;

/// How many bytes of files that are not covered are read in all.
const MAX_UNCOVERED_READ: u64 = 256 << 20;

/// A folder's files, and what was found in them.
pub(crate) struct Survey<T> {
    /// The covered files, or why they cannot be read.
    pub(crate) covered: Result<FileMap, Error>,
    /// The files that no signature covers, as [`uncovered`](super::uncovered()) lists them.
    pub(crate) uncovered: Vec<UncoveredFile>,
    /// Symlinks that lead to nothing, sorted.
    pub(crate) dangling: Vec<RelPath>,
    /// What the caller found, sorted by path.
    pub(crate) found: Vec<(RelPath, T)>,
    /// The regular files of which only the start was shown, sorted.
    pub(crate) cut: Vec<RelPath>,
    /// How many files were left unread, since they are too many or cannot be read.
    pub(crate) unread: usize,
}

/// Walks a folder once, hashes what is covered, and shows every regular file's first [`MAX_LOOKED_AT`] bytes to `look`.
///
/// A file behind a symlink is shown where it is covered, since its bytes are signed, and not otherwise. At most
/// [`MAX_UNCOVERED_READ`] bytes of what is not covered are read, `.git` last.
///
/// # Errors
/// As [`FileMap::read`] while listing; what goes wrong while hashing is in the result, but for [`Error::Cancelled`].
pub(crate) fn survey<T: Send>(
    root: &Path,
    look: &(impl Fn(&RelPath, &[u8]) -> Option<T> + Sync),
    task: &Task<'_>,
) -> Result<Survey<T>, Error> {
    check_folder(root)?;
    let yaml_counts = uncovered::yaml_counts(root);
    let (mut listed, mut links) = (Vec::new(), Vec::new());
    let mut others: Vec<(PathBuf, UncoveredFile)> = Vec::new();
    walk::visit(root, MAX_ENTRIES, task, |entry| {
        others.extend(uncovered::judge(root, &entry, yaml_counts).map(|file| (entry.path().to_owned(), file)));
        walk::sort_out(root, entry, &mut listed, &mut links)
    })?;
    others.sort_unstable_by(|(_, a), (_, b)| a.path.cmp(&b.path));
    links.sort_unstable();
    let mut found = Vec::new();
    let covered = match hash::hash_all(listed, Some(look), task) {
        Ok(hashed) => {
            let mut files: Vec<CoveredFile> = Vec::with_capacity(hashed.len());
            for (file, seen) in hashed {
                found.extend(seen.map(|seen| (file.path.clone(), seen)));
                files.push(file);
            }
            files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
            Ok(FileMap { files, links: links.clone() })
        }
        Err(Error::Cancelled(cancelled)) => return Err(cancelled.into()),
        Err(error) => Err(error),
    };
    let (seen, unread) = look_at(&others, look, task)?;
    found.extend(seen);
    found.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let uncovered: Vec<_> = others.into_iter().map(|(_, file)| file).collect();
    let leads_somewhere = |link: &RelPath| uncovered.binary_search_by(|file| file.path.cmp(link)).is_ok();
    let own = |link: &RelPath| uncovered::is_own(&link.to_string());
    let dangling = links.into_iter().filter(|link| !leads_somewhere(link) && !own(link)).collect();
    let is_long = |size: u64| size > MAX_LOOKED_AT as u64;
    let long_covered = covered.iter().flatten().filter(|file| is_long(file.size)).map(|file| file.path.clone());
    let long_others = uncovered.iter().filter(|file| is_regular(file) && is_long(file.size.unwrap_or(0)));
    let mut cut: Vec<_> = long_covered.chain(long_others.map(|file| file.path.clone())).collect();
    cut.sort_unstable();
    Ok(Survey { covered, uncovered, dangling, found, cut, unread })
}

fn is_regular(file: &UncoveredFile) -> bool {
    !file.symlink && file.kind != UncoveredKind::LinkedFolder
}

/// Shows the uncovered files to `look`; returns what it found, and how many files it was not shown.
fn look_at<T: Send>(
    others: &[(PathBuf, UncoveredFile)],
    look: &(impl Fn(&RelPath, &[u8]) -> Option<T> + Sync),
    task: &Task<'_>,
) -> Result<(Vec<(RelPath, T)>, usize), Cancelled> {
    let mut files: Vec<_> = others.iter().filter(|(_, file)| is_regular(file)).collect();
    files.sort_by_key(|(_, file)| file.path.to_string().starts_with(".git/"));
    let mut left = MAX_UNCOVERED_READ;
    let within = files.iter().take_while(|(_, file)| {
        let size = file.size.unwrap_or(0).min(MAX_LOOKED_AT as u64);
        let fits = size <= left;
        left = left.saturating_sub(size);
        fits
    });
    let count = within.count();
    let unread = AtomicU64::new((files.len() - count) as u64);
    let seen = files[..count]
        .par_iter()
        .map(|(path, file)| {
            task.check()?;
            match regular::read_start(path, MAX_LOOKED_AT) {
                Ok(bytes) => Ok(look(&file.path, &bytes).map(|seen| (file.path.clone(), seen))),
                Err(_) => {
                    unread.fetch_add(1, Ordering::Relaxed);
                    Ok(None)
                }
            }
        })
        .collect::<Result<Vec<_>, Cancelled>>()?;
    let unread = usize::try_from(unread.into_inner()).unwrap_or(usize::MAX);
    Ok((seen.into_iter().flatten().collect(), unread))
}
