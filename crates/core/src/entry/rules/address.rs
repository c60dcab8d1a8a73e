//! Web addresses that a page for strangers may link to.

use url::{Host, Url};

use super::host::{is_host_name, is_local};
use crate::entry::problem::{Problem, Rule, shown};
use crate::entry::schema::name_of;

/// Characters that an address has only percent-encoded (RFC 3986 §2), and those that Markdown and shells take for their own.
const ENCODED: [char; 14] = ['`', '"', '\'', '<', '>', '(', ')', '[', ']', '{', '}', '|', '\\', '^'];

/// Names behind a `?` whose value opens something, as the last word of the name.
const SECRET_NAMES: [&str; 14] = [
    "token",
    "auth",
    "authorization",
    "key",
    "apikey",
    "secret",
    "password",
    "passwd",
    "pwd",
    "pass",
    "signature",
    "sig",
    "credential",
    "jwt",
];

/// Finds what is wrong with an address; what its scheme and host are decides most of it.
pub(in crate::entry) fn of_url(text: &str, pointer: &str, problems: &mut Vec<Problem>) {
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    let name = name_of(pointer);
    let add = |problems: &mut Vec<Problem>, rule, message: String, cure: &str| {
        problems.push(Problem::new(rule, pointer, message).cure(cure));
    };
    let parsed = match Url::parse(text) {
        // Browsers read `\` as `/` and skip line breaks; what a reviewer sees must be where the link leads.
        Ok(url) if !text.contains(['\\', ' ']) && !text.chars().any(char::is_control) => url,
        _ => return add(problems, Rule::Url, format!("{name} {} is no web address", shown_address(text)), WEB),
    };
    match parsed.scheme() {
        "https" => {}
        "http" => {
            let message = format!("{name} {} is not encrypted on its way", shown_address(text));
            add(problems, Rule::UrlInsecure, message, "write https:// if the site has it, or link to one that does");
        }
        _ => return add(problems, Rule::Url, format!("{name} {} is no web address", shown_address(text)), WEB),
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        // Never repeated: it may be somebody's token.
        let message = format!("{name} has a user name or a password in it");
        add(
            problems,
            Rule::UrlCredentials,
            message,
            "take everything before the `@` out, and revoke it if it is secret",
        );
    }
    if let Some(secret) = secret_name(&parsed) {
        let message =
            format!("{name} gives away a {}, as it seems: what stands behind it opens something", shown(&secret));
        add(
            problems,
            Rule::UrlCredentials,
            message,
            "take everything from the `?` or `#` on out, and revoke what is secret",
        );
    }
    let (written, rest) = parts(text);
    if let Some(c) = rest.chars().find(|c| ENCODED.contains(c)) {
        let message = format!("{name} has {} in it, which pages and shells act upon", named(c));
        add(problems, Rule::UrlCharacters, message, &format!("write `%{:02X}` in its place", u32::from(c)));
    }
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    if path.split('/').any(is_dots) {
        let message = format!("{name} has `.` or `..` between slashes, so it leads elsewhere than it reads");
        add(problems, Rule::Url, message, "write the path that it leads to");
    }
    if let Some(port) = parsed.port() {
        let message = format!("{name} leads to port {port}, which is not the web's");
        add(problems, Rule::UrlPort, message, "take the port out unless the page is there alone");
    }
    let Some(host) = parsed.host() else {
        return add(problems, Rule::Url, format!("{name} {} has no host", shown_address(text)), WEB);
    };
    if is_local(&host) {
        let message =
            format!("{name} leads to {}, which only this machine or some networks reach", shown(&host.to_string()));
        add(problems, Rule::UrlLocal, message, "give the address that everybody can open");
    } else if let Host::Domain(ascii) = host {
        if !is_host_name(ascii) {
            let message = format!("{name} leads to {}, which is no name of a host", shown(ascii));
            add(problems, Rule::Url, message, WEB);
        } else if !written.eq_ignore_ascii_case(ascii) {
            let message = format!("{name} leads to {}, which is looked up as `{ascii}`", shown(written));
            add(problems, Rule::UrlSpelling, message, "compare the letters: other alphabets have some that look alike");
        }
    } else {
        let message = format!("{name} leads to the number {host} and not to a name");
        add(problems, Rule::UrlNumber, message, "give the name: numbers change hands, and certificates are for names");
    }
}

