//! What the marketplace page's card shows of an entry, and what it cuts: loader contract §9.
//!
//! The page measures in pixels and this in characters, so what is cut is an estimate; the window measures for real.

use serde::Serialize;
use serde_json::{Map, Value};

use super::Entry;
use super::problem::{Problem, Rule, shown};
use crate::manifest::Manifest;

/// So many lines of the name are shown.
pub const NAME_LINES: usize = 2;

/// So many lines of the description are shown.
pub const DESCRIPTION_LINES: usize = 3;

/// So many tags are shown; the others are counted.
pub const TAGS: usize = 4;

/// Characters in a line of the name: 16 px semibold on a card that leaves about 320 px for text.
pub const NAME_WIDTH: usize = 34;

/// Characters in a line of the description: 14 px in the same width.
pub const DESCRIPTION_WIDTH: usize = 46;

/// A card as the marketplace page draws it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Card {
    /// The whole name; what is cut of it stands in `cuts`.
    pub name: String,
    /// The whole description, with its line breaks as spaces.
    pub description: String,
    /// `Plugin`, and `Community` or `Verified`.
    pub badges: [&'static str; 2],
    /// What the plugin is for; an entry alone does not say.
    pub plugin_type: Option<String>,
    /// `Py` and `Go`, for what the plugin is written in; an entry alone does not say.
    pub chips: Vec<&'static str>,
    /// The version behind its `v`.
    pub version: String,
    /// The tags that are shown.
    pub tags_shown: Vec<String>,
    /// How many more there are, shown as `+N`.
    pub more_tags: usize,
    /// Whether the page's tier filter, which starts at `stable`, hides the card until the reader changes it.
    pub hidden_by_tier_filter: bool,
    /// What is not shown.
    pub cuts: Vec<Cut>,
}

/// Something that the card cuts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cut {
    /// The entry's field.
    pub field: &'static str,
    /// How many lines there are for it.
    pub lines: usize,
    /// What is left of a text, with `…` at its end; nothing for tags, which are counted.
    pub kept: Option<String>,
}

impl Card {
    /// Draws the card of an entry.
    pub fn of(entry: &Entry) -> Self {
        match serde_json::to_value(entry) {
            Ok(Value::Object(fields)) => Self::of_json(&fields),
            // An entry is an object of texts; there is no other case.
            _ => Self::of_json(&Map::new()),
        }
    }

    /// Draws the card of an entry, or of an item that AiSOC's script made, which says more.
    pub fn of_json(entry: &Map<String, Value>) -> Self {
        let text = |field: &str| entry.get(field).and_then(Value::as_str).unwrap_or_default();
        let list = |field: &str| -> Vec<&str> {
            let items = entry.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            items.iter().filter_map(Value::as_str).collect()
        };
        let name = one_line(text("name"));
        let description = one_line(text("description"));
        let mut cuts = Vec::new();
        cuts.extend(Cut::of("name", &name, NAME_LINES, NAME_WIDTH));
        cuts.extend(Cut::of("description", &description, DESCRIPTION_LINES, DESCRIPTION_WIDTH));
        let tags = list("tags");
        let more_tags = tags.len().saturating_sub(TAGS);
        if more_tags > 0 {
            cuts.push(Cut { field: "tags", lines: 1, kept: None });
        }
        let verified = entry.get("verified") == Some(&Value::Bool(true));
        let sdks = list("sdks");
        let chip = |sdk, chip| sdks.contains(&sdk).then_some(chip);
        Self {
            name,
            description,
            badges: ["Plugin", if verified { "Verified" } else { "Community" }],
            plugin_type: entry.get("plugin_type").and_then(Value::as_str).map(str::to_owned),
            chips: [chip("python", "Py"), chip("go", "Go")].into_iter().flatten().collect(),
            version: format!("v{}", text("version")),
            tags_shown: tags.iter().take(TAGS).map(|tag| (*tag).to_owned()).collect(),
            more_tags,
            hidden_by_tier_filter: !text("tier").eq_ignore_ascii_case("stable"),
            cuts,
        }
    }

    /// Adds what AiSOC's script would take from the plugin itself.
    pub(super) fn with_plugin(self, manifest: &Manifest, python: bool, go: bool) -> Self {
        let said = |key| manifest.get(key).and_then(|value| value.python_str()).map(|text| text.to_string_lossy());
        let stable = said("tier").is_some_and(|tier| tier.trim().eq_ignore_ascii_case("stable"));
        Self {
            badges: ["Plugin", if stable { "Verified" } else { "Community" }],
            plugin_type: said("plugin_type"),
            chips: [python.then_some("Py"), go.then_some("Go")].into_iter().flatten().collect(),
            hidden_by_tier_filter: !stable,
            ..self
        }
    }
}

impl Cut {
    fn of(field: &'static str, text: &str, lines: usize, width: usize) -> Option<Self> {
        kept(text, lines, width).map(|kept| Self { field, lines, kept: Some(kept) })
    }

    /// Words it for whoever wrote the entry.
    pub(super) fn into_problem(self) -> Problem {
        let pointer = format!("/{}", self.field);
        let Some(kept) = self.kept else {
            let message = format!("the card shows the first {TAGS} tags and counts the others");
            return Problem::new(Rule::TagsHidden, pointer, message).cure("put those first that people search for");
        };
        let end: Vec<_> = kept.chars().rev().take(24).collect();
        let end: String = end.into_iter().rev().collect();
        let message =
            format!("the card has {} lines for `{}` and ends it about here: {}", self.lines, self.field, shown(&end));
        Problem::new(Rule::CardCuts, pointer, message).cure("say what matters before that, or say it shorter")
    }
}

