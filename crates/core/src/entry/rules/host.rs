//! Hosts: whose name is one at all, and which of them everybody reaches.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::Host;

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

/// Tells whether this is the name of a host (RFC 1123 §2.1): labels of letters, digits and inner hyphens, the last one not a
/// number. Other alphabets are expected in their ASCII form.
pub(crate) fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.len() <= 253 && name.split('.').all(is_label) && !last.bytes().all(|byte| byte.is_ascii_digit())
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

    #[test]
    fn names_of_hosts() {
        let long = format!("{}.org", "a".repeat(63));
        for name in ["github.com", "x", "3com.com", "a-b.example", "xn--bcher-kva.example", &long] {
            assert!(is_host_name(name), "{name}");
        }
        let long = format!("{}.org", "a".repeat(64));
        let longer = vec!["abcdefg"; 32].join(".");
        for name in
            ["", "-x.com", "x-.com", "a..b", ".a", "a.", "a_b.org", "a b", "a.1", "-oProxyCommand=x", &long, &longer]
        {
            assert!(!is_host_name(name), "{name}");
        }
    }
}
