//! Beside the child: signals reach it, it stops and goes on as it would alone, and its end is ours.
//!
//! The child stays in our process group, so that pipelines and the terminal work as without us. What the keyboard sends
//! (Ctrl-C, Ctrl-\, Ctrl-Z) reaches it directly, and is not sent on: two interrupts mean something else than one. What another
//! process sends to us is meant for it.

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitOptions, WaitStatus, getpid, kill_process, waitid, waitpid,
};
use signal_hook::consts::{
    SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH,
};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::{Cause, Origin};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use tokio::sync::mpsc;

/// Signals that are passed on.
const PASSED: [i32; 10] =
    [SIGHUP, SIGINT, SIGQUIT, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH, SIGTSTP, SIGCONT];
/// Of these, the ones that the terminal sends to the whole process group.
const OF_THE_KEYBOARD: [i32; 4] = [SIGINT, SIGQUIT, SIGTSTP, SIGWINCH];

/// A signal that has come.
struct Caught {
    signal: i32,
    /// The kernel sent it, because of the terminal.
    by_kernel: bool,
}

impl From<Origin> for Caught {
    fn from(origin: Origin) -> Self {
        Self { signal: origin.signal, by_kernel: origin.cause == Cause::Kernel }
    }
}

/// The signals of this process, from now on.
pub(super) struct Watch {
    signals: mpsc::UnboundedReceiver<Caught>,
}

impl Watch {
    /// Begins to watch, before the child is there, so that nothing is missed. Signals that the caller has ignored stay so,
    /// for the child too; those that are watched are the child's own again.
    pub(super) fn start() -> io::Result<Self> {
        let watched = PASSED.iter().filter(|signal| !crate::signals::is_ignored(**signal)).chain([&SIGCHLD]);
        let mut caught = SignalsInfo::<WithOrigin>::new(watched)?;
        let (sender, signals) = mpsc::unbounded_channel();
        std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            // It ends with the process.
            for origin in caught.forever() {
                if sender.send(origin.into()).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { signals })
    }

    /// Follows the child to its end; its exit code, or 128 and the signal that killed it.
    pub(super) async fn follow(mut self, child: Child) -> io::Result<u8> {
        let pid = Pid::from_child(&child);
        loop {
            if let Some(code) = look(pid)? {
                return Ok(code);
            }
            match self.signals.recv().await {
                Some(caught) => pass_on(pid, &caught)?,
                None => return Err(io::Error::other("signals are not seen any more")),
            }
        }
    }
}

/// Sees what became of the child: its end, or a stop, which becomes ours.
fn look(pid: Pid) -> io::Result<Option<u8>> {
    while let Some(status) = changed(pid)? {
        if let Some(code) = code(status) {
            return Ok(Some(code));
        }
        if status.stopped() {
            // Until somebody lets us go on: the shell, by its `fg`.
            kill_process(getpid(), Signal::STOP)?;
        }
    }
    Ok(None)
}

fn changed(pid: Pid) -> io::Result<Option<WaitStatus>> {
    let options = WaitOptions::NOHANG | WaitOptions::UNTRACED | WaitOptions::CONTINUED;
    loop {
        match waitpid(Some(pid), options) {
            Ok(found) => return Ok(found.map(|(_, status)| status)),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether the child goes on since it was looked at last. Its end, or a stop, stays to be seen by [`look`].
fn goes_on(pid: Pid) -> io::Result<bool> {
    loop {
        match waitid(WaitId::Pid(pid), WaitIdOptions::CONTINUED | WaitIdOptions::NOHANG) {
            Ok(found) => return Ok(found.is_some()),
            Err(rustix::io::Errno::INTR) => {}
            // It has ended, which was not asked.
            Err(rustix::io::Errno::CHILD) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
    }
}

fn code(status: WaitStatus) -> Option<u8> {
    let killed = status.terminating_signal().map(|signal| 128 + signal);
    status.exit_status().or(killed).and_then(|code| u8::try_from(code & 0xff).ok())
}

fn pass_on(pid: Pid, caught: &Caught) -> io::Result<()> {
    let has_it = caught.by_kernel && OF_THE_KEYBOARD.contains(&caught.signal);
    // The shell lets the whole group go on; who went on with us needs no second signal.
    if caught.signal == SIGCHLD || has_it || (caught.signal == SIGCONT && goes_on(pid)?) {
        return Ok(());
    }
    match Signal::from_named_raw(caught.signal).map(|signal| kill_process(pid, signal)) {
        // It has just ended.
        Some(Err(rustix::io::Errno::SRCH)) | Some(Ok(())) | None => Ok(()),
        Some(Err(error)) => Err(error.into()),
    }
}

/// Becomes the command: the same process, so its signals, its terminal and its end are its own.
pub(super) fn become_it(mut command: Command) -> io::Result<u8> {
    Err(command.exec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shell's `fg` reaches us after the child has gone on and ended: its end is not lost.
    #[test]
    #[allow(clippy::zombie_processes, reason = "it is waited for by its number, which is what is tested")]
    fn a_child_that_ends_before_we_go_on_is_seen() {
        let child = Command::new("sh").args(["-c", "kill -STOP $$; exit 6"]).spawn().expect("a shell");
        let pid = Pid::from_child(&child);
        let is = |options| waitid(WaitId::Pid(pid), options | WaitIdOptions::NOWAIT).expect("a child");
        assert!(is(WaitIdOptions::STOPPED).is_some());
        kill_process(pid, Signal::CONT).expect("it is there");
        assert!(is(WaitIdOptions::EXITED).is_some());
        pass_on(pid, &Caught { signal: SIGCONT, by_kernel: false }).expect("nothing is wrong");
        assert_eq!(look(pid).expect("it can be seen"), Some(6));
    }
}
