//! Writes the man pages and the shell completions of `aisoc-publisher` into a folder, for packages.
//!
//! usage: cargo run -p aisoc-publisher --example pages -- FOLDER

#[path = "../src/args.rs"]
#[allow(dead_code)]
mod args;

use std::io;
use std::path::PathBuf;

use clap::CommandFactory as _;
use clap_complete::Shell;

const NAME: &str = "aisoc-publisher";

fn main() -> io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::other("name the folder for the pages"));
    };
    std::fs::create_dir_all(&folder)?;
    clap_mangen::generate_to(args::Args::command(), &folder)?;
    for shell in [Shell::Fish, Shell::Zsh] {
        clap_complete::generate_to(shell, &mut args::Args::command(), NAME, &folder)?;
    }
    let mut bash = Vec::new();
    clap_complete::generate(Shell::Bash, &mut args::Args::command(), NAME, &mut bash);
    // clap_complete 4.6 takes the hyphen in the program's name for a command below it, in the labels that it jumps to but not where
    // it jumps from: without this, bash completes nothing after the first word.
    let bash = String::from_utf8_lossy(&bash).replace("aisoc__subcmd__publisher", "aisoc__publisher");
    std::fs::write(folder.join(format!("{NAME}.bash")), bash)
}
