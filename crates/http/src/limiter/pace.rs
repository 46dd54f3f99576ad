//! How fast to ask: nothing is held back until the service throttles, then as fast as it has answered of late, and slowly faster
//! again. Pure: the instants are handed in.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// How far back answers count for what the service takes.
const WINDOW: Duration = Duration::from_secs(1);
/// If there are fewer in the window, the last so many count, however old they are.
const ENOUGH: usize = 8;
/// A service that throttles is asked a little less often than it answers, so that it comes to rest.
const EASE: f64 = 0.98;
/// By which part the rate grows in the first while after the service has throttled; in the second one by twice that, ...
const GROWTH: f64 = 0.01;
/// A while is a second, and at least so many requests.
const WHILE: f64 = 32.0;
/// Requests a second where nothing has been answered yet.
const FIRST_GUESS: f64 = 4.0;
/// It never gets slower than that, in requests a second.
const SLOWEST: f64 = 0.2;
/// Nor slower than this part of what the service took before it refused everything: it is asked whether that is over.
const ASKING: f64 = 1.0 / 64.0;
/// Nor faster, so that it stays a number: no service takes as many.
const FASTEST: f64 = 100_000.0;
/// Without one answer for so long, it is of no use to go on.
const PATIENCE: Duration = Duration::from_secs(120);

/// The pace of all requests to one service.
#[derive(Debug)]
pub(super) struct Pace {
    /// Set when the service throttled last; none: it never has.
    limit: Option<Limit>,
    /// Nothing is sent before that.
    next: Instant,
    /// When it answered: those within the window, or the last few.
    answers: VecDeque<Instant>,
    /// When it answered last, or when everything began.
    last_answer: Instant,
}

/// A rate that grows.
#[derive(Clone, Copy, Debug)]
struct Limit {
    /// In requests a second, when the first request under it is sent.
    rate: f64,
    since: Instant,
    /// What the service has taken before, in requests a second. Infinite after it has throttled once: that is not known yet, as
    /// it may have had nothing to give just then.
    known: f64,
    /// The slowest that it may become.
    slowest: f64,
}

