//! The address of the Git repository that a plugin's folder lies in.
//!
//! Git is not run, since its settings may name programs. Read is the `config` of a `.git` folder around the plugin, without its
//! includes and without a user's own settings. A `.git` that is a file or a link, as linked work trees and submodules have, is
//! not followed: it could name any folder of this machine.

use std::path::Path;

use gix_config::File;
use gix_config::file::Metadata;

use super::{MAX_BYTES, Suggestion, Suggestions};
use crate::entry::Source;
use crate::entry::rules::address::{is_dots, shown_address};
use crate::entry::rules::host::is_host_name;
use crate::regular::{self, Refused};

/// How many folders above the plugin's are looked at.
const MAX_UP: usize = 64;

/// Suggests the repository's page, and the command that clones it.
pub(super) fn suggest(dir: &Path, found: &mut Suggestions) {
    let Some(top) = dir.ancestors().take(MAX_UP).find(|folder| folder.join(".git").symlink_metadata().is_ok()) else {
        return;
    };
    let git = top.join(".git");
    if !git.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return found.ignored(&git, "it is no folder, and where it leads is not read");
    }
    let path = git.join("config");
    let bytes = match regular::read(&path, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(Refused::Io(error)) if regular::means_absent(&error) => return,
        Err(_) => return found.ignored(&path, "it cannot be read"),
    };
    let Ok(config) =
        File::from_bytes_no_includes(&bytes, Metadata::default(), gix_config::file::init::Options::default())
    else {
        return found.ignored(&path, "it is no configuration of Git's");
    };
    let Some(url) = remote(&config) else { return };
    let (address, said) = match public(&url) {
        Ok(public) => public,
        Err(why) => return found.ignored(&path, why),
    };
    let suggestion =
        |field, value, fits| Suggestion { field, value, source: Source::GitRemote, path: path.clone(), fits, said };
    // A page for readers has no `.git`, and cloning works without it.
    let page = address.strip_suffix(".git").unwrap_or(&address).to_owned();
    // In a clone of somebody's collection of plugins, such as AiSOC's own repository, it is not the plugin's home.
    let own = super::belongs(top, dir);
    found.add(suggestion("url", page.clone(), own));
    found.add(suggestion("install", format!("git clone {page}"), own));
}

/// The address of `origin`, or of the only remote.
fn remote(config: &File) -> Option<String> {
    let address = |section: &gix_config::file::SectionRef<'_>| {
        let url = section.values("url").into_iter().next()?;
        String::from_utf8(url.to_vec()).ok().filter(|url| !url.trim().is_empty())
    };
    let remotes: Vec<_> = config.sections_by_name("remote")?.collect();
    let origin =
        remotes.iter().filter(|section| section.header().subsection_name().is_some_and(|name| name == "origin"));
    let origin = origin.filter_map(address).next();
    match remotes.as_slice() {
        _ if origin.is_some() => origin,
        [only] => address(only),
        _ => None,
    }
}

/// Turns a remote's address into one that anybody can open; says what was done, or why it cannot be.
fn public(url: &str) -> Result<(String, Option<&'static str>), String> {
    let url = url.trim();
    // Nothing of a repository's page stands there, and a token may.
    let (plain, cut) = url.find(['?', '#']).map_or((url, false), |at| (&url[..at], true));
    let (scheme, rest) = match plain.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        // `user@host:path`, where the colon comes before any slash (git-clone(1), "Git URLs").
        None => match plain.split_once(':') {
            Some((host, path)) if !host.contains('/') && host.len() > 1 && !path.starts_with(':') => {
                return ssh(host, path.trim_start_matches('/'), cut);
            }
            _ => return Err(format!("the remote {} is a folder of this machine", shown_address(url))),
        },
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    match scheme.as_str() {
        "ssh" | "git+ssh" | "ssh+git" => ssh(host.split(':').next().unwrap_or(host), path, cut),
        "git" => {
            let said = match cut {
                false => "with https in place of git",
                true => "with https in place of git, and without what stood behind its `?` or `#`",
            };
            Ok((page("https", host.split(':').next().unwrap_or(host), path)?, Some(said)))
        }
        "https" | "http" => {
            let said = match (user, cut) {
                (None, false) => None,
                (Some(_), false) => Some("without the user name or password that stood in it"),
                (None, true) => Some("without what stood behind its `?` or `#`"),
                (Some(_), true) => Some("without the user name or password and what stood behind its `?` or `#`"),
            };
            Ok((page(&scheme, host, path)?, said))
        }
        _ => Err(format!("the remote {} is of a kind that not everybody can open", shown_address(url))),
    }
}

fn ssh(host: &str, path: &str, cut: bool) -> Result<(String, Option<&'static str>), String> {
    let host = host.rsplit('@').next().unwrap_or(host);
    let said = match cut {
        false => "with https in place of SSH",
        true => "with https in place of SSH, and without what stood behind its `?` or `#`",
    };
    Ok((page("https", host, path)?, Some(said)))
}

