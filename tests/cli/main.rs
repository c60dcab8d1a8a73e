//! Whole-product tests of `aisoc-publisher`: the built program, run as a person or a script runs it.
//!
//! Expected verdicts, digests and bytes come from the Python reference in `tests/reference`, from OpenSSL and OpenSSH, and
//! from published vectors. Texts are compared with the files in `snapshots/`; after a wanted change write them anew with
//! `SNAPSHOTS=overwrite cargo test -p aisoc-publisher --test cli`, and read the difference.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test fails by panicking")]
#![allow(unreachable_pub, reason = "a test program has no users")]
#![cfg(unix)]

mod bad_places;
mod bad_plugins;
mod check;
mod checkout;
mod committed;
mod common;
mod entry_check;
mod help;
mod indexes;
mod interop;
mod json;
mod key_life;
mod keyring;
mod main_path;
mod output_file;
mod private_keys;
mod racing;
mod receipts;
mod rehearsal;
mod samples;
mod shipped;
mod tampering;
mod terminals;
mod verdict_table;
mod workflow;
