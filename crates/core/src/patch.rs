//! Unified diffs: as patches that `git apply` takes, and for showing.

mod git_binary;

use std::fmt::Write as _;
use std::hash::Hash;
use std::ops::Range;
use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, DiffTag};

use crate::committed::id_of;
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

/// What Git takes a file for; its mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A file.
    File,
    /// A file that can be run.
    Executable,
    /// A symlink; its bytes are what it points to.
    Link,
}

impl Mode {
    fn number(self) -> &'static str {
        match self {
            Self::File => "100644",
            Self::Executable => "100755",
            Self::Link => "120000",
        }
    }
}

/// A file before or after a change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) mode: Mode,
    pub(crate) bytes: &'a [u8],
}

/// Writes the patch of one file for `git apply`: `before` is nothing for a new file, `after` for one that goes. Empty where nothing
/// changes; nothing where Git's hash of a file that is no text cannot be computed.
///
/// A name has any bytes but NUL: what is no Unicode stands in it as Git writes it.
pub(crate) fn of_file(name: &[u8], before: Option<Side<'_>>, after: Option<Side<'_>>) -> Option<Vec<u8>> {
    let is_link = |side: Option<Side<'_>>| side.map(|side| side.mode == Mode::Link);
    if let (Some(was), Some(is)) = (is_link(before), is_link(after))
        && was != is
    {
        // A link does not become a file: it goes, and the file comes.
        return Some([of_file(name, before, None)?, of_file(name, None, after)?].concat());
    }
    if [before, after].into_iter().flatten().any(|side| git_binary::is_binary(side.bytes)) {
        return git_binary::patch(name, before, after);
    }
    let patch = match (before, after) {
        (None, None) => return Some(Vec::new()),
        (None, Some(after)) => FilePatch::whole(name, after, true),
        (Some(before), None) => FilePatch::whole(name, before, false),
        (Some(before), Some(after)) => FilePatch {
            modes: (Some(before.mode), Some(after.mode)),
            ..FilePatch::rewrite(name, before.bytes, after.bytes)
        },
    };
    Some(patch.to_git())
}

/// Writes what stands above a file's changes: its names, and its mode where that is not the same.
fn header(name: &[u8], modes: (Option<Mode>, Option<Mode>)) -> String {
    let (a, b) = (quoted(&[b"a/", name].concat()), quoted(&[b"b/", name].concat()));
    let modes = match modes {
        (None, Some(new)) => format!("new file mode {}\n", new.number()),
        (Some(old), None) => format!("deleted file mode {}\n", old.number()),
        (Some(old), Some(new)) if old != new => format!("old mode {}\nnew mode {}\n", old.number(), new.number()),
        _ => String::new(),
    };
    format!("diff --git {a} {b}\n{modes}")
}

