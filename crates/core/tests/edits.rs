//! Safe edits: what is offered is applied, and then only this one value has changed; whatever else happened meanwhile, nothing
//! is written.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod sample;

use std::fs;
use std::path::Path;

use aisoc_publisher_core::digest::Digest;
use aisoc_publisher_core::edits::{Edit, EditKind, Error};
use aisoc_publisher_core::manifest::Manifest;
use aisoc_publisher_core::preflight::{self, Finding};
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::{Code, Explain};
use sample::{SMALL, plugin, snapshot, write};

fn look(dir: &Path) -> Vec<Finding> {
    preflight::look(dir, &Task::unwatched()).unwrap().findings
}

fn edits(dir: &Path, kind: EditKind) -> Vec<(Finding, Edit)> {
    let found = look(dir).into_iter().filter_map(|finding| finding.edit.clone().map(|edit| (finding, edit)));
    found.filter(|(_, edit)| edit.kind() == kind).collect()
}

/// Values that AiSOC does not read as they are written, what each is as JSON once it is signed without the edit (nothing for
/// what cannot be signed), as `yaml.safe_load` and `json.dumps` of CPython 3.11 give it, and the places where one can stand.
const VALUES: [(&str, Option<&str>); 10] = [
    ("1.10", Some("1.1")),
    ("2024-01-15", None),
    ("2001-12-14t21:59:43.10-05:00", None),
    ("yes", Some("true")),
    ("NO", Some("false")),
    ("0755", Some("493")),
    ("22:22", Some("1342")),
    ("1_000", Some("1000")),
    ("1e3", Some("\"1e3\"")),
    ("-12:30:45", Some("-45045")),
];

const PLACES: [&str; 10] = [
    "version: @",
    "released:    @   # a comment with 1.10 in it",
    "config:\n  deep:\n    - x\n    - @\n    - 'y'",
    "config: {a: [1, @, 2], b: \"@\"}",
    "tags:\n- @\n- text",
    "größe: ä\nwert: @",
    "\"quoted key\": @",
    "? key\n: @",
    "block: |\n  version: @\n  more\nreleased: @",
    "trust: {since: @}\nafter: @",
];

/// A small generator, so that every run tries the same texts.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }
}

#[test]
fn an_edit_changes_one_value_and_not_a_byte_beside_it() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut applied = 0;
    for round in 0..500 {
        let (value, read) = VALUES[dice.roll(VALUES.len())];
        let place = PLACES[dice.roll(PLACES.len())];
        let newline = ["\n", "\r\n", "\r"][dice.roll(3)];
        let head = ["", "# kommentar: ä 1.10\n", "---\n", "%YAML 1.1\n---\n"][dice.roll(4)];
        let tail = ["", "\n", "\n# end\n", "\n...\n"][dice.roll(4)];
        // The last `@` is the value; the others stand in text, comments and what is not signed.
        let at = place.rfind('@').unwrap();
        let at = if place.contains("\"@\"") { place.find('@').unwrap() } else { at };
        let body = |value_text: &str| {
            format!(
                "{head}{}{value_text}{}{tail}",
                place[..at].replace('@', value),
                place[at + 1..].replace('@', value)
            )
        };
        let text = body(value).replace('\n', newline);
        let text = if dice.roll(8) == 0 && head.is_empty() { format!("\u{feff}{text}") } else { text };
        let dir = plugin(&text);
        let found = edits(dir.path(), EditKind::Quote);
        if Manifest::read(dir.path()).is_err() {
            assert!(found.is_empty());
            continue;
        }
        let (finding, edit) = match found.as_slice() {
            [one] => one,
            other => panic!("round {round}: {text:?}: {other:?}"),
        };
        assert_eq!(finding.reading.as_ref().unwrap().written, value);
        let before = text.as_bytes();
        assert_eq!(edit.expected(), Some(Digest::of(before)));
        // Exactly two bytes more: the quotes, around the value.
        let after = edit.bytes();
        assert_eq!(after.len(), before.len() + 2, "{text:?}");
        let start = before.iter().zip(after).take_while(|(a, b)| a == b).count();
        let mut expected = before.to_vec();
        expected.insert(start, b'"');
        expected.insert(start + 1 + value.len(), b'"');
        assert_eq!(after, expected, "{text:?}");

        let canonical = |dir: &Path| Manifest::read(dir).unwrap().canonical().ok();
        let signed_before = canonical(dir.path());
        edit.apply().unwrap();
        assert_eq!(fs::read(dir.path().join("plugin.yaml")).unwrap(), after);
        let signed_after = String::from_utf8(canonical(dir.path()).unwrap()).unwrap();
        // Elsewhere the value stands in texts alone, so that what is read of it stands once.
        if let (Some(before), Some(read)) = (signed_before, read) {
            let before = String::from_utf8(before).unwrap();
            let quoted = format!("\"{value}\"");
            let swapped: Vec<_> = before
                .match_indices(read)
                .map(|(at, _)| format!("{}{quoted}{}", &before[..at], &before[at + read.len()..]))
                .collect();
            assert!(swapped.contains(&signed_after), "{text:?}: {before} {signed_after}");
        }
        assert!(edits(dir.path(), EditKind::Quote).is_empty(), "{text:?}: still offered");
        applied += 1;
    }
    assert!(applied > 400, "{applied}");
}

