//! The commands: what the web view may ask for. Each takes its arguments, calls the core away from the thread that
//! draws, and maps the answer.

mod edit;
mod entry;
mod hand_over;
mod key;
mod plugin;
mod shipped;
mod sign;
mod signature;
mod start;

use std::sync::Arc;

use tauri::ipc::Invoke;
use tauri::{Runtime, State};

use crate::state::Shell;
use crate::view::Failure;

/// The state, as a command gets it.
type Here<'a> = State<'a, Arc<Shell>>;

/// What a command answers.
type Answer<T> = Result<T, Failure>;

/// Returns the handler of every command. The same names are in `build.rs` and in `capabilities/main.json`.
pub(crate) fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        start::subscribe,
        start::start,
        start::cancel,
        key::check_key_id,
        key::probe_keyring,
        key::create_key,
        key::list::list_keys,
        key::list::signed_by_key,
        key::backup::choose_backup_place,
        key::backup::back_up_key,
        key::backup::check_backup,
        key::adopt::choose_key_file,
        key::adopt::adopt_key,
        key::rotate::suggest_successor,
        key::rotate::rotate_key,
        key::rotate::rotation,
        key::revoke::revoke_key,
        key::revoke::revocation,
        key::revoke::save_notice,
        key::delete::plan_deletion,
        key::delete::delete_key,
        key::delete::forget_key,
        plugin::choose_folder,
        plugin::open_plugin,
        plugin::recent_plugins,
        plugin::forget_recent,
        edit::preview_edit,
        edit::apply_edit,
        shipped::choose_package,
        shipped::check_package,
        shipped::check_committed,
        sign::sign,
        entry::compose_entry,
        entry::save_entry,
        entry::goal::entry_goal,
        entry::goal::remember_entry_goal,
        entry::goal::choose_index,
        entry::review::review_entry,
        entry::index::plan_index,
        entry::index::write_index,
        entry::pull_request::save_kit,
        entry::checkout::choose_checkout,
        entry::checkout::plan_submission,
        entry::checkout::copy_submission,
        entry::checkout::run_index_script,
        hand_over::hand_over,
        hand_over::save_public_key,
        hand_over::rehearse_hand_over,
    ]
}
