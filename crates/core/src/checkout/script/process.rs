//! Running the script: its output bounded, its time limited, and nothing of its process group left when it ends or is stopped.
//!
//! A process that leaves the group (`setsid`) is not found again, and lives on; no Unix offers more without privileges. On Windows
//! only the script itself is ended.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use super::{Error, ScriptPlan};
use crate::files::printable;
use crate::task::Task;

/// So much of each of the script's outputs is kept.
const MAX_OUTPUT: usize = 64 << 10;

/// How long is waited for the last output, and for what the script started, once it has ended.
const LAST_OUTPUT: Duration = Duration::from_secs(2);

/// How long lies between two looks at what is waited for.
const PAUSE: Duration = Duration::from_millis(20);

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
        let mut child = Running { child: command.spawn().map_err(start)?, reaped: false };
        let outputs = [child.child.stderr.take().map(collect), child.child.stdout.take().map(collect)];
        let began = Instant::now();
        let status = loop {
            if child.has_ended().map_err(start)? {
                break child.end().map_err(start)?;
            }
            task.check()?;
            if began.elapsed() > self.time_limit {
                return Err(Error::TimedOut { command: self.shown(), limit: self.time_limit });
            }
            std::thread::sleep(PAUSE);
        };
        let text: Vec<_> = outputs.into_iter().flatten().map(|output| cleaned(&last(&output))).collect();
        Ok((status, text.concat()))
    }
}

/// A run of the script, which ends with its whole process group when this goes.
struct Running {
    child: Child,
    /// Its number, and its group's, may be another process's by now.
    reaped: bool,
}

impl Running {
    /// Tells whether the script has ended. On Unix it keeps its number until [`Self::end`].
    #[cfg(unix)]
    fn has_ended(&mut self) -> io::Result<bool> {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        let Some(script) = self.group() else { return Ok(true) };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match waitid(WaitId::Pid(script), options) {
            Ok(found) => Ok(found.is_some()),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    #[cfg(not(unix))]
    fn has_ended(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Ends the script, if it runs, and whatever of its group is left; returns how the script ended.
    ///
    /// The group is killed before the script is reaped: until then nobody else can have its number.
    fn end(&mut self) -> io::Result<ExitStatus> {
        #[cfg(unix)]
        if let Some(group) = self.group() {
            // It fails where nothing of the group is left, which is what is wanted.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        // It fails where the script has ended.
        let _ = self.child.kill();
        let status = self.child.wait()?;
        self.reaped = true;
        #[cfg(unix)]
        if let Some(group) = self.group() {
            // What was killed comes to no other call; one that it is in may still end. Nobody may reap what is left of it.
            let until = Instant::now() + LAST_OUTPUT;
            while rustix::process::test_kill_process_group(group).is_ok() && Instant::now() < until {
                std::thread::sleep(PAUSE);
            }
        }
        Ok(status)
    }

    #[cfg(unix)]
    fn group(&self) -> Option<rustix::process::Pid> {
        i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.reaped {
            // The error that led here is the one to report.
            let _ = self.end();
        }
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
                    // The pipe is emptied to its end, so that the script does not stop; what is not kept is not passed on.
                    if kept > 0 {
                        // Nobody may wait for it any more.
                        let _ = send.send(part[..kept].to_vec());
                    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_takes_no_memory() {
        let parts: Vec<_> = collect(io::repeat(b'x').take(8 << 20)).iter().collect();
        assert!(parts.iter().all(|part| !part.is_empty()));
        assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), MAX_OUTPUT);
    }
}
