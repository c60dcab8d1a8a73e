//! The JSON Schema (2020-12) for entries: what it says, and what is wrong where an entry breaks it.

use std::sync::LazyLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::Value;

use super::problem::{Problem, Rule, Weight, shown};
use super::text::DOCUMENTED;

/// Our own schema for the documented entry; AiSOC publishes none. Its examples pass it.
pub const SCHEMA: &str = include_str!("../../schema/marketplace-entry.schema.json");

/// The fields without which a reader can do nothing; the schema requires them.
const NEEDED: [&str; 5] = ["id", "name", "type", "version", "signing_key_id"];

/// Finds what the schema finds in an entry, with what is worth having and missing.
pub(super) fn problems(entry: &Value) -> Vec<Problem> {
    static VALIDATOR: LazyLock<Option<Validator>> = LazyLock::new(|| validator(None));
    let mut problems = of(&VALIDATOR, entry);
    if let Value::Object(fields) = entry {
        let missing = |field: &&&str| !NEEDED.contains(*field) && !fields.contains_key(**field);
        problems.extend(DOCUMENTED.iter().filter(missing).map(|field| {
            Problem::new(Rule::FieldMissing, "", format!("the entry has no `{field}`"))
                .weighing(Weight::Warning)
                .cure(format!("add `{field}`: the documented entry has it"))
        }));
    }
    problems
}

/// Finds what the schema finds in any item of an index.
pub(super) fn problems_of_item(item: &Value) -> Vec<Problem> {
    static VALIDATOR: LazyLock<Option<Validator>> = LazyLock::new(|| validator(Some("#/$defs/indexItem")));
    of(&VALIDATOR, item)
}

/// Compiles the schema, or the part of it at `start`. Nothing is fetched and no file is read: it has no outside references,
/// and the library is built without the means.
fn validator(start: Option<&str>) -> Option<Validator> {
    let mut schema: Value = serde_json::from_str(SCHEMA).ok()?;
    if let Some(start) = start {
        schema["$ref"] = Value::from(start);
    }
    jsonschema::draft202012::new(&schema).ok()
}

fn of(validator: &Option<Validator>, value: &Value) -> Vec<Problem> {
    match validator {
        Some(validator) => validator.iter_errors(value).map(|error| problem(&error)).collect(),
        // The schema is part of this program and a test compiles it; should it ever not, no entry may pass unchecked.
        None => vec![Problem::new(Rule::NoEntry, "", "this program's schema for entries cannot be read")],
    }
}

/// Words an error of the schema's as a broken rule.
fn problem(error: &ValidationError<'_>) -> Problem {
    let pointer = error.instance_path().as_str().to_owned();
    let name = name_of(&pointer);
    let field = pointer.strip_prefix('/').unwrap_or_default().to_owned();
    let value = error.instance().as_str().map(shown).unwrap_or_default();
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let field = property.as_str().unwrap_or_default();
            Problem::new(Rule::FieldMissing, pointer, format!("the entry has no `{field}`"))
                .cure(format!("add `{field}`"))
        }
        ValidationErrorKind::Type { .. } if pointer.is_empty() => {
            Problem::new(Rule::NotAnObject, pointer, format!("the entry is {}, not an object", kind(error.instance())))
                .cure("write it as `{\"id\": …, \"name\": …}`")
        }
        ValidationErrorKind::Type { kind: expected } => Problem::new(
            Rule::WrongKind,
            pointer,
            format!("{name} is {}, not {}", kind(error.instance()), expected_kind(expected)),
        )
        .cure(if field == "tags" {
            "write it as `[\"threat-intel\", \"enrichment\"]`"
        } else {
            "write it as text in quotes"
        }),
        ValidationErrorKind::MinLength { .. } => {
            Problem::new(Rule::Empty, pointer, format!("{name} is empty")).cure("give it a value, or leave it out")
        }
        ValidationErrorKind::MaxLength { limit } => {
            let length = error.instance().as_str().map_or(0, |text| text.chars().count());
            Problem::new(
                Rule::TooLong,
                pointer,
                format!("{name} has {length} characters, and at most {limit} are taken"),
            )
            .cure("shorten it")
        }
        ValidationErrorKind::MaxItems { limit } => {
            let length = error.instance().as_array().map_or(0, Vec::len);
            Problem::new(Rule::TooLong, pointer, format!("{name} has {length} items, and at most {limit} are taken"))
                .cure("keep those that people search for")
        }
        ValidationErrorKind::Constant { .. } => {
            let found = if value.is_empty() { kind(error.instance()).to_owned() } else { value };
            Problem::new(Rule::Type, pointer, format!("{name} is {found}, not `plugin`"))
                .cure("write `\"type\": \"plugin\"`; what the plugin is for stands in its manifest's `plugin_type`")
        }
        ValidationErrorKind::Pattern { .. } if field == "id" => {
            id_refused(error.instance().as_str().unwrap_or_default())
        }
        ValidationErrorKind::Pattern { .. } if field == "signing_key_id" => {
            Problem::new(Rule::SigningKeyId, pointer, format!("{name} {value} cannot be the name of a key"))
                .cure("give the name of the public key's file at the operators', without .pem")
        }
        ValidationErrorKind::Pattern { .. } => {
            Problem::new(Rule::Url, pointer, format!("{name} {value} is no web address"))
                .cure("give an address that starts with https://")
        }
        ValidationErrorKind::Not { .. } if error.instance().as_str().is_some_and(|text| text.trim().is_empty()) => {
            Problem::new(Rule::Empty, pointer, format!("{name} is white space only"))
                .cure("give it a value, or leave it out")
        }
        _ => Problem::new(Rule::HiddenCharacters, pointer, format!("{name} holds characters that nobody sees"))
            .cure("take them out"),
    }
}

