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

/// Returns a version that has only what versions have, and begins as they do; in a title or a command anything else could be read as
/// something else, such as `GH-123`.
pub(crate) fn plain(version: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '_' | '!');
    let number = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let fits = version.len() <= 64 && version.chars().all(plain) && number.starts_with(|c: char| c.is_ascii_digit());
    in_title(version).filter(|_| fits)
}

/// Returns a text unless GitHub takes it for a reference where it stands in a commit message: `GH-123` for an issue, 7 to 40
/// hexadecimal digits for a commit.
pub(crate) fn in_title(text: &str) -> Option<&str> {
    let issue = text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("gh-"))
        && text[3..].starts_with(|c: char| c.is_ascii_digit());
    let commit = (7..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!issue && !commit).then_some(text)
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
