//! A keyring on a D-Bus session of the test's own, so that no test sees the keyring of whoever runs it.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::need;
use super::run::{Outcome, Run};
use super::sandbox::{Sandbox, set_mode};

/// A bus, on which a fresh and unlocked keyring answers, and a sandbox.
pub struct Session {
    /// The folder.
    pub sandbox: Sandbox,
    address: String,
    _keyring: Process,
    _bus: Process,
}

/// A process that ends with the value.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// No service files: nothing but what the test starts may answer on this bus.
const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

impl Session {
    /// Starts one.
    pub fn start() -> Self {
        need("dbus-daemon", "dbus");
        need("dbus-send", "dbus");
        need("gnome-keyring-daemon", "gnome-keyring");
        let sandbox = Sandbox::new();
        let configuration = sandbox.home().join("session.conf");
        // In the sandbox, so that it goes with it: a bus that is killed leaves its socket behind.
        let socket = sandbox.home().join("bus");
        fs::write(&configuration, CONFIGURATION.replace("SOCKET", socket.to_str().unwrap())).unwrap();
        let runtime = sandbox.home().join("runtime");
        fs::create_dir(&runtime).unwrap();
        // The daemon refuses a runtime folder that others may enter.
        set_mode(&runtime, 0o700);

        let mut bus = Command::new("dbus-daemon")
            .args(["--nofork", "--print-address=1", "--config-file"])
            .arg(&configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let bus = Process(bus);

        let mut keyring = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--components=secrets", "--unlock"])
            .env_clear()
            .envs(sandbox.environment())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("XDG_RUNTIME_DIR", &runtime)
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        keyring.stdin.take().unwrap().write_all(b"password").unwrap();
        let session = Self { sandbox, address, _keyring: Process(keyring), _bus: bus };
        session.wait();
        session
    }

    /// Waits until the keyring has its collection unlocked.
    fn wait(&self) {
        let started = Instant::now();
        loop {
            let output = Command::new("dbus-send")
                .args([
                    "--session",
                    "--print-reply=literal",
                    "--dest=org.freedesktop.secrets",
                    "/org/freedesktop/secrets",
                ])
                .args(["org.freedesktop.Secret.Service.ReadAlias", "string:default"])
                .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
                .output()
                .unwrap();
            if String::from_utf8_lossy(&output.stdout).contains("/collection/") {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "the keyring does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The variables of a run in this session.
    pub fn environment(&self) -> Vec<(String, OsString)> {
        let mut environment = self.sandbox.environment();
        environment.push(("DBUS_SESSION_BUS_ADDRESS".to_owned(), self.address.clone().into()));
        environment
    }

    /// Prepares a run in this session.
    pub fn command<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Run {
        self.sandbox.command(arguments).envs(&self.environment())
    }

    /// Runs the program; arguments are split at spaces.
    pub fn run(&self, arguments: &str) -> Outcome {
        self.command(arguments.split(' ')).run()
    }
}
