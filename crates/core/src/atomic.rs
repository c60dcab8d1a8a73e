//! Writing files: whole or not at all, and never through a symlink.
//!
//! Everything that this program leaves on disk goes through [`replace`] or [`create_new`]. A reader never sees half a
//! file, a failure leaves what was there before, and a link that a stranger put in the way is refused instead of
//! followed.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::code::Code;
use crate::explain::{Explain, Place};

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The path ends in `/`, `..` or nothing, so it names no file.
    #[error("cannot write `{}`: the path names no file", path.display())]
    NoFileName {
        /// The path as given.
        path: PathBuf,
    },
    /// Something that is no regular file stands where the file should go.
    #[error("cannot write `{}`: it is {what}", path.display())]
    NotAFile {
        /// The path as given.
        path: PathBuf,
        /// What stands there.
        what: Obstacle,
    },
    /// The file must be new and something stands there already.
    #[error("cannot create `{}`: {what} with this name exists already", path.display())]
    Exists {
        /// The path as given.
        path: PathBuf,
        /// What stands there.
        what: Obstacle,
    },
    /// The operating system refused.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder that it was tried on.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The file was written or removed, and its folder could not be flushed: a power failure may undo it.
    #[error(
        "the change to `{}` may not outlast a power failure: cannot flush the folder `{}`: {source}",
        path.display(), folder_of(path).display()
    )]
    NotFlushed {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
}

impl Error {
    /// Tells whether the file was written or removed all the same, as every program sees it now.
    pub fn took_effect(&self) -> bool {
        matches!(self, Self::NotFlushed { .. })
    }
}

/// What stands where a file should be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Obstacle {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, wherever it points.
    Symlink,
    /// A FIFO, a socket or a device.
    Special,
}

impl std::fmt::Display for Obstacle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::File => "a file",
            Self::Folder => "a folder",
            Self::Symlink => "a symbolic link",
            Self::Special => "a FIFO, a socket or a device",
        })
    }
}

impl Obstacle {
    /// Names what stands at a path, without following a link; `None` when nothing does.
    ///
    /// # Errors
    /// Whatever the operating system says, except that nothing is there.
    pub fn at(path: &Path) -> io::Result<Option<Self>> {
        match fs::symlink_metadata(path) {
            Ok(found) if found.is_symlink() => Ok(Some(Self::Symlink)),
            Ok(found) if found.is_dir() => Ok(Some(Self::Folder)),
            Ok(found) if found.is_file() => Ok(Some(Self::File)),
            Ok(_) => Ok(Some(Self::Special)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::NoFileName { .. } | Self::NotAFile { .. } => Code::TargetNotAFile,
            Self::Exists { .. } => Code::TargetExists,
            Self::Io { .. } | Self::NotFlushed { .. } => Code::Io,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoFileName { .. } => "give the path of a file".to_owned(),
            Self::NotAFile { what: Obstacle::Symlink, .. } => {
                "links are never written through; remove the link, or give the path that it points to".to_owned()
            }
            Self::NotAFile { .. } => "move it away, or choose another file".to_owned(),
            Self::Exists { .. } => "nothing is overwritten here; choose another name, or move it away".to_owned(),
            Self::Io { source, path, .. } => match source.kind() {
                io::ErrorKind::NotFound => format!("make the folder `{}` first", folder_of(path).display()),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    format!("the folder `{}` must be writable for you", folder_of(path).display())
                }
                _ => return None,
            },
            Self::NotFlushed { .. } => "check the disk that holds the folder, or use another one".to_owned(),
        })
    }

    fn place(&self) -> Option<Place> {
        let (Self::NoFileName { path }
        | Self::NotAFile { path, .. }
        | Self::Exists { path, .. }
        | Self::Io { path, .. }
        | Self::NotFlushed { path, .. }) = self;
        Some(Place { path: path.clone(), position: None })
    }
}

/// Writes a file in one step, replacing a regular file that is there.
///
/// The bytes go to a new file in the same folder, are flushed to the disk and then take the name over, so that other
/// programs see the old content or the new one. `mode` is the permission bits that the file has afterwards, whatever
/// the umask is; Windows ignores it. The folder's entry is flushed as well, where the system lets folders be opened and
/// the file system can flush them: one that answers that it cannot (`EINVAL`, `ENOSYS`, `EOPNOTSUPP`) is taken as it is,
/// and any other answer, `EIO` for one, is an error.
///
/// # Errors
/// [`Error::NotAFile`] when a symlink, a folder or a special file has the name; [`Error::NotFlushed`] when the new
/// content is there and only the folder could not be flushed, so that a caller who promised more puts the old content
/// back; [`Error::Io`] otherwise. After any other error the old content is there; the temporary file is always gone.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
    replace_owned(path, bytes, mode, Owner::default())
}

/// Whose a new file is, by number; nothing for the user or the group that the system gives it. Windows ignores it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The user.
    pub(crate) user: Option<u32>,
    /// The group.
    pub(crate) group: Option<u32>,
}

