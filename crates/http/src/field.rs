//! Texts of services that stand in errors: found in a JSON document without building the rest of it (as a tree, a hostile
//! document of 1 MiB takes 60 MiB), and cut to what one can read.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Honest texts are shorter.
const LONGEST: usize = 1_000;

/// The text, cut with an ellipsis behind 1,000 characters: longer than any that a service means to be read.
#[must_use]
pub fn excerpt(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The member of that name, if the document is an object and the member a text; of several the last one.
pub(crate) fn text(document: &[u8], name: &str) -> Option<String> {
    let mut reader = serde_json::Deserializer::from_slice(document);
    let found = reader.deserialize_map(Member(name)).ok()?;
    reader.end().ok()?;
    found
}

struct Member<'n>(&'n str);

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            if name == self.0 {
                found = map.next_value::<Text>()?.0;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// A text, or nothing where something else stands.
struct Text(Option<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyText).map(Self)
    }
}

struct AnyText;

impl<'de> Visitor<'de> for AnyText {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_member_and_nothing_else() {
        let deep = format!("{{\"x\":{}1{},\"a\":\"b\"}}", "[".repeat(200_000), "]".repeat(200_000));
        for (document, found) in [
            (r#"{"a":"b"}"#, Some("b")),
            (r#"{"x":{"a":"c"},"a":"\u00e9\n","y":[1,{"a":2}]}"#, Some("é\n")),
            (r#"{"a":"b","a":"c"}"#, Some("c")),
            (r#"{"a":"b","a":7}"#, None),
            (r#"{"a":7}"#, None),
            (r#"{"a":-7}"#, None),
            (r#"{"a":1.5}"#, None),
            (r#"{"a":null}"#, None),
            (r#"{"a":true}"#, None),
            (r#"{"a":["b"]}"#, None),
            (r#"{"a":{"a":"b"}}"#, None),
            (r#"{"\u0061":"b"}"#, Some("b")),
            (r#"{"A":"b"}"#, None),
            (r#"["a","b"]"#, None),
            (r#"{"a":"b"} x"#, None),
            (r#"{"a":"b""#, None),
            ("\u{feff}{\"a\":\"b\"}", None),
            ("", None),
            (&deep, Some("b")),
        ] {
            assert_eq!(text(document.as_bytes(), "a").as_deref(), found, "{document:.60}");
        }
        assert_eq!(text(b"{\"a\":\"\xff\"}", "a"), None);
    }

    #[test]
    fn nobody_reads_more_than_a_page() {
        for (length, shown) in
            [(0, 0), (LONGEST, LONGEST), (LONGEST + 1, LONGEST + 1), (1 << 20, LONGEST + 1)]
        {
            let long = "é".repeat(length);
            assert_eq!(excerpt(&long).chars().count(), shown, "{length}");
            assert_eq!(excerpt(&long).ends_with('…'), length > LONGEST, "{length}");
        }
    }
}
