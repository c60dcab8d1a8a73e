//! Hashing the covered files.

use std::fs::File;
use std::io::{self, Read as _};
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::line_endings::Hashes;
use super::stamp::FileStamp;
use super::survey::MAX_LOOKED_AT;
use super::walk::Listed;
use super::{CoveredFile, Error, RelPath};
use crate::regular::{self, Refused};
use crate::task::{Progress, Step, Task};

/// Bytes between two looks at whether the caller cancelled.
const CHUNK: usize = 256 << 10;

type Look = fn(&RelPath, &[u8]) -> Option<()>;

/// Nobody looks at the bytes.
pub(super) const UNSEEN: Option<&Look> = None;

/// Hashes files on all processors and returns them in any order, each with what `look` makes of its first
/// [`MAX_LOOKED_AT`] bytes.
pub(super) fn hash_all<T: Send>(
    listed: Vec<Listed>,
    look: Option<&(impl Fn(&RelPath, &[u8]) -> Option<T> + Sync)>,
    task: &Task<'_>,
) -> Result<Vec<(CoveredFile, Option<T>)>, Error> {
    let total = listed.iter().map(|file| file.stamp.size()).sum();
    let done = AtomicU64::new(0);
    let advance = |bytes: usize| {
        let bytes = bytes as u64;
        let done = done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        task.report(Progress { step: Step::Hashing, done, total: Some(total) });
    };
    listed
        .into_par_iter()
        .map_init(
            || (vec![0_u8; CHUNK], Vec::new()),
            |(buffer, start), file| {
                start.clear();
                let file = hash_one(file, buffer, look.map(|_| &mut *start), task, &advance)?;
                let seen = look.and_then(|look| look(&file.path, start));
                Ok((file, seen))
            },
        )
        .collect()
}

fn hash_one(
    listed: Listed,
    buffer: &mut [u8],
    start: Option<&mut Vec<u8>>,
    task: &Task<'_>,
    advance: &(impl Fn(usize) + Sync),
) -> Result<CoveredFile, Error> {
    task.check()?;
    let Listed { file: path, path: name, symlink, .. } = listed;
    let (mut file, before) = match regular::open(&path) {
        Ok(opened) => opened,
        // It was a file when the folder was listed.
        Err(Refused::NotAFile(_) | Refused::TooLarge) => return Err(Error::Changed { path }),
        Err(Refused::Io(error)) if regular::means_absent(&error) => {
            return Err(Error::Changed { path });
        }
        Err(Refused::Io(source)) => return Err(Error::Unreadable { path, source }),
    };
    let read = hash_stream(&mut file, buffer, start, task, advance).and_then(|read| Ok((read, file.metadata()?)));
    let ((hashes, size), after) = match read {
        Ok(read) => read,
        Err(source) => {
            task.check()?;
            return Err(Error::Unreadable { path, source });
        }
    };
    if size != before.len() || FileStamp::of(&before) != FileStamp::of(&after) {
        return Err(Error::Changed { path });
    }
    let (sha256, lf_sha256) = hashes.finish();
    Ok(CoveredFile { path: name, size, sha256, lf_sha256, symlink })
}

/// Hashes until the end and keeps the start where that is asked for; fails with any error at all once the caller has cancelled.
fn hash_stream(
    file: &mut File,
    buffer: &mut [u8],
    mut start: Option<&mut Vec<u8>>,
    task: &Task<'_>,
    advance: &(impl Fn(usize) + Sync),
) -> io::Result<(Hashes, u64)> {
    let mut hashes = Hashes::default();
    let mut size = 0_u64;
    loop {
        task.check().map_err(io::Error::other)?;
        match file.read(buffer) {
            Ok(0) => return Ok((hashes, size)),
            Ok(read) => {
                hashes.update(&buffer[..read]);
                if let Some(start) = &mut start {
                    let wanted = read.min(MAX_LOOKED_AT - start.len());
                    start.extend_from_slice(&buffer[..wanted]);
                }
                size += read as u64;
                advance(read);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
