//! Opening what is a regular file, and nothing else.
//!
//! A folder may come from a stranger. Opening a FIFO waits for ever, opening a device can do anything, and a name can
//! be swapped between the look and the opening, so the opened handle is looked at again.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use crate::atomic::Obstacle;

/// What AiSOC's loader does with a FIFO, which this program never opens.
pub(crate) const LOADER_WAITS: &str = "the loader may wait for this file for ever";

/// Why a file was not opened or read.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It is something else than a regular file, also after following links.
    NotAFile(Obstacle),
    /// It has more bytes than the caller wants to hold.
    TooLarge,
    /// The operating system's reason.
    Io(io::Error),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Answers as Python 3.11's `Path.exists()`: false for nothing, a dangling link and a link to itself.
///
/// # Errors
/// Where Python raises `OSError`, for example without permission to look.
pub(crate) fn exists(path: &Path) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if means_absent(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Tells whether Python's `pathlib` takes this error as "not there" instead of raising it.
pub(crate) fn means_absent(error: &io::Error) -> bool {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        let ignored = [Errno::NOENT, Errno::NOTDIR, Errno::BADF, Errno::LOOP];
        error.raw_os_error().is_some_and(|code| ignored.iter().any(|errno| errno.raw_os_error() == code))
    }
    #[cfg(not(unix))]
    {
        // ERROR_NOT_READY, ERROR_INVALID_NAME and ERROR_CANT_RESOLVE_FILENAME, as in `pathlib`.
        matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
            || matches!(error.raw_os_error(), Some(21 | 123 | 1921))
    }
}

/// Opens a regular file for reading, through links, without ever waiting.
pub(crate) fn open(path: &Path) -> Result<(File, Metadata), Refused> {
    open_as(path, fs::metadata(path)?, false)
}

/// Opens a regular file for reading, and never through a link as the last part of its path.
pub(crate) fn open_unlinked(path: &Path) -> Result<(File, Metadata), Refused> {
    let before = fs::symlink_metadata(path)?;
    if before.is_symlink() {
        return Err(Refused::NotAFile(Obstacle::Symlink));
    }
    open_as(path, before, true)
}

fn open_as(path: &Path, before: Metadata, unlinked: bool) -> Result<(File, Metadata), Refused> {
    if !before.is_file() {
        return Err(Refused::NotAFile(kind_of(&before)));
    }
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // Should a FIFO or a terminal have taken the name just now, opening it returns at once and changes nothing.
        let mut flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        // And should a link have taken it, opening it fails.
        flags.set(rustix::fs::OFlags::NOFOLLOW, unlinked);
        options.custom_flags(flags.bits().cast_signed());
    }
    #[cfg(not(unix))]
    let _ = unlinked;
    let file = options.open(path)?;
    let opened = file.metadata()?;
    if !opened.is_file() {
        return Err(Refused::NotAFile(kind_of(&opened)));
    }
    Ok((file, opened))
}

/// Reads a whole regular file of at most `cap` bytes.
pub(crate) fn read(path: &Path, cap: usize) -> Result<Vec<u8>, Refused> {
    read_open(open(path)?.0, cap)
}

/// Reads a whole file of at most `cap` bytes that [`open`] or [`open_unlinked`] has opened.
pub(crate) fn read_open(file: File, cap: usize) -> Result<Vec<u8>, Refused> {
    let limit = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
    // Room for all of it, and for seeing that nothing follows: growing would copy a large file several times.
    let size = file.metadata()?.len().saturating_add(1).min(limit);
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    file.take(limit).read_to_end(&mut bytes)?;
    if bytes.len() > cap {
        return Err(Refused::TooLarge);
    }
    Ok(bytes)
}

/// Tells whether a file that [`open`] or [`open_unlinked`] has opened holds these bytes and no others, without holding them.
pub(crate) fn holds(mut file: File, bytes: &[u8]) -> io::Result<bool> {
    let mut buffer = vec![0; 1 << 18];
    let mut rest = bytes;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(rest.is_empty()),
            count => match rest.split_at_checked(count) {
                Some((next, behind)) if next == &buffer[..count] => rest = behind,
                _ => return Ok(false),
            },
        }
    }
}

/// Reads a regular file's first bytes, at most `cap`, and never through a link.
pub(crate) fn read_start(path: &Path, cap: usize) -> Result<Vec<u8>, Refused> {
    let (file, metadata) = open_unlinked(path)?;
    let size = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(size.min(cap));
    file.take(u64::try_from(cap).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns a file's permission bits, for writing it anew with the same ones.
#[cfg(unix)]
pub(crate) fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o777
}

/// Returns what stands for permission bits where there are none.
#[cfg(not(unix))]
pub(crate) fn mode(_: &Metadata) -> u32 {
    0o644
}

/// Tells whether the path itself is a symbolic link.
pub(crate) fn is_symlink(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink())
}

fn kind_of(metadata: &Metadata) -> Obstacle {
    if metadata.is_dir() { Obstacle::Folder } else { Obstacle::Special }
}
