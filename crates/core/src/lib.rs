//! Everything an AiSOC plugin publisher does, without a screen: read a plugin folder as AiSOC's loader does, keep
//! publisher keys, sign, judge, and prepare the marketplace entry.
//!
//! `docs/architecture.md` says which module owns what.

pub mod atomic;
pub mod code;
pub mod explain;
pub mod key;
pub mod task;

pub use code::Code;
pub use explain::{Explain, Place};
