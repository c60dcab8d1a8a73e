//! What `verify` answers, wherever the plugin is: the loader's answer, its steps, and why a signature does not fit.

use aisoc_publisher_core::causes::{Causes, Memory};
use aisoc_publisher_core::data_folder::DataFolder;
use aisoc_publisher_core::plugin_py::{self, WouldImport};
use aisoc_publisher_core::rehearsal::{Rehearsal, Step, StepName, StepResult};
use aisoc_publisher_core::verdict::{ModeVerdict, TrustMode};
use aisoc_publisher_core::{Explain, Place};
use serde_json::{Map, Value, json};

use super::object;
use crate::failure::CannotTell;
use crate::output;

/// How many causes are named to people; programs get all.
const MAX_CAUSES: usize = 20;

/// The loader's answer in one trust mode.
pub(super) struct Answer<'a> {
    rehearsal: &'a Rehearsal,
    causes: &'a Causes,
    mode: TrustMode,
    /// Whether the loader goes on after the signature check, which is what `loads` and the exit status say.
    pub(super) loads: bool,
}

/// What is remembered here of keys and signings, where that can explain something. Who has no home has nothing remembered.
pub(super) fn memory(rehearsal: &Rehearsal) -> Memory {
    match DataFolder::of_user() {
        Ok(folder) if rehearsal.mismatch().is_some() => Memory::read(&folder),
        _ => Memory::default(),
    }
}

impl<'a> Answer<'a> {
    pub(super) fn new(rehearsal: &'a Rehearsal, causes: &'a Causes, mode: TrustMode) -> Result<Self, CannotTell> {
        let verdict = rehearsal.verdict.mode(mode);
        let loads = verdict.goes_on().ok_or_else(|| CannotTell::of(verdict))?;
        Ok(Self { rehearsal, causes, mode, loads })
    }

    fn verdict(&self) -> &'a ModeVerdict {
        self.rehearsal.verdict.mode(self.mode)
    }

    pub(super) fn json(&self) -> Map<String, Value> {
        let verdict = self.verdict();
        object! {
            "loads": self.loads,
            "signature_status": verdict.signature_status,
            "key_id": verdict.key_id,
            "reason": verdict.reason,
            "trust_mode": self.mode.as_str(),
            "digest": self.rehearsal.verdict.digest.map(|digest| digest.to_string()),
            "finding": verdict.finding.as_deref().map_or(Value::Null, |finding| output::explained_json(finding)),
            "modes": self.modes(),
            "steps": self.rehearsal.steps.iter().map(step_json).collect::<Vec<_>>(),
            "causes": self.causes.causes.iter().map(|cause| output::explained_json(cause)).collect::<Vec<_>>(),
            "signed": signed_json(self.causes),
            "would_load": self.rehearsal.would_load(self.mode),
            "would_import": would_import_json(&self.rehearsal.would_import),
        }
    }

    fn modes(&self) -> Map<String, Value> {
        let one = |mode: TrustMode| {
            let verdict = self.rehearsal.verdict.mode(mode);
            let value = json!({
                "loads": verdict.goes_on(),
                "signature_status": verdict.signature_status,
                "key_id": verdict.key_id,
                "reason": verdict.reason,
            });
            (mode.as_str().to_owned(), value)
        };
        TrustMode::ALL.map(one).into_iter().collect()
    }

    /// The answer for people, with `about` below its headline. `cured` says that something else tells how to make the
    /// signature fit again.
    pub(super) fn lines(&self, about: Vec<String>, cured: bool) -> Vec<String> {
        let verdict = self.verdict();
        let mut lines = vec![self.headline()];
        lines.extend(about);
        if let Some(finding) = verdict.finding.as_deref() {
            lines.push(format!("why     {finding}"));
            lines.extend(place_of(finding));
            let told = cured || !self.causes.causes.is_empty();
            lines.extend(finding.hint().filter(|_| !told).map(|hint| format!("hint    {hint}")));
            if !cured {
                lines.extend(causes_in_words(self.causes));
            }
        }
        let others = TrustMode::ALL.into_iter().filter(|other| *other != self.mode);
        let others = others.map(|other| format!("{} in {other} mode", self.in_words(other)));
        lines.push(format!("else    {}", others.collect::<Vec<_>>().join(", ")));
        lines.extend(self.rehearsal.verdict.digest.map(|digest| format!("digest  {digest}")));
        lines.extend(import_in_words(&self.rehearsal.would_import));
        lines.push(String::new());
        // In disabled mode the loader goes no further.
        let taken = |step: &&Step| self.mode != TrustMode::Disabled || step.name <= StepName::Mode;
        lines.extend(self.rehearsal.steps.iter().filter(taken).flat_map(|step| step_in_words(step, verdict)));
        lines
    }

    /// "Loads" is said only where nothing is left that could stop it; "accepted" is about the signature check alone.
    fn headline(&self) -> String {
        let (verdict, mode) = (self.verdict(), self.mode);
        let passed = match &verdict.key_id {
            Some(id) => format!("{}, by the trusted key `{id}`", status(verdict)),
            None => status(verdict).to_owned(),
        };
        match (self.loads, self.rehearsal.would_import.answer) {
            (false, _) => format!("Refused in {mode} mode"),
            (true, plugin_py::Answer::Yes) => format!("Loads in {mode} mode: {passed}"),
            (true, plugin_py::Answer::No) => {
                format!("Accepted in {mode} mode ({passed}), and then fails to load")
            }
            (true, _) => format!("Accepted in {mode} mode: {passed}"),
        }
    }

    fn in_words(&self, mode: TrustMode) -> String {
        let verdict = self.rehearsal.verdict.mode(mode);
        match (verdict.goes_on(), self.rehearsal.would_import.answer) {
            (Some(true), plugin_py::Answer::Yes) => format!("loads as {}", status(verdict)),
            (Some(true), _) => format!("accepted as {}", status(verdict)),
            (Some(false), _) => "refused".to_owned(),
            (None, _) => "it cannot be told".to_owned(),
        }
    }
}

