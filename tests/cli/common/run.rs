//! Running the program.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_aisoc-publisher");

/// One run of the program, to be started.
pub struct Run {
    program: PathBuf,
    arguments: Vec<OsString>,
    folder: PathBuf,
    environment: Vec<(String, OsString)>,
    input: Vec<u8>,
    as_nobody: bool,
    modes_count: bool,
}

impl Run {
    /// Prepares a run that knows no environment but `PATH` and what is set here.
    pub fn new<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>, folder: &Path) -> Self {
        Self {
            program: PROGRAM.into(),
            arguments: arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect(),
            folder: folder.to_owned(),
            environment: vec![("PATH".to_owned(), std::env::var_os("PATH").unwrap_or_default())],
            input: Vec::new(),
            as_nobody: false,
            modes_count: false,
        }
    }

    /// Adds a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Adds variables.
    pub fn envs(mut self, variables: &[(String, OsString)]) -> Self {
        self.environment.extend_from_slice(variables);
        self
    }

    /// Gives the run a standard input; otherwise it is empty.
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// Runs the copy of the program at this path as the user `nobody`.
    pub fn through_nobody(mut self, program: PathBuf) -> Self {
        self.program = program;
        self.as_nobody = true;
        self
    }

    /// Has the modes of files count, also where the test runs as root.
    pub fn where_modes_count(mut self) -> Self {
        self.modes_count = true;
        self
    }

    /// Runs it to its end.
    pub fn run(self) -> Outcome {
        let mut command = if self.as_nobody {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&self.program);
            command
        } else if self.modes_count {
            super::where_modes_count(&self.program)
        } else {
            Command::new(&self.program)
        };
        command.args(&self.arguments).current_dir(&self.folder).env_clear();
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        // A program that ends without reading is no failure of the test.
        let _ = pipe.write_all(&self.input);
        drop(pipe);
        let output = child.wait_with_output().unwrap();
        Outcome {
            arguments: self.arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect(),
            status: output.status.code().expect("the program was killed by a signal"),
            stdout: output.stdout,
            stderr: output.stderr,
        }
    }
}

/// What a run left.
#[derive(Debug)]
pub struct Outcome {
    /// The arguments.
    pub arguments: Vec<String>,
    /// The exit status.
    pub status: i32,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}

impl Outcome {
    /// Standard output as text.
    pub fn stdout(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    /// Standard error as text.
    pub fn stderr(&self) -> &str {
        std::str::from_utf8(&self.stderr).unwrap()
    }

    /// Both, for searching.
    pub fn all(&self) -> String {
        format!("{}{}", String::from_utf8_lossy(&self.stdout), String::from_utf8_lossy(&self.stderr))
    }

    /// Fails unless the exit status is this one.
    #[track_caller]
    pub fn expect(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{}", self.shown());
        self
    }

    /// Standard output as one JSON object, with nothing before, after or beside it.
    #[track_caller]
    pub fn json(&self) -> Value {
        let value: Value = match serde_json::from_slice(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!("no JSON object: {error}\n{}", self.shown()),
        };
        assert!(value.is_object(), "no object\n{}", self.shown());
        assert_eq!(self.stderr(), "", "something beside the object\n{}", self.shown());
        value
    }

    /// The code of the error that standard output reports as JSON.
    #[track_caller]
    pub fn error_code(&self) -> String {
        match &self.json()["error"]["code"] {
            Value::String(code) => code.clone(),
            other => panic!("no code: {other}\n{}", self.shown()),
        }
    }

    /// The command and what it left, as a person sees them.
    pub fn shown(&self) -> String {
        let mut text = "$ aisoc-publisher".to_owned();
        for argument in &self.arguments {
            let plain =
                !argument.is_empty() && !argument.contains(|c: char| c.is_whitespace() || "'\"$;&|<>*".contains(c));
            text += &if plain { format!(" {argument}") } else { format!(" '{argument}'") };
        }
        text.push('\n');
        for (label, bytes) in [("", &self.stdout), ("[standard error]\n", &self.stderr)] {
            if !bytes.is_empty() {
                text += label;
                text += &String::from_utf8_lossy(bytes);
                if !text.ends_with('\n') {
                    text += "\n[no newline at the end]\n";
                }
            }
        }
        text + &format!("[exit status {}]\n", self.status)
    }
}
