//! Signs beyond ASCII, and the words that stand for them where they cannot be shown or are better read aloud: in a locale that
//! knows ASCII at most, and with TERM=dumb, which is also how somebody with a screen reader asks for plain lines.

use sso_config::Env;
use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

/// What stands for a sign of ours.
const PLAIN: [(char, &str); 8] = [
    ('✓', "ok"),
    ('✗', "error"),
    ('·', "note"),
    ('→', "->"),
    ('…', "..."),
    ('⏎', "/"),
    ('↑', "up"),
    ('↓', "down"),
];

/// One terminal, one answer: what is said before the environment is read is ASCII anyway.
static ASCII: AtomicBool = AtomicBool::new(false);

/// Learns it from the environment, for all that is written from here.
pub(crate) fn learn(env: &Env) {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| env.text(name));
    ASCII.store(is_dumb(env) || locale.is_some_and(|locale| !is_utf8(&locale)), Ordering::Relaxed);
}

/// Whether the terminal takes lines and nothing else.
pub(crate) fn is_dumb(env: &Env) -> bool {
    env.text("TERM").as_deref() == Some("dumb")
}

/// Whether words stand for signs.
pub(crate) fn is_ascii() -> bool {
    ASCII.load(Ordering::Relaxed)
}

/// No locale at all (a container, a service) says nothing about the terminal, and terminals know UTF-8; one without UTF-8 was
/// set by somebody.
fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.is_empty() || locale.contains("utf-8") || locale.contains("utf8")
}

/// The text as the terminal can show it. Names that others gave stay as they are: there is no telling what they mean.
pub(crate) fn spelled(text: &str) -> Cow<'_, str> {
    if is_ascii() && !text.is_ascii() { Cow::Owned(plain(text)) } else { Cow::Borrowed(text) }
}

fn plain(text: &str) -> String {
    PLAIN.iter().fold(text.to_owned(), |text, (sign, plain)| text.replace(*sign, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_tells() {
        for (locale, known) in [
            ("", true),
            ("C.UTF-8", true),
            ("en_US.utf8", true),
            ("C", false),
            ("POSIX", false),
            ("de_DE@euro", false),
            ("de_DE.ISO-8859-15", false),
        ] {
            assert_eq!(is_utf8(locale), known, "{locale}");
        }
    }

    #[test]
    fn every_sign_of_ours_has_a_word() {
        assert_eq!(plain("✓ a → b …\n✗ C02\n· E05 東京"), "ok a -> b ...\nerror C02\nnote E05 東京");
        assert!(PLAIN.iter().all(|(sign, plain)| !sign.is_ascii() && plain.is_ascii()));
    }
}
