//! Install commands: one line that a stranger pastes into a shell.

use std::str::FromStr as _;

use pep508_rs::pep440_rs::Version;
use pep508_rs::{Requirement, VerbatimUrl, VersionOrUrl};
use url::Host;

use super::address::{self, named};
use super::host::{is_host_name, is_local};
use super::options::{GIT, GO, ORAS, PIP, PIPX, POETRY, Tool, UV};
use crate::entry::problem::{Problem, Rule, shown};

pub(super) const AT: &str = "/install";

/// The programs whose commands are looked into.
const KNOWN: [&str; 10] = ["python", "python3", "py", "pip", "pip3", "pipx", "uv", "poetry", "go", "git"];

/// Finds what is wrong with a command, as the shell and then the program would read it.
pub(in crate::entry) fn problems(command: &str, version: Option<&str>, problems: &mut Vec<Problem>) {
    let words = match words(command) {
        Ok(words) => words,
        Err(c) => {
            let message = format!("`install` has {}, which a shell acts upon", named(c));
            problems.push(
                Problem::new(Rule::InstallShell, AT, message)
                    .cure("give one plain command; put a requirement such as 'my-plugin>=1.2' in single quotes"),
            );
            return;
        }
    };
    let mut words: Vec<_> = words.iter().map(String::as_str).collect();
    if words.first() == Some(&"sudo") {
        words.remove(0);
        problems.push(
            Problem::new(Rule::InstallSudo, AT, "`install` asks for the rights of root")
                .cure("take `sudo` out: installing a package needs no such rights, and its code would run with them"),
        );
    }
    match words.as_slice() {
        ["python" | "python3" | "py", "-m", "pip", "install", rest @ ..] | ["pip" | "pip3", "install", rest @ ..] => {
            python(&PIP, rest, version, problems);
        }
        ["pipx", "install", rest @ ..] => python(&PIPX, rest, version, problems),
        ["uv", "pip" | "tool", "install", rest @ ..] | ["uv", "add", rest @ ..] => python(&UV, rest, version, problems),
        ["poetry", "add", rest @ ..] => python(&POETRY, rest, version, problems),
        ["go", "install", rest @ ..] => go(rest, true, problems),
        ["go", "get", rest @ ..] => go(rest, false, problems),
        ["git", "clone", rest @ ..] => git(rest, problems),
        ["oras", "pull", rest @ ..] => oras(rest, problems),
        [] => {}
        [program, ..] if program.contains('=') => {
            let name = program.split('=').next().unwrap_or_default();
            let message = format!("`install` sets {}, which can change what is installed and run", shown(name));
            target(message, "give the command alone", problems);
        }
        [program, option, ..] if KNOWN.contains(program) && option.starts_with('-') => {
            let option = option.split('=').next().unwrap_or_default();
            let message = format!(
                "`install` has {} before what `{program}` should do, and such options can change what is run",
                shown(&address::without_secrets(option))
            );
            target(message, "leave it out", problems);
        }
        [program, ..] => problems.push(
            Problem::new(
                Rule::InstallKind,
                AT,
                format!("`install` runs {}, which is none of the usual ways", shown(program)),
            )
            .cure("give `pip install NAME`, `go install MODULE@VERSION` or `git clone https://…`"),
        ),
    }
}

/// Splits a command as a POSIX shell does; fails with the first character that the shell acts upon.
fn words(command: &str) -> Result<Vec<String>, char> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in command.trim().chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('\''), c) => word.get_or_insert_default().push(c),
            (Some(_), '$' | '`' | '\\' | '!') => return Err(c),
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ' | '\t') => words.extend(word.take()),
            (
                None,
                ';' | '|' | '&' | '$' | '`' | '<' | '>' | '(' | ')' | '{' | '}' | '\\' | '*' | '?' | '\n' | '\r',
            ) => {
                return Err(c);
            }
            (None, '#' | '~' | '!') if word.is_none() => return Err(c),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    if let Some(open) = quote {
        return Err(open);
    }
    words.extend(word);
    Ok(words)
}

