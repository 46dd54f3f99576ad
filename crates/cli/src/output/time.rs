//! Instants and durations as people read them: relative and absolute, in the local time zone.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// `8 h`, `7 h 52 min`, `12 min`, `40 s`, `3 d 4 h`; two units at most.
pub(crate) fn span(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().unsigned_abs();
    // To the nearest minute: a token of 8 h has 7 h 59 min 59 s left when it is shown.
    let seconds = if seconds < 60 { seconds } else { (seconds + 30) / 60 * 60 };
    let units =
        [(seconds / 86400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let first = units.iter().position(|(count, _)| *count > 0).unwrap_or(3);
    // Below a minute seconds count, above they do not.
    let last = if first == 3 { 4 } else { (first + 2).min(3) };
    let shown: Vec<String> = units
        .iter()
        .enumerate()
        .filter(|(at, (count, _))| (first..last).contains(at) && (*count > 0 || *at == first))
        .map(|(_, (count, unit))| format!("{count} {unit}"))
        .collect();
    shown.join(" ")
}

/// The same for a prompt, where every column counts: `8h`, `1h12m`, `12m`, `40s`.
pub(crate) fn short(duration: SignedDuration) -> String {
    span(duration).replace("min", "m").replace(' ', "")
}

/// `23:41` today, `22 Nov 08:10` this year, `18 Feb 2027` in another.
pub(crate) fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let format = match () {
        () if at.date() == now.date() => "%H:%M",
        () if at.year() == now.year() => "%-d %b %H:%M",
        () => "%-d %b %Y",
    };
    at.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_two_units_at_most() {
        for (seconds, text) in [
            (0, "0 s"),
            (40, "40 s"),
            (60, "1 min"),
            (61, "1 min"),
            (28_799, "8 h"),
            (720, "12 min"),
            (28_800, "8 h"),
            (28_320, "7 h 52 min"),
            (-7200, "2 h"),
            (86_400 * 3 + 3600 * 4 + 300, "3 d 4 h"),
            (86_400 * 3 + 300, "3 d"),
        ] {
            assert_eq!(span(SignedDuration::from_secs(seconds)), text, "{seconds}");
        }
        for (seconds, text) in [(40, "40s"), (4320, "1h12m"), (28_800, "8h"), (86_400 * 3 + 3600 * 4, "3d4h")]
        {
            assert_eq!(short(SignedDuration::from_secs(seconds)), text, "{seconds}");
        }
    }

    #[test]
    fn moments_say_no_more_than_needed() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let now = at("2026-11-21T15:41:00Z");
        for (text, shown) in [
            ("2026-11-21T23:41:00Z", "23:41"),
            ("2026-11-22T08:10:00Z", "22 Nov 08:10"),
            ("2027-02-18T22:43:48Z", "18 Feb 2027"),
        ] {
            assert_eq!(moment(at(text), now, &TimeZone::UTC), shown);
        }
    }
}
