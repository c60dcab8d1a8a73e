//! What others see of an entry: the card of the marketplace page, and what reviewers and CI look at.

use std::path::Path;

use aisoc_publisher_core::Code;
use aisoc_publisher_core::entry::Prepared;
use aisoc_publisher_core::key::KeyId;
use aisoc_publisher_core::plugin_py::Answer;
use aisoc_publisher_core::preflight::Preflight;
use aisoc_publisher_core::rehearsal::Rehearsal;
use aisoc_publisher_core::verdict::Status;
use serde::Serialize;

use super::Failure;
use super::failure::code;

/// The card of the marketplace page (loader contract §9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct EntryCard {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Such as `Plugin` and `Community`.
    pub(crate) badges: Vec<String>,
    pub(crate) plugin_type: Option<String>,
    /// The languages that it is written in.
    pub(crate) chips: Vec<String>,
    /// With its `v`.
    pub(crate) version: String,
    /// The tags that are shown.
    pub(crate) tags: Vec<String>,
    /// The tags behind "+N".
    pub(crate) more_tags: Vec<String>,
    /// Whether the page's tier filter hides it until its reader changes that.
    pub(crate) hidden_at_first: bool,
}

impl EntryCard {
    /// Draws the card of an entry.
    pub(crate) fn of(prepared: &Prepared) -> Self {
        let Prepared { entry, card, .. } = prepared;
        let texts = |texts: &[&'static str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self {
            name: card.name.clone(),
            description: Some(card.description.clone()).filter(|text| !text.is_empty()),
            badges: texts(&card.badges),
            plugin_type: card.plugin_type.clone(),
            chips: texts(&card.chips),
            version: card.version.clone(),
            tags: card.tags_shown.clone(),
            more_tags: entry.tags.iter().skip(card.tags_shown.len()).cloned().collect(),
            hidden_at_first: card.hidden_by_tier_filter,
        }
    }
}

/// What is found today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum CheckAnswer {
    /// As it is wanted.
    Met,
    /// Somebody rejects it.
    Unmet,
    /// Nobody rejects it, and it is asked for.
    Advised,
    /// It cannot be told from here.
    Unknown,
}

/// One thing that reviewers or CI look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct EntryCheck {
    /// What is looked at. Names in backticks, as in the others.
    pub(crate) title: String,
    pub(crate) answer: CheckAnswer,
    /// What was seen.
    pub(crate) seen: String,
    /// What to do about it.
    pub(crate) cure: Option<String>,
}

/// What is wanted, the findings that say that it is not so, how much that matters, and what is seen where there are none.
struct Wanted {
    title: &'static str,
    codes: &'static [Code],
    otherwise: CheckAnswer,
    seen: &'static str,
}

/// What AiSOC's validator, its guide for community plugins and its index script ask for (loader contract §9).
const WANTED: [Wanted; 8] = [
    Wanted {
        title: "The id passes AiSOC’s validator",
        codes: &[Code::IdForValidator],
        otherwise: CheckAnswer::Unmet,
        seen: "small letters, digits, `_` and `-` alone",
    },
    Wanted {
        title: "The version is three numbers",
        codes: &[Code::VersionForValidator],
        otherwise: CheckAnswer::Unmet,
        seen: "as AiSOC’s validator wants it",
    },
    Wanted {
        title: "The plugin type is one that the validator knows",
        codes: &[Code::TypeForValidator],
        otherwise: CheckAnswer::Unmet,
        seen: "it is",
    },
    Wanted {
        title: "`tier` claims nothing that AiSOC has not granted",
        codes: &[Code::TierSelfDeclared, Code::TierNotText],
        otherwise: CheckAnswer::Unmet,
        seen: "the marketplace shows a community plugin",
    },
    Wanted {
        title: "Licence, homepage and the least version of AiSOC are declared",
        codes: &[Code::ManifestFieldsAdvised],
        otherwise: CheckAnswer::Advised,
        seen: "the manifest has all three",
    },
    Wanted {
        title: "There is a README.md",
        codes: &[Code::ReadmeMissing],
        otherwise: CheckAnswer::Advised,
        seen: "it is in the plugin’s folder",
    },
    Wanted {
        title: "Tests cover 80 % of the lines",
        codes: &[Code::TestsMissing, Code::CoverageUnknown, Code::CoverageLow],
        otherwise: CheckAnswer::Advised,
        seen: "`coverage.xml` says so",
    },
    Wanted {
        title: "There is a code of conduct",
        codes: &[Code::CodeOfConductMissing],
        otherwise: CheckAnswer::Advised,
        seen: "it is in the folder or its repository",
    },
];