/// What a patch does to one file.
#[derive(Debug)]
pub(crate) struct FilePatch<'a> {
    name: &'a [u8],
    /// Nothing where there is no file before, or after.
    modes: (Option<Mode>, Option<Mode>),
    /// The whole file before and after.
    whole: (&'a [u8], &'a [u8]),
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
    pub(crate) fn change(name: &'a [u8], before: &'a [u8], after: &'a [u8], splice: &Splice) -> Self {
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
        let modes = (Some(Mode::File), Some(Mode::File));
        Self { name, modes, whole: (before, after), old, new, skipped, ops, splice: splice.clone() }
    }

    /// The same for a file that Git takes for something else than a plain one.
    pub(crate) fn with_mode(self, mode: Mode) -> Self {
        Self { modes: (Some(mode), Some(mode)), ..self }
    }

    /// A change of the whole file `name`.
    fn rewrite(name: &'a [u8], before: &'a [u8], after: &'a [u8]) -> Self {
        let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
        let both = before.len().min(after.len()) - head;
        let tail = before.iter().rev().zip(after.iter().rev()).take(both).take_while(|(a, b)| a == b).count();
        let splice = Splice { start: head, before: before.len() - head - tail, after: after.len() - head - tail };
        Self::change(name, before, after, &splice)
    }

    /// A file that comes, or goes, with all its lines.
    fn whole(name: &'a [u8], Side { mode, bytes }: Side<'a>, comes: bool) -> Self {
        let all = lines(bytes, 0..bytes.len());
        let (len, there, not_there) = (all.len(), bytes.len(), 0);
        let whole = |modes, old, new, before, after, op: fn(usize) -> DiffOp| Self {
            name,
            modes,
            whole: if comes { (&[], bytes) } else { (bytes, &[]) },
            old,
            new,
            skipped: 0,
            ops: if len == 0 { Vec::new() } else { vec![op(len)] },
            splice: Splice { start: 0, before, after },
        };
        if comes {
            let op = |new_len| DiffOp::Insert { old_index: 0, new_index: 0, new_len };
            whole((None, Some(mode)), Vec::new(), all, not_there, there, op)
        } else {
            let op = |old_len| DiffOp::Delete { old_index: 0, old_len, new_index: 0 };
            whole((Some(mode), None), all, Vec::new(), there, not_there, op)
        }
    }

    /// Writes the patch for `git apply`; empty where nothing changes.
    pub(crate) fn to_git(&self) -> Vec<u8> {
        let (old_mode, new_mode) = self.modes;
        let has_hunks = self.ops.iter().any(|op| op.tag() != DiffTag::Equal);
        if !has_hunks && old_mode == new_mode {
            return Vec::new();
        }
        let mut out = header(self.name, self.modes).into_bytes();
        out.extend(self.ids().unwrap_or_default().bytes());
        // An empty file that comes or goes has no hunk, and then no names either.
        if has_hunks {
            let side = |mode: Option<Mode>, prefix: &[u8]| match mode {
                Some(_) => ended(quoted(&[prefix, self.name].concat())),
                None => "/dev/null".to_owned(),
            };
            out.extend_from_slice(format!("--- {}\n+++ {}\n", side(old_mode, b"a/"), side(new_mode, b"b/")).as_bytes());
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

    /// Writes Git's ids of the whole file, which `git apply --3way` looks it up by; nothing where they cannot be computed, since a patch
    /// applies without them, too.
    fn ids(&self) -> Option<String> {
        let (old_mode, new_mode) = self.modes;
        if old_mode.is_some() && new_mode.is_some() && self.whole.0 == self.whole.1 {
            return None;
        }
        let id = |mode: Option<Mode>, bytes| match mode {
            Some(_) => id_of(bytes).map(|id| id.to_string()),
            None => Some("0".repeat(40)),
        };
        let mode =
            old_mode.filter(|_| old_mode == new_mode).map_or_else(String::new, |mode| format!(" {}", mode.number()));
        Some(format!("index {}..{}{mode}\n", id(old_mode, self.whole.0)?, id(new_mode, self.whole.1)?))
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
        let name = printable(&String::from_utf8_lossy(self.name));
        let mut shown = format!("--- a/{name}\n+++ b/{name}\n");
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
fn quoted(name: &[u8]) -> String {
    let plain = |byte: u8| matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\';
    let mut out = String::new();
    for byte in name.iter().copied() {
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
    if name.iter().copied().all(plain) { out } else { format!("\"{out}\"") }
}

/// Git ends a name with a tab where it holds a blank, so that nobody takes what follows for a date.
fn ended(name: String) -> String {
    if name.contains(' ') && !name.starts_with('"') { name + "\t" } else { name }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;
    use std::process::{Command, Output};

    use super::*;

    fn git(folder: &Path, arguments: &[&str]) -> Output {
        Command::new("git")
            .args(arguments)
            .current_dir(folder)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap()
    }

    /// Puts a file there as it is at one side of a change, or takes it away.
    fn put(folder: &Path, name: &[u8], side: Option<Side<'_>>) {
        let path = folder.join(OsStr::from_bytes(name));
        let _ = fs::remove_file(&path);
        let Some(Side { mode, bytes }) = side else { return };
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if mode == Mode::Link {
            return symlink(OsStr::from_bytes(bytes), path).unwrap();
        }
        fs::write(&path, bytes).unwrap();
        let mode = if mode == Mode::Executable { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// What Git has staged: every mode, hash and name.
    fn staged(folder: &Path) -> Vec<u8> {
        git(folder, &["ls-files", "--stage", "-z"]).stdout
    }

    #[test]
    fn git_applies_every_kind_of_change() {
        let random: Vec<u8> = (0..5000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let reversed: Vec<u8> = random.iter().rev().copied().collect();
        let file = |bytes| Some(Side { mode: Mode::File, bytes });
        let program = |bytes| Some(Side { mode: Mode::Executable, bytes });
        let link = |bytes| Some(Side { mode: Mode::Link, bytes });
        /// Name, before, after.
        type Case<'a> = (&'a [u8], Option<Side<'a>>, Option<Side<'a>>);
        let cases: [Case<'_>; 25] = [
            (b"new.yaml", None, file(b"id: ab\nname: n\n")),
            (b"no newline.py", None, file(b"x = 1")),
            ("crlf-\u{fc}.py".as_bytes(), None, file(b"a\r\nb\r\n")),
            (b"empty.py", None, file(b"")),
            (b"latin1.txt", None, file(b"caf\xe9\n")),
            (b"logo.png", None, file(&random)),
            (b"new-program.sh", None, program(b"#!/bin/sh\n")),
            (b"new-link.py", None, link(b"new.yaml")),
            (b"old.png", file(&random), file(&reversed)),
            (b"old.py", file(b"1\n2\n3\n4\n5\n6\n7\n8\n9"), file(b"1\n2\n3\nfour\n5\n6\n7\n8\n9\n10\n")),
            (b"becomes-empty.py", file(b"1\n"), file(b"")),
            (b"gone/one.py", file(b"1\n2\n"), None),
            (b"gone/no newline.py", file(b"1\r\n2"), None),
            (b"gone/empty.py", file(b""), None),
            (b"gone/logo.png", file(&random), None),
            (b"gone/program.sh", program(b"#!/bin/sh\n"), None),
            (b"gone/program.bin", program(&random), None),
            (b"gone/link.py", link(b"../new.yaml"), None),
            (b"gone/not-\xff\xfe-unicode.py", file(b"1\n"), None),
            (b"gone/two\nlines\t\"quoted\\.py", file(b"1\n"), None),
            (b"mode-alone.sh", program(b"1\n"), file(b"1\n")),
            (b"mode-and-text.sh", program(b"1\n"), file(b"2\n")),
            (b"mode-and-bytes.bin", program(&random), file(&reversed)),
            (b"link-to-file.py", link(b"elsewhere"), file(b"1\n")),
            (b"a-file-then-folder", file(b"1\n"), None),
        ];
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert!(git(root, &["init", "--quiet", "repository"]).status.success());
        let repository = root.join("repository");
        for (name, before, _) in cases {
            put(&repository, name, before);
        }
        git(&repository, &["add", "--all"]);
        let began = staged(&repository);

        let mut patch = Vec::new();
        for (name, before, after) in cases {
            patch.extend(of_file(name, before, after).unwrap());
        }
        patch.extend(of_file(b"a-file-then-folder/x.py", None, file(b"1\n")).unwrap());
        let path = root.join("change.patch");
        fs::write(&path, patch).unwrap();
        for arguments in [["apply", "--check", "--index"], ["apply", "--index", "--whitespace=nowarn"]] {
            let applied = git(&repository, &[&arguments[..], &[path.to_str().unwrap()]].concat());
            assert!(applied.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&applied.stderr));
        }
        let patched = staged(&repository);
        // What Git makes of the files themselves is what it made of the patch.
        for (name, _, after) in cases {
            put(&repository, name, after);
        }
        git(&repository, &["add", "--all"]);
        assert_eq!(String::from_utf8_lossy(&patched), String::from_utf8_lossy(&staged(&repository)));
        assert_ne!(patched, began);
    }

    #[test]
    fn nothing_is_written_where_nothing_changes() {
        for bytes in [&b"1\n"[..], b"", b"\0"] {
            let side = Some(Side { mode: Mode::File, bytes });
            assert_eq!(of_file(b"x", side, side).unwrap(), b"");
        }
    }
}
