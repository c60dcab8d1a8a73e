//! `go.mod`: the module that a plugin in Go belongs to.

use std::path::{Path, PathBuf};

use super::{Suggestion, Suggestions, belongs};
use crate::entry::Source;
use crate::entry::problem::shown;
use crate::regular;

const NAME: &str = "go.mod";

/// Suggests `go install` for a program, `go get` for a library, and the module's page.
///
/// AiSOC looks for a plugin's Go program at `go/main.go` (loader contract §9), so the module is looked for there first.
pub(super) fn suggest(dir: &Path, version: &str, found: &mut Suggestions) {
    let inner = dir.join("go");
    let start = if regular::exists(&inner.join(NAME)).unwrap_or(false) { &inner } else { dir };
    let Some((path, text)) = found.nearest(start, NAME) else { return };
    let Some(module) = module(&text) else {
        return found.ignored(&path, "it names no module");
    };
    if !module.split('/').next().is_some_and(|host| host.contains('.')) {
        return found.ignored(&path, format!("nobody else can get the module {}", shown(&module)));
    }
    let root = path.parent().unwrap_or(dir);
    let program = [inner.as_path(), dir]
        .into_iter()
        .find(|folder| folder.starts_with(root) && regular::exists(&folder.join("main.go")).unwrap_or(false));
    let fits = start.starts_with(root) && (root == inner || belongs(root, dir));
    let mut add = |field, value, said| {
        found.add(Suggestion { field, value, source: Source::GoModule, path: path.clone(), fits, said });
    };
    let tagged = Some("if the module has a tag of this version");
    let query = release(version);
    match program.and_then(|folder| package(&module, root, folder)) {
        Some(package) => {
            if let Some(query) = &query {
                add("install", format!("go install {package}@{query}"), tagged);
            }
            add("install", format!("go install {package}@latest"), None);
        }
        None => {
            if let Some(query) = &query {
                add("install", format!("go get {module}@{query}"), tagged);
            }
            add("install", format!("go get {module}"), None);
        }
    }
    add("url", format!("https://pkg.go.dev/{module}"), Some("if the module is public"));
}

/// The version of Go's that a release of this version has: `v1.2.3`.
fn release(version: &str) -> Option<String> {
    let number = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) && (part == "0" || !part.starts_with('0'))
    };
    let parts: Vec<_> = version.split('.').collect();
    (parts.len() == 3 && parts.iter().all(|part| number(part))).then(|| format!("v{version}"))
}

/// The import path of a folder of the module's.
fn package(module: &str, root: &Path, folder: &Path) -> Option<String> {
    let below: PathBuf = folder.strip_prefix(root).ok()?.to_owned();
    let parts: Option<Vec<_>> = below.iter().map(|part| part.to_str()).collect();
    Some([module].into_iter().chain(parts?).collect::<Vec<_>>().join("/"))
}

/// Reads the `module` directive of a `go.mod` (Go Modules Reference): one line, or a block of one.
fn module(text: &str) -> Option<String> {
    let mut block = false;
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let rest = match line.strip_prefix("module") {
            Some(rest) if rest.starts_with([' ', '\t', '(', '"', '`']) => rest.trim(),
            _ if block && !line.is_empty() && line != ")" => line,
            _ => continue,
        };
        if rest == "(" {
            block = true;
            continue;
        }
        let path = rest.trim_matches(['"', '`']);
        return (!path.is_empty() && !path.contains(char::is_whitespace)).then(|| path.to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spellings from the Go Modules Reference, "module directive" and "Lexical elements".
    #[test]
    fn module_directives() {
        let table = [
            ("module github.com/me/x\n\ngo 1.22\n", Some("github.com/me/x")),
            ("// Deprecated: no\nmodule \"github.com/me/x\" // why\n", Some("github.com/me/x")),
            ("module (\n\tgithub.com/me/x/v2\n)\n", Some("github.com/me/x/v2")),
            ("module `x.example/y`\r\n", Some("x.example/y")),
            ("go 1.22\nrequire modules.example/x v1.0.0\n", None),
            ("modulegithub.com/x", None),
            ("module", None),
            ("module a b", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(module(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn versions_of_releases() {
        assert_eq!(release("1.2.3").as_deref(), Some("v1.2.3"));
        for other in ["1.2", "1.2.3.4", "01.2.3", "1.2.x", "", "1..3", "1.2.3-rc1"] {
            assert_eq!(release(other), None, "{other}");
        }
    }
}