#[test]
fn keys_are_quoted_too() {
    let dir = plugin(&format!("{SMALL}on:\n  push: 1\n"));
    let [(_, edit)] = edits(dir.path(), EditKind::Quote).try_into().unwrap();
    edit.apply().unwrap();
    let expected = format!("{SMALL}\"on\":\n  push: 1\n");
    assert_eq!(fs::read_to_string(dir.path().join("plugin.yaml")).unwrap(), expected);
}

/// One value under several names would change in several places; what cannot be sure is not offered.
#[test]
fn no_edit_where_more_than_one_value_might_change() {
    for text in [
        "version: &v 1.10\nother: *v\n",
        "base: &b {at: 1.10}\nuse: {<<: *b, x: 1}\n",
        "base: &b [1.10]\nuse: *b\n",
        "on: 1\n\"on\": 2\n",
        "a: 1\na: 2\n",
    ] {
        let dir = plugin(text);
        assert!(!look(dir.path()).is_empty());
        assert!(edits(dir.path(), EditKind::Quote).is_empty(), "{text}");
    }
    // An anchor that nobody uses is a name and nothing else.
    assert_eq!(edits(plugin("version: &v 1.10\n").path(), EditKind::Quote).len(), 1);
    // JSON has its quotes.
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "aisoc-plugin.json", "{\"version\": 1.10}");
    assert!(edits(dir.path(), EditKind::Quote).is_empty());
}

#[test]
fn a_diff_shows_the_change_and_no_tricks() {
    let dir = plugin("id: ab\nname: \"\u{202e}evil\"\nversion: 1.10\n");
    let [(_, edit)] = edits(dir.path(), EditKind::Quote).try_into().unwrap();
    // As `diff -u` writes it, but for the direction character.
    assert_eq!(
        edit.diff(),
        "--- a/plugin.yaml\n+++ b/plugin.yaml\n@@ -1,3 +1,3 @@\n id: ab\n name: \"\\u{202e}evil\"\n-version: 1.10\n+version: \"1.10\"\n"
    );
    let dir = plugin(SMALL);
    write(dir.path(), "a.py", "x = 1\r\n\ty\n");
    let [(_, edit)] = edits(dir.path(), EditKind::LineFeeds).try_into().unwrap();
    assert_eq!(edit.diff(), "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-x = 1\\u{d}\n+x = 1\n \ty\n");
    write(dir.path(), "a.py", "x = 1\r\n".repeat(100_000));
    let [(_, edit)] = edits(dir.path(), EditKind::LineFeeds).try_into().unwrap();
    let diff = edit.diff();
    assert!(diff.lines().count() < 500 && diff.contains("more lines"), "{}", diff.lines().count());
}

#[test]
fn line_feeds_keep_everything_else() {
    let dir = plugin(SMALL);
    // Not UTF-8, a CR alone, a CRLF after a CR, no final newline.
    let before = b"\xef\xbb\xbf# \xff\r\na = 1\rb\r\r\nc\n\r\nd";
    write(dir.path(), "sub/a.py", before);
    let [(_, edit)] = edits(dir.path(), EditKind::LineFeeds).try_into().unwrap();
    edit.apply().unwrap();
    assert_eq!(fs::read(dir.path().join("sub/a.py")).unwrap(), b"\xef\xbb\xbf# \xff\na = 1\rb\r\nc\n\nd");
}

