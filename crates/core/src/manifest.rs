//! Finding and reading a plugin's manifest: AiSOC's loader contract §1.
//!
//! Its checks are in [`check`](Manifest::check_as_loader); the text itself is `aisoc-canonical`'s.

mod as_read;
mod check;
mod error;

use std::path::{Path, PathBuf};

use aisoc_canonical::{Document, Format, Kind, Limits, Value};

pub use as_read::{FieldAsRead, ItemAsRead, MAX_ITEMS_SHOWN, ReadAs, SHOWN_FIELDS};
pub use check::{Facts, PluginId, PluginType};
pub use error::Error;

use crate::regular::Refused;
use crate::source::{Folder, Source};

/// The manifest that counts wherever it is there.
pub const YAML_NAME: &str = "plugin.yaml";

/// The manifest that counts where there is no [`YAML_NAME`].
pub const JSON_NAME: &str = "aisoc-plugin.json";

/// The top-level keys that the signature does not cover.
pub const UNSIGNED_KEYS: [&str; 2] = ["signature", "trust"];

/// The largest manifest that is read, in bytes.
pub const MAX_BYTES: usize = Limits::DEFAULT.text_bytes;

/// A manifest that Python can load and whose root is a mapping. Nothing else is known of it yet.
#[derive(Debug, Clone)]
pub struct Manifest {
    path: PathBuf,
    format: Format,
    document: Document,
    symlink: bool,
    ignores_json: bool,
}

impl Manifest {
    /// Finds and reads the manifest of the plugin in `dir`.
    ///
    /// A symlink is followed, as by the loader. A FIFO or device is refused: the loader would wait for it for ever.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::loader_fails`] tells what is the loader's failure and what is only ours.
    pub fn read(dir: &Path) -> Result<Self, Error> {
        Self::read_from(&Folder(dir))
    }

    /// Finds and reads the manifest of a plugin, wherever that is.
    pub(crate) fn read_from(plugin: &impl Source) -> Result<Self, Error> {
        plugin.check()?;
        let exists = |name| plugin.exists(name).map_err(|source| Error::Unreadable { path: plugin.path(name), source });
        let (name, format, ignores_json) = if exists(YAML_NAME)? {
            // The loader does not even look at the other one, so neither may an error there matter.
            (YAML_NAME, Format::Yaml, plugin.exists(JSON_NAME).unwrap_or(false))
        } else if exists(JSON_NAME)? {
            (JSON_NAME, Format::Json, false)
        } else {
            let look_alike = ["plugin.yml", "aisoc-plugin.yaml", "plugin.json"]
                .into_iter()
                .find(|name| plugin.exists(name).unwrap_or(false));
            return Err(Error::Missing { dir: plugin.path(""), look_alike });
        };
        let path = plugin.path(name);
        let text = match plugin.read(name, MAX_BYTES) {
            Ok(text) => text,
            Err(Refused::NotAFile(what)) => return Err(Error::NotAFile { path, what }),
            Err(Refused::TooLarge) => return Err(Error::TooLarge { path }),
            Err(Refused::Io(source)) => return Err(Error::Unreadable { path, source }),
        };
        let document = Document::read(&text, format).map_err(|source| Error::Text { path: path.clone(), source })?;
        if !matches!(document.root().kind(), Kind::Map) {
            return Err(Error::NotMapping { path, kind: kind_name(document.root()) });
        }
        let symlink = plugin.is_symlink(name);
        Ok(Self { path, format, document, symlink, ignores_json })
    }

    /// Returns the manifest's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns how the manifest is spelled.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Tells whether the manifest's file is a symlink. OCI installs refuse such plugins.
    pub fn is_symlink(&self) -> bool {
        self.symlink
    }

    /// Tells whether a second manifest, [`JSON_NAME`], lies beside this one: neither read nor covered by the signature.
    pub fn ignores_json(&self) -> bool {
        self.ignores_json
    }

    /// Returns the whole manifest.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Returns the value of a top-level key.
    pub fn get(&self, key: &str) -> Option<Value<'_>> {
        self.document.root().get(key)
    }

    /// Returns the canonical bytes of what the signature covers: the mapping without [`UNSIGNED_KEYS`].
    ///
    /// # Errors
    /// [`Error::NotCanonical`], where Python's `json.dumps` raises or this program declines.
    pub fn canonical(&self) -> Result<Vec<u8>, Error> {
        self.document
            .canonical_without(&UNSIGNED_KEYS)
            .map_err(|source| Error::NotCanonical { path: self.path.clone(), source })
    }
}

