//! Feeds the YAML reader with texts that reach new code, and checks what must hold for every text.

#![no_main]

use aisoc_canonical::Format;

#[path = "../../tests/invariants/mod.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|text: &[u8]| invariants::check(text, Format::Yaml));
