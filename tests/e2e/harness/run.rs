//! One run of the program: described, started, watched, asserted on.

mod stream;

use super::leaks::Captured;
use super::schema::{self, Expected};
use super::world::World;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use stream::Stream;

/// A run that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// A run that is being described.
pub(crate) struct Sso<'w> {
    world: &'w World,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    verbose: bool,
    stdout: Option<Stdio>,
    through: Vec<OsString>,
    limit: Duration,
}

impl<'w> Sso<'w> {
    pub(super) fn new(world: &'w World, args: &[&str]) -> Self {
        let args = args.iter().map(OsString::from).collect();
        Self { world, args, env: Vec::new(), verbose: true, stdout: None, through: Vec::new(), limit: LIMIT }
    }

    /// The command that BROWSER names.
    pub(crate) fn browser(self, command: &str) -> Self {
        self.env("BROWSER", command)
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.into(), value.as_ref().into()));
        self
    }

    /// Without `-vvv`: for what people and programs see.
    pub(crate) fn plain(mut self) -> Self {
        self.verbose = false;
        self
    }

    /// Whose surroundings it has.
    pub(super) fn world(&self) -> &'w World {
        self.world
    }

    /// What is typed after `sso`.
    pub(super) fn line(&self) -> String {
        words(&self.args)
    }

    /// Where stdout goes, if not to the test.
    pub(crate) fn stdout(mut self, to: impl Into<Stdio>) -> Self {
        self.stdout = Some(to.into());
        self
    }

    /// Lets another program start it: `setpriv`, `strace`.
    pub(crate) fn through(mut self, words: &[&str]) -> Self {
        self.through = words.iter().map(OsString::from).collect();
        self
    }

    /// How long it may take.
    pub(crate) fn limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Starts it and waits for its end.
    pub(crate) fn run(self) -> Run {
        self.spawn().finish()
    }

    /// The command, for those who start it themselves. What it prints is not searched.
    pub(crate) fn command(&self) -> Command {
        let program = OsString::from(env!("CARGO_BIN_EXE_sso"));
        // Before the rest: what follows `--` is another's.
        let verbose = OsString::from("-vvv");
        let verbose = self.verbose.then_some(&verbose);
        let mut words = self.through.iter().chain([&program]).chain(verbose).chain(&self.args);
        let mut command = Command::new(words.next().unwrap_or(&program));
        command.args(words).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.world.home()).env("TZ", "UTC").envs(self.world.sim.env());
        command.envs(self.world.variables());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts it.
    pub(crate) fn spawn(self) -> Running<'w> {
        let mut command = self.command();
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        // What `exec` runs may print what it was given.
        let gives_credentials = self
            .args
            .iter()
            .any(|arg| ["credential-process", "get-credentials", "env", "exec"].iter().any(|it| arg == it));
        let gives_address = ["console", "--print"].iter().all(|word| self.args.iter().any(|arg| arg == word));
        // What goes elsewhere cannot be looked at.
        let documents = if self.stdout.is_none() { schema::expected(&self.args) } else { None };
        command.stdout(self.stdout.unwrap_or_else(Stdio::piped));
        let started = Instant::now();
        let mut child = command.spawn().expect("the program starts");
        let pid = Pid::from_child(&child);
        let stdout = Stream::reading(child.stdout.take());
        let stderr = Stream::reading(child.stderr.take());
        let (sender, ended) = channel();
        std::thread::spawn(move || {
            let status = child.wait().expect("a child can be waited for");
            // Whoever waited may have given up.
            let _ = sender.send((status, started.elapsed()));
        });
        let args = self.args;
        Running {
            world: self.world,
            args,
            pid,
            stdout,
            stderr,
            ended,
            gives_credentials,
            gives_address,
            documents,
            limit: self.limit,
            over: false,
        }
    }
}

