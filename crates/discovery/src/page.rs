//! One page of a list in AWS JSON: the items under the operation's own name, and what the next page is asked for with.
//!
//! Read without a tree between: of a hostile page of 1 MiB that would take 60 MiB and more.

use serde::de::{DeserializeOwned, Deserializer as _, IgnoredAny, MapAccess, Visitor};
use sso_http::{MalformedReply, Reply};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

/// One page. As in AWS's SDKs a member that is null is one that is absent.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// `NextToken`; `None` on the last page.
    pub(crate) next: Option<String>,
}

/// Reads the page whose items stand under `field`.
///
/// # Errors
/// It is no such page. The message never holds the content.
pub(crate) fn read<T: DeserializeOwned>(reply: &Reply, field: &str) -> Result<Page<T>, MalformedReply> {
    let mut reader = serde_json::Deserializer::from_slice(&reply.body);
    let page = reader.deserialize_map(Shape { field, items: PhantomData });
    page.and_then(|page| reader.end().map(|()| page)).map_err(|_| {
        // What is no object at all is told as everywhere.
        let object = reply.json::<HashMap<String, IgnoredAny>>();
        object.err().unwrap_or_else(|| reply.malformed(format!("another {field} than documented")))
    })
}

struct Shape<'f, T> {
    field: &'f str,
    items: PhantomData<T>,
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Shape<'_, T> {
    type Value = Page<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut items, mut next): (Option<Vec<T>>, Option<String>) = (None, None);
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            match name.as_ref() {
                name if name == self.field => items = map.next_value()?,
                "NextToken" => next = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let next = next.filter(|next| !next.is_empty());
        Ok(Page { items: items.unwrap_or_default(), next })
    }
}
