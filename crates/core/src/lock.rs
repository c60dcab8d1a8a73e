//! Locks among processes, which end with their process in whatever way.

use std::fs::{File, TryLockError};
use std::io;
use std::time::{Duration, Instant};

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of an open file, or folder where the system has such, and waits for it up to `limit`; nothing where somebody
    /// else has held it all that time.
    pub(crate) fn take(file: File, limit: Duration) -> io::Result<Option<Self>> {
        let deadline = Instant::now() + limit;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { _file: file })),
                Err(TryLockError::Error(source)) => return Err(source),
                Err(TryLockError::WouldBlock) if Instant::now() >= deadline => return Ok(None),
                // The standard library cannot wait for a lock with a time limit, so it is asked again.
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }
}
