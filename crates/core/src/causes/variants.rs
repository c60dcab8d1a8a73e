//! What of the files is not what was signed, and what they would be with other line endings.

use std::collections::BTreeMap;

use super::cause::Ending;
use super::{Case, Cause};
use crate::digest::Digest;
use crate::files::{self, CoveredFile, FileMap, RelPath};
use crate::key::PublicKey;
use crate::payload::Payload;
use crate::receipts::{Receipt, ReceiptFile};
use crate::source::Source;
use crate::task::{Cancelled, Task};

/// The most ways to give the files other line endings that are all tried; otherwise only the likely ones are.
const MAX_COMBINATIONS: usize = 256;
/// The most files of which one alone is tried with other line endings.
const MAX_SINGLE: usize = 100;
/// The most bytes that are read again.
const MAX_READ: usize = 64 << 20;

/// Compares the covered files with those that were signed.
pub(super) fn files(plugin: &dyn Source, now: &FileMap, receipt: &Receipt) -> Vec<Cause> {
    let mut signed: BTreeMap<&RelPath, &ReceiptFile> = receipt.files.iter().map(|file| (&file.path, file)).collect();
    let (mut causes, mut added) = (Vec::new(), Vec::new());
    for file in now {
        match signed.remove(&file.path) {
            None => added.push(file),
            Some(was) if was.sha256 == file.sha256 => {}
            Some(was) => causes.push(changed(plugin, file, was)),
        }
    }
    for file in added {
        // The same bytes under a name that is gone. Empty files are all the same, and tell nothing.
        let same = |was: &&&ReceiptFile| file.size > 0 && was.sha256 == file.sha256;
        let before = signed.values().find(same).map(|was| &was.path);
        let (path, at) = (file.path.clone(), plugin.path_of(&file.path));
        causes.push(match before {
            Some(before) => {
                signed.remove(before);
                Cause::FileRenamed { from: before.clone(), to: path, at }
            }
            None => Cause::FileAdded { path, at },
        });
    }
    causes.extend(signed.into_keys().map(|path| Cause::FileRemoved { path: path.clone(), at: plugin.path_of(path) }));
    causes
}

fn changed(plugin: &dyn Source, file: &CoveredFile, was: &ReceiptFile) -> Cause {
    let (path, at) = (file.path.clone(), plugin.path_of(&file.path));
    if was.lf_sha256() != file.lf_sha256 {
        return Cause::FileChanged { path, at };
    }
    let crlf = crlf(plugin, file, &mut { MAX_READ });
    let ending = |sha256| match sha256 {
        sha256 if sha256 == file.lf_sha256 => Ending::Lf,
        sha256 if Some(sha256) == crlf => Ending::Crlf,
        _ => Ending::Other,
    };
    Cause::LineEndings { path, at, signed: ending(was.sha256), now: ending(file.sha256) }
}

/// A file's hashes with other line endings than it has.
struct Variants<'a> {
    file: &'a CoveredFile,
    others: Vec<(Digest, Ending)>,
    now: Ending,
}

/// Tries the signature on this folder with other line endings; returns what differs, and the key that it then fits.
pub(super) fn line_endings(
    case: &Case<'_>,
    keys: &[PublicKey],
    task: &Task<'_>,
) -> Result<Option<(Vec<Cause>, PublicKey)>, Cancelled> {
    let Ok(manifest) = case.manifest.canonical() else { return Ok(None) };
    let mut room = MAX_READ;
    let mut variants = Vec::new();
    for file in case.files {
        task.check()?;
        let crlf = crlf(case.plugin, file, &mut room);
        let all = [(Some(file.lf_sha256), Ending::Lf), (crlf, Ending::Crlf)];
        let now =
            all.iter().find(|(sha256, _)| *sha256 == Some(file.sha256)).map_or(Ending::Other, |(_, ending)| *ending);
        let others = all.into_iter().filter_map(|(sha256, ending)| Some((sha256?, ending)));
        variants.push(Variants { file, others: others.filter(|(sha256, _)| *sha256 != file.sha256).collect(), now });
    }
    for choice in choices(&variants) {
        task.check()?;
        let chosen = variants.iter().zip(&choice).map(|(of, choice)| choice.map(|index| of.others[index]));
        let hashes = variants.iter().zip(chosen.clone()).collect::<Vec<_>>();
        let parts =
            hashes.iter().map(|(of, other)| (&of.file.path, other.map_or(of.file.sha256, |(sha256, _)| sha256)));
        let digest = Payload::digest_of_parts(&manifest, parts);
        let Some(key) = keys.iter().find(|key| case.fits(key, &digest)) else { continue };
        let causes = hashes.iter().filter_map(|(of, other)| {
            let (path, at) = (of.file.path.clone(), case.plugin.path_of(&of.file.path));
            other.map(|(_, signed)| Cause::LineEndings { path, at, signed, now: of.now })
        });
        return Ok(Some((causes.collect(), key.clone())));
    }
    Ok(None)
}

/// For each file which of its other hashes to take, if any: every combination where they are few, otherwise all files
/// with the same line endings, and each file alone with others.
fn choices(variants: &[Variants<'_>]) -> Vec<Vec<Option<usize>>> {
    let as_it_is = vec![None; variants.len()];
    let count = variants.iter().try_fold(1_usize, |count, of| {
        count.checked_mul(of.others.len() + 1).filter(|count| *count <= MAX_COMBINATIONS)
    });
    if count.is_some() {
        return variants.iter().enumerate().fold(vec![as_it_is], |choices, (at, of)| {
            let with = |choice: &Vec<Option<usize>>| {
                let mut all = vec![choice.clone()];
                all.extend((0..of.others.len()).map(|index| {
                    let mut choice = choice.clone();
                    choice[at] = Some(index);
                    choice
                }));
                all
            };
            choices.iter().flat_map(with).collect()
        });
    }
    let all = [Ending::Lf, Ending::Crlf].map(|ending| {
        variants.iter().map(|of| of.others.iter().position(|(_, other)| *other == ending)).collect::<Vec<_>>()
    });
    let differing: Vec<_> = variants.iter().enumerate().filter(|(_, of)| !of.others.is_empty()).collect();
    let single = differing.iter().take(if differing.len() <= MAX_SINGLE { MAX_SINGLE } else { 0 });
    let single = single.flat_map(|(at, of)| {
        (0..of.others.len())
            .map(|index| {
                let mut choice = as_it_is.clone();
                choice[*at] = Some(index);
                choice
            })
            .collect::<Vec<_>>()
    });
    all.into_iter().chain(single).collect()
}

/// Hashes a file with CRLF; `None` for one that cannot be read, or is not the file any more that was hashed.
fn crlf(plugin: &dyn Source, file: &CoveredFile, room: &mut usize) -> Option<Digest> {
    let bytes = plugin.read_covered(&file.path, *room).ok()?;
    *room -= bytes.len();
    (Digest::of(&bytes) == file.sha256).then(|| files::with_crlf(&bytes))
}
