//! The names of receipts' files.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;

use super::Receipt;
use crate::digest::Digest;

/// A receipt's file name, in the order of time. Its parts only say which files are worth opening.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    /// Milliseconds since 1970, with leading zeros.
    pub(super) time: String,
    pub(super) folder: String,
    pub(super) plugin: String,
    pub(super) key: String,
    pub(super) digest: String,
}

const TIME_DIGITS: usize = 15;

impl Name {
    pub(super) fn of(receipt: &Receipt) -> Self {
        Self {
            // A clock before 1970 knows nothing, and its receipts are the oldest.
            time: format!("{:0TIME_DIGITS$}", receipt.signed.as_millisecond().max(0)),
            folder: part_of_folder(&receipt.folder),
            plugin: part_of(receipt.plugin_id.as_str()),
            key: part(receipt.fingerprint.as_bytes()),
            digest: part(receipt.digest.as_bytes()),
        }
    }

    pub(super) fn parse(name: &OsStr) -> Option<Self> {
        let parts: Vec<_> = name.to_str()?.strip_suffix(".json")?.split('-').collect();
        let [time, folder, plugin, key, digest] = parts.as_slice() else { return None };
        let is_time = time.len() == TIME_DIGITS && time.bytes().all(|byte| byte.is_ascii_digit());
        let is_part = |part: &&str| {
            part.len() == 2 * PART_BYTES && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let [time, folder, plugin, key, digest] = (is_time && parts[1..].iter().all(is_part))
            .then_some([time, folder, plugin, key, digest])?
            .map(|part| (*part).to_owned());
        Some(Self { time, folder, plugin, key, digest })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { time, folder, plugin, key, digest } = self;
        write!(f, "{time}-{folder}-{plugin}-{key}-{digest}.json")
    }
}

const PART_BYTES: usize = 6;

pub(super) fn part(hash: &[u8; 32]) -> String {
    hex::encode(&hash[..PART_BYTES])
}

pub(super) fn part_of(text: &str) -> String {
    part(Digest::of(text.as_bytes()).as_bytes())
}

pub(super) fn part_of_folder(folder: &Path) -> String {
    part(Digest::of(folder.as_os_str().as_encoded_bytes()).as_bytes())
}
