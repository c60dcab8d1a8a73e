//! Unified diffs: as patches that `git apply` takes, and for showing.

pub(crate) mod git_binary;

use std::fmt::Write as _;
use std::hash::Hash;
use std::ops::Range;
use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, DiffTag};

use crate::files::printable;

/// How many unchanged lines stand around a change.
const CONTEXT: usize = 3;

/// How long the comparison of changed lines may take; after that the diff is longer than it needs to be, and still right.
const DIFF_TIME: Duration = Duration::from_millis(500);

/// A line with more characters than this is shown in part.
const LONG: usize = 400;

/// How many characters are shown around the change in such a line.
const AROUND: usize = 60;

/// How many lines are shown.
const MAX_LINES: usize = 2000;

/// A range of bytes that was replaced by another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Splice {
    /// Where both begin.
    pub(crate) start: usize,
    /// How many bytes there were.
    pub(crate) before: usize,
    /// How many there are now.
    pub(crate) after: usize,
}

impl Splice {
    pub(crate) fn before(&self) -> Range<usize> {
        self.start..self.start + self.before
    }

    pub(crate) fn after(&self) -> Range<usize> {
        self.start..self.start + self.after
    }
}

/// What a patch does to one file.
#[derive(Debug)]
pub(crate) struct FilePatch<'a> {
    name: &'a str,
    is_new: bool,
    /// The lines that are compared, each with its offset.
    old: Vec<Line<'a>>,
    new: Vec<Line<'a>>,
    /// How many lines stand before them.
    skipped: usize,
    ops: Vec<DiffOp>,
    splice: Splice,
}

#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    at: usize,
    bytes: &'a [u8],
}

impl PartialEq for Line<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Line<'_> {}

impl Hash for Line<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

impl<'a> FilePatch<'a> {
    /// A change of one range in the file `name`, found without comparing the rest.
    pub(crate) fn change(name: &'a str, before: &'a [u8], after: &'a [u8], splice: &Splice) -> Self {
        let mut start = line_start(before, splice.start);
        for _ in 0..CONTEXT {
            start = if start == 0 { 0 } else { line_start(before, start - 1) };
        }
        let mut tail = splice.start + splice.before;
        for _ in 0..=CONTEXT {
            tail = line_end(before, tail);
        }
        let skipped = memchr::memchr_iter(b'\n', &before[..start]).count();
        let old = lines(before, start..tail);
        let new = lines(after, start..tail - splice.before + splice.after);
        let ops = compare(&old, &new, splice.start);
        Self { name, is_new: false, old, new, skipped, ops, splice: splice.clone() }
    }

    /// A change of the whole file `name`.
    pub(crate) fn rewrite(name: &'a str, before: &'a [u8], after: &'a [u8]) -> Self {
        let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
        let both = before.len().min(after.len()) - head;
        let tail = before.iter().rev().zip(after.iter().rev()).take(both).take_while(|(a, b)| a == b).count();
        let splice = Splice { start: head, before: before.len() - head - tail, after: after.len() - head - tail };
        Self::change(name, before, after, &splice)
    }

    /// A new text file `name`, with mode 0644.
    pub(crate) fn creation(name: &'a str, bytes: &'a [u8]) -> Self {
        let new = lines(bytes, 0..bytes.len());
        let splice = Splice { start: 0, before: 0, after: bytes.len() };
        let ops = match new.len() {
            0 => Vec::new(),
            new_len => vec![DiffOp::Insert { old_index: 0, new_index: 0, new_len }],
        };
        Self { name, is_new: true, old: Vec::new(), new, skipped: 0, ops, splice }
    }

    /// Writes the patch for `git apply`; empty where nothing changes.
    pub(crate) fn to_git(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.ops.iter().all(|op| op.tag() == DiffTag::Equal) && !self.is_new {
            return out;
        }
        let (a, b) = (quoted(&format!("a/{}", self.name)), quoted(&format!("b/{}", self.name)));
        out.extend_from_slice(format!("diff --git {a} {b}\n").as_bytes());
        if self.is_new {
            out.extend_from_slice(b"new file mode 100644\n");
        }
        // An empty new file has no hunk, and then no names either.
        if !self.ops.is_empty() {
            let old = if self.is_new { "/dev/null".to_owned() } else { ended(a) };
            out.extend_from_slice(format!("--- {old}\n+++ {}\n", ended(b)).as_bytes());
        }
        self.hunks(
            &mut out,
            |out, header| out.extend_from_slice(header.as_bytes()),
            |out, sign, line, _| {
                out.push(sign as u8);
                out.extend_from_slice(line.bytes);
                if !line.bytes.ends_with(b"\n") {
                    out.extend_from_slice(b"\n\\ No newline at end of file\n");
                }
            },
        );
        out
    }

