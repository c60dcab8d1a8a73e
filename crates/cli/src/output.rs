//! The only module that prints: text for people, or one JSON object.
//!
//! Standard output holds what was asked for, standard error everything about it. Manifests, file names and error texts
//! may come from strangers, so control and bidi characters are made visible in every line.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::{self, Write};
use std::process::ExitCode;

use aisoc_publisher_core::files::printable;
use aisoc_publisher_core::{Code, Explain, Place, json_text};
use anstyle::{AnsiColor, Style};
use serde_json::{Map, Value, json};

use crate::failure::Failure;

pub(crate) const REFUSED: u8 = 1;
pub(crate) const WRONG_USAGE: u8 = 2;
const NOT_DONE: u8 = 3;

/// What a command has to say.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The answer for people; a line each, on standard output.
    pub(crate) lines: Vec<String>,
    /// The answer as raw bytes instead, such as canonical bytes or PEM.
    pub(crate) raw: Option<Vec<u8>>,
    /// The answer for programs.
    pub(crate) json: Map<String, Value>,
    /// What else should be known, on standard error.
    pub(crate) notes: Vec<Note>,
    /// Whether the exit status says that the loader would refuse.
    pub(crate) refused: bool,
}

/// A warning, with what to do about it.
#[derive(Debug)]
pub(crate) struct Note {
    /// Whether it is called an error, though the answer is given all the same.
    error: bool,
    code: Code,
    message: String,
    hint: Option<String>,
    at_the_loader: Option<String>,
}

impl Note {
    pub(crate) fn of(explained: &dyn Explain) -> Self {
        Self {
            error: false,
            code: explained.code(),
            message: explained.to_string(),
            hint: explained.hint(),
            at_the_loader: explained.at_the_loader(),
        }
    }

    pub(crate) fn new(code: Code, message: String, hint: Option<&str>) -> Self {
        Self { error: false, code, message, hint: hint.map(str::to_owned), at_the_loader: None }
    }

    /// Puts another hint in place of this one, or none.
    pub(crate) fn replace_hint(&mut self, old: &str, new: Option<String>) {
        if self.hint.as_deref() == Some(old) {
            self.hint = new;
        }
    }

    /// Tells whether its hint has these words.
    pub(crate) fn has_hint_of(&self, words: &str) -> bool {
        self.hint.as_ref().is_some_and(|hint| hint.contains(words))
    }

    /// Calls it an error.
    pub(crate) fn called_error(self, error: bool) -> Self {
        Self { error, ..self }
    }

    fn json(&self) -> Value {
        json!({ "code": self.code, "message": self.message, "hint": self.hint, "at_the_loader": self.at_the_loader })
    }
}

pub(crate) struct Printer {
    json: bool,
}

impl Printer {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints a report and returns the exit status that fits.
    pub(crate) fn report(&self, report: &Report) -> ExitCode {
        let printed = if self.json {
            let mut object = report.json.clone();
            object.insert("warnings".to_owned(), report.notes.iter().map(Note::json).collect());
            print_json(&Value::Object(object))
        } else {
            for note in &report.notes {
                let (label, color) =
                    if note.error { ("error", AnsiColor::Red) } else { ("warning", AnsiColor::Yellow) };
                print_note(label, color, &note.message, None, &note.at_the_loader, &note.hint);
            }
            match &report.raw {
                Some(bytes) => print_raw(bytes),
                None => print_lines(&report.lines),
            }
        };
        match printed {
            // Whoever read along may have read enough, as `head` does; the answer stays what it is.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let message = format!("write to standard output: {error}");
                print_note("error", AnsiColor::Red, &message, None, &None, &None);
                ExitCode::from(NOT_DONE)
            }
            _ if report.refused => ExitCode::from(REFUSED),
            _ => ExitCode::SUCCESS,
        }
    }

    /// Prints a failure and returns its exit status.
    pub(crate) fn failure(&self, failure: &Failure) -> ExitCode {
        if self.json {
            // Nobody is left to tell if this fails.
            let _ = print_json(&json!({ "error": failure_json(failure) }));
        } else {
            match failure {
                Failure::Usage { message, hint } => print_note("error", AnsiColor::Red, message, None, &None, hint),
                Failure::Done(error) => print_note(
                    "error",
                    AnsiColor::Red,
                    &error.to_string(),
                    error.place().as_ref(),
                    &error.at_the_loader(),
                    &error.hint(),
                ),
            }
        }
        ExitCode::from(match failure {
            Failure::Usage { .. } => WRONG_USAGE,
            Failure::Done(_) => NOT_DONE,
        })
    }
}

/// Tells a person at a terminal something, and returns the line that is typed in answer.
pub(crate) fn ask(lines: &[String], question: &str) -> io::Result<String> {
    let mut out = anstream::stderr().lock();
    for line in lines {
        writeln!(out, "{}", printable(line))?;
    }
    write!(out, "{}", printable(question))?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}

fn failure_json(failure: &Failure) -> Value {
    match failure {
        Failure::Usage { message, hint } => json!({ "code": Code::Usage, "message": message, "hint": hint }),
        Failure::Done(error) => explained_json(error.as_ref()),
    }
}

/// An error or finding as JSON.
pub(crate) fn explained_json(error: &dyn Explain) -> Value {
    let place = error.place().map(|Place { path, position }| {
        let (line, column) = position.unzip();
        json!({ "path": path.to_string_lossy(), "line": line, "column": column })
    });
    json!({
        "code": error.code(),
        "detail": error.detail(),
        "message": error.to_string(),
        "place": place,
        "at_the_loader": error.at_the_loader(),
        "hint": error.hint(),
    })
}

fn print_json(value: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", json_text::ascii(&format!("{value:#}")))?;
    out.flush()
}

fn print_raw(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

fn print_lines(lines: &[String]) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    for line in lines {
        writeln!(out, "{}", printable(line))?;
    }
    out.flush()
}

/// Prints a message with its label, and below it where it is, what the loader does and what to do.
fn print_note(
    label: &str,
    color: AnsiColor,
    message: &str,
    place: Option<&Place>,
    at_the_loader: &Option<String>,
    hint: &Option<String>,
) {
    let bold = Style::new().bold();
    let style = bold.fg_color(Some(color.into()));
    let mut text = format!("{style}{label}:{style:#} {}\n", printable(message));
    if let Some(Place { path, position: Some((line, column)) }) = place {
        text += &format!("  --> {}:{line}:{column}\n", printable(&path.to_string_lossy()));
    }
    if let Some(loader) = at_the_loader {
        text += &format!("{bold}AiSOC:{bold:#} {}\n", printable(loader));
    }
    if let Some(hint) = hint {
        // A hint may hold lines to copy. What a stranger named stands in it with its newlines escaped.
        let lines: Vec<_> = hint.lines().map(printable).collect();
        text += &format!("{bold}hint:{bold:#} {}\n", lines.join("\n    "));
    }
    // Nobody is left to tell if standard error is gone.
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}
