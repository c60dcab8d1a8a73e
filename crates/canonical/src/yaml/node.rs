//! The composer's result: nodes with tags, before they become Python's objects.

use crate::PyStr;
use crate::value::{Span, Style};

/// Index of a node in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeId(pub(super) u32);

/// The nodes of a document; an alias is one more reference to the node of its anchor.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) root: NodeId,
}

impl Graph {
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.0 as usize]
    }
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) tag: Tag,
    pub(super) body: Body,
    pub(super) span: Span,
    pub(super) style: Style,
}

#[derive(Debug)]
pub(super) enum Body {
    Scalar(PyStr),
    Sequence(Vec<NodeId>),
    Mapping(Vec<(NodeId, NodeId)>),
}

/// The tags that the loader gives a meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tag {
    Null,
    Bool,
    Int,
    Float,
    Str,
    Binary,
    Timestamp,
    Seq,
    Map,
    Omap,
    Pairs,
    Set,
    /// `<<`
    Merge,
    /// `=`
    Value,
    /// Any other: the loader refuses the node, unless nothing asks for its value.
    Other(Box<str>),
}

impl Tag {
    /// Looks up a full tag, such as `tag:yaml.org,2002:int`.
    pub(super) fn from_uri(uri: &str) -> Self {
        match uri.strip_prefix(super::parser::YAML_NAMESPACE) {
            Some("null") => Self::Null,
            Some("bool") => Self::Bool,
            Some("int") => Self::Int,
            Some("float") => Self::Float,
            Some("str") => Self::Str,
            Some("binary") => Self::Binary,
            Some("timestamp") => Self::Timestamp,
            Some("seq") => Self::Seq,
            Some("map") => Self::Map,
            Some("omap") => Self::Omap,
            Some("pairs") => Self::Pairs,
            Some("set") => Self::Set,
            Some("merge") => Self::Merge,
            Some("value") => Self::Value,
            _ => Self::Other(uri.into()),
        }
    }
}
