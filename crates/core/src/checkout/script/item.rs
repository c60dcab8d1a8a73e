//! The item that the script makes of a plugin, field by field (contract §9).

use aisoc_canonical::{Kind, Value as Py};
use serde_json::{Map, Value, json};

use super::{ScriptReport, Submission};
use crate::digest::Digest;
use crate::files::printable;
use crate::json_text;
use crate::manifest::{self, Manifest};

/// The fields of an item.
const FIELDS: [&str; 17] = [
    "id",
    "type",
    "name",
    "description",
    "version",
    "author",
    "tags",
    "plugin_type",
    "license",
    "homepage",
    "min_aisoc_version",
    "sdks",
    "mitre_techniques",
    "verified",
    "source",
    "tier",
    "path",
];

/// The tiers that the script knows; anything else becomes the last one.
const TIERS: [&str; 3] = ["stable", "beta", "community"];

/// What newer scripts put there: the SHA-256 of `plugin.yaml`.
const SHA256: &str = "sha256";

/// Compares an item with the plugin that it is made from; says what is otherwise, and which fields are not known here, as sentences
/// without an end.
pub(super) fn look(
    item: &Map<String, Value>,
    submission: &Submission,
    wrong: &mut Vec<String>,
    unknown: &mut Vec<String>,
) {
    let Ok(manifest) = Manifest::read_from(&submission.plugin) else {
        wrong.push("the manifest of the plugin cannot be read again".to_owned());
        return;
    };
    for field in FIELDS {
        match item.get(field) {
            None => wrong.push(format!("the item has no `{field}`")),
            Some(found) => wrong.extend(differs(field, found, &manifest, submission)),
        }
    }
    for (field, found) in item.iter().filter(|(field, _)| !FIELDS.contains(&field.as_str())) {
        if field != SHA256 {
            let field = printable(field);
            unknown.push(format!(
                "the item has `{field}`, which this program does not know: newer scripts may add fields"
            ));
        } else if let Some(bytes) = submission.plugin.get(manifest::YAML_NAME.as_bytes()) {
            wrong.extend(unless(field, found, &json!(Digest::of(bytes).to_string())));
        }
    }
}

/// Says what is wrong with one field; nothing where it is right.
fn differs(field: &str, found: &Value, manifest: &Manifest, submission: &Submission) -> Option<String> {
    if let Some(expected) = made(field, manifest, submission) {
        return unless(field, found, &expected);
    }
    let value = manifest.get(field);
    match field {
        // What is no list, the versions of the script take in their own ways; a notice says so.
        "tags" => texts_of(found).is_none().then(|| not_texts(field)),
        "mitre_techniques" => mitre(found, value),
        // Copied as they are.
        _ => {
            let Some(value) = value else { return unless(field, found, &Value::Null) };
            (!is_copy(found, value)).then(|| match value.kind() {
                Kind::Str(text) => is_not(field, &text.to_string_lossy()),
                _ => format!("`{field}` of the item is not what the manifest has"),
            })
        }
    }
}

/// What the script makes of a field that it does not copy; nothing for what it copies, and where its versions differ.
fn made(field: &str, manifest: &Manifest, submission: &Submission) -> Option<Value> {
    let value = manifest.get(field);
    let text = |value: Option<Py<'_>>| match value.map(Py::kind) {
        Some(Kind::Str(text)) => stripped(&text.to_string_lossy()).to_owned(),
        _ => String::new(),
    };
    let tier = || {
        let tier = text(manifest.get("tier")).to_lowercase();
        if TIERS.contains(&tier.as_str()) { tier } else { "community".to_owned() }
    };
    Some(match field {
        "id" => json!(submission.id.as_str()),
        "type" => json!("plugin"),
        "description" => json!(text(value)),
        "version" if value.is_none() => json!("1.0.0"),
        "author" if value.is_none() => json!("AiSOC"),
        "tags" => match value {
            Some(tags) if matches!(tags.kind(), Kind::List) => {
                let texts = tags.items().filter_map(|tag| match tag.kind() {
                    Kind::Str(text) => Some(text.to_string_lossy()),
                    _ => None,
                });
                json!(texts.collect::<Vec<_>>())
            }
            Some(tags) if tags.is_truthy() => return None,
            _ => json!([]),
        },
        "sdks" => {
            let has = |name: &str| {
                let mut paths = submission.files.iter().map(|file| &file.path).chain(&submission.kept);
                paths.any(|path| path.as_py().as_str() == Some(name))
            };
            let sdks = [("python", "plugin.py"), ("go", "go/main.go")].into_iter().filter(|(_, file)| has(file));
            json!(sdks.map(|(sdk, _)| sdk).collect::<Vec<_>>())
        }
        "mitre_techniques" if value.is_none() => json!([]),
        "verified" => json!(tier() == "stable"),
        "source" => json!("community"),
        "tier" => json!(tier()),
        "path" => json!(format!("{}/{}", submission.folder, manifest::YAML_NAME)),
        _ => return None,
    })
}

