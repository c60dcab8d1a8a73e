//! Reading a ZIP archive, strictly: its directory, its local headers and its bytes must tell one story.
//!
//! Unpackers differ in which of the three they believe, so an archive in which they differ is one plugin to this
//! program and another to the operator.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::entries::{Entries, Head};
use super::{Error, FREE_BYTES, MAX_RATIO, Reject};

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64_LOCATOR: &[u8] = b"PK\x06\x07";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";

const END_LENGTH: usize = 22;
const CENTRAL_LENGTH: usize = 46;
const LOCAL_LENGTH: usize = 30;
/// The end's comment has at most so many bytes.
const MAX_COMMENT: usize = 0xFFFF;

/// The newest version of the format, 6.3, as it is written.
const MAX_VERSION: u16 = 63;

// Flags.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
const PATCHED: u16 = 1 << 5;
const SIZES_FOLLOW: u16 = 1 << 3;
const UTF_8: u16 = 1 << 11;

// Extra fields.
const ZIP64: u16 = 0x0001;
const UNICODE_PATH: u16 = 0x7075;

// Types of files in Unix modes.
const TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;
const LINK: u32 = 0o120_000;

/// Tells whether bytes can begin a ZIP archive.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    bytes.starts_with(LOCAL) || bytes.starts_with(END)
}

/// Reads every entry.
pub(super) fn read(bytes: &[u8], entries: &mut Entries<'_>) -> Result<(), Error> {
    let (count, directory, directory_at) = find_directory(bytes).map_err(|why| damaged(entries, b"", why))?;
    let mut rest = directory;
    let mut members = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let Some((member, after)) = Member::read(rest) else {
            return Err(damaged(entries, b"", "its directory is cut off"));
        };
        rest = after;
        members.push(member);
    }
    if !rest.is_empty() {
        return Err(damaged(entries, b"", "its directory holds more than it says"));
    }
    members.sort_by_key(|member| member.offset);
    // Where the next entry must begin: no bytes between entries, and none in two of them.
    let mut next = 0;
    for member in members {
        member.check(entries)?;
        if member.offset != next {
            return Err(entries.reject(member.name, Reject::OutOfPlace));
        }
        let size = member.size;
        entries.admit(member.name, size as u64)?;
        if size > FREE_BYTES && size / MAX_RATIO > member.packed {
            return Err(entries.reject(member.name, Reject::Ratio));
        }
        let (packed, end) = member.find(&bytes[..directory_at], entries)?;
        next = end;
        let content = member.unpack(packed, entries)?;
        let head = Head { name: member.name, is_folder: member.name.ends_with(b"/") };
        entries.add(&head, content)?;
    }
    if next != directory_at {
        return Err(damaged(entries, b"", "bytes that belong to no file stand before its directory"));
    }
    Ok(())
}

/// Finds the directory: how many entries it says it has, its bytes, and where they begin.
fn find_directory(bytes: &[u8]) -> Result<(u16, &[u8], usize), &'static str> {
    let window = bytes.len().saturating_sub(END_LENGTH + MAX_COMMENT);
    let at = bytes[window..].windows(END.len()).rposition(|four| four == END).ok_or("it has no directory")? + window;
    let end = &bytes[at..];
    let comment = u16_at(end, 20).ok_or("it is cut off")?;
    if end.len() != END_LENGTH + usize::from(comment) {
        return Err("something follows its directory");
    }
    if at.checked_sub(20).is_some_and(|locator| bytes[locator..].starts_with(END_64_LOCATOR)) {
        return Err("it has a ZIP64 directory, which no archive of this size needs");
    }
    let numbers = (u16_at(end, 4), u16_at(end, 6), u16_at(end, 8), u16_at(end, 10));
    let (Some(0), Some(0), Some(here), Some(count)) = numbers else { return Err("it is one part of several") };
    if here != count {
        return Err("it is one part of several");
    }
    let start = usize_at(end, 16).ok_or("it is cut off")?;
    let size = usize_at(end, 12).ok_or("it is cut off")?;
    if start.checked_add(size) != Some(at) {
        return Err("its directory is not where it says");
    }
    Ok((count, &bytes[start..at], start))
}

