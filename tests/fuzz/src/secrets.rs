//! A word that stands for a secret: where it must not come out, nothing that is said may hold it.

use std::error::Error;
use std::fmt::Debug;

/// The word. The dictionaries put it into inputs.
pub(crate) const CANARY: &str = "C4NARY";

/// How often the word is in the bytes.
pub(crate) fn canaries(bytes: &[u8]) -> usize {
    bytes.windows(CANARY.len()).filter(|window| *window == CANARY.as_bytes()).count()
}

/// Dies if a debug output holds the word.
pub(crate) fn silent(said: &impl Debug) {
    silent_text(&format!("{said:?}"));
}

/// Dies if a text holds the word.
pub(crate) fn silent_text(said: &str) {
    assert!(!said.contains(CANARY), "a secret comes out: {said}");
}

/// All that an error of a service's reply and its causes can say. A person can read it: foreign words are cut.
pub(crate) fn told_of_reply(error: &(dyn Error + 'static)) -> String {
    let shown = error.to_string();
    assert!(shown.chars().count() < LONGEST_ERROR, "{} characters: {shown}", shown.chars().count());
    told(error)
}

/// A name, a code and a sentence of 1,000 characters each, and what we say around them.
const LONGEST_ERROR: usize = 4000;

/// All that an error and its causes can say.
pub(crate) fn told(error: &(dyn Error + 'static)) -> String {
    let (mut said, mut next) = (String::new(), Some(error));
    while let Some(cause) = next {
        said.push_str(&format!("{cause}\n{cause:?}\n"));
        next = cause.source();
    }
    said
}
