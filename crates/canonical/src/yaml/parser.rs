//! The parser: tokens become events, by YAML's grammar.

use std::collections::HashMap;

use super::composer::Composer;
use super::reader::Mark;
use super::scanner::Scanner;
use super::token::{Directive, TagToken, Token, TokenKind};
use crate::{Code, Error, Limits, PyStr};

/// The namespace of the tags that YAML defines itself, which `!!` stands for.
pub(super) const YAML_NAMESPACE: &str = "tag:yaml.org,2002:";

/// What the parser tells the composer, in the order of the text.
#[derive(Debug)]
pub(super) enum Event {
    Alias {
        name: String,
        span: Marks,
    },
    Scalar {
        properties: Properties,
        text: PyStr,
        is_plain: bool,
        span: Marks,
    },
    SequenceStart {
        properties: Properties,
        start: Mark,
    },
    MappingStart {
        properties: Properties,
        start: Mark,
    },
    /// The closing bracket's end, or the end of the last item of a block collection.
    CollectionEnd {
        end: Option<Mark>,
    },
}

/// Where an event's text starts and ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    pub(super) start: Mark,
    pub(super) end: Mark,
}

/// A node's anchor and its tag with the handle resolved; the tag `!` asks for the type that plain text would have.
#[derive(Debug, Default)]
pub(super) struct Properties {
    pub(super) anchor: Option<(String, Mark)>,
    pub(super) tag: Option<(String, Mark)>,
}

/// Parses a text that may hold one document, and tells the composer about it.
pub(super) fn parse(text: &[char], limits: &Limits, composer: &mut Composer<'_>) -> Result<(), Error> {
    let start = Mark { index: 0, line: 0, column: 0 };
    let mut parser = Parser {
        scanner: Scanner::new(text),
        last_end: start,
        tag_handles: HashMap::new(),
        limits,
        depth: 0,
        composer,
    };
    parser.stream()
}

struct Parser<'t, 'c, 'g> {
    scanner: Scanner<'t>,
    /// Where the token taken last ends.
    last_end: Mark,
    /// What the tag handles stand for.
    tag_handles: HashMap<String, String>,
    limits: &'c Limits,
    depth: usize,
    composer: &'c mut Composer<'g>,
}

/// Tells whether the next token is one of these kinds.
macro_rules! at {
    ($parser:expr, $($kind:ident)|+) => {
        matches!($parser.scanner.peek()?.kind, $(TokenKind::$kind { .. })|+)
    };
}

