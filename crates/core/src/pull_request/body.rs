//! The text of a pull request, in Markdown.

use std::fmt::Write as _;
use std::path::Path;

use super::difference;
use crate::checkout::SCRIPT;
use crate::checkout::script::ScriptReport;
use crate::files::printable;
use crate::index::{Change, plain_version};
use crate::key::{KeyId, PublicKey};
use crate::manifest::PluginId;
use crate::patch::visible;
use crate::plugin_py::Answer;
use crate::preflight::{Finding, Preflight, Severity};
use crate::rehearsal::Rehearsal;
use crate::verdict::{ModeVerdict, TrustMode};

/// How many characters of a stranger's text are shown. A forge takes 65,536 for the whole.
const MAX_TEXT: usize = 2000;

/// How many characters an entry may have to be shown.
const MAX_ENTRY: usize = 20_000;

/// How many findings are listed.
const MAX_FINDINGS: usize = 40;

/// What the text is about.
pub(super) struct Texts<'a> {
    /// The plugin's folder, of which the text has no trace.
    pub(super) dir: &'a Path,
    pub(super) id: &'a PluginId,
    pub(super) version: &'a str,
    /// Name, description and author, in the author's words.
    pub(super) words: [Option<&'a str>; 3],
    pub(super) key: (&'a KeyId, &'a PublicKey),
    pub(super) found: &'a Preflight,
    pub(super) rehearsal: &'a Rehearsal,
    pub(super) shown: Shown<'a>,
    /// The change of an index that the pull request brings.
    pub(super) change: Option<&'a Change>,
    /// Whether it brings the plugin's files.
    pub(super) has_files: bool,
}

/// What a marketplace is going to have of the plugin, as JSON.
pub(super) enum Shown<'a> {
    /// The documented entry.
    Entry(&'a str),
    /// The item that AiSOC's script makes of the manifest, or has made.
    Item { json: &'a str, report: Option<&'a ScriptReport> },
}

impl Shown<'_> {
    pub(super) fn json(&self) -> &str {
        match self {
            Self::Entry(json) | Self::Item { json, .. } => json,
        }
    }

    pub(super) fn file_name(&self) -> &'static str {
        match self {
            Self::Entry(_) => "entry.json",
            Self::Item { .. } => "item.json",
        }
    }

    /// The heading, and what stands above the JSON.
    fn introduction(&self) -> String {
        match self {
            Self::Entry(_) => "The entry\n\n".to_owned(),
            Self::Item { report: Some(report), .. } => format!(
                "The item of the index\n\nThe repository's own `{SCRIPT}` made it of the manifest. It was {}, and no other item changed.\n\n",
                report.item.word()
            ),
            Self::Item { report: None, .. } => format!(
                "The item of the index\n\nThe repository's own `{SCRIPT}` makes it of the manifest. By its rules these fields come out; newer \
                 versions may add some.\n\n"
            ),
        }
    }
}

