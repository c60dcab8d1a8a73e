//! One module a command: arguments in, a report out; the rules are core's.

mod answer;
mod check;
mod entry;
mod explain;
mod fix;
mod key;
mod keygen;
mod keys;
mod payload;
mod shipped;
mod sign;
mod verify;
mod workflow;

use crate::args::Command;
use crate::failure::Failure;
use crate::output::Report;

/// Runs a command.
pub(crate) fn run(command: Command, json: bool) -> Result<Report, Failure> {
    match command {
        Command::Keygen(args) => keygen::run(&args),
        Command::Key(args) => key::run(&args, json),
        Command::Sign(args) => sign::run(&args, json),
        Command::Verify(args) => verify::run(&args, json),
        Command::Check(args) => check::run(&args, json),
        Command::Payload(args) => payload::run(&args, json),
        Command::Entry(args) => entry::run(&args, json),
        Command::Workflow(args) => workflow::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Keys(args) => keys::run(&args),
    }
}

/// Builds a JSON object from `key: value` pairs.
macro_rules! object {
    ($($key:literal: $value:expr),* $(,)?) => {{
        let mut object = serde_json::Map::new();
        $(object.insert($key.to_owned(), serde_json::json!($value));)*
        object
    }};
}
use object;

/// `1 file`, `2 files`.
fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}
