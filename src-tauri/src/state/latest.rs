//! Calls of which only the latest counts.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aisoc_publisher_core::task::Task;

use crate::view::Failure;

/// Lets one call at a time work on each thing, and ends the others for the latest.
#[derive(Debug)]
pub(crate) struct Latest<T> {
    lines: Mutex<HashMap<T, Line>>,
}

#[derive(Debug, Default)]
struct Line {
    superseded: Arc<AtomicBool>,
    one: Arc<Mutex<()>>,
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self { lines: Mutex::new(HashMap::new()) }
    }
}

impl<T: Clone + Eq + Hash> Latest<T> {
    /// Notes that a call arrived, and wishes those to end that arrived before it.
    pub(crate) fn arrive(&self, thing: &T) -> Turn {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines.entry(thing.clone()).or_default();
        line.superseded.store(true, Ordering::Relaxed);
        line.superseded = Arc::default();
        Turn { superseded: Arc::clone(&line.superseded), one: Arc::clone(&line.one) }
    }
}

/// A call that arrived.
#[derive(Debug)]
pub(crate) struct Turn {
    superseded: Arc<AtomicBool>,
    one: Arc<Mutex<()>>,
}

impl Turn {
    /// Works when the calls before it have ended. The task is cancelled when a later call arrives.
    ///
    /// # Errors
    /// `cancelled`, without any work, for a call that is no longer the latest; those of the work.
    pub(crate) fn take<R>(&self, work: impl FnOnce(&Task<'_>) -> Result<R, Failure>) -> Result<R, Failure> {
        let _one = self.one.lock().unwrap_or_else(PoisonError::into_inner);
        let task = Task::new(&self.superseded, &|_| {});
        task.check()?;
        work(&task)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn only_the_latest_works_to_its_end() {
        let latest = Latest::default();
        let (first, other) = (latest.arrive(&"a"), latest.arrive(&"b"));
        let during = first.take(|task| {
            task.check()?;
            let _second = latest.arrive(&"a");
            Ok(task.check()?)
        });
        assert_eq!(during.unwrap_err().code, "cancelled");
        assert_eq!(first.take(|_| Ok(())).unwrap_err().code, "cancelled");
        other.take(|task| Ok(task.check()?)).unwrap();
        latest.arrive(&"a").take(|task| Ok(task.check()?)).unwrap();
    }

    #[test]
    fn one_works_at_a_time() {
        let (latest, inside) = (Latest::default(), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    // Superseded or not, they never meet.
                    let _ = latest.arrive(&()).take(|_| {
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        std::thread::sleep(std::time::Duration::from_millis(20));
                        inside.fetch_sub(1, Ordering::SeqCst);
                        Ok(())
                    });
                });
            }
        });
    }
}
