//! A folder for one test, with a home of its own.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::keys;
use super::listing::Listing;
use super::run::{Outcome, PROGRAM, Run};
use super::{copy_folder, is_root, tests_folder};

/// `work`, where commands are run, and `home`, which is empty and where no keyring answers.
pub struct Sandbox {
    root: TempDir,
}

impl Sandbox {
    /// Makes one.
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("work")).unwrap();
        fs::create_dir(root.path().join("home")).unwrap();
        Self { root }
    }

    /// The folder that holds everything.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// A path below `work`.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root().join("work").join(relative)
    }

    /// The user's home.
    pub fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    /// Writes a file below `work`, and the folders above it.
    pub fn write(&self, relative: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Copies a sample plugin to `work`.
    pub fn sample(&self, name: &str) -> PathBuf {
        self.copy("plugins", name)
    }

    /// Copies a folder of `tests/GROUP` to `work`.
    pub fn copy(&self, group: &str, name: &str) -> PathBuf {
        let path = self.path(name);
        copy_folder(&tests_folder().join(group).join(name), &path);
        path
    }

    /// Puts the fixed key there: `acme.key`, and `trusted/acme.pem` as an operator keeps it.
    pub fn acme(&self) {
        self.write("acme.key", keys::private_pem());
        self.write("trusted/acme.pem", keys::public_pem());
    }

    /// The variables of every run.
    pub fn environment(&self) -> Vec<(String, OsString)> {
        let home = self.home();
        [
            ("HOME", home.clone()),
            ("XDG_DATA_HOME", home.join("data")),
            // Without this the keyring's library would look for the session of whoever runs the test.
            ("XDG_RUNTIME_DIR", home.join("no-session")),
        ]
        .map(|(name, value)| (name.to_owned(), value.into_os_string()))
        .into()
    }

    /// Prepares a run in `work`.
    pub fn command<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Run {
        Run::new(arguments, &self.path("")).envs(&self.environment())
    }

    /// Runs the program in `work`; arguments are split at spaces.
    pub fn run(&self, arguments: &str) -> Outcome {
        self.command(arguments.split(' ')).run()
    }

    /// As [`Sandbox::run`], with `--json`.
    pub fn run_json(&self, arguments: &str) -> Outcome {
        self.command(arguments.split(' ').chain(["--json"])).run()
    }

    /// Signs a plugin with the fixed key.
    #[track_caller]
    pub fn sign(&self, plugin: &str) {
        self.acme();
        self.run(&format!("sign --plugin-dir {plugin} --private-key acme.key")).expect(0);
    }

    /// Prepares a run as an ordinary user: whoever runs the test, or `nobody` in root's place.
    pub fn command_of_ordinary_user<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Run {
        let run = self.command(arguments);
        if !is_root() {
            return run;
        }
        super::need("setpriv", "util-linux");
        let copy = self.root().join("aisoc-publisher");
        if !copy.exists() {
            // The folder that holds the build may be closed to others. Another process makes the copy: a file that this
            // one has open for writing could be inherited by a run of another thread, and would be too busy to be run.
            let status = std::process::Command::new("cp").arg(PROGRAM).arg(&copy).status().unwrap();
            assert!(status.success());
            set_mode(&copy, 0o755);
            set_mode(self.root(), 0o755);
        }
        run.through_nobody(copy)
    }

    /// Fails when the user's data folder holds anything but locks, which are empty files.
    #[track_caller]
    pub fn assert_remembers_nothing(&self) {
        for entry in fs::read_dir(self.home().join("data/aisoc-publisher")).into_iter().flatten() {
            let path = entry.unwrap().path();
            assert!(path.extension().is_some_and(|ending| ending == "lock"), "{} is there", path.display());
            assert_eq!(fs::metadata(&path).unwrap().len(), 0, "{}", path.display());
        }
    }

    /// Everything in the sandbox as it is now.
    pub fn listing(&self) -> Listing {
        Listing::of(self.root())
    }
}

/// Sets a file's mode.
pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Gives a folder and all in it to `nobody`, where the test is root's.
pub fn give_to_ordinary_user(path: &Path) {
    if is_root() {
        let status = std::process::Command::new("chown").args(["-R", "65534:65534"]).arg(path).status().unwrap();
        assert!(status.success());
    }
}
