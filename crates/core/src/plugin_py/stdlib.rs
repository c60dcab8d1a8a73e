//! What Python 3.11's standard library offers, from a table that `tests/imports/make_stdlib.py` writes.

use std::collections::HashMap;
use std::sync::LazyLock;

static TABLE: LazyLock<HashMap<&str, HashMap<&str, Kind>>> = LazyLock::new(|| {
    let lines = include_str!("stdlib-3.11.txt").lines().filter(|line| !line.starts_with('*'));
    lines
        .filter_map(|line| line.split_once(' '))
        .map(|(module, names)| (module, names.split(' ').filter_map(kind).collect()))
        .collect()
});

/// Names that later versions added to modules of 3.11.
const LATER: [(&str, &str); 20] = [
    ("typing", "override"),
    ("typing", "TypeAliasType"),
    ("typing", "ReadOnly"),
    ("typing", "TypeIs"),
    ("typing", "NoDefault"),
    ("typing", "get_protocol_members"),
    ("typing", "is_protocol"),
    ("typing", "evaluate_forward_ref"),
    ("itertools", "batched"),
    ("warnings", "deprecated"),
    ("collections.abc", "Buffer"),
    ("types", "get_original_bases"),
    ("types", "CapsuleType"),
    ("inspect", "markcoroutinefunction"),
    ("inspect", "BufferFlags"),
    ("calendar", "Month"),
    ("calendar", "Day"),
    ("math", "sumprod"),
    ("math", "fma"),
    ("queue", "ShutDown"),
];

/// What a name in a module is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) module: bool,
    /// Whether `| None` can follow it.
    pub(super) union: bool,
    /// The numbers of arguments that it takes in brackets, as digits.
    pub(super) arities: &'static str,
}

fn kind(entry: &'static str) -> Option<(&'static str, Kind)> {
    let (name, kind) = entry.split_once(':')?;
    let arities = kind.get(1..)?;
    Some((name, Kind { module: kind.starts_with('m'), union: kind.starts_with('o'), arities }))
}

/// Tells whether this module is followed.
pub(super) fn has_module(module: &str) -> bool {
    module != "builtins" && TABLE.contains_key(module)
}

/// Returns what a name of a module is.
pub(super) fn find(module: &str, name: &str) -> Option<Kind> {
    TABLE.get(module)?.get(name).copied()
}

/// Tells whether a package is part of Python 3.11, followed or not.
pub(super) fn is_part_of_python(package: &str) -> bool {
    include_str!("stdlib-3.11.txt").lines().next().is_some_and(|all| all.split(' ').any(|name| name == package))
}

/// Tells whether only later versions have this name.
pub(super) fn is_later(module: &str, name: &str) -> bool {
    LATER.contains(&(module, name))
}
