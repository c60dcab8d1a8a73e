//! `aisoc-publisher`: makes publisher keys, signs AiSOC plugins, and prepares their marketplace entries.
//!
//! Exit status: 0 done (for `verify`: the loader would go on), 1 the loader would refuse, or a
//! marketplace entry should not be published like this, 2 wrong usage, 3 it could not be
//! done.

mod args;
mod commands;
mod failure;
mod key_source;
mod output;
mod progress;
mod secret_source;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use args::Args;
use failure::Failure;
use output::Printer;

/// Wipes what is freed: keys and passphrases also pass through buffers of zbus and the keyring's client, which do not.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    // Before anything else: an error message about arguments repeats them, and these must not be repeated.
    if secret_source::is_among_arguments() {
        let printer = Printer::new(args::asks_for_json());
        return printer.failure(&secret_source::secret_as_argument());
    }
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return wrong_usage(&error),
    };
    let printer = Printer::new(args.json);
    match commands::run(args.command, args.json) {
        Ok(report) => printer.report(&report),
        Err(failure) => printer.failure(&failure),
    }
}

/// Prints help and version as they are, and errors as JSON where that is asked for.
fn wrong_usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && args::asks_for_json() {
        let message = if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            "a command is missing".to_owned()
        } else {
            // What is wrong stands before the first empty line, one argument a line; how it is used follows.
            let text = error.render().to_string();
            let words: Vec<_> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
            words.join(" ").trim_start_matches("error: ").to_owned()
        };
        return Printer::new(true).failure(&Failure::usage(message, Some("`--help` says how it is used")));
    }
    // A reader that went away is no failure of ours.
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { output::WRONG_USAGE } else { 0 })
}