fn words(args: &[OsString]) -> String {
    args.iter().map(|arg| arg.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// A run under way.
pub(crate) struct Running<'w> {
    world: &'w World,
    args: Vec<OsString>,
    pid: Pid,
    stdout: Arc<Stream>,
    stderr: Arc<Stream>,
    ended: Receiver<(ExitStatus, Duration)>,
    gives_credentials: bool,
    gives_address: bool,
    documents: Option<Expected>,
    limit: Duration,
    over: bool,
}

impl Running<'_> {
    /// Its process id.
    pub(crate) fn pid(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// Waits until stderr shows something.
    pub(crate) fn shows<T>(&self, look: impl Fn(&str) -> Option<T>) -> T {
        match self.stderr.wait(|bytes| look(&String::from_utf8_lossy(bytes))) {
            Some(found) => found,
            None => panic!("{:?} ended or hung without showing it:\n{}", self.args, self.stderr.text()),
        }
    }

    /// Waits for a text on stderr.
    pub(crate) fn says(&self, text: &str) {
        self.shows(|said| said.contains(text).then_some(()));
    }

    /// Waits for a text on stdout.
    pub(crate) fn prints(&self, text: &str) {
        let there = self.stdout.wait(|bytes| String::from_utf8_lossy(bytes).contains(text).then_some(()));
        assert!(
            there.is_some(),
            "{:?} ended or hung without printing {text:?}:\n{}",
            self.args,
            self.stdout.text()
        );
    }

    /// Waits for the sign-in address.
    pub(crate) fn address(&self) -> String {
        self.shows(|said| {
            let mut lines = said.split_inclusive('\n').filter(|line| line.ends_with('\n')).map(str::trim);
            lines.find(|line| line.starts_with("http") && line.contains("/authorize?")).map(str::to_owned)
        })
    }

    /// Ctrl-C.
    pub(crate) fn interrupt(&self) {
        kill_process(self.pid, Signal::INT).expect("the process lives");
    }

    /// Ctrl-C, unless it has ended; says whether it lived.
    pub(crate) fn try_interrupt(&self) -> bool {
        kill_process(self.pid, Signal::INT).is_ok()
    }

    /// Waits for its end and for the end of its output.
    pub(crate) fn finish(mut self) -> Run {
        let (status, took) = match self.ended.recv_timeout(self.limit) {
            Ok(ended) => ended,
            Err(error) => {
                let why = if error == RecvTimeoutError::Timeout { "hangs" } else { "was lost" };
                panic!("{:?} {why}:\n{}", self.args, self.stderr.text());
            }
        };
        self.over = true;
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            assert!(stream.wait_for_end(), "{:?} has ended, but somebody holds its {name} open", self.args);
        }
        let run = Run {
            line: words(&self.args),
            stdout: self.stdout.bytes(),
            stderr: self.stderr.bytes(),
            code: status.code(),
            took,
        };
        self.world.runs.lock().expect("no run died").push(Captured {
            line: run.line.clone(),
            stdout: run.stdout.clone(),
            stderr: run.stderr.clone(),
            gives_credentials: self.gives_credentials,
            gives_address: self.gives_address,
        });
        match self.documents.as_ref().map(|expected| expected.check(&run.stdout, run.code)) {
            Some(Ok(used)) => self.world.documents.lock().expect("a list").extend(used),
            Some(Err(why)) => panic!("sso {} printed {}\n{why}", run.line, run.out()),
            None => {}
        }
        run
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.over {
            // A test that fails leaves no process behind.
            let _ = kill_process(self.pid, Signal::KILL);
        }
    }
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Run {
    line: String,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    code: Option<i32>,
    pub(crate) took: Duration,
}

impl Run {
    /// The exit code; none if a signal ended it.
    pub(crate) fn code(&self) -> Option<i32> {
        self.code
    }

    /// stdout as text.
    pub(crate) fn out(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// stderr as text.
    pub(crate) fn err(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "sso {}\n{}{}", self.line, self.out(), self.err());
        self
    }

    /// Asserts a text on stderr.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.err().contains(text), "sso {} does not say {text:?}:\n{}", self.line, self.err());
        self
    }

    /// Asserts that a text is not on stderr.
    #[track_caller]
    pub(crate) fn does_not_say(&self, text: &str) -> &Self {
        assert!(!self.err().contains(text), "sso {} says {text:?}:\n{}", self.line, self.err());
        self
    }

    /// Asserts a text on stdout.
    #[track_caller]
    pub(crate) fn prints(&self, text: &str) -> &Self {
        assert!(self.out().contains(text), "sso {} does not print {text:?}:\n{}", self.line, self.out());
        self
    }

    /// Asserts that stdout is empty.
    #[track_caller]
    pub(crate) fn prints_nothing(&self) -> &Self {
        assert_eq!(self.out(), "", "sso {}\n{}", self.line, self.err());
        self
    }

    /// stdout as one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        match serde_json::from_slice(&self.stdout) {
            Ok(json) => json,
            Err(error) => panic!("sso {} printed no JSON ({error}):\n{}", self.line, self.out()),
        }
    }
}
