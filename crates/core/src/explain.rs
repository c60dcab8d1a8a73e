//! What a person or a script is told about an error.

use std::path::PathBuf;

use crate::code::Code;

/// Where in a file something stands; lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file or folder.
    pub path: PathBuf,
    /// Line and column, for text files.
    pub position: Option<(u32, u32)>,
}

/// Explains an error beyond its message.
pub trait Explain: std::error::Error {
    /// Returns the stable code of this failure.
    fn code(&self) -> Code;

    /// Returns the finer code of the part that failed, where it has codes of its own, as the manifest's reader does.
    fn detail(&self) -> Option<&'static str> {
        None
    }

    /// Returns what to do now, as one or more plain sentences without a final full stop.
    fn hint(&self) -> Option<String> {
        None
    }

    /// Returns the file or folder that the failure is about, and where in it.
    fn place(&self) -> Option<Place> {
        None
    }

    /// Returns what AiSOC's loader does with a plugin in this state, where that is known.
    fn at_the_loader(&self) -> Option<String> {
        None
    }
}
