//! YAML 1.1 in PyYAML's dialect: what `yaml.safe_load` makes of a text.
//!
//! The stages are those of the YAML specification, each pulling from the one before:
//! [`reader`] (characters) → [`scanner`] (tokens) → [`parser`] (events) → [`composer`] (nodes; tags by [`resolver`]) →
//! [`constructor`] (Python's objects).

mod binary;
mod composer;
mod constructor;
mod directive;
mod merge;
mod node;
mod parser;
mod reader;
mod resolver;
mod scalars;
mod scanner;
mod tag;
mod timestamp;
mod token;

use crate::value::{Id, Object, Repeated};
use crate::{Error, Limits};

/// Reads a text; returns the objects, the root among them, and the keys that stand twice.
pub(crate) fn load(text: &[char], limits: &Limits) -> Result<(Vec<Object>, Id, Vec<Repeated>), Error> {
    reader::check_printable(text)?;
    let mut composer = composer::Composer::new(text, limits);
    parser::parse(text, limits, &mut composer)?;
    match composer.finish() {
        Some(graph) => constructor::construct(text, graph, limits),
        None => Ok(constructor::none()),
    }
}
