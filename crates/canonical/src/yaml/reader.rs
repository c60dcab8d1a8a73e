//! The reader: the characters of the text, one after the other, with line and column.

use crate::{Code, Error};

/// Refuses characters that YAML does not allow, wherever they stand.
pub(super) fn check_printable(text: &[char]) -> Result<(), Error> {
    match text.iter().position(|&c| !is_printable(c)) {
        None => Ok(()),
        Some(index) => {
            let message = format!("YAML does not allow the character U+{:04X}", u32::from(text[index]));
            Err(Error::new(Code::UnprintableCharacter, message).at(text, index))
        }
    }
}

fn is_printable(c: char) -> bool {
    matches!(c, '\t' | '\n' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// What the end of the text looks like. NUL is not printable, so the text itself never holds it.
pub(super) const END: char = '\0';

/// Tells whether a line ends here. U+0085 counts as LF; U+2028 and U+2029 stay themselves.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Tells whether a line or the text ends here.
pub(super) fn is_break_or_end(c: char) -> bool {
    c == END || is_break(c)
}

/// Tells whether a token that needs separation may end here.
pub(super) fn is_blank_or_end(c: char) -> bool {
    matches!(c, ' ' | '\t') || is_break_or_end(c)
}

/// A place in the text as the scanner counts it, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) index: usize,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// A cursor over the text.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    text: &'t [char],
    mark: Mark,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t [char]) -> Self {
        Self { text, mark: Mark { index: 0, line: 0, column: 0 } }
    }

    pub(super) fn mark(&self) -> Mark {
        self.mark
    }

    pub(super) fn column(&self) -> usize {
        self.mark.column
    }

    /// Returns the character under the cursor.
    pub(super) fn peek(&self) -> char {
        self.peek_at(0)
    }

    /// Returns the character `ahead` characters after the cursor.
    pub(super) fn peek_at(&self, ahead: usize) -> char {
        self.text.get(self.mark.index + ahead).copied().unwrap_or(END)
    }

    /// Moves over `count` characters.
    pub(super) fn skip(&mut self, count: usize) {
        for _ in 0..count {
            let Some(&c) = self.text.get(self.mark.index) else {
                return;
            };
            self.mark.index += 1;
            if is_break(c) {
                self.mark.line += 1;
                self.mark.column = 0;
            } else if c != '\u{FEFF}' {
                // A byte order mark takes no column, wherever it stands.
                self.mark.column += 1;
            }
        }
    }

    /// Takes `count` characters.
    pub(super) fn take(&mut self, count: usize) -> &'t [char] {
        let start = self.mark.index;
        self.skip(count);
        &self.text[start..self.mark.index]
    }

    /// Takes the characters up to the first that `stop` names; at the latest the end of the text.
    pub(super) fn take_until(&mut self, stop: impl Fn(char) -> bool) -> &'t [char] {
        let rest = &self.text[self.mark.index..];
        let count = rest.iter().take_while(|&&c| !stop(c)).count();
        self.take(count)
    }

    /// Moves over spaces; tabs stay.
    pub(super) fn skip_spaces(&mut self) -> usize {
        self.take_until(|c| c != ' ').len()
    }

    /// Takes one line break as the scalar it stands in will hold it.
    pub(super) fn take_break(&mut self) -> Option<char> {
        let c = self.peek();
        if !is_break(c) {
            return None;
        }
        self.skip(1);
        Some(if c == '\u{85}' { '\n' } else { c })
    }

    /// Tells whether `---` or `...` with nothing attached stands here.
    pub(super) fn is_document_mark(&self) -> bool {
        let three = (self.peek(), self.peek_at(1), self.peek_at(2));
        matches!(three, ('-', '-', '-') | ('.', '.', '.')) && is_blank_or_end(self.peek_at(3))
    }

    /// Creates an error about what stands at a mark.
    pub(super) fn error(&self, code: Code, at: Mark, message: impl Into<String>) -> Error {
        Error::new(code, message).at(self.text, at.index)
    }

    /// Creates an error about the character under the cursor.
    pub(super) fn error_here(&self, code: Code, message: impl Into<String>) -> Error {
        self.error(code, self.mark, message)
    }
}
