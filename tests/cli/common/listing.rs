//! What lies in a folder, down to times and bytes.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// Every file and folder below one, with kind and mode, size, time of change and content.
#[derive(Debug, PartialEq, Eq)]
pub struct Listing(BTreeMap<PathBuf, String>);

impl Listing {
    /// Looks at a folder. A file that came and went shows as well: it changed its folder's time.
    pub fn of(root: &Path) -> Self {
        let mut listing = BTreeMap::new();
        look(root, &mut listing);
        Self(listing)
    }

    /// Fails, and says where, unless both are the same.
    #[track_caller]
    pub fn assert_same(&self, after: &Self) {
        let mut changes = Vec::new();
        for (path, entry) in &self.0 {
            match after.0.get(path) {
                Some(now) if now == entry => {}
                Some(now) => changes.push(format!("{} was {entry} and is {now}", path.display())),
                None => changes.push(format!("{} is gone", path.display())),
            }
        }
        changes.extend(
            after.0.keys().filter(|path| !self.0.contains_key(*path)).map(|p| format!("{} is new", p.display())),
        );
        assert!(changes.is_empty(), "something was written:\n{}", changes.join("\n"));
    }
}

fn look(path: &Path, listing: &mut BTreeMap<PathBuf, String>) {
    let Ok(found) = fs::symlink_metadata(path) else {
        // In a folder that may be listed and not entered, for whoever is not root.
        listing.insert(path.to_owned(), "closed".to_owned());
        return;
    };
    let content = if found.is_file() {
        // Root reads everything; for others an unreadable file still has its size and time.
        fs::read(path).map_or_else(|_| "unreadable".to_owned(), |bytes| hex::encode(Sha256::digest(bytes)))
    } else if found.is_symlink() {
        fs::read_link(path).unwrap().display().to_string()
    } else {
        String::new()
    };
    let times = format!("{}.{:09}", found.mtime(), found.mtime_nsec());
    let size = if found.is_dir() { 0 } else { found.len() };
    listing.insert(
        path.to_owned(),
        format!("{:o} {}:{} {size} {times} {content}", found.mode(), found.uid(), found.gid()),
    );
    if found.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten() {
            look(&entry.unwrap().path(), listing);
        }
    }
}
