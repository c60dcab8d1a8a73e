//! Words for a POSIX shell, of commands that people are to run.

/// Tells whether a shell reads the text as one word, and as nothing but itself.
pub fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '_' | '/');
    !text.is_empty() && text.chars().all(plain)
}

/// Quotes a word where it needs that. It does not keep a `-` at its beginning from being read as an option.
pub fn quoted(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::quoted;

    #[test]
    #[cfg(unix)]
    fn a_shell_reads_what_was_quoted() {
        let words = [
            "plain/word-1.0+x",
            "",
            "two words",
            "it's",
            "$(id) `id` \\ \"",
            "*?[a]~",
            "line\nline",
            "ünï",
            "#x",
            "!!",
        ];
        for word in words {
            let output = Command::new("sh").args(["-c", &format!("printf %s {}", quoted(word))]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
        }
    }
}
