//! A run of the program on a terminal of its own: 80 columns, keys typed, the screen read as text.

use super::leaks::Captured;
use super::run::Sso;
use super::tool::as_if;
use super::world::World;
use expectrl::Session;
use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use rustix::termios::{LocalModes, OptionalActions, Termios, Winsize, tcgetattr, tcsetattr, tcsetwinsize};
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// What takes longer hangs.
const LIMIT: Duration = Duration::from_secs(30);

/// The keys of a terminal.
pub(crate) const CTRL_C: &str = "\u{3}";
pub(crate) const ENTER: &str = "\r";
pub(crate) const ESC: &str = "\u{1b}";
pub(crate) const UP: &str = "\u{1b}[A";
pub(crate) const DOWN: &str = "\u{1b}[B";
pub(crate) const BACKSPACE: &str = "\u{7f}";

/// A program on its terminal.
pub(crate) struct Terminal<'w> {
    world: &'w World,
    line: String,
    session: OsSession,
    /// Everything that was drawn, in order.
    drawn: Vec<u8>,
    /// So much of the text was looked at.
    seen: usize,
    before: Termios,
}

impl<'w> Sso<'w> {
    /// Starts it on a terminal, 80 columns wide, that echoes and edits lines as terminals do.
    pub(crate) fn on_terminal(self) -> Terminal<'w> {
        self.on_terminal_of(80)
    }

    /// The same with so many columns.
    pub(crate) fn on_terminal_of(self, columns: u16) -> Terminal<'w> {
        let (world, line) = (self.world(), self.line());
        Terminal::start(world, line, &self.plain().command(), columns)
    }
}

impl<'w> Terminal<'w> {
    /// Starts a program on a terminal of its own.
    pub(super) fn start(world: &'w World, line: String, ours: &Command, columns: u16) -> Self {
        // It begins when the terminal is ready.
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "read go; exec \"$@\"", "sh"]).arg(ours.get_program()).args(ours.get_args());
        as_if(&mut command, ours);
        command.env("TERM", "xterm-256color").current_dir(ours.get_current_dir().unwrap_or(Path::new(".")));
        let session = Session::spawn(command).expect("a pseudo-terminal can be had");
        let terminal = session.get_stream();
        let size = Winsize { ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(terminal, size).expect("a size can be set");
        let mut modes = tcgetattr(terminal).expect("it is a terminal");
        modes.local_modes.insert(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(terminal, OptionalActions::Now, &modes).expect("modes can be set");
        let before = tcgetattr(terminal).expect("it is a terminal");
        let mut started = Self { world, line, session, drawn: Vec::new(), seen: 0, before };
        started.types("\n");
        started
    }
}

