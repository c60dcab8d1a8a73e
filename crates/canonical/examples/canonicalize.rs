//! Answers JSON Lines with canonical bytes: the door that differential tests use.
//!
//! Each line of standard input is `{"format":"yaml"|"json","text":"…"}`. Each gets one line on standard output, in order
//! and flushed: `{"canonical":"…"}`, or
//! `{"error":{"code":"…","message":"…","line":N,"column":N,"loader_fails":true|false}}`, line and column null where there
//! is no place. With `--manifest`, the top-level keys `signature` and `trust` are left out, as AiSOC's loader does.

use std::io::{self, BufRead, Read, Write};

use aisoc_canonical::{Document, Error, Format, Limits};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Request {
    format: RequestFormat,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum RequestFormat {
    Yaml,
    Json,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Canonical(String),
    Error(Failure),
}

#[derive(Serialize)]
struct Failure {
    code: &'static str,
    message: String,
    line: Option<u32>,
    column: Option<u32>,
    loader_fails: bool,
}

/// A character takes at most six bytes of a JSON string for each byte of UTF-8.
const MAX_LINE: u64 = 6 * Limits::DEFAULT.text_bytes as u64 + 4096;

fn main() -> io::Result<()> {
    let omitted: &[&str] = match std::env::args().nth(1).as_deref() {
        None => &[],
        Some("--manifest") => &["signature", "trust"],
        Some(other) => {
            return Err(io::Error::other(format!("unknown argument `{other}`; only `--manifest` is known")));
        }
    };
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let is_cut = line.len() as u64 == MAX_LINE && line.last() != Some(&b'\n');
        let answer = if is_cut {
            input.skip_until(b'\n')?;
            Answer::Error(Failure::declined("text-too-large", "the line is longer than any text within the limits"))
        } else {
            answer(&line, omitted)
        };
        serde_json::to_writer(&mut output, &answer)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
}

fn answer(line: &[u8], omitted: &[&str]) -> Answer {
    let request: Request = match serde_json::from_slice(line) {
        Ok(request) => request,
        Err(error) => return Answer::Error(Failure::declined("bad-request", &error.to_string())),
    };
    let format = match request.format {
        RequestFormat::Yaml => Format::Yaml,
        RequestFormat::Json => Format::Json,
    };
    let canonical =
        Document::read(request.text.as_bytes(), format).and_then(|document| document.canonical_without(omitted));
    match canonical {
        // Canonical bytes are ASCII.
        Ok(bytes) => Answer::Canonical(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) => Answer::Error(Failure::from(&error)),
    }
}

impl Failure {
    fn declined(code: &'static str, message: &str) -> Self {
        Self { code, message: message.to_owned(), line: None, column: None, loader_fails: false }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code().as_str(),
            message: error.message().to_owned(),
            line: error.position().map(|p| p.line),
            column: error.position().map(|p| p.column),
            loader_fails: error.loader_fails(),
        }
    }
}