/// One entry of the directory.
struct Member<'a> {
    made_by: u8,
    needs: u16,
    flags: u16,
    method: u16,
    crc: u32,
    packed: usize,
    size: usize,
    disk: u16,
    mode: u32,
    offset: usize,
    name: &'a [u8],
    extra: &'a [u8],
}

impl<'a> Member<'a> {
    fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        if !bytes.starts_with(CENTRAL) {
            return None;
        }
        let length = |at| u16_at(bytes, at).map(usize::from);
        let rest = bytes.get(CENTRAL_LENGTH..)?;
        let (name, rest) = rest.split_at_checked(length(28)?)?;
        let (extra, rest) = rest.split_at_checked(length(30)?)?;
        let (_comment, rest) = rest.split_at_checked(length(32)?)?;
        let member = Self {
            made_by: *bytes.get(5)?,
            needs: u16_at(bytes, 6)?,
            flags: u16_at(bytes, 8)?,
            method: u16_at(bytes, 10)?,
            crc: u32_at(bytes, 16)?,
            packed: usize_at(bytes, 20)?,
            size: usize_at(bytes, 24)?,
            disk: u16_at(bytes, 34)?,
            mode: u32_at(bytes, 38)? >> 16,
            offset: usize_at(bytes, 42)?,
            name,
            extra,
        };
        Some((member, rest))
    }

    /// Refuses what the directory alone shows.
    fn check(&self, entries: &Entries<'_>) -> Result<(), Error> {
        let is_folder = self.name.ends_with(b"/");
        let on_unix = matches!(self.made_by, 3 | 19);
        let why = if self.flags & ENCRYPTED != 0 {
            Reject::Encrypted
        } else if self.mode & TYPE == LINK {
            Reject::Symlink
        } else if on_unix && !matches!(self.mode & TYPE, 0 | REGULAR | FOLDER) {
            Reject::Special
        } else if on_unix && self.mode & TYPE == FOLDER && !is_folder {
            Reject::FileAndFolder
        } else if !matches!(self.method, 0 | 8) || self.flags & PATCHED != 0 {
            Reject::Method { number: self.method }
        } else if self.flags & UTF_8 == 0 && !self.name.is_ascii() {
            Reject::NotUtf8
        } else if self.needs > MAX_VERSION {
            Reject::Damaged { why: "it needs a version of the format that does not exist" }
        } else if self.disk != 0 {
            Reject::Damaged { why: "it lies in another part of the archive" }
        } else if (is_folder && self.size != 0) || (self.method == 0 && self.size != self.packed) {
            Reject::Disagrees { what: "size" }
        } else {
            match extra_fields(self.extra) {
                None => Reject::Damaged { why: "its extra fields cannot be read" },
                Some(fields) if fields.iter().any(|(id, _)| *id == UNICODE_PATH) => Reject::Disagrees { what: "name" },
                Some(fields) if fields.iter().any(|(id, _)| *id == ZIP64) => Reject::Zip64,
                Some(_) => return Ok(()),
            }
        };
        Err(entries.reject(self.name, why))
    }

    /// Finds the packed bytes behind the local header, which must say what the directory says, and their end.
    fn find(&self, bytes: &'a [u8], entries: &Entries<'_>) -> Result<(&'a [u8], usize), Error> {
        let cut_off = || damaged(entries, self.name, "it is cut off");
        let local = bytes.get(self.offset..).filter(|local| local.starts_with(LOCAL)).ok_or_else(cut_off)?;
        let field = |at| u16_at(local, at).ok_or_else(cut_off);
        let name_end = LOCAL_LENGTH + usize::from(field(26)?);
        let extra_end = name_end + usize::from(field(28)?);
        let disagrees = |what| Err(entries.reject(self.name, Reject::Disagrees { what }));
        let extra = local.get(name_end..extra_end).ok_or_else(cut_off)?;
        if &local[LOCAL_LENGTH..name_end] != self.name {
            return disagrees("name");
        }
        if field(4)? > MAX_VERSION {
            return disagrees("version");
        }
        if field(6)? != self.flags {
            return disagrees("flags");
        }
        if field(8)? != self.method {
            return disagrees("way of packing");
        }
        let Some(fields) = extra_fields(extra) else {
            return Err(damaged(entries, self.name, "its extra fields cannot be read"));
        };
        if fields.iter().any(|(id, _)| *id == UNICODE_PATH) {
            return disagrees("name");
        }
        // A writer that does not know the size yet may reserve room for a large one.
        let wide = fields.iter().find(|(id, _)| *id == ZIP64).map(|(_, value)| *value);
        let said = (u32_at(local, 14), local_size(local, 18, wide, 8), local_size(local, 22, wide, 0));
        let known = (Some(self.crc), Some(self.packed as u64), Some(self.size as u64));
        let follow = self.flags & SIZES_FOLLOW != 0;
        if said != known && !(follow && said == (Some(0), Some(0), Some(0))) {
            return disagrees("size or checksum");
        }
        let start = self.offset + extra_end;
        let end = start.checked_add(self.packed).ok_or_else(cut_off)?;
        let packed = bytes.get(start..end).ok_or_else(cut_off)?;
        if !follow {
            return Ok((packed, end));
        }
        match self.descriptor(&bytes[end..]) {
            Some(length) => Ok((packed, end + length)),
            None => disagrees("size or checksum"),
        }
    }

    /// Returns the length of the sizes that follow the packed bytes: with signature or without, narrow or wide.
    fn descriptor(&self, bytes: &[u8]) -> Option<usize> {
        let (crc, packed, size) = (self.crc.to_le_bytes(), self.packed as u64, self.size as u64);
        let narrow = [&crc[..], &packed.to_le_bytes()[..4], &size.to_le_bytes()[..4]].concat();
        let wide = [&crc[..], &packed.to_le_bytes()[..], &size.to_le_bytes()[..]].concat();
        let forms = [[DESCRIPTOR, &wide].concat(), [DESCRIPTOR, &narrow].concat(), wide, narrow];
        // What follows must be the next header, else a short form would pass as the beginning of a long one.
        let follows = |after: &[u8]| after.is_empty() || after.starts_with(LOCAL);
        forms.iter().find(|form| bytes.strip_prefix(form.as_slice()).is_some_and(follows)).map(Vec::len)
    }

    fn unpack(&self, packed: &[u8], entries: &Entries<'_>) -> Result<Vec<u8>, Error> {
        let content = match self.method {
            0 => packed.to_vec(),
            _ => inflate(packed, self.size).ok_or_else(|| damaged(entries, self.name, "it cannot be unpacked"))?,
        };
        let mut crc = Crc::new();
        crc.update(&content);
        if crc.sum() != self.crc {
            return Err(damaged(entries, self.name, "its checksum is wrong"));
        }
        Ok(content)
    }
}

