//! The composer: events become a graph of nodes; anchors and aliases are joined, tags are resolved.

use std::collections::HashMap;

use super::node::{Body, Graph, Node, NodeId, Tag};
use super::parser::{Event, Marks, Properties};
use super::reader::Mark;
use super::resolver;
use crate::value::{Span, Style};
use crate::{Code, Error, Limits};

#[derive(Debug)]
pub(super) struct Composer<'t> {
    text: &'t [char],
    limits: &'t Limits,
    nodes: Vec<Node>,
    anchors: HashMap<String, NodeId>,
    /// The collections that are not closed yet.
    open: Vec<Open>,
    root: Option<NodeId>,
}

#[derive(Debug)]
struct Open {
    id: NodeId,
    /// A mapping's key that waits for its value.
    key: Option<NodeId>,
}

impl<'t> Composer<'t> {
    pub(super) fn new(text: &'t [char], limits: &'t Limits) -> Self {
        Self { text, limits, nodes: Vec::new(), anchors: HashMap::new(), open: Vec::new(), root: None }
    }

    pub(super) fn text(&self) -> &'t [char] {
        self.text
    }

    /// Returns the graph, if there was a document.
    pub(super) fn finish(self) -> Option<Graph> {
        Some(Graph { nodes: self.nodes, root: self.root? })
    }

    pub(super) fn event(&mut self, event: Event) -> Result<(), Error> {
        match event {
            Event::Alias { name, span } => {
                let id = self.anchors.get(&name).copied().ok_or_else(|| {
                    Error::new(Code::UndefinedAlias, format!("`*{name}` names no anchor before it"))
                        .at(self.text, span.start.index)
                })?;
                self.attach(id);
            }
            Event::Scalar { properties, text, is_plain, span } => {
                let tag = properties.tag.as_ref().map(|(tag, _)| tag.as_str());
                let style = if is_plain && tag.is_none() { Style::Plain } else { Style::Explicit };
                let resolved = match tag {
                    None if is_plain => resolver::resolve(&text),
                    None => Tag::Str,
                    Some("!") => resolver::resolve(&text),
                    Some(uri) => Tag::from_uri(uri),
                };
                let id = self.add(properties, resolved, Body::Scalar(text), style, span)?;
                self.attach(id);
            }
            Event::SequenceStart { properties, start } => {
                self.open(properties, Tag::Seq, Body::Sequence(Vec::new()), start)?
            }
            Event::MappingStart { properties, start } => {
                self.open(properties, Tag::Map, Body::Mapping(Vec::new()), start)?
            }
            Event::CollectionEnd { end } => {
                if let Some(Open { id, .. }) = self.open.pop() {
                    let end = end.map_or_else(|| self.end_of_last_item(id), |end| end.index as u32);
                    self.nodes[id.0 as usize].span.end = end;
                    self.attach(id);
                }
            }
        }
        Ok(())
    }

    fn open(&mut self, properties: Properties, default: Tag, body: Body, start: Mark) -> Result<(), Error> {
        let tag = match properties.tag.as_ref().map(|(tag, _)| tag.as_str()) {
            None | Some("!") => default,
            Some(uri) => Tag::from_uri(uri),
        };
        let id = self.add(properties, tag, body, Style::Collection, Marks { start, end: start })?;
        self.open.push(Open { id, key: None });
        Ok(())
    }

    /// Adds a node and, before its content is known, its anchor: a collection may contain itself.
    fn add(
        &mut self,
        properties: Properties,
        tag: Tag,
        body: Body,
        style: Style,
        span: Marks,
    ) -> Result<NodeId, Error> {
        self.limits.check_nodes(self.nodes.len() + 1).map_err(|e| e.at(self.text, span.start.index))?;
        let id = NodeId(self.nodes.len() as u32);
        let span = Span { start: span.start.index as u32, end: span.end.index as u32 };
        self.nodes.push(Node { tag, body, span, style });
        if let Some((name, mark)) = properties.anchor {
            if self.anchors.contains_key(&name) {
                let message = format!("the anchor `&{name}` is defined twice");
                return Err(Error::new(Code::DuplicateAnchor, message).at(self.text, mark.index));
            }
            self.anchors.insert(name, id);
        }
        Ok(id)
    }

    /// Where the text of a block collection ends; an alias as the last item stands elsewhere.
    fn end_of_last_item(&self, id: NodeId) -> u32 {
        let node = &self.nodes[id.0 as usize];
        let last = match &node.body {
            Body::Sequence(items) => items.last(),
            Body::Mapping(pairs) => pairs.last().map(|(_, value)| value),
            Body::Scalar(_) => None,
        };
        last.map_or(node.span.start, |last| self.nodes[last.0 as usize].span.end.max(node.span.start))
    }

    /// Puts a finished node into the innermost open collection.
    fn attach(&mut self, id: NodeId) {
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(id);
            return;
        };
        match &mut self.nodes[parent.id.0 as usize].body {
            Body::Sequence(items) => items.push(id),
            Body::Mapping(pairs) => match parent.key.take() {
                Some(key) => pairs.push((key, id)),
                None => parent.key = Some(id),
            },
            Body::Scalar(_) => {}
        }
    }
}
