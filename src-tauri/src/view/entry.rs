//! The marketplace entry, field by field and as text.

use aisoc_publisher_core::entry::{Prepared, Problem, Rule, Source};
use serde::{Deserialize, Serialize};

use super::{EntryCard, Failure};

/// The fields of the documented entry, in the documented order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum EntryFieldName {
    Id,
    Name,
    Type,
    Description,
    Author,
    Version,
    Tags,
    Url,
    Install,
    SigningKeyId,
}

impl EntryFieldName {
    /// Returns the name as the entry has it.
    fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::Type => "type",
            Self::Description => "description",
            Self::Author => "author",
            Self::Version => "version",
            Self::Tags => "tags",
            Self::Url => "url",
            Self::Install => "install",
            Self::SigningKeyId => "signing_key_id",
        }
    }

    /// Every field, in the documented order.
    pub(crate) const ALL: [Self; 10] = [
        Self::Id,
        Self::Name,
        Self::Type,
        Self::Description,
        Self::Author,
        Self::Version,
        Self::Tags,
        Self::Url,
        Self::Install,
        Self::SigningKeyId,
    ];
}

/// Where a value comes from; `typed` now, `remembered` from an earlier time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum EntrySource {
    Manifest,
    Key,
    Fixed,
    Typed,
    Remembered,
    Missing,
}

/// A text, or the list of `tags`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum EditValue {
    Text(String),
    List(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct EntryField {
    pub(crate) name: EntryFieldName,
    /// A list for `tags`; null when missing.
    pub(crate) value: Option<EditValue>,
    pub(crate) source: EntrySource,
    /// Whether `edits` may set it.
    pub(crate) editable: bool,
    /// What is wrong with the value, or why it has to be there; of one that only the manifest can give, why it is not.
    pub(crate) problem: Option<String>,
    /// What should be known of the value, which is taken all the same.
    pub(crate) warnings: Vec<String>,
    /// Other values that the project proposes.
    pub(crate) suggestions: Vec<EntrySuggestion>,
}

/// A value that something in the project proposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct EntrySuggestion {
    pub(crate) value: String,
    /// Where it comes from, such as "`pyproject.toml`".
    pub(crate) from: String,
    /// Whether it may stand in the field where nobody says otherwise.
    pub(crate) fits: bool,
}

/// A value set in the window; an empty one unsets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct EntryEdit {
    pub(crate) name: EntryFieldName,
    pub(crate) value: EditValue,
    /// Whether it is a suggestion that nobody agreed to yet, which is not remembered.
    #[serde(default)]
    pub(crate) proposed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct EntryView {
    /// All ten, in the documented order.
    pub(crate) fields: Vec<EntryField>,
    /// The exact text that Copy and Save give.
    pub(crate) json: String,
    /// How the marketplace page shows it.
    pub(crate) card: EntryCard,
    /// Whether `plugin.sig` verifies with the entry's key now; without it the entry is a draft.
    pub(crate) signed: bool,
    /// The fields that still need a value, in order.
    pub(crate) missing: Vec<EntryFieldName>,
    /// Whether `url` and `install` are remembered for this plugin; not where it was forgotten while it was open.
    pub(crate) remembered: bool,
}

/// What came of a save dialog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum SaveAnswer {
    Saved {
        #[serde(rename = "where")]
        place: String,
    },
    Dismissed,
}

/// What is added to the manifest: typed now, or remembered from an earlier release.
#[derive(Debug, Clone, Default)]
pub(crate) struct Additions {
    typed: [Option<String>; 2],
    /// Whether what is typed is only proposed.
    proposed: [bool; 2],
    remembered: [Option<String>; 2],
}

const URL: usize = 0;
const INSTALL: usize = 1;

impl Additions {
    /// Takes the edits of the two fields that can be edited, and what is remembered for the others.
    pub(crate) fn new(edits: &[EntryEdit], url: Option<String>, install: Option<String>) -> Self {
        let edits = [EntryFieldName::Url, EntryFieldName::Install]
            .map(|name| edits.iter().rev().find(|edit| edit.name == name));
        let text = |edit: &EntryEdit| match &edit.value {
            EditValue::Text(text) => text.clone(),
            EditValue::List(texts) => texts.join(" "),
        };
        Self {
            typed: edits.map(|edit| edit.map(text)),
            proposed: edits.map(|edit| edit.is_some_and(|edit| edit.proposed)),
            remembered: [url, install],
        }
    }

