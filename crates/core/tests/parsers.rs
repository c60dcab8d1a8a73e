//! The parsers of foreign bytes, with the seeds of the fuzz targets and a second's worth of changes to each group of them.
//!
//! `fuzz/seed` makes the seeds; `fuzz/run` does the same for longer, led by what code is reached.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "parsers/mod.rs"]
mod parsers;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use aisoc_publisher_core::plugin_py::Answer;

/// How long each parser is tried.
const TIME: Duration = Duration::from_millis(1200);

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seed");
    let python = std::env::var("AISOC_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let status = Command::new(python).arg(script).arg(target).arg(folder.path()).status().unwrap();
    assert!(status.success());
    let mut files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// A sequence that is the same in every run (Marsaglia's xorshift, 64 bits).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).unwrap()
    }

    fn change(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(16)).min(bytes.len());
            match self.below(6) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 if at < bytes.len() => bytes[at] = [0, 1, 0x7f, 0x80, 0xff, b'/', b'.', b'\n'][self.below(8)],
                2 => {
                    bytes.drain(at..end);
                }
                3 => {
                    let again = bytes[at..end].to_vec();
                    bytes.splice(at..at, again);
                }
                4 => bytes.truncate(at),
                _ => {
                    let other = &seeds[self.below(seeds.len())];
                    let from = self.below(other.len() + 1);
                    let to = (from + self.below(64)).min(other.len());
                    bytes.splice(at..end, other[from..to].iter().copied());
                }
            }
        }
        bytes
    }
}

/// Tries the seeds and then changes to them; returns how many seeds and how many changed ones were accepted, and of how many.
fn try_out(target: &str, parser: impl Fn(&[u8]) -> bool + std::panic::RefUnwindSafe) -> [usize; 4] {
    let seeds = seeds(target);
    let accepted = seeds.iter().filter(|seed| parser(seed)).count();
    let (mut changed, mut count, mut random) = (0, 0, Random(0x9e37_79b9_7f4a_7c15));
    let start = Instant::now();
    while start.elapsed() < TIME {
        let bytes = random.change(&seeds);
        let result = std::panic::catch_unwind(|| parser(&bytes));
        let hex = || bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        changed += usize::from(result.unwrap_or_else(|_| panic!("{target} panics with {}", hex())));
        count += 1;
    }
    [accepted, seeds.len(), changed, count]
}

#[test]
fn archives() {
    let [accepted, seeds, _, count] = try_out("archive", parsers::archive);
    assert_eq!(accepted, seeds, "a sound archive is refused");
    assert!(seeds >= 4 && count > 50, "{seeds} seeds, {count} changed ones");
}

#[test]
fn commits() {
    let [accepted, seeds, changed, count] = try_out("commit", parsers::commit);
    assert_eq!(accepted, seeds, "a sound repository is refused");
    assert!(seeds >= 3 && count > 20 && changed > 0, "{seeds} seeds, {changed} of {count} changed ones");
}

#[test]
fn plugin_py() {
    let [accepted, seeds, changed, count] = try_out("plugin_py", |bytes| parsers::python(bytes) == Answer::Yes);
    assert!(accepted > 10 && seeds > 100 && changed > 0 && count > 100, "{accepted} of {seeds}, {changed} of {count}");
}

#[test]
fn indexes() {
    let [accepted, seeds, changed, count] = try_out("index", parsers::index);
    assert!(accepted > 10 && accepted < seeds, "{accepted} of {seeds} seeds");
    assert!(changed > 100 && count > changed, "{changed} of {count} changed ones");
}
