//! Names the window's commands, so that each one has to be granted in `capabilities/`.

use tauri_build::{AppManifest, Attributes};

/// Every command of the window; a test compares them with the handlers, the capability and the web view's calls.
const COMMANDS: &[&str] = &[
    "adopt_key",
    "apply_edit",
    "back_up_key",
    "cancel",
    "check_backup",
    "check_committed",
    "check_key_id",
    "check_package",
    "choose_backup_place",
    "choose_checkout",
    "choose_folder",
    "choose_index",
    "choose_key_file",
    "choose_package",
    "compose_entry",
    "copy_submission",
    "create_key",
    "delete_key",
    "entry_goal",
    "forget_key",
    "forget_recent",
    "hand_over",
    "list_keys",
    "open_plugin",
    "plan_deletion",
    "plan_index",
    "plan_submission",
    "preview_edit",
    "probe_keyring",
    "recent_plugins",
    "rehearse_hand_over",
    "remember_entry_goal",
    "review_entry",
    "revocation",
    "revoke_key",
    "rotate_key",
    "rotation",
    "run_index_script",
    "save_entry",
    "save_kit",
    "save_notice",
    "save_public_key",
    "sign",
    "signed_by_key",
    "start",
    "subscribe",
    "suggest_successor",
    "write_index",
];

fn main() {
    // A cargo build script speaks to cargo by failing.
    #[allow(clippy::expect_used)]
    tauri_build::try_build(Attributes::new().app_manifest(AppManifest::new().commands(COMMANDS)))
        .expect("tauri.conf.json and capabilities/ describe the window");
}
