//! The scanner: characters become tokens.
//!
//! Two things make a YAML scanner more than a lexer. *Indentation* opens and closes block collections, so tokens that
//! nobody wrote ([`TokenKind::BlockMappingStart`], [`TokenKind::BlockEnd`]) are put between the written ones. And a
//! *simple key* is recognised only by the `:` after it, so each token that could start one is remembered, and the
//! [`TokenKind::Key`] is put before it later.

use std::collections::VecDeque;

use super::directive;
use super::reader::{END, Mark, Reader, is_blank_or_end, is_break_or_end};
use super::scalars;
use super::tag;
use super::token::{Token, TokenKind};
use crate::{Code, Error};

/// A simple key and its `:` stand at most this many characters apart, on one line.
const SIMPLE_KEY_LENGTH: usize = 1024;

/// A token that could turn out to be a key.
#[derive(Debug, Clone, Copy)]
struct SimpleKey {
    /// The number of the token, counted from the start of the text.
    token: usize,
    /// Whether nothing but a key can stand there: it begins a line of a block mapping.
    required: bool,
    mark: Mark,
}

#[derive(Debug)]
pub(super) struct Scanner<'t> {
    reader: Reader<'t>,
    tokens: VecDeque<Token>,
    taken: usize,
    is_done: bool,
    /// The column of the current block collection; -1 outside of any.
    indent: isize,
    outer_indents: Vec<isize>,
    /// The possible simple key of each flow level, the block level first; its length is the flow level plus one.
    simple_keys: Vec<Option<SimpleKey>>,
    allow_simple_key: bool,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t [char]) -> Self {
        Self {
            reader: Reader::new(text),
            tokens: VecDeque::new(),
            taken: 0,
            is_done: false,
            indent: -1,
            outer_indents: Vec::new(),
            simple_keys: vec![None],
            allow_simple_key: true,
        }
    }

    /// Returns the next token without taking it.
    pub(super) fn peek(&mut self) -> Result<&Token, Error> {
        while self.needs_more_tokens()? {
            self.fetch()?;
        }
        let end = self.reader.mark();
        // The text's end is a token that can be looked at again and again.
        if self.tokens.is_empty() {
            self.tokens.push_back(Token { kind: TokenKind::StreamEnd, start: end, end });
        }
        Ok(&self.tokens[0])
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Result<Token, Error> {
        self.peek()?;
        self.taken += 1;
        let end = self.reader.mark();
        Ok(self.tokens.pop_front().unwrap_or(Token { kind: TokenKind::StreamEnd, start: end, end }))
    }

    pub(super) fn error(&self, code: Code, at: Mark, message: impl Into<String>) -> Error {
        self.reader.error(code, at, message)
    }

    /// The next token is final once no earlier token can still turn out to be a simple key.
    fn needs_more_tokens(&mut self) -> Result<bool, Error> {
        if self.is_done {
            return Ok(false);
        }
        if self.tokens.is_empty() {
            return Ok(true);
        }
        self.drop_stale_keys()?;
        Ok(self.simple_keys.iter().flatten().any(|key| key.token == self.taken))
    }

    fn is_in_flow(&self) -> bool {
        self.simple_keys.len() > 1
    }

    fn fetch(&mut self) -> Result<(), Error> {
        self.skip_to_next_token();
        self.drop_stale_keys()?;
        self.close_blocks_beyond(self.reader.column() as isize);
        let at_line_start = self.reader.column() == 0;
        match self.reader.peek() {
            END => self.fetch_stream_end(),
            '%' if at_line_start => self.fetch_directive(),
            '-' if at_line_start && self.reader.is_document_mark() => {
                self.fetch_document_mark(TokenKind::DocumentStart)
            }
            '.' if at_line_start && self.reader.is_document_mark() => self.fetch_document_mark(TokenKind::DocumentEnd),
            '[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            '{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            ']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            '}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            ',' => self.fetch_flow_entry(),
            '-' if is_blank_or_end(self.reader.peek_at(1)) => self.fetch_block_entry(),
            '?' if self.is_in_flow() || is_blank_or_end(self.reader.peek_at(1)) => self.fetch_key(),
            ':' if self.is_in_flow() || is_blank_or_end(self.reader.peek_at(1)) => self.fetch_value(),
            '*' => self.fetch_name(TokenKind::Alias),
            '&' => self.fetch_name(TokenKind::Anchor),
            '!' => self.fetch_tag(),
            '|' | '>' if !self.is_in_flow() => self.fetch_block_scalar(),
            '\'' | '"' => self.fetch_quoted_scalar(),
            c if self.starts_plain_scalar(c) => self.fetch_plain_scalar(),
            c => Err(self.no_such_token(c)),
        }
    }

    fn starts_plain_scalar(&self, c: char) -> bool {
        const INDICATORS: &str = "-?:,[]{}#&*!|>'\"%@`";
        if !is_blank_or_end(c) && !INDICATORS.contains(c) {
            return true;
        }
        // These three are indicators only with a blank after them, `?` and `:` in flow collections always.
        let attached = !is_blank_or_end(self.reader.peek_at(1));
        attached && (c == '-' || matches!(c, '?' | ':') && !self.is_in_flow())
    }

    fn no_such_token(&self, c: char) -> Error {
        if c == '\t' {
            return self.reader.error_here(Code::Tab, "a tab stands where YAML allows only spaces");
        }
        self.reader.error_here(Code::NoSuchToken, format!("no value can start with `{c}`"))
    }

    fn skip_to_next_token(&mut self) {
        if self.reader.mark().index == 0 && self.reader.peek() == '\u{FEFF}' {
            self.reader.skip(1);
        }
        loop {
            self.reader.skip_spaces();
            if self.reader.peek() == '#' {
                self.reader.take_until(is_break_or_end);
            }
            if self.reader.take_break().is_none() {
                return;
            }
            if !self.is_in_flow() {
                self.allow_simple_key = true;
            }
        }
    }

    // Indentation

    fn close_blocks_beyond(&mut self, column: isize) {
        if self.is_in_flow() {
            return;
        }
        while self.indent > column {
            self.indent = self.outer_indents.pop().unwrap_or(-1);
            self.push(TokenKind::BlockEnd, self.reader.mark());
        }
    }

    /// Opens a block collection at this column unless the current one is that deep already.
    fn opens_block(&mut self, column: usize) -> bool {
        let column = column as isize;
        if self.is_in_flow() || self.indent >= column {
            return false;
        }
        self.outer_indents.push(self.indent);
        self.indent = column;
        true
    }

    // Simple keys

    /// Remembers that the token about to be made could be a key.
    fn save_simple_key(&mut self) -> Result<(), Error> {
        if !self.allow_simple_key {
            return Ok(());
        }
        self.forget_simple_key()?;
        let mark = self.reader.mark();
        let required = !self.is_in_flow() && self.indent == mark.column as isize;
        let key = SimpleKey { token: self.taken + self.tokens.len(), required, mark };
        self.replace_simple_key(Some(key));
        Ok(())
    }

    /// Gives up the possible key of the current flow level, since something stands where its `:` would.
    fn forget_simple_key(&mut self) -> Result<(), Error> {
        match self.replace_simple_key(None) {
            Some(key) if key.required => Err(self.missing_colon(key)),
            _ => Ok(()),
        }
    }

    fn replace_simple_key(&mut self, key: Option<SimpleKey>) -> Option<SimpleKey> {
        self.simple_keys.last_mut().and_then(|last| std::mem::replace(last, key))
    }

    fn drop_stale_keys(&mut self) -> Result<(), Error> {
        let now = self.reader.mark();
        for level in 0..self.simple_keys.len() {
            let Some(key) = self.simple_keys[level] else {
                continue;
            };
            if key.mark.line == now.line && now.index - key.mark.index <= SIMPLE_KEY_LENGTH {
                continue;
            }
            if key.required {
                return Err(self.missing_colon(key));
            }
            self.simple_keys[level] = None;
        }
        Ok(())
    }

    fn missing_colon(&self, key: SimpleKey) -> Error {
        self.reader.error(Code::MissingColon, key.mark, "a key with `:` is expected here")
    }

    // Tokens

    fn push(&mut self, kind: TokenKind, start: Mark) {
        self.tokens.push_back(Token { kind, start, end: self.reader.mark() });
    }

    fn push_indicator(&mut self, kind: TokenKind, length: usize) {
        let start = self.reader.mark();
        self.reader.skip(length);
        self.push(kind, start);
    }

    fn fetch_stream_end(&mut self) -> Result<(), Error> {
        self.close_blocks_beyond(-1);
        self.forget_simple_key()?;
        self.allow_simple_key = false;
        self.simple_keys = vec![None];
        self.push(TokenKind::StreamEnd, self.reader.mark());
        self.is_done = true;
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), Error> {
        self.close_blocks_beyond(-1);
        self.forget_simple_key()?;
        self.allow_simple_key = false;
        let start = self.reader.mark();
        let directive = directive::scan(&mut self.reader)?;
        self.push(TokenKind::Directive(directive), start);
        Ok(())
    }

    fn fetch_document_mark(&mut self, kind: TokenKind) -> Result<(), Error> {
        self.close_blocks_beyond(-1);
        self.forget_simple_key()?;
        self.allow_simple_key = false;
        self.push_indicator(kind, 3);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: TokenKind) -> Result<(), Error> {
        self.save_simple_key()?;
        self.simple_keys.push(None);
        self.allow_simple_key = true;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind) -> Result<(), Error> {
        self.forget_simple_key()?;
        if !self.is_in_flow() {
            let message = format!("{} closes nothing", kind.name());
            return Err(self.reader.error_here(Code::UnmatchedBracket, message));
        }
        self.simple_keys.pop();
        self.allow_simple_key = false;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<(), Error> {
        self.allow_simple_key = true;
        self.forget_simple_key()?;
        self.push_indicator(TokenKind::FlowEntry, 1);
        Ok(())
    }

    /// `- `; inside flow collections the parser refuses it.
    fn fetch_block_entry(&mut self) -> Result<(), Error> {
        if !self.is_in_flow() {
            if !self.allow_simple_key {
                return Err(self.reader.error_here(Code::EntryNotAllowed, "a list item cannot begin here"));
            }
            if self.opens_block(self.reader.column()) {
                self.push(TokenKind::BlockSequenceStart, self.reader.mark());
            }
        }
        self.allow_simple_key = true;
        self.forget_simple_key()?;
        self.push_indicator(TokenKind::BlockEntry, 1);
        Ok(())
    }

    /// `? `, a key that is spelled out.
    fn fetch_key(&mut self) -> Result<(), Error> {
        if !self.is_in_flow() {
            if !self.allow_simple_key {
                return Err(self.reader.error_here(Code::KeyNotAllowed, "a key with `?` cannot begin here"));
            }
            if self.opens_block(self.reader.column()) {
                self.push(TokenKind::BlockMappingStart, self.reader.mark());
            }
        }
        self.allow_simple_key = !self.is_in_flow();
        self.forget_simple_key()?;
        self.push_indicator(TokenKind::Key, 1);
        Ok(())
    }

    /// `:`, after a simple key or after a key that is spelled out.
    fn fetch_value(&mut self) -> Result<(), Error> {
        if let Some(key) = self.replace_simple_key(None) {
            let place = key.token - self.taken;
            let token = |kind| Token { kind, start: key.mark, end: key.mark };
            self.tokens.insert(place, token(TokenKind::Key));
            if self.opens_block(key.mark.column) {
                self.tokens.insert(place, token(TokenKind::BlockMappingStart));
            }
            self.allow_simple_key = false;
        } else {
            if !self.is_in_flow() {
                if !self.allow_simple_key {
                    return Err(self
                        .reader
                        .error_here(Code::ValueNotAllowed, "`:` cannot stand here: a value began already"));
                }
                if self.opens_block(self.reader.column()) {
                    self.push(TokenKind::BlockMappingStart, self.reader.mark());
                }
            }
            self.allow_simple_key = !self.is_in_flow();
            self.forget_simple_key()?;
        }
        self.push_indicator(TokenKind::Value, 1);
        Ok(())
    }

    fn fetch_name(&mut self, kind: fn(String) -> TokenKind) -> Result<(), Error> {
        self.save_simple_key()?;
        self.allow_simple_key = false;
        let start = self.reader.mark();
        let name = tag::scan_anchor_name(&mut self.reader)?;
        self.push(kind(name), start);
        Ok(())
    }

    fn fetch_tag(&mut self) -> Result<(), Error> {
        self.save_simple_key()?;
        self.allow_simple_key = false;
        let start = self.reader.mark();
        let tag = tag::scan_tag(&mut self.reader)?;
        self.push(TokenKind::Tag(tag), start);
        Ok(())
    }

    fn fetch_block_scalar(&mut self) -> Result<(), Error> {
        self.allow_simple_key = true;
        self.forget_simple_key()?;
        let start = self.reader.mark();
        let least_indent = usize::try_from(self.indent + 1).unwrap_or(0).max(1);
        let (scalar, end) = scalars::scan_block(&mut self.reader, least_indent)?;
        self.tokens.push_back(Token { kind: TokenKind::Scalar(scalar), start, end });
        Ok(())
    }

    fn fetch_quoted_scalar(&mut self) -> Result<(), Error> {
        self.save_simple_key()?;
        self.allow_simple_key = false;
        let start = self.reader.mark();
        let scalar = scalars::scan_quoted(&mut self.reader)?;
        self.push(TokenKind::Scalar(scalar), start);
        Ok(())
    }

    fn fetch_plain_scalar(&mut self) -> Result<(), Error> {
        self.save_simple_key()?;
        let start = self.reader.mark();
        let least_indent = usize::try_from(self.indent + 1).unwrap_or(0);
        let context = scalars::Context { is_in_flow: self.is_in_flow(), least_indent };
        let plain = scalars::scan_plain(&mut self.reader, context);
        // A plain scalar that ends at a line break leaves the scanner at the start of a line, where a key may stand.
        self.allow_simple_key = plain.ends_with_break;
        self.tokens.push_back(Token { kind: TokenKind::Scalar(plain.scalar), start, end: plain.end });
        Ok(())
    }
}