pub(super) fn target(message: String, cure: &str, problems: &mut Vec<Problem>) {
    problems.push(Problem::new(Rule::InstallTarget, AT, message).cure(cure));
}

fn python(tool: &Tool, words: &[&str], version: Option<&str>, problems: &mut Vec<Problem>) {
    let Some(operands) = tool.operands(words, problems) else { return };
    if operands.is_empty() {
        return target("`install` names no package".to_owned(), PYTHON, problems);
    }
    for operand in operands {
        requirement(operand, version, problems);
    }
}

const PYTHON: &str = "write `pip install NAME` or `pip install NAME==VERSION`";

/// One requirement (PEP 508), or an address of what to install.
fn requirement(text: &str, version: Option<&str>, problems: &mut Vec<Problem>) {
    let (name, address) = match text.split_once('@') {
        Some((name, address)) if !name.contains([':', '/']) => (name.trim(), Some(address.trim())),
        _ if text.contains("://") => ("", Some(text)),
        _ => (text, None),
    };
    if let Some(address) = address {
        let plain = address.strip_prefix("git+").unwrap_or(address);
        if plain.is_empty() || text.starts_with('@') {
            let message = "`install` has an `@` without a package before and an address behind it".to_owned();
            return target(message, "put all of it in single quotes: `pip install 'NAME @ https://…'`", problems);
        }
        if !name.is_empty() && pep508_rs::PackageName::from_str(name.split('[').next().unwrap_or(name)).is_err() {
            return target(format!("`install` names {}, which is no name of a package", shown(name)), PYTHON, problems);
        }
        return address::of_url(plain, AT, problems);
    }
    // What starts like a path is one to pip, whatever lies there.
    if text.starts_with(['.', '/', '~']) || text.contains(['/', '\\']) {
        let message = format!("`install` names {}, which is a path of whoever pastes it", shown(text));
        return target(message, PYTHON, problems);
    }
    let parsed = match Requirement::<VerbatimUrl>::from_str(text) {
        Ok(parsed) => parsed,
        Err(_) => {
            let message = format!("`install` names {}, which is no package or no version", shown(text));
            return target(message, PYTHON, problems);
        }
    };
    let Some(VersionOrUrl::VersionSpecifier(specifiers)) = parsed.version_or_url else { return };
    // A version that Python packaging would spell otherwise is still the same: 1.0 and 1.0.0.
    let Some(version) = version.and_then(|version| Version::from_str(version).ok()) else { return };
    if !specifiers.contains(&version) {
        let message =
            format!("`install` asks for `{specifiers}`, and the entry is for {}", shown(&version.to_string()));
        problems.push(Problem::new(Rule::InstallVersion, AT, message).cure("name the same version, or none"));
    }
}

/// Go: `MODULE@VERSION`, where the module's path starts with a host.
fn go(words: &[&str], pinned: bool, problems: &mut Vec<Problem>) {
    const CURE: &str = "write `go install example.com/module@v1.2.3` or `@latest`";
    let Some(operands) = GO.operands(words, problems) else { return };
    if operands.is_empty() {
        return target("`install` names no module".to_owned(), CURE, problems);
    }
    for operand in operands {
        let (path, version) = operand.split_once('@').map_or((operand, None), |(path, version)| (path, Some(version)));
        let good = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && !part.ends_with('.')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~'))
        };
        let host = path.split('/').next().unwrap_or_default();
        if !path.trim_end_matches("/...").split('/').all(good) || !host.contains('.') || !is_host_name(host) {
            target(format!("`install` names {}, which is no path of a module", shown(path)), CURE, problems);
        } else if is_local(&Host::Domain(host)) {
            let message = format!("`install` leads to `{host}`, which only this machine or some networks reach");
            problems.push(Problem::new(Rule::UrlLocal, AT, message).cure("give a module that everybody can get"));
        }
        match version {
            None if pinned => {
                target(
                    "`install` gives no version, and `go install` needs one outside of a module".to_owned(),
                    CURE,
                    problems,
                );
            }
            Some(version) if !is_go_version(version) => {
                target(
                    format!("`install` asks for the version {}, which Go does not take", shown(version)),
                    CURE,
                    problems,
                );
            }
            _ => {}
        }
    }
}

