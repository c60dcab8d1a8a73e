//! The JSON reader: what Python's `json.loads` makes of a text.
//!
//! It takes more than RFC 8259: `NaN`, `Infinity` and `-Infinity`, numbers of any size, lone surrogates, and repeated
//! keys, of which the last counts.

use std::collections::HashMap;

use crate::number::{self, NotANumber};
use crate::value::{Data, Id, Object, Repeated, Span, Style};
use crate::{Code, Error, Limits, PyStr};

/// Reads a text; returns the objects, the root among them, and the keys that stand twice.
pub(crate) fn load(text: &[char], limits: &Limits) -> Result<(Vec<Object>, Id, Vec<Repeated>), Error> {
    let mut reader = Reader { text, index: 0, depth: 0, limits, objects: Vec::new(), repeated: Vec::new() };
    if text.first() == Some(&'\u{FEFF}') {
        let error = reader.error("a JSON manifest cannot start with a byte order mark");
        return Err(error.with_hint("save the file as UTF-8 without BOM"));
    }
    reader.skip_space();
    let root = reader.value()?;
    reader.skip_space();
    if reader.index < text.len() {
        return Err(reader.error("nothing may follow the value"));
    }
    Ok((reader.objects, root, reader.repeated))
}

struct Reader<'a> {
    text: &'a [char],
    index: usize,
    depth: usize,
    limits: &'a Limits,
    objects: Vec<Object>,
    repeated: Vec<Repeated>,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Id, Error> {
        let start = self.index;
        match self.peek() {
            Some('{') => self.object(),
            Some('[') => self.array(),
            Some('"') => {
                let text = self.string()?;
                self.push(Data::Str(text), start, Style::Explicit)
            }
            Some('-' | '0'..='9') => self.number(),
            Some('n') => self.literal("null", Data::Null),
            Some('t') => self.literal("true", Data::Bool(true)),
            Some('f') => self.literal("false", Data::Bool(false)),
            Some('N') => self.literal("NaN", Data::Float(f64::NAN)),
            Some('I') => self.literal("Infinity", Data::Float(f64::INFINITY)),
            Some(_) => Err(self.error("a value is expected here")),
            None => Err(self.error("the text ends where a value is expected")),
        }
    }

    fn object(&mut self) -> Result<Id, Error> {
        let start = self.open()?;
        let mut pairs: Vec<(Id, Id)> = Vec::new();
        let mut places: HashMap<PyStr, usize> = HashMap::new();
        self.skip_space();
        if self.peek() != Some('}') {
            loop {
                if self.peek() != Some('"') {
                    return Err(self.error("a key in double quotes is expected here"));
                }
                let key_start = self.index;
                let name = self.string()?;
                let key = self.push(Data::Str(name.clone()), key_start, Style::Explicit)?;
                self.skip_space();
                self.expect(':', "`:` is expected after the key")?;
                self.skip_space();
                let value = self.value()?;
                // The last value wins, at the first one's place.
                match places.get(&name) {
                    Some(&place) => {
                        self.repeated.push(Repeated { first: pairs[place].1, again: key });
                        pairs[place].1 = value;
                    }
                    None => {
                        places.insert(name, pairs.len());
                        pairs.push((key, value));
                    }
                }
                self.skip_space();
                if self.peek() == Some('}') {
                    break;
                }
                self.expect(',', "`,` or `}` is expected after a value")?;
                self.skip_space();
            }
        }
        self.close();
        self.push(Data::Map(pairs), start, Style::Collection)
    }

    fn array(&mut self) -> Result<Id, Error> {
        let start = self.open()?;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() != Some(']') {
            loop {
                items.push(self.value()?);
                self.skip_space();
                if self.peek() == Some(']') {
                    break;
                }
                self.expect(',', "`,` or `]` is expected after a value")?;
                self.skip_space();
            }
        }
        self.close();
        self.push(Data::List(items), start, Style::Collection)
    }

    fn open(&mut self) -> Result<usize, Error> {
        self.depth += 1;
        self.limits.check_depth(self.depth).map_err(|e| e.at(self.text, self.index))?;
        let start = self.index;
        self.index += 1;
        Ok(start)
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.index += 1;
    }

    fn literal(&mut self, word: &str, data: Data) -> Result<Id, Error> {
        let start = self.index;
        if !self.skip_word(word) {
            return Err(self.error("a value is expected here"));
        }
        self.push(data, start, Style::Explicit)
    }

    fn number(&mut self) -> Result<Id, Error> {
        let start = self.index;
        if self.skip_word("-Infinity") {
            return self.push(Data::Float(f64::NEG_INFINITY), start, Style::Explicit);
        }
        let mut end = start + usize::from(self.peek() == Some('-'));
        end = match self.text.get(end) {
            Some('0') => end + 1,
            Some('1'..='9') => self.digits_from(end),
            _ => return Err(self.error("a digit is expected after `-`")),
        };
        let whole_end = end;
        if self.text.get(end) == Some(&'.') && self.is_digit(end + 1) {
            end = self.digits_from(end + 1);
        }
        if matches!(self.text.get(end), Some('e' | 'E')) {
            let signed = matches!(self.text.get(end + 1), Some('+' | '-'));
            let digits = end + 1 + usize::from(signed);
            if self.is_digit(digits) {
                end = self.digits_from(digits);
            }
        }
        let text: String = self.text[start..end].iter().collect();
        let read = if end == whole_end {
            number::parse_int(&text, 10).map(Data::Int)
        } else {
            number::parse_float(&text).map(Data::Float)
        };
        let data = read.map_err(|e| match e {
            NotANumber::TooLong => {
                let message = format!("a whole number has more than {} digits", number::MAX_DECIMAL_DIGITS);
                Error::new(Code::IntTooLong, message).at(self.text, start)
            }
            NotANumber::Invalid | NotANumber::TooManyParts => self.error("a number is expected here"),
        })?;
        self.index = end;
        self.push(data, start, Style::Explicit)
    }

    fn digits_from(&self, start: usize) -> usize {
        start + self.text[start..].iter().take_while(|c| c.is_ascii_digit()).count()
    }

    fn is_digit(&self, index: usize) -> bool {
        self.text.get(index).is_some_and(char::is_ascii_digit)
    }

    fn string(&mut self) -> Result<PyStr, Error> {
        let start = self.index;
        let mut result = PyStr::default();
        self.index += 1;
        loop {
            let run = self.text[self.index..].iter().take_while(|&&c| c != '"' && c != '\\' && c >= ' ').count();
            result.extend(&self.text[self.index..self.index + run]);
            self.index += run;
            match self.peek() {
                Some('"') => {
                    self.index += 1;
                    return Ok(result);
                }
                Some('\\') => self.escape(&mut result)?,
                Some(c) => {
                    let message =
                        format!("the control character U+{:04X} must be escaped inside a string", u32::from(c));
                    let hint = format!("write \\u{:04x}", u32::from(c));
                    return Err(self.error(&message).with_hint(hint));
                }
                None => {
                    return Err(Error::new(Code::Json, "a string has no closing quote").at(self.text, start));
                }
            }
        }
    }

    fn escape(&mut self, result: &mut PyStr) -> Result<(), Error> {
        let plain = match self.text.get(self.index + 1) {
            Some('"') => '"',
            Some('\\') => '\\',
            Some('/') => '/',
            Some('b') => '\u{8}',
            Some('f') => '\u{C}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => return self.unicode_escape(result),
            _ => {
                return Err(self.error("JSON has no such escape").with_hint("write `\\\\` for a backslash"));
            }
        };
        result.push(plain);
        self.index += 2;
        Ok(())
    }

    /// `\uXXXX`; a high surrogate joins a low one that follows at once, and stays alone otherwise.
    fn unicode_escape(&mut self, result: &mut PyStr) -> Result<(), Error> {
        let Some(unit) = self.hex_unit(self.index) else {
            return Err(self.error("four hex digits are expected after `\\u`"));
        };
        self.index += 6;
        if (0xD800..0xDC00).contains(&unit)
            && let Some(low @ 0xDC00..0xE000) = self.hex_unit(self.index)
        {
            self.index += 6;
            result.push_code_point(0x1_0000 + ((unit - 0xD800) << 10 | (low - 0xDC00)));
            return Ok(());
        }
        result.push_code_point(unit);
        Ok(())
    }

    /// The number of a `\uXXXX` that starts at `index`.
    fn hex_unit(&self, index: usize) -> Option<u32> {
        match self.text.get(index..index + 6)? {
            ['\\', 'u', digits @ ..] => digits.iter().try_fold(0, |unit, c| Some(unit << 4 | c.to_digit(16)?)),
            _ => None,
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.index).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.index += 1;
        }
    }

    fn skip_word(&mut self, word: &str) -> bool {
        let found = self.text[self.index..].iter().copied().take(word.len()).eq(word.chars());
        if found {
            self.index += word.len();
        }
        found
    }

    fn expect(&mut self, wanted: char, message: &str) -> Result<(), Error> {
        if self.peek() != Some(wanted) {
            return Err(self.error(message));
        }
        self.index += 1;
        Ok(())
    }

    fn push(&mut self, data: Data, start: usize, style: Style) -> Result<Id, Error> {
        self.limits.check_nodes(self.objects.len() + 1).map_err(|e| e.at(self.text, start))?;
        // Indexes fit: the text and its nodes are limited to far less than 2^32.
        let span = Span { start: start as u32, end: self.index as u32 };
        self.objects.push(Object { data, span, style });
        Ok(Id(self.objects.len() as u32 - 1))
    }

    fn error(&self, message: &str) -> Error {
        Error::new(Code::Json, message).at(self.text, self.index)
    }
}
