//! When what is renewed: from what is known and the wall clock to what is due and how long to sleep. No clock, no file and
//! no network here, so that a table of cases says all.

use jiff::SignedDuration;
use sso_core::Timestamp;
use std::time::Duration;

/// A token that was just saved is left alone for so long.
const REST: SignedDuration = SignedDuration::from_secs(60);
/// The clock is looked at this often: it may have been set, and the machine may have slept.
pub(super) const LOOK: Duration = Duration::from_secs(60);
/// The pause after the first failure; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// What is known of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It can be renewed.
    Renewable {
        /// When its token was saved, if the file says so.
        saved: Option<Timestamp>,
        /// When its token ends.
        ends: Timestamp,
        /// Renewed when less than this is left.
        window: SignedDuration,
        /// How often renewing has failed since it last worked, and when it last failed.
        failed: Option<(u32, Timestamp)>,
    },
    /// Only the user can help.
    Lost,
}

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// Renew these (by their place), then plan again.
    Renew(Vec<usize>),
    /// Nothing is due for this long at least.
    Sleep(Duration),
    /// Nothing can be kept alive any more.
    End,
}

/// Plans for all sessions.
pub(super) fn plan(states: &[State], now: Timestamp) -> Plan {
    let due: Vec<(usize, Timestamp)> =
        states.iter().enumerate().filter_map(|(at, state)| Some((at, due(state, now)?))).collect();
    let Some(next) = due.iter().map(|(_, at)| *at).min() else { return Plan::End };
    if next > now {
        let left = Duration::try_from(next.duration_since(now)).unwrap_or_default();
        return Plan::Sleep(left.clamp(Duration::from_millis(100), LOOK));
    }
    Plan::Renew(due.into_iter().filter(|(_, at)| *at <= now).map(|(place, _)| place).collect())
}

/// When a session is to be renewed; `None`: never.
pub(super) fn due(state: &State, now: Timestamp) -> Option<Timestamp> {
    let State::Renewable { saved, ends, window, failed } = state else { return None };
    // A token with a short life is renewed in the middle of it, not all the time.
    let life = saved.map(|saved| ends.duration_since(saved)).filter(|life| life.is_positive());
    let window = life.map_or(*window, |life| (*window).min(life / 2));
    let wanted = ends.saturating_sub(window).unwrap_or(*ends);
    // Whatever the file says of the token's end: not twice a minute.
    let rest = saved.filter(|saved| *saved <= now).and_then(|saved| saved.checked_add(REST).ok());
    let wanted = rest.map_or(wanted, |rest| wanted.max(rest));
    let pause = match failed {
        // Set back, the clock says nothing about how long ago that was.
        Some((count, at)) if *at <= now => Some(at.saturating_add(pause(*count)).unwrap_or(*at)),
        _ => None,
    };
    Some(pause.map_or(wanted, |pause| wanted.max(pause)))
}

/// How long to wait after so many failures in a row.
pub(super) fn pause(failures: u32) -> SignedDuration {
    let doubled = 1_i32.checked_shl(failures.saturating_sub(1)).filter(|factor| *factor > 0 && *factor < 64);
    doubled.map_or(LONGEST_PAUSE, |factor| (FIRST_PAUSE * factor).min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: SignedDuration = SignedDuration::from_mins(20);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).expect("an instant")
    }

    fn renewable(saved: i64, ends: i64) -> State {
        State::Renewable { saved: Some(at(saved)), ends: at(ends), window: WINDOW, failed: None }
    }

    fn failed(ends: i64, count: u32, last: i64) -> State {
        State::Renewable {
            saved: Some(at(0)),
            ends: at(ends),
            window: WINDOW,
            failed: Some((count, at(last))),
        }
    }

    #[test]
    fn what_is_due_when() {
        let seconds = |seconds| Plan::Sleep(Duration::from_secs(seconds));
        for (what, states, now, expected) in [
            ("nobody", vec![], 0, Plan::End),
            ("all lost", vec![State::Lost, State::Lost], 0, Plan::End),
            ("far away: the clock is looked at again", vec![renewable(0, 28_800)], 0, seconds(60)),
            ("soon", vec![renewable(0, 28_800)], 27_590, seconds(10)),
            ("20 minutes before the end", vec![renewable(0, 28_800)], 27_600, Plan::Renew(vec![0])),
            ("the machine slept", vec![renewable(0, 28_800)], 90_000, Plan::Renew(vec![0])),
            ("the clock was set back", vec![renewable(0, 28_800)], -90_000, seconds(60)),
            ("the clock was set forward", vec![renewable(0, 28_800)], 28_000, Plan::Renew(vec![0])),
            ("a short life: in its middle", vec![renewable(0, 600)], 299, seconds(1)),
            ("a short life: in its middle", vec![renewable(0, 600)], 300, Plan::Renew(vec![0])),
            (
                "saved after its end, by a clock that was wrong",
                vec![renewable(900, 600)],
                0,
                Plan::Renew(vec![0]),
            ),
            ("a dead token from the service: not all the time", vec![renewable(0, 0)], 1, seconds(59)),
            (
                "a file without a time",
                vec![State::Renewable { saved: None, ends: at(1_230), window: WINDOW, failed: None }],
                0,
                seconds(30),
            ),
            (
                "by another window",
                vec![State::Renewable {
                    saved: Some(at(0)),
                    ends: at(28_800),
                    window: SignedDuration::from_mins(5),
                    failed: None,
                }],
                28_470,
                seconds(30),
            ),
            ("one of two", vec![renewable(0, 28_800), renewable(0, 100)], 60, Plan::Renew(vec![1])),
            ("lost ones are left alone", vec![State::Lost, renewable(0, 100)], 60, Plan::Renew(vec![1])),
            ("after a failure", vec![failed(1_000, 1, 500)], 510, seconds(20)),
            ("after a failure", vec![failed(1_000, 1, 500)], 530, Plan::Renew(vec![0])),
            ("after the token's end too", vec![failed(1_000, 3, 5_000)], 5_120, Plan::Renew(vec![0])),
            (
                "after a failure, the clock set back",
                vec![failed(1_000, 9, 50_000)],
                700,
                Plan::Renew(vec![0]),
            ),
            (
                "one fails, the other is due",
                vec![failed(100, 5, 500), renewable(0, 600)],
                510,
                Plan::Renew(vec![1]),
            ),
        ] {
            assert_eq!(plan(&states, at(now)), expected, "{what}: {states:?} at {now}");
        }
    }

    #[test]
    fn pauses_double_up_to_ten_minutes() {
        let pauses: Vec<i64> =
            [1, 2, 3, 4, 5, 6, 7, 40, u32::MAX].iter().map(|count| pause(*count).as_secs()).collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480, 600, 600, 600, 600]);
    }

    #[test]
    fn no_instant_is_too_far() {
        for ends in [Timestamp::MIN, Timestamp::MAX] {
            let state =
                State::Renewable { saved: None, ends, window: WINDOW, failed: Some((3, Timestamp::MAX)) };
            for now in [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH] {
                plan(&[state], now);
            }
        }
    }
}
