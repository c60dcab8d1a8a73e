//! The window of AiSOC Publisher.

// Windows would open a console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    aisoc_publisher_desktop::run()
}
