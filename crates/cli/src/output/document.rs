//! What the documents of `--json` are made of. A command has a struct for its document, beside its report; the comments of its
//! fields are what docs/schemas says of them, and an `Option` is `null` where there is nothing.

use serde::{Serialize, Serializer};
use serde_json::Value;
use sso_core::{Timestamp, format_timestamp};

/// A document as a value.
pub(crate) fn document(of: &impl Serialize) -> Value {
    // Texts, numbers, lists and structs of them: only a map with keys that are no texts could fail.
    serde_json::to_value(of).unwrap_or_default()
}

/// An instant: UTC, in whole seconds.
#[derive(Clone, Copy)]
pub(crate) struct Time(pub(crate) Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format_timestamp(self.0))
    }
}

#[cfg(any(test, feature = "manual"))]
impl schemars::JsonSchema for Time {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}