pub(super) fn write(texts: &Texts<'_>, pem: &str, check_script: &str) -> String {
    let Texts { rehearsal, key: (key_id, key), .. } = texts;
    let version = plain_version(texts.version).map(|version| format!(", version `{version}`")).unwrap_or_default();
    let digest = rehearsal.verdict.digest.map_or_else(|| "none".to_owned(), |digest| format!("`{digest}`"));
    let files = match rehearsal.files.as_ref().map_or(0, |files| files.len()) {
        1 => "1 `.py` file".to_owned(),
        count => format!("{count} `.py` files"),
    };
    let mut body = format!("The plugin `{}`{version}, in its author's words:\n\n", texts.id);
    body += &fenced("text", &words(texts.words));
    let _ = write!(
        body,
        "
| | |
|---|---|
| signed by the key | `{key_id}` |
| its fingerprint (SHA-256 of the SPKI DER) | `{}` |
| digest that is signed | {digest} |
| what the signature covers | the manifest without its `signature` and `trust`, and {files}; nothing else in the folder |
{}
## What AiSOC's loader answers

With this key, and no other, among the trusted ones:

| `PLUGIN_TRUST_MODE` | answer |
|---|---|
",
        key.fingerprint(),
        texts.change.map(difference::of).unwrap_or_default()
    );
    for mode in TrustMode::ALL {
        let _ = writeln!(body, "| `{mode}` | {} |", answer(rehearsal.verdict.mode(mode)));
    }
    let import = match rehearsal.would_import.answer {
        Answer::Yes => "After that it can import `plugin.py` and make its `Plugin`, as far as reading tells.",
        Answer::No => "After that it fails on `plugin.py`.",
        Answer::CannotTell => "Whether it can then import `plugin.py` cannot be told by reading.",
    };
    let _ = write!(
        body,
        "
{import}

## The public key

It and its fingerprint come from the author, as this text does: compare them with what the author says elsewhere. Operators keep it as
`{}` in `PLUGIN_TRUSTED_KEYS_DIR`.

{}",
        key_id.public_file_name(),
        fenced("text", pem)
    );
    let _ = write!(body, "\n## What the publisher's own checks found\n\n{}", findings(texts.dir, texts.found));
    let json = texts.shown.json();
    let _ = write!(body, "\n## {}", texts.shown.introduction());
    body += &match json.len() {
        ..=MAX_ENTRY => fenced("json", json),
        length => format!("It has {length} characters, which is too long to be shown here.\n"),
    };
    let folder = if texts.has_files {
        "The plugin's folder is the one in this pull request."
    } else {
        "The plugin's folder is not in this pull request. Get it where the entry's `url` leads, or ask the author."
    };
    let _ = write!(
        body,
        "
## Check it yourself

{folder}

Save this as `check.py`, outside of the plugin's folder, and run `python3 check.py FOLDER` on that folder. It needs PyYAML and
`cryptography`, which AiSOC itself depends on, and runs nothing of the plugin.

{}",
        fenced("python", check_script)
    );
    let _ = writeln!(body, "\nWritten by AiSOC Publisher {}.", env!("CARGO_PKG_VERSION"));
    body
}

/// The author's words, cut where they are too long.
fn words(words: [Option<&str>; 3]) -> String {
    words.into_iter().flatten().map(|text| cut(text.trim_end())).collect::<Vec<_>>().join("\n\n")
}

pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{} … ({} more characters)", &text[..end], text[end..].chars().count()),
        None => text.to_owned(),
    }
}

/// Puts text into a fenced block that nothing in it can end; control and direction characters become escapes.
pub(super) fn fenced(language: &str, text: &str) -> String {
    let text: Vec<_> = text.trim_end_matches('\n').split('\n').map(visible).collect();
    let text = text.join("\n");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    format!("{fence}{language}\n{text}\n{fence}\n")
}

fn answer(verdict: &ModeVerdict) -> String {
    match (verdict.goes_on(), verdict.signature_status) {
        (Some(true), Some(status)) => format!("loads, `{}`", status.as_str()),
        (Some(true), None) => "loads".to_owned(),
        (Some(false), _) => format!("refused: `{}`", verdict.reason.as_str()),
        (None, _) => format!("cannot be told: `{}`", verdict.reason.as_str()),
    }
}

fn findings(dir: &Path, found: &Preflight) -> String {
    if found.findings.is_empty() {
        return "Nothing.\n".to_owned();
    }
    let counted: Vec<_> = Severity::ALL
        .iter()
        .map(|severity| (found.count(*severity), label(*severity)))
        .filter(|(count, _)| *count > 0)
        .map(|(count, label)| format!("{label}: {count}"))
        .collect();
    let mut lines: Vec<_> = found.findings.iter().take(MAX_FINDINGS).map(|finding| line(dir, finding)).collect();
    if found.findings.len() > MAX_FINDINGS {
        lines.push(format!("… {} more", found.findings.len() - MAX_FINDINGS));
    }
    format!("{}.\n\n{}", counted.join(", "), fenced("text", &lines.join("\n")))
}

/// A finding on one line, with names below the plugin's folder: where that lies is the author's own business.
fn line(dir: &Path, finding: &Finding) -> String {
    let (above, whole) = (format!("`{}/", dir.display()), format!("`{}`", dir.display()));
    let place = finding.place.as_ref().and_then(|place| {
        let name = place.path.strip_prefix(dir).ok().filter(|name| !name.as_os_str().is_empty())?;
        let position = place.position.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
        Some(format!(" ({}{position})", name.display()))
    });
    let title = finding.title.replace(&above, "`").replace(&whole, "the folder");
    printable(&cut(&format!("{}: {title}{}", label(finding.severity), place.unwrap_or_default())))
}

fn label(severity: Severity) -> &'static str {
    match severity {
        Severity::Stops => "stops loading",
        Severity::Exposes => "gives a secret away",
        Severity::BreaksLater => "will break later",
        Severity::Surprise => "surprise",
        Severity::Note => "note",
    }
}