/// As [`replace`], and gives the file to an owner.
///
/// # Errors
/// Those of [`replace`]; [`Error::Io`] where it cannot be given to them, with the old content still there.
pub(crate) fn replace_owned(path: &Path, bytes: &[u8], mode: u32, owner: Owner) -> Result<(), Error> {
    let name = path.file_name().ok_or_else(|| Error::NoFileName { path: path.to_owned() })?;
    // A rename would replace a link rather than write through it, but a link here means that the folder is not what
    // its owner thinks it is, and that is theirs to decide.
    match Obstacle::at(path).map_err(|source| io_error("look at", path, source))? {
        None | Some(Obstacle::File) => {}
        Some(what) => {
            return Err(Error::NotAFile { path: path.to_owned(), what });
        }
    }
    let (file, beside) = create_beside(path, name, mode)?;
    let guard = Unfinished(beside);
    give(&file, owner).map_err(|source| io_error("keep the owner of", path, source))?;
    fill(file, bytes, mode).map_err(|source| io_error("write", path, source))?;
    fs::rename(&guard.0, path).map_err(|source| io_error("write", path, source))?;
    std::mem::forget(guard);
    flush_folder(path)
}

/// Creates a file that must not exist, with its permissions from the first byte.
///
/// `mode` is as for [`replace`]; between creation and the end the file is never more open than that.
///
/// # Errors
/// [`Error::Exists`] when anything has the name, a dangling symlink included; [`Error::Io`] otherwise, also when the
/// folder cannot be flushed. After an error a file that this call made is gone again.
pub fn create_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
    if path.file_name().is_none() {
        return Err(Error::NoFileName { path: path.to_owned() });
    }
    let file = open_new(path, mode).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => {
            let what = Obstacle::at(path).ok().flatten().unwrap_or(Obstacle::File);
            Error::Exists { path: path.to_owned(), what }
        }
        _ => io_error("create", path, source),
    })?;
    let guard = Unfinished(path.to_owned());
    fill(file, bytes, mode).map_err(|source| io_error("write", path, source))?;
    sync_folder(path).map_err(|source| io_error("flush the folder of", path, source))?;
    std::mem::forget(guard);
    Ok(())
}

/// Removes a regular file or a symlink, and flushes the folder's entry.
///
/// # Errors
/// [`Error::Io`], also when nothing is there; [`Error::NotFlushed`] when it is gone and the folder could not be flushed.
pub fn remove(path: &Path) -> Result<(), Error> {
    fs::remove_file(path).map_err(|source| io_error("remove", path, source))?;
    flush_folder(path)
}

/// Flushes the entry of what has this path in its folder.
///
/// # Errors
/// [`Error::NotFlushed`].
pub(crate) fn flush_folder(path: &Path) -> Result<(), Error> {
    sync_folder(path).map_err(|source| Error::NotFlushed { path: path.to_owned(), source })
}

/// A file that is not complete yet and goes away unless it is finished.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // The error that led here is the one to report; a second one has nowhere to go.
        let _ = fs::remove_file(&self.0);
    }
}

fn create_beside(path: &Path, name: &OsStr, mode: u32) -> Result<(File, PathBuf), Error> {
    // A name that cannot be guessed keeps a stranger with access to the folder from occupying it beforehand; should
    // it be taken all the same, exclusive creation notices.
    for _ in 0..8 {
        let mut random = [0_u8; 8];
        getrandom::fill(&mut random).map_err(|error| io_error("write", path, io::Error::other(error)))?;
        let mut beside = OsString::from(".");
        // A long name plus the suffix could exceed what the file system allows; the random part is enough to tell.
        if name.len() <= 200 {
            beside.push(name);
            beside.push(".");
        }
        beside.push(hex::encode(random));
        beside.push(".tmp");
        let beside = path.with_file_name(beside);
        match open_new(&beside, mode) {
            Ok(file) => return Ok((file, beside)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(io_error("write", path, source)),
        }
    }
    Err(io_error("write", path, io::Error::other("no free name for a temporary file beside it")))
}

fn open_new(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}

/// Comes before the bytes and the mode, which the system may take bits from.
#[cfg(unix)]
fn give(file: &File, Owner { user, group }: Owner) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let now = file.metadata()?;
    // What it has already need not be asked for.
    let (user, group) = (user.filter(|user| *user != now.uid()), group.filter(|group| *group != now.gid()));
    if user.is_none() && group.is_none() { Ok(()) } else { std::os::unix::fs::fchown(file, user, group) }
}

#[cfg(not(unix))]
fn give(_: &File, _: Owner) -> io::Result<()> {
    Ok(())
}

