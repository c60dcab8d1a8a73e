//! The scanner's part for scalars: plain, quoted and block.

use super::reader::{END, Mark, Reader, is_blank_or_end, is_break, is_break_or_end};
use super::token::Scalar;
use crate::{Code, Error, PyStr};

/// Where a plain scalar stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context {
    pub(super) is_in_flow: bool,
    /// A line of the scalar starts at this column or beyond, outside flow collections.
    pub(super) least_indent: usize,
}

/// A plain scalar, where its text ends, and whether line breaks follow it.
#[derive(Debug)]
pub(super) struct Plain {
    pub(super) scalar: Scalar,
    pub(super) end: Mark,
    pub(super) ends_with_break: bool,
}

/// Scans a plain scalar, which may go on over lines that are indented enough.
pub(super) fn scan_plain(reader: &mut Reader<'_>, context: Context) -> Plain {
    let mut text = PyStr::default();
    let mut end = reader.mark();
    let mut ends_with_break = false;
    let mut folded = Fold::default();
    while reader.peek() != '#' {
        let length = plain_run(reader, context.is_in_flow);
        if length == 0 {
            break;
        }
        folded.write_to(&mut text);
        text.extend(reader.take(length));
        end = reader.mark();
        let Separation { fold, has_break, is_document_end } = scan_plain_separation(reader);
        ends_with_break = has_break;
        let is_indented = context.is_in_flow || reader.column() >= context.least_indent;
        if fold.is_empty() || is_document_end || !is_indented {
            break;
        }
        folded = fold;
    }
    Plain { scalar: Scalar { text, is_plain: true }, end, ends_with_break }
}

/// Counts the characters up to the next blank or indicator.
fn plain_run(reader: &Reader<'_>, is_in_flow: bool) -> usize {
    let ends = |ahead: usize| {
        let c = reader.peek_at(ahead);
        let next = reader.peek_at(ahead + 1);
        is_blank_or_end(c)
            || c == ':' && (is_blank_or_end(next) || is_in_flow && ",[]{}".contains(next))
            || is_in_flow && ",?[]{}".contains(c)
    };
    (0..).take_while(|&ahead| !ends(ahead)).count()
}

/// What stands between two runs of a plain scalar.
struct Separation {
    fold: Fold,
    has_break: bool,
    is_document_end: bool,
}

fn scan_plain_separation(reader: &mut Reader<'_>) -> Separation {
    let spaces = reader.skip_spaces();
    let Some(first_break) = reader.take_break() else {
        return Separation { fold: Fold::spaces(spaces), has_break: false, is_document_end: false };
    };
    let mut fold = Fold::line_break(first_break);
    loop {
        if reader.is_document_mark() {
            return Separation { fold, has_break: true, is_document_end: true };
        }
        reader.skip_spaces();
        match reader.take_break() {
            Some(line_break) => fold.more_breaks.push(line_break),
            None => {
                return Separation { fold, has_break: true, is_document_end: false };
            }
        }
    }
}

/// White space inside a plain or quoted scalar: a single line break becomes a space, further ones stay.
#[derive(Debug, Default)]
struct Fold {
    spaces: Vec<char>,
    first_break: Option<char>,
    more_breaks: Vec<char>,
}

impl Fold {
    fn spaces(count: usize) -> Self {
        Self { spaces: vec![' '; count], ..Self::default() }
    }

    fn line_break(first: char) -> Self {
        Self { first_break: Some(first), ..Self::default() }
    }

    fn is_empty(&self) -> bool {
        self.spaces.is_empty() && self.first_break.is_none()
    }

    fn write_to(&self, text: &mut PyStr) {
        match self.first_break {
            None => text.extend(&self.spaces),
            Some('\n') if self.more_breaks.is_empty() => text.push(' '),
            Some('\n') => {}
            Some(other) => text.push(other),
        }
        text.extend(&self.more_breaks);
    }
}

/// Scans a scalar in single or double quotes.
pub(super) fn scan_quoted(reader: &mut Reader<'_>) -> Result<Scalar, Error> {
    let start = reader.mark();
    let quote = reader.peek();
    let mut text = PyStr::default();
    reader.skip(1);
    loop {
        text.extend(reader.take_until(|c| matches!(c, '\'' | '"' | '\\') || is_blank_or_end(c)));
        match (quote, reader.peek()) {
            ('\'', '\'') if reader.peek_at(1) == '\'' => {
                reader.skip(2);
                text.push('\'');
            }
            (quote, c) if c == quote => {
                reader.skip(1);
                return Ok(Scalar { text, is_plain: false });
            }
            ('"', '\\') => scan_escape(reader, &mut text)?,
            (_, c @ ('\'' | '"' | '\\')) => {
                reader.skip(1);
                text.push(c);
            }
            (_, END) => {
                return Err(reader.error(Code::UnclosedQuote, start, format!("the text after {quote} has no end")));
            }
            _ => scan_quoted_separation(reader)?.write_to(&mut text),
        }
    }
}

fn scan_quoted_separation(reader: &mut Reader<'_>) -> Result<Fold, Error> {
    let spaces = reader.take_until(|c| !matches!(c, ' ' | '\t')).to_vec();
    let Some(first_break) = reader.take_break() else {
        return Ok(Fold { spaces, ..Fold::default() });
    };
    let mut fold = Fold::line_break(first_break);
    fold.more_breaks = scan_quoted_breaks(reader)?;
    Ok(fold)
}

/// Skips the blanks before the next line's text, and takes the empty lines between.
fn scan_quoted_breaks(reader: &mut Reader<'_>) -> Result<Vec<char>, Error> {
    let mut breaks = Vec::new();
    loop {
        if reader.is_document_mark() {
            return Err(reader.error_here(Code::DocumentMarkInQuotes, "a document mark stands inside quotes"));
        }
        reader.take_until(|c| !matches!(c, ' ' | '\t'));
        match reader.take_break() {
            Some(line_break) => breaks.push(line_break),
            None => return Ok(breaks),
        }
    }
}

