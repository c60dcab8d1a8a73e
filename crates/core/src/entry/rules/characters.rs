//! Characters that nobody sees, and markup.

use crate::entry::problem::{Problem, Rule, Weight, shown};
use crate::entry::schema::name_of;

/// HTML elements that run, load, ask or cover something where a page does not escape them.
const ACTIVE: [&str; 26] = [
    "a", "applet", "audio", "base", "body", "button", "embed", "form", "frame", "html", "iframe", "img", "input",
    "link", "math", "meta", "object", "script", "select", "style", "svg", "template", "textarea", "title", "video",
    "xml",
];

/// Finds what is wrong with the characters of a text; `lines` for one that may have several lines.
pub(in crate::entry) fn of_text(text: &str, pointer: &str, lines: bool, problems: &mut Vec<Problem>) {
    let name = name_of(pointer);
    let breaks = |c: char| matches!(c, '\n' | '\r' | '\t');
    if let Some(c) = text.chars().find(|c| hides(*c) && !(lines && breaks(*c))) {
        let message = format!("{name} holds U+{:04X}, {}", u32::from(c), what(c));
        problems.push(
            Problem::new(Rule::HiddenCharacters, pointer, message).cure("take it out, or write what it stands for"),
        );
    } else if lines && text.trim().chars().any(breaks) {
        let message = format!("{name} has line breaks or tabs, which the card shows as spaces");
        problems.push(
            Problem::new(Rule::LineBreak, pointer, message).cure("write it as one paragraph; in YAML, after `>-`"),
        );
    }
    if text.trim().len() < text.len() && !text.trim().is_empty() {
        let message = format!("{name} has white space around it");
        problems.push(Problem::new(Rule::SurroundingSpace, pointer, message).cure("take it out"));
    }
    if let Some(problem) = markup(text, pointer, &name) {
        problems.push(problem);
    }
}

/// Tells whether a character cannot be seen, or changes how others are.
///
/// Control characters (categories Cc and Zl, Zp), what steers the direction of text (Unicode TR 9), what has no width, and
/// fillers. Variation selectors are left alone: emoji have them.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

fn what(c: char) -> &'static str {
    match c {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => "a line break",
        '\t' => "a tab",
        c if c.is_control() => "a control character",
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "which changes the direction of text"
        }
        _ => "which nobody sees",
    }
}

/// Finds the first `<` that begins a tag, a comment or an end tag.
fn markup(text: &str, pointer: &str, name: &str) -> Option<Problem> {
    let mut found = None;
    for (at, _) in text.match_indices('<') {
        let rest = &text[at + 1..];
        let element: String =
            rest.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).take(12).collect();
        let active = ACTIVE.contains(&element.to_ascii_lowercase().as_str());
        if active
            || (found.is_none()
                && (rest.starts_with(['!', '/', '?']) || element.starts_with(|c: char| c.is_ascii_alphabetic())))
        {
            found = Some((at, active));
        }
        if active {
            break;
        }
    }
    let (at, active) = found?;
    let start: String = text[at..].chars().take(24).collect();
    let message = format!("{name} holds {}, which looks like HTML", shown(&start));
    let problem = Problem::new(Rule::Markup, pointer, message);
    Some(if active {
        problem.weighing(Weight::Error).cure("take it out: a page that does not escape it would act upon it")
    } else {
        problem.cure("write it without `<`: AiSOC's page shows it as it stands, others may drop it")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, lines: bool) -> Vec<(Rule, Weight)> {
        let mut problems = Vec::new();
        of_text(text, "/name", lines, &mut problems);
        problems.iter().map(|problem| (problem.rule, problem.weight)).collect()
    }

    #[test]
    fn what_can_be_seen_is_fine() {
        for text in ["VirusTotal – Enricher", "日本語", "Zoë", "naïve \u{1f600}\u{fe0f}", "a < b and 3<4", "->", "שלום"]
        {
            assert_eq!(found(text, false), [], "{text}");
        }
        assert_eq!(found("one\ntwo", true), [(Rule::LineBreak, Weight::Warning)]);
        assert_eq!(found("one\n", true), [(Rule::SurroundingSpace, Weight::Warning)]);
    }

    /// U+202A to U+202E and U+2066 to U+2069 are the controls of Unicode TR 9 §2; the others have general category Cf, Cc, Zl
    /// or Zp in the Unicode character database, or are fillers that draw nothing.
    #[test]
    fn what_cannot_be_seen_is_an_error() {
        for c in "\0\u{7}\n\t\u{7f}\u{85}\u{ad}\u{61c}\u{200b}\u{200d}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2028}\u{2066}\u{2067}\u{2068}\u{2069}\u{3164}\u{feff}\u{e0041}".chars() {
            assert_eq!(found(&format!("a{c}b"), false), [(Rule::HiddenCharacters, Weight::Error)], "{c:?}");
        }
        assert_eq!(found("a\u{0}b", true), [(Rule::HiddenCharacters, Weight::Error)]);
    }

    #[test]
    fn markup_is_told_and_what_acts_is_an_error() {
        let error = [(Rule::Markup, Weight::Error)];
        for text in [
            "<script>alert(1)</script>",
            "x <IMG src=x onerror=y>",
            "</iframe >",
            "<b>x</b><svg/onload=1>",
            "<a href=x>",
        ] {
            assert_eq!(found(text, false), error, "{text}");
        }
        for text in ["set <token> first", "<!-- x", "<b>bold</b>"] {
            assert_eq!(found(text, false), [(Rule::Markup, Weight::Warning)], "{text}");
        }
    }
}
