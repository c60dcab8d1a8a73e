//! The manifest: values that AiSOC reads otherwise than meant, what AiSOC's validator and marketplace want beyond the loader,
//! and files that look like a manifest and are none.

use aisoc_canonical::{Kind, Value};

use super::{Finding, Severity, Snapshot};
use crate::code::Code;
use crate::edits::Quoter;
use crate::entry;
use crate::explain::Place;
use crate::manifest::{self, Manifest};
use crate::readings;

/// Names that are taken for a manifest's and are none.
const LOOK_ALIKES: [&str; 3] = ["plugin.yml", "aisoc-plugin.yaml", "plugin.json"];

/// Fields that a community plugin should declare (loader contract §9).
const ADVISED: [&str; 3] = ["license", "homepage", "min_aisoc_version"];

pub(super) fn find(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) {
    let Some(manifest) = snapshot.manifest else { return };
    let mut quoter = Quoter::new(snapshot.dir, manifest);
    for reading in readings::of(manifest) {
        let edit = quoter.as_mut().and_then(|quoter| quoter.quote(&reading));
        findings.push(Finding::of_reading(reading, manifest).edit(edit));
    }
    let (notices, errors) = entry::foresee(manifest);
    findings.extend(errors.iter().map(|error| Finding::of(error, Severity::Surprise)));
    findings.extend(notices.iter().map(|notice| {
        let finding = Finding::of(notice, Severity::Note);
        match notice {
            entry::Notice::Missing { field: "description" | "author" } => {
                finding.why("AiSOC's own validator wants it too; the loader does not")
            }
            _ => finding,
        }
    }));
    validator(manifest, findings);
    marketplace(snapshot, manifest, findings);
    look_alikes(snapshot, manifest, findings);
}

/// What the loader takes and AiSOC's validator does not (loader contract §9).
fn validator(manifest: &Manifest, findings: &mut Vec<Finding>) {
    const WHY: &str = "the loader takes it, and AiSOC's own `validate` command does not";
    let text =
        |field: &str| manifest.get(field).and_then(|value| Some((value, value.python_str()?.as_str()?.to_owned())));
    let is_id_byte = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
    if let Some((value, id)) = text("id")
        && manifest::PluginId::new(&id).is_some()
        && !id.bytes().all(is_id_byte)
    {
        let title = format!("AiSOC's validator does not take the id `{id}`");
        findings.push(
            at(manifest, value, Code::IdForValidator, Severity::Note, title)
                .why(WHY)
                .cure("if the plugin goes to AiSOC's own repository, use small letters, digits, `_` and `-` alone"),
        );
    }
    // A version that is no text has a finding of its own.
    if let Some((value, version)) = text("version").filter(|(value, _)| matches!(value.kind(), Kind::Str(_)))
        && !is_three_numbers(&version)
        && value.is_truthy()
    {
        let version = crate::files::printable(&version);
        let title = format!("AiSOC's validator does not take the version `{version}`");
        findings.push(
            at(manifest, value, Code::VersionForValidator, Severity::Note, title)
                .why(WHY)
                .cure("write three numbers, such as `\"1.0.0\"`"),
        );
    }
    if let Some((value, _)) = text("plugin_type").filter(|(_, kind)| kind == "action") {
        let title = "AiSOC's validator does not know the plugin type `action`";
        findings.push(
            at(manifest, value, Code::TypeForValidator, Severity::Note, title)
                .why(WHY)
                .cure("nothing, unless the plugin has to pass that command; `responder` does"),
        );
    }
}

fn is_three_numbers(version: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    version.split('.').count() == 3 && version.split('.').all(is_number)
}

/// What AiSOC's marketplace makes of the manifest (loader contract §9).
fn marketplace(snapshot: &Snapshot<'_>, manifest: &Manifest, findings: &mut Vec<Finding>) {
    let missing: Vec<_> = ADVISED
        .into_iter()
        .filter(|field| !manifest.get(field).is_some_and(Value::is_truthy))
        .map(|field| format!("`{field}`"))
        .collect();
    if let [first @ .., last] = missing.as_slice() {
        let (names, it) = match first {
            [] => (last.clone(), "it"),
            _ => (format!("{} or {last}", first.join(", ")), "them"),
        };
        findings.push(
            Finding::new(Code::ManifestFieldsAdvised, Severity::Note, format!("the manifest has no {names}"))
                .at(manifest.path().to_owned(), None)
                .why(format!(
                    "community plugins in AiSOC's repository should declare {it}, and its marketplace has a place for \
                     {it}; the loader does not look at {it}"
                ))
                .cure(format!("add {it}, and sign after that")),
        );
    }
    let Some(tier) = manifest.get("tier") else { return };
    match tier.kind() {
        Kind::Str(text) if text.as_str().is_some_and(|text| text.trim().eq_ignore_ascii_case("stable")) => {
            if is_aisocs_own(snapshot) {
                return;
            }
            let title = "`tier: stable` makes the plugin call itself verified";
            findings.push(
                at(manifest, tier, Code::TierSelfDeclared, Severity::Surprise, title)
                    .why("AiSOC's marketplace shows a plugin of the tier `stable` as verified, and nobody has verified it")
                    .cure("write `tier: community`, or leave the key out"),
            );
        }
        Kind::Str(_) | Kind::Null => {}
        _ => findings.push(
            at(manifest, tier, Code::TierNotText, Severity::Surprise, "`tier` is no text")
                .why("AiSOC's script that makes the marketplace's index crashes on it, for everybody's plugins")
                .cure("write `tier: community`, or leave the key out"),
        ),
    }
}

/// Tells whether the folder is one of AiSOC's own plugins in AiSOC's repository: `plugins/<id>`, beside the marketplace.
fn is_aisocs_own(snapshot: &Snapshot<'_>) -> bool {
    let Some(tree) = &snapshot.work_tree else { return false };
    let is_in_plugins = snapshot.dir.canonicalize().is_ok_and(|dir| dir.parent() == Some(&tree.top.join("plugins")));
    is_in_plugins && tree.top.join("marketplace/index.json").is_file()
}

fn look_alikes(snapshot: &Snapshot<'_>, manifest: &Manifest, findings: &mut Vec<Finding>) {
    let names = snapshot.top_level();
    for name in LOOK_ALIKES.into_iter().filter(|name| names.contains(*name)) {
        let own = manifest.path().file_name().map(|own| own.to_string_lossy().into_owned()).unwrap_or_default();
        findings.push(
            Finding::new(Code::ManifestLookAlike, Severity::Surprise, format!("`{name}` is not the manifest"))
                .at(snapshot.dir.join(name), None)
                .why(format!("AiSOC reads `{own}` alone; no signature covers `{name}`"))
                .cure("remove it, or move what is in it to the manifest"),
        );
    }
}

fn at(manifest: &Manifest, value: Value<'_>, code: Code, severity: Severity, title: impl Into<String>) -> Finding {
    let position = value.position();
    let place = Place { path: manifest.path().to_owned(), position: Some((position.line, position.column)) };
    Finding { place: Some(place), ..Finding::new(code, severity, title) }
}
