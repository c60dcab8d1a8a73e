//! Texts made to exhaust time or memory are declined by a named limit, in under a second each and 200 MB for all.
//!
//! One test in a process of its own, so that the peak memory of the process is the peak of these texts.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::time::Duration;

use aisoc_canonical::{Code, Document, Format};

type Make = fn() -> String;
type MakeOfLength = fn(usize) -> String;

#[test]
fn bombs_are_declined_in_time_and_memory() {
    let cases: [(&str, Make, Format, Code); 17] = [
        ("alias bomb", alias_bomb, Format::Yaml, Code::OutputTooLarge),
        ("merge bomb", merge_bomb, Format::Yaml, Code::MergeTooLarge),
        ("100 MB scalar", || hundred_megabytes("k: "), Format::Yaml, Code::TextTooLarge),
        ("100 MB JSON string", || hundred_megabytes("\""), Format::Json, Code::TextTooLarge),
        ("10,000 flow lists", || "[".repeat(10_000) + &"]".repeat(10_000), Format::Yaml, Code::TooDeep),
        ("10,000 flow mappings", || "{a: ".repeat(10_000) + &"}".repeat(10_000), Format::Yaml, Code::TooDeep),
        ("10,000 block lists", || "- ".repeat(10_000), Format::Yaml, Code::TooDeep),
        ("10,000 explicit keys", || "? ".repeat(10_000), Format::Yaml, Code::TooDeep),
        (
            "100,000 tag handles",
            || (0..100_000).map(|n| format!("%TAG !{n}! x\n")).collect(),
            Format::Yaml,
            Code::UnexpectedToken,
        ),
        ("10,000 JSON lists", || "[".repeat(10_000) + &"]".repeat(10_000), Format::Json, Code::TooDeep),
        (
            "a million keys",
            || (0..1_000_000).map(|n| format!("{n:x}: 1\n")).collect(),
            Format::Yaml,
            Code::TextTooLarge,
        ),
        ("a million short keys", || format!("{{{}}}", "a,".repeat(1_000_000)), Format::Yaml, Code::TooManyNodes),
        ("a million JSON items", || format!("[{}0]", "0,".repeat(1_000_000)), Format::Json, Code::TooManyNodes),
        ("100,000 merge keys", || format!("{{{}}}", "<<: {},".repeat(100_000)), Format::Yaml, Code::MergeTooLarge),
        ("sexagesimal number", || format!("k: 1{}", ":1".repeat(1_000_000)), Format::Yaml, Code::TooManyParts),
        ("1 MB hexadecimal number", || format!("k: 0x{}", "f".repeat(1_000_000)), Format::Yaml, Code::IntTooLong),
        ("1 MB of brackets and quotes", || "[\"".repeat(500_000), Format::Yaml, Code::UnexpectedToken),
    ];
    for (name, make, format, expected) in cases {
        let text = make();
        let start = cpu_time();
        let result = Document::read(text.as_bytes(), format).and_then(|document| document.canonical());
        let elapsed = cpu_time() - start;
        let code = result.map(|bytes| bytes.len()).map_err(|error| error.code());
        assert_eq!(code, Err(expected), "{name}");
        assert!(elapsed < Duration::from_secs(1), "{name} took {elapsed:?}");
    }
    // The largest text alone has 100 MB, which are the test's and not the reader's.
    let peak = peak_memory_kib();
    assert!(peak < 200 * 1024, "the peak was {peak} KiB");
}

fn alias_bomb() -> String {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..40 {
        let aliases = vec![format!("*a{}", n - 1); 10].join(",");
        writeln!(text, "a{n}: &a{n} [{aliases}]").unwrap();
    }
    text
}

fn merge_bomb() -> String {
    let mut text = "a0: &a0 {a: 1, b: 2, c: 3}\n".to_owned();
    for n in 1..40 {
        let aliases = vec![format!("*a{}", n - 1); 10].join(",");
        writeln!(text, "a{n}: &a{n} {{<<: [{aliases}]}}").unwrap();
    }
    text
}

fn hundred_megabytes(start: &str) -> String {
    let mut text = "x".repeat(100_000_000);
    text.replace_range(..start.len(), start);
    text
}

/// A text of twice the length takes about twice the time: no stage looks back over what it has read.
#[test]
fn time_grows_with_the_length_of_the_text() {
    let shapes: [(&str, MakeOfLength); 6] = [
        ("block mapping", |n| (0..n / 12).map(|i| format!("k{i:x}: v{i:x}\n")).collect()),
        ("block list", |n| "- item\n".repeat(n / 7)),
        ("one-line flow list", |n| format!("[{}]", "ab, ".repeat(n / 4))),
        ("plain scalar over many lines", |n| format!("k: a\n{}", "  word word\n".repeat(n / 12))),
        ("block scalar", |n| format!("k: |\n{}", "  word word\n".repeat(n / 12))),
        ("quoted scalar", |n| format!("k: \"{}\"", "word \\n ".repeat(n / 8))),
    ];
    for (name, shape) in shapes {
        let time = |length: usize| {
            let text = shape(length);
            let measure = || {
                let start = cpu_time();
                Document::read(text.as_bytes(), Format::Yaml).and_then(|d| d.canonical()).unwrap();
                cpu_time() - start
            };
            (0..3).map(|_| measure()).min().unwrap()
        };
        let (short, long) = (time(250_000), time(1_000_000));
        // Four times the text; a quadratic stage would take sixteen times as long.
        assert!(long < short * 9, "{name}: {short:?} for 250 KB, {long:?} for 1 MB");
    }
}

/// The time that this thread has had a processor, so that a busy machine fails no test.
#[cfg(target_os = "linux")]
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

#[cfg(not(target_os = "linux"))]
fn cpu_time() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

/// The peak of the memory that this process has had in use.
#[cfg(target_os = "linux")]
fn peak_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[cfg(not(target_os = "linux"))]
fn peak_memory_kib() -> u64 {
    0
}
