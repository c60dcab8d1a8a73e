//! Everything an AiSOC plugin publisher does, without a screen: read a plugin folder as AiSOC's loader does, keep
//! publisher keys, sign, judge, and prepare the marketplace entry.
//!
//! `docs/architecture.md` says which module owns what.

pub mod artifact;
pub mod atomic;
pub mod backup;
pub mod causes;
pub mod checkout;
pub mod code;
pub mod committed;
pub mod data_file;
pub mod data_folder;
pub mod digest;
pub mod edits;
pub mod entry;
pub mod explain;
pub mod files;
pub mod handover;
pub mod index;
pub mod json_text;
pub mod key;
pub mod keystore;
mod lock;
pub mod manifest;
mod patch;
mod path_text;
pub mod payload;
pub mod plugin_py;
pub mod preflight;
pub mod publisher;
pub mod pull_request;
pub mod readings;
pub mod receipts;
pub mod recents;
pub mod records;
mod regular;
pub mod rehearsal;
pub mod shell;
pub mod shipping;
pub mod sign;
pub mod signature;
mod source;
pub mod state;
pub mod task;
pub mod tree;
pub mod trusted;
pub mod verdict;
pub mod word;
pub mod workflow;

pub use code::Code;
pub use explain::{Explain, Place};
