//! Feeds the reader with a marketplace index, and checks what must hold for any bytes.

#![no_main]
#![allow(dead_code, reason = "the other targets use the rest of the module")]

#[path = "../../tests/parsers/mod.rs"]
mod parsers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    parsers::index(bytes);
});
