//! Checking an entry that is there already: the schema first, then the rules that it cannot say.

use serde_json::Value;

use super::against::Against;
use super::problem::{Problem, Rule, Weight};
use super::text::DOCUMENTED;
use super::{rules, schema};
use crate::manifest::PluginId;

/// Finds everything that is wrong with an entry, field by field in the documented order, errors first in each.
///
/// `against` is what is known of the plugin's folder; without it only the entry itself is judged. The order of the fields is
/// not looked at, since a value has none: [`check_file`](super::check_file) does that.
pub fn check(entry: &Value, against: Option<&Against>) -> Vec<Problem> {
    let mut problems = match entry {
        Value::Object(fields) => rules::problems(fields, against),
        _ => Vec::new(),
    };
    // A rule says more precisely what the schema says too.
    let said = |pointer: &str, problems: &[Problem]| {
        problems.iter().any(|problem| problem.pointer == pointer && problem.weight == Weight::Error)
    };
    for problem in schema::problems(entry) {
        if problem.weight == Weight::Warning || problem.pointer.is_empty() || !said(&problem.pointer, &problems) {
            problems.push(problem);
        }
    }
    if let Value::Object(fields) = entry {
        rules::credentials(fields, &mut problems);
    }
    // Of a text that has to be shortened anyway, nobody wants to know where the card would cut it.
    let wrong: Vec<_> =
        problems.iter().filter(|problem| problem.is_error()).map(|problem| problem.pointer.clone()).collect();
    problems.retain(|problem| problem.rule != Rule::CardCuts || !wrong.contains(&problem.pointer));
    let field = |problem: &Problem| {
        let field = problem.field().unwrap_or_default();
        DOCUMENTED.iter().position(|known| *known == field).unwrap_or(DOCUMENTED.len())
    };
    problems.sort_by_key(|problem| (problem.pointer.is_empty(), field(problem), problem.weight));
    problems
}

/// Finds what is surely wrong with an item of an index that is not in the documented form: a playbook, a detection, or a plugin
/// as AiSOC's own script writes it.
pub fn check_item(item: &Value) -> Vec<Problem> {
    let mut problems = schema::problems_of_item(item);
    let Value::Object(fields) = item else { return problems };
    let text = |field: &str| fields.get(field).and_then(Value::as_str);
    for field in ["name", "description", "author"] {
        if let Some(text) = text(field) {
            let mut found = Vec::new();
            rules::of_text(text, &format!("/{field}"), true, &mut found);
            problems.extend(found.into_iter().filter(|problem| problem.rule == Rule::HiddenCharacters));
        }
    }
    for field in ["homepage", "url"] {
        let mut found = Vec::new();
        rules::address::of_url(text(field).unwrap_or_default(), &format!("/{field}"), &mut found);
        let sure = |problem: &Problem| matches!(problem.rule, Rule::Url | Rule::UrlCredentials);
        problems.extend(found.into_iter().filter(sure));
    }
    if let (Some("plugin"), Some(id)) = (text("type"), text("id"))
        && !id.is_empty()
        && PluginId::new(id).is_none()
    {
        problems.push(schema::id_refused(id));
    }
    rules::credentials(fields, &mut problems);
    problems
}