/// Unpacks exactly these bytes to exactly this size.
fn inflate(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    // One byte of room more, so that a stream which goes on is seen to.
    let mut out = Vec::with_capacity(size + 1);
    let mut stream = Decompress::new(false);
    let status = stream.decompress_vec(packed, &mut out, FlushDecompress::Finish).ok()?;
    let whole = status == Status::StreamEnd && stream.total_in() == packed.len() as u64;
    (whole && out.len() == size).then_some(out)
}

/// A size in a local header: the wide one, where the narrow one says so.
fn local_size(local: &[u8], at: usize, wide: Option<&[u8]>, wide_at: usize) -> Option<u64> {
    match (u32_at(local, at)?, wide) {
        (u32::MAX, Some(wide)) => wide.get(wide_at..wide_at + 8)?.try_into().ok().map(u64::from_le_bytes),
        (size, _) => Some(u64::from(size)),
    }
}

fn extra_fields(mut extra: &[u8]) -> Option<Vec<(u16, &[u8])>> {
    let mut fields = Vec::new();
    while !extra.is_empty() {
        let (id, length) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
        let (value, rest) = extra[4..].split_at_checked(length)?;
        fields.push((id, value));
        extra = rest;
    }
    Some(fields)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn usize_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

fn damaged(entries: &Entries<'_>, name: &[u8], why: &'static str) -> Error {
    entries.reject(name, Reject::Damaged { why })
}
