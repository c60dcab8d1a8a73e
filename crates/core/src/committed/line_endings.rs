//! What a checkout and a commit do to line endings, as Git's `convert.c` does it on Linux.

use super::attributes::{Add, Text};

/// Returns the file as it is checked out, where that is other bytes than the committed ones.
pub(super) fn on_checkout(blob: &[u8], text: Text) -> Option<Vec<u8>> {
    let seen = Seen::in_text(blob);
    let converts = match text {
        Text::AsIs => false,
        Text::Crlf => seen.lone_lf,
        // A file that has CR somewhere, or looks binary, is left alone.
        Text::Auto => seen.lone_lf && !seen.cr && !seen.looks_binary(),
    };
    converts.then(|| {
        let mut out = Vec::with_capacity(blob.len() + blob.len() / 16);
        for (at, byte) in blob.iter().enumerate() {
            if *byte == b'\n' && (at == 0 || blob[at - 1] != b'\r') {
                out.push(b'\r');
            }
            out.push(*byte);
        }
        out
    })
}

/// Returns the file as `git add` takes it, where that is other bytes than the work tree's.
pub(super) fn on_add(file: &[u8], add: Add) -> Option<Vec<u8>> {
    let seen = Seen::in_text(file);
    let converts = match add {
        Add::AsIs => false,
        Add::Text => seen.crlf,
        Add::Auto => seen.crlf && !seen.lone_cr && !seen.looks_binary(),
    };
    let stays = |at: &usize| file[*at] != b'\r' || file.get(*at + 1) != Some(&b'\n');
    converts.then(|| (0..file.len()).filter(stays).map(|at| file[at]).collect())
}

#[derive(Default)]
struct Seen {
    lone_lf: bool,
    cr: bool,
    crlf: bool,
    lone_cr: bool,
    nul: bool,
    printable: usize,
    not_printable: usize,
}

impl Seen {
    fn in_text(blob: &[u8]) -> Self {
        let mut seen = Self::default();
        for (at, byte) in blob.iter().enumerate() {
            match byte {
                b'\r' => {
                    seen.cr = true;
                    let followed = blob.get(at + 1) == Some(&b'\n');
                    seen.crlf |= followed;
                    seen.lone_cr |= !followed;
                }
                b'\n' => seen.lone_lf |= at == 0 || blob[at - 1] != b'\r',
                0 => {
                    seen.nul = true;
                    seen.not_printable += 1;
                }
                // Backspace, tab, form feed and escape stand in texts.
                8 | b'\t' | 12 | 27 => seen.printable += 1,
                1..=31 | 127 => seen.not_printable += 1,
                _ => seen.printable += 1,
            }
        }
        // The end-of-file character of CP/M.
        if blob.last() == Some(&26) {
            seen.not_printable -= 1;
        }
        seen
    }

    fn looks_binary(&self) -> bool {
        self.nul || (self.printable >> 7) < self.not_printable
    }
}