/// White space as a page shows it: one space for any of it, none around.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Breaks a text at its spaces as a page does; returns what is left of it where the lines do not hold it.
fn kept(text: &str, lines: usize, width: usize) -> Option<String> {
    let (mut line, mut column, mut end) = (1, 0, 0);
    let mut at = 0;
    for word in text.split(' ') {
        let wide: usize = word.chars().map(columns).sum();
        let needed = if column == 0 { wide } else { wide + 1 };
        if column + needed > width && column > 0 {
            line += 1;
            column = 0;
        }
        if line > lines {
            return Some(with_ellipsis(&text[..end], width));
        }
        if wide > width {
            // One word that is longer than a line is broken anywhere.
            let room = (lines - line + 1) * width;
            if wide > room {
                let mut used = 0;
                let fits = word.chars().take_while(|c| {
                    used += columns(*c);
                    used < room
                });
                let length: usize = fits.map(char::len_utf8).sum();
                return Some(format!("{}…", &text[..at + length]));
            }
            line += (wide - 1) / width;
            column = (wide - 1) % width + 1;
        } else {
            column += if column == 0 { wide } else { wide + 1 };
        }
        at += word.len();
        end = at;
        at += 1;
    }
    None
}

/// Ends the last line with `…`, in place of its last character where there is no room for one more.
fn with_ellipsis(text: &str, width: usize) -> String {
    let full = text.chars().count().is_multiple_of(width);
    let text = if full { text.char_indices().next_back().map_or("", |(at, _)| &text[..at]) } else { text };
    format!("{}…", text.trim_end())
}

/// East Asian wide characters and emoji take two columns (Unicode TR 11), everything else one.
fn columns(c: char) -> usize {
    match c {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn card(value: Value) -> Card {
        Card::of_json(value.as_object().unwrap())
    }

    /// Loader contract §9: a "Plugin" badge and "Community" or "Verified", `v<version>`, four tags and "+N", and the page's
    /// filter starts at "stable".
    #[test]
    fn the_documented_entry_on_its_card() {
        let card = card(json!({
            "id": "myorg.virustotal", "name": "VirusTotal Enricher", "type": "plugin",
            "description": "Enriches IPs, domains\nand hashes via VirusTotal API.\n", "version": "1.0.0",
            "tags": ["a", "b", "c", "d", "e", "f"],
        }));
        assert_eq!(card.badges, ["Plugin", "Community"]);
        assert_eq!(card.version, "v1.0.0");
        assert_eq!(card.description, "Enriches IPs, domains and hashes via VirusTotal API.");
        assert_eq!(
            (card.tags_shown.as_slice(), card.more_tags),
            (["a", "b", "c", "d"].map(str::to_owned).as_slice(), 2)
        );
        assert!(card.hidden_by_tier_filter && card.chips.is_empty() && card.plugin_type.is_none());
        assert_eq!(card.cuts, [Cut { field: "tags", lines: 1, kept: None }]);
    }

    #[test]
    fn an_item_of_aisocs_script_says_more() {
        let card = card(json!({
            "id": "x", "type": "plugin", "name": "X", "version": "1", "plugin_type": "connector",
            "sdks": ["python", "go"], "tier": "stable", "verified": true, "tags": ["a", "b", "c", "d"],
        }));
        assert_eq!(card.badges, ["Plugin", "Verified"]);
        assert_eq!((card.chips.as_slice(), card.plugin_type.as_deref()), (["Py", "Go"].as_slice(), Some("connector")));
        assert!(!card.hidden_by_tier_filter && card.more_tags == 0 && card.cuts.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn what_is_kept_starts_the_text_and_fits(text in "[a-z \u{65e5}]{0,200}|\\PC{0,200}") {
            let text = one_line(&text);
            let wide: usize = text.chars().map(columns).sum();
            match kept(&text, 3, 20) {
                Some(kept) => {
                    let start = kept.strip_suffix('…').unwrap();
                    proptest::prop_assert!(text.starts_with(start) && start.len() < text.len(), "{text:?} {kept:?}");
                    proptest::prop_assert!(kept.chars().map(columns).sum::<usize>() <= 3 * 20 + 3, "{text:?} {kept:?}");
                }
                None => proptest::prop_assert!(wide <= 3 * 20 + 2, "{text:?}"),
            }
        }
    }

    #[test]
    fn texts_are_broken_at_spaces() {
        assert_eq!(kept("aaaa bbbb cccc", 2, 9), None);
        assert_eq!(kept("aaaa bbbb cccc dddd", 2, 9), None);
        assert_eq!(kept("aaaa bbbbb cccc dddd", 2, 9), Some("aaaa bbbbb…".to_owned()));
        assert_eq!(kept("aaaaaaaaaaaaaaaaaaaa", 2, 9), Some("aaaaaaaaaaaaaaaaa…".to_owned()));
        assert_eq!(kept("aaaaaaaaaaaaaaaaaa", 2, 9), None);
        assert_eq!(kept("日本語日本", 1, 9), Some("日本語日…".to_owned()));
        assert_eq!(kept("", 2, 9), None);
        let long = "word ".repeat(200_000);
        assert!(kept(&one_line(&long), 3, 46).unwrap().len() < 200);
    }
}