fn scan_escape(reader: &mut Reader<'_>, text: &mut PyStr) -> Result<(), Error> {
    let escaped = reader.peek_at(1);
    let plain = match escaped {
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\x0B',
        'f' => '\x0C',
        'r' => '\r',
        'e' => '\x1B',
        ' ' | '"' | '\\' | '/' => escaped,
        'N' => '\u{85}',
        '_' => '\u{A0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' => return scan_hex_escape(reader, 2, text),
        'u' => return scan_hex_escape(reader, 4, text),
        'U' => return scan_hex_escape(reader, 8, text),
        c if is_break(c) => {
            reader.skip(1);
            reader.take_break();
            text.extend(&scan_quoted_breaks(reader)?);
            return Ok(());
        }
        c => {
            let shown = if c == END { "the end of the text".to_owned() } else { format!("`\\{c}`") };
            return Err(reader.error_here(Code::BadEscape, format!("YAML has no escape {shown}")));
        }
    };
    text.push(plain);
    reader.skip(2);
    Ok(())
}

fn scan_hex_escape(reader: &mut Reader<'_>, digits: usize, text: &mut PyStr) -> Result<(), Error> {
    let value = (0..digits).try_fold(0, |value: u32, n| Some(value << 4 | reader.peek_at(2 + n).to_digit(16)?));
    match value {
        Some(code) if code <= u32::from(char::MAX) => {
            text.push_code_point(code);
            reader.skip(2 + digits);
            Ok(())
        }
        Some(_) => Err(reader.error_here(Code::BadEscape, "the escape stands for no character")),
        None => Err(reader.error_here(Code::BadEscape, format!("{digits} hex digits are expected in the escape"))),
    }
}

/// What happens to the line breaks at the end of a block scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

/// Scans a `|` or `>` scalar whose text is indented by at least `least_indent`.
pub(super) fn scan_block(reader: &mut Reader<'_>, least_indent: usize) -> Result<(Scalar, Mark), Error> {
    let is_folded = reader.peek() == '>';
    reader.skip(1);
    let (chomping, increment) = scan_block_header(reader)?;
    let (mut breaks, indent) = match increment {
        Some(increment) => {
            let indent = least_indent + increment - 1;
            (scan_block_breaks(reader, indent), indent)
        }
        None => {
            let (breaks, widest) = scan_block_indentation(reader);
            (breaks, widest.max(least_indent))
        }
    };
    let mut text = PyStr::default();
    let mut last_break = None;
    let mut end = reader.mark();
    while reader.column() == indent && reader.peek() != END {
        text.extend(&breaks);
        let starts_with_blank = matches!(reader.peek(), ' ' | '\t');
        text.extend(reader.take_until(is_break_or_end));
        last_break = reader.take_break();
        breaks = scan_block_breaks(reader, indent);
        end = reader.mark();
        if reader.column() != indent || reader.peek() == END {
            break;
        }
        let next_starts_with_blank = matches!(reader.peek(), ' ' | '\t');
        if is_folded && last_break == Some('\n') && !starts_with_blank && !next_starts_with_blank {
            if breaks.is_empty() {
                text.push(' ');
            }
        } else {
            text.extend(last_break.as_slice());
        }
    }
    if chomping != Chomping::Strip {
        text.extend(last_break.as_slice());
    }
    if chomping == Chomping::Keep {
        text.extend(&breaks);
    }
    Ok((Scalar { text, is_plain: false }, end))
}

/// Scans the rest of the line after `|` or `>`: chomping and indentation in either order, and a comment.
fn scan_block_header(reader: &mut Reader<'_>) -> Result<(Chomping, Option<usize>), Error> {
    let mut chomping = None;
    let mut increment = None;
    loop {
        match reader.peek() {
            '+' if chomping.is_none() => chomping = Some(Chomping::Keep),
            '-' if chomping.is_none() => chomping = Some(Chomping::Strip),
            digit @ '1'..='9' if increment.is_none() => increment = digit.to_digit(10).map(|n| n as usize),
            _ => break,
        }
        reader.skip(1);
    }
    let bad = |reader: &Reader<'_>| reader.error_here(Code::BadBlockHeader, "this cannot follow `|` or `>`");
    if reader.peek() != ' ' && !is_break_or_end(reader.peek()) {
        return Err(bad(reader));
    }
    reader.skip_spaces();
    if reader.peek() == '#' {
        reader.take_until(is_break_or_end);
    }
    if !is_break_or_end(reader.peek()) {
        return Err(bad(reader));
    }
    reader.take_break();
    Ok((chomping.unwrap_or(Chomping::Clip), increment))
}

/// Skips the empty lines before the text of a block scalar; returns them and the widest indentation seen.
fn scan_block_indentation(reader: &mut Reader<'_>) -> (Vec<char>, usize) {
    let mut breaks = Vec::new();
    let mut widest = 0;
    loop {
        reader.skip_spaces();
        widest = widest.max(reader.column());
        match reader.take_break() {
            Some(line_break) => breaks.push(line_break),
            None => return (breaks, widest),
        }
    }
}

/// Skips up to `indent` spaces and the empty lines between.
fn scan_block_breaks(reader: &mut Reader<'_>, indent: usize) -> Vec<char> {
    let mut breaks = Vec::new();
    loop {
        while reader.column() < indent && reader.peek() == ' ' {
            reader.skip(1);
        }
        match reader.take_break() {
            Some(line_break) => breaks.push(line_break),
            None => return breaks,
        }
    }
}
