//! The Python reference.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use super::tests_folder;

const VARIABLE: &str = "AISOC_TEST_PYTHON";

/// The interpreter, once it is known to have what `tests/requirements.txt` asks for.
fn interpreter() -> &'static str {
    static INTERPRETER: OnceLock<String> = OnceLock::new();
    INTERPRETER.get_or_init(|| {
        let python = std::env::var(VARIABLE).unwrap_or_else(|_| "python3".to_owned());
        let check = "import sys, yaml, cryptography\n\
                     found = {'PyYAML': yaml.__version__, 'cryptography': cryptography.__version__}\n\
                     lines = [line.strip() for line in open('requirements.txt') if '==' in line]\n\
                     wrong = [line for line in lines if found.get(line.split('==')[0]) != line.split('==')[1]]\n\
                     sys.exit(f'it has {found}' if wrong or sys.version_info < (3, 11) else 0)";
        let failure = match Command::new(&python).args(["-c", check]).current_dir(tests_folder()).output() {
            Ok(output) if output.status.success() => return python,
            Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
            Err(error) => error.to_string(),
        };
        panic!(
            "`{python}` cannot run the Python reference: {}\n\
             hint: it takes Python 3.11 or newer; install the packages with `{python} -m pip install -r tests/requirements.txt`, \
             or name an interpreter that has them in {VARIABLE}",
            failure.trim()
        )
    })
}

/// The folder that the interpreter lies in, where it is named by its path.
pub fn folder() -> Option<PathBuf> {
    Path::new(interpreter()).parent().filter(|folder| folder.is_absolute()).map(Path::to_owned)
}

/// Runs a command of the interpreter in the folder `tests` and returns its standard output.
#[track_caller]
pub fn python<'a>(arguments: impl IntoIterator<Item = &'a str>, input: &[u8]) -> Vec<u8> {
    run(Command::new(interpreter()), arguments, input)
}

#[track_caller]
fn run<'a>(mut command: Command, arguments: impl IntoIterator<Item = &'a str>, input: &[u8]) -> Vec<u8> {
    // From a file, since a pipe could fill up while nobody reads.
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(input).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    let output = command
        .args(arguments)
        .current_dir(tests_folder())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONPATH", tests_folder())
        .stdin(Stdio::from(file))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Asks the reference many questions at once; see `tests/reference/__main__.py`.
#[track_caller]
pub fn ask(questions: &[Value]) -> Vec<Value> {
    ask_with(Command::new(interpreter()), questions)
}

/// Asks as [`ask`] does, and the modes of files count, also for root.
#[track_caller]
pub fn ask_where_modes_count(questions: &[Value]) -> Vec<Value> {
    ask_with(super::where_modes_count(interpreter()), questions)
}

#[track_caller]
fn ask_with(command: Command, questions: &[Value]) -> Vec<Value> {
    let input: String = questions.iter().map(|question| format!("{question}\n")).collect();
    let answers: Vec<Value> = run(command, ["-m", "reference", "batch"], input.as_bytes())
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(answers.len(), questions.len(), "the reference answered something else");
    answers
}

/// The reference's canonical bytes of a plugin that has them.
#[track_caller]
pub fn payload(plugin: &Path) -> String {
    let answers = ask(&[serde_json::json!({ "do": "payload", "plugin_dir": plugin })]);
    answers[0]["payload"].as_str().unwrap_or_else(|| panic!("{}: {}", plugin.display(), answers[0])).to_owned()
}

/// The paths of the files that the reference finds covered, below the plugin's folder.
#[track_caller]
pub fn covered_files(plugin: &Path) -> Vec<String> {
    let payload = payload(plugin);
    // The manifest after it may hold NaN, which is no JSON to others.
    let files = payload.split_once(",\"manifest\":").unwrap().0.strip_prefix("{\"files\":").unwrap();
    serde_json::from_str::<Value>(files).unwrap().as_object().unwrap().keys().cloned().collect()
}

/// Signs plugins with the fixed key and Python's `cryptography`; one without canonical form gets a signature of zeros.
pub fn sign(plugins: &[&Path]) {
    let input: String = plugins.iter().map(|plugin| format!("{}\n", plugin.display())).collect();
    python(["cli/common/sign.py", &hex::encode(super::keys::seed())], input.as_bytes());
}
