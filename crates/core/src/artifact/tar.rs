//! Reading a tar archive: POSIX ustar and pax, GNU long names, and the old form before both.

use std::collections::HashMap;

use super::entries::{Entries, Head};
use super::{Error, Reject};

const BLOCK: usize = 512;

/// Where else numbers stand: mode, user, group, time, device. Unpackers stop at one that they cannot read.
const NUMBERS: [(usize, usize); 6] = [(100, 108), (108, 116), (116, 124), (136, 148), (329, 337), (337, 345)];

/// The largest extended header that is read, in bytes.
const MAX_EXTENDED: usize = 1 << 20;

/// Reads every entry.
pub(super) fn read(bytes: &[u8], entries: &mut Entries<'_>) -> Result<(), Error> {
    let mut reader = Reader { rest: bytes, long_name: None, extended: HashMap::new() };
    while reader.entry(entries)? {}
    Ok(())
}

/// Tells whether a block can begin a tar archive.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    let Some(block) = bytes.first_chunk::<BLOCK>() else { return false };
    is_zero(block) || checksum_fits(block)
}

struct Reader<'a> {
    rest: &'a [u8],
    /// The name that a GNU `L` entry gave to the next one.
    long_name: Option<Vec<u8>>,
    /// What a pax header said of the next entry.
    extended: HashMap<Vec<u8>, Vec<u8>>,
}

impl Reader<'_> {
    /// Reads one entry; false at the end.
    fn entry(&mut self, entries: &mut Entries<'_>) -> Result<bool, Error> {
        let Some((block, rest)) = self.rest.split_first_chunk::<BLOCK>() else {
            return if self.rest.is_empty() { self.end(entries) } else { Err(damaged(entries, b"", "it is cut off")) };
        };
        if is_zero(block) {
            // Some unpackers stop here and others look further.
            let clean = is_zero(rest);
            return if clean { self.end(entries) } else { Err(damaged(entries, b"", "something follows its end")) };
        }
        let name = header_name(block);
        if !checksum_fits(block) {
            return Err(damaged(entries, &name, "the checksum of its header is wrong"));
        }
        if !form_is_known(block) {
            return Err(damaged(entries, &name, "its header is of no form that is known"));
        }
        let Some(size) = octal(&block[124..136]) else {
            return Err(damaged(entries, &name, "its size is not written in octal digits"));
        };
        if !NUMBERS.into_iter().all(|(from, to)| octal(&block[from..to]).is_some() || is_wide(&block[from..to])) {
            return Err(damaged(entries, &name, "a number in its header cannot be read"));
        }
        entries.admit(&name, size)?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let Some((content, rest)) = split_content(rest, size) else {
            return Err(damaged(entries, &name, "it is cut off"));
        };
        self.rest = rest;
        match block[156] {
            b'x' | b'g' | b'L' if size > MAX_EXTENDED => Err(entries.reject(&name, Reject::TooLarge)),
            b'x' => self.extend(entries, &name, content),
            b'g' => check_global(entries, &name, content),
            b'L' => {
                let text = content.strip_suffix(b"\0").unwrap_or(content).to_vec();
                if self.long_name.replace(text).is_some() {
                    return Err(damaged(entries, &name, "it is named twice"));
                }
                Ok(())
            }
            kind => self.member(entries, name, kind, content),
        }?;
        Ok(true)
    }

    fn end(&self, entries: &Entries<'_>) -> Result<bool, Error> {
        if self.long_name.is_some() || !self.extended.is_empty() {
            return Err(damaged(entries, b"", "it ends between a header and its file"));
        }
        Ok(false)
    }

    fn extend(&mut self, entries: &Entries<'_>, name: &[u8], content: &[u8]) -> Result<(), Error> {
        let Some(records) = records(content) else {
            return Err(damaged(entries, name, "its extended header cannot be read"));
        };
        if !self.extended.is_empty() {
            return Err(damaged(entries, name, "it has two extended headers"));
        }
        let count = records.len();
        self.extended = records.into_iter().collect();
        if self.extended.len() != count {
            return Err(damaged(entries, name, "its extended header says something twice"));
        }
        Ok(())
    }

    fn member(&mut self, entries: &mut Entries<'_>, name: Vec<u8>, kind: u8, content: &[u8]) -> Result<(), Error> {
        let extended = std::mem::take(&mut self.extended);
        let name = match (self.long_name.take(), extended.get(&b"path"[..])) {
            (Some(_), Some(_)) => return Err(damaged(entries, &name, "it is named twice")),
            (Some(name), None) => name,
            (None, Some(name)) => name.clone(),
            (None, None) => name,
        };
        let why = match kind {
            // Before POSIX a folder was a file with such a name; of this type some take it for one and some do not.
            b'0' if name.ends_with(b"/") => Some(Reject::FileAndFolder),
            b'0' | b'\0' | b'5' => None,
            b'1' => Some(Reject::HardLink),
            b'2' | b'K' => Some(Reject::Symlink),
            b'3' | b'4' | b'6' => Some(Reject::Special),
            b'S' => Some(Reject::Sparse),
            other => Some(Reject::UnknownType { letter: char::from(other) }),
        };
        let sparse = extended.keys().any(|key| key.starts_with(b"GNU.sparse."));
        if let Some(why) = why.or(sparse.then_some(Reject::Sparse)) {
            return Err(entries.reject(&name, why));
        }
        if extended.get(&b"size"[..]).is_some_and(|size| *size != content.len().to_string().as_bytes()) {
            return Err(entries.reject(&name, Reject::Disagrees { what: "size" }));
        }
        let is_folder = kind == b'5' || name.ends_with(b"/");
        if is_folder && !content.is_empty() {
            return Err(damaged(entries, &name, "it is a folder with content"));
        }
        entries.add(&Head { name: &name, is_folder }, content.to_vec())
    }
}