    /// Writes the diff for showing; empty where nothing changes.
    pub(crate) fn to_show(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        let mut cut = false;
        // Where every line ends in CRLF, that is no news.
        let ends = |line: &Line<'_>, with: &[u8]| line.bytes.ends_with(with);
        let mut all = self.old.iter().chain(&self.new);
        let newline = if all.all(|line| ends(line, b"\r\n") || !ends(line, b"\n")) { "\r\n" } else { "\n" };
        self.hunks(
            &mut lines,
            |lines, header| lines.push(header.trim_end().to_owned()),
            |lines, sign, line, range| {
                let text = String::from_utf8_lossy(line.bytes);
                let shown = match range {
                    Some(range) if text.len() > LONG => {
                        cut = true;
                        excerpt(line, &range, newline)
                    }
                    _ => visible(text.strip_suffix(newline).or(text.strip_suffix('\n')).unwrap_or(&text)),
                };
                lines.push(format!("{sign}{shown}"));
                if !text.ends_with('\n') {
                    lines.push("\\ No newline at end of file".to_owned());
                }
            },
        );
        if lines.is_empty() {
            return String::new();
        }
        let name = printable(self.name);
        let old = if self.is_new { "/dev/null".to_owned() } else { format!("a/{name}") };
        let mut shown = format!("--- {old}\n+++ b/{name}\n");
        for line in lines.iter().take(MAX_LINES) {
            let _ = writeln!(shown, "{line}");
        }
        if lines.len() > MAX_LINES {
            let _ = writeln!(shown, "… {} more lines", lines.len() - MAX_LINES);
        }
        if cut {
            let _ = writeln!(shown, "… lines of more than {LONG} bytes are shown in part");
        }
        shown
    }

    /// Calls `header` for each hunk and `line` for each of its lines, with what is changed in its file.
    fn hunks<T>(
        &self,
        out: &mut T,
        header: impl Fn(&mut T, &str),
        mut line: impl FnMut(&mut T, char, &Line<'a>, Option<Range<usize>>),
    ) {
        if self.ops.iter().all(|op| op.tag() == DiffTag::Equal) {
            return;
        }
        for hunk in similar::group_diff_ops(self.ops.clone(), CONTEXT) {
            let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else {
                continue;
            };
            let old = first.old_range().start..last.old_range().end;
            let new = first.new_range().start..last.new_range().end;
            let (old, new) = (self.numbers(&old), self.numbers(&new));
            header(out, &format!("@@ -{old} +{new} @@\n"));
            for op in &hunk {
                let (tag, old, new) = op.as_tag_tuple();
                if tag == DiffTag::Equal {
                    self.old[old].iter().for_each(|one| line(out, ' ', one, Some(self.splice.before())));
                    continue;
                }
                self.old[old].iter().for_each(|one| line(out, '-', one, Some(self.splice.before())));
                self.new[new].iter().for_each(|one| line(out, '+', one, Some(self.splice.after())));
            }
        }
    }

    /// A hunk's range of lines; an empty one names the line before it.
    fn numbers(&self, range: &Range<usize>) -> String {
        let first = if range.is_empty() { self.skipped + range.start } else { self.skipped + range.start + 1 };
        if range.len() == 1 { first.to_string() } else { format!("{first},{}", range.len()) }
    }
}

/// Compares lines from both ends first, so that an item that was put in at `start` stays in one piece and in its place.
fn compare(old: &[Line<'_>], new: &[Line<'_>], start: usize) -> Vec<DiffOp> {
    let both = old.len().min(new.len());
    let behind = old.iter().rev().take_while(|line| line.at + line.bytes.len() > start).count();
    let tail = (0..both.min(behind)).take_while(|n| old[old.len() - 1 - n] == new[new.len() - 1 - n]).count();
    let head = (0..both - tail).take_while(|n| old[*n] == new[*n]).count();
    let mut ops = Vec::new();
    if head > 0 {
        ops.push(DiffOp::Equal { old_index: 0, new_index: 0, len: head });
    }
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    let deadline = Instant::now().checked_add(DIFF_TIME);
    ops.extend(similar::capture_diff_deadline(Algorithm::Myers, old, head..old_end, new, head..new_end, deadline));
    if tail > 0 {
        ops.push(DiffOp::Equal { old_index: old_end, new_index: new_end, len: tail });
    }
    ops
}

fn lines(text: &[u8], range: Range<usize>) -> Vec<Line<'_>> {
    let mut at = range.start;
    text[range]
        .split_inclusive(|byte| *byte == b'\n')
        .map(|bytes| {
            let line = Line { at, bytes };
            at += bytes.len();
            line
        })
        .collect()
}

fn line_start(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1)
}

/// Returns where the next line begins.
fn line_end(text: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |newline| at + newline + 1)
}

/// A long line: what is changed in it, and a little around that.
fn excerpt(line: &Line<'_>, changed: &Range<usize>, newline: &str) -> String {
    let whole = line.at..line.at + line.bytes.len();
    let from = changed.start.clamp(whole.start, whole.end).saturating_sub(AROUND).max(whole.start);
    let to = (changed.end.clamp(whole.start, whole.end) + AROUND).min(whole.end).min(from + 20 * LONG);
    let shown = String::from_utf8_lossy(&line.bytes[from - whole.start..to - whole.start]);
    let start = if from > whole.start { "… " } else { "" };
    let end = if to < whole.end { " …" } else { "" };
    format!("{start}{}{end}", visible(shown.trim_matches('\u{fffd}').trim_end_matches(newline)))
}

/// Makes a line safe to show; a tab is what it looks like.
pub(crate) fn visible(line: &str) -> String {
    line.split('\t').map(printable).collect::<Vec<_>>().join("\t")
}

/// Writes a name as Git does (`core.quotePath`): in C's quotes where it has to be.
fn quoted(name: &str) -> String {
    let plain = |byte: u8| matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\';
    if name.bytes().all(plain) {
        return name.to_owned();
    }
    let mut out = String::from("\"");
    for byte in name.bytes() {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(byte as char);
            }
            byte if plain(byte) => out.push(byte as char),
            byte => {
                let _ = write!(out, "\\{byte:03o}");
            }
        }
    }
    out.push('"');
    out
}

/// Git ends a name with a tab where it holds a blank, so that nobody takes what follows for a date.
fn ended(name: String) -> String {
    if name.contains(' ') && !name.starts_with('"') { name + "\t" } else { name }
}
