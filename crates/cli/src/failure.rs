//! Why a command did not do what it was asked.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use aisoc_publisher_core::verdict::{Finding, ModeVerdict};
use aisoc_publisher_core::{Code, Explain, Place};

/// A command's failure: of the arguments, or of what they asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments make no sense.
    Usage { message: String, hint: Option<String> },
    /// It could not be done.
    Done(Box<dyn Explain>),
}

impl Failure {
    pub(crate) fn usage(message: String, hint: Option<&str>) -> Self {
        Self::Usage { message, hint: hint.map(str::to_owned) }
    }
}

impl<E: Explain + Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Done(Box::new(error))
    }
}

/// An error of core's, with what this program knows more: what was done before it, or which of its own commands helps.
#[derive(Debug)]
pub(crate) struct Advised {
    error: Box<dyn Explain>,
    done: Option<String>,
    hint: String,
}

impl Advised {
    /// Gives an error another hint.
    pub(crate) fn new(error: impl Explain + 'static, hint: String) -> Self {
        Self { error: Box::new(error), done: None, hint }
    }

    /// Says what was done all the same.
    pub(crate) fn after(self, done: String) -> Self {
        Self { done: Some(done), ..self }
    }
}

impl fmt::Display for Advised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.done {
            Some(done) => write!(f, "{done}: {}", self.error),
            None => self.error.fmt(f),
        }
    }
}

impl Error for Advised {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

impl Explain for Advised {
    fn code(&self) -> Code {
        self.error.code()
    }

    fn detail(&self) -> Option<&'static str> {
        self.error.detail()
    }

    fn hint(&self) -> Option<String> {
        Some(self.hint.clone())
    }

    fn place(&self) -> Option<Place> {
        self.error.place()
    }

    fn at_the_loader(&self) -> Option<String> {
        self.error.at_the_loader()
    }
}

/// What stands in the way of a verdict; it is no verdict, so the loader may well go on.
#[derive(Debug, thiserror::Error)]
#[error("cannot tell what the loader does{}", .0.as_ref().map(|finding| format!(": {finding}")).unwrap_or_default())]
pub(crate) struct CannotTell(Option<Arc<Finding>>);

impl CannotTell {
    pub(crate) fn of(verdict: &ModeVerdict) -> Self {
        Self(verdict.finding.clone())
    }
}

impl Explain for CannotTell {
    fn code(&self) -> Code {
        self.0.as_ref().map_or(Code::Io, |finding| finding.code())
    }

    fn detail(&self) -> Option<&'static str> {
        self.0.as_ref().and_then(|finding| finding.detail())
    }

    fn hint(&self) -> Option<String> {
        self.0.as_ref().and_then(|finding| finding.hint())
    }

    fn place(&self) -> Option<Place> {
        self.0.as_ref().and_then(|finding| finding.place())
    }
}