/// A global header may carry a comment, as `git archive` writes it, but nothing that renames or resizes entries.
fn check_global(entries: &Entries<'_>, name: &[u8], content: &[u8]) -> Result<(), Error> {
    let Some(records) = records(content) else {
        return Err(damaged(entries, name, "its extended header cannot be read"));
    };
    let steers = |key: &[u8]| matches!(key, b"path" | b"linkpath" | b"size") || key.starts_with(b"GNU.sparse.");
    if records.iter().any(|(key, _)| steers(key)) {
        return Err(damaged(entries, name, "a global header renames or resizes its entries"));
    }
    Ok(())
}

/// Reads `length key=value\n`, again and again.
fn records(mut content: &[u8]) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut found = Vec::new();
    while !content.is_empty() {
        let space = content.iter().take(8).position(|byte| *byte == b' ')?;
        let length: usize = std::str::from_utf8(&content[..space]).ok()?.parse().ok()?;
        let record = content.get(space + 1..length)?.strip_suffix(b"\n")?;
        let equals = record.iter().position(|byte| *byte == b'=')?;
        found.push((record[..equals].to_vec(), record[equals + 1..].to_vec()));
        content = content.get(length..)?;
    }
    Some(found)
}

fn split_content(rest: &[u8], size: usize) -> Option<(&[u8], &[u8])> {
    let (content, after) = rest.split_at_checked(size)?;
    Some((content, after.get(size.next_multiple_of(BLOCK) - size..)?))
}

/// The prefix counts only in the POSIX form; GNU's keeps times there.
fn header_name(block: &[u8; BLOCK]) -> Vec<u8> {
    let name = until_nul(&block[..100]);
    let prefix = if &block[257..263] == b"ustar\0" { until_nul(&block[345..500]) } else { b"" };
    if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() }
}

fn until_nul(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Tells whether the header is POSIX's, GNU's or the old one. Only POSIX's has a prefix, and some take one from any.
fn form_is_known(block: &[u8; BLOCK]) -> bool {
    match &block[257..265] {
        [b'u', b's', b't', b'a', b'r', 0, ..] => true,
        b"ustar  \0" | &[0, 0, 0, 0, 0, 0, 0, 0] => is_zero(&block[345..500]),
        _ => false,
    }
}

/// Tells whether a number has GNU's form for large ones, as the ids of users in a directory service may.
fn is_wide(field: &[u8]) -> bool {
    matches!(field.first(), Some(0x80 | 0xff))
}

/// Reads an octal number between spaces, up to a NUL. GNU's form for numbers above 8 GiB is none.
fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(until_nul(field)).ok()?.trim_matches(' ');
    if text.is_empty() {
        return Some(0);
    }
    // `from_str_radix` would take a sign.
    if text.bytes().all(|byte| byte.is_ascii_digit()) { u64::from_str_radix(text, 8).ok() } else { None }
}

fn checksum_fits(block: &[u8; BLOCK]) -> bool {
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    // The checksum's own field counts as spaces.
    octal(&block[148..156]) == Some(sum(&block[..148]) + 8 * u64::from(b' ') + sum(&block[156..]))
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

fn damaged(entries: &Entries<'_>, name: &[u8], why: &'static str) -> Error {
    entries.reject(name, Reject::Damaged { why })
}
