//! What a manifest must hold: the loader's checks before the signature (AiSOC's loader contract §2), and ours.

use std::fmt;
use std::str::FromStr;

use aisoc_canonical::{Kind, Value};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Error, Manifest, kind_name};
use crate::files::printable;

/// The fields that must be there and truthy, in the loader's order.
const REQUIRED: [&str; 4] = ["id", "name", "version", "plugin_type"];

/// A plugin's id: 2 to 64 ASCII letters, digits, `.`, `_` and `-`, beginning with a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct PluginId(String);

impl PluginId {
    /// Takes a text that keeps the rule.
    pub fn new(text: &str) -> Option<Self> {
        let [first, rest @ ..] = text.as_bytes() else {
            return None;
        };
        let valid = first.is_ascii_alphanumeric()
            && (1..=63).contains(&rest.len())
            && rest.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
        valid.then(|| Self(text.to_owned()))
    }

    /// Returns the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PluginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PluginId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| serde::de::Error::custom("it is no plugin id"))
    }
}

macro_rules! plugin_types {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// What a plugin is for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum PluginType { $($(#[$doc])* $name,)* }

        impl PluginType {
            /// Every type that AiSOC's loader knows.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the manifest's word for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

plugin_types! {
    /// Adds context to an indicator.
    Enricher = "enricher";
    /// Does something on demand.
    Action = "action";
    /// Brings in events.
    Connector = "connector";
    /// Answers an incident.
    Responder = "responder";
    /// Finds something in events.
    Detection = "detection";
    /// Shows something on a dashboard.
    Widget = "widget";
}

impl FromStr for PluginType {
    type Err = UnknownPluginType;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|known| known.as_str() == text).ok_or(UnknownPluginType)
    }
}

impl fmt::Display for PluginType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for PluginType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A word that is no plugin type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such plugin type")]
pub struct UnknownPluginType;

/// What a manifest that may be signed says of its plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The plugin's id.
    pub id: PluginId,
    /// Its name, for showing: Python's `str()` of a plain value, otherwise the kind of value that stands there.
    pub name: String,
    /// Its version, for showing, likewise. `version: 1.10` without quotes is the number 1.1.
    pub version: String,
    /// What it is for.
    pub plugin_type: PluginType,
}

impl Manifest {
    /// Checks what the loader checks before it looks at the signature, in its order, and no more.
    ///
    /// Values are judged as Python does: `str(id)` of any value, truthiness, membership of an unhashable value. So a
    /// number such as `12` and one trailing newline pass as an id.
    ///
    /// # Errors
    /// [`Error::FieldsMissing`], [`Error::IdInvalid`], [`Error::PluginTypeInvalid`].
    pub fn check_as_loader(&self) -> Result<(), Error> {
        let first = self.fields_missing().or_else(|| self.id_refused()).or_else(|| self.plugin_type_refused());
        first.map_or(Ok(()), Err)
    }

    /// Finds everything at once that keeps the manifest from being signed, for its author; the first is the one that
    /// [`Manifest::check_for_signing`] or, after it, [`Manifest::canonical`] fails with.
    ///
    /// The loader stops at its first refusal. An author who saw only that one would mend, look and be refused again.
    pub fn problems(&self) -> Vec<Error> {
        let checks = [self.fields_missing(), self.id_refused(), self.plugin_type_refused(), self.id_unusable()];
        checks.into_iter().flatten().chain(self.canonical().err()).collect()
    }

    /// Checks what must hold before we sign: the loader's checks, and that the id is usable after them.
    ///
    /// A number, boolean or date as id passes the loader's check and makes it fail later in every mode; an id that
    /// ends in a newline loads under a name that nobody can type.
    ///
    /// # Errors
    /// Those of [`Manifest::check_as_loader`], [`Error::IdNotText`] and [`Error::IdEndsInNewline`].
    pub fn check_for_signing(&self) -> Result<Facts, Error> {
        self.check_as_loader()?;
        if let Some(error) = self.id_unusable() {
            return Err(error);
        }
        let path = self.path().to_owned();
        let missing = |field| Error::FieldsMissing { path: path.clone(), fields: vec![field], position: None };
        let field = |field| self.get(field).ok_or_else(|| missing(field));
        Ok(Facts {
            id: usable_id(field("id")?).ok_or_else(|| missing("id"))?,
            name: fact(field("name")?),
            version: fact(field("version")?),
            plugin_type: plugin_type(field("plugin_type")?).ok_or_else(|| missing("plugin_type"))?,
        })
    }

