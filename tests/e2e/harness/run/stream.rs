//! What a pipe of a run has given so far.

use super::LIMIT;
use std::io::Read;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// What has come so far, and whether that is all.
#[derive(Default)]
pub(super) struct Stream {
    state: Mutex<(Vec<u8>, bool)>,
    changed: Condvar,
}

impl Stream {
    pub(super) fn reading(pipe: Option<impl Read + Send + 'static>) -> Arc<Self> {
        let stream = Arc::new(Self::default());
        let filled = Arc::clone(&stream);
        std::thread::spawn(move || {
            let mut pipe = pipe;
            let mut buffer = [0; 16 * 1024];
            while let Some(Ok(read @ 1..)) = pipe.as_mut().map(|pipe| pipe.read(&mut buffer)) {
                filled.state.lock().expect("no reader dies").0.extend_from_slice(&buffer[..read]);
                filled.changed.notify_all();
            }
            filled.state.lock().expect("no reader dies").1 = true;
            filled.changed.notify_all();
        });
        stream
    }

    /// Waits until `look` finds something, or the pipe ends, or too much time has passed.
    pub(super) fn wait<T>(&self, look: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + LIMIT;
        let mut state = self.state.lock().expect("no reader dies");
        loop {
            if let Some(found) = look(&state.0) {
                return Some(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.1 || left.is_zero() {
                return None;
            }
            state = self.changed.wait_timeout(state, left).expect("no reader dies").0;
        }
    }

    pub(super) fn wait_for_end(&self) -> bool {
        let state = self.state.lock().expect("no reader dies");
        let limit = Duration::from_secs(3);
        let (state, _) =
            self.changed.wait_timeout_while(state, limit, |state| !state.1).expect("no reader dies");
        state.1
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.state.lock().expect("no reader dies").0.clone()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }
}