impl Parser<'_, '_, '_> {
    /// Takes the next token.
    fn next(&mut self) -> Result<Token, Error> {
        let token = self.scanner.next()?;
        self.last_end = token.end;
        Ok(token)
    }

    // Documents

    fn stream(&mut self) -> Result<(), Error> {
        if at!(self, StreamEnd) {
            return Ok(());
        }
        if at!(self, Directive | DocumentStart) {
            self.explicit_document()?;
        } else {
            self.start_document()?;
            self.block_node()?;
        }
        while at!(self, DocumentEnd) {
            self.next()?;
        }
        let token = self.next()?;
        match token.kind {
            TokenKind::StreamEnd => Ok(()),
            TokenKind::Directive(_) | TokenKind::DocumentStart => {
                Err(self.scanner.error(Code::SecondDocument, token.start, "a second document begins here"))
            }
            _ => Err(self.unexpected(&token, "the document ends before this")),
        }
    }

    fn explicit_document(&mut self) -> Result<(), Error> {
        self.start_document()?;
        let token = self.next()?;
        if !matches!(token.kind, TokenKind::DocumentStart) {
            return Err(self.unexpected(&token, "`---` is expected after the directives"));
        }
        if at!(self, Directive | DocumentStart | DocumentEnd | StreamEnd) {
            return self.empty_scalar(Properties::default(), token.end);
        }
        self.block_node()
    }

    /// Takes the directives and sets what tag handles stand for.
    fn start_document(&mut self) -> Result<(), Error> {
        let mut has_version = false;
        while at!(self, Directive) {
            let Token { kind, start, .. } = self.next()?;
            let error = |parser: &Self, code, message: &str| Err(parser.scanner.error(code, start, message));
            match kind {
                TokenKind::Directive(Directive::Yaml { .. }) if has_version => {
                    return error(self, Code::YamlVersion, "the `%YAML` directive stands twice");
                }
                TokenKind::Directive(Directive::Yaml { major_is_one: false }) => {
                    return error(self, Code::YamlVersion, "the loader reads YAML 1 only");
                }
                TokenKind::Directive(Directive::Yaml { .. }) => has_version = true,
                TokenKind::Directive(Directive::Tag { handle, prefix }) => {
                    if self.tag_handles.contains_key(&handle) {
                        return error(self, Code::BadDirective, "the same tag handle is defined twice");
                    }
                    self.tag_handles.insert(handle, prefix);
                }
                _ => {}
            }
        }
        for (handle, prefix) in [("!", "!"), ("!!", YAML_NAMESPACE)] {
            self.tag_handles.entry(handle.to_owned()).or_insert_with(|| prefix.to_owned());
        }
        Ok(())
    }

    // Nodes

    fn block_node(&mut self) -> Result<(), Error> {
        self.node(true, false)
    }

    fn flow_node(&mut self) -> Result<(), Error> {
        self.node(false, false)
    }

    /// A mapping's value may be a list that is indented no more than its key.
    fn block_node_or_indentless_sequence(&mut self) -> Result<(), Error> {
        self.node(true, true)
    }

    fn node(&mut self, is_block: bool, may_be_indentless: bool) -> Result<(), Error> {
        if at!(self, Alias) {
            let Token { kind, start, end } = self.next()?;
            if let TokenKind::Alias(name) = kind {
                self.composer.event(Event::Alias { name, span: Marks { start, end } })?;
            }
            return Ok(());
        }
        let properties = self.properties()?;
        let kind = &self.scanner.peek()?.kind;
        match kind {
            TokenKind::BlockEntry if may_be_indentless => self.collection(properties, Self::indentless_sequence),
            TokenKind::Scalar(_) => self.scalar(properties),
            TokenKind::FlowSequenceStart => self.collection(properties, Self::flow_sequence),
            TokenKind::FlowMappingStart => self.collection(properties, Self::flow_mapping),
            TokenKind::BlockSequenceStart if is_block => self.collection(properties, Self::block_sequence),
            TokenKind::BlockMappingStart if is_block => self.collection(properties, Self::block_mapping),
            _ if properties.anchor.is_some() || properties.tag.is_some() => {
                let at = self.scanner.peek()?.start;
                self.empty_scalar(properties, at)
            }
            _ => {
                let token = self.next()?;
                Err(self.unexpected(&token, "a value is expected here"))
            }
        }
    }

    /// An anchor and a tag, in either order, each at most once.
    fn properties(&mut self) -> Result<Properties, Error> {
        let mut properties = Properties::default();
        loop {
            let is_next = match &self.scanner.peek()?.kind {
                TokenKind::Anchor(_) => properties.anchor.is_none(),
                TokenKind::Tag(_) => properties.tag.is_none(),
                _ => false,
            };
            if !is_next {
                return Ok(properties);
            }
            let Token { kind, start, .. } = self.next()?;
            match kind {
                TokenKind::Anchor(name) => properties.anchor = Some((name, start)),
                TokenKind::Tag(tag) => properties.tag = Some((self.resolve_handle(tag, start)?, start)),
                _ => {}
            }
        }
    }

    fn resolve_handle(&self, tag: TagToken, start: Mark) -> Result<String, Error> {
        let Some(handle) = tag.handle else {
            return Ok(tag.suffix);
        };
        match self.tag_handles.get(&handle) {
            Some(prefix) => Ok(format!("{prefix}{}", tag.suffix)),
            None => Err(self.scanner.error(Code::BadTag, start, format!("the tag handle `{handle}` is not defined"))),
        }
    }

    fn scalar(&mut self, properties: Properties) -> Result<(), Error> {
        let Token { kind, start, end } = self.next()?;
        if let TokenKind::Scalar(scalar) = kind {
            let span = Marks { start, end };
            self.composer.event(Event::Scalar { properties, text: scalar.text, is_plain: scalar.is_plain, span })?;
        }
        Ok(())
    }

    fn empty_scalar(&mut self, properties: Properties, at: Mark) -> Result<(), Error> {
        let span = Marks { start: at, end: at };
        self.composer.event(Event::Scalar { properties, text: PyStr::default(), is_plain: true, span })
    }

    /// A value that is left out stands right after the token before it.
    fn empty_here(&mut self) -> Result<(), Error> {
        self.empty_scalar(Properties::default(), self.last_end)
    }

    fn collection(
        &mut self,
        properties: Properties,
        body: fn(&mut Self, Properties) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.depth += 1;
        if let Err(error) = self.limits.check_depth(self.depth) {
            let start = self.scanner.peek()?.start;
            return Err(error.on(crate::Position::of(self.composer.text(), start.index), ""));
        }
        body(self, properties)?;
        self.depth -= 1;
        Ok(())
    }

    fn end_collection(&mut self, end: Option<Mark>) -> Result<(), Error> {
        self.composer.event(Event::CollectionEnd { end })
    }

    // Block collections

    fn block_sequence(&mut self, properties: Properties) -> Result<(), Error> {
        let start = self.next()?.start;
        self.composer.event(Event::SequenceStart { properties, start })?;
        while at!(self, BlockEntry) {
            self.next()?;
            if at!(self, BlockEntry | BlockEnd) {
                self.empty_here()?;
            } else {
                self.block_node()?;
            }
        }
        self.block_end("every line of this list starts with `-`")
    }

    fn indentless_sequence(&mut self, properties: Properties) -> Result<(), Error> {
        let start = self.scanner.peek()?.start;
        self.composer.event(Event::SequenceStart { properties, start })?;
        while at!(self, BlockEntry) {
            self.next()?;
            if at!(self, BlockEntry | Key | Value | BlockEnd) {
                self.empty_here()?;
            } else {
                self.block_node()?;
            }
        }
        self.end_collection(None)
    }

    fn block_mapping(&mut self, properties: Properties) -> Result<(), Error> {
        let start = self.next()?.start;
        self.composer.event(Event::MappingStart { properties, start })?;
        while at!(self, Key) {
            self.next()?;
            self.block_mapping_part()?;
            if at!(self, Value) {
                self.next()?;
                self.block_mapping_part()?;
            } else {
                self.empty_here()?;
            }
        }
        self.block_end("a key of this mapping is expected here")
    }

    /// A key or a value, either of which may be left out.
    fn block_mapping_part(&mut self) -> Result<(), Error> {
        if at!(self, Key | Value | BlockEnd) { self.empty_here() } else { self.block_node_or_indentless_sequence() }
    }

    fn block_end(&mut self, expectation: &str) -> Result<(), Error> {
        let token = self.next()?;
        match token.kind {
            TokenKind::BlockEnd => self.end_collection(None),
            _ => Err(self.unexpected(&token, expectation)),
        }
    }

    // Flow collections

    fn flow_sequence(&mut self, properties: Properties) -> Result<(), Error> {
        let start = self.next()?.start;
        self.composer.event(Event::SequenceStart { properties, start })?;
        let mut is_first = true;
        while !at!(self, FlowSequenceEnd) {
            if !is_first {
                self.flow_entry(start, "`,` or `]`")?;
            }
            is_first = false;
            if at!(self, Key) {
                self.collection(Properties::default(), Self::single_pair)?;
            } else if !at!(self, FlowSequenceEnd) {
                self.flow_node()?;
            }
        }
        let end = self.next()?.end;
        self.end_collection(Some(end))
    }

    /// `[key: value]`: a mapping of one pair, without braces.
    fn single_pair(&mut self, properties: Properties) -> Result<(), Error> {
        let start = self.next()?.start;
        self.composer.event(Event::MappingStart { properties, start })?;
        if at!(self, Value | FlowEntry | FlowSequenceEnd) {
            self.empty_here()?;
        } else {
            self.flow_node()?;
        }
        if at!(self, Value) {
            self.next()?;
            if at!(self, FlowEntry | FlowSequenceEnd) {
                self.empty_here()?;
            } else {
                self.flow_node()?;
            }
        } else {
            self.empty_here()?;
        }
        self.end_collection(None)
    }

    fn flow_mapping(&mut self, properties: Properties) -> Result<(), Error> {
        let start = self.next()?.start;
        self.composer.event(Event::MappingStart { properties, start })?;
        let mut is_first = true;
        while !at!(self, FlowMappingEnd) {
            if !is_first {
                self.flow_entry(start, "`,` or `}`")?;
            }
            is_first = false;
            if at!(self, Key) {
                self.next()?;
                if at!(self, Value | FlowEntry | FlowMappingEnd) {
                    self.empty_here()?;
                } else {
                    self.flow_node()?;
                }
                self.flow_mapping_value()?;
            } else if !at!(self, FlowMappingEnd) {
                // A key without `:` has no value.
                self.flow_node()?;
                self.empty_here()?;
            }
        }
        let end = self.next()?.end;
        self.end_collection(Some(end))
    }

    fn flow_mapping_value(&mut self) -> Result<(), Error> {
        if !at!(self, Value) {
            return self.empty_here();
        }
        self.next()?;
        if at!(self, FlowEntry | FlowMappingEnd) { self.empty_here() } else { self.flow_node() }
    }

    fn flow_entry(&mut self, opened: Mark, expectation: &str) -> Result<(), Error> {
        let token = self.next()?;
        match token.kind {
            TokenKind::FlowEntry => Ok(()),
            TokenKind::StreamEnd | TokenKind::DocumentStart | TokenKind::DocumentEnd => Err(self.scanner.error(
                Code::UnmatchedBracket,
                opened,
                format!("{expectation} is missing: nothing closes this"),
            )),
            _ => Err(self.unexpected(&token, &format!("{expectation} is expected here"))),
        }
    }

    fn unexpected(&self, token: &Token, expectation: &str) -> Error {
        let message = format!("{expectation}, not {}", token.kind.name());
        self.scanner.error(Code::UnexpectedToken, token.start, message)
    }
}