fn status(verdict: &ModeVerdict) -> &'static str {
    verdict.signature_status.map_or("", |status| status.as_str())
}

fn step_json(step: &Step) -> Value {
    json!({ "step": step.name, "result": step.result, "seen": step.seen })
}

fn signed_json(causes: &Causes) -> Value {
    causes.since.as_ref().map_or(Value::Null, |since| {
        json!({
            "when": since.signed.to_string(),
            "version": since.version,
            "key_id": since.signer.key_id.as_ref().map(ToString::to_string),
            "fingerprint": since.signer.fingerprint.to_string(),
        })
    })
}

fn would_import_json(would_import: &WouldImport) -> Value {
    json!({
        "answer": would_import.answer,
        "reason": would_import.reason.as_ref().map(|reason| output::explained_json(reason)),
    })
}

/// Says what comes after the signature, as far as reading tells it.
fn import_in_words(would_import: &WouldImport) -> Vec<String> {
    let Some(reason) = &would_import.reason else {
        return vec!["import  yes: `plugin.py` defines a `Plugin` that needs no arguments".to_owned()];
    };
    let answer = match would_import.answer {
        plugin_py::Answer::No => "no",
        _ => "cannot tell",
    };
    let mut lines = vec![format!("import  {answer}: {reason}")];
    lines.extend(place_of(reason));
    lines.extend(reason.hint().map(|hint| format!("hint    {hint}")));
    lines
}

fn causes_in_words(causes: &Causes) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(since) = &causes.since {
        lines.push(format!("signed  {} as version {}, by {}", since.signed, since.version, since.signer));
    }
    let mut cures: Vec<String> = Vec::new();
    for cause in causes.causes.iter().take(MAX_CAUSES) {
        lines.push(format!("cause   {cause}"));
        lines.extend(place_of(cause));
        lines.extend(
            cause
                .hint()
                .filter(|hint| !cures.contains(hint))
                .inspect(|hint| cures.push(hint.clone()))
                .map(|hint| format!("cure    {hint}")),
        );
    }
    match causes.causes.len().saturating_sub(MAX_CAUSES) {
        0 => {}
        more => lines.push(format!("        and {more} more; `--json` names them all")),
    }
    lines
}

fn step_in_words(step: &Step, answer: &ModeVerdict) -> Option<String> {
    let result = match step.result {
        StepResult::Passed => "ok",
        StepResult::Failed => "fails",
        StepResult::CannotTell => "?",
        _ => return None,
    };
    // What fails stands above, in full.
    let seen = step.seen.as_deref().filter(|_| step.result == StepResult::Passed || answer.finding.is_none());
    let seen = seen.unwrap_or("see above");
    Some(format!("{result:<6}  {:<26}{seen}", step.name.title()))
}

fn place_of(explained: &dyn Explain) -> Option<String> {
    let Place { path, position } = explained.place()?;
    let (line, column) = position?;
    Some(format!("at      {}:{line}:{column}", path.display()))
}
