//! Web addresses that a page for strangers may link to.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::entry::problem::{Problem, Rule, shown};
use crate::entry::schema::name_of;

/// Ends of host names that only some networks know: RFC 6761, RFC 6762 appendix G, RFC 8375, and ICANN's `.internal`.
const LOCAL_ENDS: [&str; 13] = [
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "home.arpa",
    "test",
    "invalid",
    "onion",
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
    let Some(host) = parsed.host() else {
        return add(problems, Rule::Url, format!("{name} {} has no host", shown_address(text)), WEB);
    };
    if is_local(&host) {
        let message = format!("{name} leads to `{host}`, which only this machine or some networks reach");
        add(problems, Rule::UrlLocal, message, "give the address that everybody can open");
    } else if let Host::Domain(ascii) = host {
        let written = written_host(text);
        if !written.eq_ignore_ascii_case(ascii) {
            let message = format!("{name} leads to {}, which is looked up as `{ascii}`", shown(written));
            add(problems, Rule::UrlSpelling, message, "compare the letters: other alphabets have some that look alike");
        }
    } else {
        let message = format!("{name} leads to the number {host} and not to a name");
        add(problems, Rule::UrlNumber, message, "give the name: numbers change hands, and certificates are for names");
    }
}

const WEB: &str = "give an address that starts with https://";

/// Shows an address without what stands before an `@` in it.
pub(in crate::entry) fn shown_address(text: &str) -> String {
    let (start, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) if start.is_empty() => shown(&format!("…{}", &rest[at..])),
        Some(at) => shown(&format!("{start}://…{}", &rest[at..])),
        None => shown(text),
    }
}

/// The host as it is written, without user name and port.
fn written_host(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split(':').next().unwrap_or_default()
}

/// Tells whether a host is this machine's, a private network's, or no host of the public Internet's at all.
pub(in crate::entry) fn is_local<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => is_local_name(name.as_ref()),
        Host::Ipv4(address) => is_local_v4(*address),
        Host::Ipv6(address) => is_local_v6(*address),
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let ends = |end: &str| name.strip_suffix(end).is_some_and(|start| start.is_empty() || start.ends_with('.'));
    !name.contains('.') || LOCAL_ENDS.iter().any(|end| ends(end))
}

/// The blocks of IANA's registry of special-purpose IPv4 addresses (RFC 6890) that are not reached globally.
fn is_local_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && matches!(b, 18 | 19))
        || address.octets().starts_with(&[192, 0, 0])
}

/// The same for IPv6, where only 2000::/3 is given out (RFC 4291 §2.4), and some of it holds IPv4 addresses.
fn is_local_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_local_v4(v4);
    }
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_local_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // NAT64 (RFC 6052) and 6to4 (RFC 3056).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => true,
        [first, ..] => first & 0xe000 != 0x2000,
    }
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
    }
}
