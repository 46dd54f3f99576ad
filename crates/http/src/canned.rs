//! Replies that no network gave, for the fuzz targets, which try hundreds of thousands. Feature `canned`, in no program that
//! people get.

use crate::call::Call;
use crate::reply::Reply;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::sync::Arc;

/// A reply that somebody made up. The client's limits on size are the network's, and are not applied to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Canned {
    /// The HTTP status.
    pub status: u16,
    /// The headers. One that could not have come over the network is left out.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Gives the reply to each try of a call.
pub type Answers = Arc<dyn Fn(&Call) -> Canned + Send + Sync>;

impl Canned {
    pub(crate) fn reply(self, host: &str, path: &str) -> Reply {
        let header = |(name, value): (String, String)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
        };
        let headers: HeaderMap = self.headers.into_iter().filter_map(header).collect();
        Reply { status: self.status, body: self.body, headers, host: host.to_owned(), path: path.to_owned() }
    }
}
