//! The rules for entries that a schema cannot say.

pub(super) mod address;
mod characters;
pub(super) mod host;
pub(super) mod install;
mod options;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

pub(super) use characters::of_text;

use super::against::Against;
use super::card;
use super::problem::{Problem, Rule, shown};
use super::schema;
use super::text::DOCUMENTED;
use crate::key::KeyId;
use crate::manifest::PluginId;
use crate::preflight;

/// Finds every rule that the entry breaks. A field of another kind than it should be is the schema's to name.
pub(super) fn problems(entry: &Map<String, Value>, against: Option<&Against>) -> Vec<Problem> {
    let text = |field: &str| entry.get(field).and_then(Value::as_str);
    let mut problems = Vec::new();
    for field in ["name", "description", "author", "version", "url", "install"] {
        if let Some(text) = text(field) {
            of_text(text, &format!("/{field}"), field == "description", &mut problems);
        }
    }
    if let Some(id) = text("id") {
        of_id(id, &mut problems);
    }
    if let Some(version) = text("version").filter(|version| !is_three_numbers(version)) {
        let message = format!("AiSOC's validator does not take the version {}", shown(version));
        problems.push(
            Problem::new(Rule::VersionForValidator, "/version", message)
                .cure("a version of three numbers such as 1.2.0 in the manifest passes everywhere"),
        );
    }
    if let Some(url) = text("url") {
        address::of_url(url, "/url", &mut problems);
    }
    if let Some(install) = text("install") {
        install::problems(install, text("version"), &mut problems);
    }
    if let Some(id) = text("signing_key_id") {
        of_key_id(id, &mut problems);
    }
    if let Some(tags) = entry.get("tags").and_then(Value::as_array) {
        of_tags(tags, &mut problems);
    }
    problems.extend(entry.keys().filter(|field| !DOCUMENTED.contains(&field.as_str())).map(|field| {
        Problem::new(Rule::UnknownField, pointer(field), format!("the documented entry has no {}", shown(field)))
            .cure("it is kept as it is; take it out unless a reader of yours needs it")
    }));
    problems.extend(card::Card::of_json(entry).cuts.into_iter().map(card::Cut::into_problem));
    if let Some(against) = against {
        against.compare(entry, &mut problems);
    }
    problems
}

/// Finds the credentials in all of an entry's values; of a value that holds one, nothing else is to be said, since that could
/// repeat it.
pub(super) fn credentials(entry: &Map<String, Value>, problems: &mut Vec<Problem>) {
    let mut found = Vec::new();
    for (field, value) in entry {
        of_value(value, &pointer(field), &mut found);
    }
    let within = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    problems.retain(|problem| {
        !found.iter().any(|secret: &Problem| {
            within(&problem.pointer, &secret.pointer) && !problem.pointer.is_empty()
                || within(&secret.pointer, &problem.pointer)
        })
    });
    problems.append(&mut found);
}

fn of_value(value: &Value, at: &str, found: &mut Vec<Problem>) {
    match value {
        Value::String(text) => found.extend(credential(text, at)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| of_value(item, &format!("{at}/{index}"), found));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| of_value(value, &format!("{at}{}", pointer(key)), found));
        }
        _ => {}
    }
}

/// Finds a private key or a credential in a text, by what preflight looks for in files; it is never repeated.
pub(super) fn credential(text: &str, pointer: &str) -> Option<Problem> {
    // The shortest that is known is an access key id of AWS.
    if text.len() < 20 {
        return None;
    }
    let (is_key, words, _) = preflight::first_secret(text.as_bytes())?;
    let seems = if is_key { "" } else { "what looks like " };
    let message = format!("{} holds {seems}{words}", schema::name_of(pointer));
    Some(
        Problem::new(Rule::Credential, pointer, message)
            .cure("take it out, and revoke it where it was issued if anybody has seen the entry"),
    )
}

/// Writes a key as a JSON pointer (RFC 6901 §3).
pub(super) fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn of_id(id: &str, problems: &mut Vec<Problem>) {
    let narrow = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
    if PluginId::new(id).is_some() && !id.bytes().all(narrow) {
        let message = format!("AiSOC's validator does not take the id {}", shown(id));
        problems.push(Problem::new(Rule::IdForValidator, "/id", message).cure(
            "the loader takes it, and AiSOC's own example has such an id; small letters, digits, `_` and `-` pass everywhere",
        ));
    }
}

/// `^\d+\.\d+\.\d+$`, AiSOC's validator's rule.
fn is_three_numbers(version: &str) -> bool {
    let parts: Vec<_> = version.split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

fn of_key_id(id: &str, problems: &mut Vec<Problem>) {
    let file_name = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    if let Err(error) = id.parse::<KeyId>()
        && file_name
        && id.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
        && id.len() <= 64
    {
        let message = format!("{error}, so not every operator can name the key's file like it");
        problems.push(
            Problem::new(Rule::SigningKeySpelling, "/signing_key_id", message)
                .cure("use the id of the key as it is kept"),
        );
    }
}

fn of_tags(tags: &[Value], problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    for (index, tag) in tags.iter().enumerate() {
        let Some(tag) = tag.as_str() else { continue };
        let at = format!("/tags/{index}");
        of_text(tag, &at, false, problems);
        if !seen.insert(tag.trim().to_lowercase()) {
            let message = format!("the tag {} stands twice", shown(tag));
            problems.push(Problem::new(Rule::TagRepeated, &at, message).cure("take one of them out"));
        } else if tag.chars().any(|c| c.is_uppercase() || c == ' ') {
            let message =
                format!("the tag {} has {}", shown(tag), if tag.contains(' ') { "spaces" } else { "capitals" });
            let cure = format!("write {}", shown(&tag.trim().to_lowercase().replace(' ', "-")));
            problems.push(Problem::new(Rule::TagSpelling, &at, message).cure(cure));
        }
    }
}
