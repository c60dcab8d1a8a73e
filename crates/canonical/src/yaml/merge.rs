//! The constructor's part for merge keys: `<<` brings the pairs of other mappings into its own.
//!
//! PyYAML does this in place, on the nodes, when a mapping is first asked for. The order shows in two cases, so it is kept:
//! a mapping that merges itself, and a key `=` that an alias uses as a value.

use std::collections::HashMap;

use super::constructor::Constructor;
use super::node::{Body, NodeId, Tag};
use crate::{Code, Error};

/// Pairs may be moved this often while merge keys are taken out of their mappings.
const MAX_MERGE_MOVES: usize = 20_000_000;

/// What merging has done so far.
#[derive(Debug, Default)]
pub(super) struct Merges {
    copied: usize,
    moved: usize,
    /// How many pairs of a mapping came from merges; they stand in front of its own.
    in_front: HashMap<u32, usize>,
}

impl Merges {
    /// Returns how many of a mapping's pairs came from merges; they stand in front of its own.
    pub(super) fn in_front_of(&self, id: NodeId) -> usize {
        self.in_front.get(&id.0).copied().unwrap_or(0)
    }
}

impl Constructor<'_> {
    /// Replaces merge keys by the pairs they stand for, in front of the mapping's own; turns the key `=` into text.
    pub(super) fn flatten(&mut self, id: NodeId, depth: usize) -> Result<(), Error> {
        self.limits.check_depth(depth).map_err(|e| e.at(self.text, self.start(id)))?;
        let mut merged = Vec::new();
        let mut index = 0;
        while let Some(&(key, value)) = self.mapping(id).get(index) {
            match self.graph.node(key).tag {
                Tag::Merge => {
                    self.take_out(id, index)?;
                    self.merge(value, depth, &mut merged)?;
                }
                Tag::Value => {
                    self.graph.node_mut(key).tag = Tag::Str;
                    index += 1;
                }
                _ => index += 1,
            }
        }
        if !merged.is_empty() {
            *self.merges.in_front.entry(id.0).or_insert(0) += merged.len();
            merged.extend_from_slice(self.mapping(id));
            if let Body::Mapping(pairs) = &mut self.graph.node_mut(id).body {
                *pairs = merged;
            }
        }
        Ok(())
    }

    /// Adds what one merge key brings: a mapping's pairs, or those of a list of mappings, the last one's first.
    fn merge(&mut self, source: NodeId, depth: usize, merged: &mut Vec<(NodeId, NodeId)>) -> Result<(), Error> {
        let sources = match &self.graph.node(source).body {
            Body::Mapping(_) => vec![source],
            Body::Sequence(items) => items.clone(),
            Body::Scalar(_) => {
                return Err(self.error(source, Code::BadMerge, "`<<` takes a mapping or a list of mappings"));
            }
        };
        let mut brought = Vec::new();
        for source in sources {
            if !matches!(self.graph.node(source).body, Body::Mapping(_)) {
                return Err(self.error(source, Code::BadMerge, "`<<` takes a mapping or a list of mappings"));
            }
            self.flatten(source, depth + 1)?;
            let pairs = self.mapping(source).to_vec();
            self.merges.copied += pairs.len();
            if self.merges.copied > self.limits.merged_pairs {
                let message = format!("merge keys copy more than {} pairs", self.limits.merged_pairs);
                return Err(self.error(source, Code::MergeTooLarge, message));
            }
            brought.push(pairs);
        }
        // Later pairs win, and the first mapping of a list is to win.
        merged.extend(brought.into_iter().rev().flatten());
        Ok(())
    }

    /// Removes one pair. A mapping that merges itself sees the removal, so it happens at once and in place.
    fn take_out(&mut self, id: NodeId, index: usize) -> Result<(), Error> {
        if let Body::Mapping(pairs) = &mut self.graph.node_mut(id).body {
            pairs.remove(index);
            let moved = pairs.len() - index;
            self.merges.moved += moved;
        }
        if self.merges.moved > MAX_MERGE_MOVES {
            return Err(self.error(id, Code::MergeTooLarge, "a mapping holds too many merge keys"));
        }
        Ok(())
    }
}