const WEB: &str = "give an address that starts with https://";

/// Names a character in a message, also the one that messages are quoted with.
pub(super) fn named(c: char) -> String {
    if c == '`' { "a backtick".to_owned() } else { shown(&c.to_string()) }
}

/// Tells whether a part of a path is one that readers resolve: `.`, `..`, or those in percent-encoding.
pub(in crate::entry) fn is_dots(part: &str) -> bool {
    matches!(part.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

/// The first name behind `?` or `#` whose value seems to be a secret.
fn secret_name(url: &Url) -> Option<String> {
    let pairs = |text: Option<&str>| -> Vec<(String, String)> {
        url::form_urlencoded::parse(text.unwrap_or_default().as_bytes()).into_owned().collect()
    };
    pairs(url.query()).into_iter().chain(pairs(url.fragment())).find_map(|(name, value)| {
        let plain = name.to_ascii_lowercase();
        let last = plain.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let is_secret = SECRET_NAMES.contains(&last)
            || ["token", "secret", "password", "apikey"].iter().any(|end| last.ends_with(end));
        (is_secret && !value.is_empty()).then_some(name)
    })
}

/// Shows an address without what may be somebody's secret: what stands before an `@` in it, and behind a `?` or `#`.
pub(in crate::entry) fn shown_address(text: &str) -> String {
    shown(&without_secrets(text))
}

/// The same without quotes and at any length.
pub(in crate::entry) fn without_secrets(text: &str) -> String {
    let (start, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    // Where an `@` ends the user's name is sure only in what can be read as an address: a password may have `/?#` in it.
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let sure = !rest[..end].contains([':', '@']) && Url::parse(text.trim()).is_ok_and(|url| url.has_host());
    let end = if sure { end } else { rest.len() };
    let (begin, rest) = match rest[..end].rfind('@') {
        Some(at) => ("…", &rest[at..]),
        None => ("", rest),
    };
    let scheme = if start.is_empty() { String::new() } else { format!("{start}://") };
    match rest.find(['?', '#']) {
        Some(at) => format!("{scheme}{begin}{}…", &rest[..=at]),
        None => format!("{scheme}{begin}{rest}"),
    }
}

/// The host as it is written, without user name and port, and what follows it.
fn parts(text: &str) -> (&str, &str) {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = rest[..end].rsplit('@').next().unwrap_or_default();
    (host.split(':').next().unwrap_or_default(), &rest[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(url: &str) -> Vec<Rule> {
        let mut problems = Vec::new();
        of_url(url, "/url", &mut problems);
        for problem in &problems {
            assert!(!problem.message.contains("hunter2"), "{}", problem.message);
        }
        problems.iter().map(|problem| problem.rule).collect()
    }

    #[test]
    fn addresses_for_everybody() {
        for url in [
            "https://github.com/myorg/aisoc-virustotal",
            "HTTPS://GitHub.com:443/x?y#z",
            "https://pypi.org/project/x/@1",
            "https://example.org/x?page=2&token=#author=me",
            "https://github.com/me/x/compare/a...b",
            "https://example.org/%28x%29?q=a+b&r=*",
            "https://xn--bcher-kva.example.com/",
        ] {
            assert_eq!(found(url), [], "{url}");
        }
    }

    #[test]
    fn addresses_for_nobody() {
        let table = [
            ("http://github.com/x", Rule::UrlInsecure),
            ("ftp://example.org", Rule::Url),
            ("javascript:alert(1)", Rule::Url),
            ("data:text/html,x", Rule::Url),
            ("github.com/x", Rule::Url),
            ("https://", Rule::Url),
            ("https:\\\\github.com\\x", Rule::Url),
            ("https://a b.example/", Rule::Url),
            ("https://me:hunter2@github.com/x", Rule::UrlCredentials),
            ("https://hunter2@github.com/x", Rule::UrlCredentials),
            ("https://u:hunter2/a@github.com/x", Rule::Url),
            ("https://u:hunter2?a@github.com/x", Rule::Url),
            ("https://u:hunter2#a@github.com/x", Rule::Url),
            ("ftp://example.org/x?token=hunter2", Rule::Url),
            ("https://github.com/me/x?private_token=hunter2", Rule::UrlCredentials),
            ("https://github.com/me/x#accessToken=hunter2", Rule::UrlCredentials),
            ("https://example.org/x?a=b&X-Amz-Signature=hunter2", Rule::UrlCredentials),
            ("https://-x.com/", Rule::Url),
            ("https://a..b.com/", Rule::Url),
            ("https://a_b.com/", Rule::Url),
            ("https://github.com/a/../../x", Rule::Url),
            ("https://github.com/a/%2E%2e/x", Rule::Url),
            ("https://github.com/`id`", Rule::UrlCharacters),
            ("https://github.com/)[x](javascript:1)", Rule::UrlCharacters),
            ("https://github.com/x\"onclick=1", Rule::UrlCharacters),
            ("https://github.com/x?a=<b>", Rule::UrlCharacters),
            ("https://github.com/x#{a}", Rule::UrlCharacters),
            ("https://github.com/x|id", Rule::UrlCharacters),
            ("https://github.com/x^", Rule::UrlCharacters),
            ("https://github.com:22/x", Rule::UrlPort),
            ("https://github.com:1/x", Rule::UrlPort),
            ("https://b\u{fc}cher.example/x", Rule::UrlSpelling),
            ("https://g\u{456}thub.com/x", Rule::UrlSpelling),
            ("https://8.8.8.8/x", Rule::UrlNumber),
            ("https://[2606:4700::1111]/x", Rule::UrlNumber),
        ];
        for (url, rule) in table {
            assert_eq!(found(url), [rule], "{url}");
        }
    }

    /// The blocks stand in IANA's registries of special-purpose addresses.
    #[test]
    fn addresses_for_some() {
        for host in [
            "localhost",
            "LOCALHOST.",
            "printer.local",
            "a.b.internal",
            "intranet",
            "git",
            "db.lan",
            "x.home.arpa",
            "x.test",
            "127.0.0.1",
            "127.1",
            "0x7f000001",
            "2130706433",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.2.1",
            "224.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fc00::1]",
            "[fd12:3456::1]",
            "[::ffff:10.0.0.1]",
            "[ff02::1]",
            "[2001:db8::1]",
            "[64:ff9b::7f00:1]",
            "[2002:a00:1::]",
        ] {
            assert_eq!(found(&format!("https://{host}/x")), [Rule::UrlLocal], "{host}");
        }
        for host in ["172.32.0.1", "100.128.0.1", "[::ffff:8.8.8.8]"] {
            assert!(!found(&format!("https://{host}/x")).contains(&Rule::UrlLocal), "{host}");
        }
    }

    #[test]
    fn what_stands_before_an_at_sign_is_not_shown() {
        assert_eq!(shown_address("ftp://me:hunter2@example.org/x"), "`ftp://…@example.org/x`");
        assert_eq!(shown_address("me:hunter2@example.org"), "`…@example.org`");
        assert_eq!(shown_address("https://example.org/@x"), "`https://example.org/@x`");
        for password in ["hunter2/a", "hunter2?a", "hunter2#a", "a@hunter2", "80/hunter2", "hunter2/@a"] {
            for start in ["https://u:", "foo://u:", "u:", "http://u.example:"] {
                assert!(
                    !shown_address(&format!("{start}{password}@github.com/x")).contains("hunter2"),
                    "{start}{password}"
                );
            }
        }
        assert_eq!(shown_address("http://example.org/x?token=hunter2"), "`http://example.org/x?…`");
    }
}
