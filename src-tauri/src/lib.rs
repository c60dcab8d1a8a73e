//! The window of AiSOC Publisher: a web view on one side, the core crate on the other.
//!
//! The web view is treated as a stranger. It names folders and keys by handles that this process gave out, it gets facts
//! to draw and never a secret, and it can call nothing but the commands that `capabilities/main.json` grants it.

mod commands;
mod dialog;
mod environment;
mod state;
mod view;
mod window;

#[cfg(not(any(debug_assertions, feature = "custom-protocol")))]
compile_error!(
    "without the feature `custom-protocol` the window trusts whatever answers at the development server's address"
);

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tauri::{Builder, Context, Manager as _, RunEvent, Runtime};

pub use state::Shell;

/// How long the program waits for calls to clear away what they began, once its window is closed.
const AT_THE_END: Duration = Duration::from_secs(5);

/// Opens the window, and returns when it is closed.
pub fn run() -> ExitCode {
    environment::prepare();
    let message = if environment::has_display() {
        match start() {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => format!("cannot open the window: {error}"),
        }
    } else {
        "cannot open a window: neither `DISPLAY` nor `WAYLAND_DISPLAY` names a display\n\
         hint: run it in a desktop session; `aisoc-publisher` does the same without a window"
            .to_owned()
    };
    // Nobody can be told that standard error is closed.
    let _ = writeln!(std::io::stderr(), "error: {message}");
    ExitCode::FAILURE
}

fn start() -> tauri::Result<()> {
    let argument = folder_argument(std::env::args_os().skip(1), Path::new("."));
    let mut builder = builder::<tauri::Wry>(Shell::new(argument));
    // Without a bus every start opens a window of its own, which is better than none.
    if environment::names_session_bus() {
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, arguments, folder| {
            let arguments = arguments.into_iter().skip(1).map(OsString::from);
            window::show_again(app, folder_argument(arguments, Path::new(&folder)));
        }));
    }
    let app = builder.setup(|app| Ok(window::open(app).map(drop)?)).build(context())?;
    app.run(|app, event| {
        // The process ends without a destructor: a script that the window started would run on, and a copy stay half made.
        if let RunEvent::Exit = event {
            app.state::<Arc<Shell>>().stop(AT_THE_END);
        }
    });
    Ok(())
}

/// Prepares an app without its window: the state and the commands.
pub fn builder<R: Runtime>(shell: Shell) -> Builder<R> {
    Builder::<R>::new().manage(Arc::new(shell)).invoke_handler(commands::handler())
}

/// Returns what `tauri.conf.json`, the capability and the built page say.
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}

/// Finds the folder among the arguments; a relative one is below `current`.
fn folder_argument(mut arguments: impl Iterator<Item = OsString>, current: &Path) -> Option<PathBuf> {
    let is_option = |argument: &OsString| argument.as_encoded_bytes().starts_with(b"-");
    arguments.find(|argument| !is_option(argument) && !argument.is_empty()).map(|folder| current.join(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_argument_that_is_no_option_is_the_folder() {
        let folder = |arguments: &[&str]| folder_argument(arguments.iter().map(OsString::from), Path::new("/here"));
        assert_eq!(folder(&["--gapplication-service", "plugin", "other"]), Some(PathBuf::from("/here/plugin")));
        assert_eq!(folder(&["/srv/plugin"]), Some(PathBuf::from("/srv/plugin")));
        assert_eq!(folder(&["", "-x"]), None);
    }
}
