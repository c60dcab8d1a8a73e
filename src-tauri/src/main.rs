//! The window of AiSOC Publisher.

// Windows would open a console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

/// Wipes what is freed: passphrases and keys also pass through buffers of Tauri, zbus and the keyring's client, which do not.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> std::process::ExitCode {
    aisoc_publisher_desktop::run()
}