/// Puts an address together that means the same to a browser, a shell and Git. What does not fit is not repeated: a password
/// would stand there too.
fn page(scheme: &str, host: &str, path: &str) -> Result<String, String> {
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let is_port = |port: &str| port.parse::<u16>().is_ok() && port.bytes().all(|byte| byte.is_ascii_digit());
    // `%` as in `My%20Project`.
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '+' | '%');
    let is_part = |part: &str| !part.is_empty() && !is_dots(part) && part.chars().all(known);
    let path = path.trim_matches('/');
    if !is_host_name(name) || port.is_some_and(|port| !is_port(port)) || !path.split('/').all(is_part) {
        return Err("the remote has no plain address of the web".to_owned());
    }
    Ok(format!("{scheme}://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The forms of git-clone(1), "Git URLs".
    #[test]
    fn remotes_become_addresses_for_everybody() {
        let ssh = Some("with https in place of SSH");
        let cleaned = Some("without the user name or password that stood in it");
        let table = [
            ("https://github.com/me/x.git", "https://github.com/me/x.git", None),
            ("git@github.com:me/x.git", "https://github.com/me/x.git", ssh),
            ("github.com:me/x", "https://github.com/me/x", ssh),
            ("git@github.com:/me/x", "https://github.com/me/x", ssh),
            ("ssh://git@github.com/me/x.git", "https://github.com/me/x.git", ssh),
            ("ssh://git@github.com:22/me/x.git", "https://github.com/me/x.git", ssh),
            ("git+ssh://github.com/me/x", "https://github.com/me/x", ssh),
            ("git://github.com/me/x", "https://github.com/me/x", Some("with https in place of git")),
            ("https://me:hunter2@github.com/me/x", "https://github.com/me/x", cleaned),
            ("https://hunter2@github.com:8443/me/x", "https://github.com:8443/me/x", cleaned),
            ("https://me:hunt@er2@github.com/me/x", "https://github.com/me/x", cleaned),
            ("https://dev.azure.com/me/My%20Project/_git/x/", "https://dev.azure.com/me/My%20Project/_git/x", None),
            (
                "https://github.com/me/x?private_token=hunter2",
                "https://github.com/me/x",
                Some("without what stood behind its `?` or `#`"),
            ),
            (
                "https://me@github.com/me/x#hunter2",
                "https://github.com/me/x",
                Some("without the user name or password and what stood behind its `?` or `#`"),
            ),
            (
                "git@github.com:me/x.git?token=hunter2",
                "https://github.com/me/x.git",
                Some("with https in place of SSH, and without what stood behind its `?` or `#`"),
            ),
        ];
        for (url, expected, said) in table {
            assert_eq!(public(url), Ok((expected.to_owned(), said)), "{url}");
        }
        for url in
            ["/srv/git/x.git", "../x", "C:\\x", "file:///srv/x", "ext::sh -c x", "git@github.com:", "ftp://a/b", "x"]
        {
            assert!(public(url).is_err(), "{url}");
        }
    }

    #[test]
    fn what_is_no_plain_address_is_not_suggested() {
        for url in [
            "ssh://-oProxyCommand=touch.x/y",
            "ssh://git@-x.com/y",
            "https://a..b.com/x",
            "https://git_hub.com/x",
            "https://github.com:x/y",
            "https://github.com:+1/y",
            "git@github.com:me/x y.git",
            "git@github.com:../../x",
            "https://github.com/a/%2e%2E/x",
            "https://github.com/me//x",
            "https://github.com/me/*",
            "https://github.com/me/$(id)",
            "https://github.com/me/`id`",
            "https://github.com/me/a;b",
            "https://github.com/me/\u{fc}",
            "https://github.com/",
            "git@github.com:~/x",
        ] {
            assert_eq!(public(url), Err("the remote has no plain address of the web".to_owned()), "{url}");
        }
    }

    #[test]
    fn a_password_is_nowhere() {
        for url in [
            "ftp://me:hunter2@example.org/x",
            "foo://hunter2@example.org/x",
            "me:hunter2@example.org",
            "https://u:hunter2/a@github.com/x",
            "https://u:a@hunter2/a@github.com/x",
            "https://u:hunter2?a@github.com/x",
            "https://u:hunter2#a@github.com/x",
            "ssh://u:hunter2/a@github.com/x",
            "foo://u:hunter2/a@github.com/x",
            "u:hunter2/a@github.com/x",
            "me:hunter2/a@github.com/x",
            "/srv/hunter2@x",
        ] {
            let shown = format!("{:?}", public(url));
            assert!(!shown.contains("hunter2") && !shown.contains("me:"), "{url}: {shown}");
        }
    }
}
