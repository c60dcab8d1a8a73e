//! Whether `.gitignore` keeps a file out of commits.

use std::path::Path;

use gix_attributes::glob::pattern::Case;
use gix_ignore::search::Ignore;

use crate::regular;

/// The largest `.gitignore` that is read.
const MAX_BYTES: usize = 1 << 20;

/// Tells whether the repository's own `.gitignore` files, as they are on the disk, leave out a file of the work tree.
///
/// The files of the user and of this one clone are not asked.
pub(super) fn is(work_tree: &Path, path: &str) -> bool {
    let mut search = gix_ignore::Search::default();
    let mut folder = Path::new("").to_owned();
    let parts: Vec<_> = path.split('/').collect();
    for (at, part) in parts.iter().enumerate() {
        let source = folder.join(".gitignore");
        if let Ok(text) = regular::read(&work_tree.join(&source), MAX_BYTES) {
            // A folder's name that cannot be a path here has no files to ask about.
            let _ = search.add_patterns_buffer(&text, source, Some(Path::new("")), Ignore::default());
        }
        // A folder that is left out is not looked into, so nothing in it can be taken back.
        let is_folder = at + 1 < parts.len();
        let so_far = parts[..=at].join("/");
        let found = search.pattern_matching_relative_path(so_far.as_str().into(), Some(is_folder), Case::Sensitive);
        if found.is_some_and(|found| !found.pattern.is_negative()) {
            return true;
        }
        folder.push(part);
    }
    false
}
