//! Places: line and column back to the characters that stand there.

use aisoc_canonical::Position;

/// A text as Python's `read_text` gives it, with its lines; what is not UTF-8 is replaced.
pub(super) struct Text {
    chars: Vec<char>,
    /// Where each line starts.
    lines: Vec<usize>,
}

impl Text {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n").replace('\r', "\n");
        let chars: Vec<char> = text.chars().collect();
        let after_breaks = chars.iter().enumerate().filter(|&(_, &c)| c == '\n').map(|(index, _)| index + 1);
        let lines = std::iter::once(0).chain(after_breaks).collect();
        Self { chars, lines }
    }

    /// Returns the text from a place on; `None` for a place that is not in the text or beyond the end of its line.
    pub(super) fn from(&self, position: Position) -> Option<&[char]> {
        let line = usize::try_from(position.line).ok()?.checked_sub(1)?;
        let start = *self.lines.get(line)?;
        let end = self.lines.get(line + 1).map_or(self.chars.len(), |next| next - 1);
        let index = start + usize::try_from(position.column).ok()?.checked_sub(1)?;
        if index > end { None } else { self.chars.get(index..) }
    }
}

/// Tells whether the characters start with a text.
pub(super) fn starts_with(chars: &[char], start: &str) -> bool {
    let mut rest = chars.iter().copied();
    start.chars().all(|c| rest.next() == Some(c))
}
