//! Whose turn it is to write an index.

use std::path::Path;
use std::time::Duration;

use super::Error;
use crate::lock::Lock;
#[cfg(unix)]
use crate::regular;

/// How long another run may take: it compares, writes and reads a file of at most 64 MiB.
const LIMIT: Duration = Duration::from_secs(10);

/// Waits until no other run of this program writes to an index in the same folder.
///
/// The lock is the folder's own, because the file is another one after each change. Whoever may read the folder may hold it, so that
/// nobody waits for ever.
#[cfg(unix)]
pub(super) fn take(index: &Path) -> Result<Lock, Error> {
    use std::fs::OpenOptions;
    use std::os::unix::fs::OpenOptionsExt as _;
    let folder = match index.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let busy = || Error::Busy { folder: folder.to_owned(), limit: LIMIT };
    let refused = |source: std::io::Error| match regular::means_absent(&source) {
        true => Error::Missing { path: index.to_owned() },
        false => Error::NoTurn { folder: folder.to_owned(), source },
    };
    let itself = rustix::fs::OFlags::DIRECTORY.bits().cast_signed();
    let itself = OpenOptions::new().read(true).custom_flags(itself).open(folder).map_err(refused)?;
    Lock::take(itself, LIMIT).map_err(refused)?.ok_or_else(busy)
}

/// The same where folders have no locks: one lock for all indexes, in this program's own folder.
#[cfg(not(unix))]
pub(super) fn take(index: &Path) -> Result<Lock, Error> {
    use crate::data_folder::{DataFolder, DataFolderError};
    let folder = index.parent().unwrap_or(index).to_owned();
    DataFolder::of_user().and_then(|own| own.lock("indexes.lock", LIMIT)).map_err(|error| match error {
        DataFolderError::Busy { limit, .. } => Error::Busy { folder, limit },
        error => Error::NoTurn { folder, source: std::io::Error::other(error) },
    })
}