    pub(crate) fn url(&self) -> Option<String> {
        self.value(URL)
    }

    pub(crate) fn install(&self) -> Option<String> {
        self.value(INSTALL)
    }

    /// What counts: a text that was emptied now is not brought back from memory.
    fn value(&self, field: usize) -> Option<String> {
        let value = self.typed[field].as_ref().or(self.remembered[field].as_ref());
        value.filter(|text| !text.trim().is_empty()).cloned()
    }

    /// Returns url and install line as they should be remembered; nothing where that is what is remembered already.
    pub(crate) fn to_remember(&self, problems: &Problems) -> Option<[Option<String>; 2]> {
        let usable = |field: usize, problem: &Option<Failure>| match problem {
            None if !self.proposed[field] => self.value(field),
            _ => self.remembered[field].clone(),
        };
        let now = [usable(URL, &problems.url), usable(INSTALL, &problems.install)];
        (now != self.remembered).then_some(now)
    }

    fn source(&self, field: usize) -> EntrySource {
        if self.typed[field].is_some() { EntrySource::Typed } else { EntrySource::Remembered }
    }
}

/// What was typed and cannot be used.
#[derive(Debug, Clone, Default)]
pub(crate) struct Problems {
    pub(crate) url: Option<Failure>,
    pub(crate) install: Option<Failure>,
}

impl Problems {
    /// Fails with the first problem.
    pub(crate) fn none(&self) -> Result<(), Failure> {
        self.url.as_ref().or(self.install.as_ref()).map_or(Ok(()), |problem| Err(problem.clone()))
    }
}

impl EntryView {
    /// Writes the exact text that Copy and Save give.
    pub(crate) fn text(prepared: &Prepared) -> String {
        format!("{}\n", prepared.entry.to_json())
    }

    /// Writes a prepared entry, with what was typed even where it cannot be used.
    pub(crate) fn of(prepared: &Prepared, additions: &Additions, problems: &Problems, remembered: bool) -> Self {
        let fields: Vec<_> =
            EntryFieldName::ALL.into_iter().map(|name| field(name, prepared, additions, problems)).collect();
        // What the manifest lacks is said beside its field. An entry without it is still one that indexes take.
        let missing = fields.iter().filter(|field| field.editable && field.value.is_none());
        let missing = missing.map(|field| field.name).collect();
        Self {
            missing,
            json: Self::text(prepared),
            card: EntryCard::of(prepared),
            signed: prepared.verified,
            fields,
            remembered,
        }
    }
}

fn field(name: EntryFieldName, prepared: &Prepared, additions: &Additions, problems: &Problems) -> EntryField {
    let Prepared { entry, .. } = prepared;
    let text = |text: &str| Some(EditValue::Text(text.to_owned()));
    let of = |text: &Option<String>| text.clone().map(EditValue::Text);
    let (value, problem, typed) = match name {
        EntryFieldName::Id => (text(entry.id.as_str()), None, None),
        EntryFieldName::Name => (text(&entry.name), None, None),
        EntryFieldName::Type => (text(entry.item_type), None, None),
        EntryFieldName::Description => (of(&entry.description), None, None),
        EntryFieldName::Author => (of(&entry.author), None, None),
        EntryFieldName::Version => (text(&entry.version), None, None),
        EntryFieldName::Tags => {
            (Some(entry.tags.clone()).filter(|tags| !tags.is_empty()).map(EditValue::List), None, None)
        }
        EntryFieldName::Url => (of(&additions.url().or(entry.url.clone())), problems.url.as_ref(), Some(URL)),
        EntryFieldName::Install => (of(&additions.install()), problems.install.as_ref(), Some(INSTALL)),
        EntryFieldName::SigningKeyId => (text(entry.signing_key_id.as_str()), None, None),
    };
    let source = match (name, typed) {
        _ if value.is_none() => EntrySource::Missing,
        (EntryFieldName::Type, _) => EntrySource::Fixed,
        (EntryFieldName::SigningKeyId, _) => EntrySource::Key,
        (_, Some(field)) if additions.value(field).is_some() => additions.source(field),
        _ => EntrySource::Manifest,
    };
    let said = |problem: &&Problem| sentences(&problem.message, problem.cure.as_deref());
    // What the card cuts, the window measures for itself.
    let shown = |problem: &&Problem| !matches!(problem.rule, Rule::CardCuts | Rule::TagsHidden);
    let broken = || prepared.problems.iter().filter(|problem| problem.field() == Some(name.as_str())).filter(shown);
    let broken_rule = broken().find(|problem| problem.is_error());
    let problem = match (problem, &value) {
        (Some(problem), _) => Some(sentences(&problem.message, problem.hint.as_deref())),
        (None, None) => Some(why_missing(name, prepared.verified)),
        (None, Some(_)) => broken_rule.as_ref().map(said),
    };
    let suggestions = suggestions(name, value.as_ref(), prepared);
    EntryField {
        name,
        value,
        source,
        editable: typed.is_some(),
        problem,
        warnings: broken().filter(|problem| !problem.is_error()).map(|problem| said(&problem)).collect(),
        suggestions,
    }
}

