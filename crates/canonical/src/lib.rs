#![doc = include_str!("../README.md")]

mod dump;
mod error;
mod json;
mod limits;
mod number;
mod string;
mod text;
mod value;
mod yaml;

pub use dump::write_string;
pub use error::{Code, Error, Position};
pub use limits::Limits;
pub use string::PyStr;
pub use value::{Document, Kind, Style, Value};

/// How a manifest is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// YAML 1.1 in PyYAML's dialect, as `yaml.safe_load` reads it.
    Yaml,
    /// JSON as Python's `json.loads` reads it.
    Json,
}