impl Submission {
    /// Returns the item that the clone's script should make of the plugin, as JSON text in AiSOC's order and without a final newline.
    /// Fields that its versions make in their own ways are left out. Nothing for a plugin without `plugin.yaml`, which gets no item.
    pub fn item_json(&self) -> Option<String> {
        self.plugin.get(manifest::YAML_NAME.as_bytes())?;
        let manifest = Manifest::read_from(&self.plugin).ok()?;
        // As `json.dumps` writes the manifest, since that is how the script's copies come out.
        let copied: Map<String, Value> = serde_json::from_slice(&manifest.canonical().ok()?).ok()?;
        let field = |name: &'static str| {
            let is_theirs = matches!(name, "tags" | "mitre_techniques");
            let copy = || (!is_theirs).then(|| copied.get(name).cloned().unwrap_or(Value::Null));
            Some((name, made(name, &manifest, self).or_else(copy)?))
        };
        let fields: Vec<_> = FIELDS.into_iter().filter_map(field).collect();
        Some(text(fields.iter().map(|(name, value)| (*name, value))))
    }
}

impl ScriptReport {
    /// Returns the item as the script made it, as [`Submission::item_json`] does.
    pub fn item_json(&self) -> Option<String> {
        let item = self.now.as_ref()?;
        let known = FIELDS.into_iter().filter_map(|name| Some((name, item.get(name)?)));
        let others = item.iter().filter(|(name, _)| !FIELDS.contains(&name.as_str()));
        Some(text(known.chain(others.map(|(name, value)| (name.as_str(), value)))))
    }
}

fn text<'a>(fields: impl Iterator<Item = (&'a str, &'a Value)>) -> String {
    let member = |(name, value): (&str, &Value)| {
        let value = serde_json::to_string_pretty(value).unwrap_or_default().replace('\n', "\n  ");
        format!("  {}: {value}", json!(name))
    };
    let members: Vec<_> = fields.map(member).collect();
    json_text::ascii(&format!("{{\n{}\n}}", members.join(",\n")))
}

/// The techniques come out of the manifest, if from anywhere.
fn mitre(found: &Value, value: Option<Py<'_>>) -> Option<String> {
    let field = "mitre_techniques";
    let Some(found) = texts_of(found) else { return Some(not_texts(field)) };
    let listed: Vec<_> = value.into_iter().flat_map(Py::items).filter_map(Py::python_str).collect();
    let stranger = found.into_iter().find(|text| !listed.iter().any(|one| one.to_string_lossy() == *text))?;
    Some(format!("`{field}` of the item has `{}`, which the manifest does not", printable(stranger)))
}

fn texts_of(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

fn not_texts(field: &str) -> String {
    format!("`{field}` of the item is no list of texts")
}

fn unless(field: &str, found: &Value, expected: &Value) -> Option<String> {
    (found != expected).then(|| match expected {
        Value::String(text) => is_not(field, text),
        other => is_not(field, &other.to_string()),
    })
}

fn is_not(field: &str, expected: &str) -> String {
    format!("`{field}` of the item is not `{}`", printable(expected))
}

/// Tells whether a JSON value is what Python writes for a value of the manifest.
fn is_copy(found: &Value, value: Py<'_>) -> bool {
    match (found, value.kind()) {
        (Value::Null, Kind::Null) => true,
        (Value::Bool(found), Kind::Bool(value)) => *found == value,
        (Value::String(found), Kind::Str(value)) => *found == value.to_string_lossy(),
        (Value::Number(found), Kind::Float(value)) => found.as_f64() == Some(value),
        (Value::Number(found), Kind::Int(value)) => {
            let value = value.to_string();
            // Beyond 64 bits the JSON reader has the nearest float.
            found.to_string() == value || (found.is_f64() && value.parse().ok() == found.as_f64())
        }
        (Value::Array(found), Kind::List) => {
            found.len() == value.items().count()
                && found.iter().zip(value.items()).all(|(found, value)| is_copy(found, value))
        }
        (Value::Object(found), Kind::Map) => {
            found.len() == value.entries().count()
                && value.entries().all(|(key, value)| match key.kind() {
                    Kind::Str(key) => found.get(&key.to_string_lossy()).is_some_and(|found| is_copy(found, value)),
                    // Python writes other keys as texts of its own making.
                    _ => true,
                })
        }
        _ => false,
    }
}

/// As Python's `str.strip()`.
fn stripped(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
}
