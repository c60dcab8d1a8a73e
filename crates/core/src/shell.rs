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

/// Writes commands as lines for pasting that stop at the first one that fails: all but the last end in `&&`.
pub fn chained(commands: &[String]) -> Vec<String> {
    let last = commands.len().saturating_sub(1);
    let line = |(at, command): (usize, &String)| if at < last { format!("{command} &&") } else { command.clone() };
    commands.iter().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{chained, quoted};

    #[test]
    #[cfg(unix)]
    fn what_is_pasted_stops_at_the_first_failure() {
        let said = |commands: &[&str]| {
            let lines = chained(&commands.iter().map(|&command| command.to_owned()).collect::<Vec<_>>()).join("\n");
            let output = Command::new("sh").args(["-c", &lines]).output().unwrap();
            (String::from_utf8(output.stdout).unwrap(), output.status.success())
        };
        assert_eq!(said(&["printf 1", "x=2", "printf $x"]), ("12".to_owned(), true));
        assert_eq!(said(&["printf 1", "false", "printf 2", "printf 3"]), ("1".to_owned(), false));
        assert_eq!((said(&["printf 1"]).0, chained(&[]).len()), ("1".to_owned(), 0));
    }

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