/// A version query of Go's: `latest`, `v1`, `v1.2.3-rc.1+incompatible`, a branch or a commit.
fn is_go_version(version: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '/');
    // `@1.2.3` is what people write and what Go looks for as a branch of that name.
    let bare_number = version.split('.').count() > 1 && version.split('.').all(|part| part.parse::<u64>().is_ok());
    !version.is_empty() && !version.starts_with('-') && version.chars().all(known) && !bare_number
}

fn git(words: &[&str], problems: &mut Vec<Problem>) {
    const CURE: &str = "write `git clone https://HOST/OWNER/NAME`";
    let Some(operands) = GIT.operands(words, problems) else { return };
    if let [_, folder] = operands.as_slice()
        && !is_folder_here(folder)
    {
        let message = format!("`install` clones into {}, which is no new folder where it is pasted", shown(folder));
        return target(message, CURE, problems);
    }
    match operands.as_slice() {
        [url] | [url, _] if url.contains("://") && !url.starts_with("ssh://") => address::of_url(url, AT, problems),
        [url] | [url, _] => {
            let message = format!("`install` clones {}, which not everybody can", address::shown_address(url));
            target(message, CURE, problems);
        }
        _ => target("`install` does not say what to clone".to_owned(), CURE, problems),
    }
}

/// Tells whether a folder is `.`, or a visible one below it.
fn is_folder_here(folder: &str) -> bool {
    let good = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
    };
    folder == "." || folder.split('/').all(good)
}