fn fill(mut file: File, bytes: &[u8], mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // The umask may have taken bits away at creation. A signature or public key that others cannot read is of no
        // use to them, so the mode is set as documented.
        file.set_permissions(fs::Permissions::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = mode;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    if let Some(error) = failing::injected() {
        return accept_unable(Err(error));
    }
    #[cfg(unix)]
    // A folder may be writable and yet not readable; then there is nothing to flush it with.
    if let Ok(handle) = File::open(folder_of(path)) {
        return accept_unable(handle.sync_all());
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Takes it as it is that a file system cannot flush folders at all.
#[cfg(any(unix, test))]
fn accept_unable(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        other => other,
    }
}

/// A disk whose folders cannot be flushed, for the tests of everything that writes.
#[cfg(test)]
pub(crate) mod failing {
    use std::cell::Cell;
    use std::io;

    /// Linux's and every BSD's number for "input/output error".
    pub(crate) const EIO: i32 = 5;

    thread_local!(static ERROR: Cell<Option<i32>> = const { Cell::new(None) });

    pub(super) fn injected() -> Option<io::Error> {
        ERROR.get().map(io::Error::from_raw_os_error)
    }

    /// Runs `body` while every flush of a folder by this thread answers with this error number.
    pub(crate) fn flushes<T>(errno: i32, body: impl FnOnce() -> T) -> T {
        ERROR.set(Some(errno));
        let result = body();
        ERROR.set(None);
        result
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn io_error(action: &'static str, path: &Path, source: io::Error) -> Error {
    Error::Io { action, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn replaces_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plugin.sig");
        replace(&path, b"one", 0o644).unwrap();
        replace(&path, b"two", 0o644).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(folder.path()), ["plugin.sig"]);
    }

    #[test]
    fn creates_only_what_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("my.key");
        create_new(&path, b"one", 0o600).unwrap();
        let error = create_new(&path, b"two", 0o600).unwrap_err();
        assert!(matches!(error, Error::Exists { what: Obstacle::File, .. }), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"one");
        let error = create_new(&folder.path().join("none/my.key"), b"x", 0o600).unwrap_err();
        assert_eq!(error.code(), Code::Io);
        assert!(error.hint().unwrap().contains("make the folder"));
    }

    #[test]
    fn a_folder_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plugin.sig");
        fs::create_dir(&path).unwrap();
        let error = replace(&path, b"x", 0o644).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot write `{}`: it is a folder", path.display()));
        assert!(matches!(create_new(&path, b"x", 0o644), Err(Error::Exists { what: Obstacle::Folder, .. })));
        assert_eq!(names(folder.path()), ["plugin.sig"]);
        assert!(matches!(replace(Path::new("/"), b"x", 0o644), Err(Error::NoFileName { .. })));
        assert!(matches!(replace(&folder.path().join(".."), b"x", 0o644), Err(Error::NoFileName { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_cannot_be_flushed() {
        let folder = tempfile::tempdir().unwrap();
        let (new, old) = (folder.path().join("new"), folder.path().join("old"));
        replace(&old, b"one", 0o644).unwrap();
        failing::flushes(failing::EIO, || {
            let error = create_new(&new, b"x", 0o600).unwrap_err();
            assert!(matches!(error, Error::Io { .. }) && !error.took_effect(), "{error}");
            assert_eq!(names(folder.path()), ["old"], "nothing is left behind");
            let error = replace(&old, b"two", 0o644).unwrap_err();
            assert!(error.took_effect() && error.to_string().contains("power failure"), "{error}");
            assert_eq!(fs::read(&old).unwrap(), b"two");
            let error = remove(&old).unwrap_err();
            assert!(error.took_effect(), "{error}");
            assert_eq!(names(folder.path()), [""; 0]);
        });
        // A file system that has no such operation is not a broken one.
        for unable in [rustix::io::Errno::INVAL, rustix::io::Errno::NOSYS, rustix::io::Errno::OPNOTSUPP] {
            failing::flushes(unable.raw_os_error(), || {
                create_new(&new, b"x", 0o600).unwrap();
                replace(&new, b"y", 0o600).unwrap();
                remove(&new).unwrap();
            });
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_never_written_through() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let victim = folder.path().join("victim");
        fs::write(&victim, b"precious").unwrap();
        let link = folder.path().join("link");
        symlink(&victim, &link).unwrap();
        let dangling = folder.path().join("dangling");
        symlink(folder.path().join("nowhere"), &dangling).unwrap();
        for path in [&link, &dangling] {
            assert!(matches!(replace(path, b"x", 0o644), Err(Error::NotAFile { what: Obstacle::Symlink, .. })));
            assert!(matches!(create_new(path, b"x", 0o644), Err(Error::Exists { what: Obstacle::Symlink, .. })));
        }
        assert_eq!(fs::read(&victim).unwrap(), b"precious");
        assert_eq!(names(folder.path()), ["dangling", "link", "victim"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_fifo_is_refused_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(matches!(replace(&path, b"x", 0o644), Err(Error::NotAFile { what: Obstacle::Special, .. })));
    }

    #[cfg(unix)]
    #[test]
    fn the_mode_does_not_depend_on_the_umask() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o7777;
        create_new(&folder.path().join("a"), b"x", 0o600).unwrap();
        // Bits that every usual umask takes away.
        replace(&folder.path().join("b"), b"x", 0o666).unwrap();
        replace(&folder.path().join("a"), b"x", 0o644).unwrap();
        assert_eq!((mode("a"), mode("b")), (0o644, 0o666));
    }
}