impl EntryCheck {
    /// Tells whether an answer of [`Self::of_look`] is about a finding with this code.
    pub(crate) fn answers(finding: &str) -> bool {
        WANTED.iter().flat_map(|wanted| wanted.codes).any(|known| code(*known) == finding)
    }

    /// Answers what is wanted of a plugin from what was found in its folder.
    pub(crate) fn of_look(look: &Preflight) -> Vec<Self> {
        // Where something could not be read, that nothing was found says nothing.
        let whole = look.manifest.is_some() && look.uncovered.is_some();
        let stops = look.findings.iter().find(|finding| finding.severity.is_error());
        let title = "Nothing stops the plugin or gives a secret away";
        let first = match stops {
            None => Self::met(title, "there is no such finding"),
            Some(finding) => Self::not(title, CheckAnswer::Unmet, &finding.title, finding.cure.as_deref()),
        };
        let wanted = WANTED.iter().map(|Wanted { title, codes, otherwise, seen }| {
            let against = look.findings.iter().find(|finding| codes.iter().any(|known| code(*known) == finding.code));
            match against {
                Some(finding) => Self::not(title, *otherwise, &finding.title, finding.cure.as_deref()),
                None if whole => Self::met(title, seen),
                None => Self::not(title, CheckAnswer::Unknown, "not everything in the folder could be read", None),
            }
        });
        [first].into_iter().chain(wanted).collect()
    }

    /// Answers what the loader would say that trusts the entry's key alone.
    pub(crate) fn of_rehearsal(rehearsal: &Rehearsal, key_id: &KeyId, folder: &Path) -> [Self; 2] {
        let (title, strict) = ("AiSOC loads it as `verified` in strict mode", &rehearsal.verdict.strict);
        let verified = strict.goes_on() == Some(true) && strict.signature_status == Some(Status::Verified);
        let signature = match rehearsal.finding() {
            _ if verified => Self::met(title, &format!("signed by `{key_id}`, judged just now")),
            Some(finding) => Self::of_failure(title, CheckAnswer::Unmet, &Failure::of(&**finding, Some(folder))),
            None => Self::not(title, CheckAnswer::Unmet, "it does not verify with this key", None),
        };
        let (title, import) = ("`plugin.py` can be imported", &rehearsal.would_import);
        let reason = import.reason.as_ref().map(|reason| Failure::of(reason, Some(folder)));
        let import = match (import.answer, reason) {
            (Answer::Yes, _) => Self::met(title, "it defines a `Plugin` that needs no arguments"),
            (Answer::No, Some(reason)) => Self::of_failure(title, CheckAnswer::Unmet, &reason),
            (_, Some(reason)) => Self::of_failure(title, CheckAnswer::Unknown, &reason),
            (_, None) => Self::not(title, CheckAnswer::Unknown, "reading alone does not tell", None),
        };
        [signature, import]
    }

    fn met(title: &str, seen: &str) -> Self {
        Self::not(title, CheckAnswer::Met, seen, None)
    }

    fn not(title: &str, answer: CheckAnswer, seen: &str, cure: Option<&str>) -> Self {
        Self { title: title.to_owned(), answer, seen: seen.to_owned(), cure: cure.map(str::to_owned) }
    }

    fn of_failure(title: &str, answer: CheckAnswer, failure: &Failure) -> Self {
        Self::not(title, answer, &failure.message, failure.hint.as_deref())
    }
}