    fn fields_missing(&self) -> Option<Error> {
        let fields: Vec<_> = REQUIRED.into_iter().filter(|field| self.truthy(field).is_none()).collect();
        if fields.is_empty() {
            return None;
        }
        let position = fields.iter().find_map(|field| self.get(field)).map(Value::position);
        Some(Error::FieldsMissing { path: self.path().to_owned(), fields, position })
    }

    fn id_refused(&self) -> Option<Error> {
        let id = self.truthy("id").filter(|id| !loader_takes_id(*id))?;
        Some(Error::IdInvalid { path: self.path().to_owned(), value: shown(id), position: id.position() })
    }

    fn plugin_type_refused(&self) -> Option<Error> {
        let kind = self.truthy("plugin_type").filter(|kind| plugin_type(*kind).is_none())?;
        Some(Error::PluginTypeInvalid { path: self.path().to_owned(), value: shown(kind), position: kind.position() })
    }

    /// An id that the loader's check lets through and that nobody can use.
    fn id_unusable(&self) -> Option<Error> {
        let id = self.truthy("id").filter(|id| loader_takes_id(*id) && usable_id(*id).is_none())?;
        let (path, position) = (self.path().to_owned(), id.position());
        Some(match id.kind() {
            Kind::Str(_) => Error::IdEndsInNewline { path, value: shown(id), position },
            _ => Error::IdNotText { path, kind: kind_name(id), position },
        })
    }

    /// A field's value, unless it counts as missing.
    fn truthy(&self, field: &str) -> Option<Value<'_>> {
        self.get(field).filter(|value| value.is_truthy())
    }
}

/// `re.match(r"^[a-zA-Z0-9][a-zA-Z0-9._-]{1,63}$", str(id))`; Python's `$` also matches before a final newline.
fn loader_takes_id(id: Value<'_>) -> bool {
    match id.kind() {
        // `str()` of a date is `2024-01-15`, which keeps the rule; of a time it has a space and a colon.
        Kind::Date => true,
        _ => id.python_str().is_some_and(|text| {
            text.as_str().is_some_and(|text| PluginId::new(text.strip_suffix('\n').unwrap_or(text)).is_some())
        }),
    }
}

/// An id that is text and keeps the rule to its last character.
fn usable_id(id: Value<'_>) -> Option<PluginId> {
    match id.kind() {
        Kind::Str(text) => text.as_str().and_then(PluginId::new),
        _ => None,
    }
}

/// `plugin_type in {…}`; only a text can be in a set of texts.
fn plugin_type(value: Value<'_>) -> Option<PluginType> {
    match value.kind() {
        Kind::Str(text) => text.as_str()?.parse().ok(),
        _ => None,
    }
}

/// A value as an error shows it: a text in backticks, escaped and shortened; otherwise its kind.
fn shown(value: Value<'_>) -> String {
    const LONGEST: usize = 80;
    match value.python_str() {
        Some(text) => {
            let text = text.to_string_lossy();
            let mut short: String = text.chars().take(LONGEST).collect();
            if short.len() < text.len() {
                short.push('…');
            }
            format!("`{}`", printable(&short))
        }
        None => format!("({})", kind_name(value)),
    }
}

