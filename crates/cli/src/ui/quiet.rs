//! A terminal that does not show what is typed: while a line pastes or a spinner turns, an echo would tear what is drawn.

#[cfg(unix)]
pub(crate) use unix::Quiet;

#[cfg(not(unix))]
pub(crate) use elsewhere::Quiet;

#[cfg(unix)]
mod unix {
    use crate::context::foreground;
    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
    use std::io;

    /// Back on when dropped.
    pub(crate) struct Quiet {
        before: Option<Termios>,
    }

    impl Quiet {
        /// Echo off, and line editing, which cuts long lines. Reads wait for nothing.
        pub(crate) fn keys() -> Self {
            Self::with(|modes| {
                modes.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
                // A read never waits: the reader is asked to end, and could not hear it.
                modes.special_codes[SpecialCodeIndex::VMIN] = 0;
                modes.special_codes[SpecialCodeIndex::VTIME] = 0;
            })
        }

        /// Echo off: the `^C` of Ctrl-C and the line feed of an impatient Return would move a line that is drawn again, and
        /// what was drawn before would stay. Lines that are typed wait for whoever asks next.
        pub(crate) fn echo() -> Self {
            // Whoever is in the background would be stopped for it.
            if !foreground() {
                return Self { before: None };
            }
            Self::with(|modes| modes.local_modes.remove(LocalModes::ECHO))
        }

        fn with(change: impl FnOnce(&mut Termios)) -> Self {
            let before = tcgetattr(io::stdin()).ok();
            if let Some(modes) = &before {
                let mut quiet = modes.clone();
                change(&mut quiet);
                // If it cannot be set, what is typed shows: ugly, not wrong.
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, &quiet);
            }
            Self { before }
        }
    }

    impl Drop for Quiet {
        fn drop(&mut self) {
            // Sent to the background meanwhile, it would be stopped; the terminal is the shell's again, with the shell's modes.
            if let Some(before) = self.before.as_ref().filter(|_| foreground()) {
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
            }
        }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    /// Consoles elsewhere are left as they are.
    pub(crate) struct Quiet;

    impl Quiet {
        /// Nothing is changed.
        pub(crate) fn echo() -> Self {
            Self
        }
    }
}
