//! The scanner's part for directives: `%YAML 1.1` and `%TAG ! prefix`.

use super::reader::{Reader, is_break_or_end};
use super::tag;
use super::token::Directive;
use crate::number::MAX_DECIMAL_DIGITS;
use crate::{Code, Error};

/// Scans the line of a directive, the line break included.
pub(super) fn scan(reader: &mut Reader<'_>) -> Result<Directive, Error> {
    reader.skip(1);
    let name: String = reader.take_until(|c| !tag::is_name_char(c)).iter().collect();
    if name.is_empty() {
        return Err(bad(reader, "`%` at the start of a line needs the name of a directive"));
    }
    end_word(reader, "the name of a directive")?;
    let directive = match name.as_str() {
        "YAML" => scan_version(reader)?,
        "TAG" => scan_tag_handle(reader)?,
        _ => {
            reader.take_until(is_break_or_end);
            Directive::Other
        }
    };
    reader.skip_spaces();
    if reader.peek() == '#' {
        reader.take_until(is_break_or_end);
    }
    if !is_break_or_end(reader.peek()) {
        return Err(bad(reader, "only a comment may follow a directive"));
    }
    reader.take_break();
    Ok(directive)
}

fn scan_version(reader: &mut Reader<'_>) -> Result<Directive, Error> {
    reader.skip_spaces();
    let major = scan_number(reader)?;
    if reader.peek() != '.' {
        return Err(bad(reader, "a version such as `1.1` is expected"));
    }
    reader.skip(1);
    scan_number(reader)?;
    end_word(reader, "the version")?;
    Ok(Directive::Yaml { major_is_one: major.trim_start_matches('0') == "1" })
}

fn scan_number(reader: &mut Reader<'_>) -> Result<String, Error> {
    let digits: String = reader.take_until(|c| !c.is_ascii_digit()).iter().collect();
    // Python cannot read a number of more digits than that, not even a version.
    if digits.is_empty() || digits.len() > MAX_DECIMAL_DIGITS {
        return Err(bad(reader, "a version such as `1.1` is expected"));
    }
    Ok(digits)
}

fn scan_tag_handle(reader: &mut Reader<'_>) -> Result<Directive, Error> {
    reader.skip_spaces();
    let handle = tag::scan_handle(reader)?;
    if reader.peek() != ' ' {
        return Err(bad(reader, "a space is expected after the tag handle"));
    }
    reader.skip_spaces();
    let prefix = tag::scan_uri(reader)?;
    end_word(reader, "the tag prefix")?;
    Ok(Directive::Tag { handle, prefix })
}

/// Refuses what is attached to a word.
fn end_word(reader: &Reader<'_>, word: &str) -> Result<(), Error> {
    if reader.peek() == ' ' || is_break_or_end(reader.peek()) {
        return Ok(());
    }
    Err(bad(reader, &format!("a space is expected after {word}")))
}

fn bad(reader: &Reader<'_>, message: &str) -> Error {
    reader.error_here(Code::BadDirective, message)
}