/// Names the kind of a value for a message.
pub(crate) fn kind_name(value: Value<'_>) -> &'static str {
    match value.kind() {
        Kind::Null => "empty",
        Kind::Bool(_) => "a boolean",
        Kind::Int(_) | Kind::Float(_) => "a number",
        Kind::Str(_) => "a text",
        Kind::List => "a list",
        Kind::Map => "a mapping",
        Kind::Date | Kind::DateTime => "a date",
        Kind::Bytes => "bytes",
        Kind::Set => "a set",
        _ => "another kind of value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Explain as _};

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn yaml_comes_before_json() {
        let both = folder(&[(YAML_NAME, "id: yaml"), (JSON_NAME, "not JSON at all")]);
        let manifest = Manifest::read(both.path()).unwrap();
        assert_eq!((manifest.format(), manifest.ignores_json()), (Format::Yaml, true));
        let one = folder(&[(JSON_NAME, r#"{"id": "json"}"#)]);
        let manifest = Manifest::read(one.path()).unwrap();
        assert_eq!((manifest.format(), manifest.ignores_json()), (Format::Json, false));
        assert_eq!(manifest.canonical().unwrap(), br#"{"id":"json"}"#);
    }

    #[test]
    fn what_is_no_manifest() {
        let error = Manifest::read(folder(&[("plugin.yml", "id: a")]).path()).unwrap_err();
        assert_eq!(error.code(), Code::ManifestMissing);
        assert!(error.hint().unwrap().contains("rename `plugin.yml`"));
        let empty = folder(&[]);
        assert_eq!(Manifest::read(empty.path()).unwrap_err().code(), Code::ManifestMissing);
        std::fs::create_dir(empty.path().join(YAML_NAME)).unwrap();
        assert!(matches!(Manifest::read(empty.path()), Err(Error::NotAFile { .. })));
        let file = folder(&[(YAML_NAME, "id: a")]);
        let error = Manifest::read(&file.path().join(YAML_NAME)).unwrap_err();
        assert_eq!(error.code(), Code::FolderInvalid);
        assert!(error.to_string().ends_with("it is not a folder"), "{error}");
        for (name, text) in
            [(YAML_NAME, ""), (YAML_NAME, "- a"), (YAML_NAME, "text"), (JSON_NAME, "[]"), (JSON_NAME, "1")]
        {
            let error = Manifest::read(folder(&[(name, text)]).path()).unwrap_err();
            assert_eq!(error.code(), Code::ManifestNotMapping, "{name} {text}");
            assert!(error.loader_fails());
        }
    }

    #[test]
    fn text_errors_have_a_place() {
        let broken = folder(&[(YAML_NAME, "id: ab\nname: [a\n")]);
        let error = Manifest::read(broken.path()).unwrap_err();
        assert_eq!(error.code(), Code::Manifest);
        assert!(error.detail().is_some());
        let place = error.place().unwrap();
        assert_eq!(place.path, broken.path().join(YAML_NAME));
        assert!(place.position.is_some());
        let huge = folder(&[(YAML_NAME, &" ".repeat(MAX_BYTES + 1))]);
        let error = Manifest::read(huge.path()).unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }) && !error.loader_fails());
    }

    #[test]
    fn dates_load_and_have_no_canonical_form() {
        let dated = folder(&[(YAML_NAME, "id: ab\nreleased: 2024-01-15\n")]);
        let error = Manifest::read(dated.path()).unwrap().canonical().unwrap_err();
        assert_eq!((error.code(), error.detail()), (Code::Manifest, Some("date-value")));
        assert_eq!(error.place().unwrap().position, Some((2, 11)));
        let dropped = folder(&[(YAML_NAME, "id: ab\nsignature: 2024-01-15\ntrust: {a: 2024-01-15}\nn: {trust: 1}")]);
        let canonical = Manifest::read(dropped.path()).unwrap().canonical().unwrap();
        assert_eq!(canonical, br#"{"id":"ab","n":{"trust":1}}"#);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_fifos() {
        use std::os::unix::fs::symlink;
        let folder = folder(&[(JSON_NAME, "{}"), ("real", "id: ab")]);
        // Python's `exists()` says no to a dangling link, so the JSON manifest counts.
        symlink("nowhere", folder.path().join(YAML_NAME)).unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap().format(), Format::Json);
        std::fs::remove_file(folder.path().join(YAML_NAME)).unwrap();
        symlink("real", folder.path().join(YAML_NAME)).unwrap();
        let manifest = Manifest::read(folder.path()).unwrap();
        assert!(manifest.is_symlink() && manifest.format() == Format::Yaml);
        std::fs::remove_file(folder.path().join(YAML_NAME)).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(folder.path().join(YAML_NAME)).status().unwrap().success());
        assert!(matches!(Manifest::read(folder.path()), Err(Error::NotAFile { .. })));
    }
}
