//! Which of two versions is the lower one, and which can stand in a title.

use std::cmp::Ordering;

use pep508_rs::pep440_rs::Version;

/// Compares two versions as Python's packages do (PEP 440), number by number; nothing where one is no such version.
pub(crate) fn compare(left: &str, right: &str) -> Option<Ordering> {
    if left == right {
        return Some(Ordering::Equal);
    }
    let parse = |text: &str| text.trim().parse::<Version>().ok();
    Some(parse(left)?.cmp(&parse(right)?))
}

/// Returns a version that has only what versions have; in a title or a command anything else could be read as something else.
pub(crate) fn plain(version: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '_' | '!');
    ((1..=64).contains(&version.len()) && version.chars().all(plain)).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_not_letters_are_compared() {
        // The order is that of PEP 440's "summary of permitted suffixes and relative ordering".
        for (lower, higher) in
            [("1.9.0", "1.10.0"), ("1.0.0rc1", "1.0.0"), ("1.0.dev1", "1.0a1"), ("1.0", "1.0.post1"), ("v2", "3")]
        {
            assert_eq!(compare(lower, higher), Some(Ordering::Less), "{lower} {higher}");
            assert_eq!(compare(higher, lower), Some(Ordering::Greater), "{lower} {higher}");
        }
        assert_eq!(compare("1.0", "1.0.0"), Some(Ordering::Equal));
        assert_eq!(compare("spring", "spring"), Some(Ordering::Equal));
        assert_eq!(compare("spring", "1.0"), None);
        assert_eq!(compare("1.0.0", "1.0.0-alpha.beta"), None);
    }
}
