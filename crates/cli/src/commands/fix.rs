//! `check --fix`: applies the changes that mend findings.

use std::collections::BTreeSet;
use std::path::Path;

use aisoc_publisher_core::Explain as _;
use aisoc_publisher_core::edits::Edit;
use aisoc_publisher_core::preflight::{self, Finding};
use aisoc_publisher_core::word::Word;
use serde_json::{Value, json};

use crate::failure::{Advised, Failure};
use crate::progress;

/// How often a folder is looked at again. Of the changes to one file each round makes one, since each belongs to the
/// bytes that it was made from.
const MAX_ROUNDS: usize = 200;

/// The names of the kinds of changes, which `--only` takes beside codes.
const KINDS: [&str; 3] = ["quote", "line-feeds", "git-attributes"];

/// A change that was made.
pub(super) struct Fixed {
    title: String,
    code: String,
    edit: Edit,
}

impl Fixed {
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("Fixed: {} [{}]", self.title, self.code)];
        lines.extend(diff_lines(&self.edit));
        lines.push(String::new());
        lines
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "code": self.code,
            "kind": self.edit.kind(),
            "path": self.edit.path().to_string_lossy(),
            "diff": self.edit.diff(),
        })
    }
}

/// Which changes are asked for; all where nothing is named.
pub(super) struct Only<'a>(&'a [String]);

impl<'a> Only<'a> {
    pub(super) fn of(names: &'a [String]) -> Result<Self, Failure> {
        match names.iter().find(|name| !KINDS.contains(&name.as_str()) && Word::find(name).is_none()) {
            Some(name) => Err(Failure::usage(
                format!("there is no code `{name}`"),
                Some("give a finding's code, or `quote`, `line-feeds` or `git-attributes`"),
            )),
            None => Ok(Self(names)),
        }
    }

    /// Returns the change that mends a finding, if there is one and it is asked for.
    pub(super) fn edit<'f>(&self, finding: &'f Finding) -> Option<&'f Edit> {
        let edit = finding.edit.as_ref()?;
        let kind = json!(edit.kind());
        let named = |name: &String| *name == finding.code || kind == name.as_str();
        (self.0.is_empty() || self.0.iter().any(named)).then_some(edit)
    }
}

/// Makes every change that is asked for, each bound to the bytes that it was made from, and looks again after each round.
pub(super) fn apply(dir: &Path, only: &Only<'_>, json: bool) -> Result<Vec<Fixed>, Failure> {
    let mut fixed: Vec<Fixed> = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let found = progress::watch(json, |task| preflight::look(dir, task))?.findings;
        let mut changed = BTreeSet::new();
        for finding in found {
            let Some(edit) = only.edit(&finding).filter(|edit| changed.insert(edit.path())) else { continue };
            if let Err(error) = edit.apply() {
                let hint = error.hint().unwrap_or_default();
                let error = Advised::new(error, hint);
                return Err(match fixed.len() {
                    0 => error.into(),
                    1 => error.after("1 change was made before that".to_owned()).into(),
                    n => error.after(format!("{n} changes were made before that")).into(),
                });
            }
            fixed.push(Fixed { edit: edit.clone(), title: finding.title, code: finding.code });
        }
        if changed.is_empty() {
            break;
        }
    }
    Ok(fixed)
}

pub(super) fn diff_lines(edit: &Edit) -> Vec<String> {
    edit.diff().lines().map(|line| format!("  {line}")).collect()
}
