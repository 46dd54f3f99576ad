//! JSON text as Python's `json.dumps` writes it, which is what the AWS CLI hashes and stores.

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::Formatter;
use std::io;

/// `", "` and `": "` between items, everything outside printable ASCII as `\u` and four hex digits.
struct PythonFormatter;

impl Formatter for PythonFormatter {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for c in fragment.chars() {
            if matches!(c, ' '..='~') {
                write!(out, "{c}")?;
            } else {
                let mut units = [0; 2];
                c.encode_utf16(&mut units).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"))?;
            }
        }
        Ok(())
    }
}

/// One JSON value as `json.dumps` writes it.
pub(crate) fn dumps<T: Serialize + ?Sized>(value: &T) -> String {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, PythonFormatter);
    // Strings, lists and maps with string keys always serialise into memory.
    let done = value.serialize(&mut serializer);
    debug_assert!(done.is_ok());
    String::from_utf8(bytes).unwrap_or_default()
}

/// An object whose keys stand in the order given: the order is part of the AWS files.
#[derive(Default)]
pub(crate) struct ObjectText(Vec<String>);

impl ObjectText {
    /// Adds `"name": value`.
    pub(crate) fn field<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        self.0.push(format!("{}: {}", dumps(name), dumps(value)));
        self
    }

    /// Adds `"name": value` if there is a value.
    pub(crate) fn maybe<T: Serialize + ?Sized>(self, name: &str, value: Option<&T>) -> Self {
        match value {
            Some(value) => self.field(name, value),
            None => self,
        }
    }

    /// Adds `"name": {...}`.
    pub(crate) fn object(mut self, name: &str, inner: Self) -> Self {
        self.0.push(format!("{}: {}", dumps(name), inner.text()));
        self
    }

    /// Adds what we do not know, as it was found.
    pub(crate) fn rest<'a>(self, unknown: impl IntoIterator<Item = (&'a String, &'a Value)>) -> Self {
        unknown.into_iter().fold(self, |object, (name, value)| object.field(name, value))
    }

    /// The text, without a newline at the end.
    pub(crate) fn text(self) -> String {
        format!("{{{}}}", self.0.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_is_what_python_writes() {
        // Right column: printed by Python 3.11's json.dumps.
        for (value, text) in [
            (json!("my sso é"), r#""my sso \u00e9""#),
            (json!("😂"), r#""\ud83d\ude02""#),
            (json!("\u{7f}\u{0}\n\t\"\\/"), r#""\u007f\u0000\n\t\"\\/""#),
            (json!(["a", null, 1, true]), r#"["a", null, 1, true]"#),
            (json!([]), "[]"),
            (json!({}), "{}"),
            (json!({"a": {"b": []}}), r#"{"a": {"b": []}}"#),
        ] {
            assert_eq!(dumps(&value), text);
        }
    }
}
