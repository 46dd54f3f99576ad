//! Whether a licence expression (SPDX) can be met with the licences on our list.

/// The licences we accept in what we build, test and ship. The same list, with the reasons, is in deny.toml.
pub(crate) const ALLOWED: [&str; 8] =
    ["MIT", "Apache-2.0", "ISC", "BSD-3-Clause", "Unicode-3.0", "Zlib", "CC0-1.0", "CDLA-Permissive-2.0"];

/// Whether the expression is met by allowed licences. `/` is the old way to write OR. What is malformed is not allowed.
pub(crate) fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    matches!(any(&words), Some((true, [])))
}

/// The value of what was read, and the words behind it.
type Read<'a> = Option<(bool, &'a [&'a str])>;

/// `all (OR all)*`
fn any<'a>(words: &'a [&'a str]) -> Read<'a> {
    let (mut value, mut rest) = all(words)?;
    while let Some(("OR" | "or", behind)) = rest.split_first().map(|(word, behind)| (*word, behind)) {
        let (right, behind) = all(behind)?;
        (value, rest) = (value | right, behind);
    }
    Some((value, rest))
}

/// `one (AND one)*`
fn all<'a>(words: &'a [&'a str]) -> Read<'a> {
    let (mut value, mut rest) = one(words)?;
    while let Some(("AND" | "and", behind)) = rest.split_first().map(|(word, behind)| (*word, behind)) {
        let (right, behind) = one(behind)?;
        (value, rest) = (value & right, behind);
    }
    Some((value, rest))
}

/// `( any )`, `LICENCE` or `LICENCE WITH EXCEPTION`; an exception has to be on the list together with its licence.
fn one<'a>(words: &'a [&'a str]) -> Read<'a> {
    match words {
        ["(", rest @ ..] => match any(rest)? {
            (value, [")", rest @ ..]) => Some((value, rest)),
            _ => None,
        },
        [licence, "WITH", exception, rest @ ..] => {
            Some((ALLOWED.contains(&format!("{licence} WITH {exception}").as_str()), rest))
        }
        [")" | "OR" | "AND" | "WITH", ..] | [] => None,
        [licence, rest @ ..] => Some((ALLOWED.contains(licence), rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        for (expression, allowed) in [
            ("MIT", true),
            ("MIT OR Apache-2.0", true),
            ("Apache-2.0/MIT", true),
            ("Apache-2.0 / MIT", true),
            ("Unlicense OR MIT", true),
            ("MIT OR Apache-2.0 OR LGPL-2.1-or-later", true),
            ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("Apache-2.0 AND ISC", true),
            ("GPL-3.0-only", false),
            ("MIT AND GPL-3.0-only", false),
            ("GPL-3.0-only OR MPL-2.0", false),
            ("(MIT OR GPL-3.0-only) AND MPL-2.0", false),
            ("Apache-2.0 WITH LLVM-exception", false),
            ("GPL-2.0-only AND MIT OR GPL-2.0-only", false),
            ("", false),
            ("(MIT", false),
            ("MIT)", false),
            ("MIT OR", false),
            ("MIT Apache-2.0", false),
        ] {
            assert_eq!(is_allowed(expression), allowed, "{expression}");
        }
    }
}
