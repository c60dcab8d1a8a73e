//! Fewer progress reports than the core gives.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::view::{Progress, Step};

/// More often than this nobody sees a difference, and each report costs the web view a turn.
const INTERVAL: Duration = Duration::from_millis(50);

/// Lets the first report of each step through, and then one in a while.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    last: Mutex<Option<(Step, Instant)>>,
}

impl Throttle {
    pub(crate) fn lets_through(&self, progress: &Progress) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|(step, at)| step != progress.step || at.elapsed() >= INTERVAL);
        if due {
            *last = Some((progress.step, Instant::now()));
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_through_and_floods_do_not() {
        let throttle = Throttle::default();
        let progress = |step, done| Progress { step, done, total: None };
        let listing = (0..10_000).filter(|&done| throttle.lets_through(&progress(Step::Listing, done))).count();
        assert!((1..100).contains(&listing), "{listing}");
        assert!(throttle.lets_through(&progress(Step::Hashing, 0)));
    }
}
