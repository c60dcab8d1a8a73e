//! Why the clone's script was not run, or not to its end.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::checkout::{self, SCRIPT};
use crate::code::Code;
use crate::explain::{Explain, Place};
use crate::task::Cancelled;

/// Why the script was not run, or not to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no Python.
    #[error("cannot run `{SCRIPT}`: there is no Python on this machine's PATH")]
    NoPython {
        /// The clone.
        root: PathBuf,
    },
    /// The script is not what the plan showed.
    #[error("nothing was run: `{}` is not the file that was shown", path.display())]
    Changed {
        /// The script.
        path: PathBuf,
    },
    /// The plugin's folder in the clone does not hold the submission.
    #[error("nothing was run: `{}` does not hold the plugin as it was signed", target.display())]
    NotApplied {
        /// The folder.
        target: PathBuf,
    },
    /// The clone lacks files.
    #[error("nothing was run: the clone lacks {absent} of the files that its index lists")]
    Incomplete {
        /// How many.
        absent: usize,
    },
    /// It cannot be started.
    #[error("cannot run `{command}`: {source}")]
    Start {
        /// The command.
        command: String,
        /// The operating system's reason.
        source: io::Error,
    },
    /// It took too long and was ended.
    #[error("`{command}` was ended after {} seconds", limit.as_secs())]
    TimedOut {
        /// The command.
        command: String,
        /// How long it had.
        limit: Duration,
    },
    /// It failed.
    #[error("`{command}` failed, with {status}")]
    Failed {
        /// The command.
        command: String,
        /// How it ended.
        status: String,
        /// What it printed, cleaned.
        output: String,
    },
    /// The clone or its index cannot be read.
    #[error(transparent)]
    Clone(#[from] checkout::Error),
    /// The caller cancelled; the script was ended.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::NoPython { .. } => Code::NoPython,
            Self::Changed { .. } | Self::NotApplied { .. } => Code::EditOutdated,
            Self::Incomplete { .. } => Code::CheckoutIncomplete,
            Self::Start { .. } | Self::TimedOut { .. } | Self::Failed { .. } => Code::IndexScriptFailed,
            Self::Clone(error) => error.code(),
            Self::Cancelled(_) => Code::Cancelled,
        }
    }

    fn detail(&self) -> Option<&'static str> {
        match self {
            Self::Clone(error) => error.detail(),
            _ => None,
        }
    }

    fn hint(&self) -> Option<String> {
        const PUT_BACK: &str = "`git status` in the clone says what it changed";
        Some(match self {
            Self::NoPython { root } => format!(
                "install Python 3.11 with PyYAML, then run `python3 {SCRIPT}` in `{}`; the files are written already",
                root.display()
            ),
            Self::Changed { .. } => "look at it again before you agree to run it".to_owned(),
            Self::NotApplied { .. } => "write the submission first".to_owned(),
            Self::Incomplete { .. } => {
                "the script would drop them from the index; `git sparse-checkout disable` brings everything back in a sparse clone"
                    .to_owned()
            }
            Self::Start { .. } => "try it by hand, in the clone".to_owned(),
            Self::TimedOut { .. } => PUT_BACK.to_owned(),
            Self::Failed { output, .. } if output.contains("No module named 'yaml'") => {
                "it needs PyYAML: `python3 -m pip install pyyaml`, or start this program from a virtual environment that has it"
                    .to_owned()
            }
            Self::Failed { output, .. } => {
                let last = output.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
                if last.is_empty() { PUT_BACK.to_owned() } else { format!("it said: {last}\n{PUT_BACK}") }
            }
            Self::Clone(error) => return error.hint(),
            Self::Cancelled(_) => return None,
        })
    }

    fn place(&self) -> Option<Place> {
        let path = match self {
            Self::Changed { path } | Self::NotApplied { target: path } => path,
            Self::Clone(error) => return error.place(),
            _ => return None,
        };
        Some(Place { path: path.clone(), position: None })
    }
}
