//! Taking an entry's texts from a manifest.

use aisoc_canonical::{Kind, PyStr, Value};

use super::{Error, Notice};
use crate::manifest::{Manifest, kind_name};

/// The fields of the documented entry, in the documented order.
pub(super) const DOCUMENTED: [&str; 10] =
    ["id", "name", "type", "description", "author", "version", "tags", "url", "install", "signing_key_id"];

/// Takes a required value as Python's `str()` writes it, trimmed.
pub(super) fn plain(manifest: &Manifest, field: &'static str) -> Result<String, Error> {
    let Some(value) = manifest.get(field) else {
        return Err(Error::FieldEmpty { path: manifest.path().to_owned(), field, position: None });
    };
    let text = value.python_str().ok_or_else(|| not_text(manifest, field, value))?;
    match trimmed(&text).ok_or_else(|| surrogate(manifest, field, value))? {
        text if text.is_empty() => {
            Err(Error::FieldEmpty { path: manifest.path().to_owned(), field, position: Some(value.position()) })
        }
        text => Ok(text),
    }
}

/// Takes a text, trimmed; `None` where there is none, or an empty one.
pub(super) fn optional(manifest: &Manifest, field: &'static str) -> Result<Option<String>, Error> {
    let Some(value) = manifest.get(field) else {
        return Ok(None);
    };
    match value.kind() {
        Kind::Null => Ok(None),
        Kind::Str(text) => {
            let text = trimmed(text).ok_or_else(|| surrogate(manifest, field, value))?;
            Ok(Some(text).filter(|text| !text.is_empty()))
        }
        // AiSOC's own index script crashes on a number here, so guessing a text from it would help nobody.
        _ => Err(not_text(manifest, field, value)),
    }
}

/// Takes the list of tags; what is no text in it is left out with a notice, as AiSOC's script leaves it out.
pub(super) fn tags(manifest: &Manifest, notices: &mut Vec<Notice>) -> Result<Option<Vec<String>>, Error> {
    const FIELD: &str = "tags";
    let Some(value) = manifest.get(FIELD) else {
        return Ok(None);
    };
    match value.kind() {
        Kind::Null => return Ok(None),
        Kind::List => {}
        _ => {
            return Err(Error::TagsNotList {
                path: manifest.path().to_owned(),
                kind: kind_name(value),
                position: value.position(),
            });
        }
    }
    let mut tags = Vec::new();
    for item in value.items() {
        match item.kind() {
            Kind::Str(text) => {
                let tag = trimmed(text).ok_or_else(|| surrogate(manifest, FIELD, item))?;
                if !tag.is_empty() {
                    tags.push(tag);
                }
            }
            _ => notices.push(Notice::TagIgnored { kind: kind_name(item), position: item.position() }),
        }
    }
    Ok(if tags.is_empty() { None } else { Some(tags) })
}

/// Takes a web address: `http` or `https`, a host, and no white space or control characters.
pub(super) fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    // The entry ends up as a link on a page, where `javascript:` would be an attack.
    let rest = ["https://", "http://"].iter().find_map(|scheme| {
        text.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme)).map(|_| &text[scheme.len()..])
    })?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let clean = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    (clean && !host.is_empty()).then(|| text.to_owned())
}

/// Takes an install command: one line that is not empty.
pub(super) fn command(text: &str) -> Result<String, Error> {
    let command = text.trim();
    if command.is_empty() || command.chars().any(char::is_control) {
        return Err(Error::InstallInvalid { install: text.to_owned() });
    }
    Ok(command.to_owned())
}

/// Trims as Python's `str.strip()`; `None` for a text with lone surrogates, which JSON readers reject.
fn trimmed(text: &PyStr) -> Option<String> {
    let is_space = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
    text.as_str().map(|text| text.trim_matches(is_space).to_owned())
}

fn not_text(manifest: &Manifest, field: &'static str, value: Value<'_>) -> Error {
    Error::FieldNotText { path: manifest.path().to_owned(), field, kind: kind_name(value), position: value.position() }
}

fn surrogate(manifest: &Manifest, field: &'static str, value: Value<'_>) -> Error {
    Error::FieldNotUnicode { path: manifest.path().to_owned(), field, position: value.position() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses() {
        for good in ["https://github.com/myorg/x", "http://localhost:8080", "HTTPS://a", " https://a/b?c#d "] {
            assert_eq!(web_address(good).as_deref(), Some(good.trim()));
        }
        for bad in [
            "",
            "github.com/x",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "ftp://a",
            "https://a b",
            "https://a\nb",
            "https://ä\u{85}x",
            "日本語日本語",
        ] {
            assert_eq!(web_address(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn commands() {
        assert_eq!(command(" pip install x ").unwrap(), "pip install x");
        assert!(command(" ").is_err());
        assert!(command("pip install x\nrm -rf /").is_err());
    }
}