/// OCI images, from which AiSOC's operators install; newest versions want them pinned (loader contract §8).
fn oras(words: &[&str], problems: &mut Vec<Problem>) {
    const CURE: &str = "write `oras pull HOST/NAME@sha256:DIGEST`";
    let Some(operands) = ORAS.operands(words, problems) else { return };
    match operands.as_slice() {
        [reference] => {
            let host = reference.split('/').next().unwrap_or_default();
            let host = host.split(':').next().unwrap_or_default();
            if !reference.contains('/') || !is_host_name(host) || is_local(&Host::Domain(host)) {
                target(format!("`install` pulls {}, which not everybody can", shown(reference)), CURE, problems);
            } else if !reference.split_once("@sha256:").is_some_and(|(_, hex)| {
                hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            }) {
                let message = format!("`install` pulls {}, which may be another image tomorrow", shown(reference));
                problems.push(Problem::new(Rule::InstallVersion, AT, message).cure(CURE));
            }
        }
        _ => target("`install` does not say what to pull".to_owned(), CURE, problems),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(command: &str) -> Vec<Rule> {
        let mut found = Vec::new();
        problems(command, Some("1.0.0"), &mut found);
        found.iter().map(|problem| problem.rule).collect()
    }

    #[test]
    fn commands_of_the_known_kinds() {
        for command in [
            "pip install aisoc-plugin-virustotal",
            "pip install AiSOC_Plugin.X==1.0",
            "pip3 install --upgrade x",
            "python3 -m pip install 'x[extra]>=0.9,<2'",
            "pip install x~=1.0",
            "pipx install x",
            "uv pip install x",
            "uv tool install x==1.0.0",
            "uv tool install --python 3.12 x",
            "pip install git+https://github.com/me/x",
            "pip install git+https://github.com/me/x@v1.0.0",
            "pip install 'x @ git+https://github.com/me/x@v1.0.0#subdirectory=py'",
            "pip install https://github.com/me/x/releases/download/v1/x-1.0.0-py3-none-any.whl",
            "go install github.com/me/x@latest",
            "go install github.com/me/x/cmd/y@v1.0.0",
            "go install golang.org/x/tools/...@v0.1.0-rc.1+incompatible",
            "go get github.com/me/x",
            "git clone https://github.com/me/x",
            "git clone --depth 1 --branch v1 https://github.com/me/x.git x",
            "git clone --depth=1 -b release/1.0 --recurse-submodules https://github.com/me/x .",
            "pip install -U --user --pre x",
            "pipx install --python 3.12 x",
            "oras pull ghcr.io/me/x@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ] {
            assert_eq!(found(command), [], "{command}");
        }
    }

    #[test]
    fn what_a_shell_acts_upon() {
        for command in [
            "pip install x; rm -rf ~",
            "curl https://x.example.org/i.sh | sh",
            "pip install x && x --setup",
            "pip install $(cat name)",
            "pip install `cat name`",
            "pip install \"$HOME\"",
            "pip install x>=1.0",
            "git clone https://github.com/me/*",
            "pip install https://github.com/me/x?y",
            "pip install x\nrm -rf /",
            "pip install x &",
            "pip install x \\",
            "pip install 'x",
            "# pip install x",
        ] {
            assert_eq!(found(command), [Rule::InstallShell], "{command:?}");
        }
    }

    #[test]
    fn blanks_around_an_at_sign_are_told() {
        assert_eq!(found("pip install x @ https://e.example.org/x.whl"), [Rule::InstallTarget]);
    }

    #[test]
    fn a_backtick_is_called_one() {
        let mut found = Vec::new();
        problems("pip install `id`", None, &mut found);
        assert_eq!(found[0].message, "`install` has a backtick, which a shell acts upon");
    }

    #[test]
    fn what_cannot_be_installed() {
        for command in [
            "pip install",
            "pip install .",
            "pip install ./x",
            "pip install -e .",
            "pip install -r requirements.txt",
            "pip install -x-",
            "pip install x==",
            "pip install x=1.0",
            "pip install _x",
            "pip install x==one",
            "pip install 'x @'",
            "pip install '@ https://github.com/x.whl'",
            "go install github.com/me/x",
            "go install x@latest",
            "go install https://github.com/me/x@latest",
            "go install github.com/me/../x@latest",
            "go install -x.com/me/x@latest",
            "go install github..com/me/x@latest",
            "go install github.com/me/x@1.0.0",
            "go install github.com/me/x@",
            "go install",
            "git clone git@github.com:me/x.git",
            "git clone ssh://git@github.com/me/x",
            "git clone -c core.sshCommand=x https://github.com/me/x",
            "git clone --upload-pack=x https://github.com/me/x",
            "git clone",
            "oras pull x",
            "oras pull a..b.io/x:1",
        ] {
            assert_eq!(found(command), [Rule::InstallTarget], "{command}");
        }
    }

    #[test]
    fn what_is_told() {
        let table = [
            ("sudo pip install x", Rule::InstallSudo),
            ("pip install --index-url https://pypi.me.example.org x", Rule::InstallIndex),
            ("pip install --extra-index-url=https://pypi.me.example.org x", Rule::InstallIndex),
            ("pip install --trusted-host pypi.me.example.org x", Rule::InstallIndex),
            ("pip install x==0.9", Rule::InstallVersion),
            ("pip install 'x<1'", Rule::InstallVersion),
            ("make", Rule::InstallKind),
            ("npm install x", Rule::InstallKind),
            ("pip install git+http://github.com/me/x", Rule::UrlInsecure),
            ("pip install git+https://me:token@github.com/me/x", Rule::UrlCredentials),
            ("pip install 'x @ https://localhost/x.whl'", Rule::UrlLocal),
            ("git clone https://git.internal/x", Rule::UrlLocal),
            ("go install git.corp/me/x@latest", Rule::UrlLocal),
            ("oras pull ghcr.io/me/x:latest", Rule::InstallVersion),
        ];
        for (command, rule) in table {
            assert_eq!(found(command), [rule], "{command}");
        }
    }
}