impl Terminal<'_> {
    /// Types these keys.
    pub(crate) fn types(&mut self, keys: &str) {
        self.session.write_all(keys.as_bytes()).and_then(|()| self.session.flush()).expect("it listens");
    }

    /// Waits for a text, after what was looked at before.
    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) -> &mut Self {
        let deadline = Instant::now() + LIMIT;
        loop {
            let screen = self.screen();
            let rest = screen.get(self.seen..).unwrap_or_default();
            if let Some(at) = rest.find(text) {
                self.seen += at + text.len();
                return self;
            }
            let open = self.read();
            assert!(open, "sso {} ended without {text:?}:\n{}", self.line, self.screen());
            assert!(Instant::now() < deadline, "sso {} does not show {text:?}:\n{screen}", self.line);
        }
    }

    /// Waits for a question, then types the answer and Return.
    #[track_caller]
    pub(crate) fn answers(&mut self, question: &str, answer: &str) -> &mut Self {
        self.sees(question);
        self.types(&format!("{answer}{ENTER}"));
        self
    }

    /// As [`Terminal::answers`], in place of the answer that is suggested.
    #[track_caller]
    pub(crate) fn answers_instead(&mut self, question: &str, answer: &str) -> &mut Self {
        self.answers(question, &format!("{}{answer}", BACKSPACE.repeat(80)))
    }

    /// What was drawn, without colours and movements. Lines that were drawn again are there again.
    pub(crate) fn screen(&self) -> String {
        plain(&String::from_utf8_lossy(&self.drawn))
    }

    /// Reads to the end of the program.
    #[track_caller]
    pub(crate) fn ends(&mut self) {
        let deadline = Instant::now() + LIMIT;
        while self.read() {
            assert!(Instant::now() < deadline, "sso {} hangs:\n{}", self.line, self.screen());
        }
    }

    /// Everything that was drawn, with whatever controls the terminal.
    pub(crate) fn drawn(&self) -> String {
        String::from_utf8_lossy(&self.drawn).into_owned()
    }

    /// Whether keys are echoed now.
    pub(crate) fn echoes(&self) -> bool {
        tcgetattr(self.session.get_stream()).is_ok_and(|modes| modes.local_modes.contains(LocalModes::ECHO))
    }

    /// Waits for its end; asserts the exit code, and that the terminal is as it was.
    #[track_caller]
    pub(crate) fn exits(mut self, code: i32) -> String {
        let deadline = Instant::now() + LIMIT;
        let status = loop {
            self.read();
            match self.session.get_process().status() {
                Ok(WaitStatus::StillAlive) => {}
                other => break other,
            }
            assert!(Instant::now() < deadline, "sso {} hangs:\n{}", self.line, self.screen());
        };
        while self.read_now() {}
        let screen = self.screen();
        let after = tcgetattr(self.session.get_stream()).expect("it is a terminal");
        assert_eq!(
            status.ok().map(|status| format!("{status:?}").split_once(", ").map(|(_, rest)| rest.to_owned())),
            Some(Some(format!("{code})"))),
            "sso {}:\n{screen}",
            self.line
        );
        assert_eq!(
            format!("{after:?}"),
            format!("{:?}", self.before),
            "the terminal is as it was:\n{screen}"
        );
        for (taken, given_back) in [("\u{1b}[?25l", "\u{1b}[?25h"), ("\u{1b}[?2004h", "\u{1b}[?2004l")] {
            let last = |sequence: &str| String::from_utf8_lossy(&self.drawn).rfind(sequence);
            assert!(last(taken) <= last(given_back), "the cursor shows, and pasting is as it was:\n{screen}");
        }
        let line = std::mem::take(&mut self.line);
        let gives_credentials = line.starts_with("env");
        // On a screen both are one. Where credentials were asked for it counts as stdout.
        let (shown, nothing) = (screen.clone().into_bytes(), Vec::new());
        let (stdout, stderr) = if gives_credentials { (shown, nothing) } else { (nothing, shown) };
        self.world.runs.lock().expect("no run died").push(Captured {
            line,
            stdout,
            stderr,
            gives_credentials,
            gives_address: false,
        });
        screen
    }

    /// Reads what is there, or waits a moment for it. Whether the terminal is still open.
    fn read(&mut self) -> bool {
        let had = self.drawn.len();
        let open = self.read_now();
        if open && self.drawn.len() == had {
            std::thread::sleep(Duration::from_millis(2));
        }
        open
    }

    fn read_now(&mut self) -> bool {
        let mut buffer = [0; 4096];
        match self.session.try_read(&mut buffer) {
            Ok(0) => false,
            Ok(count) => {
                self.drawn.extend_from_slice(&buffer[..count]);
                true
            }
            Err(error) => error.kind() == ErrorKind::WouldBlock && self.alive(),
        }
    }

    fn alive(&self) -> bool {
        let pid = self.session.get_process().pid().as_raw();
        // A process that has ended is there until somebody asks for its status; that is left to `exits`.
        std::fs::read_to_string(format!("/proc/{pid}/stat"))
            .is_ok_and(|stat| !stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('Z')))
    }
}

/// The text without control sequences.
fn plain(drawn: &str) -> String {
    let mut text = String::with_capacity(drawn.len());
    let mut chars = drawn.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => {
                if chars.next() == Some('[') {
                    // Parameters, then one letter.
                    let _ = chars.find(|c| ('\u{40}'..='\u{7e}').contains(c));
                }
            }
            '\r' => {}
            c => text.push(c),
        }
    }
    text
}
