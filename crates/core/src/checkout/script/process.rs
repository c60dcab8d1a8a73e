//! Running the script: its output bounded, its time limited, and nothing of it left when it is stopped.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use super::{Error, ScriptPlan};
use crate::files::printable;
use crate::task::Task;

/// So much of each of the script's outputs is kept.
const MAX_OUTPUT: usize = 64 << 10;

/// How long is waited for the last output once the script has ended.
const LAST_OUTPUT: Duration = Duration::from_secs(2);

impl ScriptPlan {
    /// Runs it to its end; returns how it ended and what it printed, cleaned.
    pub(super) fn execute(&self, task: &Task<'_>) -> Result<(ExitStatus, String), Error> {
        task.check()?;
        let [program, arguments @ ..] = self.command.as_slice() else {
            return Err(Error::NoPython { root: self.cwd.clone() });
        };
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.cwd).env_clear();
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt as _;
            // A group of its own, so that what it starts ends with it, and Ctrl-C in a terminal is ours to pass on.
            command.process_group(0);
        }
        let start = |source| Error::Start { command: self.shown(), source };
        let mut child = Running { child: command.spawn().map_err(start)?, ended: false };
        let outputs = [child.child.stderr.take().map(collect), child.child.stdout.take().map(collect)];
        let began = Instant::now();
        let status = loop {
            if let Some(status) = child.child.try_wait().map_err(start)? {
                child.ended = true;
                break status;
            }
            task.check()?;
            if began.elapsed() > self.time_limit {
                return Err(Error::TimedOut { command: self.shown(), limit: self.time_limit });
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let text: Vec<_> = outputs.into_iter().flatten().map(|output| cleaned(&last(&output))).collect();
        Ok((status, text.concat()))
    }
}

/// A run of the script, which ends with whatever it started when this goes too early.
struct Running {
    child: Child,
    ended: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended {
            // Its number may be another process's by now.
            return;
        }
        #[cfg(unix)]
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw) {
            // It fails where nothing of the group is left, which is what is wanted.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads an output to its end on a thread of its own, and keeps its beginning.
fn collect(mut from: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut left = MAX_OUTPUT;
        let mut part = [0; 4096];
        loop {
            match from.read(&mut part) {
                Ok(0) => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return,
                Ok(read) => {
                    let kept = read.min(left);
                    left -= kept;
                    // Nobody may wait for it any more; the pipe is emptied all the same, so that the script does not stop.
                    let _ = send.send(part[..kept].to_vec());
                }
            }
        }
    });
    receive
}

/// What an output held, once its program has ended.
fn last(output: &Receiver<Vec<u8>>) -> Vec<u8> {
    let until = Instant::now() + LAST_OUTPUT;
    let mut all = Vec::new();
    while let Ok(part) = output.recv_timeout(until.saturating_duration_since(Instant::now())) {
        all.extend(part);
    }
    all
}

fn cleaned(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    text.lines().map(|line| format!("{}\n", printable(&line.replace('\t', "    ")))).collect()
}

/// How it ended, in words.
pub(super) fn said(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit status {code}"),
        None => "a signal ended it".to_owned(),
    }
}
