//! The plugin's own code: is there any that a loader runs and can it be imported, and what can be run that no signature covers.

use super::folders::{Group, Groups};
use super::{Finding, Severity, Snapshot, kebab};
use crate::code::Code;
use crate::explain::Explain as _;
use crate::files::UncoveredKind;
use crate::plugin_py::{self, Answer, Cause};
use crate::sign::Warning;

/// The file that the loader imports.
const PLUGIN_PY: &str = "plugin.py";

pub(super) fn find(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) {
    entry_point(snapshot, findings);
    executables(snapshot, findings);
    if snapshot.manifest.is_some_and(crate::manifest::Manifest::ignores_json) {
        let warning = Warning::ManifestIgnored;
        findings.push(
            Finding::of(&warning, warning.severity())
                .at(snapshot.dir.join(crate::manifest::JSON_NAME), None)
                .why("AiSOC reads plugin.yaml alone; what stands in the other manifest has no effect"),
        );
    }
}

fn entry_point(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) {
    if snapshot.covers(PLUGIN_PY) {
        let found = plugin_py::would_import_in(snapshot.dir);
        if let Some(reason) = found.reason.filter(|reason| found.answer == Answer::No && reason.cause != Cause::Missing)
        {
            let finding = Finding::of(&reason, Severity::BreaksLater);
            let title = format!("the loader cannot make the plugin: {}", finding.title);
            findings.push(Finding { code: kebab(&reason.code()), title, ..finding });
        }
        return;
    }
    let go = snapshot.uncovered().filter(|file| file.path.to_string().ends_with(".go")).count();
    if go > 0 {
        let files = if go == 1 { "1 source file is".to_owned() } else { format!("{go} source files are") };
        findings.push(
            Finding::new(
                Code::GoOnly,
                Severity::BreaksLater,
                format!("the plugin is written in Go alone: its {files} not covered, and no loader runs it"),
            )
            .why("the loader fails after the signature check: `plugin.py not found`; Go code can change and the signature holds")
            .cure("add a plugin.py with a class `Plugin`, and run the Go program some other way"),
        );
        return;
    }
    let no_files = snapshot.covered().next().is_none().then_some(Warning::NoFiles);
    for warning in [Some(Warning::NoPluginPy), no_files].into_iter().flatten() {
        findings.push(Finding::of(&warning, warning.severity()));
    }
}

/// One finding for all compiled code, apart from what lies in caches and environments, which have their own.
fn executables(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) {
    const NAMED: usize = 3;
    let groups = Groups::of(snapshot);
    let is_told = |path: &str| matches!(groups.find(path), Some((Group::Environment | Group::Cache | Group::Build, _)));
    let files: Vec<_> = snapshot
        .uncovered()
        .filter(|file| file.kind == UncoveredKind::Executable && !is_told(&file.path.to_string()))
        .collect();
    let Some(first) = files.first() else { return };
    let named: Vec<_> = files.iter().take(NAMED).map(|file| format!("`{}`", file.path)).collect();
    let more = files.len() - named.len();
    let names = match more {
        0 => named.join(", "),
        n => format!("{} and {n} more", named.join(", ")),
    };
    let count = if files.len() == 1 {
        "1 file of compiled code is".to_owned()
    } else {
        format!("{} files of compiled code are", files.len())
    };
    findings.push(
        Finding::new(Code::CompiledCode, Severity::Note, format!("{count} not covered: {names}"))
            .at(snapshot.below(&first.path), None)
            .why("Python or the system runs it, and whoever exchanges it leaves the signature valid")
            .cure("ship it only if the plugin needs it, and tell operators its SHA-256 some other way"),
    );
}