#[test]
fn attributes_get_one_line_more() {
    for (before, after) in [
        (None, "*.py text eol=lf\n"),
        (Some(""), "*.py text eol=lf\n"),
        (Some("*.md text"), "*.md text\n*.py text eol=lf\n"),
        (Some("*.md text\r\n"), "*.md text\r\n*.py text eol=lf\r\n"),
        (Some("*.py eol=crlf\n"), "*.py eol=crlf\n*.py text eol=lf\n"),
    ] {
        let dir = plugin(SMALL);
        fs::create_dir(dir.path().join(".git")).unwrap();
        if let Some(before) = before {
            write(dir.path(), ".gitattributes", before);
        }
        let [(_, edit)] = edits(dir.path(), EditKind::GitAttributes).try_into().unwrap();
        assert_eq!(edit.expected(), before.map(|before| Digest::of(before.as_bytes())));
        edit.apply().unwrap();
        assert_eq!(fs::read_to_string(dir.path().join(".gitattributes")).unwrap(), after);
        assert!(edits(dir.path(), EditKind::GitAttributes).is_empty());
    }
}

fn three(dir: &Path) -> Vec<Edit> {
    write(dir, "sub/a.py", "x\r\n");
    fs::create_dir(dir.join(".git")).unwrap();
    let edits: Vec<_> = look(dir).into_iter().filter_map(|finding| finding.edit).collect();
    assert_eq!(edits.len(), 3, "{edits:?}");
    edits
}

const NUMBER: &str = "id: ab\nname: n\nversion: 1.10\nplugin_type: enricher\n";

#[test]
fn what_changed_meanwhile_is_left_alone() {
    let dir = plugin(NUMBER);
    for edit in three(dir.path()) {
        for content in [Some("other"), Some(""), None] {
            match content {
                Some(content) => fs::write(edit.path(), content).unwrap(),
                // A file that the edit would make is there by now; the others are gone.
                None if edit.expected().is_none() => continue,
                None => fs::remove_file(edit.path()).unwrap(),
            }
            let before = snapshot(dir.path());
            let error = edit.apply().unwrap_err();
            assert!(matches!(error, Error::Changed { .. }), "{error:?}");
            assert_eq!(error.code(), Code::EditOutdated);
            assert!(error.hint().is_some() && error.place().is_some());
            assert_eq!(snapshot(dir.path()), before);
        }
    }
}

#[cfg(unix)]
#[test]
fn no_symlink_is_followed() {
    use std::os::unix::fs::symlink;
    let dir = plugin(NUMBER);
    let outside = tempfile::tempdir().unwrap();
    for edit in three(dir.path()) {
        // The very bytes, behind a link.
        let target = outside.path().join("target");
        fs::write(&target, fs::read(edit.path()).unwrap_or_default()).unwrap();
        let _ = fs::remove_file(edit.path());
        symlink(&target, edit.path()).unwrap();
        let before = (fs::read(&target).unwrap(), snapshot(dir.path()));
        let error = edit.apply().unwrap_err();
        assert!(matches!(error, Error::Link { .. }), "{error:?}");
        assert_eq!((fs::read(&target).unwrap(), snapshot(dir.path())), before);
    }
    // And none on the way.
    let dir = plugin(SMALL);
    write(dir.path(), "sub/a.py", "x\r\n");
    let [(_, edit)] = edits(dir.path(), EditKind::LineFeeds).try_into().unwrap();
    fs::rename(dir.path().join("sub"), outside.path().join("sub")).unwrap();
    symlink(outside.path().join("sub"), dir.path().join("sub")).unwrap();
    assert!(matches!(edit.apply(), Err(Error::Link { .. })));
    assert_eq!(fs::read(outside.path().join("sub/a.py")).unwrap(), b"x\r\n");
    // A link is not offered a change in the first place.
    let dir = plugin(SMALL);
    let target = write(outside.path(), "crlf.py", "x\r\n");
    symlink(target, dir.path().join("a.py")).unwrap();
    assert!(edits(dir.path(), EditKind::LineFeeds).is_empty());
}

#[cfg(unix)]
#[test]
fn permissions_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = plugin(SMALL);
    for mode in [0o600, 0o755, 0o664] {
        let path = write(dir.path(), "a.py", "x\r\n");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        edits(dir.path(), EditKind::LineFeeds)[0].1.apply().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
        fs::remove_file(path).unwrap();
    }
}