fn why_missing(name: EntryFieldName, signed: bool) -> String {
    match (name, signed) {
        (EntryFieldName::Url, _) => "Where people find the source or the package page.".to_owned(),
        (EntryFieldName::Install, _) => "The one command that installs it.".to_owned(),
        // An entry without it is taken, so it is no reason to sign once more.
        (_, true) => "Not in the manifest, so left out. The next release can have it.".to_owned(),
        (_, false) => "Not in the manifest, so left out. Add it there before you sign to have it.".to_owned(),
    }
}

/// Returns what the project proposes for a field that has another value, or none.
fn suggestions(name: EntryFieldName, value: Option<&EditValue>, prepared: &Prepared) -> Vec<EntrySuggestion> {
    let is_there = |text: &str| matches!(value, Some(EditValue::Text(there)) if there == text);
    let offered = prepared.suggestions.iter().filter(|one| one.field == name.as_str() && !is_there(&one.value));
    offered
        .map(|one| {
            let from = match &one.source {
                Source::Project(key) => format!("`pyproject.toml`, `{key}`"),
                Source::GoModule => "`go.mod`".to_owned(),
                _ => "the Git remote `origin`".to_owned(),
            };
            let from = one.said.map_or(from.clone(), |said| format!("{from}; {said}"));
            EntrySuggestion { value: one.value.clone(), from, fits: one.fits }
        })
        .collect()
}

/// Writes a message and its hint as two sentences.
fn sentences(message: &str, hint: Option<&str>) -> String {
    [Some(message), hint].into_iter().flatten().map(super::sentence).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(name: EntryFieldName, text: &str) -> EntryEdit {
        EntryEdit { name, value: EditValue::Text(text.to_owned()), proposed: false }
    }

    #[test]
    fn what_is_typed_counts_over_what_is_remembered() {
        let remembered = || Some("https://old.example".to_owned());
        let none = Additions::new(&[], remembered(), None);
        assert_eq!((none.url().as_deref(), none.source(URL)), (Some("https://old.example"), EntrySource::Remembered));
        let typed = Additions::new(&[edit(EntryFieldName::Url, "https://new.example")], remembered(), None);
        assert_eq!((typed.url().as_deref(), typed.source(URL)), (Some("https://new.example"), EntrySource::Typed));
        let emptied = Additions::new(&[edit(EntryFieldName::Url, " ")], remembered(), None);
        assert_eq!(emptied.url(), None);
        assert_eq!(none.to_remember(&Problems::default()), None);
        assert_eq!(emptied.to_remember(&Problems::default()), Some([None, None]));
        let wrong = Problems { url: Some(Failure::own("x", String::new())), install: None };
        assert_eq!(typed.to_remember(&wrong), None, "what cannot be used is not remembered");
        let guess = EntryEdit { proposed: true, ..edit(EntryFieldName::Install, "pip install guess") };
        let proposed = Additions::new(&[guess], None, None);
        assert_eq!(proposed.install().as_deref(), Some("pip install guess"));
        assert_eq!(proposed.to_remember(&Problems::default()), None, "what nobody agreed to is not remembered");
    }

    #[test]
    fn each_name_is_the_entrys() {
        for name in EntryFieldName::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.as_str());
        }
    }

    #[test]
    fn only_two_fields_can_be_edited() {
        let edits = EntryFieldName::ALL.map(|name| edit(name, "x"));
        let additions = Additions::new(&edits, None, None);
        assert_eq!((additions.url().as_deref(), additions.install().as_deref()), (Some("x"), Some("x")));
    }
}
