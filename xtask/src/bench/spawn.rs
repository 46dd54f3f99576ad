//! Spawns programs in turn and keeps their times.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What one program took, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Times(Vec<Duration>);

impl Times {
    pub(super) fn push(&mut self, time: Duration) {
        let at = self.0.partition_point(|known| *known < time);
        self.0.insert(at, time);
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that so much of all does not pass: 0.5 is the median.
    pub(super) fn quantile(&self, part: f64) -> Duration {
        let last = self.0.len().saturating_sub(1);
        // Rounding to the nearest place is all that is wanted.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = (last as f64 * part).round() as usize;
        self.0.get(at).copied().unwrap_or_default()
    }

    pub(super) fn median(&self) -> Duration {
        self.quantile(0.5)
    }

    pub(super) fn p95(&self) -> Duration {
        self.quantile(0.95)
    }
}

/// A program to be measured.
pub(super) struct Subject<'a> {
    /// Makes the command, new for each run.
    pub(super) command: Box<dyn Fn() -> Command + 'a>,
    /// What has to be done before each run, and is not measured.
    pub(super) before: Box<dyn Fn() -> Result<(), String> + 'a>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(command: impl Fn() -> Command + 'a) -> Self {
        Self { command: Box::new(command), before: Box::new(|| Ok(())) }
    }

    pub(super) fn before(self, before: impl Fn() -> Result<(), String> + 'a) -> Self {
        Self { before: Box::new(before), ..self }
    }
}

/// Runs all of them in turn, so many rounds; each must succeed. The first round warms the caches and does not count.
pub(super) fn in_turn(subjects: &[Subject<'_>], rounds: usize) -> Result<Vec<Times>, String> {
    let mut times = vec![Times::default(); subjects.len()];
    for round in 0..=rounds {
        for (subject, times) in subjects.iter().zip(&mut times) {
            (subject.before)()?;
            let time = once((subject.command)())?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    Ok(times)
}

/// From the start to the end of one run.
pub(super) fn once(mut command: Command) -> Result<Duration, String> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let status = child.wait().map_err(|error| error.to_string())?;
    let took = started.elapsed();
    if status.success() { Ok(took) } else { Err(told(command)) }
}

/// What a command says that should have succeeded.
fn told(mut command: Command) -> String {
    let output = command.stderr(Stdio::piped()).output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stderr).into_owned()).unwrap_or_default();
    let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
    format!("{} failed: {said}", words.join(" "))
}

/// Milliseconds, for people.
pub(super) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_the_times_in_order() {
        let mut times = Times::default();
        for ms in [30, 10, 20, 50, 40] {
            times.push(Duration::from_millis(ms));
        }
        assert_eq!((times.count(), times.median().as_millis()), (5, 30));
        assert_eq!((times.p95().as_millis(), times.quantile(0.0).as_millis()), (50, 10));
        assert_eq!(Times::default().median(), Duration::ZERO);
    }
}
