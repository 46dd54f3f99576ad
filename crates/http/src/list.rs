//! How long a list may be that comes in pages: a server that never stops is not believed, and may not fill the memory.

use crate::reply::{MalformedReply, Reply};

/// More than any list takes.
const MOST_PAGES: usize = 1_000;
/// More than any list has: twice the accounts of the largest organizations.
const MOST_ITEMS: usize = 20_000;
/// All pages together. Twenty thousand accounts as Organizations tells of them, at length, take 7 MB.
const MOST_BYTES: usize = 8 << 20;

/// What has come of one list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pages {
    pages: usize,
    items: usize,
    bytes: usize,
}

impl Pages {
    /// Counts a page of so many items. `more`: another one is to follow.
    ///
    /// # Errors
    /// No honest list goes on for so long: 1,000 pages, 20,000 items or 8 MiB.
    pub fn count(&mut self, page: &Reply, items: usize, more: bool) -> Result<(), MalformedReply> {
        self.pages += 1;
        self.items += items;
        self.bytes += page.body.len();
        let last = more && self.pages == MOST_PAGES;
        if last || self.items > MOST_ITEMS || self.bytes > MOST_BYTES {
            return Err(page.malformed("a list without end"));
        }
        Ok(())
    }
}