fn fact(value: Value<'_>) -> String {
    value.python_str().map_or_else(|| format!("({})", kind_name(value)), |text| text.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::YAML_NAME;

    fn read(text: &str) -> Manifest {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(YAML_NAME), text).unwrap();
        Manifest::read(folder.path()).unwrap()
    }

    fn outcome(result: Result<impl Sized, Error>) -> String {
        match result {
            Ok(_) => "ok".to_owned(),
            Err(Error::FieldsMissing { fields, .. }) => format!("missing {}", fields.join(",")),
            Err(Error::IdInvalid { .. }) => "id".to_owned(),
            Err(Error::PluginTypeInvalid { .. }) => "type".to_owned(),
            Err(Error::IdNotText { .. }) => "not text".to_owned(),
            Err(Error::IdEndsInNewline { .. }) => "newline".to_owned(),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// The second column was observed on CPython 3.11.7 with PyYAML 6.0.3: the three checks of the contract's §2 on
    /// the loaded manifest. The third is ours.
    #[test]
    fn ids() {
        let a64 = "a".repeat(64);
        let table = [
            ("ab", "ok", "ok"),
            ("a", "id", "id"),
            (a64.as_str(), "ok", "ok"),
            (&format!("{a64}a"), "id", "id"),
            (&format!("\"{a64}\\n\""), "ok", "newline"),
            (r#""ab\n""#, "ok", "newline"),
            (r#""ab\n\n""#, "id", "id"),
            (r#""\nab""#, "id", "id"),
            (r#""ab\r""#, "id", "id"),
            (r#""ab\u2028""#, "id", "id"),
            (r#""ab\0""#, "id", "id"),
            (r#""\ud800ab""#, "id", "id"),
            (r#""a/b""#, "id", "id"),
            ("..", "id", "id"),
            ("a..", "ok", "ok"),
            (".ab", "id", "id"),
            ("-ab", "id", "id"),
            ("a b", "id", "id"),
            ("ÄB", "id", "id"),
            ("aÄ", "id", "id"),
            ("12", "ok", "not text"),
            ("5", "id", "id"),
            ("-12", "id", "id"),
            ("0x10", "ok", "not text"),
            ("0b11", "id", "id"),
            ("1_000", "ok", "not text"),
            ("1:30", "ok", "not text"),
            (&"9".repeat(64), "ok", "not text"),
            (&"9".repeat(65), "id", "id"),
            ("true", "ok", "not text"),
            ("yes", "ok", "not text"),
            ("1.5", "ok", "not text"),
            ("1e16", "ok", "ok"),
            ("1.0e+16", "id", "id"),
            (".nan", "ok", "not text"),
            (".inf", "ok", "not text"),
            ("-.inf", "id", "id"),
            ("2024-01-15", "ok", "not text"),
            ("2024-01-15 10:00:00", "id", "id"),
            ("[ab]", "id", "id"),
            ("{a: b}", "id", "id"),
            ("!!binary aGVsbG8=", "id", "id"),
            ("!!set {a}", "id", "id"),
            ("false", "missing id", "missing id"),
            ("0", "missing id", "missing id"),
            ("-0.0", "missing id", "missing id"),
            ("null", "missing id", "missing id"),
            (r#""""#, "missing id", "missing id"),
            ("[]", "missing id", "missing id"),
            ("{}", "missing id", "missing id"),
        ];
        for (id, loader, ours) in table {
            let manifest = read(&format!("id: {id}\nname: n\nversion: '1'\nplugin_type: enricher\n"));
            assert_eq!(outcome(manifest.check_as_loader()), loader, "{id}");
            assert_eq!(outcome(manifest.check_for_signing()), ours, "{id}");
        }
    }

    /// Observed as above; an unhashable type (list, mapping) makes Python raise, which refuses the plugin too.
    #[test]
    fn plugin_types() {
        let table = [
            ("enricher", "ok"),
            ("action", "ok"),
            ("connector", "ok"),
            ("responder", "ok"),
            ("detection", "ok"),
            ("widget", "ok"),
            ("Enricher", "type"),
            ("enrichers", "type"),
            (r#""enricher\n""#, "type"),
            ("[enricher]", "type"),
            ("{enricher: 1}", "type"),
            ("!!set {enricher}", "type"),
            ("2024-01-01", "type"),
            ("5", "type"),
            ("true", "type"),
            ("null", "missing plugin_type"),
        ];
        for (plugin_type, expected) in table {
            let manifest = read(&format!("id: ab\nname: n\nversion: '1'\nplugin_type: {plugin_type}\n"));
            assert_eq!(outcome(manifest.check_as_loader()), expected, "{plugin_type}");
        }
    }

    #[test]
    fn fields() {
        let table = [
            ("id: ab", "missing name,version,plugin_type"),
            ("id: ab\nname:\nversion: 0.0\nplugin_type: []", "missing name,version,plugin_type"),
            ("id: ab\nname: 2024-01-01\nversion: 2024-01-01\nplugin_type: action", "ok"),
            // An empty set and empty bytes count as missing, as in Python.
            ("id: ab\nname: !!set {}\nversion: 1\nplugin_type: action", "missing name"),
            ("id: ab\nname: n\nversion: !!binary ''\nplugin_type: action", "missing version"),
            ("id: ab\nname: !!set {a}\nversion: !!binary aGk=\nplugin_type: action", "ok"),
            // The fields come before the id.
            ("id: a/b\nname: n\nversion: 0\nplugin_type: none", "missing version"),
            ("id: a/b\nname: n\nversion: 1\nplugin_type: none", "id"),
        ];
        for (text, expected) in table {
            assert_eq!(outcome(read(text).check_as_loader()), expected, "{text}");
        }
    }

    #[test]
    fn an_author_sees_every_problem_at_once() {
        let table = [
            ("id: a/b\nname: n\nversion: 0\nplugin_type: none", vec!["missing version", "id", "type"]),
            ("id: 12\nname: n\nplugin_type: none", vec!["missing version", "type", "not text"]),
            ("id: ''\nplugin_type: false", vec!["missing id,name,version,plugin_type"]),
            ("id: 12\nname: n\nversion: 1\nplugin_type: action", vec!["not text"]),
            ("id: ab\nname: n\nversion: 1\nplugin_type: action", vec![]),
        ];
        for (text, expected) in table {
            let found: Vec<_> = read(text).problems().into_iter().map(|error| outcome(Err::<(), _>(error))).collect();
            assert_eq!(found, expected, "{text}");
        }
        let dated = read("id: a/b\nname: n\nversion: 1\nplugin_type: action\nreleased: 2024-01-15");
        assert!(matches!(dated.problems()[..], [Error::IdInvalid { .. }, Error::NotCanonical { .. }]));
    }

    #[test]
    fn whoever_has_no_plugin_type_is_told_which_there_are() {
        use crate::Explain as _;
        let none = read("id: ab\nname: n\nversion: 1").check_as_loader().unwrap_err().hint().unwrap();
        let wrong = read("id: ab\nname: n\nversion: 1\nplugin_type: x").check_as_loader().unwrap_err().hint().unwrap();
        for known in ["enricher", "action", "connector", "responder", "detection", "widget"] {
            assert!(none.contains(&format!("`{known}`")) && wrong.contains(&format!("`{known}`")), "{none} / {wrong}");
        }
        let other = read("id: ab\nversion: 1\nplugin_type: action").check_as_loader().unwrap_err().hint().unwrap();
        assert!(!other.contains("enricher"), "{other}");
    }

    #[test]
    fn errors_point_at_the_value() {
        let error = read("name: n\nid: \"a\\u001b/b\"\nversion: 1\nplugin_type: action").check_as_loader().unwrap_err();
        let Error::IdInvalid { value, position, .. } = &error else { panic!("{error:?}") };
        assert_eq!(value, r"`a\u{1b}/b`");
        assert_eq!((position.line, position.column), (2, 5));
        let facts = read("id: ab\nname: [n]\nversion: 1.10\nplugin_type: action").check_for_signing().unwrap();
        assert_eq!((facts.name.as_str(), facts.version.as_str()), ("(a list)", "1.1"));
    }
}
