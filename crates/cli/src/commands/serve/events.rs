//! One line an event: who was given what, who was refused. Never a secret.

use crate::output::Output;
use crate::output::escape::escape;
use sso_core::{Clock, Timestamp};
use sso_endpoint::Event;
use std::sync::{Arc, Mutex, PoisonError};

/// Tells what happens, on stderr.
pub(super) struct Told {
    output: Output,
    clock: Arc<dyn Clock>,
    /// The profiles, by the number of their door.
    names: Vec<String>,
    denied: Mutex<Denied>,
}

/// Refusals: one a second is told, so that a flood does not fill the terminal.
#[derive(Default)]
struct Denied {
    told: Option<Timestamp>,
    untold: usize,
}

impl Denied {
    /// Whether this one is told; with how many others.
    fn next(&mut self, now: Timestamp) -> Option<usize> {
        if self.told.is_some_and(|told| now.duration_since(told).as_secs() == 0) {
            self.untold += 1;
            return None;
        }
        self.told = Some(now);
        Some(std::mem::take(&mut self.untold))
    }
}

impl Told {
    pub(super) fn new(output: Output, clock: Arc<dyn Clock>, names: Vec<String>) -> Self {
        Self { output, clock, names, denied: Mutex::default() }
    }

    pub(super) fn tell(&self, event: &Event) {
        let now = self.clock.now();
        if let Some(line) = self.line(event, now) {
            let look = self.output.stderr_look(now);
            self.output.say(&format!("{} {}\n", look.moment(now), escape(&line)));
        }
    }

    fn line(&self, event: &Event, now: Timestamp) -> Option<String> {
        let name = |door: &usize| self.names.get(*door).map_or("", String::as_str);
        Some(match event {
            Event::Given { door, expires_at } => {
                let until = self.output.stderr_look(now).until(*expires_at);
                format!("{}: given; they end at {until}.", name(door))
            }
            Event::Failed { door, refusal } => format!("{}: none to give. {}", name(door), refusal.message),
            Event::Denied(denial) => {
                match self.denied.lock().unwrap_or_else(PoisonError::into_inner).next(now)? {
                    0 => format!("refused ({}): {denial}", denial.status()),
                    more => format!("refused ({}): {denial} And {more} more.", denial.status()),
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_refusals_is_one_line_a_second() {
        let mut denied = Denied::default();
        for (at, told) in [
            ("2026-11-20T12:00:00Z", Some(0)),
            ("2026-11-20T12:00:00.2Z", None),
            ("2026-11-20T12:00:00.9Z", None),
            ("2026-11-20T12:00:01Z", Some(2)),
            ("2026-11-20T12:00:05Z", Some(0)),
        ] {
            assert_eq!(denied.next(at.parse().expect("an instant")), told, "{at}");
        }
    }
}
