//! Where a secret comes from: a file, standard input or a variable, never an argument.

use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal as _, Read as _};

use aisoc_publisher_core::keystore::file::MIN_PASSPHRASE_CHARS;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// `-`, `env:NAME` or a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SecretSource {
    StandardInput,
    Variable(String),
    Path(String),
}

impl SecretSource {
    pub(crate) fn parse(text: &str) -> Self {
        match text.strip_prefix("env:") {
            Some(name) => Self::Variable(name.to_owned()),
            None if text == "-" => Self::StandardInput,
            None => Self::Path(text.to_owned()),
        }
    }
}

/// Tells whether somebody gave a private key's text as an argument, with its PEM frame or without.
pub(crate) fn is_among_arguments() -> bool {
    // Base64 of what stands before the secret in an Ed25519 key's PKCS#8, of either version; no public key has it.
    const HEAD: &str = "BQYDK2VwBCIEI";
    std::env::args_os().any(|argument| {
        let argument = argument.to_string_lossy();
        argument.contains("-----BEGIN") || argument.contains(HEAD)
    })
}

/// Tells whether the name of a key file is rather the bare key in hex, so that no message may repeat it.
pub(crate) fn is_bare_key(path: &str) -> bool {
    matches!(path.len(), 64 | 128) && path.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The answer to that, without repeating it.
pub(crate) fn secret_as_argument() -> Failure {
    Failure::usage(
        "a key's text was given as an argument, where every process of this machine can read it".to_owned(),
        Some(
            "give the path of the key file, `-` to read it from standard input, or `env:NAME` for a variable that holds it; \
             if this was a private key in use, make a new one",
        ),
    )
}

/// Reads a variable's value as it is.
pub(crate) fn read_variable(name: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    match std::env::var_os(name).map(OsString::into_encoded_bytes) {
        Some(value) => Ok(Zeroizing::new(value)),
        None if is_variable_name(name) => Err(Failure::usage(
            format!("the variable `{name}` is not set"),
            Some("set it in the environment of this command, to the text itself and not to a path"),
        )),
        // `env:$NAME` gives the secret itself here, so it is not repeated.
        None => Err(Failure::usage(
            "after `env:` stands no name of a variable".to_owned(),
            Some("write `env:NAME` with the name alone, without `$`; if this was a secret, make a new one"),
        )),
    }
}

/// Tells whether a text can only be meant as a variable's name, so that a message may repeat it.
fn is_variable_name(text: &str) -> bool {
    let is_word = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    is_word && text.len() <= 64 && text.starts_with(|c: char| !c.is_ascii_digit())
}

/// A passphrase that a command takes.
pub(crate) struct Passphrase<'a> {
    /// The option that says where it comes from.
    pub(crate) option: &'static str,
    /// What was given there: `-` or `env:NAME`.
    pub(crate) source: Option<&'a str>,
    /// What it opens or will open, as in "the key `acme`".
    pub(crate) of: String,
}

