//! Lines that the user pastes while a login waits, without showing them (they hold a code) and without disturbing the spinner.

#[cfg(unix)]
pub(crate) use unix::Paste;

#[cfg(not(unix))]
pub(crate) use elsewhere::Paste;

/// Cuts what was read into lines; the rest stays for the next read. Return ends a line, too: the terminal may be raw.
#[cfg_attr(not(unix), allow(dead_code, reason = "only the reader of Unix terminals assembles lines"))]
fn take_lines(buffer: &mut Vec<u8>) -> Vec<String> {
    let Some(end) = buffer.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) else { return Vec::new() };
    let rest = buffer.split_off(end + 1);
    let whole = std::mem::replace(buffer, rest);
    let text = String::from_utf8_lossy(&whole).into_owned();
    text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[cfg(unix)]
mod unix {
    use super::super::quiet::Quiet;
    use super::take_lines;
    use rustix::event::{PollFd, PollFlags, poll};
    use std::io;
    use std::os::fd::OwnedFd;
    use std::thread::JoinHandle;
    use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

    /// Reads stdin on a thread while it lives, and leaves it alone afterwards: a prompt may come next.
    pub(crate) struct Paste {
        lines: UnboundedReceiver<String>,
        /// Closing it stops the thread.
        stop: Option<OwnedFd>,
        reader: Option<JoinHandle<()>>,
        _quiet: Quiet,
    }

    impl Paste {
        /// Begins to read. Only where stdin is a terminal and we are in its foreground. `None`: the system refuses.
        pub(crate) fn begin() -> Option<Self> {
            let (stopped, stop) = rustix::pipe::pipe().ok()?;
            let (sender, lines) = unbounded_channel();
            let quiet = Quiet::keys();
            let reader = std::thread::Builder::new().spawn(move || read(&stopped, &sender)).ok()?;
            Some(Self { lines, stop: Some(stop), reader: Some(reader), _quiet: quiet })
        }

        /// The next line; never ready once stdin has ended.
        pub(crate) async fn line(&mut self) -> String {
            match self.lines.recv().await {
                Some(line) => line,
                None => std::future::pending().await,
            }
        }
    }

    impl Drop for Paste {
        fn drop(&mut self) {
            self.stop = None;
            if let Some(reader) = self.reader.take() {
                // It neither panics nor waits for anything but us.
                let _ = reader.join();
            }
        }
    }

    /// Until stdin ends or the other end of `stopped` is closed. Reads only what is there.
    fn read(stopped: &OwnedFd, lines: &UnboundedSender<String>) {
        let (stdin, mut buffer) = (io::stdin(), Vec::new());
        loop {
            let mut ready = [PollFd::new(&stdin, PollFlags::IN), PollFd::new(stopped, PollFlags::IN)];
            match poll(&mut ready, None) {
                Err(rustix::io::Errno::INTR) => continue,
                Err(_) => return,
                Ok(_) => {}
            }
            let [input, end] = &ready;
            if !end.revents().is_empty() || input.revents().is_empty() {
                return;
            }
            let mut chunk = [0; 4096];
            match rustix::io::read(&stdin, &mut chunk) {
                Err(rustix::io::Errno::INTR) => continue,
                // Ctrl-C has thrown away what was there a moment ago; at the real end there is more to say.
                Ok(0) if input.revents() == PollFlags::IN => continue,
                Ok(0) | Err(_) => return,
                Ok(count) => buffer.extend_from_slice(chunk.get(..count).unwrap_or_default()),
            }
            if take_lines(&mut buffer).into_iter().any(|line| lines.send(line).is_err()) {
                return;
            }
        }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    /// Pasting is not offered here: a read of the console cannot be ended.
    pub(crate) struct Paste;

    impl Paste {
        /// Nothing is read.
        pub(crate) fn begin() -> Option<Self> {
            None
        }

        /// Never ready.
        pub(crate) async fn line(&mut self) -> String {
            std::future::pending().await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_when_they_are_whole() {
        let mut buffer = b"http://127".to_vec();
        assert!(take_lines(&mut buffer).is_empty());
        buffer.extend_from_slice(b".0.0.1/x\r\n\r\n  second \rthi");
        assert_eq!(take_lines(&mut buffer), ["http://127.0.0.1/x", "second"]);
        assert_eq!(buffer, b"thi");
        buffer.extend_from_slice(b"rd \xff\n");
        assert_eq!(take_lines(&mut buffer), ["third \u{fffd}"]);
    }
}
