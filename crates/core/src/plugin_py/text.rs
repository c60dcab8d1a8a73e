//! The bytes of `plugin.py` as text, and what is declined before it is parsed.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_parser::{Mode, lexer};
use ruff_text_size::{Ranged as _, TextSize};

use super::reason::{Cause, Finding};

/// The deepest nesting of brackets, blocks and operators that is looked at. Python itself stops at 200 brackets.
const MAX_BRACKETS: usize = 30;
const MAX_BLOCKS: usize = 15;
const MAX_OPERATORS: usize = 150;

/// Reads the bytes as Python reads a source file, without the byte order mark.
pub(super) fn decode(source: &[u8]) -> Result<&str, Finding> {
    let at = |at: usize| TextSize::try_from(at).unwrap_or_default();
    if let Some(null) = source.iter().position(|byte| *byte == 0) {
        return Err(Finding::certain(Cause::Encoding, at(null), "there is a null byte, which Python refuses"));
    }
    let source = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    if let Some(name) = declared_encoding(source)
        && !["utf-8", "utf8"].contains(&name.to_ascii_lowercase().replace('_', "-").as_str())
    {
        return Err(Finding::doubt(Cause::Encoding, at(0), format!("it declares the encoding `{name}`")));
    }
    // Python 3.11 looks at comments' bytes only where an encoding is declared.
    std::str::from_utf8(source)
        .map_err(|error| Finding::doubt(Cause::Encoding, at(error.valid_up_to()), "these bytes are not UTF-8"))
}

/// Returns what PEP 263 takes from the first two lines.
fn declared_encoding(source: &[u8]) -> Option<String> {
    source.split(|byte| *byte == b'\n' || *byte == b'\r').filter(|line| !line.is_empty()).take(3).find_map(|line| {
        let line = String::from_utf8_lossy(line);
        let (_, comment) = line.split_once('#')?;
        let (_, rest) = comment.split_once("coding")?;
        let rest = rest.strip_prefix([':', '='])?.trim_start_matches([' ', '\t']);
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || "-_.".contains(*c)).collect();
        (!name.is_empty()).then_some(name)
    })
}

/// Declines what Python and the parser may read differently, and what would nest too deeply.
pub(super) fn check(text: &str) -> Result<(), Finding> {
    let at = |at: usize| TextSize::try_from(at).unwrap_or_default();
    let odd = |at, what: &str| Err(Finding::doubt(Cause::UnusualText, at, what));
    // The parser skips one mark as Python does, and the first was taken off already.
    if text.starts_with('\u{feff}') {
        return odd(at(0), "there is a second byte order mark");
    }
    let bytes = text.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'\r' if bytes.get(index + 1) != Some(&b'\n') => {
                return odd(at(index), "there is a carriage return that ends no line");
            }
            0..=8 | 0x0b | 0x0c | 0x0e..=0x1f | 0x7f => return odd(at(index), "there is a control character"),
            _ => {}
        }
    }
    let (mut tabs, mut spaces, mut start) = (false, false, 0);
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let rest = line[indent..].trim_end();
        if rest == "\\" {
            return odd(at(start), "a line holds nothing but a backslash");
        }
        if !rest.is_empty() {
            tabs |= line[..indent].contains('\t');
            spaces |= line[..indent].contains(' ');
        }
        if tabs && spaces {
            return odd(at(start), "lines are indented with tabs and with spaces");
        }
        start += line.len();
    }
    if text.trim_end().ends_with('\\') {
        return odd(at(start), "it ends with a backslash");
    }
    nesting(text)
}

/// Declines tokens that Python and the parser may take differently.
pub(super) fn check_tokens(tokens: &Tokens, text: &str) -> Result<(), Finding> {
    for token in tokens {
        let (written, at) = (&text[token.range()], token.start());
        let what = match token.kind() {
            TokenKind::Name if !written.chars().all(|c| c.is_ascii() || is_plain_letter(c)) => {
                format!("the name `{written}` has letters of other alphabets")
            }
            // Python refuses to turn more digits than 4,300 into a number, and an operator may have set another limit.
            TokenKind::Int if written.len() > 600 => "this number has hundreds of digits".to_owned(),
            TokenKind::String | TokenKind::FStringMiddle | TokenKind::TStringMiddle if written.contains("\\N") => {
                "characters are named with `\\N`".to_owned()
            }
            _ => continue,
        };
        return Err(Finding::doubt(Cause::UnusualText, at, what));
    }
    Ok(())
}

/// Declines what would nest too deeply, before anything is parsed; where it stands is not known then.
fn nesting(text: &str) -> Result<(), Finding> {
    let mut lexer = lexer::lex(text, Mode::Module);
    // How many operators stand at each level of brackets since its last comma; each may nest one level more.
    let mut levels = vec![0_usize];
    let mut operators = 0_usize;
    let mut blocks = 0_usize;
    loop {
        let kind = lexer.next_token();
        let at = TextSize::default();
        match kind {
            TokenKind::EndOfFile => return Ok(()),
            TokenKind::Indent => blocks += 1,
            TokenKind::Dedent => blocks = blocks.saturating_sub(1),
            TokenKind::Newline | TokenKind::Semi | TokenKind::Comma => {
                if !matches!(kind, TokenKind::Comma) {
                    levels.truncate(1);
                    operators = levels[0];
                }
                if let Some(level) = levels.last_mut() {
                    operators = operators.saturating_sub(std::mem::take(level));
                }
            }
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                levels.push(0);
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd => {
                if levels.len() > 1
                    && let Some(level) = levels.pop()
                {
                    operators -= level;
                }
                // A call or an index nests in what stands before it.
                if let Some(level) = levels.last_mut() {
                    *level += 1;
                    operators += 1;
                }
            }
            kind if kind.is_operator() || kind.is_keyword() => {
                if let Some(level) = levels.last_mut() {
                    *level += 1;
                    operators += 1;
                }
            }
            _ => {}
        }
        if levels.len() > MAX_BRACKETS || blocks > MAX_BLOCKS || operators > MAX_OPERATORS {
            return Err(Finding::doubt(Cause::TooDeep, at, "it nests more deeply here than what is looked at"));
        }
    }
}

/// Latin-1's letters: each its own normal form, and a letter in every version of Unicode.
fn is_plain_letter(c: char) -> bool {
    matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ')
}