impl Passphrase<'_> {
    /// Reads the passphrase of something that there is. Without a source a person at a terminal is asked; `None` where there is
    /// neither.
    pub(crate) fn read(&self) -> Result<Option<Zeroizing<String>>, Failure> {
        match self.source {
            None if std::io::stdin().is_terminal() => self.ask().map(Some),
            None => Ok(None),
            Some(_) => self.read_given(),
        }
    }

    /// Reads the passphrase if it was given, and asks for none that was not.
    pub(crate) fn read_given(&self) -> Result<Option<Zeroizing<String>>, Failure> {
        let Some(source) = self.source else { return Ok(None) };
        let bytes = match SecretSource::parse(source) {
            SecretSource::StandardInput if std::io::stdin().is_terminal() => return self.ask().map(Some),
            SecretSource::StandardInput => read_line()?,
            SecretSource::Variable(name) => read_variable(&name)?,
            SecretSource::Path(_) => {
                return Err(Failure::usage(
                    "a passphrase cannot be an argument, where every process of this machine can read it".to_owned(),
                    Some(&format!("write `{0} -` to read it from standard input, or `{0} env:NAME`", self.option)),
                ));
            }
        };
        match std::str::from_utf8(&bytes) {
            Ok(text) => Ok(Some(Zeroizing::new(text.to_owned()))),
            Err(_) => Err(Failure::usage("the passphrase is not UTF-8".to_owned(), None)),
        }
    }

    /// Reads the passphrase of something that is to be made. Whoever types it does so twice: a slip would lock it for good.
    ///
    /// What `check` refuses is not asked for again.
    pub(crate) fn read_new<E: Into<Failure>>(
        &self,
        check: impl Fn(&str) -> Result<(), E>,
    ) -> Result<Zeroizing<String>, Failure> {
        let typed = std::io::stdin().is_terminal() && matches!(self.source, None | Some("-"));
        if typed {
            let first =
                prompt(&format!("New passphrase for {}, {MIN_PASSPHRASE_CHARS} characters or more: ", self.of))?;
            check(&first).map_err(Into::into)?;
            if *prompt("The same passphrase again: ")? != *first {
                return Err(Failure::usage(
                    "the two passphrases differ".to_owned(),
                    Some("try again; nothing was made"),
                ));
            }
            return Ok(first);
        }
        let Some(passphrase) = self.read_given()? else {
            return Err(Failure::usage(
                format!("{} needs a passphrase", self.of),
                Some(&format!("`{0} -` reads it from standard input, `{0} env:NAME` from a variable", self.option)),
            ));
        };
        check(&passphrase).map_err(Into::into)?;
        Ok(passphrase)
    }

    fn ask(&self) -> Result<Zeroizing<String>, Failure> {
        prompt(&format!("Passphrase of {}: ", self.of))
    }
}

/// Asks a person for a line that is not shown.
fn prompt(words: &str) -> Result<Zeroizing<String>, Failure> {
    rpassword::prompt_password(words)
        .map(Zeroizing::new)
        .map_err(|error| Failure::usage(format!("read the passphrase from the terminal: {error}"), None))
}

/// Fails where two passphrases are to come from one pipe. A person at a terminal is asked for one after the other.
pub(crate) fn expect_one_pipe(passphrases: &[&Passphrase<'_>]) -> Result<(), Failure> {
    let piped: Vec<_> = passphrases.iter().filter(|p| p.source == Some("-")).map(|p| p.option).collect();
    match piped.as_slice() {
        [first, second, ..] if !std::io::stdin().is_terminal() => Err(Failure::usage(
            format!("standard input cannot hold two passphrases, for `{first}` and for `{second}`"),
            Some("give one of them as `env:NAME`"),
        )),
        _ => Ok(()),
    }
}

/// Fails where a key and a passphrase are both to come from standard input.
pub(crate) fn expect_key_alone(key: &SecretSource, passphrases: &[&Passphrase<'_>]) -> Result<(), Failure> {
    if *key == SecretSource::StandardInput && passphrases.iter().any(|passphrase| passphrase.source == Some("-")) {
        return Err(Failure::usage(
            "standard input cannot hold both the key and its passphrase".to_owned(),
            Some("give one of them as `env:NAME`"),
        ));
    }
    Ok(())
}

/// Reads one line of standard input, without its end.
fn read_line() -> Result<Zeroizing<Vec<u8>>, Failure> {
    const LONGEST: usize = 64 * 1024;
    // One buffer of full size, since a growing one would leave copies behind. Large enough for every read to go past the
    // buffer of `Stdin`, which stays for as long as the process.
    let mut line = Zeroizing::new(vec![0; 2 * LONGEST]);
    let mut length = 0;
    while length <= LONGEST && !line[..length].contains(&b'\n') {
        match std::io::stdin().lock().read(&mut line[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                return Err(Failure::usage(format!("read the passphrase from standard input: {error}"), None));
            }
        }
    }
    let end = line[..length].iter().position(|byte| *byte == b'\n').unwrap_or(length);
    if end > LONGEST {
        return Err(Failure::usage("the passphrase is longer than 64 KiB".to_owned(), None));
    }
    line.truncate(end);
    // One, as Windows ends its lines; any other belongs to the passphrase.
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(line)
}