impl Limit {
    /// The rate of an instant: doubled each second up to what the service has taken before, then the faster the longer all went
    /// well.
    fn at(self, now: Instant) -> f64 {
        let seconds = now.duration_since(self.since).as_secs_f64();
        let to_known = (self.known / self.rate).log2().max(0.0);
        if seconds <= to_known {
            return (self.rate * seconds.exp2()).min(FASTEST);
        }
        let known = self.rate.max(self.known);
        let whiles = (seconds - to_known) / (WHILE / known).max(1.0);
        (known * (1.0 + GROWTH * (whiles + whiles * whiles) / 2.0)).min(FASTEST)
    }
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { limit: None, next: now, answers: VecDeque::new(), last_answer: now }
    }

    /// Takes the turn of one request.
    ///
    /// # Errors
    /// It is not time yet; says when.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Instant> {
        if now < self.next {
            return Err(self.next);
        }
        if let Some(limit) = self.limit {
            let rate = limit.at(now);
            let between = Duration::from_secs_f64(1.0 / rate);
            // A turn that was taken a little late does not put off all that follow.
            self.next = (self.next + between).max(now.checked_sub(between).unwrap_or(now));
        }
        Ok(())
    }

    /// The service has answered, whatever it said.
    pub(super) fn answered(&mut self, now: Instant) {
        self.last_answer = now;
        self.answers.push_back(now);
        while self.answers.len() > ENOUGH
            && self.answers.front().is_some_and(|at| now.duration_since(*at) > WINDOW)
        {
            self.answers.pop_front();
        }
    }

    /// The service has throttled a request that was sent at `sent_at`, and asks to wait so long. Says when it is asked next,
    /// unless there is no sense in that.
    pub(super) fn throttled(
        &mut self,
        sent_at: Instant,
        now: Instant,
        retry_after: Option<Duration>,
    ) -> Option<Instant> {
        if now.duration_since(self.last_answer) > PATIENCE {
            return None;
        }
        // What was sent before the pace was set tells nothing about it.
        let tells = self.limit.is_none_or(|limit| sent_at >= limit.since);
        if let Some(asked) = retry_after {
            self.next = self.next.max(now + asked);
            if let Some(limit) = &mut self.limit {
                limit.since = limit.since.max(self.next);
            }
        }
        if tells {
            self.set(now);
        }
        Some(self.next)
    }

    /// Sets the pace to what the service answers of late, but not to less than half of what it was.
    fn set(&mut self, now: Instant) {
        let seen = self.answers_a_second(now).map(|seen| seen * EASE);
        let of = |rate: f64| (rate * ASKING).max(SLOWEST);
        let (rate, known, slowest) = match self.limit {
            None => {
                let rate = seen.unwrap_or(FIRST_GUESS);
                (rate, f64::INFINITY, of(rate))
            }
            Some(limit) => {
                let old = limit.at(now);
                let rate = seen.unwrap_or_default().clamp(old / 2.0, old);
                // Whoever refuses everything tells nothing about what he takes when that is over.
                let tells = self.last_answer >= limit.since;
                if tells { (rate, rate, of(rate)) } else { (rate, limit.known.max(rate), limit.slowest) }
            }
        };
        let rate = rate.max(slowest);
        // It has nothing to give just now.
        self.next = self.next.max(now + Duration::from_secs_f64(1.0 / rate));
        self.limit = Some(Limit { rate, since: self.next, known, slowest });
    }

    /// What the service answers of late.
    fn answers_a_second(&self, now: Instant) -> Option<f64> {
        let recent = self.answers.iter().rev().take_while(|at| now.duration_since(**at) <= WINDOW).count();
        let (count, over) = match recent {
            ENOUGH.. => (recent, WINDOW),
            _ => (self.answers.len(), now.duration_since(*self.answers.front()?).max(WINDOW)),
        };
        u32::try_from(count).ok().map(|count| f64::from(count) / over.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::ops::Range;

    /// A service that has tokens, `rate` more each second and never more than `burst`.
    struct Service {
        rate: f64,
        burst: f64,
        tokens: f64,
        seen_at: Instant,
        /// When it refuses everything.
        storms: Vec<Range<Instant>>,
    }

    impl Service {
        fn takes(&mut self, now: Instant) -> bool {
            let more = now.duration_since(self.seen_at).as_secs_f64() * self.rate;
            self.tokens = (self.tokens + more).min(self.burst);
            self.seen_at = now;
            let takes = self.tokens >= 1.0 && !self.storms.iter().any(|storm| storm.contains(&now));
            self.tokens -= if takes { 1.0 } else { 0.0 };
            takes
        }
    }

    /// Sends so many requests through the pace as the limiter does: at most 32 under way, each `latency` long. Gives the time
    /// that it took and how many were refused.
    fn run(requests: usize, latency: Duration, service: &mut Service) -> (Duration, usize) {
        let start = service.seen_at;
        let mut pace = Pace::new(start);
        let (mut now, mut waiting, mut refused) = (start, requests, 0);
        // What comes back when: sent at, taken or not.
        let mut under_way: BTreeMap<(Instant, usize), (Instant, bool)> = BTreeMap::new();
        let mut number = 0;
        loop {
            while let Some(entry) = under_way.first_entry().filter(|entry| entry.key().0 <= now) {
                let (sent_at, taken) = entry.remove();
                if taken {
                    pace.answered(now);
                } else {
                    refused += 1;
                    waiting += 1;
                    assert!(pace.throttled(sent_at, now, None).is_some(), "gives up");
                }
            }
            if waiting == 0 && under_way.is_empty() {
                return (now.duration_since(start), refused);
            }
            let back = under_way.first_key_value().map(|((at, _), _)| *at);
            if waiting > 0 && under_way.len() < super::super::IN_FLIGHT {
                match pace.take(now) {
                    Ok(()) => {
                        waiting -= 1;
                        number += 1;
                        under_way.insert((now + latency, number), (now, service.takes(now)));
                        continue;
                    }
                    Err(at) => now = back.map_or(at, |back| back.min(at)),
                }
            } else if let Some(back) = back {
                now = back;
            }
        }
    }

    fn service(rate: f64, burst: f64) -> Service {
        Service { rate, burst, tokens: burst, seen_at: Instant::now(), storms: Vec::new() }
    }

    /// The promise is 1.15 times the ideal, for services as AWS describes them: tokens for about a second are kept.
    #[test]
    fn whatever_the_service_takes_is_found_and_kept() {
        let mut told = Vec::new();
        for (rate, burst, requests) in [
            (20.0, 1.0, 2_000),
            (20.0, 20.0, 2_000),
            (20.0, 20.0, 10_600),
            (20.0, 100.0, 2_000),
            (10.0, 10.0, 500),
            (2.0, 2.0, 200),
            (1.0, 1.0, 100),
            (100.0, 100.0, 10_000),
            (400.0, 10.0, 20_000),
        ] {
            for latency in [1, 50, 400] {
                let latency = Duration::from_millis(latency);
                let (took, refused) = run(requests, latency, &mut service(rate, burst));
                let of = f64::from(u32::try_from(requests).expect("few"));
                let by_rate = (of - burst) / rate;
                let by_latency = (of / 32.0).ceil() * latency.as_secs_f64();
                let ideal = by_rate.max(by_latency) + latency.as_secs_f64();
                // Who is asked for one at a time, and is never idle, is hard to keep busy from afar.
                let bound = if burst > 1.0 { 1.15 } else { 1.2 };
                told.push(format!(
                    "{requests} at {rate}/s, burst {burst}, {latency:?}: {took:?}, {:.3} x ideal, {refused} refused",
                    took.as_secs_f64() / ideal
                ));
                // At first nothing is known, and as much is sent as may be under way.
                let fine = took.as_secs_f64() <= ideal * bound && refused <= 32 + requests / 10;
                assert!(fine, "{}", told.join("\n"));
            }
        }
    }

    /// Whoever shares the service takes half of it after a while, and gives it back.
    #[test]
    fn a_rate_that_changes_is_followed() {
        let mut service = service(40.0, 40.0);
        for (rate, requests) in [(40.0, 1_000), (5.0, 300), (40.0, 2_000)] {
            service = Service { rate, burst: rate, tokens: 0.0, ..service };
            let (took, _) = run(requests, Duration::from_millis(50), &mut service);
            let ideal = f64::from(u32::try_from(requests).expect("few")) / rate;
            assert!(took.as_secs_f64() <= ideal * 1.15, "{rate}: {took:?}");
        }
    }

    /// A service that refuses everything for a while is asked as often as before soon after: what is lost is the storm, and
    /// the time that it takes to double from the slowest.
    #[test]
    fn a_storm_is_sat_out() {
        let mut told = Vec::new();
        for (rate, storm, requests) in
            [(20.0, 10.0, 1_000), (200.0, 3.0, 10_000), (800.0, 1.0, 20_000), (800.0, 20.0, 40_000)]
        {
            for latency in [1, 20, 100] {
                let latency = Duration::from_millis(latency);
                let of = f64::from(u32::try_from(requests).expect("few"));
                let calm = (of / rate).max((of / 32.0).ceil() * latency.as_secs_f64());
                let mut service = service(rate, rate);
                let part = |part: f64| Duration::from_secs_f64(calm * part / 3.0 + storm * (part - 1.0));
                let starts = [part(1.0), part(2.0)].map(|after| service.seen_at + after);
                service.storms = starts.map(|at| at..at + Duration::from_secs_f64(storm)).to_vec();
                let (took, refused) = run(requests, latency, &mut service);
                let ideal = calm + 2.0 * storm;
                let again = 2.0 * ASKING.log2().abs();
                told.push(format!(
                    "{requests} at {rate}/s, two storms of {storm} s, {latency:?}: {took:?} of {ideal:.1} s and {again:.1} s, {refused} refused"
                ));
                assert!(took.as_secs_f64() <= ideal * 1.15 + again, "{}", told.join("\n"));
            }
        }
    }

    #[test]
    fn what_the_service_asks_for_is_waited_and_not_for_ever() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut pace = Pace::new(start);
        assert_eq!(pace.take(start), Ok(()));
        assert_eq!(pace.take(start), Ok(()), "no pace before the service throttles");
        assert_eq!(pace.throttled(start, start, Some(Duration::from_secs(7))), Some(after(7)));
        assert_eq!(pace.take(after(6)), Err(after(7)));
        assert_eq!(pace.take(after(7)), Ok(()));
        // What was sent before changes nothing.
        let limit = pace.limit.map(|limit| limit.rate);
        assert!(pace.throttled(start, after(7), None).is_some());
        assert_eq!(pace.limit.map(|limit| limit.rate), limit);
        // Each refusal halves it, as nothing is answered; and after two minutes nobody is asked any more.
        for second in 8..=120 {
            assert!(pace.throttled(after(second), after(second), None).is_some(), "{second}");
        }
        assert_eq!(pace.limit.map(|limit| limit.rate), Some(SLOWEST), "four a second are guessed at first");
        assert_eq!(pace.throttled(after(121), after(121), None), None);
        pace.answered(after(121));
        assert!(pace.throttled(after(121), after(122), None).is_some(), "an answer gives new patience");
    }
}