/// Words an id that AiSOC's loader does not take.
pub(super) fn id_refused(id: &str) -> Problem {
    Problem::new(Rule::Id, "/id", format!("`id` {} is none that AiSOC's loader takes", shown(id)))
        .cure("use 2 to 64 letters, digits, `.`, `_` and `-`, beginning with a letter or a digit")
}

/// Names a place in an entry for a message: `` `tags` ``, `tag 2`.
pub(super) fn name_of(pointer: &str) -> String {
    match pointer.strip_prefix("/tags/") {
        Some(index) => match index.parse::<usize>() {
            Ok(index) => format!("tag {}", index + 1),
            Err(_) => "a tag".to_owned(),
        },
        None => shown(pointer.strip_prefix('/').unwrap_or(pointer)),
    }
}

/// Names the kind of a JSON value for a message.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn expected_kind(kind: &TypeKind) -> &'static str {
    match kind {
        TypeKind::Single(JsonType::Array) => "a list",
        TypeKind::Single(JsonType::Object) => "an object",
        _ => "a text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_one_and_its_examples_pass() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        jsonschema::draft202012::meta::validate(&schema).unwrap();
        assert!(validator(Some("#/$defs/indexItem")).is_some() && validator(Some("#/$defs/index")).is_some());
        let validator = validator(None).unwrap();
        for example in schema["examples"].as_array().unwrap() {
            let errors: Vec<_> = validator.iter_errors(example).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{example}: {errors:?}");
        }
        assert!(schema.get("examples").is_some_and(|examples| examples.as_array().unwrap().len() >= 3));
    }

    #[test]
    fn the_schema_requires_what_is_needed_and_knows_what_is_documented() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let entry = &schema["$defs"]["entry"];
        assert_eq!(entry["required"], serde_json::json!(NEEDED));
        let mut known: Vec<_> = entry["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut documented = DOCUMENTED.to_vec();
        known.sort_unstable();
        documented.sort_unstable();
        assert_eq!(known, documented);
    }

    #[test]
    fn the_schema_itself_is_ascii_and_has_no_outside_references() {
        assert!(SCHEMA.is_ascii());
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let mut references = Vec::new();
        collect(&schema, &mut references);
        assert!(references.len() > 5 && references.iter().all(|to| to.starts_with("#/$defs/")), "{references:?}");
    }

    fn collect(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                into.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|value| collect(value, into));
            }
            Value::Array(items) => items.iter().for_each(|value| collect(value, into)),
            _ => {}
        }
    }
}
