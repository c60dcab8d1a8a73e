//! Long calls under way, and the wishes to end them.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::view::Operation;

/// How many wishes are remembered that came before their call. A wish for a call that has ended is one of them.
const EARLY: usize = 64;

/// The long calls under way, by the number that the web view gave them.
#[derive(Debug, Default)]
pub(crate) struct Operations {
    inner: Mutex<Inner>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    running: HashMap<Operation, Arc<AtomicBool>>,
    early: BTreeSet<Operation>,
}

impl Operations {
    /// Notes that a call begins. It is forgotten when the answer is dropped.
    pub(crate) fn begin(&self, operation: Operation) -> Running<'_> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let cancelled = Arc::new(AtomicBool::new(inner.early.remove(&operation)));
        inner.running.insert(operation, Arc::clone(&cancelled));
        Running { operations: self, operation, cancelled }
    }

    /// Wishes a call to end. Calls are dispatched to several threads, so the wish may overtake its call.
    pub(crate) fn cancel(&self, operation: Operation) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        match inner.running.get(&operation) {
            Some(cancelled) => cancelled.store(true, Ordering::Relaxed),
            None => {
                inner.early.insert(operation);
                if inner.early.len() > EARLY {
                    inner.early.pop_first();
                }
            }
        }
    }

    /// Forgets everything, for a page that was loaded anew and counts from 1 again. What still runs is cancelled.
    pub(crate) fn reset(&self) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.early.clear();
        for (_, cancelled) in inner.running.drain() {
            cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Cancels everything that runs, and waits until it has ended, but no longer than `limit`: the program is about to end, and
    /// what a call has started or half written it must clear away itself.
    pub(crate) fn stop(&self, limit: Duration) {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        for cancelled in inner.running.values() {
            cancelled.store(true, Ordering::Relaxed);
        }
        let waited = self.ended.wait_timeout_while(inner, limit, |inner| !inner.running.is_empty());
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

/// A call under way.
#[derive(Debug)]
pub(crate) struct Running<'a> {
    operations: &'a Operations,
    operation: Operation,
    cancelled: Arc<AtomicBool>,
}

impl Running<'_> {
    /// Returns the flag that becomes true when the call should end.
    pub(crate) fn cancelled(&self) -> &AtomicBool {
        &self.cancelled
    }

    /// Returns the same flag, for a thread that may outlive the call.
    pub(crate) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cancelled)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut inner = self.operations.inner.lock().unwrap_or_else(PoisonError::into_inner);
        // After a reset the number may be another call's.
        if inner.running.get(&self.operation).is_some_and(|flag| Arc::ptr_eq(flag, &self.cancelled)) {
            inner.running.remove(&self.operation);
            self.operations.ended.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_cancelled(running: &Running<'_>) -> bool {
        running.cancelled().load(Ordering::Relaxed)
    }

    #[test]
    fn a_wish_finds_its_call() {
        let operations = Operations::default();
        let (one, two) = (operations.begin(Operation(1)), operations.begin(Operation(2)));
        operations.cancel(Operation(2));
        assert!(!is_cancelled(&one) && is_cancelled(&two));
        operations.cancel(Operation(3));
        assert!(is_cancelled(&operations.begin(Operation(3))), "a wish that came first");
        drop(one);
        operations.reset();
        assert!(!is_cancelled(&operations.begin(Operation(1))));
    }

    #[test]
    fn what_runs_at_the_end_is_waited_for() {
        let operations = Operations::default();
        operations.stop(Duration::from_secs(60));
        let hangs = operations.begin(Operation(1));
        operations.stop(Duration::from_millis(1));
        assert!(is_cancelled(&hangs));
        std::thread::scope(|scope| {
            scope.spawn(move || {
                std::thread::sleep(Duration::from_millis(20));
                drop(hangs);
            });
            operations.stop(Duration::from_secs(60));
        });
        assert!(operations.inner.lock().unwrap().running.is_empty());
    }
}
