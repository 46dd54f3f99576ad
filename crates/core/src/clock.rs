//! The wall clock as a value that is handed in.

use jiff::Timestamp;

/// Tells the wall-clock time. Deadlines use a monotonic clock instead.
pub trait Clock: Send + Sync {
    /// The current instant.
    fn now(&self) -> Timestamp;
}

/// A function that tells the time is a clock: a program hands in `Timestamp::now` and needs no type of its own.
impl<F: Fn() -> Timestamp + Send + Sync> Clock for F {
    fn now(&self) -> Timestamp {
        self()
    }
}

/// A clock that stands still, for tests and for work that must see one instant.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(
    /// The instant it always tells.
    pub Timestamp,
);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}
