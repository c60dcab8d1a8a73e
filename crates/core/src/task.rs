//! Progress and cancellation of long calls.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::code::Code;
use crate::explain::Explain;

/// What a long call is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Listing the folder; `done` counts entries seen, the total is not known.
    Listing,
    /// Hashing covered files; `done` and `total` count bytes.
    Hashing,
}

/// A progress report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub step: Step,
    /// How much of it is done, in the step's unit.
    pub done: u64,
    /// How much there is, where that is known.
    pub total: Option<u64>,
}

/// The call was cancelled; nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

impl Explain for Cancelled {
    fn code(&self) -> Code {
        Code::Cancelled
    }
}

/// A long call's connection to whoever waits for it: reports go out, a wish to cancel comes in.
///
/// It is shared between threads; `report` may be called from several at once and should return at once.
pub struct Task<'a> {
    cancelled: &'a AtomicBool,
    report: &'a (dyn Fn(Progress) + Sync),
}

impl std::fmt::Debug for Task<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task").field("cancelled", &self.cancelled).finish_non_exhaustive()
    }
}

static NEVER: AtomicBool = AtomicBool::new(false);

impl<'a> Task<'a> {
    /// Creates a task that reports to `report` and stops soon after `cancelled` becomes true.
    pub fn new(cancelled: &'a AtomicBool, report: &'a (dyn Fn(Progress) + Sync)) -> Self {
        Self { cancelled, report }
    }

    /// Creates a task that nobody watches and nobody cancels.
    pub fn unwatched() -> Task<'static> {
        Task { cancelled: &NEVER, report: &|_| {} }
    }

    /// Reports progress.
    pub fn report(&self, progress: Progress) {
        (self.report)(progress);
    }

    /// Fails once the caller has cancelled.
    ///
    /// # Errors
    /// [`Cancelled`], and nothing else.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.cancelled.load(Ordering::Relaxed) { Err(Cancelled) } else { Ok(()) }
    }
}
