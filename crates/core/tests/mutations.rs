//! Archives and repositories with bytes changed at random: whatever they are, reading them ends, and without a panic.
#![allow(clippy::unwrap_used)]

mod sample;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use aisoc_publisher_core::artifact::{Artifact, Kind};
use aisoc_publisher_core::committed;
use aisoc_publisher_core::task::Task;
use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};

/// The files of the sample plugin, in a folder.
fn files() -> Vec<(String, Vec<u8>)> {
    let manifest = ("plugin.yaml", sample::MANIFEST);
    let signature = ("plugin.sig", sample::SIGNATURE);
    let files = sample::COVERED.into_iter().chain([manifest, signature]);
    files.map(|(name, text)| (format!("my_plugin/{name}"), text.as_bytes().to_vec())).collect()
}

/// A ZIP archive as the specification (APPNOTE 6.3) has it.
fn zip() -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    let files = files();
    for (name, content) in &files {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
        packer.write_all(content).unwrap();
        let packed = packer.finish().unwrap();
        let mut crc = Crc::new();
        crc.update(content);
        let mut shared = Vec::new();
        // Version 2.0, names in UTF-8, deflate, no time.
        for number in [20_u16, 1 << 11, 8, 0, 33] {
            shared.extend(number.to_le_bytes());
        }
        for number in [crc.sum(), packed.len() as u32, content.len() as u32] {
            shared.extend(number.to_le_bytes());
        }
        shared.extend((name.len() as u16).to_le_bytes());
        shared.extend([0; 2]);
        let at = archive.len() as u32;
        archive.extend([b"PK\x03\x04", &shared[..], name.as_bytes(), &packed].concat());
        directory.extend([b"PK\x01\x02\x14\x03", &shared[..], &[0; 10]].concat());
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, size, count) = (archive.len() as u32, directory.len() as u32, (files.len() as u16).to_le_bytes());
    archive.extend(directory);
    archive.extend(
        [&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size.to_le_bytes(), &start.to_le_bytes(), &[0; 2]].concat(),
    );
    archive
}

/// A tar archive as POSIX has it.
fn tar() -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, content) in files() {
        let mut block = [0; 512];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        block[148..156].fill(b' ');
        block[156] = b'0';
        block[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        archive.extend(block);
        archive.extend(&content);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(content).unwrap();
    packer.finish().unwrap()
}

/// Numbers that look random and are the same in every run (xorshift, G. Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    /// Changes a few bytes: anywhere, to values that mean something in headers; or cuts, or doubles a part.
    fn mutate(&mut self, original: &[u8]) -> Vec<u8> {
        const TELLING: [u8; 12] = [0, 1, 2, 8, 0x20, b'/', b'.', b'5', b'x', 0x7f, 0x80, 0xff];
        let mut bytes = original.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            bytes[at] = match self.below(3) {
                0 => TELLING[self.below(TELLING.len())],
                1 => bytes[at] ^ (1 << self.below(8)),
                _ => self.below(256) as u8,
            };
        }
        match self.below(8) {
            0 => bytes.truncate(1 + self.below(original.len())),
            1 => {
                let from = self.below(original.len());
                let to = (from + self.below(600)).min(original.len());
                let part = original[from..to].to_vec();
                bytes.splice(from..from, part);
            }
            _ => {}
        }
        bytes
    }
}

/// Reads so many mutations, and returns how many of them were refused.
fn refused(kind: Kind, original: &[u8], count: usize) -> usize {
    let read = |bytes: &[u8]| Artifact::of_bytes(Path::new("x"), kind, bytes, &Task::unwatched());
    let whole = read(original).unwrap();
    assert_eq!(whole.find_plugin().unwrap(), "my_plugin");
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut refused = 0;
    for _ in 0..count {
        match read(&numbers.mutate(original)) {
            Ok(artifact) => {
                if let Ok(folder) = artifact.find_plugin() {
                    artifact.plugin_in(&folder).unwrap().covered_files().unwrap();
                }
            }
            Err(error) => {
                assert!(!error.to_string().contains(char::is_control), "{error}");
                refused += 1;
            }
        }
    }
    refused
}

#[test]
fn archives() {
    const COUNT: usize = 8000;
    // Nearly every byte of a ZIP archive is checked by another; a tar has checksums for its headers only.
    let zip = refused(Kind::Zip, &zip(), COUNT);
    assert!(zip > COUNT * 8 / 10, "{zip} of {COUNT}");
    let tar_refused = refused(Kind::Tar, &tar(), COUNT);
    assert!((COUNT / 10..COUNT).contains(&tar_refused), "{tar_refused} of {COUNT}");
    let packed = refused(Kind::TarGz, &gzip(&tar()), COUNT / 4);
    assert!(packed > COUNT / 4 * 8 / 10, "{packed} of {}", COUNT / 4);
}

#[test]
fn packs() {
    let dir = sample::sample();
    let git = |arguments: &str| {
        let arguments = ["-c", "user.name=n", "-c", "user.email=n@example.org"].into_iter().chain(arguments.split(' '));
        let status = Command::new("git").args(arguments).current_dir(dir.path()).status();
        assert!(status.is_ok_and(|status| status.success()), "this test needs `git`");
    };
    // Two versions of a long file, so that the pack holds a delta.
    let long: String = (0..400).map(|i| format!("line = {i}\n")).collect();
    git("init --quiet");
    for version in ["1", "2"] {
        sample::write(dir.path(), "long.py", format!("{long}version = {version}\n"));
        git("add --all");
        git("commit --quiet --message version");
    }
    git("gc --quiet");
    let whole = committed::read(dir.path(), &Task::unwatched()).unwrap();
    assert_eq!(whole.plugin.covered_files().unwrap().len(), sample::COVERED.len() + 1);
    let digest = |committed: &committed::Committed| {
        let files = committed.plugin.covered_files().unwrap();
        files.iter().map(|file| (file.path.to_string(), file.sha256)).collect::<Vec<_>>()
    };
    let expected = digest(&whole);
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let mut refused = 0;
    const COUNT: usize = 400;
    for entry in fs::read_dir(dir.path().join(".git/objects/pack")).unwrap() {
        let path = entry.unwrap().path();
        if !path.extension().is_some_and(|ending| ending == "pack" || ending == "idx") {
            continue;
        }
        let original = fs::read(&path).unwrap();
        for _ in 0..COUNT {
            fs::remove_file(&path).unwrap();
            fs::write(&path, numbers.mutate(&original)).unwrap();
            match committed::read(dir.path(), &Task::unwatched()) {
                // Whatever is taken has the hashes that the commit names, so it is what was committed.
                Ok(committed) => assert_eq!(digest(&committed), expected),
                Err(_) => refused += 1,
            }
        }
        fs::remove_file(&path).unwrap();
        fs::write(&path, &original).unwrap();
    }
    assert!(refused > COUNT / 4, "{refused} of {}", 2 * COUNT);
}
