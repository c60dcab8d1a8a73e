//! Names the window's commands, so that each one has to be granted in `capabilities/`.

use tauri_build::{AppManifest, Attributes};

/// Every command of the window; a test compares them with the handlers, the capability and the web view's calls.
const COMMANDS: &[&str] = &[
    "cancel",
    "check_key_id",
    "choose_folder",
    "compose_entry",
    "create_key",
    "forget_recent",
    "hand_over",
    "open_plugin",
    "probe_keyring",
    "recent_plugins",
    "save_entry",
    "save_public_key",
    "sign",
    "start",
    "subscribe",
];

fn main() {
    // A cargo build script speaks to cargo by failing.
    #[allow(clippy::expect_used)]
    tauri_build::try_build(Attributes::new().app_manifest(AppManifest::new().commands(COMMANDS)))
        .expect("tauri.conf.json and capabilities/ describe the window");
}
