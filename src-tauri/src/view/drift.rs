//! The types as TypeScript, and the test that the UI has the same ones.

use aisoc_publisher_core::manifest::ReadAs;
use serde::Serialize;
use ts_rs::{Config, TS};

use super::edit::EditKind;
use super::entry::{EditValue, EntryField, EntryFieldName, EntrySource, EntrySuggestion};
use super::entry_checkout::{LeftOutFile, SubmissionNotice, SubmittedFile, SubmittedRole, Unfit};
use super::plugin::{CoveredFile, Severity, UncoveredFile, UncoveredKind};
use super::rehearsal::{LoaderStep, Since, StepResult, WouldImport};
use super::shipped::ShippedFinding;
use super::sign::{ModeVerdict, SignatureStatus, TrustMode};
use super::*;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/lib/backend/generated.ts");
const UPDATE: &str = "UPDATE_TYPES";

const HEAD: &str = "\
// Written by `UPDATE_TYPES=1 cargo test -p aisoc-publisher-desktop --lib types` from `src-tauri/src/view/`.
// A test fails when this file is anything else.
";

macro_rules! declarations {
    ($config:expr, $($type:ty),* $(,)?) => {
        [$(laid_out(&<$type>::docs().unwrap_or_default(), &<$type>::decl($config))),*].concat()
    };
}

fn typescript() -> String {
    let config = Config::new().with_large_int("number");
    let types = declarations!(
        &config,
        FolderHandle,
        FileHandle,
        KeyHandle,
        KitHandle,
        EditHandle,
        Operation,
        Place,
        Failure,
        Start,
        KeyringStatus,
        Kept,
        Origin,
        Done,
        RevokedReason,
        Revoked,
        Standing,
        WayOut,
        PublisherKey,
        KeyIdCheck,
        Passphrase,
        Keeping,
        SignedPlugin,
        SignedPlugins,
        ChosenFile,
        BackedUp,
        Drilled,
        KeyFile,
        Adopted,
        NextStep,
        Rotation,
        Revocation,
        Deletion,
        RecentPlugin,
        PluginView,
        Manifest,
        ManifestFact,
        Severity,
        Finding,
        OfferedEdit,
        EditKind,
        EditPreview,
        EditAnswer,
        Payload,
        CoveredFile,
        Uncovered,
        UncoveredFile,
        UncoveredKind,
        Changes,
        SignatureState,
        Causes,
        Since,
        SignAnswer,
        Signed,
        Rehearsal,
        LoaderStep,
        StepResult,
        WouldImport,
        Shipped,
        ShippedAs,
        ShippedFinding,
        TrustMode,
        SignatureStatus,
        ModeVerdict,
        EntryFieldName,
        EntrySource,
        EntryField,
        EntrySuggestion,
        EditValue,
        EntryEdit,
        EntryView,
        SaveAnswer,
        EntryCard,
        CheckAnswer,
        EntryCheck,
        EntryGoal,
        EntryGoalWish,
        IndexAct,
        IndexChange,
        PullRequest,
        IndexAnswer,
        ChosenFolder,
        SubmittedState,
        SubmittedRole,
        SubmittedFile,
        SubmissionWish,
        Unfit,
        LeftOutFile,
        SubmissionNotice,
        Submission,
        IndexScript,
        Copied,
        CopyAnswer,
        IndexBuilt,
        ScriptAnswer,
        HandOver,
        HandOverAnswer,
        HandOverRehearsal,
        Step,
        Progress,
        BackendEvent,
    );
    let read_as = words("ReadAs", "A kind of value.", ReadAs::ALL);
    format!("{HEAD}{types}{read_as}")
}

/// Declares the names that serde gives the variants of a type of the core's, which knows no TypeScript.
fn words(name: &str, docs: &str, all: &[impl Serialize]) -> String {
    let all: Vec<_> = all.iter().map(|word| serde_json::to_string(word).unwrap()).collect();
    laid_out(&format!("/** {docs} */\n"), &format!("type {name} = {};", all.join(" | ")))
}

/// Lays out one declaration for readers: a field or a variant to a line, a short comment on one.
fn laid_out(docs: &str, declaration: &str) -> String {
    let one_line = |text: &str| text.replace("/**\n * ", "/** ").replace("\n */\n", " */\n");
    let (mut out, mut depth, mut in_comment) = (String::new(), 0_usize, false);
    let mut rest = declaration;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("/*") {
            in_comment = true;
        }
        depth += usize::from(!in_comment && c == '{');
        depth -= usize::from(!in_comment && c == '}');
        let broken = match c {
            _ if in_comment => None,
            '|' if depth == 0 => Some("\n  |"),
            '{' if depth == 1 && !declaration.contains("} |") => Some("{\n  "),
            ',' if depth == 1 && !declaration.contains("} |") => Some(";\n  "),
            _ => None,
        };
        match broken {
            Some(text) => out.push_str(text),
            None => out.push(c),
        }
        if in_comment && out.ends_with("*/") {
            in_comment = false;
        }
        rest = &rest[c.len_utf8()..];
    }
    let lines = out.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(|line| {
        let text = line.trim_start();
        let outside = text.starts_with("type") || text.starts_with('}');
        if outside { text.to_owned() } else { format!("  {text}") }
    });
    let body = lines.collect::<Vec<_>>().join("\n").replace("  /**\n  * ", "  /** ").replace("\n  */\n", " */\n");
    // Every variant alike, the first one too.
    let body = if body.contains("\n  | ") { body.replacen(" = ", " =\n  | ", 1) } else { body };
    format!("\n{}export {body}\n", one_line(docs))
}

#[test]
fn types_are_the_same_in_typescript() {
    let now = typescript();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(PATH, &now).unwrap();
    }
    let there = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(
        now == there,
        "`generated.ts` is not what the types here give; run this test with `{UPDATE}=1` and look at the difference"
    );
}
